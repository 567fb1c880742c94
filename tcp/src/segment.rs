//! The TCP segment: its header, read and written (RFC 9293 §3.1).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! |          source port          |       destination port        |
//! |                        sequence number                        |
//! |                    acknowledgment number                      |
//! | offset| rsrvd |C|E|U|A|P|R|S|F|            window             |
//! |           checksum            |        urgent pointer         |
//! |                  options, then the payload                    |
//! ```
//!
//! Left out: what urgent data once meant. The pointer is read and kept, never obeyed (RFC 9293 §3.8.5 advises
//! against its use). [`by_hand`](crate::by_hand) opens a connection with nothing but this.
//!
//! Tested in `tests/headers.rs` (against pnet_packet) and `tests/captures.rs` (against the kernel).

use std::fmt;
use std::net::IpAddr;
use std::ops::BitOr;

use barewire_dissect::{
    Bits, Parsed, Refused, Show, Word, describe, field, field_as, finish, grouped, refuse,
};
use barewire_packet::checksum::{Sum, Verdict, pseudo_header, verify};
use barewire_packet::ip;
use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32};

use crate::error::Reason;
use crate::options::{Options, options_before_the_cut, options_into};
use crate::seq::SeqNumber;

/// The protocol number of TCP in an IP header.
pub const PROTOCOL: u8 = 6;
/// The fixed part of the header, in bytes.
pub const HEADER_LENGTH: usize = 20;

/// The control bits.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Flags = Flags(0x01);
    /// Synchronize sequence numbers.
    pub const SYN: Flags = Flags(0x02);
    /// Reset the connection.
    pub const RST: Flags = Flags(0x04);
    /// Push: hand what has arrived to the reader now.
    pub const PSH: Flags = Flags(0x08);
    /// The acknowledgment number means something.
    pub const ACK: Flags = Flags(0x10);
    /// The urgent pointer means something.
    pub const URG: Flags = Flags(0x20);
    /// ECN echo: a router has marked a packet of the peer's (RFC 3168).
    pub const ECE: Flags = Flags(0x40);
    /// Congestion window reduced: the peer need not echo the mark any more (RFC 3168).
    pub const CWR: Flags = Flags(0x80);

    /// Whether every flag of `other` is set.
    #[inline]
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether FIN is set.
    #[inline]
    pub fn fin(self) -> bool {
        self.has(Flags::FIN)
    }

    /// Whether SYN is set.
    #[inline]
    pub fn syn(self) -> bool {
        self.has(Flags::SYN)
    }

    /// Whether RST is set.
    #[inline]
    pub fn rst(self) -> bool {
        self.has(Flags::RST)
    }

    /// Whether ACK is set.
    #[inline]
    pub fn ack(self) -> bool {
        self.has(Flags::ACK)
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// The word of the header that begins with the data offset. Parser, writer, tree and [`Flags`] read this table.
static CONTROL: Word<10> = Word::new([
    Bits::new("data offset", 4, "the length of the header in 32-bit words"),
    Bits::new("reserved", 4, ""),
    Bits::new("CWR", 1, "congestion window reduced"),
    Bits::new("ECE", 1, "congestion was marked on the way"),
    Bits::new("URG", 1, "the urgent pointer means something"),
    Bits::new("ACK", 1, "the acknowledgment number means something"),
    Bits::new("PSH", 1, "hand it to the reader now"),
    Bits::new("RST", 1, "reset the connection"),
    Bits::new("SYN", 1, "synchronize sequence numbers"),
    Bits::new("FIN", 1, "no more data from the sender"),
]);

impl fmt::Display for Flags {
    /// The names of the flags that are set. FIN and SYN, which open and close, come first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from_the_right = CONTROL.fields().iter().rev().enumerate().take(8);
        let set = from_the_right.filter(|(bit, _)| self.0 >> bit & 1 == 1);
        let names: Vec<&str> = set.map(|(_, field)| field.name).collect();
        f.write_str(&if names.is_empty() { "none".into() } else { names.join(" ") })
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

impl Show for Flags {
    fn show(&self) -> String {
        self.to_string()
    }
}

/// A TCP segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// SEG.SEQ: the number of the first byte of the payload (of the SYN, if there is one).
    pub seq: SeqNumber,
    /// SEG.ACK: the next number that the sender of this segment expects.
    pub ack: SeqNumber,
    /// The four bits that nobody has given a meaning.
    pub reserved: u8,
    /// The control bits.
    pub flags: Flags,
    /// SEG.WND as it stands on the wire, not yet scaled.
    pub window: u16,
    /// The checksum as it stands on the wire.
    pub checksum: u16,
    /// The urgent pointer.
    pub urgent_pointer: u16,
    /// What the options say.
    pub options: Options,
    /// The option list as it stands on the wire; [`crate::options::list`] reads it one by one.
    pub option_bytes: &'a [u8],
    /// The payload.
    pub payload: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment: TCP header and payload, without the IP header.
    ///
    /// # Errors
    /// [`Refused`], with the offset from the start of `bytes`.
    pub fn parse(bytes: &'a [u8]) -> Result<Segment<'a>, Refused<Reason>> {
        finish("TCP segment", bytes, segment(bytes)).map(|(segment, _)| segment)
    }

    /// Reads the beginning of a segment. A capture has cut off its last `missing` bytes. Gives the segment as far as
    /// it is there, and how many bytes of its payload are missing. Of options that were cut, the whole ones are read.
    ///
    /// # Errors
    /// [`Refused`], with the offset from the start of `bytes`: also if the fixed part of the header was cut.
    pub fn parse_captured(bytes: &'a [u8], missing: usize) -> Result<(Segment<'a>, usize), Refused<Reason>> {
        finish("TCP segment", bytes, captured_segment(bytes, missing)).map(|(segment, _)| segment)
    }

    /// A segment between two ports with nothing in it: no flags, no payload, every number 0.
    pub fn empty(source_port: u16, destination_port: u16) -> Segment<'a> {
        Segment {
            source_port,
            destination_port,
            seq: SeqNumber(0),
            ack: SeqNumber(0),
            reserved: 0,
            flags: Flags::default(),
            window: 0,
            checksum: 0,
            urgent_pointer: 0,
            options: Options::default(),
            option_bytes: &[],
            payload: &[],
        }
    }

    /// Makes a whole IP packet around this segment, for a packet made by hand: its options are taken from their
    /// fields, and its checksum is computed. Both addresses must be of one family.
    pub fn ip_packet(&self, source: IpAddr, destination: IpAddr) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LENGTH + 40 + self.payload.len());
        self.compose(
            (self.payload, &[]),
            |length| pseudo_header(source, destination, PROTOCOL, length),
            &mut bytes,
        );
        let mut packet = Vec::with_capacity(ip::header_length(source) + bytes.len());
        ip::write_header(source, destination, PROTOCOL, bytes.len(), &mut packet);
        packet.extend_from_slice(&bytes);
        packet
    }

    /// SEG.LEN: how many sequence numbers the segment takes. SYN and FIN take one each.
    #[inline]
    pub fn len(&self) -> u32 {
        self.payload.len() as u32 + u32::from(self.flags.syn()) + u32::from(self.flags.fin())
    }

    /// Whether the segment takes no sequence number at all: a pure acknowledgment.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Judges the checksum; `bytes` are the segment's, as received.
    #[inline]
    pub fn verify(&self, source: IpAddr, destination: IpAddr, bytes: &[u8]) -> Verdict {
        verify(pseudo_header(source, destination, PROTOCOL, bytes.len()), bytes, self.checksum)
    }

    /// Writes the segment with every field as it stands, the checksum included, so that a segment that was read gives
    /// the bytes it was read from.
    pub fn write(&self, out: &mut Vec<u8>) {
        let words = self.fixed_words(self.option_bytes.len(), self.checksum);
        out.extend_from_slice(words.map(u32::to_be_bytes).as_flattened());
        out.extend_from_slice(self.option_bytes);
        out.extend_from_slice(self.payload);
    }

    /// The five words that every header has, with this checksum.
    #[inline]
    fn fixed_words(&self, options: usize, checksum: u16) -> [u32; HEADER_LENGTH / 4] {
        let two = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        let mut control = CONTROL.split(u32::from(self.flags.0));
        (control[0], control[1]) = (((HEADER_LENGTH + options) / 4) as u32, u32::from(self.reserved));
        [
            two(self.source_port, self.destination_port),
            self.seq.0,
            self.ack.0,
            two(CONTROL.join(control) as u16, self.window),
            two(checksum, self.urgent_pointer),
        ]
    }

    /// Writes a segment of our own: the options from their fields, the payload in two pieces (as a ring buffer has
    /// it), and the checksum. `pseudo_header` is given the length of the segment.
    pub(crate) fn compose(
        &self,
        payload: (&[u8], &[u8]),
        pseudo_header: impl FnOnce(usize) -> Sum,
        out: &mut Vec<u8>,
    ) {
        let (start, options) = (out.len(), self.options.length());
        let mut sum = pseudo_header(HEADER_LENGTH + options + payload.0.len() + payload.1.len());
        out.resize(start + HEADER_LENGTH + options, 0);
        let (header, _) = out[start..].as_chunks_mut::<4>();
        let mut places = header.iter_mut();
        let mut put = |word: u32| {
            sum.add_word(word);
            if let Some(place) = places.next() {
                *place = word.to_be_bytes();
            }
        };
        self.fixed_words(options, 0).into_iter().for_each(&mut put);
        self.options.words(&mut put);
        debug_assert!(places.next().is_none(), "the options are as long as they say");
        for piece in [payload.0, payload.1] {
            out.extend_from_slice(piece);
            sum.add(piece);
        }
        if let Some(checksum) = out.get_mut(start + CHECKSUM..start + CHECKSUM + 2) {
            BigEndian::write_u16(checksum, sum.checksum());
        }
    }
}

/// Reads a segment, naming its fields.
pub(crate) fn segment(input: &[u8]) -> Parsed<'_, Segment<'_>, Reason> {
    let (rest, (segment, _)) = captured_segment(input, 0)?;
    Ok((rest, segment))
}

/// Reads a segment whose last `missing` bytes are not there, naming its fields: the segment, and how many bytes of its
/// payload are missing.
pub(crate) fn captured_segment(input: &[u8], missing: usize) -> Parsed<'_, (Segment<'_>, usize), Reason> {
    let mut segment = Segment::empty(0, 0);
    let (rest, payload_missing) = segment_into(&mut segment, input, missing)?;
    Ok((rest, (segment, payload_missing)))
}

/// The same, into `segment`, and gives how many bytes of its payload are missing. A segment that is returned is moved
/// through memory, and a host reads one for each packet.
#[inline]
pub(crate) fn segment_into<'a>(
    segment: &mut Segment<'a>,
    input: &'a [u8],
    missing: usize,
) -> Parsed<'a, usize, Reason> {
    let (rest, options_missing) =
        grouped("TCP", "RFC 9293 §3.1", input, |input| header_into(segment, input, missing))?;
    if !rest.is_empty() {
        (_, segment.payload) = field("payload", "", take(rest.len())).parse(rest)?;
    }
    Ok((&rest[rest.len()..], missing - options_missing))
}

/// Reads the header of the segment `whole` into `segment`: the fixed part, then the options it leaves room for. Gives
/// how many of the `missing` bytes after `whole` are options.
#[inline]
fn header_into<'a>(segment: &mut Segment<'a>, whole: &'a [u8], missing: usize) -> Parsed<'a, usize, Reason> {
    let (rest, words) = fixed_part(segment, whole)?;
    let length = 4 * usize::from(words);
    let there = whole.len() + missing;
    if length < HEADER_LENGTH || length > there {
        return refuse(&whole[DATA_OFFSET..], Reason::DataOffset { words, there });
    }
    let (option_bytes, payload_on) = rest.split_at((length - HEADER_LENGTH).min(rest.len()));
    let options_missing = length - HEADER_LENGTH - option_bytes.len();
    if !option_bytes.is_empty() {
        let whole = options_missing == 0;
        let found = &mut segment.options;
        grouped("options", "", option_bytes, |input| match whole {
            true => options_into(found, input),
            false => options_before_the_cut(found, input),
        })?;
        segment.option_bytes = option_bytes;
    }
    describe(|| format!("{} → {} {}", segment.source_port, segment.destination_port, segment.flags));
    Ok((payload_on, options_missing))
}

/// Where the data offset stands in the header.
const DATA_OFFSET: usize = 12;
/// Where the checksum stands in the header.
const CHECKSUM: usize = 16;

/// Reads the twenty bytes that every header has, and gives how many words it says there are in all.
#[inline]
fn fixed_part<'a>(segment: &mut Segment<'a>, input: &'a [u8]) -> Parsed<'a, u8, Reason> {
    match input.split_at_checked(HEADER_LENGTH) {
        // Where the compiler knows that there are twenty bytes, it leaves out the question before each field.
        Some((fixed, after)) => fixed_fields(segment, fixed).map(|(_, words)| (after, words)),
        None => fixed_fields(segment, input),
    }
}

#[inline(always)]
fn fixed_fields<'a>(segment: &mut Segment<'a>, input: &'a [u8]) -> Parsed<'a, u8, Reason> {
    let (rest, source_port) = field("source port", "", be_u16).parse(input)?;
    let (rest, destination_port) = field("destination port", "", be_u16).parse(rest)?;
    let (rest, seq) =
        field("sequence number", "of the first byte of the payload, or of the SYN", be_u32.map(SeqNumber))
            .parse(rest)?;
    let (rest, ack) =
        field("acknowledgment number", "the next number its sender expects", be_u32.map(SeqNumber))
            .parse(rest)?;
    let (rest, (words, reserved, flags)) =
        field_as("data offset and control bits", "", offset_and_flags, |(_, _, flags)| flags.to_string())
            .parse(rest)?;
    let (rest, window) = field("window", "bytes its sender can take, before scaling", be_u16).parse(rest)?;
    let (rest, checksum) =
        field_as("checksum", "over pseudo-header, header and payload", be_u16, |sum| format!("0x{sum:04x}"))
            .parse(rest)?;
    let (rest, urgent_pointer) = field("urgent pointer", "obsolete", be_u16).parse(rest)?;
    (segment.source_port, segment.destination_port) = (source_port, destination_port);
    (segment.seq, segment.ack) = (seq, ack);
    (segment.reserved, segment.flags) = (reserved, flags);
    (segment.window, segment.checksum, segment.urgent_pointer) = (window, checksum, urgent_pointer);
    Ok((rest, words))
}

#[inline(always)]
fn offset_and_flags(input: &[u8]) -> Parsed<'_, (u8, u8, Flags), Reason> {
    let (rest, word) = be_u16(input)?;
    let [words, reserved, ..] = CONTROL.split(u32::from(word));
    // The flags are the last eight bits.
    Ok((rest, (words as u8, reserved as u8, Flags(word as u8))))
}
