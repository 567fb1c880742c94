//! Where questions go: the toy internet in this process, or real servers.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::time::Instant;

use barewire_dns::driver::{self, Sockets};
use barewire_dns::stub::Lookup;
use barewire_dns::system::{self, DNS_PORT};
use barewire_dns::{Name, RecordType};
use rand_chacha::ChaCha8Rng;

use crate::cli::{Net, ResolveArgs};
use crate::commands::output::complain;
use crate::commands::seed::generator;
use crate::failure::{Failure, Step};
use crate::network::{Names, Network as _, Toy, ToyOptions, toy};
use crate::services::zones::SERVERS;

/// Where questions go.
pub(super) struct Place {
    /// The toy internet; `None`: over the kernel's sockets.
    pub(super) toy: Option<Box<Toy>>,
    /// In the order in which they are asked, at least one.
    pub(super) servers: Vec<SocketAddr>,
    /// What the system says about the search list and about waiting. `None`: nobody asked it.
    pub(super) names: Option<Names>,
    /// The seed of the toy internet.
    seed: u64,
    pub(super) rng: ChaCha8Rng,
}

impl Place {
    /// A sentence about the toy internet, and which of its servers knows more if one was asked in vain; empty for real
    /// servers.
    pub(super) fn about(&self, in_vain: bool) -> String {
        let asked_resolver = self.servers.iter().any(|server| server.ip().to_string() == toy::RESOLVER);
        let more = match in_vain && asked_resolver {
            true => {
                "; its resolver knows a few addresses and nothing else: @ns1 and others have zones (--help)"
            }
            false => "",
        };
        match &self.toy {
            Some(_) => {
                format!("over the toy internet (seed {}); --net os asks real servers{more}", self.seed)
            }
            None => String::new(),
        }
    }
}

/// The place that the command line names.
pub(super) fn open(args: &ResolveArgs, servers: &[String]) -> Result<Place, Failure> {
    let port = args.servers.port.unwrap_or(DNS_PORT);
    let in_toy = servers.iter().all(|server| server_in_toy(server, port).is_some());
    let mut place = match args.servers.net {
        Some(Net::Toy) => toy_internet(args, servers, port)?,
        None if in_toy => toy_internet(args, servers, port)?,
        _ => real_servers(args, servers, port)?,
    };
    let (only_v4, only_v6) = (args.servers.ipv4, args.servers.ipv6);
    let is_out = |server: &SocketAddr| if server.is_ipv4() { only_v6 } else { only_v4 };
    place.servers.retain(|server| !is_out(server));
    if place.servers.is_empty() {
        return Err(usage("-4 and -6 leave no server to ask".to_owned()));
    }
    Ok(place)
}

fn toy_internet(args: &ResolveArgs, servers: &[String], port: u16) -> Result<Place, Failure> {
    if args.question.tcp {
        return Err(usage("--tcp is for real servers: those of the toy internet speak UDP only".to_owned()));
    }
    let found = servers.iter().map(|server| server_in_toy(server, port).ok_or_else(|| not_in_toy(server)));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let defaults = ToyOptions::default();
    let options = ToyOptions { seed: args.servers.seed.unwrap_or(defaults.seed), ..defaults };
    let toy = Toy::new(options).map_err(|error| toy::failure(error.as_ref()))?;
    let servers = if found.is_empty() { toy.names().servers() } else { found };
    let rng = generator(Some(options.seed))?;
    Ok(Place { toy: Some(Box::new(toy)), servers, names: None, seed: options.seed, rng })
}

/// The servers of the toy internet: names and addresses.
fn hosts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let authorities = SERVERS.iter().map(|server| (server.host, server.address));
    std::iter::once(("resolver", toy::RESOLVER)).chain(authorities)
}

fn server_in_toy(server: &str, port: u16) -> Option<SocketAddr> {
    let (host, port) = split_port(server, port);
    let (_, address) = hosts().find(|(name, address)| host.eq_ignore_ascii_case(name) || host == *address)?;
    Some(SocketAddr::new(address.parse().ok()?, port))
}

fn not_in_toy(server: &str) -> Failure {
    let known: Vec<String> = hosts().map(|(name, address)| format!("{name} ({address})")).collect();
    usage(format!("@{server} is not a server of the toy internet, which has {}", known.join(", ")))
}

fn real_servers(args: &ResolveArgs, servers: &[String], port: u16) -> Result<Place, Failure> {
    let mut rng = generator(args.servers.seed)?;
    let needs_system = servers.is_empty() || args.question.search;
    let names = if needs_system { Some(system()?) } else { None };
    names.iter().flat_map(Names::complaints).for_each(complain);
    let mut found = Vec::new();
    for server in servers {
        found.extend(addresses(server, port, &mut rng)?);
    }
    if let Some(names) = names.as_ref().filter(|_| servers.is_empty()) {
        found = names.servers();
        // The file has no ports.
        found.iter_mut().for_each(|server| server.set_port(port));
    }
    Ok(Place { toy: None, servers: found, names, seed: 0, rng })
}

fn system() -> Result<Names, Failure> {
    let hint = "without it no DNS server is known: name one, as in @192.0.2.53";
    let (conf, hosts) = system::load().map_err(|error| usage(format!("{error}; {hint}")))?;
    Ok(Names::new(conf, hosts))
}

/// The addresses of a server: given as one, or looked up by its name.
fn addresses(server: &str, port: u16, rng: &mut ChaCha8Rng) -> Result<Vec<SocketAddr>, Failure> {
    let (host, port) = split_port(server, port);
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if host.contains('%') {
        // The system knows the number of an interface.
        let scoped = (host, port).to_socket_addrs().ok().and_then(|mut found| found.next());
        return scoped.map(|address| vec![address]).ok_or_else(|| {
            usage(format!("@{server} is not a link-local address and an interface of this host"))
        });
    }
    // A name of a server has none, so this is a port that is not one, and no question for the DNS.
    if host.contains(':') {
        return Err(usage(format!("@{server} does not end in a port, which is a number up to 65535")));
    }
    let typed = Name::parse_text(host).ok().filter(|name| !name.is_root());
    let typed =
        typed.ok_or_else(|| usage(format!("@{server} is neither an address nor a name of a server")))?;
    let names = system()?;
    let candidates = names.candidates(host)?;
    let known: Vec<IpAddr> = candidates.iter().flat_map(|name| names.known(name)).collect();
    let found = if known.is_empty() {
        let records = vec![RecordType::A, RecordType::AAAA];
        let (servers, config) = (names.servers(), names.config());
        let mut lookup = Lookup::new(Instant::now(), typed, candidates, records, servers, config, rng);
        driver::addresses(&mut lookup, &mut Sockets::new(), &mut |_| ())
            .map_err(|why| Failure::not_found(&why))?
    } else {
        known
    };
    Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
}

/// `host`, `host:port`, `[address]` or `[address]:port`; an address with colons and without brackets has no port.
fn split_port(server: &str, usual: u16) -> (&str, u16) {
    let (host, port) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, after)) => (address, after.strip_prefix(':').unwrap_or_default()),
        None if server.matches(':').count() == 1 => server.split_once(':').unwrap_or((server, "")),
        None => (server, ""),
    };
    match port.parse() {
        Ok(port) => (host, port),
        Err(_) if port.is_empty() => (host, usual),
        Err(_) => (server, usual),
    }
}

fn usage(why: String) -> Failure {
    Failure::new(Step::Usage, why)
}

#[cfg(test)]
mod tests {
    use super::{server_in_toy, split_port};

    #[test]
    fn servers_with_and_without_a_port() {
        for (text, wanted) in [
            ("192.0.2.53", ("192.0.2.53", 53)),
            ("192.0.2.53:5300", ("192.0.2.53", 5300)),
            ("::1", ("::1", 53)),
            ("[::1]", ("::1", 53)),
            ("[::1]:5300", ("::1", 5300)),
            ("ns1.test:5300", ("ns1.test", 5300)),
            ("fe80::1%lo", ("fe80::1%lo", 53)),
            ("ns1.test:dns", ("ns1.test:dns", 53)),
        ] {
            assert_eq!(split_port(text, 53), wanted, "{text}");
        }
    }

    #[test]
    fn servers_of_the_toy_internet() {
        for server in ["ns1", "NS1:53", "203.0.113.53"] {
            assert_eq!(server_in_toy(server, 53), Some("203.0.113.53:53".parse().unwrap()), "{server}");
        }
        assert_eq!(server_in_toy("127.0.0.1", 53), None);
    }
}
