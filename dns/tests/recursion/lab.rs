//! The servers of the lab, each at its addresses, as the file `servers` lists them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use barewire_dns::authority::{Authority, Config};
use barewire_dns::stub::Protocol;

use crate::served::zone;

/// The server of org, which com names for `lame.com` too.
pub(crate) const ORG: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 53, 0, 3));
/// No server is there.
pub(crate) const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 53, 0, 250));

/// The servers.
pub(crate) struct Lab {
    servers: Vec<Authority>,
    addresses: HashMap<IpAddr, usize>,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        let mut lab = Lab { servers: Vec::new(), addresses: HashMap::new() };
        for line in include_str!("servers").lines() {
            let (number, zones) = line.split_once(' ').unwrap();
            let mut server = Authority::new(Config::default());
            zones.split(' ').for_each(|name| assert!(server.add(zone(&file(name))).is_none()));
            for address in [format!("10.53.0.{number}"), format!("fd53::{number}")] {
                lab.addresses.insert(address.parse().unwrap(), lab.servers.len());
            }
            lab.servers.push(server);
        }
        lab
    }

    /// The reply of the server at an address; nothing if nobody is there.
    pub(crate) fn answer(&self, to: IpAddr, protocol: Protocol, query: &[u8]) -> Option<Vec<u8>> {
        let server = self.servers.get(*self.addresses.get(&to)?)?;
        server.answer(query, protocol).next()
    }
}

/// The text of a signed zone.
fn file(zone: &str) -> String {
    let path = format!("{}/tests/recursion/signed/{zone}.zone", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
