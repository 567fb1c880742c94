//! The servers of the lab, each at its addresses. The root's hints and the trust anchor are beside the zones.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use barewire_dns::authority::{Authority, Config};
use barewire_dns::stub::Protocol;

use crate::served::zone;

/// The server of org, which com names for `lame.com` too.
pub(crate) const ORG: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 53, 0, 3));
/// No server is there.
pub(crate) const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 53, 0, 250));

const ROOT: &str = include_str!("signed/root.zone");
const COM: &str = include_str!("signed/com.zone");
const EXAMPLE: &str = include_str!("signed/example.com.zone");
const GLUELESS: &str = include_str!("signed/glueless.org.zone");

/// Addresses, and the zones there.
const SERVERS: [(&[&str], &[&str]); 5] = [
    (&["10.53.0.1", "fd53::1"], &[ROOT]),
    (&["10.53.0.2", "fd53::2"], &[COM]),
    (&["10.53.0.3", "fd53::3"], &[include_str!("signed/org.zone")]),
    (
        &["10.53.0.4", "fd53::4"],
        &[
            EXAMPLE,
            GLUELESS,
            include_str!("signed/insecure.com.zone"),
            include_str!("signed/bogus.com.zone"),
            include_str!("signed/expired.com.zone"),
            include_str!("signed/deadfirst.com.zone"),
        ],
    ),
    (&["10.53.0.5", "fd53::5"], &[EXAMPLE, GLUELESS, include_str!("signed/sub.example.com.zone")]),
];

/// The servers.
pub(crate) struct Lab {
    servers: Vec<Authority>,
    addresses: HashMap<IpAddr, usize>,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        let mut lab = Lab { servers: Vec::new(), addresses: HashMap::new() };
        for (addresses, zones) in SERVERS {
            let mut server = Authority::new(Config::default());
            zones.iter().for_each(|text| assert!(server.add(zone(text)).is_none()));
            let place = lab.servers.len();
            lab.addresses.extend(addresses.iter().map(|address| (address.parse::<IpAddr>().unwrap(), place)));
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
