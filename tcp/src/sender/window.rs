//! The window that the peer offers: how far text may go, and what is done while it is closed (RFC 9293 §3.8.6).
//!
//! A window that shrinks is respected: nothing is sent beyond it. (§3.8.6, MAY-7 would allow it for old text.)

use std::time::{Duration, Instant};

use crate::flight::LostBy;
use crate::message::ReceiverMessage;
use crate::sender::Sender;
use crate::seq::SeqNumber;

impl Sender {
    /// Bytes written and not yet sent.
    pub(super) fn unsent(&self) -> usize {
        let end = self.outgoing.end();
        if end.after(self.snd.nxt) { end.since(self.snd.nxt) as usize } else { 0 }
    }

    /// How many bytes from `number` on the peer takes.
    pub(super) fn window_beyond(&self, number: SeqNumber) -> u32 {
        self.snd.wnd.saturating_sub(number.since(self.snd.una))
    }

    /// The number of a segment without text: SND.NXT. But the probe of a closed window has taken a number that the peer
    /// has no room for, and a window that shrinks leaves more of them beyond it. A segment with SND.NXT would be
    /// refused there, and its ACK with it: two ends that both wait for room would never hear each other. So the number
    /// goes back to the edge of the window, as in Linux. An edge that only lies lower because the peer has rounded its
    /// window down (RFC 7323 §2.4) does not count.
    pub(crate) fn number_without_text(&self) -> SeqNumber {
        let edge = self.snd.una + self.snd.wnd;
        let beyond = self.snd.nxt.since(self.snd.una).saturating_sub(self.snd.wnd);
        let is_rounded = self.snd.wnd > 0 && beyond < 1 << self.snd.shift;
        // Before the handshake is over no window is known.
        if beyond == 0 || is_rounded || self.snd.una == self.snd.iss { self.snd.nxt } else { edge }
    }

    /// SND.WND := SEG.WND, and where that came from.
    pub(crate) fn set_window(&mut self, seq: SeqNumber, message: &ReceiverMessage) {
        let was_closed = self.snd.wnd == 0;
        self.snd.wnd = message.window;
        self.snd.wl1 = seq;
        self.snd.wl2 = message.ack;
        self.snd.max_wnd = self.snd.max_wnd.max(message.window);
        if was_closed && message.window > 0 {
            self.window_opens();
        }
        if message.window == 0 {
            // From now on the probes of the window ask.
            self.recovery.tail.cancel();
        }
    }

    /// The wait is over: what was held back may go.
    fn window_opens(&mut self) {
        if self.window_probe.count > 0 {
            // The peer had no room for the probe's byte, and dropped it. It goes out again with what follows it.
            self.flight.lose(LostBy::NoRoom, |_| true);
            self.flight.join_lost(LostBy::NoRoom);
            self.recovery.first_leaves = true;
        }
        self.window_probe = Default::default();
    }

    /// The window of the newest segment counts, and that need not be the last to come: SND.WL1 and SND.WL2 tell
    /// (RFC 9293 §3.10.7.4). As in Linux, an ACK of more than any before is newer too, whatever its number: what the
    /// peer sends again has an old number and a new window.
    pub(crate) fn update_window(&mut self, seq: SeqNumber, message: &ReceiverMessage) {
        let newer = self.snd.wl2.before(message.ack)
            || self.snd.wl1.before(seq)
            || self.snd.wl1 == seq && self.snd.wl2 == message.ack;
        if message.ack.at_or_after(self.snd.una) && newer {
            self.set_window(seq, message);
        }
        if message.window == 0 && message.ack == self.snd.una {
            // The peer lives, but has no room. That may go on for as long as it answers (§3.8.6.1).
            self.recovery.timeouts = 0;
        }
    }

    // book: wait
    /// Nothing can be sent now. If text waits for the window, and nothing is in flight whose ACK would open it, only a
    /// question will tell.
    pub(super) fn wait_for_window(&mut self, now: Instant) {
        // exercise: tcp06
        // instead: let _ = now;
        if self.snd.una == self.snd.iss {
            // The SYN comes first, and has the timer.
            return;
        }
        let text_in_flight = !self.flight.is_empty() && !self.outgoing.is_empty();
        let waits = self.snd.wnd == 0 && text_in_flight || self.flight.is_empty() && self.unsent() > 0;
        if !waits {
            self.window_probe.since = None;
        } else if self.window_probe.since.is_none() {
            self.window_probe.since = Some(now);
        }
        // exercise: end
    }
    // book: end

    // book: interval
    /// RFC 9293 §3.8.6.1: the first probe after a timeout, then ever more rarely.
    pub(super) fn probe_interval(&self) -> Duration {
        self.rtt.rto().saturating_mul(1 << self.window_probe.count.min(10)).min(self.config.max_rto)
    }
    // book: end
}
