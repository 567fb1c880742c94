//! A routing table: which port a packet leaves by. The longest prefix wins (RFC 1812 §5.2.4.3). Of two ways to one
//! prefix the cheaper one is here: the world has chosen it.
//!
//! Each length has a table of its own, so a search looks into as many tables as there are lengths, however many
//! prefixes there are. Tested in `tests/routes.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::port::Port;
use crate::prefix::Prefix;
use crate::table::Table;

/// The way to a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The port to send by. `None`: the network is at hand, but no wire leads to such a host.
    pub port: Option<Port>,
    /// What the whole way costs.
    pub cost: u32,
}

/// A routing table.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    v4: Lengths,
    v6: Lengths,
}

/// For each length, the longest first, the routes to the prefixes of this length.
type Lengths = Vec<(u8, HashMap<u128, Route, BuildHasherDefault<Mixer>>)>;

impl Routes {
    /// Sets the way to a prefix, in place of any other.
    pub fn set(&mut self, prefix: Prefix, route: Route) {
        let lengths = self.lengths_mut(prefix.network());
        let length = prefix.length();
        let at = lengths.partition_point(|(longer, _)| *longer > length);
        if lengths.get(at).is_none_or(|(found, _)| *found != length) {
            lengths.insert(at, (length, HashMap::default()));
        }
        lengths[at].1.insert(key(prefix), route);
    }

    /// Forgets the way to a prefix.
    pub fn remove(&mut self, prefix: Prefix) {
        let lengths = self.lengths_mut(prefix.network());
        if let Some(at) = lengths.iter().position(|(length, _)| *length == prefix.length()) {
            lengths[at].1.remove(&key(prefix));
            if lengths[at].1.is_empty() {
                lengths.remove(at);
            }
        }
    }

    /// The way to `address`: that of the longest prefix it lies in.
    pub fn find(&self, address: IpAddr) -> Option<Route> {
        let lengths = if address.is_ipv4() { &self.v4 } else { &self.v6 };
        lengths.iter().find_map(|(length, routes)| routes.get(&key(Prefix::of(address, *length))).copied())
    }

    fn lengths_mut(&mut self, network: IpAddr) -> &mut Lengths {
        if network.is_ipv4() { &mut self.v4 } else { &mut self.v6 }
    }

    /// The table, to be looked at.
    pub fn table(&self) -> Table {
        let of = |lengths: &Lengths, network: fn(u128) -> IpAddr| {
            let prefix = |length: u8, bits: u128| Prefix::of(network(bits), length);
            let routes =
                lengths.iter().flat_map(|(length, routes)| routes.iter().map(move |route| (*length, route)));
            routes.map(|(length, (bits, route))| (prefix(length, *bits), *route)).collect::<Vec<_>>()
        };
        let mut rows = of(&self.v4, |bits| Ipv4Addr::from(bits as u32).into());
        rows.extend(of(&self.v6, |bits| Ipv6Addr::from(bits).into()));
        rows.sort_by_key(|(prefix, _)| *prefix);
        let row = |(prefix, route): (Prefix, Route)| {
            let port = route.port.map_or("none".to_owned(), |port| port.to_string());
            vec![prefix.to_string(), port, route.cost.to_string()]
        };
        Table {
            title: "routes".to_owned(),
            columns: vec!["prefix", "by", "cost"],
            rows: rows.into_iter().map(row).collect(),
        }
    }
}

/// The bits of a prefix.
fn key(prefix: Prefix) -> u128 {
    match prefix.network() {
        IpAddr::V4(network) => u32::from(network).into(),
        IpAddr::V6(network) => network.into(),
    }
}

/// Hashes the bits of a prefix, faster than the standard library does. An attacker could find prefixes that collide,
/// but prefixes come from the map and not from packets.
#[derive(Debug, Clone, Copy, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u128((*byte).into()));
    }

    fn write_u128(&mut self, bits: u128) {
        // Multiplying by a large odd number carries each bit into the high ones; folding brings those down again.
        let folded = (bits >> 64) as u64 ^ bits as u64 ^ self.0;
        let product = u128::from(folded) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}
