//! How fast data is delivered: the rate that a controller such as BBR lives on
//! (draft-ietf-ccwg-bbr §4.1, "Delivery Rate Samples").
//!
//! ```text
//!     data delivered between the sending of a segment and its ACK
//!     ───────────────────────────────────────────────────────────
//!     the longer of: the time in which it was sent, and in which it was acknowledged
//! ```
//!
//! Each segment remembers how much had been delivered when it left. When it is delivered itself, the difference is one
//! sample. Tested in `tests/congestion/`.

use std::time::Instant;

use crate::congestion::controller::RateSample;

/// What a segment remembers of the moment when it left.
#[derive(Debug, Clone, Copy)]
pub struct Departure {
    /// Bytes delivered until then.
    delivered: u64,
    /// When the last of them was delivered.
    delivered_at: Instant,
    /// When the segment left that was the last one to be delivered.
    first_sent_at: Instant,
    /// Bytes lost until then.
    lost: u64,
    /// Bytes in flight then, with its own.
    in_flight: u32,
    application_limited: bool,
    /// Which departure it is, counted over the whole connection.
    number: u64,
}

impl Departure {
    /// Whether the segment left before another one, which may have been in the same moment.
    pub fn is_before(&self, other: &Departure) -> bool {
        self.number < other.number
    }
}

/// The counters of a connection.
#[derive(Debug, Clone)]
pub struct DeliveryRate {
    delivered: u64,
    delivered_at: Instant,
    first_sent_at: Instant,
    lost: u64,
    /// Bytes of them that the controller was not told of yet.
    lost_since: u32,
    /// The samples are too small until this much is delivered: the application had nothing more to send.
    application_limited_until: u64,
    /// How many segments have left.
    departures: u64,
}

impl DeliveryRate {
    /// Nothing was sent yet.
    pub fn new(now: Instant) -> DeliveryRate {
        DeliveryRate {
            delivered: 0,
            delivered_at: now,
            first_sent_at: now,
            lost: 0,
            lost_since: 0,
            application_limited_until: 0,
            departures: 0,
        }
    }

    /// A segment of `bytes` leaves, with `in_flight` bytes before it.
    pub fn departs(&mut self, now: Instant, in_flight: u32, bytes: u32) -> Departure {
        if in_flight == 0 {
            self.first_sent_at = now;
            self.delivered_at = now;
        }
        self.departures += 1;
        Departure {
            number: self.departures,
            delivered: self.delivered,
            delivered_at: self.delivered_at,
            first_sent_at: self.first_sent_at,
            lost: self.lost,
            in_flight: in_flight.saturating_add(bytes),
            application_limited: self.application_limited_until > self.delivered,
        }
    }

    /// The application has nothing more to send, and `in_flight` bytes are on their way.
    pub fn application_is_slow(&mut self, in_flight: u32) {
        self.application_limited_until = (self.delivered + u64::from(in_flight)).max(1);
    }

    /// Bytes were found lost.
    pub fn lost(&mut self, bytes: u32) {
        self.lost += u64::from(bytes);
        self.lost_since = self.lost_since.saturating_add(bytes);
    }

    /// Bytes that were found lost since this was asked last: by an ACK, or by a timer between two.
    pub fn take_lost(&mut self) -> u32 {
        std::mem::take(&mut self.lost_since)
    }

    /// `bytes` were delivered; the newest segment among them left at `sent_at`. Gives the sample, if the times allow.
    pub fn delivered(
        &mut self,
        now: Instant,
        bytes: u32,
        sent_at: Instant,
        then: &Departure,
    ) -> Option<RateSample> {
        self.delivered += u64::from(bytes);
        self.delivered_at = now;
        self.first_sent_at = sent_at;
        let sending = sent_at.saturating_duration_since(then.first_sent_at);
        let acknowledging = now.saturating_duration_since(then.delivered_at);
        let interval = sending.max(acknowledging);
        (!interval.is_zero()).then(|| RateSample {
            prior_delivered: then.delivered,
            total_delivered: self.delivered,
            delivered: self.delivered - then.delivered,
            interval,
            application_limited: then.application_limited,
            in_flight_then: then.in_flight,
            lost: (self.lost - then.lost).min(u64::from(u32::MAX)) as u32,
        })
    }
}
