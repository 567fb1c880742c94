//! The variables of BBR, in the groups of the draft's §2. Volumes are in bytes, rates in bytes per second.

use std::time::{Duration, Instant};

use super::state::{AckPhase, State};

/// A limit that is not set: the draft's "Infinity".
pub(super) const UNLIMITED: u64 = u64::MAX;

/// Whether the bandwidth has stopped growing (§5.3.1.2).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FullPipe {
    /// The bandwidth to beat.
    pub(super) bw: u64,
    /// Rounds that did not beat it by a quarter.
    pub(super) count: u32,
    /// The pipe is full, as this search has found.
    pub(super) now: bool,
    /// Some search has found so.
    pub(super) reached: bool,
}

/// The cycle of ProbeBW (§2.14).
#[derive(Debug, Clone, Copy)]
pub(super) struct Cycle {
    pub(super) ack_phase: AckPhase,
    /// When it began, and how long it waits until it probes.
    pub(super) stamp: Option<Instant>,
    pub(super) wait: Duration,
    /// Whether what is delivered now was sent by Refill or Up.
    pub(super) is_probe_sample: bool,
    pub(super) up_rounds: u32,
    pub(super) up_acked: u64,
    /// For how many bytes acknowledged `inflight_longterm` grows by a segment.
    pub(super) acked_per_increment: u64,
    pub(super) prev_probe_too_high: bool,
    pub(super) prev_probe_precautionary: bool,
}

/// The length of the path, and when to measure it (§2.16).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoundTrip {
    pub(super) min_rtt: Option<Duration>,
    pub(super) min_rtt_stamp: Option<Instant>,
    /// The least of the last 5 s, and when it was seen.
    pub(super) probe_min_delay: Option<Duration>,
    pub(super) probe_min_stamp: Option<Instant>,
    pub(super) probe_expired: bool,
    /// When ProbeRTT may end. `None` while too much is in flight.
    pub(super) done_stamp: Option<Instant>,
    pub(super) round_done: bool,
    pub(super) idle_restart: bool,
    /// Samples of segments that were sent before so much was delivered are of ProbeRTT.
    pub(super) limited_until: u64,
}

/// What losses outside of a probe have shown: until the next probe (§5.5.10.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShortTerm {
    pub(super) bw: u64,
    pub(super) inflight: u64,
}

/// A round trip as losses are counted (§2.10).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LossRound {
    /// It ends when a segment is delivered that was sent after so much had been delivered.
    pub(super) delivered: u64,
    /// The ACK at hand has ended it.
    pub(super) start: bool,
    pub(super) is_loss_in_round: bool,
    /// ACKs that showed a loss.
    pub(super) events: u32,
    /// The largest rate and volume delivered in it.
    pub(super) bw_latest: u64,
    pub(super) inflight_latest: u64,
}

/// What losses changed, so that it can be restored (§2.15).
#[derive(Debug, Clone, Copy)]
pub(super) struct Undo {
    pub(super) state: Option<State>,
    pub(super) short_term: ShortTerm,
    pub(super) inflight_longterm: u64,
}

impl Cycle {
    pub(super) fn new() -> Cycle {
        Cycle {
            ack_phase: AckPhase::Init,
            stamp: None,
            wait: Duration::ZERO,
            is_probe_sample: false,
            up_rounds: 0,
            up_acked: 0,
            acked_per_increment: UNLIMITED,
            prev_probe_too_high: false,
            prev_probe_precautionary: false,
        }
    }
}

impl ShortTerm {
    pub(super) const UNLIMITED: ShortTerm = ShortTerm { bw: UNLIMITED, inflight: UNLIMITED };
}
