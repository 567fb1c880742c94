//! Quick ACKs: the first full segments of a connection, and those after a gap, are acknowledged one by one. RFC 5681
//! §4.2 asks for an ACK for every second full segment at least, and allows more.
//!
//! A sender in slow start sends more for each ACK (RFC 5681 §3.1), and one whose window is a single segment would wait
//! for the delayed ACK. After a gap the sender has made its window smaller, and an odd segment at the end of it waits
//! too: at a loss of 5 % that cost a twentieth of the goodput.
//!
//! As in Linux there are 16 of them, or as many as there are full segments in half the buffer: where that is small, the
//! buffer and not the sender's window is the limit. Linux also acknowledges small segments so, and begins anew where
//! something comes twice, not at a gap. Here small segments wait for the answer, which takes the ACK along: a small
//! segment ends a write, and then its sender does not wait for room in its window.
//!
//! Left out: quick ACKs again after a long silence, when the sender begins anew with a small window. Tested in
//! `tests/clauses`.

use crate::config::Config;
use crate::segment::{Flags, Segment};

/// So many are given even where the buffer holds little.
const LEAST: u32 = 2;

/// How many full segments are acknowledged one by one.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuickAcks {
    /// How many more.
    left: u32,
    /// How many at first, and after a gap.
    most: u32,
}

impl QuickAcks {
    /// Before the first segment.
    pub(super) fn new(config: &Config, mss: u32) -> QuickAcks {
        let in_half_the_buffer = (config.receive_buffer / 2 / mss as usize) as u32;
        let most = config.quick_acks.min(in_half_the_buffer.max(LEAST));
        QuickAcks { left: most, most }
    }

    /// There is a gap.
    pub(super) fn begin_anew(&mut self) {
        self.left = self.most;
    }

    /// Text has come in order; a full segment has `full` bytes. True: it is one of the first, and is acknowledged at
    /// once.
    pub(super) fn take(&mut self, segment: &Segment<'_>, full: u32) -> bool {
        let ends_write = segment.flags.has(Flags::PSH);
        let is_full = !ends_write || segment.payload.len() as u32 >= full;
        let is_quick = is_full && self.left > 0;
        self.left -= u32::from(is_quick);
        is_quick
    }
}
