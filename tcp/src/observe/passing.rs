//! A segment that goes by, and where.

use std::time::Duration;

use barewire_dissect::Direction;

use crate::segment::Segment;
use crate::seq::SeqNumber;

/// A segment that goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing<'s, 'a> {
    pub(super) frame: u64,
    pub(super) time: Duration,
    pub(super) direction: Direction,
    pub(super) segment: &'s Segment<'a>,
    /// How many bytes of the payload the capture has cut off.
    pub(super) missing: usize,
}

impl Passing<'_, '_> {
    /// The number of its first payload byte.
    pub(super) fn text_seq(&self) -> SeqNumber {
        self.segment.seq + u32::from(self.segment.flags.syn())
    }

    /// The length of the payload on the wire.
    pub(super) fn length(&self) -> usize {
        self.segment.payload.len() + self.missing
    }

    /// The number after all that it takes.
    pub(super) fn end(&self) -> SeqNumber {
        self.text_seq() + self.length() as u32 + u32::from(self.segment.flags.fin())
    }

    /// Whether it carries none of SYN, FIN and RST.
    pub(super) fn is_plain(&self) -> bool {
        let flags = self.segment.flags;
        !flags.syn() && !flags.fin() && !flags.rst()
    }
}
