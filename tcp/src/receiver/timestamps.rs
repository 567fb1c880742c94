//! Which of the peer's timestamps count: TS.Recent, which is echoed, and PAWS (RFC 7323 §4.3 and §5).
//!
//! Tested in `tests/clauses/timestamps.rs`.

use std::time::{Duration, Instant};

use crate::options::Timestamps;
use crate::receiver::Receiver;
use crate::segment::Segment;
use crate::seq::SeqNumber;
use crate::variables::TimestampVariables;

/// RFC 7323 §5.5: a clock of milliseconds takes 24.8 days to its sign bit. Then a later time looks like an earlier one.
const TIMESTAMPS_LAST: Duration = Duration::from_secs(24 * 24 * 3600);

/// By how much longer one segment may have been on its way than another.
const TRAVELS_LONGER: Duration = Duration::from_secs(1);

impl Receiver {
    /// Whether a segment's timestamp is older than what was seen: the segment is an old duplicate, perhaps from before
    /// the numbers wrapped (§5.3, PAWS). Nothing is old beside a TS.Recent that is older than [`TIMESTAMPS_LAST`].
    pub(crate) fn is_old(&self, timestamps: &Timestamps, now: Instant) -> bool {
        let can_be_compared = |(_, since)| now.saturating_duration_since(since) <= TIMESTAMPS_LAST;
        SeqNumber(timestamps.value).before(SeqNumber(self.timestamps.recent))
            && self.in_window.is_none_or(can_be_compared)
    }

    /// Whether a timestamp is later than all that were seen.
    pub(crate) fn is_newer(&self, timestamps: &Timestamps) -> bool {
        self.timestamps.on && SeqNumber(timestamps.value).after(SeqNumber(self.timestamps.recent))
    }

    /// The timestamp to echo is that of the last segment that moved the window's left edge, or would have (§4.3).
    pub(crate) fn take_timestamp(&mut self, now: Instant, segment: &Segment<'_>) {
        if let Some(timestamps) = segment.options.timestamps
            && self.timestamps.on
            && segment.seq.at_or_before(self.timestamps.last_ack_sent)
            && !self.is_old(&timestamps, now)
        {
            self.timestamps.recent = timestamps.value;
            self.in_window = Some((timestamps.value, now));
        }
    }

    /// The timestamp of a copy of what came before. It lies outside of the window, so it is believed only as far as the
    /// peer's clock can have moved on since it was last heard there: not more than a tick a millisecond (§5.4), and
    /// [`TRAVELS_LONGER`]. A forged one that lies further ahead would make everything old that the peer really sends.
    pub(crate) fn take_timestamp_of_copy(&mut self, now: Instant, segment: &Segment<'_>) {
        let (Some(timestamps), Some((value, since))) = (segment.options.timestamps, self.in_window) else {
            return;
        };
        let most = (now.saturating_duration_since(since) + TRAVELS_LONGER).as_millis();
        let is_possible = u128::from(timestamps.value.wrapping_sub(value)) <= most;
        let came_before = segment.seq.at_or_before(self.timestamps.last_ack_sent);
        if self.timestamps.on && came_before && is_possible && !self.is_old(&timestamps, now) {
            self.timestamps.recent = timestamps.value;
        }
    }

    /// The timestamp variables.
    pub(crate) fn timestamps(&self) -> &TimestampVariables {
        &self.timestamps
    }
}
