//! The round-trip time, and the retransmission timeout made of it (RFC 6298).
//!
//! One segment at a time is timed, and only one that was sent once: the ACK of a segment that was sent twice does not
//! say which of the two it answers (Karn's algorithm, RFC 6298 §3). After a retransmission the timestamp that the
//! peer echoes says it (RFC 7323 §4).
//!
//! Tested in `tests/recovery.rs`, with the RFC's own arithmetic.

use std::time::{Duration, Instant};

use crate::config::Config;
use crate::seq::SeqNumber;

/// The estimate, and the timeout that follows from it.
#[derive(Debug, Clone)]
pub struct RttEstimator {
    /// SRTT: the smoothed round-trip time, once there is a sample.
    pub srtt: Option<Duration>,
    /// RTTVAR: how far samples lie from it.
    pub rttvar: Duration,
    base: Duration,
    backoff: u32,
    min: Duration,
    max: Duration,
    /// The one segment that is being timed: the number after its last byte, and when it left.
    timed: Option<(SeqNumber, Instant)>,
}

impl RttEstimator {
    /// Before the first sample: the timeout is the initial one (RFC 6298 §2.1).
    pub fn new(config: &Config) -> RttEstimator {
        RttEstimator {
            srtt: None,
            rttvar: Duration::ZERO,
            base: config.initial_rto,
            backoff: 0,
            min: config.min_rto,
            max: config.max_rto,
            timed: None,
        }
    }

    /// RTO: how long to wait for an acknowledgment now, doublings included.
    pub fn rto(&self) -> Duration {
        self.base.saturating_mul(1 << self.backoff.min(16)).min(self.max)
    }

    /// Takes a sample: RFC 6298 §2.2 the first, §2.3 the later ones.
    pub fn sample(&mut self, r: Duration) {
        // exercise: tcp03
        // instead: let mean = self.srtt.map_or(r, |srtt| (srtt + r) / 2);
        // instead: self.srtt = Some(mean);
        // instead: self.base = (2 * mean).clamp(self.min, self.max);
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
        // The granularity G of our clock is so fine that 4 * RTTVAR is always larger. The minimum does what G is for.
        self.base = (self.srtt.unwrap_or(r) + 4 * self.rttvar).clamp(self.min, self.max);
        self.backoff = 0;
        // exercise: end
    }

    /// The timer ran out: the next timeout is twice as long (RFC 6298 §5.5), and nothing in flight is timed any more.
    pub fn back_off(&mut self) {
        self.backoff = (self.backoff + 1).min(16);
        self.timed = None;
    }

    /// New data was acknowledged: the path works again, so the timeout is no longer doubled.
    pub fn end_back_off(&mut self) {
        self.backoff = 0;
    }

    /// Times the segment that ends before `end`, unless one is being timed already.
    pub fn start_timing(&mut self, now: Instant, end: SeqNumber) {
        if self.timed.is_none() {
            self.timed = Some((end, now));
        }
    }

    /// Something is sent again: what is in flight gives no sample any more (Karn).
    pub fn stop_timing(&mut self) {
        self.timed = None;
    }

    /// Takes a sample if `ack` covers the segment being timed.
    pub fn acknowledged(&mut self, now: Instant, ack: SeqNumber) {
        if let Some((end, sent)) = self.timed
            && ack.at_or_after(end)
        {
            self.timed = None;
            self.sample(now.saturating_duration_since(sent));
        }
    }
}
