//! How long a server takes to answer, smoothed over its answers (RFC 6298 §2).
//!
//! Only a question that was sent once is measured: after a retransmission nobody knows which of the two was answered
//! (RFC 6298 §3, Karn's algorithm). Tested in `tests/stub/history.rs`.

use std::time::Duration;

/// The smoothed round trip to a server, and how much it varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrip {
    smoothed: Duration,
    variation: Duration,
}

impl RoundTrip {
    /// After the first answer (RFC 6298 §2.2).
    ///
    /// ```
    /// use barewire_dns::exchange::RoundTrip;
    /// use std::time::Duration;
    /// let mut round_trip = RoundTrip::of(Duration::from_millis(100));
    /// assert_eq!(round_trip.timeout(), Duration::from_millis(300)); // SRTT + 4 * RTTVAR
    /// round_trip.measured(Duration::from_millis(180));
    /// assert_eq!(round_trip.smoothed(), Duration::from_millis(110)); // 7/8 * 100 + 1/8 * 180
    /// assert_eq!(round_trip.timeout(), Duration::from_millis(340)); // 110 + 4 * (150 + 80) / 4
    /// ```
    pub fn of(first: Duration) -> RoundTrip {
        RoundTrip { smoothed: first, variation: first / 2 }
    }

    /// After another answer (RFC 6298 §2.3). The variation is computed from the value before.
    pub fn measured(&mut self, sample: Duration) {
        self.variation = (self.variation * 3 + self.smoothed.abs_diff(sample)) / 4;
        self.smoothed = (self.smoothed * 7 + sample) / 8;
    }

    /// SRTT: the smoothed round trip.
    pub fn smoothed(&self) -> Duration {
        self.smoothed
    }

    /// RTO: after so long without an answer it is worth asking again. Its lower bound is the caller's.
    pub fn timeout(&self) -> Duration {
        self.smoothed + self.variation * 4
    }
}
