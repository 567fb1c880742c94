//! The IP header, version 4 (RFC 791 §3.1) and 6 (RFC 8200 §3): just what TCP needs of it.
//!
//! A packet is a header and a payload; [`dissect`] names every byte of a packet that carries TCP, UDP or anything else.
//!
//! Left out: fragments are refused, not put together (TCP sends packets that fit, with "don't fragment" set); of the IPv6
//! extension headers hop-by-hop and destination options are skipped, the others refused; IPv4 options are kept unread.
//!
//! Tested in `tests/headers.rs` (against pnet_packet) and `tests/captures.rs` (against the kernel).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_dissect::{Parsed, Tree, bits, computed, describe, field, field_as, group, record, refuse};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use crate::checksum::{Verdict, checksum};
use crate::error::{Malformed, Reason, finish};
use crate::packet::{Whole, whole};

/// An IP packet: its header, its payload, and what stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The header.
    pub header: Header<'a>,
    /// What the header says is the packet's payload.
    pub payload: &'a [u8],
    /// Bytes behind the packet: the padding of a short Ethernet frame. Empty on a raw socket.
    pub trailer: &'a [u8],
}

/// An IP header of either version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header<'a> {
    /// Version 4.
    V4(Ipv4Header<'a>),
    /// Version 6.
    V6(Ipv6Header<'a>),
}

/// An IPv4 header: RFC 791 §3.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ipv4Header<'a> {
    /// Differentiated services and ECN, once called type of service.
    pub traffic_class: u8,
    /// The length of header and payload, in bytes.
    pub total_length: u16,
    /// Which whole a fragment belongs to.
    pub identification: u16,
    /// "Don't fragment".
    pub dont_fragment: bool,
    /// How many more routers the packet may pass.
    pub time_to_live: u8,
    /// What the payload is: 6 is TCP, 17 UDP.
    pub protocol: u8,
    /// Over the header.
    pub checksum: u16,
    /// From.
    pub source: Ipv4Addr,
    /// To.
    pub destination: Ipv4Addr,
    /// The options, unread.
    pub options: &'a [u8],
}

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

impl Header<'_> {
    /// Where the packet comes from.
    pub fn source(&self) -> IpAddr {
        match self {
            Header::V4(header) => header.source.into(),
            Header::V6(header) => header.source.into(),
        }
    }

    /// Where it goes.
    pub fn destination(&self) -> IpAddr {
        match self {
            Header::V4(header) => header.destination.into(),
            Header::V6(header) => header.destination.into(),
        }
    }

    /// What its payload is: 6 is TCP, 17 UDP.
    pub fn protocol(&self) -> u8 {
        match self {
            Header::V4(header) => header.protocol,
            Header::V6(header) => header.protocol,
        }
    }
}

impl<'a> Packet<'a> {
    /// Reads the IP header of a packet and finds its payload.
    ///
    /// # Errors
    /// [`Malformed`]: too short, a fragment, or lengths that do not fit.
    pub fn parse(bytes: &'a [u8]) -> Result<Packet<'a>, Malformed> {
        finish(bytes, packet(bytes))
    }

    /// Writes the packet with every field as it stands, so that one that was read gives the bytes it was read from.
    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.header {
            Header::V4(header) => header.write(out),
            Header::V6(header) => header.write(out),
        }
        out.extend_from_slice(self.payload);
        out.extend_from_slice(self.trailer);
    }
}

impl Ipv4Header<'_> {
    /// Writes the header with every field as it stands.
    pub fn write(&self, out: &mut Vec<u8>) {
        let words = 5 + self.options.len() / 4;
        out.extend_from_slice(&[0x40 | words as u8, self.traffic_class]);
        // Writing to a Vec cannot fail.
        let _ = out.write_u16::<BigEndian>(self.total_length);
        let _ = out.write_u16::<BigEndian>(self.identification);
        let _ = out.write_u16::<BigEndian>(if self.dont_fragment { 0x4000 } else { 0 });
        out.extend_from_slice(&[self.time_to_live, self.protocol]);
        let _ = out.write_u16::<BigEndian>(self.checksum);
        out.extend_from_slice(&self.source.octets());
        out.extend_from_slice(&self.destination.octets());
        out.extend_from_slice(self.options);
    }

    /// What the header's checksum should be.
    pub fn computed_checksum(&self) -> u16 {
        let mut bytes = Vec::with_capacity(20 + self.options.len());
        Ipv4Header { checksum: 0, ..self.clone() }.write(&mut bytes);
        checksum(&bytes)
    }
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

/// Writes the header of a packet of our own: "don't fragment", hops to spare, identification 0 (RFC 6864 §4.1: it
/// means nothing in a packet that is never fragmented).
pub(crate) fn write_header(
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    payload: usize,
    out: &mut Vec<u8>,
) {
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

/// The length of the IP header that [`write_header`] writes.
pub(crate) fn header_length(address: IpAddr) -> usize {
    if address.is_ipv4() { 20 } else { 40 }
}

/// Reads an IP packet with everything in it and names every byte.
///
/// The leaves of the tree cover each byte once; with a packet that is refused, it holds the fields read before that.
pub fn dissect(bytes: &[u8]) -> (Result<Whole<'_>, Malformed>, Tree) {
    record(bytes, || finish(bytes, whole(bytes)))
}

/// Reads an IP header and cuts the rest at the length it gives. The payload is not named here: who reads it does.
pub(crate) fn packet(input: &[u8]) -> Parsed<'_, Packet<'_>, Reason> {
    match input.first().map(|byte| byte >> 4) {
        None => refuse(input, Reason::Short),
        Some(4) => ipv4(input),
        Some(6) => ipv6(input),
        Some(version) => refuse(input, Reason::Version(version)),
    }
}

fn ipv4(input: &[u8]) -> Parsed<'_, Packet<'_>, Reason> {
    let (rest, header) = group("IPv4", "RFC 791 §3.1", ipv4_header).parse(input)?;
    let header_length = input.len() - rest.len();
    let says = usize::from(header.total_length);
    if says < header_length || says > input.len() {
        return refuse(&input[2..], Reason::Length { says, there: input.len() });
    }
    let (payload, trailer) = rest.split_at(says - header_length);
    Ok((&input[input.len()..], Packet { header: Header::V4(header), payload, trailer }))
}

fn ipv4_header(input: &[u8]) -> Parsed<'_, Ipv4Header<'_>, Reason> {
    let (rest, words) =
        field_as("version and header length", "", version_and_length, |words| format!("4, {words} words"))
            .parse(input)?;
    if words < 5 {
        return refuse(input, Reason::HeaderLength(words));
    }
    let (rest, traffic_class) =
        field("traffic class", "differentiated services and ECN", be_u8).parse(rest)?;
    let (rest, total_length) = field("total length", "of header and payload", be_u16).parse(rest)?;
    let (rest, identification) =
        field("identification", "which whole a fragment belongs to", be_u16).parse(rest)?;
    let at = rest;
    let (rest, (dont_fragment, more, offset)) =
        field_as("flags and fragment offset", "", fragment, |(dont_fragment, _, offset)| {
            if *dont_fragment { "don't fragment".into() } else { format!("offset {offset}") }
        })
        .parse(rest)?;
    if more || offset > 0 {
        return refuse(at, Reason::Fragment { offset, more });
    }
    let (rest, time_to_live) = field("time to live", "routers it may still pass", be_u8).parse(rest)?;
    let (rest, protocol) = field_as("protocol", "", be_u8, |p| protocol_name(*p)).parse(rest)?;
    let (rest, found) = field_as("header checksum", "", be_u16, |sum| format!("0x{sum:04x}")).parse(rest)?;
    let (rest, source) = field("source address", "", be_u32.map(Ipv4Addr::from)).parse(rest)?;
    let (rest, destination) = field("destination address", "", be_u32.map(Ipv4Addr::from)).parse(rest)?;
    let options_length = 4 * (usize::from(words) - 5);
    let (rest, options) = if options_length > 0 {
        field("options", "unread", take(options_length)).parse(rest)?
    } else {
        (rest, &rest[..0])
    };
    let header = Ipv4Header {
        traffic_class,
        total_length,
        identification,
        dont_fragment,
        time_to_live,
        protocol,
        checksum: found,
        source,
        destination,
        options,
    };
    computed("header checksum", "", || header_verdict(&header).label());
    describe(|| format!("{source} → {destination} {}", protocol_name(protocol)));
    Ok((rest, header))
}

/// Judges the header's checksum.
pub(crate) fn header_verdict(header: &Ipv4Header<'_>) -> Verdict {
    match header.computed_checksum() {
        wanted if wanted == header.checksum => Verdict::Correct,
        wanted => Verdict::Wrong { found: header.checksum, wanted },
    }
}

fn version_and_length(input: &[u8]) -> Parsed<'_, u8, Reason> {
    let (rest, byte) = be_u8(input)?;
    bits("version", "", 0, 4, byte >> 4);
    bits("header length", "in 32-bit words", 4, 4, byte & 0x0f);
    Ok((rest, byte & 0x0f))
}

fn fragment(input: &[u8]) -> Parsed<'_, (bool, bool, usize), Reason> {
    let (rest, word) = be_u16(input)?;
    let (dont_fragment, more) = (word & 0x4000 != 0, word & 0x2000 != 0);
    bits("reserved", "", 0, 1, word >> 15);
    bits("don't fragment", "", 1, 1, u8::from(dont_fragment));
    bits("more fragments", "", 2, 1, u8::from(more));
    bits("fragment offset", "in units of 8 bytes", 3, 13, word & 0x1fff);
    if word & 0x8000 != 0 {
        // The bit must be zero; a writer that cannot say it could not write this packet again.
        return refuse(input, Reason::Fragment { offset: usize::from(word & 0x1fff) * 8, more });
    }
    Ok((rest, (dont_fragment, more, usize::from(word & 0x1fff) * 8)))
}

fn ipv6(input: &[u8]) -> Parsed<'_, Packet<'_>, Reason> {
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
    Ok((&input[input.len()..], Packet { header: Header::V6(header), payload, trailer }))
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

pub(crate) fn protocol_name(protocol: u8) -> String {
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
