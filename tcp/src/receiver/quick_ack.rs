//! Quick ACKs: the first full segments of a connection, and those after a gap, are acknowledged one by one. RFC 5681 §4.2
//! asks for an ACK for every second full segment at least, and allows more.
//!
//! A sender in slow start sends more for each ACK (RFC 5681 §3.1), and one whose window is a single segment would wait for
//! the delayed ACK. After a gap the sender has made its window smaller, and an odd segment at the end of it waits too:
//! at a loss of 5 % that cost a twentieth of the goodput.
//!
//! As in Linux there are 16 of them, or as many as there are full segments in half the buffer: where that is small, the
//! buffer and not the sender's window is the limit. Linux also acknowledges small segments so, and begins anew where
//! something comes twice, not at a gap. Here small segments wait for the answer, which takes the ACK along: a small segment
//! ends a write, and then its sender does not wait for room in its window.
//!
//! Left out: quick ACKs again after a long silence, when the sender begins anew with a small window. Tested in
//! `tests/clauses`.

use crate::config::Config;
use crate::receiver::Receiver;
use crate::segment::{Flags, Segment};

/// So many are given even where the buffer holds little.
const LEAST: u32 = 2;

/// How many are given at first, and after a gap.
pub(super) fn most(config: &Config, mss: u32) -> u32 {
    let in_half_the_buffer = (config.receive_buffer / 2 / mss as usize) as u32;
    config.quick_acks.min(in_half_the_buffer.max(LEAST))
}

impl Receiver {
    /// Text has come in order. A full segment is acknowledged at once, if it is one of the first.
    pub(super) fn acknowledge_quickly(&mut self, segment: &Segment<'_>) {
        let ends_write = segment.flags.has(Flags::PSH);
        let full = self.mss - if self.timestamps.on { 12 } else { 0 };
        let is_full = !ends_write || segment.payload.len() as u32 >= full;
        if is_full && self.quick_acks > 0 {
            self.quick_acks -= 1;
            self.ack.owe();
        }
    }
}
