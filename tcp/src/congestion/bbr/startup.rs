//! Startup and Drain (draft §5.3.1, §5.3.2): find the bandwidth in a few rounds, then empty the queue it has made.

use super::Bbr;
use super::sample::Sample;
use super::state::State;
use super::variables::FullPipe;

/// A bandwidth that grew by less than a quarter did not grow, in percent.
const FULL_BW_GROWTH: u64 = 125;
/// After so many rounds without growth the pipe is full.
const FULL_BW_ROUNDS: u32 = 3;
/// BBRStartupFullLossCnt: so often must a loss be seen in a round.
const FULL_LOSS_COUNT: u32 = 6;
/// Drain ends after so many rounds, also where too much is still in flight.
const DRAIN_ROUNDS: u64 = 3;

impl Bbr {
    /// ResetFullBW(): the search begins anew, with a bandwidth to beat.
    pub(super) fn reset_full_bw(&mut self, bw: u64) {
        self.full_pipe = FullPipe { bw, count: 0, now: false, reached: self.full_pipe.reached };
    }

    /// §5.3.1.2: once a round, has the bandwidth grown?
    pub(super) fn check_full_bw_reached(&mut self, sample: &Sample) {
        if self.full_pipe.now || !self.rounds.start || !sample.is_of_the_path() {
            return;
        }
        let to_beat = u128::from(self.full_pipe.bw) * u128::from(FULL_BW_GROWTH) / 100;
        if u128::from(sample.delivery_rate) >= to_beat {
            self.reset_full_bw(sample.delivery_rate);
            return;
        }
        self.full_pipe.count += 1;
        self.full_pipe.now = self.full_pipe.count >= FULL_BW_ROUNDS;
        self.full_pipe.reached |= self.full_pipe.now;
    }

    /// CheckStartupDone(): the pipe is full, as the bandwidth or the losses show.
    pub(super) fn check_startup_done(&mut self, sample: &Sample) {
        self.check_startup_high_loss(sample);
        if self.state == State::Startup && self.full_pipe.reached {
            self.enter_drain();
        }
    }

    /// §5.3.1.3: at the end of a round of recovery, was too much lost, too often?
    fn check_startup_high_loss(&mut self, sample: &Sample) {
        if self.loss_round.start && self.state == State::Startup {
            let often = self.loss_round.events >= FULL_LOSS_COUNT;
            if self.in_recovery && often && self.is_inflight_too_high(sample) {
                self.leave_startup_by_loss();
            }
        }
        if self.loss_round.start {
            self.loss_round.events = 0;
        }
    }

    /// What was delivered in the last round is safe, or the BDP if that is more.
    pub(super) fn leave_startup_by_loss(&mut self) {
        if let Some(undo) = &mut self.undo {
            undo.state = Some(State::Startup);
        }
        self.full_pipe.reached = true;
        self.inflight_longterm = self.bdp(self.bw(), 100).max(self.loss_round.inflight_latest);
    }

    fn enter_drain(&mut self) {
        self.state = State::Drain;
        self.drain_start_round = self.rounds.count;
    }

    /// CheckDrainDone(): what is in flight fits into the path without a queue.
    pub(super) fn check_drain_done(&mut self, sample: &Sample) {
        let drained = sample.in_flight <= self.inflight(self.bw(), 100);
        let long_enough = self.rounds.count > self.drain_start_round + DRAIN_ROUNDS;
        if self.state == State::Drain && (drained || long_enough) {
            self.start_down(sample.now);
        }
    }
}
