//! CUBIC: the window follows a cubic curve of the time since the last loss (RFC 9438). The default.
//!
//! ```text
//!  cwnd
//!    │     |                                         .   convex: looks for more, ever faster
//!    │     |                                       .
//!  W_max ┄┄|┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ .  .  .  .  .  .  .        plateau: here a segment was lost
//!    │     |             .         ┊
//!    │     |        .              ┊                     concave: back quickly, then carefully
//!    │     |    .                  ┊
//!  0.7·W   |.                      ┊
//!    └─────┴───────────────────────┴────────────────▶ t
//!          0                       K                     W_cubic(t) = C·(t − K)³ + W_max
//! ```
//!
//! Reno gains a segment each round trip, so it is slow where the round trip is long. Here time counts and not round
//! trips. Where Reno would be faster (short paths, small windows) CUBIC follows Reno's line, W_est (§4.3).
//!
//! Windows are in segments and times in seconds, as in the RFC, and in `f64`, so that its formulas can be read in the
//! code. Only `+ - * /` are used, which IEEE 754 defines to the last bit: the same run gives the same packets on every
//! machine. The platform's cube root promises no such thing, so `cube_root` is our own.
//!
//! Where the RFC leaves a choice: an ACK of several segments grows the curve by as many steps (§4.4 speaks of one ACK
//! per segment); W_est never makes the window smaller; slow start is HyStart++ until the first congestion, after that
//! RFC 5681 with the limits of RFC 3465; after idle a new stage begins at the threshold. The text that was read is
//! the last draft before the RFC. Left out: RFC 7661 (the window's age). Tested in `tests/congestion/`.

use std::time::{Duration, Instant};

use super::controller::{self, Congestion, Controller, Delivery, LARGEST_WINDOW, Phase, Repair, Sign};
use super::hystart::{HyStart, Verdict};

/// How fast the curve climbs, in segments per second³ (§5.1).
const C: f64 = 0.4;
/// What is left of the window after a loss (§4.6).
const BETA: f64 = 0.7;
/// By how much W_est grows in a round trip, so that its average is Reno's although less is cut: 9/17 (§4.3).
const ALPHA: f64 = 3.0 * (1.0 - BETA) / (1.0 + BETA);
/// How much faster than a window per round trip segments leave: in slow start, and after. Linux has the same numbers.
const PACING: (f64, f64) = (2.0, 1.2);

/// The state of CUBIC.
#[derive(Debug, Clone)]
pub struct Cubic {
    smss: u32,
    /// IW, in segments (RFC 6928).
    initial_window: f64,
    /// Until the first congestion.
    hystart: Option<HyStart>,
    at: Curve,
    /// [`Cubic::at`] before the last reduction (§4.9.2: undo_cwnd and the others).
    before: Option<Curve>,
    /// When the last ACK arrived.
    last_ack: Option<Instant>,
}

/// What a reduction changes, and an undo restores. Windows are in segments.
#[derive(Debug, Clone, Copy)]
struct Curve {
    cwnd: f64,
    ssthresh: f64,
    /// The window when `ssthresh` was set.
    cwnd_prior: f64,
    /// Where the plateau is. `None` after a timeout, and while nothing was ever lost: it will be where the next stage
    /// of congestion avoidance begins (§4.8, §4.10).
    w_max: Option<f64>,
    /// This stage of congestion avoidance. `None` until its first ACK.
    epoch: Option<Epoch>,
}

/// A stage of congestion avoidance.
#[derive(Debug, Clone, Copy)]
struct Epoch {
    /// When it began. Moved on by the time in which the window could not grow (§4.2, §5.8).
    t_epoch: Instant,
    /// When the curve reaches its plateau, in seconds after `t_epoch`.
    k: f64,
    w_max: f64,
    /// The window that Reno would have.
    w_est: f64,
}

impl Epoch {
    // book: curve
    /// §4.2, figure 2. A window that is above the old plateau has a new one where it stands.
    fn begin(now: Instant, cwnd: f64, w_max: Option<f64>) -> Epoch {
        let w_max = w_max.unwrap_or(cwnd).max(cwnd);
        Epoch { t_epoch: now, k: cube_root((w_max - cwnd) / C), w_max, w_est: cwnd }
    }

    /// §4.2, figure 1.
    fn w_cubic(&self, t: f64) -> f64 {
        let from_plateau = t - self.k;
        C * from_plateau * from_plateau * from_plateau + self.w_max
    }
    // book: end

    /// The window could not grow for `time`.
    fn wait(&mut self, time: Duration) {
        self.t_epoch = self.t_epoch.checked_add(time).unwrap_or(self.t_epoch);
    }
}

impl Curve {
    /// Congestion avoidance (§4.2 to §4.5).
    fn grow(&mut self, now: Instant, rtt: Duration, segments_acked: f64) {
        // exercise: tcp07
        // instead: let _ = (now, rtt);
        // instead: self.cwnd += segments_acked / self.cwnd; // Reno's line, on every path.
        let (cwnd, w_max) = (self.cwnd, self.w_max);
        let epoch = self.epoch.get_or_insert_with(|| Epoch::begin(now, cwnd, w_max));
        let alpha = if epoch.w_est >= self.cwnd_prior { 1.0 } else { ALPHA };
        epoch.w_est += alpha * segments_acked / cwnd;
        let t = now.saturating_duration_since(epoch.t_epoch).as_secs_f64();
        self.cwnd = if epoch.w_cubic(t) < epoch.w_est {
            cwnd.max(epoch.w_est)
        } else {
            let target = epoch.w_cubic(t + rtt.as_secs_f64()).clamp(cwnd, 1.5 * cwnd);
            target.min(cwnd + (target - cwnd) / cwnd * segments_acked)
        };
        // exercise: end
    }

    /// §4.6 and §4.7: the threshold and the plateau after a congestion. With fast convergence, a flow that is stopped
    /// below its old plateau lowers it further, and so makes room for a new flow.
    fn reduce(&mut self, flight_size: f64) {
        let converging = self.w_max.is_some_and(|w_max| self.cwnd < w_max);
        self.w_max = Some(if converging { self.cwnd * (1.0 + BETA) / 2.0 } else { self.cwnd });
        self.cwnd_prior = self.cwnd;
        self.ssthresh = flight_size * BETA;
        self.epoch = None;
    }

    /// The same bytes, where a segment holds `1 / ratio` times as many.
    fn scale(&mut self, ratio: f64) {
        self.cwnd *= ratio;
        self.ssthresh = (self.ssthresh * ratio).max(2.0);
        self.cwnd_prior *= ratio;
        self.w_max = self.w_max.map(|w_max| w_max * ratio);
        self.epoch = None;
    }
}

impl Cubic {
    /// A new connection: segments of at most `smss` bytes, and `initial_window` of them at first.
    pub fn new(smss: u32, initial_window: u32) -> Cubic {
        let cwnd = f64::from(initial_window.max(1));
        let at = Curve { cwnd, ssthresh: f64::INFINITY, cwnd_prior: f64::INFINITY, w_max: None, epoch: None };
        let smss = controller::segment_size(smss);
        let hystart = Some(HyStart::new(true));
        Cubic { smss, initial_window: cwnd, hystart, at, before: None, last_ack: None }
    }

    fn segments(&self, bytes: u32) -> f64 {
        f64::from(bytes) / f64::from(self.smss)
    }

    fn bytes(&self, segments: f64) -> u32 {
        // From `f64`, `as` never overflows: it gives the nearest number that there is.
        (segments * f64::from(self.smss)) as u32
    }

    /// The largest window counts here too, or an hour without a loss would go on growing the numbers.
    fn keep_in_bounds(&mut self) {
        self.at.cwnd = self.at.cwnd.clamp(1.0, self.segments(LARGEST_WINDOW).max(1.0));
    }

    /// §4.10. `None` when HyStart++ is over: RFC 5681 §3.1, with the limit of RFC 3465 §2.3.
    fn slow_start(&mut self, ack: &Delivery) {
        let limit = if ack.repair == Repair::AfterTimeout { self.smss } else { 2 * self.smss };
        let growth = match &self.hystart {
            Some(hystart) => hystart.growth(ack.acknowledged, self.smss),
            None => ack.acknowledged.min(limit),
        };
        self.at.cwnd = (self.at.cwnd + self.segments(growth)).min(self.at.ssthresh);
    }

    /// HyStart++ found the end of slow start without a loss: the plateau will be here (§4.10).
    fn leave_slow_start(&mut self) {
        self.hystart = None;
        self.at.ssthresh = self.at.cwnd;
        self.at.cwnd_prior = self.at.cwnd;
    }

    /// The time since the last ACK.
    fn since_last_ack(&mut self, now: Instant) -> Duration {
        let last = self.last_ack.replace(now).unwrap_or(now);
        now.saturating_duration_since(last)
    }
}

impl Controller for Cubic {
    fn name(&self) -> &'static str {
        "cubic"
    }

    fn window(&self) -> u32 {
        self.bytes(self.at.cwnd).clamp(self.smss, LARGEST_WINDOW)
    }

    fn threshold(&self) -> u32 {
        self.bytes(self.at.ssthresh)
    }

    fn phase(&self) -> Phase {
        match &self.hystart {
            Some(hystart) if hystart.is_conservative() => Phase::ConservativeSlowStart,
            _ if self.at.cwnd < self.at.ssthresh => Phase::SlowStart,
            _ => Phase::CongestionAvoidance,
        }
    }

    fn on_ack(&mut self, ack: &Delivery) {
        let waited = self.since_last_ack(ack.now);
        let verdict = self.hystart.as_mut().map(|hystart| hystart.on_ack(ack.rtt, ack.round_ended));
        if verdict == Some(Verdict::Leave) {
            self.leave_slow_start();
        }
        let grows = ack.acknowledged > 0 && ack.window_was_used && ack.repair != Repair::FastRecovery;
        match (grows, self.phase()) {
            (true, Phase::CongestionAvoidance) => {
                let acked = self.segments(ack.acknowledged);
                self.at.grow(ack.now, ack.srtt.unwrap_or_default(), acked);
            }
            (true, _) => self.slow_start(ack),
            (false, _) => self.at.epoch.iter_mut().for_each(|epoch| epoch.wait(waited)),
        }
        self.keep_in_bounds();
    }

    /// §4.6. A mark may lead to a window of one segment, a loss to two.
    fn on_congestion(&mut self, congestion: &Congestion) {
        self.before = Some(self.at);
        self.hystart = None;
        self.at.reduce(self.segments(congestion.flight_size));
        let least = if congestion.sign == Sign::Mark { 1.0 } else { 2.0 };
        self.at.cwnd = self.at.ssthresh.max(least);
        self.at.ssthresh = self.at.ssthresh.max(2.0);
        self.keep_in_bounds();
    }

    /// §4.8. A segment that times out again does not lower the threshold again (RFC 5681 §3.1).
    fn on_timeout(&mut self, congestion: &Congestion, again: bool) {
        self.hystart = None;
        if !again {
            self.before = Some(self.at);
            self.at.reduce(self.segments(congestion.flight_size));
            self.at.ssthresh = self.at.ssthresh.max(2.0);
        }
        self.at = Curve { cwnd: 1.0, w_max: None, epoch: None, ..self.at };
    }

    /// §4.9.2: only where the window has not yet come back by itself.
    fn undo(&mut self) {
        if let Some(before) = self.before.take()
            && self.at.cwnd < self.at.cwnd_prior
        {
            self.at = before;
            self.keep_in_bounds();
        }
    }

    /// RFC 5681 §4.1, and RFC 9438 §5.8: the curve does not go on while nothing is sent. A new stage of congestion
    /// avoidance begins when slow start has reached the threshold again.
    fn on_idle(&mut self, now: Instant, _idle: Duration) {
        self.last_ack = Some(now);
        self.at.cwnd = self.at.cwnd.min(self.initial_window);
        self.at.epoch = None;
        self.keep_in_bounds();
    }

    fn on_segment_size(&mut self, smss: u32) {
        let (old, new) = (self.smss, controller::segment_size(smss));
        self.smss = new;
        if new > old {
            self.at.scale(f64::from(old) / f64::from(new));
            self.before = None;
        }
        self.keep_in_bounds();
    }

    fn pacing_rate(&self, srtt: Option<Duration>) -> Option<u64> {
        let round_trip = srtt.filter(|srtt| !srtt.is_zero())?.as_secs_f64();
        let gain = if self.phase() == Phase::CongestionAvoidance { PACING.1 } else { PACING.0 };
        Some((gain * f64::from(self.window()) / round_trip).max(1.0) as u64)
    }
}

/// The cube root of a number that is not negative, by Newton's method from above: each step comes nearer until the
/// last bit is reached.
fn cube_root(x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let mut root = x.max(1.0);
    loop {
        let next = (2.0 * root + x / (root * root)) / 3.0;
        if next >= root || !next.is_finite() {
            return root;
        }
        root = next;
    }
}
