//! The hosts of a capture: who they are is read from what they do.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The number of a host in [`Story::hosts`](super::Story::hosts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub usize);

/// What a host does in this capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// Nothing that tells.
    #[default]
    Unknown,
    /// It asks: it sent a SYN, or a query.
    Client,
    /// It answers DNS queries.
    Resolver,
    /// It accepts connections, or answers what is not DNS.
    Server,
    /// All hosts that listen to a multicast address.
    Group,
}

/// One host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its addresses. More than one where a name was asked over one IP version and the page fetched over the other.
    pub addresses: Vec<IpAddr>,
    /// Its port, of a server that is told from others with its address by nothing else.
    pub port: Option<u16>,
    /// What it does. A host that asks and answers (a proxy, a resolver with a cache) is what it did first.
    pub role: Role,
    /// Which of several hosts with this role it is, counted from 1; 0 where it is the only one.
    pub number: usize,
}

impl Host {
    /// A host that has done nothing yet.
    pub fn new(address: IpAddr) -> Host {
        let role = if address.is_multicast() { Role::Group } else { Role::Unknown };
        Host { addresses: vec![address], port: None, role, number: 0 }
    }

    /// A server that is a host of its own, at this address and port.
    pub(super) fn with_port(end: SocketAddr) -> Host {
        Host { port: Some(end.port()), ..Host::new(end.ip()) }
    }

    /// The name of its role in at most eight columns, with a number where there are several: `server 2`.
    pub fn name(&self) -> String {
        let role = match self.role {
            Role::Unknown => "host",
            Role::Client => "client",
            Role::Resolver => "resolver",
            Role::Server => "server",
            Role::Group => "group",
        };
        match (self.number, self.role) {
            (0, _) => role.to_owned(),
            (number @ 10.., Role::Resolver) => format!("resolv{number}"),
            (number, Role::Resolver) => format!("resolv {number}"),
            (number, _) => format!("{role} {number}"),
        }
    }
}

/// Its addresses: `10.0.0.2, 2001:db8::2`; with the port where that is a part of who it is: `127.0.0.1:8080`.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, address) in self.addresses.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match self.port {
                Some(port) => SocketAddr::new(*address, port).fmt(f)?,
                None => address.fmt(f)?,
            }
        }
        Ok(())
    }
}

/// Numbers the hosts of each role that has more than one of them, in the order in which they were seen. Those that are
/// not `shown` get no number: who sees one server asks where `server 2` has its 1.
pub(super) fn number(hosts: &mut [Host], shown: impl Fn(HostId) -> bool) {
    let mut seen: Vec<&mut Host> = hosts
        .iter_mut()
        .enumerate()
        .filter(|(index, _)| shown(HostId(*index)))
        .map(|(_, host)| host)
        .collect();
    for role in [Role::Unknown, Role::Client, Role::Resolver, Role::Server, Role::Group] {
        let several = seen.iter().filter(|host| host.role == role).count() > 1;
        let alike = seen.iter_mut().filter(|host| host.role == role);
        for (index, host) in alike.enumerate() {
            host.number = if several { index + 1 } else { 0 };
        }
    }
}
