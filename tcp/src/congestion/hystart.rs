//! HyStart++: slow start that ends before the queue overflows (RFC 9406).
//!
//! In slow start the window doubles until something is lost, and then a whole window may be lost. HyStart++ looks at
//! the round trip: when it grows, a queue has begun to fill. The window then grows four times more slowly, for five
//! rounds (Conservative Slow Start, CSS). If the round trip falls again, it was only jitter, and slow start goes on.
//!
//! ```text
//!                     the round trip grew            5 rounds have passed
//!   slow start  ───────────────────────▶  CSS  ───────────────────────▶  congestion avoidance
//!               ◀───────────────────────                                 ssthresh = cwnd
//!                     it fell again
//! ```
//!
//! The window and the loss are the controller's; this file only says which of the three it is. RFC 9406 was written
//! from memory of its pseudo code in §4.2 and §4.3, because its text was not at hand. Left out: nothing that is known.
//! Tested in `tests/congestion/`.

use std::time::Duration;

/// §4.3: the least growth of the round trip that counts.
const MIN_RTT_THRESH: Duration = Duration::from_millis(4);
/// §4.3: the growth that counts in any case.
const MAX_RTT_THRESH: Duration = Duration::from_millis(16);
/// §4.3: between the two, an eighth of the round trip counts.
const MIN_RTT_DIVISOR: u32 = 8;
/// §4.3: how many samples a round must have before it is judged.
const N_RTT_SAMPLE: u32 = 8;
/// §4.3: how much more slowly the window grows in CSS.
const CSS_GROWTH_DIVISOR: u32 = 4;
/// §4.3: how many rounds CSS lasts.
const CSS_ROUNDS: u32 = 5;
/// §4.3: for how many segments an ACK counts at most, where segments are not paced.
const L: u32 = 8;

/// What HyStart++ knows of the rounds of a connection's first slow start.
#[derive(Debug, Clone)]
pub struct HyStart {
    paced: bool,
    /// The least round trip of the round before, and of this one. `None` is the RFC's infinity.
    last_round_min_rtt: Option<Duration>,
    current_round_min_rtt: Option<Duration>,
    rtt_sample_count: u32,
    css: Option<Conservative>,
}

/// Conservative Slow Start.
#[derive(Debug, Clone, Copy)]
struct Conservative {
    /// The least round trip of the round in which CSS began (cssBaselineMinRtt).
    baseline_min_rtt: Duration,
    /// Rounds that have ended since. The one in which CSS began counts, though a part of it was slow start.
    rounds: u32,
}

/// How slow start goes on after an ACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Slow start, or CSS.
    GoOn,
    /// CSS has lasted its rounds: congestion avoidance begins, and ssthresh is cwnd.
    Leave,
}

impl HyStart {
    /// Before the first round. `paced`: segments are sent with a pause between them, so that no burst needs a limit.
    pub fn new(paced: bool) -> HyStart {
        HyStart {
            paced,
            last_round_min_rtt: None,
            current_round_min_rtt: None,
            rtt_sample_count: 0,
            css: None,
        }
    }

    /// Whether the window grows more slowly now.
    pub fn is_conservative(&self) -> bool {
        self.css.is_some()
    }

    /// By how many bytes an ACK of `acknowledged` bytes makes the window grow: min(N, L·SMSS), a quarter of it in CSS.
    pub fn growth(&self, acknowledged: u32, smss: u32) -> u32 {
        let limit = if self.paced { u32::MAX } else { smss.saturating_mul(L) };
        let divisor = if self.is_conservative() { CSS_GROWTH_DIVISOR } else { 1 };
        acknowledged.min(limit) / divisor
    }

    /// An ACK arrived. `rtt` is its sample, if it gave one; `round_ended` says that it is the first of a new round.
    pub fn on_ack(&mut self, rtt: Option<Duration>, round_ended: bool) -> Verdict {
        if round_ended && self.end_round() == Verdict::Leave {
            return Verdict::Leave;
        }
        let Some(rtt) = rtt else { return Verdict::GoOn };
        self.current_round_min_rtt = Some(self.current_round_min_rtt.map_or(rtt, |least| least.min(rtt)));
        self.rtt_sample_count = self.rtt_sample_count.saturating_add(1);
        if self.rtt_sample_count >= N_RTT_SAMPLE {
            self.judge();
        }
        Verdict::GoOn
    }

    fn end_round(&mut self) -> Verdict {
        self.last_round_min_rtt = self.current_round_min_rtt.take();
        self.rtt_sample_count = 0;
        let Some(css) = &mut self.css else { return Verdict::GoOn };
        css.rounds += 1;
        if css.rounds < CSS_ROUNDS { Verdict::GoOn } else { Verdict::Leave }
    }

    // book: judge
    /// The round has enough samples: has the round trip grown since the last one, or fallen since CSS began?
    fn judge(&mut self) {
        let Some(current) = self.current_round_min_rtt else { return };
        self.css = match (self.css, self.last_round_min_rtt) {
            (Some(css), _) => Some(css).filter(|css| current >= css.baseline_min_rtt),
            (None, Some(last)) if current >= last.saturating_add(rtt_thresh(last)) => {
                Some(Conservative { baseline_min_rtt: current, rounds: 0 })
            }
            (None, _) => None,
        };
    }
    // book: end
}

/// RttThresh: the growth of the round trip that means a queue.
fn rtt_thresh(last_round_min_rtt: Duration) -> Duration {
    (last_round_min_rtt / MIN_RTT_DIVISOR).clamp(MIN_RTT_THRESH, MAX_RTT_THRESH)
}
