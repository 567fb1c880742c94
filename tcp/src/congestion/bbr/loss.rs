//! What losses teach BBR (draft §5.5.10), and how it is taken back (§5.5.11).
//!
//! While BBR looks for more, losses show how much is too much: the long-term limit of what may be in flight. At any
//! other time they show that the path became narrower: the short-term limits follow what was delivered in the last
//! round, by 0.7 at most, until the next probe.

use std::time::Instant;

use super::Bbr;
use super::sample::Sample;
use super::state::{State, percent};
use super::variables::{ShortTerm, UNLIMITED, Undo};

/// BBR.LossThresh: the losses that a probe may cost, in percent.
const LOSS_THRESH: u64 = 2;
/// BBR.Beta, in percent.
const BETA: u64 = 70;

impl Bbr {
    /// NoteLoss(): the first loss of a round.
    pub(super) fn note_loss(&mut self) {
        if !self.loss_round.is_loss_in_round {
            self.loss_round.delivered = self.delivered;
            self.save_state_upon_loss();
        }
        self.loss_round.is_loss_in_round = true;
    }

    /// HandleLostPacket(), for all that this ACK found lost.
    pub(super) fn handle_losses(&mut self, sample: &Sample) {
        if sample.newly_lost == 0 {
            return;
        }
        self.note_loss();
        self.loss_round.events = self.loss_round.events.saturating_add(1);
        if self.cycle.is_probe_sample && self.is_inflight_too_high(sample) {
            let limit = (!sample.application_limited).then_some(sample.tx_in_flight);
            self.handle_inflight_too_high(limit, sample.now);
        }
    }

    /// IsInflightTooHigh(): more than 2 % of what was in flight is lost.
    pub(super) fn is_inflight_too_high(&self, sample: &Sample) -> bool {
        sample.lost > percent(sample.tx_in_flight, LOSS_THRESH)
    }

    /// HandleInflightTooHigh(): once for each probe. `in_flight` is what was too much, if the application did not
    /// hold back.
    fn handle_inflight_too_high(&mut self, in_flight: Option<u64>, now: Instant) {
        self.cycle.prev_probe_too_high = true;
        self.cycle.is_probe_sample = false;
        if let Some(in_flight) = in_flight {
            self.inflight_longterm = in_flight.max(percent(self.target_inflight(), BETA)).min(UNLIMITED - 1);
        }
        if self.state == State::Up {
            if let Some(undo) = &mut self.undo {
                undo.state = Some(State::Up);
            }
            self.start_down(now);
        }
    }

    /// A mark says in any state that too much is in flight.
    pub(super) fn handle_mark(&mut self, in_flight: u64, now: Instant) {
        if self.cycle.is_probe_sample {
            self.handle_inflight_too_high(Some(in_flight), now);
        } else if self.state == State::Startup {
            self.leave_startup_by_loss();
        }
    }

    /// UpdateLatestDeliverySignals(): what this round has delivered so far, and whether it ends here.
    pub(super) fn update_latest_delivery_signals(&mut self, sample: &Sample) {
        let round = &mut self.loss_round;
        round.bw_latest = round.bw_latest.max(sample.delivery_rate);
        round.inflight_latest = round.inflight_latest.max(sample.delivered);
        round.start = sample.prior_delivered >= round.delivered;
        if round.start {
            round.delivered = sample.total_delivered;
        }
    }

    /// AdvanceLatestDeliverySignals(): the next round begins with this ACK.
    pub(super) fn advance_latest_delivery_signals(&mut self, sample: &Sample) {
        if self.loss_round.start {
            self.loss_round.bw_latest = sample.delivery_rate;
            self.loss_round.inflight_latest = sample.delivered;
        }
    }

    /// ResetCongestionSignals(): what was delivered before does not count in the next phase.
    pub(super) fn reset_congestion_signals(&mut self) {
        self.loss_round.is_loss_in_round = false;
        self.loss_round.bw_latest = 0;
        self.loss_round.inflight_latest = 0;
    }

    /// UpdateCongestionSignals(): the bandwidth with every ACK, the losses once a round.
    pub(super) fn update_congestion_signals(&mut self, sample: &Sample) {
        self.update_max_bw(sample);
        if !self.loss_round.start {
            return;
        }
        if self.loss_round.is_loss_in_round && !self.state.accelerates() {
            self.lower_short_term_model();
        }
        self.loss_round.is_loss_in_round = false;
    }

    /// UpdateMaxBw(): an application that sends little says nothing about the path, unless it got more than was known.
    fn update_max_bw(&mut self, sample: &Sample) {
        let rate = sample.delivery_rate;
        if rate > 0 && (rate >= self.max_bw_filter.get() || !sample.application_limited) {
            self.max_bw_filter.update(rate, self.cycle_count, 1);
        }
    }

    /// InitLowerBounds() and LossLowerBounds().
    fn lower_short_term_model(&mut self) {
        let ShortTerm { bw, inflight } = self.short_term;
        let bw = if bw == UNLIMITED { self.max_bw_filter.get() } else { bw };
        let inflight = if inflight == UNLIMITED { self.cwnd } else { inflight };
        self.short_term = ShortTerm {
            bw: self.loss_round.bw_latest.max(percent(bw, BETA)),
            inflight: self.loss_round.inflight_latest.max(percent(inflight, BETA)),
        };
    }

    /// SaveStateUponLoss(): in case that the loss turns out to be none.
    fn save_state_upon_loss(&mut self) {
        self.save_cwnd();
        self.undo = Some(Undo {
            state: None,
            short_term: self.short_term,
            inflight_longterm: self.inflight_longterm,
        });
    }

    /// HandleSpuriousLossDetection(): nothing was lost, so nothing was learned.
    pub(super) fn handle_spurious_loss_detection(&mut self) {
        let Some(undo) = self.undo.take() else { return };
        self.restore_cwnd();
        self.loss_round.is_loss_in_round = false;
        self.reset_full_bw(0);
        self.short_term.bw = self.short_term.bw.max(undo.short_term.bw);
        self.short_term.inflight = self.short_term.inflight.max(undo.short_term.inflight);
        self.inflight_longterm = self.inflight_longterm.max(undo.inflight_longterm);
        match undo.state {
            Some(State::Startup) if self.state != State::Startup => {
                self.full_pipe.reached = false;
                if self.state != State::ProbeRtt {
                    self.state = State::Startup;
                }
            }
            Some(State::Up) if !matches!(self.state, State::Up | State::ProbeRtt) => self.start_refill(),
            _ => {}
        }
    }
}
