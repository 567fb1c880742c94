//! ProbeBW: look now and then whether the path gives more (draft §5.3.3.9, and §5.3.3.8 for when).

use std::time::{Duration, Instant};

use super::Bbr;
use super::sample::Sample;
use super::state::{AckPhase, State, percent};
use super::variables::{ShortTerm, UNLIMITED};

/// BBR.Headroom: what is left free for others, in percent of `inflight_longterm`.
const HEADROOM: u64 = 15;
/// Reno would take as many rounds to lose a segment as its window has segments; so many are enough to stand beside it.
const MOST_ROUNDS: u64 = 63;

impl Bbr {
    /// UpdateProbeBWCyclePhase(): which state comes next.
    pub(super) fn update_probe_bw_cycle_phase(&mut self, sample: &Sample) {
        if !self.full_pipe.reached || self.adapt_long_term_model(sample) {
            return;
        }
        match self.state {
            State::Down if self.is_time_to_probe_bw(sample.now) => self.start_refill(),
            State::Down if self.is_time_to_cruise(sample) => self.state = State::Cruise,
            State::Cruise if self.is_time_to_probe_bw(sample.now) => self.start_refill(),
            State::Refill if self.rounds.start => self.start_up(sample),
            State::Up => self.leave_up_in_time(sample),
            _ => {}
        }
    }

    /// StartProbeBW_DOWN(): a new cycle begins. The ACKs of the probe before it still come, for a round.
    pub(super) fn start_down(&mut self, now: Instant) {
        self.reset_congestion_signals();
        self.cycle.acked_per_increment = UNLIMITED;
        self.pick_probe_wait();
        self.cycle.stamp = Some(now);
        self.cycle.ack_phase = AckPhase::ProbeStopping;
        self.rounds.begin(self.delivered);
        self.state = State::Down;
    }

    /// StartProbeBW_REFILL(): what losses have said since the last probe is forgotten.
    pub(super) fn start_refill(&mut self) {
        self.short_term = ShortTerm::UNLIMITED;
        self.cycle.up_rounds = 0;
        self.cycle.up_acked = 0;
        self.cycle.prev_probe_precautionary = false;
        self.cycle.ack_phase = AckPhase::Refilling;
        self.rounds.begin(self.delivered);
        self.state = State::Refill;
    }

    /// StartProbeBW_UP(). What is acknowledged from now on was sent by Refill.
    fn start_up(&mut self, sample: &Sample) {
        self.cycle.is_probe_sample = true;
        self.cycle.ack_phase = AckPhase::ProbeStarting;
        self.rounds.begin(self.delivered);
        self.reset_full_bw(sample.delivery_rate);
        self.state = State::Up;
        self.raise_inflight_longterm_slope();
    }

    /// PickProbeWait(): 2 to 3 s, or a number of rounds, so that flows do not all probe at the same time.
    fn pick_probe_wait(&mut self) {
        self.rounds.since_probe_up = u64::from(self.random.below(2));
        self.cycle.wait = Duration::from_secs(2) + Duration::from_millis(u64::from(self.random.below(1000)));
    }

    /// IsTimeToProbeBW(): the time is over, or Reno would have met a loss by now.
    fn is_time_to_probe_bw(&self, now: Instant) -> bool {
        let waited = self.cycle.stamp.map(|stamp| now.saturating_duration_since(stamp));
        let rounds = (self.target_inflight() / self.smss).min(MOST_ROUNDS);
        waited.is_some_and(|waited| waited > self.cycle.wait) || self.rounds.since_probe_up >= rounds
    }

    /// TargetInflight(): the BDP, unless losses have cut the window.
    pub(super) fn target_inflight(&self) -> u64 {
        self.bdp(self.bw(), 100).min(self.cwnd)
    }

    /// IsTimeToCruise(): the queue is gone, and others find some room.
    fn is_time_to_cruise(&self, sample: &Sample) -> bool {
        let path = self.inflight(self.max_bw_filter.get(), 100);
        sample.in_flight <= self.inflight_with_headroom().min(path)
    }

    /// InflightWithHeadroom(): the long-term limit, less some room in which other flows can start.
    pub(super) fn inflight_with_headroom(&self) -> u64 {
        if self.inflight_longterm == UNLIMITED {
            return UNLIMITED;
        }
        let headroom = self.smss.max(percent(self.inflight_longterm, HEADROOM));
        self.inflight_longterm.saturating_sub(headroom).max(self.min_pipe_cwnd())
    }

    fn leave_up_in_time(&mut self, sample: &Sample) {
        if self.is_time_to_go_down(sample) {
            self.cycle.prev_probe_too_high = false;
            self.start_down(sample.now);
        }
    }

    /// IsTimeToGoDown(). A probe that lost too much makes the next one careful: it only touches the same volume
    /// (§5.3.3.6). Else the probe lasts until the bandwidth stops growing, though not while the volume keeps it small.
    fn is_time_to_go_down(&mut self, sample: &Sample) -> bool {
        if self.cycle.prev_probe_too_high && sample.in_flight >= self.inflight_longterm {
            self.cycle.prev_probe_precautionary = true;
            return true;
        }
        if sample.window_was_used && self.cwnd >= self.inflight_longterm {
            self.reset_full_bw(sample.delivery_rate);
            return false;
        }
        self.full_pipe.now
    }

    /// AdaptLongTermModel(). Whether it has decided what the next state is.
    fn adapt_long_term_model(&mut self, sample: &Sample) -> bool {
        if self.cycle.ack_phase == AckPhase::ProbeStarting && self.rounds.start {
            self.cycle.ack_phase = AckPhase::ProbeFeedback;
        }
        if self.cycle.ack_phase == AckPhase::ProbeStopping && self.rounds.start {
            self.end_of_probe_samples(sample);
            if self.is_careful_probe_safe() {
                self.start_refill();
                return true;
            }
        }
        if !self.is_inflight_too_high(sample) {
            self.raise_inflight_longterm(sample);
        }
        false
    }

    fn end_of_probe_samples(&mut self, sample: &Sample) {
        self.cycle.is_probe_sample = false;
        self.cycle.ack_phase = AckPhase::Init;
        if self.state.is_probe_bw() && !sample.application_limited {
            self.cycle_count += 1;
        }
    }

    /// The careful probe has lost little: the next one may follow at once, and stay (§5.3.3.6).
    fn is_careful_probe_safe(&self) -> bool {
        let cycle = &self.cycle;
        self.state.is_probe_bw() && cycle.prev_probe_precautionary && !cycle.prev_probe_too_high
    }

    /// More was in flight than the limit says, and little was lost: the limit is too low.
    fn raise_inflight_longterm(&mut self, sample: &Sample) {
        if self.inflight_longterm == UNLIMITED {
            return;
        }
        self.inflight_longterm = self.inflight_longterm.max(sample.tx_in_flight);
        if self.state == State::Up {
            self.probe_inflight_longterm_upward(sample);
        }
    }

    /// RaiseInflightLongtermSlope(): by 1 segment in the first round, then 2, 4, 8, ...
    fn raise_inflight_longterm_slope(&mut self) {
        let growth_this_round = 1_u64 << self.cycle.up_rounds;
        self.cycle.up_rounds = (self.cycle.up_rounds + 1).min(30);
        self.cycle.acked_per_increment = (self.cwnd / growth_this_round).max(self.smss);
    }

    /// ProbeInflightLongtermUpward(): the limit grows while it is in use.
    fn probe_inflight_longterm_upward(&mut self, sample: &Sample) {
        if !sample.window_was_used || self.cwnd < self.inflight_longterm {
            return;
        }
        self.cycle.up_acked = self.cycle.up_acked.saturating_add(sample.newly_acked);
        let segments = self.cycle.up_acked / self.cycle.acked_per_increment;
        self.cycle.up_acked %= self.cycle.acked_per_increment;
        let growth = segments.saturating_mul(self.smss);
        self.inflight_longterm = self.inflight_longterm.saturating_add(growth).min(UNLIMITED - 1);
        if self.rounds.start {
            self.raise_inflight_longterm_slope();
        }
    }
}
