//! What an interface block says: pcapng §4.2.

use std::time::Duration;

use barewire_dissect::Parsed;
use nom::bytes::complete::take;
use nom::number::Endianness;
use nom::number::complete::{u16, u32};

use crate::capture::options::{code, each_option};
use crate::capture::{Interface, Origin, Reason};

/// How much of an interface's name is kept, in bytes. Names in use have about 40 at the most.
const MOST_NAME: usize = 256;

const BILLION: u64 = 1_000_000_000;

/// What an interface block says about the frames of its interface.
#[derive(Debug)]
pub(super) struct Described {
    /// Ticks a second: if_tsresol.
    ticks: u64,
    /// Seconds to add to each time: if_tsoffset.
    offset: i64,
    /// The most bytes captured of a frame; 0 means all.
    snap_length: u32,
}

impl Described {
    /// Link type, reserved, snap length, options.
    pub(super) fn read(order: Endianness, body: &[u8]) -> Parsed<'_, (Described, Interface), Reason> {
        let (rest, link_type) = u16(order)(body)?;
        let (rest, _) = take(2usize)(rest)?;
        let (rest, snap_length) = u32(order)(rest)?;
        let mut described = Described { ticks: 1_000_000, offset: 0, snap_length };
        let mut interface = Interface { link_type, name: String::new(), origin: Origin::Seen };
        let (rest, ()) = each_option(order, rest, |code, value| match (code, value) {
            (code::IF_NAME, name) => interface.name = name_of(name),
            (code::IF_DESCRIPTION, text) => interface.origin = Origin::of_description(text),
            (code::IF_TSRESOL, [unit, ..]) => described.ticks = ticks_per_second(*unit),
            (code::IF_TSOFFSET, &[a, b, c, d, e, f, g, h]) => {
                let bytes = [a, b, c, d, e, f, g, h];
                let big = order == Endianness::Big;
                described.offset = if big { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) };
            }
            _ => {}
        })?;
        Ok((rest, (described, interface)))
    }

    /// A time stamp of a frame, since the epoch. What would be before the epoch is the epoch.
    pub(super) fn time(&self, stamp: u64) -> Duration {
        let (seconds, ticks) = (stamp / self.ticks, stamp % self.ticks);
        let nanoseconds = match BILLION % self.ticks {
            0 => ticks * (BILLION / self.ticks),
            _ => (u128::from(ticks) * u128::from(BILLION) / u128::from(self.ticks)) as u64,
        };
        match seconds.checked_add_signed(self.offset) {
            Some(seconds) => Duration::new(seconds, nanoseconds as u32),
            None if self.offset < 0 => Duration::ZERO,
            None => Duration::new(u64::MAX, nanoseconds as u32),
        }
    }

    /// How much of a frame of this length was captured.
    pub(super) fn captured(&self, original_len: u32) -> u32 {
        if self.snap_length == 0 { original_len } else { original_len.min(self.snap_length) }
    }
}

/// if_tsresol: a negative power of 10, or of 2 with the top bit set. What would not fit in 64 bits is taken as
/// nanoseconds.
fn ticks_per_second(unit: u8) -> u64 {
    let (base, exponent) = if unit & 0x80 == 0 { (10u64, unit) } else { (2, unit & 0x7f) };
    base.checked_pow(exponent.into()).unwrap_or(BILLION)
}

fn name_of(bytes: &[u8]) -> String {
    let mut name = String::from_utf8_lossy(bytes).into_owned();
    while name.len() > MOST_NAME {
        name.pop();
    }
    name
}
