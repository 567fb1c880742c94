//! Which addresses are ours, and which way a packet goes: to its destination, or to a router (RFC 1122 §3.3.1.1,
//! RFC 4861 §5.2).

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::message::mac_of_group;
use crate::mac::MacAddress;

/// What [`Neighbours`](super::Neighbours) are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The interface that our frames come from.
    pub mac: MacAddress,
    /// Our addresses, each with the length of the prefix that its network shares.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Routers; of each version the first is used.
    pub gateways: Vec<IpAddr>,
    /// How often the network is asked whether somebody has our addresses, before we take them.
    pub probes: u8,
    /// How long each of these questions waits for an answer. RFC 5227 §1.1 has one to two seconds, and RFC 4862 has
    /// one; a person who waits for a command is given less.
    pub probe_wait: Duration,
}

impl Config {
    /// Our addresses, three probes of 100 ms, no router.
    pub fn new(mac: MacAddress, addresses: Vec<(IpAddr, u8)>) -> Config {
        let probe_wait = Duration::from_millis(100);
        Config { mac, addresses, gateways: Vec::new(), probes: 3, probe_wait }
    }

    pub(super) fn is_ours(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|(ours, _)| *ours == address)
    }

    /// Our address that a question to `target` comes from.
    pub(super) fn source_for(&self, target: IpAddr) -> Option<IpAddr> {
        let same = || self.addresses.iter().filter(|(ours, _)| ours.is_ipv4() == target.is_ipv4());
        let near = same().find(|(ours, length)| same_prefix(*ours, target, *length));
        near.or_else(|| same().next()).map(|(ours, _)| *ours)
    }

    /// Where a packet for `destination` goes.
    pub(super) fn way_to(&self, destination: IpAddr) -> Way {
        if let Some(mac) = self.group(destination) {
            return Way::Everybody(mac);
        }
        if destination.is_unspecified() || self.is_ours(destination) {
            return Way::None;
        }
        let near = |(ours, length): &(IpAddr, u8)| same_prefix(*ours, destination, *length);
        if self.addresses.iter().any(near) || is_link_local(destination) {
            return Way::To(destination);
        }
        let gateway = self.gateways.iter().find(|gateway| gateway.is_ipv4() == destination.is_ipv4());
        gateway.map_or(Way::None, |gateway| Way::To(*gateway))
    }

    /// The address on the link of a group (RFC 1112 §6.4, RFC 2464 §7), or of everybody.
    fn group(&self, destination: IpAddr) -> Option<MacAddress> {
        match destination {
            IpAddr::V4(address) if address.is_multicast() => {
                let [_, b, c, d] = address.octets();
                Some(MacAddress([0x01, 0x00, 0x5e, b & 0x7f, c, d]))
            }
            IpAddr::V4(address) if self.is_broadcast(address) => Some(MacAddress::BROADCAST),
            IpAddr::V6(address) if address.is_multicast() => Some(mac_of_group(address)),
            _ => None,
        }
    }

    /// 255.255.255.255, or the last address of a network of ours. A network of one or two has none (RFC 3021).
    pub(super) fn is_broadcast(&self, address: Ipv4Addr) -> bool {
        let last_of = |(ours, length): &(IpAddr, u8)| match ours {
            IpAddr::V4(ours) if *length < 31 => {
                let host = u32::MAX.checked_shr((*length).into()).unwrap_or(0);
                address.to_bits() == ours.to_bits() | host
            }
            _ => false,
        };
        address.is_broadcast() || self.addresses.iter().any(last_of)
    }
}

/// Where a packet goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To a neighbour, whose place on the link is to be found out.
    To(IpAddr),
    /// To everybody who listens at this address on the link.
    Everybody(MacAddress),
    /// Nowhere: it is for ourselves, or behind a router that we do not have.
    None,
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Whether two addresses begin with the same `length` bits.
fn same_prefix(a: IpAddr, b: IpAddr, length: u8) -> bool {
    let (difference, bits) = match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits() ^ b.to_bits()) << 96, length.min(32)),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits(), length.min(128)),
        _ => return false,
    };
    difference.checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
}
