//! A message has left: what the sender notes.

use std::time::Instant;

use crate::congestion::controller::Repair;
use crate::flight::{SentSegment, Standing};
use crate::message::{Kind, SenderMessage};
use crate::recovery::tlp;
use crate::sender::Sender;

impl Sender {
    /// Before anything is decided: a sender that has been idle forgets what it knew of the path (RFC 5681 §4.1), and
    /// one that has nothing in flight and nothing to wait for looks whether the window holds it back.
    pub(crate) fn prepare(&mut self, now: Instant) {
        self.note_narrow_path(now);
        if !self.flight.is_empty() || self.unsent() == 0 {
            return;
        }
        let idle = now.saturating_duration_since(self.last_sent);
        if idle > self.rtt.rto() {
            self.controller.on_idle(now, idle);
            self.last_sent = now;
        }
    }

    /// Nothing could be sent: why, and until when.
    pub(crate) fn waits(&mut self, now: Instant, until: Option<Instant>) {
        self.settled_flight = self.flight.size();
        self.pacer.wait_until(until);
        if until.is_some() {
            return;
        }
        self.wait_for_window(now);
        if self.unsent() == 0 && self.flight.lost() == 0 && self.congestion_allows() > 0 {
            self.rate.application_is_slow(self.flight.pipe());
        }
    }

    /// The message has left: it moves SND.NXT, or a record, and starts the timer.
    pub(crate) fn sent(&mut self, now: Instant, message: &SenderMessage) {
        if self.is_new_text(message) {
            self.reduction_was_told();
        }
        if message.seq == self.snd.nxt {
            self.sent_first_time(now, message);
        } else {
            self.sent_again(now, message);
        }
        self.count(now, message);
        self.window_probe.is_due = false;
        self.window_probe.since = None;
        if message.kind == Kind::WindowProbe && self.snd.wnd == 0 {
            // It is repeated for as long as the peer answers: not by the retransmission timer.
            self.window_probe.count += 1;
            self.window_probe.since = Some(now);
        }
        // RFC 6298 §5.1: a segment that takes numbers starts the timer if it is not running.
        self.timer_from.get_or_insert(now);
        self.stalled_since.get_or_insert(now);
        self.schedule_tail_probe(now);
    }

    fn sent_first_time(&mut self, now: Instant, message: &SenderMessage) {
        let departure = self.rate.departs(now, self.flight.pipe(), message.end().since(message.seq));
        let record = SentSegment {
            first: message.seq,
            end: message.end(),
            sent_at: now,
            first_sent_at: now,
            transmissions: 1,
            standing: Standing::InFlight,
            departure,
        };
        if message.syn && message.length > 0 {
            let text = message.seq + 1;
            self.flight.push(SentSegment { end: text, ..record });
            self.flight.push(SentSegment { first: text, ..record });
            self.syn_took_text = true;
        } else {
            self.flight.push(record);
        }
        self.snd.nxt = message.end();
        self.note_probe(now, message);
        self.recovery.frto.new_text_was_sent();
        if message.kind == Kind::TailProbe {
            self.recovery.tail.sent(self.snd.nxt, false);
        }
    }

    fn sent_again(&mut self, now: Instant, message: &SenderMessage) {
        let departure = self.rate.departs(now, self.flight.pipe(), message.end().since(message.seq));
        self.flight.sent_again(message.seq, message.end(), now, departure);
        self.snd.nxt = self.snd.nxt.latest(message.end());
        self.recovery.first_leaves = false;
        match message.kind {
            Kind::TailProbe => self.recovery.tail.sent(self.snd.nxt, true),
            _ => {
                // RFC 6298 §5: the timer covers the retransmission from its own departure on.
                self.timer_from = Some(now);
                self.recovery.undo.sent_again();
            }
        }
    }

    /// What the windows, the pacing and the controller are told of it.
    fn count(&mut self, now: Instant, message: &SenderMessage) {
        let bytes = message.length as u32;
        self.last_sent = now;
        if self.recovery.repair == Repair::FastRecovery {
            self.recovery.prr.sent(bytes);
        }
        if bytes == 0 {
            return;
        }
        if let Some(rate) = self.controller.pacing_rate(self.rtt.srtt) {
            self.pacer.sent(now, rate, bytes, self.smss());
        }
        if self.congestion_allows() < self.smss() {
            self.window_used_until = self.snd.nxt;
        }
    }

    /// RFC 8985 §7.2: a probe follows, if nothing is known to be lost and no probe is out. One that was due and has not
    /// left is due no more: an ACK came, or something else has left.
    pub(super) fn schedule_tail_probe(&mut self, now: Instant) {
        self.recovery.tail.cancel();
        let quiet =
            self.recovery.repair == Repair::None && self.flight.delivered() == 0 && self.flight.lost() == 0;
        let wanted = self.agreed.sack && self.config.rack && quiet && self.recovery.tail.may_leave();
        let synchronized = self.snd.una != self.snd.iss;
        // While the window is closed its own probes ask.
        let open = self.snd.wnd > 0;
        if !wanted || !synchronized || !open || self.flight.is_empty() {
            return;
        }
        let single = self.flight.size() <= self.smss();
        let after = tlp::timeout(self.rtt.srtt, single);
        let timer = self.timer_from.map(|from| from + self.rtt.rto());
        self.recovery.tail.deadline = Some((now + after).min(timer.unwrap_or(now + after)));
    }
}
