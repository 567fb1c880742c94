//! What one message of the peer's receiver reports for the first time, segment by segment: how much, and which of them
//! tell the round trip.

use std::time::{Duration, Instant};

use crate::delivery_rate::Departure;
use crate::flight::{SentSegment, Standing};
use crate::message::ReceiverMessage;
use crate::recovery::rack::Rack;
use crate::rtt::RttEstimator;
use crate::sender::Agreed;
use crate::seq::SeqNumber;

/// When a segment left, and what had been delivered then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newest {
    pub(super) sent_at: Instant,
    pub(super) departure: Departure,
}

/// What one message reports for the first time.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    pub(super) bytes: u32,
    /// The longest of the segments.
    pub(super) largest: u32,
    /// The one that was sent last.
    pub(super) newest: Option<Newest>,
    /// Of those that were sent once, the one that was sent first, and the one that was sent last.
    slowest: Option<Instant>,
    fastest: Option<Instant>,
    /// Whether one of them was sent more than once: then the others may have waited for it, and give no round trip.
    sent_again: bool,
    /// One that was sent again, and it is known that this time it arrived.
    again: Option<Instant>,
    /// One had arrived before it was sent for the last time. Its ACK was lost, and this one answers the copy: the time
    /// since then is that of a timer, and not of the path.
    answers_copy: bool,
    /// What the peer has received twice, if it says so (RFC 2883).
    pub(super) twice: Option<(SeqNumber, SeqNumber)>,
    /// One that was sent once, and before the repair began.
    pub(super) once: bool,
    /// One that was taken for lost, and was not sent again.
    pub(super) unrepaired: bool,
}

impl Arrived {
    /// The round trip of the segment that was sent last, if it is known.
    pub(super) fn rtt(&self, now: Instant) -> Option<Duration> {
        self.fastest.filter(|_| !self.sent_again).map(|sent_at| now.saturating_duration_since(sent_at))
    }

    /// What gives the estimate of the timeout: a segment that was sent once or, among those that waited for one that
    /// was sent again, that one, if the echo says which time it was (Karn).
    pub(super) fn sample(&self) -> Option<Instant> {
        if self.sent_again { self.again } else { self.slowest }
    }

    /// A segment has arrived, says the message for the first time.
    pub(super) fn add(
        &mut self,
        now: Instant,
        segment: &SentSegment,
        message: &ReceiverMessage,
        agreed: &Agreed,
        rtt: &RttEstimator,
        rack: &mut Rack,
    ) {
        self.bytes += segment.length();
        self.largest = self.largest.max(segment.length());
        let sent_at = segment.sent_at;
        if self.newest.is_none_or(|newest| newest.departure.is_before(&segment.departure)) {
            self.newest = Some(Newest { sent_at, departure: segment.departure });
        }
        if segment.transmissions == 1 {
            self.unrepaired |= matches!(segment.standing, Standing::Lost(_));
            self.slowest = Some(self.slowest.map_or(sent_at, |other| other.min(sent_at)));
            self.fastest = self.fastest.max(Some(sent_at));
            return rack.arrived(now, segment, false);
        }
        self.sent_again = true;
        // It was sent more than once. The echo says whether it can be the last time that has arrived (RFC 8985 §6.2).
        let stamps = message.echo.zip(agreed.clock);
        let echo_is_older =
            stamps.is_some_and(|(echo, clock)| SeqNumber(echo).before(SeqNumber(clock.at(sent_at))));
        let too_soon = rtt.min().is_some_and(|min| now.saturating_duration_since(sent_at) < min);
        // A SACK echoes the last segment that came in order (RFC 7323 §4.3): its echo says nothing about this one.
        let is_in_order = segment.end.at_or_before(message.ack);
        self.answers_copy |= is_in_order && echo_is_older;
        if !echo_is_older
            && !self.answers_copy
            && stamps.is_some_and(|(_, clock)| clock.at(sent_at) != clock.at(segment.first_sent_at))
        {
            self.again = self.again.max(Some(sent_at));
        }
        rack.arrived(now, segment, is_in_order && echo_is_older || too_soon);
    }
}
