//! The IP header, version 4 (RFC 791 §3.1) and 6 (RFC 8200 §3): what a packet's ride needs of it.
//!
//! A packet is a header and a payload. What the payload is, the crate of its protocol reads.
//!
//! Left out: fragments are refused, not put together (TCP sends packets that fit, with "don't fragment" set); of the IPv6
//! extension headers hop-by-hop and destination options are skipped, the others refused; IPv4 options are kept unread.
//!
//! Tested in `tests/headers.rs` (against pnet_packet) and, over the captures of the kernel's TCP, in the crate `barewire-tcp`.

mod v4;
mod v6;

use std::net::{IpAddr, Ipv6Addr};

use barewire_dissect::{Parsed, Refused, finish, refuse};

use crate::checksum::checksum;
use crate::reason::Reason;

pub use v4::{Ipv4Header, header_verdict};
pub use v6::Ipv6Header;

/// An IP packet: its header, its payload, and what stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpPacket<'a> {
    /// The header.
    pub header: IpHeader<'a>,
    /// What the header says is the packet's payload.
    pub payload: &'a [u8],
    /// Bytes behind the packet: the padding of a short Ethernet frame. Empty on a raw socket.
    pub trailer: &'a [u8],
}

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

    /// Where it goes.
    pub fn destination(&self) -> IpAddr {
        match self {
            IpHeader::V4(header) => header.destination.into(),
            IpHeader::V6(header) => header.destination.into(),
        }
    }

    /// What its payload is: 6 is TCP, 17 UDP.
    pub fn protocol(&self) -> u8 {
        match self {
            IpHeader::V4(header) => header.protocol,
            IpHeader::V6(header) => header.protocol,
        }
    }
}

impl<'a> IpPacket<'a> {
    /// Reads the IP header of a packet and finds its payload.
    ///
    /// # Errors
    /// [`Refused`]: too short, a fragment, or lengths that do not fit.
    pub fn parse(bytes: &'a [u8]) -> Result<IpPacket<'a>, Refused<Reason>> {
        finish("IP packet", bytes, ip_packet(bytes)).map(|(packet, _)| packet)
    }

    /// Writes the packet with every field as it stands, so that one that was read gives the bytes it was read from.
    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.header {
            IpHeader::V4(header) => header.write(out),
            IpHeader::V6(header) => header.write(out),
        }
        out.extend_from_slice(self.payload);
        out.extend_from_slice(self.trailer);
    }
}

/// Writes the header of a packet of our own: "don't fragment", hops to spare, identification 0 (RFC 6864 §4.1: it
/// means nothing in a packet that is never fragmented).
pub fn write_header(source: IpAddr, destination: IpAddr, protocol: u8, payload: usize, out: &mut Vec<u8>) {
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let mut header = Ipv4Header {
                traffic_class: 0,
                total_length: (20 + payload) as u16,
                identification: 0,
                dont_fragment: true,
                time_to_live: 64,
                protocol,
                checksum: 0,
                source,
                destination,
                options: &[],
            };
            let start = out.len();
            header.write(out);
            header.checksum = checksum(&out[start..]);
            out.truncate(start);
            header.write(out);
        }
        (source, destination) => Ipv6Header {
            traffic_class: 0,
            flow_label: 0,
            payload_length: payload as u16,
            next_header: protocol,
            hop_limit: 64,
            source: to_v6(source),
            destination: to_v6(destination),
            extensions: &[],
            protocol,
        }
        .write(out),
    }
}

fn to_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// The length of the IP header that [`write_header`] writes, in bytes.
pub fn header_length(address: IpAddr) -> usize {
    if address.is_ipv4() { 20 } else { 40 }
}

/// Reads an IP header and cuts the rest at the length it gives. It names the header's fields. The parser of the payload
/// names the rest.
///
/// # Errors
/// [`Reason`], at the byte where reading stopped.
pub fn ip_packet(input: &[u8]) -> Parsed<'_, IpPacket<'_>, Reason> {
    match input.first().map(|byte| byte >> 4) {
        None => refuse(input, Reason::EndsEarly),
        Some(4) => v4::ipv4(input),
        Some(6) => v6::ipv6(input),
        Some(version) => refuse(input, Reason::Version(version)),
    }
}

/// The name and number of a protocol that an IP header can announce.
pub fn protocol_name(protocol: u8) -> String {
    let name = match protocol {
        0 => "hop-by-hop options",
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        60 => "destination options",
        _ => "protocol",
    };
    format!("{name} ({protocol})")
}
