//! SLIST: the servers of one zone, and how it went with each of them (RFC 1034 §5.3.2).
//!
//! Tested in `tests/resolver`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::reading::Reading;
use crate::name::Name;

/// How often a silent server is asked about one name.
const PATIENCE: u32 = 2;

/// The servers of a zone.
#[derive(Debug)]
pub(super) struct Slist {
    pub(super) zone: Name,
    pub(super) servers: Vec<Server>,
    /// How often one of them was asked.
    pub(super) asked: u32,
    /// How many of their names were looked up.
    pub(super) targets: u32,
}

/// A server of the zone: its name, and what is known of it.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) name: Name,
    pub(super) addresses: Vec<Address>,
    pub(super) lookup: Lookup,
}

/// One address of a server.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) at: SocketAddr,
    pub(super) asked: u32,
    /// What it did at last, if that was of no use.
    pub(super) last: Option<Reading>,
    /// It is not asked any more.
    pub(super) out: bool,
}

/// How far the lookup of a server's addresses is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// Not begun: perhaps it is not needed.
    No,
    /// Its IPv4 addresses are looked for.
    A,
    /// Its IPv6 addresses are looked for.
    Aaaa,
    /// It is over, with addresses or without.
    Done,
}

impl Slist {
    pub(super) fn new(zone: Name) -> Slist {
        Slist { zone, servers: Vec::new(), asked: 0, targets: 0 }
    }

    /// Adds a server. If it has addresses, they need not be looked for.
    pub(super) fn add(&mut self, name: Name, addresses: impl IntoIterator<Item = SocketAddr>) {
        let mut server = Server { name, addresses: Vec::new(), lookup: Lookup::No };
        addresses.into_iter().for_each(|at| server.add(at));
        self.servers.push(server);
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.servers.iter().flat_map(|server| &server.addresses)
    }

    pub(super) fn names(&self) -> Vec<Name> {
        self.servers.iter().map(|server| server.name.clone()).collect()
    }

    /// Whether the zone's own servers would have to be asked for the address of each of them.
    pub(super) fn is_circle(&self) -> bool {
        self.servers.iter().all(|server| server.addresses.is_empty() && server.name.is_within(&self.zone))
    }

    pub(super) fn server(&mut self, name: &Name) -> Option<&mut Server> {
        self.servers.iter_mut().find(|server| server.name == *name)
    }

    /// The next server whose address has to be found out.
    pub(super) fn without_address(&mut self) -> Option<&mut Server> {
        self.servers.iter_mut().find(|server| server.addresses.is_empty() && server.lookup == Lookup::No)
    }

    /// A server at this address was asked.
    pub(super) fn count(&mut self, at: SocketAddr) {
        self.asked = self.asked.saturating_add(1);
        self.each(at, |address| address.asked += 1);
    }

    /// A server at this address gave a useful reply: it may be asked about the next name like a new one.
    pub(super) fn useful(&mut self, at: SocketAddr) {
        self.asked = 0;
        self.each(at, |address| address.asked = 0);
    }

    /// The reply of a server was of no use. One that was silent gets another chance.
    pub(super) fn cross_out(&mut self, at: SocketAddr, reading: Reading) {
        self.each(at, |address| {
            address.last = Some(reading);
            address.out = reading != Reading::Silent || address.asked >= PATIENCE;
        });
    }

    /// The servers at these addresses are not asked, unless nobody else is left.
    pub(super) fn distrust(&mut self, those: &[SocketAddr]) {
        if self.addresses().any(|address| !those.contains(&address.at)) {
            those.iter().for_each(|at| self.each(*at, |address| address.out = true));
        }
    }

    fn each(&mut self, at: SocketAddr, change: impl Fn(&mut Address)) {
        let all = self.servers.iter_mut().flat_map(|server| &mut server.addresses);
        all.filter(|address| address.at == at).for_each(change);
    }
}

impl Server {
    pub(super) fn add(&mut self, at: SocketAddr) {
        if self.addresses.iter().all(|known| known.at != at) {
            self.addresses.push(Address { at, asked: 0, last: None, out: false });
        }
    }
}

/// The addresses that may be asked. One server cannot be everybody, and what glue says of loopback is where we are
/// ourselves: a stranger could have a resolver ask its own host (`Config::loopback`).
pub(super) fn usable(
    addresses: impl IntoIterator<Item = IpAddr>,
    config: &super::config::Config,
) -> Vec<SocketAddr> {
    let may = |address: &IpAddr| {
        let (family, host) =
            (if address.is_ipv4() { config.ipv4 } else { config.ipv6 }, address.to_canonical());
        let nobody = host.is_unspecified() || host.is_multicast() || host == IpAddr::V4(Ipv4Addr::BROADCAST);
        family && !nobody && (config.loopback || !host.is_loopback())
    };
    addresses.into_iter().filter(may).map(|address| SocketAddr::new(address, config.port)).collect()
}
