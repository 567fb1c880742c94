//! A false alarm: what was taken for lost had only been late. Then the window need not have shrunk.
//!
//! Two signs show it. The Eifel detection (RFC 3522): the first ACK after a retransmission echoes a timestamp from
//! before it, so it answers the first transmission. And duplicate reports (RFC 3708): the peer has received everything
//! twice that was sent twice.
//!
//! ```text
//!    we send    1 at 100 ms ... the timer ... 1 again at 350 ms
//!    an ACK comes and echoes 100: it answers the first 1, which had only been slow
//! ```
//!
//! The window and the threshold are restored (RFC 4015 §3.2) by the controller. Left out: F-RTO (RFC 5682), which does
//! without timestamps. Tested in `tests/recovery.rs`.

use crate::seq::SeqNumber;

/// What is remembered of a repair until it is known whether it was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undo {
    /// Our timestamp in the first retransmission, until the next ACK has been looked at.
    retransmitted_at: Option<u32>,
    /// How many retransmissions the peer has not reported as duplicates.
    unreported: u32,
    /// A repair began, and it is not known to have been needed.
    is_open: bool,
}

impl Undo {
    /// A repair begins.
    pub(crate) fn begin(&mut self) {
        *self = Undo { is_open: true, ..Undo::default() };
    }

    /// Something was sent again, with this timestamp, if timestamps are in use.
    pub(crate) fn sent_again(&mut self, timestamp: Option<u32>) {
        if self.is_open {
            if self.unreported == 0 {
                self.retransmitted_at = timestamp;
            }
            self.unreported = self.unreported.saturating_add(1);
        }
    }

    /// The first ACK of something new after the first retransmission. True when its echo is older than that.
    pub(crate) fn acknowledged(&mut self, echo: Option<u32>) -> bool {
        let (Some(sent), Some(echo)) = (self.retransmitted_at.take(), echo) else { return false };
        let was_late = SeqNumber(echo).before(SeqNumber(sent));
        self.is_open &= !was_late;
        was_late
    }

    /// The peer reports a duplicate. True when all that was sent twice has come twice.
    pub(crate) fn duplicate_reported(&mut self) -> bool {
        if !self.is_open || self.unreported == 0 {
            return false;
        }
        self.unreported -= 1;
        let all = self.unreported == 0;
        self.is_open &= !all;
        all
    }
}
