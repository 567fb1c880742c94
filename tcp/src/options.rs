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
//!
//! Every option is also kept as it came, unknown ones too ([`list`]). What is sent goes out in Linux's order.
//! Left out: TCP Fast Open, MD5 and AO, multipath: they read as [`TcpOption::Unknown`].
//!
//! Tested in `tests/headers.rs` (against pnet_packet) and `tests/captures.rs` (against the kernel).

use barewire_dissect::{Located, Parsed, Refused, Show, describe, field, field_as, finish, group, refuse};
use byteorder::{BigEndian, WriteBytesExt};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use crate::error::Reason;
use crate::seq::SeqNumber;

/// The longest option list: a header has at most 15 words, and 5 of them are fixed.
pub const MAX_LENGTH: usize = 40;

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

/// Up to four ranges of sequence numbers, each from a first number up to (not including) an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SackBlocks {
    blocks: [(SeqNumber, SeqNumber); 4],
    count: u8,
}

impl SackBlocks {
    /// The blocks, as first number and end.
    pub fn as_slice(&self) -> &[(SeqNumber, SeqNumber)] {
        self.blocks.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Adds a block if there is room for it.
    pub fn push(&mut self, first: SeqNumber, end: SeqNumber) {
        if let Some(slot) = self.blocks.get_mut(usize::from(self.count)) {
            *slot = (first, end);
            self.count += 1;
        }
    }

    /// Whether there is not any block.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Show for SackBlocks {
    fn show(&self) -> String {
        let ranges: Vec<String> =
            self.as_slice().iter().map(|(first, end)| format!("{first}..{end}")).collect();
        ranges.join(" ")
    }
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
}

impl Options {
    /// Writes the options in the order that Linux uses, padded to whole words: in a SYN MSS, SACK-permitted,
    /// timestamps, NOP, window scale; later NOP NOP timestamps, NOP NOP SACK.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let mut put = |option: TcpOption<'_>| option.write(out);
        if let Some(size) = self.maximum_segment_size {
            put(TcpOption::MaximumSegmentSize(size));
        }
        if self.sack_permitted && self.timestamps.is_some() {
            put(TcpOption::SackPermitted);
        } else if self.sack_permitted || self.timestamps.is_some() {
            put(TcpOption::NoOperation);
            put(TcpOption::NoOperation);
            if self.sack_permitted {
                put(TcpOption::SackPermitted);
            }
        }
        if let Some(timestamps) = self.timestamps {
            put(TcpOption::Timestamps(timestamps));
        }
        if let Some(shift) = self.window_scale {
            put(TcpOption::NoOperation);
            put(TcpOption::WindowScale(shift));
        }
        if !self.sack.is_empty() {
            put(TcpOption::NoOperation);
            put(TcpOption::NoOperation);
            put(TcpOption::Sack(self.sack));
        }
        debug_assert_eq!((out.len() - start) % 4, 0, "options end on a word");
    }

    /// How many bytes [`Options::write`] takes.
    pub(crate) fn length(&self) -> usize {
        let sack = self.sack.as_slice().len();
        let with_timestamps =
            if self.timestamps.is_some() { 12 } else { 4 * usize::from(self.sack_permitted) };
        4 * usize::from(self.maximum_segment_size.is_some())
            + with_timestamps
            + 4 * usize::from(self.window_scale.is_some())
            + if sack > 0 { 4 + 8 * sack } else { 0 }
    }

    fn take_in(&mut self, option: &TcpOption<'_>) {
        match option {
            TcpOption::MaximumSegmentSize(size) => self.maximum_segment_size = Some(*size),
            TcpOption::WindowScale(shift) => self.window_scale = Some(*shift),
            TcpOption::SackPermitted => self.sack_permitted = true,
            TcpOption::Sack(blocks) => self.sack = *blocks,
            TcpOption::Timestamps(timestamps) => self.timestamps = Some(*timestamps),
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
                put(5, 2 + 8 * blocks.count);
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
        match option(rest) {
            Ok((after, option)) => {
                found.push(option);
                rest = after;
            }
            Err(error) => return finish("TCP options", bytes, Err(error)).map(|(options, _)| options),
        }
    }
    Ok(found)
}

/// Reads a whole option list into its fields.
pub(crate) fn options(input: &[u8]) -> Parsed<'_, Options, Reason> {
    let mut found = Options::default();
    let mut rest = input;
    while !rest.is_empty() {
        let (after, option) = group("option", "", option).parse(rest)?;
        found.take_in(&option);
        rest = after;
    }
    Ok((rest, found))
}

/// Reads the options of a list that a capture has cut, up to the one that is not whole.
pub(crate) fn options_before_the_cut(input: &[u8]) -> Parsed<'_, Options, Reason> {
    let mut found = Options::default();
    let mut rest = input;
    while is_whole(rest) {
        let (after, option) = group("option", "", option).parse(rest)?;
        found.take_in(&option);
        rest = after;
    }
    if !rest.is_empty() {
        (rest, _) =
            field("part of an option", "the capture has cut off the rest", take(rest.len())).parse(rest)?;
    }
    Ok((rest, found))
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

fn option(input: &[u8]) -> Parsed<'_, TcpOption<'_>, Reason> {
    let (rest, kind) = field_as("kind", "", be_u8, |kind| kind_name(*kind)).parse(input)?;
    match kind {
        0 => {
            describe(|| "end of options".into());
            if rest.is_empty() {
                return Ok((rest, TcpOption::End(rest)));
            }
            let (rest, padding) =
                field("padding", "fills the header to whole words", take(rest.len())).parse(rest)?;
            Ok((rest, TcpOption::End(padding)))
        }
        1 => {
            describe(|| "NOP".into());
            Ok((rest, TcpOption::NoOperation))
        }
        _ => with_length(input, rest, kind),
    }
}

fn with_length<'a>(start: &'a [u8], input: &'a [u8], kind: u8) -> Parsed<'a, TcpOption<'a>, Reason> {
    let (rest, length) = field("length", "of kind, length and data", be_u8).parse(input)?;
    let wrong = || refuse(start, Reason::OptionLength { kind, length });
    let wanted = match kind {
        2 => length == 4,
        3 => length == 3,
        4 => length == 2,
        5 => (10..=34).contains(&length) && length % 8 == 2,
        8 => length == 10,
        _ => length >= 2,
    };
    if !wanted || usize::from(length) - 2 > rest.len() {
        return wrong();
    }
    let (rest, option) = match kind {
        2 => field("maximum segment size", "the largest payload its sender can take", be_u16)
            .map(TcpOption::MaximumSegmentSize)
            .parse(rest)?,
        3 => field("shift count", "bits by which windows are shifted left; 14 at most", be_u8)
            .map(TcpOption::WindowScale)
            .parse(rest)?,
        4 => (rest, TcpOption::SackPermitted),
        5 => sack_blocks(rest, (length - 2) / 8)?,
        8 => timestamps(rest)?,
        _ => field("data", "", take(usize::from(length) - 2))
            .map(|data| TcpOption::Unknown { kind, data })
            .parse(rest)?,
    };
    describe(|| summary(&option));
    Ok((rest, option))
}

fn sack_blocks(input: &[u8], count: u8) -> Parsed<'_, TcpOption<'_>, Reason> {
    let mut blocks = SackBlocks::default();
    let mut rest = input;
    for _ in 0..count {
        let (after, first) =
            field("left edge", "the first number of the block", be_u32::<_, Located<'_, Reason>>)
                .parse(rest)?;
        let (after, end) = field("right edge", "the number after its last", be_u32::<_, Located<'_, Reason>>)
            .parse(after)?;
        blocks.push(SeqNumber(first), SeqNumber(end));
        rest = after;
    }
    Ok((rest, TcpOption::Sack(blocks)))
}

fn timestamps(input: &[u8]) -> Parsed<'_, TcpOption<'_>, Reason> {
    let (rest, value) = field("TSval", "the sender's clock", be_u32).parse(input)?;
    let (rest, echo) = field("TSecr", "the peer's clock, echoed", be_u32).parse(rest)?;
    Ok((rest, TcpOption::Timestamps(Timestamps { value, echo })))
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
        TcpOption::Unknown { kind, data } => format!("unknown option {kind}, {} bytes", data.len()),
    }
}
