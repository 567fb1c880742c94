//! A false alarm: what was taken for lost had only been late. Then the window need not have shrunk.
//!
//! Three signs show it. It arrives before it was sent again: there is nothing else that can have arrived. The Eifel
//! detection (RFC 3522): the first ACK after a retransmission echoes a timestamp from before it, so it answers the
//! first transmission. And duplicate reports (RFC 3708): the peer has received everything twice that was sent twice.
//!
//! ```text
//!    we send    1 at 100 ms ... the timer ... 1 again at 350 ms
//!    an ACK comes and echoes 100: it answers the first 1, which had only been slow
//! ```
//!
//! The window and the threshold are restored (RFC 4015 §3.2) by the controller. Without timestamps [`super::frto`]
//! looks for a fourth sign after a timeout. Tested in `tests/loss_detection.rs`, `tests/false_alarm.rs`, and by replay
//! of the kernel's captures.

use std::time::Instant;

use crate::clock::TimestampClock;
use crate::seq::SeqNumber;

/// What is remembered of a repair until it is known whether it was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undo {
    /// When the repair began, and with which number. `None`: there is none, or it was needed.
    began: Option<(Instant, SeqNumber)>,
    /// Whether anything was sent again.
    was_sent: bool,
    /// How many retransmissions the peer has not reported as duplicates.
    unreported: u32,
    /// The echo of the first retransmission has been looked at.
    is_decided: bool,
}

impl Undo {
    /// A repair begins. The first number that is not acknowledged is `una`.
    pub(crate) fn begin(&mut self, now: Instant, una: SeqNumber) {
        *self = Undo { began: Some((now, una)), ..Undo::default() };
    }

    /// Something was sent again.
    pub(crate) fn sent_again(&mut self) {
        self.was_sent = true;
        self.unreported = self.unreported.saturating_add(1);
    }

    /// What was taken for lost has arrived, and was sent once. True when nothing was sent again in this repair: then it
    /// was for nothing so far.
    pub(crate) fn arrived_unrepaired(&mut self) -> bool {
        let was_late = self.began.is_some() && !self.was_sent;
        if was_late {
            self.began = None;
        }
        was_late
    }

    // book: eifel
    /// SND.UNA moves for the first time over something that this repair has sent again: the first segment in flight was
    /// sent so many times, and for the last time at `sent_at`. True when the echo is older than that. If it was sent
    /// more than twice, nobody knows which of them the echo answers.
    pub(crate) fn acknowledged(
        &mut self,
        (transmissions, sent_at): (u32, Instant),
        echo: Option<u32>,
        clock: Option<TimestampClock>,
    ) -> bool {
        let (Some((began, _)), Some(echo), Some(clock)) = (self.began, echo, clock) else { return false };
        if self.is_decided || transmissions < 2 || sent_at < began {
            return false;
        }
        self.is_decided = true;
        let was_late = transmissions == 2 && SeqNumber(echo).before(SeqNumber(clock.at(sent_at)));
        if was_late {
            self.began = None;
        }
        was_late
    }
    // book: end

    /// The peer reports a duplicate that ends at `end`. True when all that was sent twice has come twice.
    pub(crate) fn duplicate_reported(&mut self, end: SeqNumber) -> bool {
        let belongs_here = self.began.is_some_and(|(_, una)| end.after(una));
        if !belongs_here || self.unreported == 0 {
            return false;
        }
        self.unreported -= 1;
        let all = self.unreported == 0;
        if all {
            self.began = None;
        }
        all
    }
}
