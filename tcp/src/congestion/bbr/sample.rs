//! What an ACK says to BBR (draft §2.3, §4.1.2.3): a delivery in the draft's units, without its gaps.

use std::time::{Duration, Instant};

use super::super::controller::Delivery;

/// The draft's RS, and what else comes with an ACK. In bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) now: Instant,
    pub(super) newly_acked: u64,
    pub(super) newly_lost: u64,
    /// C.delivered, with this ACK.
    pub(super) total_delivered: u64,
    /// C.delivered when the segment was sent that is now acknowledged.
    pub(super) prior_delivered: u64,
    /// Delivered between the two.
    pub(super) delivered: u64,
    /// In bytes per second. 0: this ACK gave no rate that can be trusted.
    pub(super) delivery_rate: u64,
    pub(super) application_limited: bool,
    /// In flight when the segment was sent, and lost since.
    pub(super) tx_in_flight: u64,
    pub(super) lost: u64,
    pub(super) rtt: Option<Duration>,
    /// In flight now.
    pub(super) in_flight: u64,
    /// C.is_cwnd_limited: the window, and not the application, held the sender back.
    pub(super) window_was_used: bool,
    pub(super) round_ended: bool,
}

impl Sample {
    /// `delivered` so far, by our own count: for an ACK without a rate. Segments that were sent before `limited_until`
    /// was delivered are of ProbeRTT, and their rate says nothing about the path.
    pub(super) fn of(ack: &Delivery, delivered: u64, limited_until: u64) -> Sample {
        let newly_acked = u64::from(ack.delivered);
        let mut sample = Sample {
            now: ack.now,
            newly_acked,
            newly_lost: u64::from(ack.lost),
            total_delivered: delivered.saturating_add(newly_acked),
            prior_delivered: delivered,
            delivered: 0,
            delivery_rate: 0,
            application_limited: true,
            tx_in_flight: u64::from(ack.in_flight_before),
            lost: u64::from(ack.lost),
            rtt: ack.rtt,
            in_flight: u64::from(ack.in_flight),
            window_was_used: ack.window_was_used,
            round_ended: ack.round_ended,
        };
        if let Some(rate) = ack.rate {
            sample.total_delivered = rate.total_delivered;
            sample.prior_delivered = rate.prior_delivered;
            sample.delivered = rate.delivered;
            sample.delivery_rate = per_second(rate.delivered, rate.interval, ack.min_rtt);
            sample.application_limited = rate.application_limited || rate.prior_delivered < limited_until;
            sample.tx_in_flight = u64::from(rate.in_flight_then);
            sample.lost = u64::from(rate.lost);
        }
        sample
    }

    /// Whether the ACK gave a rate that this connection, and not its application, has reached.
    pub(super) fn is_of_the_path(&self) -> bool {
        self.delivery_rate > 0 && !self.application_limited
    }
}

/// §4.1.2.3: an interval shorter than the least round trip is a mistake, of a segment that was sent twice.
fn per_second(delivered: u64, interval: Duration, min_rtt: Option<Duration>) -> u64 {
    if interval.is_zero() || min_rtt.is_some_and(|least| interval < least) {
        return 0;
    }
    let rate = u128::from(delivered) * 1_000_000_000 / interval.as_nanos();
    u64::try_from(rate).unwrap_or(u64::MAX)
}
