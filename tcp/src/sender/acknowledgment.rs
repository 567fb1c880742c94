//! The peer's receiver speaks: what has arrived, what must be lost then, and what the controller is told.

use std::time::Instant;

use crate::congestion::controller::{Congestion, Delivery, Repair, Sign};
use crate::flight::SentSegment;
use crate::message::ReceiverMessage;
use crate::recovery::frto::{Frto, Told};
use crate::recovery::newreno::{self, DuplicateAcks};
use crate::recovery::rack::Path;
use crate::recovery::sack;
use crate::recovery::tlp::Answer;
use crate::recovery::undo::Undo;
use crate::sender::Sender;
use crate::sender::arrived::Arrived;
use crate::seq::SeqNumber;

/// What a message has changed, for the rest of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct News {
    /// A user whose write was cut short has room again.
    pub(crate) has_room: bool,
}

/// What the sender knew before the message.
struct Before {
    una: SeqNumber,
    /// Of the first segment in flight: how often it was sent, and when for the last time.
    first: Option<(u32, Instant)>,
    in_flight: u32,
    presumed: u32,
    repair: Repair,
}

impl Sender {
    /// SND.UNA =< SEG.ACK =< SND.NXT: RFC 9293 §3.10.7.4, fifth step.
    ///
    /// In this order: what has arrived is marked, and gives a round trip; SND.UNA moves; was the last repair for
    /// nothing, or is it over; what must be lost now; how much may leave in its place. At last the controller hears of
    /// all that.
    pub(crate) fn acknowledged(&mut self, now: Instant, message: &ReceiverMessage) -> News {
        let opens = self.snd.una == self.snd.iss;
        let syn = if opens { self.syn_was_acknowledged(now) } else { None };
        if self.flight.is_empty() && message.sack.is_empty() && !self.recovery.tail.is_out() {
            // Nothing of ours is out that the message could speak of: so it is for most of those who only receive.
            self.take_echo(now, message);
            return News { has_room: false };
        }
        let before = Before {
            una: self.snd.una,
            first: self.flight.front().map(|first| (first.transmissions, first.sent_at)),
            in_flight: self.flight.pipe(),
            presumed: self.flight.presumed(),
            repair: self.recovery.repair,
        };
        let una = before.una;
        let arrived = self.take_in(now, message);
        let moved = if message.ack.after(una) { message.ack.since(una) } else { 0 };
        self.largest_delivered = self.largest_delivered.max(arrived.largest);
        self.measure(now, &arrived);
        if moved > 0 {
            self.move_on(now, message);
            self.look_for_wider_path();
        }
        if let Some(syn) = syn {
            self.take_text_of_syn(&syn);
        }
        let false_alarm = self.look_for_false_alarm(now, message, &before, &arrived, moved);
        self.end_repair_if_done();
        if arrived.twice.is_some() {
            // After the end of a repair, which counts as one with the window as it was.
            self.recovery.rack.duplicate_reported(self.snd.una, self.snd.nxt);
        }
        let presumed = self.take_duplicate(now, message, moved);
        let lost = if false_alarm { 0 } else { self.detect_losses(now, message, moved) };
        self.losses_were_found(now, lost);
        self.take_echo(now, message);
        // RFC 6937 §3: what duplicate ACKs have spoken of does not count once more when it is acknowledged.
        let known = before.presumed.saturating_sub(self.flight.presumed());
        self.go_on_repairing(arrived.bytes.saturating_sub(known) + presumed);
        self.tell_controller(now, &arrived, &before, message);
        self.schedule_tail_probe(now);
        News { has_room: moved > 0 && self.has_room_again() }
    }

    /// The ACK of our SYN. Gives its record.
    fn syn_was_acknowledged(&mut self, now: Instant) -> Option<SentSegment> {
        let mut syn_sent = None;
        let rack = &mut self.recovery.rack;
        self.flight.acknowledge(self.snd.iss + 1, |syn| {
            rack.arrived(now, syn, syn.transmissions > 1);
            syn_sent = Some(*syn);
        });
        let sent_once = syn_sent.filter(|syn| syn.transmissions == 1).map(|syn| syn.sent_at);
        self.snd.una = self.snd.iss + 1;
        match sent_once {
            Some(sent_at) => {
                let round_trip = now.saturating_duration_since(sent_at);
                self.rtt.saw(now, round_trip);
                self.rtt.sample(round_trip);
                self.recovery.tail.measured();
            }
            None if self.recovery.timeouts > 0 => self.rtt.syn_was_lost(),
            None => {}
        }
        if self.recovery.timeouts > 0 {
            // RFC 5681 §3.1: a lost SYN or SYN-ACK means a poor path.
            self.controller = self.config.congestion.controller(self.smss(), 1, self.snd.iss.0);
        }
        self.recovery.end();
        // RFC 6298 §5.7 says what the timeout is now.
        self.rtt.end_back_off();
        self.path_works(now);
        syn_sent
    }

    /// Something new is acknowledged. RFC 6298 §5.2 and §5.3: the timer starts anew, or stops. It stays doubled until a
    /// round trip is measured (§5): an ACK that came after the timer ran out may say that the path has become longer.
    fn path_works(&mut self, now: Instant) {
        self.recovery.timeouts = 0;
        self.rtt.bound_back_off();
        self.timer_from = (!self.flight.is_empty()).then_some(now);
        self.stalled_since = self.timer_from;
    }

    /// Marks in the flight what the message reports, and gives what is new in it.
    fn take_in(&mut self, now: Instant, message: &ReceiverMessage) -> Arrived {
        let mut arrived = Arrived::default();
        let Sender { snd, flight, recovery, rtt, agreed, .. } = self;
        let recover = recovery.recover;
        let mut each = |segment: &SentSegment| {
            arrived.once |= segment.transmissions == 1 && segment.end.at_or_before(recover);
            arrived.add(now, segment, message, agreed, rtt, &mut recovery.rack);
        };
        flight.acknowledge(message.ack, &mut each);
        if agreed.sack {
            sack::take_blocks(flight, message, snd.una.latest(message.ack), snd.nxt, &mut each);
            arrived.twice = sack::duplicate_report(message);
        }
        arrived
    }

    /// The round trip: from a segment that was sent once, or of which the echo says which time it was (Karn).
    fn measure(&mut self, now: Instant, arrived: &Arrived) {
        if let Some(rtt) = arrived.rtt(now) {
            self.rtt.saw(now, rtt);
        }
        if let Some(sent_at) = arrived.sample() {
            self.rtt.measured(now, sent_at);
            self.recovery.tail.measured();
        }
    }

    /// SND.UNA := SEG.ACK.
    fn move_on(&mut self, now: Instant, message: &ReceiverMessage) {
        self.snd.una = message.ack;
        self.outgoing.acknowledge(message.ack);
        self.recovery.duplicates.reset();
        self.path_works(now);
    }

    /// Whether the message shows that a repair was for nothing, and what duplicates it reports. What was done is then
    /// undone.
    fn look_for_false_alarm(
        &mut self,
        now: Instant,
        message: &ReceiverMessage,
        before: &Before,
        arrived: &Arrived,
        moved: u32,
    ) -> bool {
        let plain = moved == 0 && message.alone && message.sack.is_empty();
        let answer = self.recovery.tail.answered(message.ack, arrived.twice.is_some(), plain);
        if answer == Answer::RepairedALoss && self.recovery.repair == Repair::None {
            let congestion = self.congestion(now);
            self.controller.on_congestion(&congestion);
            // That was a loss. An earlier repair that was for nothing does not bring the window back any more.
            self.recovery.undo = Undo::default();
            self.window_was_reduced(Sign::Loss);
        }
        let repairing = self.recovery.repair != Repair::None;
        let mut was_late = repairing && arrived.unrepaired && self.recovery.undo.arrived_unrepaired();
        if let Some((_, end)) = arrived.twice {
            was_late |= self.recovery.undo.duplicate_reported(end);
        }
        if moved > 0
            && let Some(first) = before.first
        {
            was_late |= self.recovery.undo.acknowledged(first, message.echo, self.agreed.clock);
        }
        was_late |= self.timer_was_too_quick(message, arrived, moved > 0);
        if was_late {
            self.controller.undo();
            self.reduction_is_undone();
            self.flight.forget_losses();
            if self.recovery.repair != Repair::None {
                self.recovery.end();
            }
        }
        was_late
    }

    /// RFC 5682 §3.1: what the message tells of the last timeout.
    fn timer_was_too_quick(&mut self, message: &ReceiverMessage, arrived: &Arrived, moved: bool) -> bool {
        if self.recovery.frto == Frto::Rests {
            return false;
        }
        let recover = self.recovery.recover;
        self.recovery.frto.judge(Told {
            moved,
            later: message.ack.after(recover)
                || message.sack.as_slice().iter().any(|(_, end)| end.after(recover)),
            once: arrived.once,
            alone: message.alone,
            has_new_text: self.unsent() > 0 && self.window_beyond(self.snd.nxt) > 0,
        })
    }

    /// A duplicate ACK of a peer without SACK. Gives how many bytes it stands for (RFC 6937 §3).
    fn take_duplicate(&mut self, now: Instant, message: &ReceiverMessage, moved: u32) -> u32 {
        let (una, window) = (self.snd.una, self.snd.wnd);
        let counts = !self.agreed.sack
            && moved == 0
            && DuplicateAcks::is_duplicate(message, una, window, &self.flight);
        if !counts {
            return 0;
        }
        let smss = self.smss();
        if self.recovery.duplicates.another(&mut self.flight, smss) && self.recovery.repair == Repair::None {
            let lost = newreno::third_duplicate(&mut self.flight, una, self.recovery.recover);
            self.losses_were_found(now, lost);
        }
        smss
    }

    /// What must be lost, after what has arrived. Gives the bytes.
    pub(super) fn detect_losses(&mut self, now: Instant, message: &ReceiverMessage, moved: u32) -> u32 {
        if !self.agreed.sack {
            let partial = self.recovery.repair == Repair::FastRecovery
                && moved > 0
                && message.ack.before(self.recovery.recover);
            // RFC 6582 §3.2 step 3: it goes out at once.
            self.recovery.first_leaves |= partial;
            return if partial { newreno::partial_ack(&mut self.flight) } else { 0 };
        }
        if !self.config.rack {
            let smss = self.smss();
            return sack::detect(&mut self.flight, smss);
        }
        if self.flight.delivered() == 0 && self.recovery.repair == Repair::None {
            // Everything arrives in order: what is left was sent after all that has arrived.
            self.recovery.rack.deadline = None;
            return 0;
        }
        let path = self.path();
        self.recovery.rack.detect(now, &mut self.flight, path)
    }

    /// Losses were found: unless a repair is under way, one begins (RFC 5681 §3.2, RFC 6675 §5).
    pub(super) fn losses_were_found(&mut self, now: Instant, lost: u32) {
        let lost = self.without_probe(lost);
        self.rate.lost(lost);
        if lost == 0 || self.recovery.repair != Repair::None {
            return;
        }
        let mut congestion = self.congestion(now);
        // RFC 5681 §3.2: "additional data sent in limited transmit MUST NOT be included in this calculation".
        let window = self.controller.window();
        congestion.flight_size = congestion.flight_size.min(window);
        if self.snd.una.before(self.window_used_until) && self.unsent() > 0 {
            // ACKs that came at once with this one have opened the window, and there was no time to fill it.
            congestion.flight_size = window;
        }
        // RFC 3168 §6.1.2: the marks and losses of one window count once.
        if !self.mark_has_answered() {
            self.controller.on_congestion(&congestion);
            self.window_was_reduced(Sign::Loss);
            self.recovery.undo.begin(now, self.snd.una);
        }
        self.recovery.prr.begin(congestion.flight_size);
        self.recovery.begin(Repair::FastRecovery, self.snd.nxt);
    }

    /// Everything that was sent before the repair began is acknowledged: it is over. What is found lost from now on
    /// begins another one.
    fn end_repair_if_done(&mut self) {
        let repair = self.recovery.repair;
        if repair == Repair::None || self.snd.una.before(self.recovery.recover) {
            return;
        }
        self.recovery.end();
        if repair == Repair::FastRecovery {
            // A loss right after this one may be taken up at once.
            self.recovery.recover = self.snd.una.back(1);
        }
    }

    /// `delivered` bytes have arrived while losses are repaired: as much may leave.
    fn go_on_repairing(&mut self, delivered: u32) {
        if self.recovery.repair == Repair::FastRecovery {
            let (pipe, threshold, smss) = (self.flight.pipe(), self.controller.threshold(), self.smss());
            self.recovery.prr.delivered(delivered, pipe, threshold, smss);
        }
    }

    fn tell_controller(
        &mut self,
        now: Instant,
        arrived: &Arrived,
        before: &Before,
        message: &ReceiverMessage,
    ) {
        let lost = self.rate.take_lost();
        if arrived.bytes == 0 && lost == 0 {
            return;
        }
        let round_ended = self.snd.una.at_or_after(self.round_end);
        if round_ended {
            self.round_end = self.snd.nxt;
        }
        let rate = arrived
            .newest
            .and_then(|newest| self.rate.delivered(now, arrived.bytes, newest.sent_at, &newest.departure));
        self.controller.on_ack(&Delivery {
            now,
            delivered: arrived.bytes,
            acknowledged: self.snd.una.since(before.una),
            rtt: arrived.rtt(now),
            srtt: self.rtt.srtt,
            min_rtt: self.rtt.min(),
            in_flight_before: before.in_flight,
            in_flight: self.flight.pipe(),
            // RFC 3168 §6.1.2: an ACK that echoes a mark does not let the window grow.
            window_was_used: before.una.before(self.window_used_until) && !message.echoes_mark,
            round_ended,
            // The ACK that ends a repair belongs to it.
            repair: if before.repair == Repair::None { self.recovery.repair } else { before.repair },
            lost,
            rate,
        });
    }

    fn has_room_again(&mut self) -> bool {
        let news = self.write_was_cut && self.outgoing.has_room();
        self.write_was_cut &= !news;
        news
    }

    /// FlightSize (RFC 5681 §2). Several ACKs may have come at once. What counts is what was in flight before them,
    /// when there was nothing more to send.
    fn flight_size(&self) -> u32 {
        self.flight.size().max(self.settled_flight)
    }

    /// What the controller is told about congestion.
    pub(super) fn congestion(&self, now: Instant) -> Congestion {
        Congestion { now, flight_size: self.flight_size(), sign: Sign::Loss }
    }

    /// What RACK is told about the path.
    pub(super) fn path(&self) -> Path {
        let srtt = self.rtt.srtt.unwrap_or_default();
        Path {
            srtt,
            min_rtt: self.rtt.min().unwrap_or(srtt),
            repairing: self.recovery.repair != Repair::None,
        }
    }
}
