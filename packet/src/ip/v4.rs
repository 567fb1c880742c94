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

/// Which of the words ends in the checksum.
const CHECKSUM_WORD: usize = 2;

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
        self.write_words(self.words(), self.checksum, out);
    }

    /// Writes the header with the checksum that it should have.
    #[inline]
    pub fn write_summed(&self, out: &mut Vec<u8>) {
        let words = self.words();
        self.write_words(words, self.sum_up(words), out);
    }

    #[inline]
    fn write_words(&self, mut words: [u32; 5], checksum: u16, out: &mut Vec<u8>) {
        words[CHECKSUM_WORD] |= u32::from(checksum);
        out.extend_from_slice(words.map(u32::to_be_bytes).as_flattened());
        out.extend_from_slice(self.options);
    }

    /// What the header's checksum should be.
    pub fn computed_checksum(&self) -> u16 {
        self.sum_up(self.words())
    }

    #[inline]
    fn sum_up(&self, words: [u32; 5]) -> u16 {
        let mut sum = Sum::default();
        words.into_iter().for_each(|word| sum.add_word(word));
        sum.add(self.options);
        sum.checksum()
    }

    /// The five words before the options, with 0 for the checksum.
    #[inline]
    fn words(&self) -> [u32; 5] {
        let words = 5 + self.options.len() as u32 / 4;
        let flags = [self.reserved, self.dont_fragment, self.more_fragments].map(u32::from);
        let fragment = FRAGMENT.join([flags[0], flags[1], flags[2], self.fragment_offset.into()]);
        let two = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        [
            VERSION.join([4, words]) << 24 | two(self.traffic_class.into(), self.total_length),
            two(self.identification, fragment as u16),
            two(u16::from_be_bytes([self.time_to_live, self.protocol]), 0),
            self.source.to_bits(),
            self.destination.to_bits(),
        ]
    }

    /// Which piece of a larger packet this is the header of. `None`: of a whole one.
    pub fn fragment(&self) -> Option<Fragment> {
        let (offset, more) = (8 * usize::from(self.fragment_offset), self.more_fragments);
        let identification = self.identification.into();
        (more || offset > 0).then_some(Fragment { identification, offset, more })
    }
}

/// Reads the header.
#[inline]
pub(super) fn ipv4_header(input: &[u8]) -> Parsed<'_, Ipv4Header<'_>, Reason> {
    let (rest, (words, mut header)) = match input.split_at_checked(20) {
        // Where the compiler knows that there are twenty bytes, it leaves out the question before each field.
        Some((fixed, after)) => fixed_fields(fixed).map(|(_, read)| (after, read))?,
        None => fixed_fields(input)?,
    };
    let options_length = 4 * (usize::from(words) - 5);
    let rest = if options_length > 0 {
        let (rest, options) = field("options", "unread", take(options_length)).parse(rest)?;
        header.options = options;
        rest
    } else {
        rest
    };
    computed("header checksum", "", || header_verdict(&header).to_string());
    describe(|| format!("{} → {} {}", header.source, header.destination, protocol_name(header.protocol)));
    Ok((rest, header))
}

/// The twenty bytes that every header has, and how many words it says there are in all: 5 or more.
#[inline(always)]
fn fixed_fields(input: &[u8]) -> Parsed<'_, (u8, Ipv4Header<'_>), Reason> {
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
        options: &[],
    };
    Ok((rest, (words, header)))
}

/// Judges the header's checksum.
pub fn header_verdict(header: &Ipv4Header<'_>) -> Verdict {
    match header.computed_checksum() {
        wanted if wanted == header.checksum => Verdict::Correct,
        wanted => Verdict::Wrong { found: header.checksum, wanted },
    }
}

/// Whether the checksum of a header is right. `header` is as received, and has its checksum within: so its sum is all
/// ones. A host asks this for every packet, and [`header_verdict`] what was wrong.
#[inline]
pub fn sums_up(header: &[u8]) -> bool {
    let mut sum = Sum::default();
    sum.add(header);
    sum.folded() == 0xffff
}

#[inline(always)]
fn version_and_length(input: &[u8]) -> Parsed<'_, u8, Reason> {
    let (rest, byte) = be_u8(input)?;
    let [_, words] = VERSION.split(byte.into());
    Ok((rest, words as u8))
}

#[inline(always)]
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
