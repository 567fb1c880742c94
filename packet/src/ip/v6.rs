//! The IPv6 header and the extension headers behind it: RFC 8200 §3 and §4.

use std::net::Ipv6Addr;

use barewire_dissect::{Parsed, bits, describe, field, field_as, group, refuse};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use super::{IpHeader, IpPacket, protocol_name};
use crate::reason::Reason;

/// An IPv6 header: RFC 8200 §3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ipv6Header<'a> {
    /// Differentiated services and ECN.
    pub traffic_class: u8,
    /// 20 bits that mark the packets of one flow.
    pub flow_label: u32,
    /// The length of everything behind the fixed header.
    pub payload_length: u16,
    /// The type of what follows the fixed header.
    pub next_header: u8,
    /// How many more routers the packet may pass.
    pub hop_limit: u8,
    /// From.
    pub source: Ipv6Addr,
    /// To.
    pub destination: Ipv6Addr,
    /// The extension headers that were skipped, as they stand.
    pub extensions: &'a [u8],
    /// What the payload is: the next header of the last extension header.
    pub protocol: u8,
}

impl Ipv6Header<'_> {
    /// Writes the header with every field as it stands.
    pub fn write(&self, out: &mut Vec<u8>) {
        let first = 6 << 28 | u32::from(self.traffic_class) << 20 | self.flow_label & 0xf_ffff;
        let _ = out.write_u32::<BigEndian>(first);
        let _ = out.write_u16::<BigEndian>(self.payload_length);
        out.extend_from_slice(&[self.next_header, self.hop_limit]);
        out.extend_from_slice(&self.source.octets());
        out.extend_from_slice(&self.destination.octets());
        out.extend_from_slice(self.extensions);
    }
}

/// Reads the headers, and cuts the rest at the length they give.
pub(super) fn ipv6(input: &[u8]) -> Parsed<'_, IpPacket<'_>, Reason> {
    let (rest, mut header) = group("IPv6", "RFC 8200 §3", ipv6_header).parse(input)?;
    let says = usize::from(header.payload_length);
    if says > rest.len() {
        return refuse(&input[4..], Reason::Length { says, there: rest.len() });
    }
    let (inside, trailer) = rest.split_at(says);
    let mut payload = inside;
    while let HOP_BY_HOP | DESTINATION_OPTIONS = header.protocol {
        let (after, next) = group("extension header", "RFC 8200 §4", extension_header).parse(payload)?;
        (header.protocol, payload) = (next, after);
    }
    if REFUSED_EXTENSIONS.contains(&header.protocol) {
        return refuse(payload, Reason::ExtensionHeader(header.protocol));
    }
    header.extensions = &inside[..inside.len() - payload.len()];
    Ok((&input[input.len()..], IpPacket { header: IpHeader::V6(header), payload, trailer }))
}

const HOP_BY_HOP: u8 = 0;
const DESTINATION_OPTIONS: u8 = 60;
/// Routing, fragment, authentication.
const REFUSED_EXTENSIONS: [u8; 3] = [43, 44, 51];

fn ipv6_header(input: &[u8]) -> Parsed<'_, Ipv6Header<'_>, Reason> {
    let (rest, (traffic_class, flow_label)) =
        field_as("version, traffic class, flow label", "", first_word, |(class, label)| {
            format!("6, {class}, 0x{label:05x}")
        })
        .parse(input)?;
    let (rest, payload_length) =
        field("payload length", "of all that follows this header", be_u16).parse(rest)?;
    let (rest, next_header) = field_as("next header", "", be_u8, |p| protocol_name(*p)).parse(rest)?;
    let (rest, hop_limit) = field("hop limit", "routers it may still pass", be_u8).parse(rest)?;
    let (rest, source) = field("source address", "", address).parse(rest)?;
    let (rest, destination) = field("destination address", "", address).parse(rest)?;
    describe(|| format!("{source} → {destination} {}", protocol_name(next_header)));
    let header = Ipv6Header {
        traffic_class,
        flow_label,
        payload_length,
        next_header,
        hop_limit,
        source,
        destination,
        extensions: &[],
        protocol: next_header,
    };
    Ok((rest, header))
}

fn first_word(input: &[u8]) -> Parsed<'_, (u8, u32), Reason> {
    let (rest, word) = be_u32(input)?;
    let (traffic_class, flow_label) = ((word >> 20) as u8, word & 0xf_ffff);
    bits("version", "", 0, 4, 6u8);
    bits("traffic class", "differentiated services and ECN", 4, 8, traffic_class);
    bits("flow label", "marks the packets of one flow", 12, 20, flow_label);
    Ok((rest, (traffic_class, flow_label)))
}

fn address(input: &[u8]) -> Parsed<'_, Ipv6Addr, Reason> {
    let (rest, bytes) = take(16usize).parse(input)?;
    let octets: [u8; 16] = bytes.try_into().unwrap_or_default();
    Ok((rest, Ipv6Addr::from(octets)))
}

fn extension_header(input: &[u8]) -> Parsed<'_, u8, Reason> {
    let (rest, next) = field_as("next header", "", be_u8, |p| protocol_name(*p)).parse(input)?;
    let (rest, length) =
        field("header extension length", "in 8 bytes, beyond the first 8", be_u8).parse(rest)?;
    let (rest, _) = field("options", "unread", take(6 + 8 * usize::from(length))).parse(rest)?;
    Ok((rest, next))
}
