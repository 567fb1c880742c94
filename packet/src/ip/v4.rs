//! The IPv4 header: RFC 791 §3.1.
//!
//! ```text
//!   |version|length|traffic class|          total length          |
//!   |        identification       |0|DF|MF|    fragment offset    |
//!   | time to live |  protocol    |        header checksum         |
//!   |                        source address                        |
//!   |                      destination address                     |
//! ```

use std::net::Ipv4Addr;

use barewire_dissect::{Bits, Parsed, Word, computed, describe, field, field_as, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use super::{Fragment, protocol_name};
use crate::checksum::{Sum, Verdict};
use crate::reason::Reason;

/// An IPv4 header: RFC 791 §3.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ipv4Header<'a> {
    /// Differentiated services and ECN, once called type of service.
    pub traffic_class: u8,
    /// The length of header and payload, in bytes.
    pub total_length: u16,
    /// Which packet a fragment belongs to.
    pub identification: u16,
    /// The flag that must be zero.
    pub reserved: bool,
    /// "Don't fragment".
    pub dont_fragment: bool,
    /// "More fragments": this is not the last piece.
    pub more_fragments: bool,
    /// Where this piece starts, in units of 8 bytes; 13 bits.
    pub fragment_offset: u16,
    /// How many more routers the packet may pass.
    pub time_to_live: u8,
    /// What the payload is: 6 is TCP, 17 UDP.
    pub protocol: u8,
    /// Over the header.
    pub checksum: u16,
    /// The sender's address.
    pub source: Ipv4Addr,
    /// The receiver's address.
    pub destination: Ipv4Addr,
    /// The options, unread.
    pub options: &'a [u8],
}

static VERSION: Word<2> =
    Word::new([Bits::new("version", 4, ""), Bits::new("header length", 4, "in 32-bit words")]);

static FRAGMENT: Word<4> = Word::new([
    Bits::new("reserved", 1, "zero"),
    Bits::new("don't fragment", 1, ""),
    Bits::new("more fragments", 1, ""),
    Bits::new("fragment offset", 13, "in units of 8 bytes"),
]);

impl Ipv4Header<'_> {
    /// Writes the header with every field as it stands.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.fixed_part(self.checksum));
        out.extend_from_slice(self.options);
    }

    /// What the header's checksum should be.
    pub fn computed_checksum(&self) -> u16 {
        let mut sum = Sum::default();
        sum.add(&self.fixed_part(0));
        sum.add(self.options);
        sum.checksum()
    }

    /// The 20 bytes before the options. An array, because a checksum is computed for every packet.
    fn fixed_part(&self, checksum: u16) -> [u8; 20] {
        let words = 5 + self.options.len() as u32 / 4;
        let flags = [self.reserved, self.dont_fragment, self.more_fragments].map(u32::from);
        let fragment = FRAGMENT.join([flags[0], flags[1], flags[2], self.fragment_offset.into()]);
        let mut bytes = [0; 20];
        bytes[..2].copy_from_slice(&[VERSION.join([4, words]) as u8, self.traffic_class]);
        bytes[2..4].copy_from_slice(&self.total_length.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.identification.to_be_bytes());
        bytes[6..8].copy_from_slice(&(fragment as u16).to_be_bytes());
        bytes[8..10].copy_from_slice(&[self.time_to_live, self.protocol]);
        bytes[10..12].copy_from_slice(&checksum.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.source.octets());
        bytes[16..].copy_from_slice(&self.destination.octets());
        bytes
    }

    /// Which piece of a larger packet this is the header of. `None`: of a whole one.
    pub fn fragment(&self) -> Option<Fragment> {
        let (offset, more) = (8 * usize::from(self.fragment_offset), self.more_fragments);
        let identification = self.identification.into();
        (more || offset > 0).then_some(Fragment { identification, offset, more })
    }
}

/// Reads the header.
pub(super) fn ipv4_header(input: &[u8]) -> Parsed<'_, Ipv4Header<'_>, Reason> {
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
        field("identification", "which packet a fragment belongs to", be_u16).parse(rest)?;
    let (rest, [reserved, dont_fragment, more_fragments, fragment_offset]) =
        field_as("flags and fragment offset", "", fragment, show_fragment).parse(rest)?;
    let (rest, time_to_live) = field("time to live", "routers it may still pass", be_u8).parse(rest)?;
    let (rest, protocol) = field_as("protocol", "", be_u8, |p| protocol_name(*p)).parse(rest)?;
    let (rest, checksum) =
        field_as("header checksum", "", be_u16, |sum| format!("0x{sum:04x}")).parse(rest)?;
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
        reserved: reserved == 1,
        dont_fragment: dont_fragment == 1,
        more_fragments: more_fragments == 1,
        fragment_offset: fragment_offset as u16,
        time_to_live,
        protocol,
        checksum,
        source,
        destination,
        options,
    };
    computed("header checksum", "", || header_verdict(&header).to_string());
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
    let [_, words] = VERSION.split(byte.into());
    Ok((rest, words as u8))
}

fn fragment(input: &[u8]) -> Parsed<'_, [u32; 4], Reason> {
    let (rest, word) = be_u16(input)?;
    Ok((rest, FRAGMENT.split(word.into())))
}

fn show_fragment([_, dont_fragment, more, offset]: &[u32; 4]) -> String {
    match (more, offset) {
        (0, 0) if *dont_fragment == 1 => "don't fragment".into(),
        (0, 0) => "whole".into(),
        (0, offset) => format!("last piece, at byte {}", 8 * offset),
        (_, offset) => format!("a piece at byte {}, more follow", 8 * offset),
    }
}
