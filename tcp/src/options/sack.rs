//! The SACK option: which ranges have arrived out of order, or twice (RFC 2018 §3, RFC 2883 §3).
//!
//! ```text
//!    05 12 00 00 03 e9 00 00 05 d1 00 00 09 b9 00 00 0b a1      1001..1489 and 2489..2977
//! ```
//!
//! Tested in `tests/headers.rs`, and by `tests/captures.rs` against the kernel.

use barewire_dissect::{Located, Parsed, Show, field};
use nom::Parser;
use nom::number::complete::be_u32;

use crate::error::Reason;
use crate::seq::SeqNumber;

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

    /// Reads so many blocks.
    pub(super) fn read(input: &[u8], count: u8) -> Parsed<'_, SackBlocks, Reason> {
        let mut blocks = SackBlocks::default();
        let mut rest = input;
        for _ in 0..count {
            let (after, first) =
                field("left edge", "the first number of the block", be_u32::<_, Located<'_, Reason>>)
                    .parse(rest)?;
            let (after, end) =
                field("right edge", "the number after its last", be_u32::<_, Located<'_, Reason>>)
                    .parse(after)?;
            blocks.push(SeqNumber(first), SeqNumber(end));
            rest = after;
        }
        Ok((rest, blocks))
    }

    /// How many blocks there are.
    pub(super) fn count(&self) -> u8 {
        self.count
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
