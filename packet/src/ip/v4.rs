//! The IPv4 header: RFC 791 §3.1.

use std::net::Ipv4Addr;

use barewire_dissect::{Parsed, bits, computed, describe, field, field_as, group, refuse};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use super::{IpHeader, IpPacket, protocol_name};
use crate::checksum::{Verdict, checksum};
use crate::reason::Reason;

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

/// Reads the header, and cuts the rest at the length it gives.
pub(super) fn ipv4(input: &[u8]) -> Parsed<'_, IpPacket<'_>, Reason> {
    let (rest, header) = group("IPv4", "RFC 791 §3.1", ipv4_header).parse(input)?;
    let header_length = input.len() - rest.len();
    let says = usize::from(header.total_length);
    if says < header_length || says > input.len() {
        return refuse(&input[2..], Reason::Length { says, there: input.len() });
    }
    let (payload, trailer) = rest.split_at(says - header_length);
    Ok((&input[input.len()..], IpPacket { header: IpHeader::V4(header), payload, trailer }))
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
pub fn header_verdict(header: &Ipv4Header<'_>) -> Verdict {
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
