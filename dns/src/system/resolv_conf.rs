//! `/etc/resolv.conf`: which servers to ask, and where to look for a name that is not complete (resolv.conf(5)).
//!
//! Tested in `tests/system.rs`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6, ToSocketAddrs};
use std::time::Duration;

use barewire_dissect::Refused;
use resolv_conf::ScopedIp;

use crate::name::Name;
use crate::reason::Reason;
use crate::stub::Config;

/// The port that name servers listen on.
pub const DNS_PORT: u16 = 53;

/// What `/etc/resolv.conf` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvConf {
    /// Name servers, in the order in which they are asked. If the file names none, it is the one on this host.
    pub servers: Vec<SocketAddr>,
    /// The suffixes to try with a name that is not complete.
    pub search: Vec<Name>,
    /// A name with at least so many dots is tried as it is first.
    pub ndots: u32,
    /// How long to wait for an answer of one server.
    pub timeout: Duration,
    /// How often to ask each server.
    pub attempts: u32,
    /// Ask over TCP from the start.
    pub use_tcp: bool,
    /// Begin with a random server.
    pub rotate: bool,
    /// The path to the servers is safe, so that AD in a reply is worth something.
    pub trust_ad: bool,
    /// The lines that could not be read, each as a sentence.
    pub complaints: Vec<String>,
}

impl ResolvConf {
    /// Reads the text of the file. A line that cannot be read is skipped, as the C library does, and
    /// reported in [`complaints`](ResolvConf::complaints).
    pub fn parse(text: &str) -> ResolvConf {
        // The parser counts lines from 0. With an empty line before them it counts as people do.
        let (mut file, errors) = resolv_conf::Config::parse_with_errors(format!("\n{text}").as_bytes());
        file.glibc_normalize();
        let mut complaints: Vec<String> =
            errors.iter().map(|error| format!("resolv.conf: {error}")).collect();
        let mut search = Vec::new();
        for domain in file.get_last_search_or_domain() {
            match Name::parse_text(domain) {
                Ok(name) => search.push(name),
                Err(error) => complaints.push(format!("resolv.conf: search {domain}: {error}")),
            }
        }
        let servers = file.get_nameservers_or_local();
        let servers = servers.iter().map(|address| server(address, &mut complaints)).collect();
        ResolvConf {
            servers,
            search,
            ndots: file.ndots,
            timeout: Duration::from_secs(file.timeout.into()),
            attempts: file.attempts,
            use_tcp: file.use_vc,
            rotate: file.rotate,
            trust_ad: file.trust_ad,
            complaints,
        }
    }

    /// The names to look up, in this order, for a name that a user typed (resolv.conf(5), "search"
    /// and "ndots"). A name with a dot at its end is complete.
    ///
    /// # Errors
    /// [`Refused`], if `typed` is not a name.
    ///
    /// ```
    /// use barewire_dns::system::ResolvConf;
    /// let conf = ResolvConf::parse("search corp.test\nnameserver 192.0.2.53\n");
    /// let names = |typed| -> Vec<_> {
    ///     conf.candidates(typed).unwrap().iter().map(ToString::to_string).collect()
    /// };
    /// assert_eq!(names("intranet"), ["intranet.corp.test", "intranet"]);
    /// assert_eq!(names("www.example.test"), ["www.example.test", "www.example.test.corp.test"]);
    /// assert_eq!(names("intranet."), ["intranet"]);
    /// ```
    pub fn candidates(&self, typed: &str) -> Result<Vec<Name>, Refused<Reason>> {
        let complete = Name::parse_text(typed)?;
        if typed.ends_with('.') {
            return Ok(vec![complete]);
        }
        // A suffix that makes the name too long is left out.
        let mut names: Vec<Name> = self
            .search
            .iter()
            .filter_map(|suffix| Name::parse_text(&format!("{typed}.{suffix}")).ok())
            .collect();
        let dots = complete.labels().count().saturating_sub(1) as u32;
        let place = if dots >= self.ndots { 0 } else { names.len() };
        names.insert(place, complete);
        Ok(names)
    }

    /// The settings for a query: `use-vc`, `rotate`, `trust-ad`, `timeout` and `attempts` are followed. `edns0` needs
    /// nothing, because a query has EDNS anyway.
    ///
    /// 5 s and 2 attempts are the C library's defaults, made to try all servers for 30 s. With these, a query keeps its
    /// own schedule.
    pub fn config(&self) -> Config {
        let own = Config {
            tcp_only: self.use_tcp,
            rotate: self.rotate,
            authentic_data: self.trust_ad,
            ..Config::default()
        };
        if (self.timeout, self.attempts) == (DEFAULT_TIMEOUT, DEFAULT_ATTEMPTS) {
            return own;
        }
        let first_wait = self.timeout.max(Duration::from_millis(100));
        let servers = u32::try_from(self.servers.len()).unwrap_or(u32::MAX);
        let total = first_wait.saturating_mul(self.attempts.max(1).saturating_mul(servers.max(1)));
        Config { first_wait, tcp_wait: first_wait, total, ..own }
    }
}

/// What resolv.conf(5) has for `timeout` and `attempts`.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_ATTEMPTS: u32 = 2;

fn server(address: &ScopedIp, complaints: &mut Vec<String>) -> SocketAddr {
    match address {
        ScopedIp::V4(address) => SocketAddr::new(IpAddr::V4(*address), DNS_PORT),
        ScopedIp::V6(address, None) => SocketAddr::new(IpAddr::V6(*address), DNS_PORT),
        ScopedIp::V6(address, Some(zone)) => {
            let scope = scope_of(*address, zone);
            if scope.is_none() {
                complaints.push(format!("resolv.conf: {address}%{zone}: there is no interface {zone} here"));
            }
            SocketAddr::V6(SocketAddrV6::new(*address, DNS_PORT, 0, scope.unwrap_or(0)))
        }
    }
}

/// The number of an interface, which may be given by its name: `fe80::1%eth0`. The standard library asks the system
/// when such an address is looked up as a host.
fn scope_of(address: Ipv6Addr, zone: &str) -> Option<u32> {
    if let Ok(number) = zone.parse() {
        return Some(number);
    }
    let found = (format!("{address}%{zone}").as_str(), DNS_PORT).to_socket_addrs().ok()?.next();
    match found {
        Some(SocketAddr::V6(found)) if *found.ip() == address => {
            Some(found.scope_id()).filter(|scope| *scope != 0)
        }
        _ => None,
    }
}
