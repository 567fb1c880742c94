//! A routing table: which port a packet leaves by. The longest prefix wins (RFC 1812 §5.2.4.3), then the least cost.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use crate::node::Port;
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
    by_prefix: HashMap<Prefix, Route>,
    /// How many prefixes there are of each length, for both versions.
    lengths: BTreeMap<(bool, u8), usize>,
}

impl Routes {
    /// Sets the way to a prefix, in place of any other.
    pub fn set(&mut self, prefix: Prefix, route: Route) {
        if self.by_prefix.insert(prefix, route).is_none() {
            *self.lengths.entry(key(prefix)).or_default() += 1;
        }
    }

    /// Forgets the way to a prefix.
    pub fn remove(&mut self, prefix: Prefix) {
        if self.by_prefix.remove(&prefix).is_some()
            && let Some(count) = self.lengths.get_mut(&key(prefix))
        {
            *count -= 1;
            if *count == 0 {
                self.lengths.remove(&key(prefix));
            }
        }
    }

    /// The way to `address`: that of the longest prefix it lies in.
    pub fn find(&self, address: IpAddr) -> Option<Route> {
        let of_version = self.lengths.range((address.is_ipv4(), 0)..=(address.is_ipv4(), u8::MAX));
        let mut lengths = of_version.rev().map(|((_, length), _)| *length);
        lengths.find_map(|length| self.by_prefix.get(&Prefix::of(address, length)).copied())
    }

    /// The table, to be looked at.
    pub fn table(&self) -> Table {
        let mut rows: Vec<(&Prefix, &Route)> = self.by_prefix.iter().collect();
        rows.sort_by_key(|(prefix, _)| **prefix);
        let row = |(prefix, route): (&Prefix, &Route)| {
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

fn key(prefix: Prefix) -> (bool, u8) {
    (prefix.network().is_ipv4(), prefix.length())
}
