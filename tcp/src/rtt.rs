//! The round-trip time, and the retransmission timeout made of it (RFC 6298).
//!
//! One sample a round trip is taken, and only from a segment that was sent once: the ACK of a segment that was sent
//! twice does not say which of the two it answers (Karn's algorithm, RFC 6298 §3). Where both ends use timestamps, the
//! echo may say it (RFC 7323 §4), and then it counts too.
//!
//! Tested in `tests/recovery.rs`, with the RFC's own arithmetic.

use std::time::{Duration, Instant};

use crate::config::Config;

/// The estimate, and the timeout that follows from it.
#[derive(Debug, Clone)]
pub struct RttEstimator {
    /// SRTT: the smoothed round-trip time, once there is a sample.
    pub srtt: Option<Duration>,
    /// RTTVAR: how far samples lie from it.
    pub rttvar: Duration,
    /// The timeout that follows from them, before it is doubled.
    base: Duration,
    backoff: u32,
    /// RTO: both together.
    rto: Duration,
    /// The least that the timeout adds to SRTT.
    margin: Duration,
    max: Duration,
    /// When the last sample was taken. A segment that left before that belongs to a round trip that was measured.
    sampled_at: Option<Instant>,
    /// The least round trip, and when it was seen.
    least: Option<(Duration, Instant)>,
}

/// For how long the least round trip is believed: the path may have become a longer one (RFC 8985 §6.2 step 1).
const LEAST_LASTS: Duration = Duration::from_secs(300);

/// So many doublings outlast an ACK that gives no sample. Without them a path that has become longer than the timeout
/// would never be measured; eight times as long is enough for that. The RFC has no bound. But where many packets are
/// lost and the peer has no timestamps, a sample is rare, and the timeouts would grow to minutes.
const MOST_KEPT: u32 = 3;

/// RFC 6298 §5.7: the timeout with which data begins after a SYN was lost.
const AFTER_LOST_SYN: Duration = Duration::from_secs(3);

impl RttEstimator {
    /// Before the first sample: the timeout is the initial one (RFC 6298 §2.1).
    pub fn new(config: &Config) -> RttEstimator {
        RttEstimator {
            srtt: None,
            rttvar: Duration::ZERO,
            base: config.initial_rto,
            backoff: 0,
            rto: config.initial_rto.min(config.max_rto),
            margin: config.rto_margin,
            max: config.max_rto,
            sampled_at: None,
            least: None,
        }
    }

    /// RTO: how long to wait for an acknowledgment now, doublings included.
    pub fn rto(&self) -> Duration {
        self.rto
    }

    /// Sets the timeout anew after one of its parts has changed. It is asked for more often than that.
    fn combine(&mut self) {
        self.rto = self.base.saturating_mul(1 << self.backoff).min(self.max);
    }

    // book: sample
    /// Takes a sample: RFC 6298 §2.2 the first, §2.3 the later ones.
    pub fn sample(&mut self, r: Duration) {
        // exercise: tcp03
        // instead: let mean = self.srtt.map_or(r, |srtt| (srtt + r) / 2);
        // instead: self.srtt = Some(mean);
        // instead: self.base = (mean + self.margin).min(self.max);
        // instead: self.backoff = 0;
        match self.srtt {
            None => {
                self.srtt = Some(r);
                self.rttvar = r / 2;
            }
            Some(srtt) => {
                self.rttvar = self.rttvar * 3 / 4 + srtt.abs_diff(r) / 4;
                self.srtt = Some(srtt * 7 / 8 + r / 8);
            }
        }
        // RFC 6298 §2.3 has the granularity G of the clock here. On a steady path RTTVAR shrinks to nothing, and then a
        // peer that holds back its ACK would look like a loss. So the margin stands here, and not on the sum.
        self.base = (self.srtt.unwrap_or(r) + (4 * self.rttvar).max(self.margin)).min(self.max);
        self.backoff = 0;
        // exercise: end
        self.combine();
    }
    // book: end

    /// Takes a sample from a segment that left at `sent_at`, unless its round trip was measured already.
    pub fn measured(&mut self, now: Instant, sent_at: Instant) {
        if self.sampled_at.is_none_or(|sampled_at| sent_at >= sampled_at) {
            self.sampled_at = Some(now);
            self.sample(now.saturating_duration_since(sent_at));
        }
    }

    /// A round trip was seen: perhaps the least.
    pub fn saw(&mut self, now: Instant, r: Duration) {
        let is_least = |(least, seen): (Duration, Instant)| {
            r <= least || now.saturating_duration_since(seen) > LEAST_LASTS
        };
        if self.least.is_none_or(is_least) {
            self.least = Some((r, now));
        }
    }

    /// The least round trip of the last minutes.
    pub fn min(&self) -> Option<Duration> {
        self.least.map(|(least, _)| least)
    }

    /// The timer ran out: the next timeout is twice as long (RFC 6298 §5.5).
    pub fn back_off(&mut self) {
        self.backoff = (self.backoff + 1).min(16);
        self.combine();
    }

    /// Ends the doubling of the timeout without a sample. The handshake is over, and RFC 6298 §5.7 says what the
    /// timeout is then.
    pub fn end_back_off(&mut self) {
        if self.backoff > 0 {
            self.backoff = 0;
            self.combine();
        }
    }

    /// Something new was acknowledged, and perhaps nothing was measured: the timeout stays doubled (RFC 6298 §5), at
    /// most so many times.
    pub fn bound_back_off(&mut self) {
        if self.backoff > MOST_KEPT {
            self.backoff = MOST_KEPT;
            self.combine();
        }
    }

    /// The SYN was acknowledged, and had been sent more than once (RFC 6298 §5.7).
    pub fn syn_was_lost(&mut self) {
        if self.srtt.is_none() {
            self.base = self.base.max(AFTER_LOST_SYN);
            self.combine();
        }
    }
}
