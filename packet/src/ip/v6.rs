//! The IPv6 header: RFC 8200 §3. Its extension headers are read in `extension.rs`.

use std::net::Ipv6Addr;

use barewire_dissect::{Bits, Parsed, Word, describe, field, field_as};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use super::extension::{self, Extension};
use super::protocol_name;
use crate::reason::Reason;

/// An IPv6 header: RFC 8200 §3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ipv6Header<'a> {
    /// Differentiated services and ECN.
    pub traffic_class: u8,
    /// 20 bits that mark the packets of one flow.
    pub flow_label: u32,
    /// The length of everything after the fixed header.
    pub payload_length: u16,
    /// The type of what follows the fixed header.
    pub next_header: u8,
    /// How many more routers the packet may pass.
    pub hop_limit: u8,
    /// The sender's address.
    pub source: Ipv6Addr,
    /// The receiver's address, or that of the next stop: see [`final_destination`](Ipv6Header::final_destination).
    pub destination: Ipv6Addr,
    /// The extension headers, as they stand.
    pub extensions: &'a [u8],
    /// What the payload is: the next header of the last extension header.
    pub protocol: u8,
}

static FIRST_WORD: Word<3> = Word::new([
    Bits::new("version", 4, ""),
    Bits::new("traffic class", 8, "differentiated services and ECN"),
    Bits::new("flow label", 20, "marks the packets of one flow"),
]);

impl<'a> Ipv6Header<'a> {
    /// Writes the header with every field as it stands.
    pub fn write(&self, out: &mut Vec<u8>) {
        // Writing to a Vec cannot fail.
        let _ = out.write_u32::<BigEndian>(FIRST_WORD.join([6, self.traffic_class.into(), self.flow_label]));
        let _ = out.write_u16::<BigEndian>(self.payload_length);
        out.extend_from_slice(&[self.next_header, self.hop_limit]);
        out.extend_from_slice(&self.source.octets());
        out.extend_from_slice(&self.destination.octets());
        out.extend_from_slice(self.extensions);
    }

    /// The extension headers, in order.
    pub fn extension_headers(&self) -> impl Iterator<Item = Extension<'a>> + use<'a> {
        extension::walk(self.next_header, self.extensions)
    }

    /// Where the packet goes when it has made all stops of its routing headers (RFC 8200 §4.4).
    pub fn final_destination(&self) -> Ipv6Addr {
        self.extension_headers().filter_map(|header| header.last_stop()).last().unwrap_or(self.destination)
    }
}

/// Reads the fixed header; the extension headers follow.
pub(super) fn ipv6_header(input: &[u8]) -> Parsed<'_, Ipv6Header<'_>, Reason> {
    let (rest, [_, traffic_class, flow_label]) =
        field_as("version, traffic class, flow label", "", first_word, |[_, class, label]| {
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
        traffic_class: traffic_class as u8,
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

fn first_word(input: &[u8]) -> Parsed<'_, [u32; 3], Reason> {
    let (rest, word) = be_u32(input)?;
    Ok((rest, FIRST_WORD.split(word)))
}

pub(crate) fn address(input: &[u8]) -> Parsed<'_, Ipv6Addr, Reason> {
    let (rest, bytes) = take(16usize).parse(input)?;
    let octets: [u8; 16] = bytes.try_into().unwrap_or_default();
    Ok((rest, Ipv6Addr::from(octets)))
}
