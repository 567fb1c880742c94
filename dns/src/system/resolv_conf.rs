//! `/etc/resolv.conf`: which servers to ask, and where to look for a name that is not complete (resolv.conf(5)).
//!
//! Tested in `tests/system.rs`.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};
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
    /// The lines that could not be read, each as a sentence.
    pub complaints: Vec<String>,
}

impl ResolvConf {
    /// Reads the text of the file. A line that cannot be read is skipped, as the C library does, and
    /// reported in [`complaints`](ResolvConf::complaints).
    pub fn parse(text: &str) -> ResolvConf {
        let (mut file, errors) = resolv_conf::Config::parse_with_errors(text.as_bytes());
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

    /// The settings for a query, over TCP if the file says so. The file's timeout and attempts are not used: they are
    /// made for the C library, which waits 5 s for each server, and a query has a schedule of its own.
    pub fn config(&self) -> Config {
        Config { tcp_only: self.use_tcp, ..Config::default() }
    }
}

fn server(address: &ScopedIp, complaints: &mut Vec<String>) -> SocketAddr {
    match address {
        ScopedIp::V4(address) => SocketAddr::new(IpAddr::V4(*address), DNS_PORT),
        ScopedIp::V6(address, zone) => {
            // A zone given by number is kept, as in fe80::1%2. To find one by its name takes a system call.
            let scope = zone.as_ref().map_or(Ok(0), |zone| zone.parse());
            if scope.is_err() {
                complaints
                    .push(format!("resolv.conf: the zone of {address} is not a number, and is left out"));
            }
            SocketAddr::V6(SocketAddrV6::new(*address, DNS_PORT, 0, scope.unwrap_or(0)))
        }
    }
}
