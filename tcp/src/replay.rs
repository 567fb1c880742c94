//! A recorded peer that answers our connection: what [`Replay`](barewire_packet::link::replay::Replay) needs to know of
//! TCP.
//!
//! A capture of a connection has the initial numbers, the clock and the port of then. Our TCP draws its own (RFC 9293
//! §3.4.1), so the recorded peer would acknowledge bytes that were never sent. [`Numbers`] makes the peer's packets
//! answer to ours, and makes ours comparable with those of then:
//!
//! ```text
//!   ours      ── minus the difference ──▶ compared with the capture
//!   the peer's ── plus the difference ──▶ our TCP
//! ```
//!
//! The difference is known from our first SYN on. One connection is played, and our [`Host`](crate::Host) opens
//! it. Left out: connections that the recorded peer opened, several at once.
//!
//! What it changes is in [`fields`]. Tested in `tests/replay_link.rs`; `tests/replay` compares us with the kernel by
//! the same changes.

pub mod fields;

use barewire_packet::link::replay::Rewrite;

use crate::SeqNumber;
use crate::packet::{Packet, Payload};
use fields::{Shift, with_our_numbers, with_recorded_numbers};

/// Our numbers beside those of then.
#[derive(Debug, Default)]
pub struct Numbers {
    shift: Option<Shift>,
    /// The end of what we have sent: a peer cannot acknowledge more.
    sent_to: SeqNumber,
}

impl Rewrite for Numbers {
    fn sent(&mut self, ours: &[u8], recorded: Option<&[u8]>) -> Vec<u8> {
        let Ok(Packet { payload: Payload::Tcp(segment), .. }) = Packet::parse(ours) else {
            return ours.to_vec();
        };
        if self.shift.is_none()
            && let Some(Ok(Packet { payload: Payload::Tcp(then), .. })) = recorded.map(Packet::parse)
        {
            let clock =
                |segment: &crate::Segment<'_>| segment.options.timestamps.map_or(0, |stamps| stamps.value);
            self.shift = Some(Shift {
                sequence: segment.seq.since(then.seq),
                clock: clock(&segment).wrapping_sub(clock(&then)),
                ports: Some((then.source_port, segment.source_port)),
                cookie: None,
            });
            self.sent_to = segment.seq;
        }
        let end = segment.seq + segment.len();
        if (end.since(self.sent_to) as i32) > 0 {
            self.sent_to = end;
        }
        with_recorded_numbers(ours, self.shift.unwrap_or_default())
    }

    fn received(&mut self, recorded: &[u8]) -> Vec<u8> {
        with_our_numbers(recorded, self.shift.unwrap_or_default(), self.sent_to)
    }
}
