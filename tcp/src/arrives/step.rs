//! What every step of RFC 9293 §3.10.7.4 can end in: the next step, or an answer and no more.

use std::time::{Duration, Instant};

use crate::ack::Ack;
use crate::note::AckReason;
use crate::tcb::Tcb;

/// Whether the next step follows, or nothing more is done with the segment.
#[derive(PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Return,
}

/// A challenge ACK (RFC 5961): ten a second at most, so that an attacker cannot make us send many.
pub(super) fn challenge(c: &mut Tcb, now: Instant) {
    let pause = Duration::from_millis(100);
    if c.last_challenge.is_none_or(|last| now >= last + pause) {
        c.last_challenge = Some(now);
        c.ack = Ack::OwedBecause(AckReason::Challenge);
    }
}
