//! Reno: the window grows by a segment each round trip, and is halved at a loss (RFC 5681 §3.1, §3.2).
//!
//! ```text
//!  cwnd
//!   │       /|                                    slow start: doubles each round trip
//!   │      / |        /|        /|        /|      then: a segment more each round trip
//!   │     /  |      /  |      /  |      /  |      a loss: half of what was in flight
//!   │    .   |    /    |    /    |    /    |
//!   │  _.    |__/      |__/      |__/      |__/
//!   └────────────────────────────────────────────▶ round trips
//! ```
//!
//! At a loss rate p, one loss in 1/p segments, the teeth have an average height of about 1.22 / √p segments: one loss
//! in 100 segments keeps the window at 12 (RFC 9438 §5.1, table 1).
//!
//! Left out: the window that is inflated by duplicate ACKs (RFC 5681 §3.2 step 4; [`crate::recovery`] counts what is in
//! flight instead), a gentler answer to a mark than to a loss (RFC 8511), and the window's age (RFC 7661). Tested in
//! `tests/congestion/`.

use std::time::{Duration, Instant};

use super::controller::{self, Congestion, Controller, Delivery, LARGEST_WINDOW, Phase, Repair};

/// The state of Reno. All sizes are in bytes.
#[derive(Debug, Clone)]
pub struct Reno {
    cwnd: u32,
    ssthresh: u32,
    smss: u32,
    /// IW, in segments (RFC 6928).
    initial_window: u32,
    /// Bytes acknowledged in congestion avoidance that have not yet made the window grow.
    counted: u32,
    /// `cwnd` and `ssthresh` before the last reduction.
    before: Option<(u32, u32)>,
}

impl Reno {
    /// A new connection: segments of at most `smss` bytes, and `initial_window` of them at first.
    pub fn new(smss: u32, initial_window: u32) -> Reno {
        let smss = controller::segment_size(smss);
        let mut reno = Reno { cwnd: 0, ssthresh: u32::MAX, smss, initial_window, counted: 0, before: None };
        reno.set_window(smss.saturating_mul(initial_window));
        reno
    }

    fn set_window(&mut self, bytes: u32) {
        self.cwnd = bytes.clamp(self.smss, LARGEST_WINDOW);
    }

    fn grow(&mut self, ack: &Delivery) {
        match self.phase() {
            Phase::SlowStart => self.slow_start(ack),
            _ => self.avoid_congestion(ack.acknowledged),
        }
    }

    // book: slow-start
    /// §3.1, equation 2, with the limit of RFC 3465 §2.3. An ACK that covers many segments counts as two, so that a
    /// lost ACK does not become a burst. After a timeout it counts as one: it covers what had arrived long before.
    fn slow_start(&mut self, ack: &Delivery) {
        let limit = if ack.repair == Repair::AfterTimeout { self.smss } else { 2 * self.smss };
        let grown = self.cwnd.saturating_add(ack.acknowledged.min(limit));
        self.set_window(grown.min(self.ssthresh));
    }
    // book: end

    // book: avoid
    /// §3.1: a segment more for each window that was acknowledged, so not more than one in a round trip.
    fn avoid_congestion(&mut self, acknowledged: u32) {
        // exercise: tcp04
        // instead: let _ = acknowledged;
        self.counted = self.counted.saturating_add(acknowledged.min(self.cwnd));
        if self.counted >= self.cwnd {
            self.counted -= self.cwnd;
            self.set_window(self.cwnd.saturating_add(self.smss));
        }
        // exercise: end
    }
    // book: end

    // book: halve
    /// §3.1, equation 4: half of what is in flight is the new threshold.
    fn reduce_threshold(&mut self, flight_size: u32) {
        self.before = Some((self.cwnd, self.ssthresh));
        self.ssthresh = (flight_size / 2).clamp(2 * self.smss, LARGEST_WINDOW);
    }
    // book: end
}

impl Controller for Reno {
    fn name(&self) -> &'static str {
        "reno"
    }

    fn window(&self) -> u32 {
        self.cwnd
    }

    fn threshold(&self) -> u32 {
        self.ssthresh
    }

    /// Where the two are equal the RFC leaves the choice. Here slow start is over.
    fn phase(&self) -> Phase {
        if self.cwnd < self.ssthresh { Phase::SlowStart } else { Phase::CongestionAvoidance }
    }

    /// The window grows when an ACK covers new data and the window was in use. In fast recovery it stays at the
    /// threshold (§3.2 step 6). But what arrives then is counted, since the repair takes a round trip as well.
    fn on_ack(&mut self, ack: &Delivery) {
        if ack.repair == Repair::FastRecovery {
            self.counted = self.counted.saturating_add(ack.delivered).min(self.cwnd);
        } else if ack.window_was_used {
            self.grow(ack);
        }
    }

    /// §3.2 steps 2 and 6. A mark is answered as a loss is (RFC 3168 §6.1.2).
    fn on_congestion(&mut self, congestion: &Congestion) {
        self.reduce_threshold(congestion.flight_size);
        self.set_window(self.ssthresh);
        self.counted = 0;
    }

    /// §3.1: the loss window is one segment. A segment that times out again does not lower the threshold again.
    fn on_timeout(&mut self, congestion: &Congestion, again: bool) {
        if !again {
            self.reduce_threshold(congestion.flight_size);
        }
        self.set_window(self.smss);
        self.counted = 0;
    }

    fn undo(&mut self) {
        if let Some((cwnd, ssthresh)) = self.before.take() {
            self.set_window(self.cwnd.max(cwnd));
            self.ssthresh = self.ssthresh.max(ssthresh);
        }
    }

    /// §4.1: nothing on the way means no ACKs that set the pace. The restart window is min(IW, cwnd).
    fn on_idle(&mut self, _now: Instant, _idle: Duration) {
        self.set_window(self.cwnd.min(self.smss.saturating_mul(self.initial_window)));
        self.counted = 0;
    }

    fn on_segment_size(&mut self, smss: u32) {
        let (old, new) = (self.smss, controller::segment_size(smss));
        self.smss = new;
        let in_ratio = u64::from(self.cwnd) * u64::from(new.min(old)) / u64::from(old);
        self.set_window(u32::try_from(in_ratio).unwrap_or(u32::MAX));
        self.ssthresh = self.ssthresh.max(2 * new);
    }

    /// Reno is clocked by its ACKs alone.
    fn pacing_rate(&self, _srtt: Option<Duration>) -> Option<u64> {
        None
    }
}
