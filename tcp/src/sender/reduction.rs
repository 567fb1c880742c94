//! The window was reduced: the peer's receiver is told so, and the other marks and losses of the same window do not
//! count again (RFC 3168 §6.1.2).
//!
//! ```text
//!    una              nxt: `at`           ACKs that echo a mark (ECE)
//!     ├─────────────────┼──────────▶      up to and with `at`: sent before the receiver saw CWR
//!      this window      │ the first new    beyond it: a new mark
//!      is answered      │ text carries CWR
//! ```

use std::time::Instant;

use crate::congestion::controller::{Congestion, Repair, Sign};
use crate::message::{Kind, ReceiverMessage, SenderMessage};
use crate::recovery::undo::Undo;
use crate::sender::{Reduction, Sender};

impl Sender {
    /// An ACK may echo a mark. Once a window that is an answer to congestion, as a loss is.
    pub(super) fn take_echo(&mut self, now: Instant, message: &ReceiverMessage) {
        if self.reduction.at.is_some_and(|(at, _)| self.snd.una.after(at)) {
            self.reduction.at = None;
        }
        if !message.echoes_mark || self.recovery.repair != Repair::None || self.reduction.at.is_some() {
            return;
        }
        if self.controller.window() <= self.smss() {
            // The window cannot shrink below one segment. So that goes only when the timer has run out.
            self.timer_from = (!self.flight.is_empty()).then_some(now);
            self.reduction.pause = Some(now + self.rtt.rto());
        }
        let congestion = Congestion { sign: Sign::Mark, ..self.congestion(now) };
        self.controller.on_congestion(&congestion);
        // A mark is never a false alarm: an earlier repair that was one does not bring the window back any more.
        self.recovery.undo = Undo::default();
        self.window_was_reduced(Sign::Mark);
    }

    /// The congestion window is smaller now, for whatever reason: CWR says so.
    pub(super) fn window_was_reduced(&mut self, sign: Sign) {
        self.reduction.at = Some((self.snd.nxt, sign));
        self.reduction.untold = Some(sign);
    }

    /// The reduction was for nothing, and is undone.
    pub(super) fn reduction_is_undone(&mut self) {
        self.reduction = Reduction::default();
    }

    /// Whether a mark has answered for what is lost now: both are of one window.
    pub(super) fn mark_has_answered(&self) -> bool {
        self.reduction.at.is_some_and(|(at, sign)| sign == Sign::Mark && self.snd.una.before(at))
    }

    /// Until when text is held back, because even a window of one segment was too much.
    pub(super) fn pause(&self, now: Instant) -> Option<Instant> {
        self.reduction.pause.filter(|until| now < *until)
    }

    /// Whether a message is text that was never sent: only that may be marked, and only that carries CWR (§6.1.5,
    /// §6.1.6).
    pub(crate) fn is_new_text(&self, message: &SenderMessage) -> bool {
        message.length > 0 && message.seq == self.snd.nxt && message.kind != Kind::WindowProbe
    }

    /// What CWR is due for, if it is.
    pub(crate) fn untold_reduction(&self) -> Option<Sign> {
        self.reduction.untold
    }

    /// New text leaves, and has told of the reduction.
    pub(super) fn reduction_was_told(&mut self) {
        self.reduction.untold = None;
    }
}
