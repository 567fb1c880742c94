//! What BBR's model makes of the sender: a pacing rate and a window (draft §5.6), and the allowance for ACKs that come
//! in clumps (§5.5.9).

use std::time::Duration;

use super::super::controller::LARGEST_WINDOW;
use super::Bbr;
use super::sample::Sample;
use super::state::{State, percent};
use super::variables::UNLIMITED;

/// BBR.MinPipeCwnd, in segments: two on the way out, and the ACKs of two on the way back.
const MIN_PIPE_SEGMENTS: u64 = 4;
/// What is left of the bandwidth after BBR.PacingMarginPercent: queues shrink by themselves.
const PACING_MARGIN: u64 = 99;
/// BBR.ExtraAckedFilterLen is 10 rounds: two halves of 5.
const EXTRA_ACKED_HALF: u64 = 5;

impl Bbr {
    /// BBR.bw: what the path gives, as far as losses let it.
    pub(super) fn bw(&self) -> u64 {
        self.max_bw_filter.get().min(self.short_term.bw)
    }

    pub(super) fn min_pipe_cwnd(&self) -> u64 {
        MIN_PIPE_SEGMENTS * self.smss
    }

    /// BDPMultiple(): what fits into the path, times a gain in percent.
    pub(super) fn bdp(&self, bw: u64, gain: u64) -> u64 {
        let Some(min_rtt) = self.round_trip.min_rtt else { return self.initial_cwnd };
        let bdp = u128::from(bw).saturating_mul(min_rtt.as_nanos()) / 1_000_000_000;
        percent(u64::try_from(bdp).unwrap_or(u64::MAX), gain)
    }

    /// Inflight(): the BDP, and what it takes to keep a sender and a receiver busy.
    pub(super) fn inflight(&self, bw: u64, gain: u64) -> u64 {
        self.quantization_budget(self.bdp(bw, gain))
    }

    /// QuantizationBudget(), with the offload budget of §5.5.8.1 and the send quantum of §5.6.3: what leaves in 1 ms.
    fn quantization_budget(&self, inflight_cap: u64) -> u64 {
        let send_quantum = (self.pacing_rate / 1000).min(64 * 1024).max(2 * self.smss);
        let cap = inflight_cap.max(3 * send_quantum).max(self.min_pipe_cwnd());
        cap.saturating_add(if self.state == State::Up { 2 * self.smss } else { 0 })
    }

    /// UpdateMaxInflight(): the gain of the state, and an allowance for ACKs in clumps.
    fn max_inflight(&self) -> u64 {
        let bdp = self.bdp(self.bw(), self.state.gains().window);
        self.quantization_budget(bdp.saturating_add(self.extra_acked_filter.get()))
    }

    /// UpdateACKAggregation(): how much more was acknowledged than the bandwidth explains.
    pub(super) fn update_ack_aggregation(&mut self, sample: &Sample) {
        let start = *self.extra_acked_interval_start.get_or_insert(sample.now);
        let interval = sample.now.saturating_duration_since(start).as_nanos();
        let expected = u128::from(self.bw()).saturating_mul(interval) / 1_000_000_000;
        let mut expected = u64::try_from(expected).unwrap_or(u64::MAX);
        if self.extra_acked_delivered <= expected {
            self.extra_acked_delivered = 0;
            self.extra_acked_interval_start = Some(sample.now);
            expected = 0;
        }
        self.extra_acked_delivered = self.extra_acked_delivered.saturating_add(sample.newly_acked);
        let extra = self.extra_acked_delivered.saturating_sub(expected).min(self.cwnd);
        let half = if self.full_pipe.reached { EXTRA_ACKED_HALF } else { 1 };
        self.extra_acked_filter.update(extra, self.rounds.count, half);
    }

    /// The initial window in a round trip, as fast as Startup would (§5.6.2, InitPacingRate).
    pub(super) fn nominal_pacing_rate(&self, srtt: Option<Duration>) -> u64 {
        let srtt = srtt.filter(|srtt| !srtt.is_zero()).unwrap_or(Duration::from_millis(1));
        let bandwidth = u128::from(self.initial_cwnd) * 1_000_000_000 / srtt.as_nanos();
        percent(u64::try_from(bandwidth).unwrap_or(u64::MAX), State::Startup.gains().pacing).max(1)
    }

    /// The first round trip was measured.
    pub(super) fn init_pacing_rate(&mut self, srtt: Option<Duration>) {
        if self.pacing_rate == 0 && srtt.is_some_and(|srtt| !srtt.is_zero()) {
            self.pacing_rate = self.nominal_pacing_rate(srtt);
        }
    }

    pub(super) fn set_pacing_rate(&mut self) {
        self.set_pacing_rate_with_gain(self.state.gains().pacing);
    }

    /// SetPacingRateWithGain(): until the pipe was full once, the rate only grows.
    pub(super) fn set_pacing_rate_with_gain(&mut self, gain: u64) {
        let rate = percent(percent(self.bw(), gain), PACING_MARGIN).max(1);
        if self.full_pipe.reached || rate > self.pacing_rate {
            self.pacing_rate = rate;
        }
    }

    /// SetCwnd(): down at once, up by what was acknowledged.
    pub(super) fn set_cwnd(&mut self, newly_acked: u64) {
        let max_inflight = self.max_inflight();
        if self.full_pipe.reached {
            self.cwnd = self.cwnd.saturating_add(newly_acked).min(max_inflight);
        } else if self.cwnd < max_inflight || self.delivered < self.initial_cwnd {
            self.cwnd = self.cwnd.saturating_add(newly_acked);
        }
        if self.state == State::ProbeRtt {
            self.cwnd = self.cwnd.min(self.probe_rtt_cwnd());
        }
        self.cwnd = self.cwnd.min(self.volume_cap()).clamp(self.min_pipe_cwnd(), u64::from(LARGEST_WINDOW));
    }

    /// ProbeRTTCwnd(): half a BDP, so that the queue drains and the path is still in use.
    pub(super) fn probe_rtt_cwnd(&self) -> u64 {
        self.bdp(self.bw(), State::ProbeRtt.gains().window).max(self.min_pipe_cwnd())
    }

    /// BoundCwndForModel(): the column "Volume Cap".
    fn volume_cap(&self) -> u64 {
        let long_term = match self.state {
            State::Startup | State::Drain => UNLIMITED,
            State::Cruise | State::ProbeRtt => self.inflight_with_headroom(),
            State::Down | State::Refill | State::Up => self.inflight_longterm,
        };
        long_term.min(self.short_term.inflight)
    }

    /// SaveCwnd(): what is in use while losses are repaired, or in ProbeRTT, is not the last good window.
    pub(super) fn save_cwnd(&mut self) {
        let disturbed = self.in_recovery || self.state == State::ProbeRtt;
        self.prior_cwnd = if disturbed { self.prior_cwnd.max(self.cwnd) } else { self.cwnd };
    }

    /// RestoreCwnd(): what the model does not allow is cut again by [`Bbr::set_cwnd`].
    pub(super) fn restore_cwnd(&mut self) {
        self.cwnd = self.cwnd.max(self.prior_cwnd);
    }
}
