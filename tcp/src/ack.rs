//! Whether the peer is owed an ACK: RFC 9293 §3.8.6.3.
//!
//! Tested in `tests/clauses.rs`.

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
