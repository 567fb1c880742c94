//! The sender's timers. Most are not set: they follow from what the sender knows, so they cannot be forgotten. Loss
//! recovery and the pacing remember a moment of their own.
//!
//! | when | what it does | source |
//! |---|---|---|
//! | RTO after the last ACK that moved SND.UNA, or the last retransmission | everything overdue is lost | RFC 6298 §5 |
//! | a segment has been overtaken for too long | it is lost | RFC 8985 §6.2 |
//! | two round trips without an ACK | a probe of the tail | RFC 8985 §7 |
//! | the window stays closed | a probe of the window | RFC 9293 §3.8.6.1 |
//! | nothing new was acknowledged for as long as the user waits | the connection ends | RFC 9293 §3.9.1 |
//! | the pacing lets the next segment go | it goes | |

use std::time::Instant;

use crate::congestion::controller::{Repair, Sign};
use crate::flight::{LostBy, Standing};
use crate::sender::Sender;

/// Whether the peer is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimedOut {
    /// No: it is asked again.
    NotYet,
    /// No, but the user is told (R1 of RFC 9293 §3.8.3).
    Unanswered,
    /// It has not answered often enough (RFC 9293 §3.8.3).
    GiveUp,
}

/// R1: after so many retransmissions in a row the user is told that nothing answers. RFC 9293 §3.8.3 wants three at
/// least.
const R1: u32 = 3;

impl Sender {
    /// The earliest of its timers.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let recovery = &self.recovery;
        let timers = [
            self.retransmission(),
            recovery.rack.deadline,
            recovery.tail.deadline,
            self.probe(),
            self.pacer.deadline(),
            self.user_timeout(),
        ];
        timers.into_iter().flatten().min()
    }

    /// When the retransmission timer runs out. While the window is closed the probes stand in for it.
    fn retransmission(&self) -> Option<Instant> {
        self.timer_from.filter(|_| self.window_probe.since.is_none()).map(|from| from + self.rtt.rto())
    }

    /// When the user gives up (RFC 9293 §3.9.1).
    fn user_timeout(&self) -> Option<Instant> {
        // A user may be willing to wait longer than the clock can count.
        self.stalled_since?.checked_add(self.config.user_timeout?)
    }

    /// When the next probe of a closed window is due.
    fn probe(&self) -> Option<Instant> {
        self.window_probe.since.map(|since| since + self.probe_interval())
    }

    /// Does what is due by `now`.
    pub(crate) fn on_deadline(&mut self, now: Instant) -> TimedOut {
        let is_due = |timer: Option<Instant>| timer.is_some_and(|due| due <= now);
        if is_due(self.user_timeout()) {
            return TimedOut::GiveUp;
        }
        if is_due(self.pacer.deadline()) {
            self.pacer.wait_until(None);
        }
        if is_due(self.recovery.rack.deadline) {
            let path = self.path();
            let lost = self.recovery.rack.detect(now, &mut self.flight, path);
            self.losses_were_found(now, lost);
        }
        if is_due(self.recovery.tail.deadline) {
            self.recovery.tail.cancel();
            self.recovery.tail.is_due = true;
            self.timer_from = Some(now);
            return TimedOut::NotYet;
        }
        if is_due(self.probe()) {
            return self.window_stays_closed(now);
        }
        if is_due(self.retransmission()) {
            return self.timer_ran_out(now);
        }
        TimedOut::NotYet
    }

    /// The window is still closed. Probes go on for as long as the peer answers them: RFC 9293 §3.8.6.1.
    fn window_stays_closed(&mut self, now: Instant) -> TimedOut {
        if self.recovery.timeouts >= self.config.retries {
            return TimedOut::GiveUp;
        }
        self.recovery.timeouts += 1;
        self.window_probe.since = Some(now);
        self.window_probe.is_due = true;
        TimedOut::NotYet
    }

    /// Something sent was not acknowledged in time: RFC 6298 §5.4 to §5.6, RFC 5681 §3.1.
    fn timer_ran_out(&mut self, now: Instant) -> TimedOut {
        let synchronized = self.snd.una != self.snd.iss;
        let limit = if synchronized { self.config.retries } else { self.config.syn_retries };
        if self.recovery.timeouts >= limit {
            return TimedOut::GiveUp;
        }
        self.recovery.timeouts += 1;
        self.recovery.ran_out = (self.recovery.timeouts, self.rtt.rto());
        self.timer_from = Some(now);
        if synchronized {
            self.repair_after_timeout(now);
        } else {
            self.flight.lose_first(LostBy::Timer);
            self.recovery.first_leaves = true;
        }
        self.rtt.back_off();
        if self.recovery.timeouts == R1 { TimedOut::Unanswered } else { TimedOut::NotYet }
    }

    fn repair_after_timeout(&mut self, now: Instant) {
        let again = self.recovery.timeouts > 1;
        self.look_for_black_hole();
        // With timestamps the first echo tells. Without SACK nothing does.
        let in_repair = self.recovery.repair != Repair::None;
        if self.agreed.sack && self.agreed.clock.is_none() {
            self.recovery.frto.begin(in_repair);
        }
        let mut congestion = self.congestion(now);
        // RFC 5681 §3.1: half of "the amount of outstanding data in the network", at most. In a long repair far more is
        // not yet acknowledged: SACK has reported it, or it is lost. A timeout must not raise the threshold by that. As
        // in Linux, it does not lower it once more for the window that the repair has answered for.
        let (window, threshold) = (self.controller.window(), self.controller.threshold());
        let is_answered = self.recovery.repair == Repair::FastRecovery && congestion.flight_size > window;
        congestion.flight_size = congestion.flight_size.min(window.max(threshold));
        self.controller.on_timeout(&congestion, again || is_answered);
        self.window_was_reduced(Sign::Loss);
        if !again {
            self.recovery.undo.begin(now, self.snd.una);
        }
        if self.flight.front().is_some_and(|first| first.standing == Standing::Delivered) {
            // The peer reported the first segment, and does not acknowledge it: it has dropped it (RFC 2018 §8).
            self.flight.forget_deliveries();
        }
        let path = self.path();
        let Sender { snd, config, flight, recovery, .. } = self;
        // RFC 8985 §6.3: what has left only just now may still arrive. Without RACK everything is taken for lost.
        let lost = flight.lose(LostBy::Timer, |segment| {
            segment.first == snd.una || !config.rack || recovery.rack.is_overdue(now, segment, path)
        });
        self.rate.lost(lost);
        self.recovery.duplicates.reset();
        self.recovery.begin(Repair::AfterTimeout, self.snd.nxt);
    }
}
