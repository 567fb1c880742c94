//! BBR: a model of the path, and sending at the rate that it delivers (draft-ietf-ccwg-bbr, August 2026: version 3).
//!
//! Reno and CUBIC fill the queue until something is lost. BBR measures instead: the bandwidth is the largest delivery
//! rate of the last cycles, the length of the empty path is the least round trip of the last 10 s. Their product (the
//! BDP) is what fits into the path without a queue. Losses count only where they are many: more than 2 % of a round.
//!
//! ```text
//!            ┌─────────┐  bandwidth has stopped growing  ┌───────┐
//!         ──▶│ Startup │────────────────────────────────▶│ Drain │
//!            └─────────┘                                 └───────┘
//!             ×2.77 rate                                  ×0.5   │ in flight ≤ BDP
//!        ┌───────────────────────────────────────────────────────┘
//!        ▼        ProbeBW, every 2 to 3 s or 63 rounds
//!    ┌──────┐      ┌────────┐      ┌────────┐      ┌──────┐
//!    │ Down │─────▶│ Cruise │─────▶│ Refill │─────▶│  Up  │
//!    └──────┘      └────────┘      └────────┘      └──────┘
//!     ×0.9 ▲         ×1.0           ×1.0: a round    ×1.25 │ no more bandwidth, or over 2 % lost
//!          └──────────────────────────────────────────────┘
//!                   ┌──────────┐
//!     from anywhere │ ProbeRTT │ 200 ms with half a BDP in flight,
//!                   └──────────┘ when no round trip as short was seen for 5 s
//! ```
//!
//! Each step of the draft's §5.2.3 is a method of its own, in the file of its section: `startup` (§5.3.1, and Drain,
//! §5.3.2), `probe_bandwidth` (§5.3.3), `probe_rtt` (§5.3.4, §5.4), `loss` (§5.5.10, §5.5.11), `control` (§5.6). The
//! small types that they share are in `variables`, `state`, `sample` and `filters`.
//!
//! Where it differs from the draft:
//! * losses come with the ACK that showed them and not segment by segment (§5.5.10.2), so the volume at which they
//!   began is what was in flight when the segment was sent that this ACK delivered;
//! * ranges lost in a round (§5.3.1.3) are counted as ACKs that showed a loss, as Linux does;
//! * SACK is taken for granted: without it, Startup ends by bandwidth alone;
//! * a mark is answered as too many losses are (§3.7 leaves the answer open);
//! * the filter for aggregation covers 5 to 10 rounds, in two halves, as in Linux, and 1 to 2 in Startup (§5.5.9);
//! * a restart from idle (§5.4) is seen only after a retransmission timeout without sending;
//! * samples of ProbeRTT are marked application limited here, because the sender does not know of ProbeRTT (§5.3.4.3).
//!
//! What to know: outside of a probe, each round with a loss lowers the short-term bandwidth to what that round
//! delivered, and that is 1 % less than before (the pacing margin). So with random losses of 1 % BBR keeps about four
//! fifths of a path. Above 2 % each probe ends at once, and BBR keeps little.
//!
//! Tested in `tests/congestion/`, over a model of a path.

mod control;
mod filters;
mod loss;
mod probe_bandwidth;
mod probe_rtt;
mod sample;
mod startup;
mod state;
mod variables;

use std::time::{Duration, Instant};

use super::controller::{self, Congestion, Controller, Delivery, LARGEST_WINDOW, Phase, Repair, Sign};
use filters::{Rounds, WindowedMax};
use sample::Sample;
use state::{Random, State};
use variables::{Cycle, FullPipe, LossRound, RoundTrip, ShortTerm, UNLIMITED, Undo};

/// The state of BBR. Volumes are in bytes, rates in bytes per second. Names are the draft's (§2).
#[derive(Debug, Clone)]
pub struct Bbr {
    smss: u64,
    initial_cwnd: u64,
    state: State,
    random: Random,
    rounds: Rounds,
    /// C.delivered: the bytes that were delivered in all.
    delivered: u64,

    cwnd: u64,
    /// The last good window, which losses and ProbeRTT had not touched.
    prior_cwnd: u64,
    /// 0 until the first round trip was measured.
    pacing_rate: u64,
    in_recovery: bool,

    max_bw_filter: WindowedMax,
    /// The virtual time of `max_bw_filter`.
    cycle_count: u64,
    extra_acked_filter: WindowedMax,
    extra_acked_interval_start: Option<Instant>,
    extra_acked_delivered: u64,

    full_pipe: FullPipe,
    drain_start_round: u64,
    cycle: Cycle,
    round_trip: RoundTrip,

    /// The most that may be in flight without much loss, as the last probes found.
    inflight_longterm: u64,
    short_term: ShortTerm,
    loss_round: LossRound,
    undo: Option<Undo>,
}

impl Bbr {
    /// A new connection: segments of at most `smss` bytes, `initial_window` of them at first. `seed` spreads the times
    /// at which connections look for more bandwidth (§5.3.3.8).
    pub fn new(smss: u32, initial_window: u32, seed: u32) -> Bbr {
        let smss = u64::from(controller::segment_size(smss));
        let initial_cwnd = (smss * u64::from(initial_window)).clamp(smss, u64::from(LARGEST_WINDOW));
        Bbr {
            smss,
            initial_cwnd,
            state: State::Startup,
            random: Random::new(seed),
            rounds: Rounds::default(),
            delivered: 0,
            cwnd: initial_cwnd,
            prior_cwnd: 0,
            pacing_rate: 0,
            in_recovery: false,
            max_bw_filter: WindowedMax::default(),
            cycle_count: 0,
            extra_acked_filter: WindowedMax::default(),
            extra_acked_interval_start: None,
            extra_acked_delivered: 0,
            full_pipe: FullPipe::default(),
            drain_start_round: 0,
            cycle: Cycle::new(),
            round_trip: RoundTrip::default(),
            inflight_longterm: UNLIMITED,
            short_term: ShortTerm::UNLIMITED,
            loss_round: LossRound::default(),
            undo: None,
        }
    }

    // book: model
    /// §5.2.3, in its order.
    fn update_model_and_state(&mut self, sample: &Sample) {
        self.update_latest_delivery_signals(sample);
        self.update_congestion_signals(sample);
        self.update_ack_aggregation(sample);
        self.check_full_bw_reached(sample);
        self.check_startup_done(sample);
        self.check_drain_done(sample);
        self.update_probe_bw_cycle_phase(sample);
        self.update_min_rtt(sample);
        self.check_probe_rtt(sample);
        self.advance_latest_delivery_signals(sample);
    }
    // book: end

    /// Losses were being repaired, and are not any more: the window is the last good one, as far as the model allows.
    fn note_repair(&mut self, repair: Repair) {
        let in_recovery = repair != Repair::None;
        if self.in_recovery && !in_recovery {
            self.restore_cwnd();
        }
        self.in_recovery = in_recovery;
    }
}

impl Controller for Bbr {
    fn name(&self) -> &'static str {
        "bbr"
    }

    fn window(&self) -> u32 {
        u32::try_from(self.cwnd).unwrap_or(LARGEST_WINDOW).min(LARGEST_WINDOW)
    }

    /// BBR has no threshold.
    fn threshold(&self) -> u32 {
        u32::MAX
    }

    fn phase(&self) -> Phase {
        self.state.phase()
    }

    fn on_ack(&mut self, ack: &Delivery) {
        let sample = Sample::of(ack, self.delivered, self.round_trip.limited_until);
        self.delivered = sample.total_delivered;
        self.handle_losses(&sample);
        if sample.newly_acked == 0 {
            return;
        }
        self.rounds.update(&sample);
        self.note_repair(ack.repair);
        self.init_pacing_rate(ack.srtt.or(ack.rtt));
        self.update_model_and_state(&sample);
        self.set_pacing_rate();
        self.set_cwnd(sample.newly_acked);
    }

    fn on_congestion(&mut self, congestion: &Congestion) {
        self.note_loss();
        if congestion.sign == Sign::Mark {
            self.handle_mark(u64::from(congestion.flight_size), congestion.now);
        }
    }

    /// §5.6.4.4: the window lets one segment go. The first ACK makes it grow again.
    fn on_timeout(&mut self, _congestion: &Congestion, _again: bool) {
        self.note_loss();
        self.in_recovery = true;
        self.cwnd = self.smss;
    }

    fn undo(&mut self) {
        self.handle_spurious_loss_detection();
    }

    fn on_idle(&mut self, now: Instant, _idle: Duration) {
        self.handle_restart_from_idle(now);
    }

    /// Limits are in bytes, so only the window changes (RFC 5681 §3.1).
    fn on_segment_size(&mut self, smss: u32) {
        let (old, new) = (self.smss, u64::from(controller::segment_size(smss)));
        self.smss = new;
        self.cwnd = (self.cwnd * new.min(old) / old).max(new);
    }

    /// Before a round trip was measured, it is taken to be 1 ms (§5.6.2).
    fn pacing_rate(&self, srtt: Option<Duration>) -> Option<u64> {
        Some(if self.pacing_rate > 0 { self.pacing_rate } else { self.nominal_pacing_rate(srtt) })
    }

    fn governs_recovery(&self) -> bool {
        true
    }
}
