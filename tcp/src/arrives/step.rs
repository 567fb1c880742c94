//! What every step of RFC 9293 §3.10.7.4 can end in: the next step, or an answer and no more.

use std::time::Instant;

use crate::ack::Ack;
use crate::note::AckReason;
use crate::segment::Segment;
use crate::tcb::Tcb;

/// Whether the next step follows, or nothing more is done with the segment.
#[derive(PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Return,
}

/// A challenge ACK (RFC 5961), if not too many have left.
pub(super) fn challenge(c: &mut Tcb, now: Instant) {
    if c.limits.allows_challenge(now) {
        c.receiver.owe(Ack::OwedBecause(AckReason::Challenge));
    }
}

/// An ACK that answers a segment which is refused, if not too many have left.
pub(super) fn answer(c: &mut Tcb, now: Instant, segment: &Segment<'_>, reason: AckReason) {
    if c.limits.allows_answer(now, !segment.is_empty()) {
        c.receiver.owe(Ack::OwedBecause(reason));
    }
}
