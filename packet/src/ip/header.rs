//! What the headers of both versions have in common. Tested in `tests/ip.rs`.

use std::net::IpAddr;

use super::{Ipv4Header, Ipv6Header};

/// An IP header of either version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IpHeader<'a> {
    /// Version 4.
    V4(Ipv4Header<'a>),
    /// Version 6.
    V6(Ipv6Header<'a>),
}

impl IpHeader<'_> {
    /// Where the packet comes from.
    pub fn source(&self) -> IpAddr {
        match self {
            IpHeader::V4(header) => header.source.into(),
            IpHeader::V6(header) => header.source.into(),
        }
    }

    /// Where it goes, on this part of its way.
    pub fn destination(&self) -> IpAddr {
        match self {
            IpHeader::V4(header) => header.destination.into(),
            IpHeader::V6(header) => header.destination.into(),
        }
    }

    /// Where it goes in the end: another address than [`destination`](IpHeader::destination) only while an IPv6 routing
    /// header sends it around. Checksums are over this one (RFC 8200 §8.1).
    pub fn final_destination(&self) -> IpAddr {
        match self {
            IpHeader::V4(header) => header.destination.into(),
            IpHeader::V6(header) => header.final_destination().into(),
        }
    }

    /// What its payload is: 6 is TCP, 17 UDP; see [`PROTOCOLS`](super::PROTOCOLS).
    pub fn protocol(&self) -> u8 {
        match self {
            IpHeader::V4(header) => header.protocol,
            IpHeader::V6(header) => header.protocol,
        }
    }
}
