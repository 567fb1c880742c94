//! What loss recovery remembers of a connection.

use crate::note::SentNote;
use crate::seq::SeqNumber;

/// The loss recovery variables of a connection.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// What is going on.
    pub phase: Phase,
    /// `recover`: recovery ends when everything up to here is acknowledged (RFC 6582 §3).
    pub recover: SeqNumber,
    /// Duplicate ACKs in a row.
    pub duplicate_acks: u32,
    /// What is to be sent again.
    pub resend: Resend,
    /// Why it is to be sent again, for the note beside the packet.
    pub why: Option<SentNote>,
    /// How often in a row the timer has run out.
    pub timeouts: u32,
}

/// What loss recovery is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is known to be lost.
    Open,
    /// A segment was lost. Those after it arrive, and their ACKs say when to send.
    FastRecovery,
    /// The timer ran out. Everything in flight is taken for lost, and goes out again in slow start.
    AfterTimeout,
}

/// What is to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// Nothing is to be sent again.
    Nothing,
    /// The first segment that is not acknowledged: the SYN, or as much from SND.UNA on as one segment holds.
    FirstSegment,
    /// Everything from the first number up to, and without, the second.
    Range(SeqNumber, SeqNumber),
}

impl Recovery {
    /// Nothing was sent yet, so nothing is lost.
    pub(crate) fn new(iss: SeqNumber) -> Recovery {
        Recovery {
            phase: Phase::Open,
            recover: iss,
            duplicate_acks: 0,
            resend: Resend::Nothing,
            why: None,
            timeouts: 0,
        }
    }

    /// Asks for the first segment again.
    pub(crate) fn resend_first(&mut self, why: SentNote) {
        self.resend = Resend::FirstSegment;
        self.why = Some(why);
    }

    /// Asks for a range again. An empty one asks for nothing.
    pub(crate) fn resend_range(&mut self, first: SeqNumber, end: SeqNumber, why: Option<SentNote>) {
        self.resend = if first.before(end) { Resend::Range(first, end) } else { Resend::Nothing };
        self.why = why;
    }

    /// Everything before `una` has been acknowledged, so it need not be sent again.
    pub(crate) fn acknowledged(&mut self, una: SeqNumber) {
        self.resend = match self.resend {
            Resend::Range(first, end) if una.before(end) => Resend::Range(first.latest(una), end),
            _ => Resend::Nothing,
        };
    }
}
