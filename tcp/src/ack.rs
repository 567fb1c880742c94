//! Whether the peer is owed an ACK (RFC 9293 §3.8.6.3), and how many ACKs may answer what should not have come
//! (RFC 5961 §7).
//!
//! Tested in `tests/clauses`.

use std::time::{Duration, Instant};

use crate::note::AckReason;

/// Whether an ACK is to leave at once, alone if nothing else carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ack {
    /// No ACK is owed.
    #[default]
    NotOwed,
    /// An ACK is owed.
    Owed,
    /// An ACK is owed, and there is something to say about it.
    OwedBecause(AckReason),
}

impl Ack {
    /// An ACK is owed now. A reason that is there stays.
    pub(crate) fn owe(&mut self) {
        if *self == Ack::NotOwed {
            *self = Ack::Owed;
        }
    }

    /// As [`Ack::owe`], with a reason, if there is none yet.
    pub(crate) fn owe_because(&mut self, reason: AckReason) {
        if *self == Ack::NotOwed {
            *self = Ack::OwedBecause(reason);
        }
    }
}

/// Between two ACKs that answer segments without text. Two ends that are out of step would else answer each other for
/// ever. Linux waits as long.
const PAUSE: Duration = Duration::from_millis(500);

/// Between two challenges, and how many ACKs may answer text that is refused: a peer that sends it again because our
/// ACK was lost must be answered soon.
const SHORT_PAUSE: Duration = Duration::from_millis(100);
const TEXT_AT_ONCE: u32 = 16;

/// When ACKs last answered what should not have come: RFC 5961 §7. An attacker cannot make us send many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AckLimits {
    challenge: Option<Instant>,
    without_text: Option<Instant>,
    with_text: Option<Instant>,
    /// How many ACKs have answered text since `with_text`.
    texts: u32,
}

impl AckLimits {
    /// Whether a challenge ACK may leave.
    pub(crate) fn allows_challenge(&mut self, now: Instant) -> bool {
        has_passed(&mut self.challenge, now, SHORT_PAUSE)
    }

    /// Whether an ACK may answer a segment that was refused.
    pub(crate) fn allows_answer(&mut self, now: Instant, has_text: bool) -> bool {
        if !has_text {
            return has_passed(&mut self.without_text, now, PAUSE);
        }
        if has_passed(&mut self.with_text, now, SHORT_PAUSE) {
            self.texts = 0;
        }
        self.texts = self.texts.saturating_add(1);
        self.texts <= TEXT_AT_ONCE
    }
}

/// Whether the pause since `last` is over. If so, the next one begins.
fn has_passed(last: &mut Option<Instant>, now: Instant, pause: Duration) -> bool {
    let over = last.is_none_or(|last| now >= last + pause);
    if over {
        *last = Some(now);
    }
    over
}
