//! TCP options: what two ends tell each other in the SYN, and what rides on later segments (RFC 9293 §3.2).
//!
//! | kind | option | where |
//! |---|---|---|
//! | 0, 1 | end of list, no-operation | RFC 9293 §3.2 |
//! | 2 | maximum segment size | RFC 9293 §3.7.1, SYN only |
//! | 3 | window scale | RFC 7323 §2, SYN only |
//! | 4 | SACK permitted | RFC 2018 §2, SYN only |
//! | 5 | SACK blocks | RFC 2018 §3 |
//! | 8 | timestamps | RFC 7323 §3 |
//! | 34 | Fast Open | RFC 7413 §4.1.1, SYN only |
//!
//! Every option is also kept as it came, unknown ones too ([`list`]). What is sent goes out in Linux's order.
//! Left out: MD5 and AO, multipath: they read as [`TcpOption::Unknown`].
//!
//! Tested in `tests/headers.rs` (against pnet_packet) and `tests/captures.rs` (against the kernel).

mod fast_open;
mod sack;

use barewire_dissect::{Parsed, Refused, Show, describe, field, field_as, finish, grouped, refuse};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use crate::error::Reason;

pub use fast_open::{Cookie, FastOpen};
pub use sack::SackBlocks;

/// The longest option list: a header has at most 15 words, and 5 of them are fixed.
pub const MAX_LENGTH: usize = 40;

/// The largest window that can be announced, in bytes: 16 bits, shifted by 14 at most (RFC 7323 §2.3).
pub const LARGEST_WINDOW: u32 = 65_535 << 14;

// The kinds.
const END: u8 = 0;
const NOP: u8 = 1;
const MSS: u8 = 2;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const SACK: u8 = 5;
const TIMESTAMPS: u8 = 8;
const FAST_OPEN: u8 = FastOpen::KIND;

/// One option, as it stands in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TcpOption<'a> {
    /// End of the option list; what follows is padding, kept here.
    End(&'a [u8]),
    /// No operation: a byte that fills.
    NoOperation,
    /// The largest payload that the sender of this segment can take.
    MaximumSegmentSize(u16),
    /// By how many bits windows are shifted left.
    WindowScale(u8),
    /// The sender of this segment understands SACK blocks.
    SackPermitted,
    /// Ranges that arrived out of order.
    Sack(SackBlocks),
    /// The sender's clock, and the one it echoes.
    Timestamps(Timestamps),
    /// A Fast Open cookie, or the request for one.
    FastOpen(FastOpen),
    /// Any other option.
    Unknown {
        /// Its kind.
        kind: u8,
        /// What followed its length.
        data: &'a [u8],
    },
}

/// The timestamps option: RFC 7323 §3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timestamps {
    /// TSval: the sender's clock, in units of its own.
    pub value: u32,
    /// TSecr: the value it last took from its peer.
    pub echo: u32,
}

/// What an option list says, each option in a field of its own. The last of two equal options wins, as in Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The largest payload its sender can take, in bytes (MSS).
    pub maximum_segment_size: Option<u16>,
    /// Whether SACK is permitted.
    pub sack_permitted: bool,
    /// The sender's clock, and the one it echoes.
    pub timestamps: Option<Timestamps>,
    /// By how many bits its sender's windows are shifted.
    pub window_scale: Option<u8>,
    /// The blocks that arrived out of order.
    pub sack: SackBlocks,
    /// A Fast Open cookie, or the request for one.
    pub fast_open: Option<FastOpen>,
}

impl Options {
    /// The options in the order that Linux uses, word by word: in a SYN MSS, SACK-permitted, timestamps, NOP, window
    /// scale, Fast Open; later NOP NOP timestamps, NOP NOP SACK. Each begins on a word and ends on one.
    #[inline]
    pub(crate) fn words(&self, mut put: impl FnMut(u32)) {
        let mut put_bytes = |bytes: [u8; 4]| put(u32::from_be_bytes(bytes));
        if let Some(size) = self.maximum_segment_size {
            let [high, low] = size.to_be_bytes();
            put_bytes([MSS, 4, high, low]);
        }
        match (self.sack_permitted, self.timestamps) {
            (true, Some(_)) => put_bytes([SACK_PERMITTED, 2, TIMESTAMPS, 10]),
            (true, None) => put_bytes([NOP, NOP, SACK_PERMITTED, 2]),
            (false, Some(_)) => put_bytes([NOP, NOP, TIMESTAMPS, 10]),
            (false, None) => {}
        }
        if let Some(Timestamps { value, echo }) = self.timestamps {
            put_bytes(value.to_be_bytes());
            put_bytes(echo.to_be_bytes());
        }
        if let Some(shift) = self.window_scale {
            put_bytes([NOP, WINDOW_SCALE, 3, shift]);
        }
        if !self.sack.is_empty() {
            put_bytes([NOP, NOP, SACK, 2 + 8 * self.sack.count()]);
            for (first, end) in self.sack.as_slice() {
                put_bytes(first.0.to_be_bytes());
                put_bytes(end.0.to_be_bytes());
            }
        }
        if let Some(fast_open) = &self.fast_open {
            fast_open.words(put_bytes);
        }
    }

    /// How many bytes [`Options::words`] gives.
    pub(crate) fn length(&self) -> usize {
        let sack = self.sack.as_slice().len();
        let with_timestamps =
            if self.timestamps.is_some() { 12 } else { 4 * usize::from(self.sack_permitted) };
        4 * usize::from(self.maximum_segment_size.is_some())
            + with_timestamps
            + 4 * usize::from(self.window_scale.is_some())
            + if sack > 0 { 4 + 8 * sack } else { 0 }
            + self.fast_open.as_ref().map_or(0, FastOpen::length_in_words)
    }
}

/// Where the options go that are read. (To return an option costs more than to read it: a value that can be any of them
/// is large, and goes through memory. So `take_in` is inlined wherever an option is read.)
trait Collect<'a> {
    fn take_in(&mut self, option: TcpOption<'a>);
}

/// One after the other.
impl<'a> Collect<'a> for Vec<TcpOption<'a>> {
    fn take_in(&mut self, option: TcpOption<'a>) {
        self.push(option);
    }
}

/// Each into its field.
impl<'a> Collect<'a> for Options {
    #[inline(always)]
    fn take_in(&mut self, option: TcpOption<'a>) {
        match option {
            TcpOption::MaximumSegmentSize(size) => self.maximum_segment_size = Some(size),
            TcpOption::WindowScale(shift) => self.window_scale = Some(shift),
            TcpOption::SackPermitted => self.sack_permitted = true,
            TcpOption::Sack(blocks) => self.sack = blocks,
            TcpOption::Timestamps(timestamps) => self.timestamps = Some(timestamps),
            TcpOption::FastOpen(fast_open) => self.fast_open = Some(fast_open),
            TcpOption::End(_) | TcpOption::NoOperation | TcpOption::Unknown { .. } => {}
        }
    }
}

impl TcpOption<'_> {
    /// Writes the option's bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        // Writing to a Vec cannot fail.
        let mut put = |kind: u8, length: u8| out.extend_from_slice(&[kind, length]);
        match self {
            TcpOption::End(padding) => {
                out.push(0);
                out.extend_from_slice(padding);
            }
            TcpOption::NoOperation => out.push(1),
            TcpOption::MaximumSegmentSize(size) => {
                put(2, 4);
                let _ = out.write_u16::<BigEndian>(*size);
            }
            TcpOption::WindowScale(shift) => {
                put(3, 3);
                out.push(*shift);
            }
            TcpOption::SackPermitted => put(4, 2),
            TcpOption::Sack(blocks) => {
                put(5, 2 + 8 * blocks.count());
                for (first, end) in blocks.as_slice() {
                    let _ = out.write_u32::<BigEndian>(first.0);
                    let _ = out.write_u32::<BigEndian>(end.0);
                }
            }
            TcpOption::Timestamps(timestamps) => {
                put(8, 10);
                let _ = out.write_u32::<BigEndian>(timestamps.value);
                let _ = out.write_u32::<BigEndian>(timestamps.echo);
            }
            TcpOption::FastOpen(fast_open) => {
                put(FAST_OPEN, 2 + fast_open.cookie().len() as u8);
                out.extend_from_slice(fast_open.cookie());
            }
            TcpOption::Unknown { kind, data } => {
                put(*kind, 2 + data.len() as u8);
                out.extend_from_slice(data);
            }
        }
    }
}

/// The options of a list one by one, exactly as they stand: written again they give the same bytes.
///
/// # Errors
/// [`Reason::OptionLength`] or [`Reason::EndsEarly`], with the offset from the start of `bytes`.
pub fn list(bytes: &[u8]) -> Result<Vec<TcpOption<'_>>, Refused<Reason>> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        match option(rest, &mut found) {
            Ok((after, ())) => rest = after,
            Err(error) => return finish("TCP options", bytes, Err(error)).map(|(options, _)| options),
        }
    }
    Ok(found)
}

/// Reads a whole option list, each option into its field of `found`.
#[inline]
pub(crate) fn options_into<'a>(found: &mut Options, input: &'a [u8]) -> Parsed<'a, (), Reason> {
    let mut rest = input;
    while !rest.is_empty() {
        (rest, ()) = option_into(found, rest)?;
    }
    Ok((rest, ()))
}

/// The same for a list that a capture has cut: reads up to the option that is not whole.
pub(crate) fn options_before_the_cut<'a>(found: &mut Options, input: &'a [u8]) -> Parsed<'a, (), Reason> {
    let mut rest = input;
    while is_whole(rest) {
        (rest, ()) = option_into(found, rest)?;
    }
    if !rest.is_empty() {
        (rest, _) =
            field("part of an option", "the capture has cut off the rest", take(rest.len())).parse(rest)?;
    }
    Ok((rest, ()))
}

#[inline(always)]
fn option_into<'a>(found: &mut Options, input: &'a [u8]) -> Parsed<'a, (), Reason> {
    grouped("option", "", input, |input| option(input, found))
}

/// Whether a list begins with an option that is there to its last byte.
fn is_whole(list: &[u8]) -> bool {
    match list {
        [] => false,
        [0 | 1, ..] => true,
        [_, length, ..] => (2..=list.len()).contains(&usize::from(*length)),
        [_] => false,
    }
}

/// Reads an option, and puts it where the others are.
#[inline(always)]
fn option<'a>(input: &'a [u8], found: &mut impl Collect<'a>) -> Parsed<'a, (), Reason> {
    let (rest, kind) = field_as("kind", "", be_u8, |kind| kind_name(*kind)).parse(input)?;
    match kind {
        END if rest.is_empty() => done(found, rest, TcpOption::End(rest)),
        END => {
            let (rest, padding) =
                field("padding", "fills the header to whole words", take(rest.len())).parse(rest)?;
            done(found, rest, TcpOption::End(padding))
        }
        NOP => done(found, rest, TcpOption::NoOperation),
        _ => with_length(input, rest, kind, found),
    }
}

/// An option was read, and `rest` follows it.
#[inline(always)]
fn done<'a>(found: &mut impl Collect<'a>, rest: &'a [u8], option: TcpOption<'a>) -> Parsed<'a, (), Reason> {
    describe(|| summary(&option));
    found.take_in(option);
    Ok((rest, ()))
}

#[inline(always)]
fn with_length<'a>(
    start: &'a [u8],
    input: &'a [u8],
    kind: u8,
    found: &mut impl Collect<'a>,
) -> Parsed<'a, (), Reason> {
    let (rest, length) = field("length", "of kind, length and data", be_u8).parse(input)?;
    let wanted = match kind {
        MSS => length == 4,
        WINDOW_SCALE => length == 3,
        SACK_PERMITTED => length == 2,
        SACK => (10..=34).contains(&length) && length % 8 == 2,
        TIMESTAMPS => length == 10,
        _ => length >= 2,
    };
    if !wanted || usize::from(length) - 2 > rest.len() {
        return refuse(start, Reason::OptionLength { kind, length });
    }
    match kind {
        MSS => {
            let (rest, size) =
                field("maximum segment size", "the largest payload its sender can take", be_u16)
                    .parse(rest)?;
            done(found, rest, TcpOption::MaximumSegmentSize(size))
        }
        WINDOW_SCALE => {
            let (rest, shift) =
                field("shift count", "bits by which windows are shifted left; 14 at most", be_u8)
                    .parse(rest)?;
            done(found, rest, TcpOption::WindowScale(shift))
        }
        SACK_PERMITTED => done(found, rest, TcpOption::SackPermitted),
        SACK => {
            let (rest, blocks) = SackBlocks::read(rest, (length - 2) / 8)?;
            done(found, rest, TcpOption::Sack(blocks))
        }
        TIMESTAMPS => {
            let (rest, value) = field("TSval", "the sender's clock", be_u32).parse(rest)?;
            let (rest, echo) = field("TSecr", "the peer's clock, echoed", be_u32).parse(rest)?;
            done(found, rest, TcpOption::Timestamps(Timestamps { value, echo }))
        }
        FAST_OPEN => {
            let (after, fast_open) = FastOpen::read(rest, length - 2)?;
            // A length that no cookie has is ignored: RFC 7413 §4.1.1.
            let data = rest.get(..usize::from(length) - 2).unwrap_or_default();
            done(found, after, fast_open.map_or(TcpOption::Unknown { kind, data }, TcpOption::FastOpen))
        }
        _ => {
            let (rest, data) = field("data", "", take(usize::from(length) - 2)).parse(rest)?;
            done(found, rest, TcpOption::Unknown { kind, data })
        }
    }
}

fn kind_name(kind: u8) -> String {
    let name = match kind {
        0 => "end of options",
        1 => "NOP",
        2 => "MSS",
        3 => "window scale",
        4 => "SACK permitted",
        5 => "SACK",
        8 => "timestamps",
        FAST_OPEN => "Fast Open",
        _ => "unknown",
    };
    format!("{name} ({kind})")
}

fn summary(option: &TcpOption<'_>) -> String {
    match option {
        TcpOption::End(_) => "end of options".into(),
        TcpOption::NoOperation => "NOP".into(),
        TcpOption::MaximumSegmentSize(size) => format!("MSS {size}"),
        TcpOption::WindowScale(shift) => format!("window scale {shift}"),
        TcpOption::SackPermitted => "SACK permitted".into(),
        TcpOption::Sack(blocks) => format!("SACK {}", blocks.show()),
        TcpOption::Timestamps(t) => format!("timestamps {} echoing {}", t.value, t.echo),
        TcpOption::FastOpen(fast_open) => fast_open.show(),
        TcpOption::Unknown { kind, data } => format!("unknown option {kind}, {} bytes", data.len()),
    }
}
