//! Which addresses a packet may have that a router takes (RFC 1812 §5.3.7, RFC 4291 §2.5).
//!
//! A source must be one host. A destination must be one host, too, because multicast is left out here, and because a
//! broadcast to a network behind a router is not passed on (RFC 2644 §4).

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_packet::transit::Transit;

use crate::prefix::Address;

/// A router's own addresses, and the broadcast addresses of its networks.
#[derive(Debug, Clone, Default)]
pub(super) struct Valid {
    own: BTreeSet<IpAddr>,
    broadcasts: BTreeSet<Ipv4Addr>,
}

/// An address that may not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invalid {
    Source(IpAddr),
    Destination(IpAddr),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Source(address) => write!(f, "{address} is not a host that could have sent it")?,
            Invalid::Destination(address) => write!(f, "{address} is not one host to pass it on to")?,
        }
        f.write_str(" (RFC 1812 §5.3.7, RFC 4291 §2.5)")
    }
}

impl Valid {
    /// The router has one more address.
    pub(super) fn add(&mut self, own: Address) {
        self.own.insert(own.address);
        // A network of one or two addresses has no broadcast address (RFC 3021 §2.1).
        if let IpAddr::V4(address) = own.address
            && own.length <= 30
        {
            let host_bits = u32::MAX.checked_shr(own.length.into()).unwrap_or(0);
            self.broadcasts.insert((u32::from(address) | host_bits).into());
        }
    }

    pub(super) fn is_own(&self, address: IpAddr) -> bool {
        self.own.contains(&address)
    }

    pub(super) fn check(&self, packet: &Transit) -> Result<(), Invalid> {
        let (source, destination) = (packet.source(), packet.destination());
        if !self.is_host(source) {
            return Err(Invalid::Source(source));
        }
        if !self.is_host(destination) {
            return Err(Invalid::Destination(destination));
        }
        Ok(())
    }

    fn is_host(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => is_unicast_v4(address) && !self.broadcasts.contains(&address),
            IpAddr::V6(address) => is_global_unicast_v6(address),
        }
    }
}

/// Whether an address is that of one host, whatever the networks at hand are.
pub(super) fn is_one_host(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_unicast_v4(address),
        IpAddr::V6(address) => !address.is_unspecified() && !address.is_multicast(),
    }
}

/// Not in 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/4 (multicast) or 240.0.0.0/4 (reserved, and the broadcast address).
fn is_unicast_v4(address: Ipv4Addr) -> bool {
    let first = address.octets()[0];
    first != 0 && first != 127 && first < 224
}

/// Not `::`, `::1`, multicast, or an address that has a meaning on one wire only.
fn is_global_unicast_v6(address: Ipv6Addr) -> bool {
    !(address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || address.is_unicast_link_local())
}
