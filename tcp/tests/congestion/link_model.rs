//! A path and a sender in a few lines, so that a controller can be judged alone: one bottleneck with a rate, a queue, a
//! round trip and losses from a seed, and a sender that keeps to the window and the pacing rate.
//!
//! The sender never repeats a segment: what is lost is simply not delivered, as in QUIC. Loss is seen when a segment
//! three further on is acknowledged. Times are nanoseconds since the run began.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use barewire_tcp::congestion::controller::{
    Congestion, Controller, Delivery, Phase, RateSample, Repair, Sign,
};

/// Bytes in a segment.
pub(crate) const SMSS: u64 = 1448;
const SECOND: u64 = 1_000_000_000;
/// How long a receiver holds an ACK back.
const DELAYED_ACK: u64 = 40_000_000;

/// What lies between the sender and the receiver.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path {
    /// Bytes per second.
    pub(crate) rate: u64,
    /// Without a queue.
    pub(crate) round_trip: Duration,
    /// How many bytes wait before the bottleneck at most.
    pub(crate) queue: u64,
    /// Segments lost at random, of a thousand.
    pub(crate) loss_per_mille: u64,
    /// How many segments the receiver acknowledges at once.
    pub(crate) ack_every: usize,
}

impl Path {
    /// So many megabits per second and milliseconds, with a queue of `bdps` times what fits into the path.
    pub(crate) fn new(megabits: u64, milliseconds: u64, bdps: f64) -> Path {
        let rate = megabits * 1_000_000 / 8;
        let bdp = rate * milliseconds / 1000;
        let queue = (bdp as f64 * bdps) as u64;
        let round_trip = Duration::from_millis(milliseconds);
        Path { rate, round_trip, queue, loss_per_mille: 0, ack_every: 1 }
    }
}

/// What happened in a while.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Report {
    /// Bytes delivered, by what the path could have delivered.
    pub(crate) used: f64,
    /// How long segments waited in the queue, on average.
    pub(crate) mean_wait: Duration,
    /// Segments dropped by the full queue, by segments sent.
    pub(crate) dropped: f64,
    /// The least that was in flight.
    pub(crate) least_in_flight: u64,
    pub(crate) probe_rtt_seen: bool,
}

/// A segment on its way.
struct Segment {
    number: u64,
    sent: u64,
    delivered: u64,
    delivered_time: u64,
    first_sent: u64,
    application_limited: bool,
    in_flight: u64,
    lost: u64,
}

/// Sums for a [`Report`].
#[derive(Default)]
struct Sums {
    sent: u64,
    dropped: u64,
    waited: u64,
    least_in_flight: u64,
    probe_rtt_seen: bool,
}

/// A connection that sends as much as it may.
pub(crate) struct Run {
    pub(crate) controller: Box<dyn Controller>,
    pub(crate) path: Path,
    /// Bytes per second that the application gives. `None`: always enough.
    pub(crate) application: Option<u64>,
    base: Instant,
    now: u64,
    dice: u64,
    link_free: u64,
    flying: VecDeque<Segment>,
    /// When the ACK of a segment could be at the sender.
    arrivals: VecDeque<(u64, u64)>,
    /// Segments that the receiver has not acknowledged yet, and when it must.
    held: Vec<u64>,
    held_until: u64,
    next_number: u64,
    next_send: u64,
    last_event: u64,
    given: u64,
    given_at: u64,
    delivered: u64,
    delivered_time: u64,
    first_sent: u64,
    lost: u64,
    limited_until: u64,
    round_end: u64,
    used: [bool; 2],
    recovery_until: Option<(u64, Repair)>,
    srtt: Option<u64>,
    min_rtt: Option<u64>,
    sums: Sums,
}

impl Run {
    pub(crate) fn new(controller: Box<dyn Controller>, path: Path, seed: u64) -> Run {
        Run {
            controller,
            path,
            application: None,
            base: Instant::now(),
            now: 0,
            dice: seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15),
            link_free: 0,
            flying: VecDeque::new(),
            arrivals: VecDeque::new(),
            held: Vec::new(),
            held_until: u64::MAX,
            next_number: 0,
            next_send: 0,
            last_event: 0,
            given: 0,
            given_at: 0,
            delivered: 0,
            delivered_time: 0,
            first_sent: 0,
            lost: 0,
            limited_until: 0,
            round_end: 0,
            used: [false; 2],
            recovery_until: None,
            srtt: None,
            min_rtt: None,
            sums: Sums::default(),
        }
    }

    /// Goes on for so many round trips of the empty path.
    pub(crate) fn round_trips(&mut self, n: u32) -> Report {
        self.run(self.path.round_trip * n)
    }

    pub(crate) fn seconds(&mut self, n: u64) -> Report {
        self.run(Duration::from_secs(n))
    }

    pub(crate) fn run(&mut self, duration: Duration) -> Report {
        let (delivered, began) = (self.delivered, self.now);
        let end = self.now + nanoseconds(duration);
        self.sums = Sums { least_in_flight: u64::MAX, ..Sums::default() };
        while self.now < end {
            self.send();
            self.now = self.next_event().min(end);
            self.receive();
        }
        let possible = self.path.rate as f64 * (self.now - began) as f64 / SECOND as f64;
        Report {
            used: (self.delivered - delivered) as f64 / possible,
            mean_wait: Duration::from_nanos(self.sums.waited / self.sums.sent.max(1)),
            dropped: self.sums.dropped as f64 / self.sums.sent.max(1) as f64,
            least_in_flight: self.sums.least_in_flight,
            probe_rtt_seen: self.sums.probe_rtt_seen,
        }
    }

    /// The application gives nothing for a while, and everything that is on its way arrives.
    pub(crate) fn idle(&mut self, duration: Duration) {
        let application = self.application.replace(0);
        self.run(duration);
        self.application = application;
        let now = self.instant();
        self.controller.on_idle(now, duration);
    }

    fn instant(&self) -> Instant {
        self.base + Duration::from_nanos(self.now)
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.flying.len() as u64 * SMSS
    }

    fn random(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice >> 11
    }

    /// Bytes of the application that wait to be sent.
    fn available(&mut self) -> u64 {
        let Some(rate) = self.application else { return u64::MAX };
        // Not more than a tenth of a second of them.
        let more = u128::from(rate) * u128::from(self.now - self.given_at) / u128::from(SECOND);
        if more > 0 {
            self.given = (self.given + more as u64).min((rate / 10).max(2 * SMSS));
            self.given_at = self.now;
        }
        self.given
    }

    fn send(&mut self) {
        loop {
            let room = self.in_flight() + SMSS <= u64::from(self.controller.window());
            self.used[0] |= !room;
            if self.available() < SMSS {
                self.limited_until = (self.delivered + self.in_flight()).max(1);
                return;
            }
            if !room || self.next_send > self.now {
                return;
            }
            self.given = self.given.saturating_sub(SMSS);
            self.send_segment();
        }
    }

    fn send_segment(&mut self) {
        if self.flying.is_empty() {
            (self.first_sent, self.delivered_time) = (self.now, self.now);
        }
        let number = self.next_number;
        self.next_number += 1;
        self.flying.push_back(Segment {
            number,
            sent: self.now,
            delivered: self.delivered,
            delivered_time: self.delivered_time,
            first_sent: self.first_sent,
            application_limited: self.limited_until > 0,
            in_flight: self.in_flight() + SMSS,
            lost: self.lost,
        });
        self.last_event = self.now;
        if let Some(rate) = self.controller.pacing_rate(self.srtt.map(Duration::from_nanos)) {
            self.next_send = self.next_send.max(self.now) + SMSS * SECOND / rate;
        }
        let wait = self.link_free.saturating_sub(self.now);
        self.sums.sent += 1;
        if u128::from(wait) * u128::from(self.path.rate) > u128::from(self.path.queue) * u128::from(SECOND) {
            self.sums.dropped += 1;
            return;
        }
        self.sums.waited += wait;
        self.link_free = self.now + wait + SMSS * SECOND / self.path.rate;
        if self.random() % 1000 >= self.path.loss_per_mille {
            self.arrivals.push_back((self.link_free + nanoseconds(self.path.round_trip), number));
        }
    }

    fn timeout(&self) -> u64 {
        let patience = 200_000_000 + 2 * self.srtt.unwrap_or(SECOND);
        if self.flying.is_empty() { u64::MAX } else { self.last_event + patience }
    }

    fn next_event(&self) -> u64 {
        let arrival = self.arrivals.front().map_or(u64::MAX, |(time, _)| *time);
        let room = self.in_flight() + SMSS <= u64::from(self.controller.window());
        let data = match self.application {
            None => self.now,
            Some(0) => u64::MAX,
            Some(rate) => self.now + (SMSS.saturating_sub(self.given) * SECOND / rate).max(1),
        };
        let send = if room { data.max(self.next_send).max(self.now + 1) } else { u64::MAX };
        arrival.min(send).min(self.held_until).min(self.timeout()).max(self.now)
    }

    fn receive(&mut self) {
        while let Some((time, number)) = self.arrivals.front().copied()
            && time <= self.now
        {
            self.arrivals.pop_front();
            let gap = self.held.last().is_some_and(|last| number != last + 1);
            self.held.push(number);
            self.held_until = self.held_until.min(time + DELAYED_ACK);
            if gap || self.held.len() >= self.path.ack_every {
                self.acknowledge();
            }
        }
        if self.held_until <= self.now {
            self.acknowledge();
        }
        if self.timeout() <= self.now {
            self.time_out();
        }
    }

    fn acknowledge(&mut self) {
        self.held_until = u64::MAX;
        let numbers = std::mem::take(&mut self.held);
        let Some(newest) = numbers.last().copied() else { return };
        let in_flight_before = self.in_flight();
        self.last_event = self.now;
        let Some(at) = self.place_of(newest) else { return };
        let Segment {
            sent, delivered, delivered_time, first_sent, application_limited, in_flight, lost, ..
        } = self.flying[at];
        let before = self.flying.len();
        for number in numbers {
            self.place_of(number).and_then(|at| self.flying.remove(at));
        }
        let newly_delivered = (before - self.flying.len()) as u64 * SMSS;
        self.delivered += newly_delivered;
        (self.delivered_time, self.first_sent) = (self.now, sent);
        if self.limited_until > 0 && self.delivered > self.limited_until {
            self.limited_until = 0;
        }
        let newly_lost = self.detect_losses(newest);
        let rtt = self.now - sent;
        self.srtt = Some(self.srtt.map_or(rtt, |srtt| (7 * srtt + rtt) / 8));
        self.min_rtt = Some(self.min_rtt.map_or(rtt, |least| least.min(rtt)));
        let round_ended = newest >= self.round_end;
        if round_ended {
            self.round_end = self.next_number;
            self.used = [false, self.used[0]];
        }
        let repair = self.repair(newest);
        let interval = (sent - first_sent).max(self.now - delivered_time);
        let ack = Delivery {
            now: self.instant(),
            delivered: newly_delivered as u32,
            acknowledged: newly_delivered as u32,
            rtt: Some(Duration::from_nanos(rtt)),
            srtt: self.srtt.map(Duration::from_nanos),
            min_rtt: self.min_rtt.map(Duration::from_nanos),
            in_flight_before: in_flight_before as u32,
            in_flight: self.in_flight() as u32,
            window_was_used: self.used[0] || self.used[1] || self.slow_start_fills_half(in_flight_before),
            round_ended,
            repair,
            lost: newly_lost as u32,
            rate: Some(RateSample {
                prior_delivered: delivered,
                total_delivered: self.delivered,
                delivered: self.delivered - delivered,
                interval: Duration::from_nanos(interval),
                application_limited,
                in_flight_then: in_flight as u32,
                lost: (self.lost - lost) as u32,
            }),
        };
        self.controller.on_ack(&ack);
        self.sums.least_in_flight = self.sums.least_in_flight.min(self.in_flight());
        self.sums.probe_rtt_seen |= self.controller.phase() == Phase::ProbeRtt;
    }

    /// RFC 7661 §3, as Linux has it: in slow start half of the window is enough, since it doubles.
    fn slow_start_fills_half(&self, in_flight: u64) -> bool {
        let window = u64::from(self.controller.window());
        window < u64::from(self.controller.threshold()) && 2 * in_flight >= window
    }

    fn place_of(&self, number: u64) -> Option<usize> {
        self.flying.binary_search_by_key(&number, |segment| segment.number).ok()
    }

    fn detect_losses(&mut self, newest: u64) -> u64 {
        let before = self.flying.len();
        while self.flying.front().is_some_and(|segment| segment.number + 3 <= newest) {
            self.flying.pop_front();
        }
        let newly_lost = (before - self.flying.len()) as u64 * SMSS;
        self.lost += newly_lost;
        if newly_lost > 0 && self.recovery_until.is_none() {
            self.recovery_until = Some((self.next_number, Repair::FastRecovery));
            let flight_size = (self.in_flight() + newly_lost) as u32;
            let congestion = Congestion { now: self.instant(), flight_size, sign: Sign::Loss };
            self.controller.on_congestion(&congestion);
        }
        newly_lost
    }

    fn repair(&mut self, newest: u64) -> Repair {
        self.recovery_until = self.recovery_until.filter(|(until, _)| newest < *until);
        self.recovery_until.map_or(Repair::None, |(_, repair)| repair)
    }

    fn time_out(&mut self) {
        let flight_size = self.in_flight() as u32;
        self.lost += self.in_flight();
        self.flying.clear();
        self.recovery_until = Some((self.next_number, Repair::AfterTimeout));
        self.last_event = self.now;
        let congestion = Congestion { now: self.instant(), flight_size, sign: Sign::Loss };
        self.controller.on_timeout(&congestion, false);
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
