//! RACK: a segment is lost when one that was sent well after it has arrived (RFC 8985 §6).
//!
//! ```text
//!    sent       1    2    3    4         retransmitted: 1'
//!    time  ─────┼────┼────┼────┼─────────────────┼──────────▶
//!                              └ arrives: 1, 2 and 3 left before it, and their time is over
//! ```
//!
//! It counts time and not segments, so it also notices that a retransmission was lost, or the last but one of a
//! handful. Where the path reorders, it waits a little longer: the reordering window.
//!
//! Tested in `tests/loss_detection.rs`.

use std::time::{Duration, Instant};

use crate::delivery_rate::Departure;
use crate::flight::{Flight, LostBy, SentSegment};
use crate::recovery::newreno::DUP_THRESH;
use crate::seq::SeqNumber;

/// For how many repairs a wider reordering window lasts (RFC 8985 §6.2 step 4).
const PERSISTENCE: u8 = 16;

/// The variables of RACK, and its timer: RFC 8985 §5.3 and §5.4.
#[derive(Debug, Clone, Default)]
pub struct Rack {
    /// Of all segments that have arrived, the one that was sent last. RFC 8985 keeps RACK.xmit_ts and RACK.end_seq, and
    /// takes the higher number for the later one where the times are the same. We count departures, so we know.
    newest: Option<Departure>,
    /// RACK.rtt: how long it took.
    rtt: Duration,
    /// RACK.fack: the highest number that has arrived.
    highest: Option<SeqNumber>,
    /// RACK.reordering_seen.
    reordering_seen: bool,
    /// RACK.reo_wnd_mult, less one: by how many quarters of a round trip the window is wider than the first.
    wider: u32,
    /// RACK.reo_wnd_persist.
    persist: u8,
    /// RACK.dsack_round: no second widening before this number is acknowledged.
    widened_until: Option<SeqNumber>,
    /// When the next segment will have been out for too long.
    pub(crate) deadline: Option<Instant>,
}

/// What the reordering window is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path {
    pub(crate) srtt: Duration,
    pub(crate) min_rtt: Duration,
    /// Whether a repair is under way.
    pub(crate) repairing: bool,
}

impl Rack {
    /// Steps 1 to 3: a segment has arrived. `is_ambiguous`: it was sent more than once, and the earlier one may have
    /// been the one that arrived.
    pub(crate) fn arrived(&mut self, now: Instant, segment: &SentSegment, is_ambiguous: bool) {
        self.look_for_reordering(segment);
        if is_ambiguous {
            return;
        }
        if self.newest.is_none_or(|newest| newest.is_before(&segment.departure)) {
            self.newest = Some(segment.departure);
            self.rtt = now.saturating_duration_since(segment.sent_at);
        }
    }

    /// Step 3: a segment that was sent once has arrived after one with a higher number.
    fn look_for_reordering(&mut self, segment: &SentSegment) {
        match self.highest {
            Some(highest) if segment.end.at_or_before(highest) => {
                self.reordering_seen |= segment.transmissions == 1 && segment.end.before(highest);
            }
            _ => self.highest = Some(segment.end),
        }
    }

    /// Step 4: the peer reports that something came twice. We had been too quick, and wait a little longer, once a
    /// round trip.
    pub(crate) fn duplicate_reported(&mut self, una: SeqNumber, nxt: SeqNumber) {
        if self.widened_until.is_none_or(|until| una.at_or_after(until)) {
            self.widened_until = Some(nxt);
            self.wider = self.wider.saturating_add(1);
            self.persist = PERSISTENCE;
        }
    }

    /// Step 4: a repair is over. After some of them the window is as narrow as it was.
    pub(crate) fn repair_ended(&mut self) {
        self.persist = self.persist.saturating_sub(1);
        if self.persist == 0 {
            self.wider = 0;
        }
    }

    // book: window
    /// Step 4: RACK.reo_wnd, how long a segment may be overtaken.
    pub(crate) fn reordering_window(&self, path: Path, delivered_segments: u32) -> Duration {
        if !self.reordering_seen && (path.repairing || delivered_segments >= DUP_THRESH) {
            return Duration::ZERO;
        }
        (path.min_rtt / 4).saturating_mul(self.wider.saturating_add(1)).min(path.srtt)
    }
    // book: end

    // book: detect
    /// Step 5: marks what is lost, and notes when to look again. Gives the bytes.
    pub(crate) fn detect(&mut self, now: Instant, flight: &mut Flight, path: Path) -> u32 {
        // exercise: tcp09
        // instead: let _ = (now, flight, path);
        // instead: 0 // Nothing is lost by time: the timer has to find it.
        self.deadline = None;
        let Some(newest) = self.newest else { return 0 };
        let patience = self.rtt + self.reordering_window(path, flight.delivered_segments());
        let mut deadline = None;
        let lost = flight.lose(LostBy::Rack, |segment| {
            if !segment.departure.is_before(&newest) {
                return false;
            }
            let over = segment.sent_at + patience;
            if over > now {
                deadline = deadline.max(Some(over));
            }
            over <= now
        });
        self.deadline = deadline;
        lost
        // exercise: end
    }
    // book: end

    /// RFC 8985 §6.3: whether the segment has been out so long that it is lost when the timer runs out.
    pub(crate) fn is_overdue(&self, now: Instant, segment: &SentSegment, path: Path) -> bool {
        segment.sent_at + self.rtt + self.reordering_window(path, 0) <= now
    }
}
