//! The round-trip time, and the retransmission timeout made of it (RFC 6298).
//!
//! A sample comes from the timestamp that the peer echoes (RFC 7323 §4) or, without timestamps, from one segment at a
//! time that was sent once only: the ACK of a segment that was sent twice says nothing about which of the two it answers
//! (Karn's algorithm, RFC 6298 §3).
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
    /// The one segment that is being timed: the number behind its last byte, and when it left.
    timed: Option<(SeqNumber, Instant)>,
}

impl RttEstimator {
    /// No sample yet: the timeout is the initial one (RFC 6298 §2.1).
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
        // The clock's granularity G is so fine that 4 * RTTVAR always outweighs it; the minimum does G's work.
        self.base = (self.srtt.unwrap_or(r) + 4 * self.rttvar).clamp(self.min, self.max);
        self.backoff = 0;
    }

    /// The timer ran out: the next timeout is twice as long (RFC 6298 §5.5), and nothing in flight is timed any more.
    pub fn back_off(&mut self) {
        self.backoff = (self.backoff + 1).min(16);
        self.timed = None;
    }

    /// New data was acknowledged: the path works, so the doublings have served.
    pub fn end_back_off(&mut self) {
        self.backoff = 0;
    }

    /// Times the segment that ends before `end`, unless one is being timed already.
    pub fn start_timing(&mut self, now: Instant, end: SeqNumber) {
        if self.timed.is_none() {
            self.timed = Some((end, now));
        }
    }

    /// Something is being sent again: no sample from what is in flight (Karn).
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
