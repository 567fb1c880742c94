//! `serve-dns --recursive`: our own resolver at a port, for many clients at a time.
//!
//! ```text
//!   UDP  a thread a port ────────┐  jobs                       ┌──▶ servers of the root and below
//!                                ├───────▶ one thread: Resolver ──▶ replies
//!   TCP  threads, one a client ──┘  waker
//! ```
//!
//! The resolver is one state machine, so one thread turns it. A client that waits keeps nobody else from an answer. A
//! resolver that anybody may ask helps attackers (RFC 5358 §1), so a query from an address beyond this machine and the
//! lab is refused, unless its network is private and the flag says whose it is ([`Permit`]). Left out: rate limits, and
//! a cache that outlives the program. Tested in `tests/recursive.rs`, and by dig in `tests/peers`.

mod desk;
mod tcp;
mod udp;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use barewire_dissect::several;
use barewire_dns::Name;
use barewire_dns::cache;
use barewire_dns::driver::Sockets;
use barewire_dns::resolver::{Config, Resolver};
use socket2::SockRef;

use super::port::Port;
use super::tcp::Crowd;
use super::told::Told;
use crate::cli::{RecursionArgs, ServeDnsArgs};
use crate::commands::output::print;
use crate::commands::resolve::{anchors, has_route, hints_from_file, real_hints};
use crate::commands::seed::generator;
use crate::failure::{Failure, Step};
use crate::lab;
use crate::permit::{Act, Permit};
use desk::Desk;

/// How many sockets to servers are open at a time. A process may have 1024 on most systems, clients included.
const ROOM: usize = 512;

/// Bytes of queries that wait until they are read.
const RECEIVED: usize = 1 << 20;

/// Runs the command: answers until it is stopped.
pub(super) fn run(args: &ServeDnsArgs) -> Result<u8, Failure> {
    let permit = Permit::around(lab::attach()?.as_ref(), args.recursion.i_own_this_network);
    // At 0.0.0.0 each client is looked at by itself.
    let named = args.listen.iter().map(|address| address.ip()).filter(|address| !address.is_unspecified());
    named.into_iter().try_for_each(|address| permit.ask(Act::Recurse, address).map(drop))?;
    let (mut resolver, about) = resolver(args)?;
    let mut sockets = Sockets::new().with_room(ROOM);
    let waker = sockets.waker().map_err(|error| refused_by_system("a socket", &error))?;
    let ports = args.listen.iter().map(|address| Port::open(*address)).collect::<Result<Vec<_>, _>>()?;
    let at: Vec<String> = ports.iter().map(|port| port.address.to_string()).collect();
    print(&format!("serving {about}\nat {}, UDP and TCP; Ctrl+C ends it\n", at.join(", ")))?;
    let told = Told { verbose: args.verbose };
    let (desk, jobs) = Desk::open(waker, permit);
    for Port { udp, tcp, .. } in ports {
        // Many clients may ask at the same moment. The kernel gives what it allows, and that may be less.
        let _ = SockRef::from(&udp).set_recv_buffer_size(RECEIVED);
        let (udp, tcp, crowd) = (Arc::new(udp), Arc::new(tcp), Arc::new(Crowd::of(tcp::WORKERS)));
        let of_udp = desk.clone();
        start(move || udp::serve(&udp, &of_udp, told))?;
        for _ in 0..tcp::WORKERS {
            let (tcp, crowd, of_tcp) = (Arc::clone(&tcp), Arc::clone(&crowd), desk.clone());
            start(move || tcp::serve(&tcp, &crowd, &of_tcp, told))?;
        }
    }
    desk::work(&mut resolver, &mut sockets, &jobs)
}

/// A resolver as the flags want it, and a few words about it.
fn resolver(args: &ServeDnsArgs) -> Result<(Resolver, String), Failure> {
    let recursion = &args.recursion;
    let hints = recursion.hints.as_deref().map_or_else(real_hints, hints_from_file)?;
    let anchors = recursion.anchor.as_deref().map(|path| anchors(path, &recursion.nta)).transpose()?;
    let ipv4 = has_route(&hints, IpAddr::is_ipv4);
    let ipv6 = has_route(&hints, IpAddr::is_ipv6);
    let (port, cache) = (recursion.server_port, cache(recursion));
    let aggressive_nsec = !recursion.no_aggressive_nsec;
    let config = Config { port, cache, ipv4: ipv4 || !ipv6, ipv6, aggressive_nsec, ..Config::default() };
    let checks = match &anchors {
        None => "signatures are not checked".to_owned(),
        Some(anchors) => {
            let text = |zone: &Name| zone.with_dot().to_string();
            let zones: Vec<String> = anchors.zones().map(|(zone, _)| text(zone)).collect();
            let except: Vec<String> = anchors.exceptions().map(text).collect();
            let but = if except.is_empty() { "" } else { ", but not from " };
            format!("signatures are checked from {} down{but}{}", zones.join(", "), except.join(", "))
        }
    };
    let servers = several(hints.servers().count() as u64, "server");
    let about = format!("as a resolver, from {servers} of the root down; {checks}");
    let rng = Box::new(generator(None)?);
    Ok((Resolver::new(Instant::now(), SystemTime::now(), config, hints, anchors, rng), about))
}

/// The settings of the cache.
fn cache(flags: &RecursionArgs) -> cache::Config {
    let usual = cache::Config::default();
    cache::Config {
        bytes: flags.cache_size.unwrap_or(usual.bytes),
        min_ttl: flags.cache_min_ttl.unwrap_or(usual.min_ttl),
        max_ttl: flags.cache_max_ttl.unwrap_or(usual.max_ttl),
        max_negative_ttl: flags.cache_max_negative_ttl.unwrap_or(usual.max_negative_ttl),
        ..usual
    }
}

fn start(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let started = std::thread::Builder::new().spawn(work).map(drop);
    started.map_err(|error| refused_by_system("a thread", &error))
}

fn refused_by_system(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(Step::Usage, format!("the system refuses {what}: {error}"))
}
