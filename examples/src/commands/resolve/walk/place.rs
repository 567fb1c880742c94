//! Where the walk goes: through the toy internet in this process, or over the kernel's sockets.

use std::net::IpAddr;
use std::time::Duration;

use barewire_dns::Name;
use barewire_dns::dnssec::Anchors;
use barewire_dns::resolver::{Config, Hints, Resolver};
use barewire_dns::system::{DNS_PORT, Hosts, ResolvConf};
use rand_chacha::ChaCha8Rng;

use super::hints::{self, has_route};
use crate::cli::{Net, ResolveArgs};
use crate::commands::seed::generator;
use crate::failure::{Failure, Step};
use crate::name_servers::NameServers;
use crate::network::{Names, Network, Toy, ToyOptions, os, toy};
use crate::services::stage::Fault;

/// A network, and what a resolver needs to know there.
pub(super) struct Place {
    pub(super) network: Box<dyn Network>,
    pub(super) is_toy: bool,
    is_signed: bool,
    seed: u64,
    hints: Hints,
    pub(super) anchors: Option<Anchors>,
    rng: ChaCha8Rng,
}

impl Place {
    /// A resolver that knows the root's servers and nothing else.
    pub(super) fn resolver(&mut self, args: &ResolveArgs) -> Result<Resolver, Failure> {
        let config = config(args, self.is_toy, &self.hints)?;
        let (now, wall) = (self.network.now(), self.network.wall_clock());
        let rng = Box::new(self.rng.clone());
        Ok(Resolver::new(now, wall, config, self.hints.clone(), self.anchors.clone(), rng))
    }

    /// A sentence about the toy internet; empty for a real network.
    pub(super) fn about(&self) -> String {
        match self.is_toy {
            true => {
                let signed = if self.is_signed { "signed " } else { "" };
                format!(
                    "over the {signed}toy internet (seed {}); --net os goes over a real network",
                    self.seed
                )
            }
            false => String::new(),
        }
    }
}

/// The place that the command line names.
pub(super) fn open(args: &ResolveArgs) -> Result<Place, Failure> {
    let anchors = args.walk.anchor.as_deref().map(|path| hints::anchors(path, &args.walk.nta)).transpose()?;
    let given = args.walk.hints.as_deref().map(hints::from_file).transpose()?;
    let defaults = ToyOptions::default();
    if args.servers.net.is_none_or(|net| net == Net::Toy) {
        let options = ToyOptions { seed: args.servers.seed.unwrap_or(defaults.seed), ..defaults };
        let hints = given.map_or_else(hints::toy, Ok)?;
        let (toy, anchors) = match args.walk.signed {
            true => signed(&args.walk.nta),
            false => Toy::new(options).map(|toy| (toy, anchors)),
        }
        .map_err(|error| toy::failure(error.as_ref()))?;
        let rng = generator(Some(options.seed))?;
        let (network, is_signed, seed) = (Box::new(toy), args.walk.signed, options.seed);
        return Ok(Place { network, is_toy: true, is_signed, seed, hints, anchors, rng });
    }
    if args.walk.signed {
        return Err(Failure::new(
            Step::Usage,
            "--signed is a toy internet; with --net os, --anchor has the keys",
        ));
    }
    let rng = generator(args.servers.seed)?;
    // Nobody is asked for names here but the servers on the way.
    let names = Names::new(ResolvConf::parse(""), Hosts::parse(""));
    let network = os(names, rng.clone())?;
    let hints = given.map_or_else(hints::real, Ok)?;
    Ok(Place { network, is_toy: false, is_signed: false, seed: 0, hints, anchors, rng })
}

/// The toy internet with signed zones, and the key of its root.
fn signed(except: &[Name]) -> Result<(Toy, Option<Anchors>), Fault> {
    let (servers, mut anchors) = NameServers::signed()?;
    except.iter().for_each(|zone| anchors.except(zone.clone()));
    Ok((servers.into_toy(), Some(anchors)))
}

/// The settings of the resolver.
fn config(args: &ResolveArgs, is_toy: bool, hints: &Hints) -> Result<Config, Failure> {
    let usual = Config::default();
    let (only_v4, only_v6) = (args.servers.ipv4, args.servers.ipv6);
    // The toy internet's authorities have IPv4 addresses.
    let ipv4 = !only_v6 && (only_v4 || is_toy || has_route(hints, IpAddr::is_ipv4));
    let ipv6 = !only_v4 && (only_v6 || (!is_toy && has_route(hints, IpAddr::is_ipv6)));
    let mut exchange = usual.exchange.clone();
    match args.question.bufsize {
        Some(0) => {
            return Err(Failure::new(Step::Usage, "a walk from the root needs EDNS: --bufsize 512 or more"));
        }
        Some(size) => exchange.edns_udp_size = Some(size),
        None => {}
    }
    exchange.dnssec_ok |= args.question.dnssec;
    let total = args.servers.timeout.unwrap_or(usual.total);
    if total.is_zero() {
        return Err(Failure::new(Step::Usage, "--timeout 0 leaves no time to ask"));
    }
    // One silent server must leave time to ask another.
    exchange.total = exchange.total.min(total.max(Duration::from_millis(1)));
    let port = args.servers.port.unwrap_or(DNS_PORT);
    let aggressive_nsec = !args.walk.no_aggressive_nsec;
    Ok(Config { exchange, port, ipv4: ipv4 || !ipv6, ipv6, total, aggressive_nsec, ..usual })
}
