//! What this system says about names: `/etc/resolv.conf` (which servers to ask) and `/etc/hosts` (what
//! not to ask).
//!
//! Both are functions of text, and [`load`] is a thin reader of the files. Left out: nsswitch.conf,
//! mDNS, and whatever Windows and macOS keep elsewhere; there [`load`] fails with the missing file's
//! error. Tested in `tests/system.rs`.

mod hosts;

use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::path::Path;
use std::time::Duration;

use resolv_conf::ScopedIp;

pub use self::hosts::Hosts;
use crate::name::Name;
use crate::stub::Config;

/// The port that name servers listen on.
pub const DNS_PORT: u16 = 53;

/// What `/etc/resolv.conf` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvConf {
    /// Name servers, to be asked in this order. If the file names none it is the one on this host.
    pub servers: Vec<SocketAddr>,
    /// Where to look for names that are not complete.
    pub search: Vec<Name>,
    /// A name with so many dots is first taken as complete.
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
    /// Reads the text of the file. What cannot be read is skipped, as the C library does, and kept in
    /// [`complaints`](ResolvConf::complaints).
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

    /// The names to look up, in this order, for a name that somebody typed (resolv.conf(5), "search"
    /// and "ndots"). One with a dot at its end is complete.
    ///
    /// ```
    /// use barewire_dns::system::ResolvConf;
    /// let conf = ResolvConf::parse("search corp.test\nnameserver 192.0.2.53\n");
    /// let names = |typed| conf.candidates(typed).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    /// assert_eq!(names("intranet"), ["intranet.corp.test", "intranet"]);
    /// assert_eq!(names("www.example.test"), ["www.example.test", "www.example.test.corp.test"]);
    /// assert_eq!(names("intranet."), ["intranet"]);
    /// ```
    pub fn candidates(&self, typed: &str) -> Result<Vec<Name>, crate::Error> {
        let complete = Name::parse_text(typed)?;
        if typed.ends_with('.') {
            return Ok(vec![complete]);
        }
        // A name that grows too long with its suffix is none.
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

    /// The stub's settings, over TCP if the file says so. The file's timeout and attempts are the C
    /// library's (5 s for each server); they are here to be read, and our own schedule stands.
    pub fn config(&self) -> Config {
        Config { tcp_only: self.use_tcp, ..Config::default() }
    }
}

fn server(address: &ScopedIp, complaints: &mut Vec<String>) -> SocketAddr {
    match address {
        ScopedIp::V4(address) => SocketAddr::new(IpAddr::V4(*address), DNS_PORT),
        ScopedIp::V6(address, zone) => {
            // A zone given by number, as in fe80::1%2, is kept; to find one by its name takes a system call.
            let scope = zone.as_ref().map_or(Ok(0), |zone| zone.parse());
            if scope.is_err() {
                complaints
                    .push(format!("resolv.conf: the zone of {address} is not a number, and is left out"));
            }
            SocketAddr::V6(SocketAddrV6::new(*address, DNS_PORT, 0, scope.unwrap_or(0)))
        }
    }
}

/// Reads `/etc/resolv.conf` and `/etc/hosts`.
pub fn load() -> io::Result<(ResolvConf, Hosts)> {
    let conf = read(Path::new("/etc/resolv.conf"))?;
    let hosts = read(Path::new("/etc/hosts"))?;
    Ok((ResolvConf::parse(&conf), Hosts::parse(&hosts)))
}

fn read(path: &Path) -> io::Result<String> {
    let bytes = std::fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    // Comments may be in any encoding; names and addresses are ASCII.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
