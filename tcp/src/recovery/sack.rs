//! What SACK's blocks say: which segments have arrived (RFC 2018), which must be lost then (RFC 6675 §4), and what came
//! twice (RFC 2883).
//!
//! ```text
//!    una                                          nxt
//!     │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │     SACK 3..5 6..7
//!             ▓▓▓▓▓▓▓     ▓▓▓           more than two after 1 and 2 have arrived: both are lost.
//!                                       only one has after 5: it may still come.
//! ```
//!
//! Left out of RFC 6675: what is sent again without being lost (NextSeg, rules 3 and 4), since the tail probe
//! ([`super::tlp`]) does its work; and IsLost counts bytes, not separate pieces. Duplicate ACKs are not counted, since
//! the blocks say more.
//!
//! Tested in `tests/loss_detection.rs`.

use crate::flight::{Flight, LostBy, SentSegment, Standing};
use crate::message::ReceiverMessage;
use crate::recovery::newreno::DUP_THRESH;
use crate::seq::SeqNumber;

/// Marks what the blocks report as delivered. `each` sees the segments that are so for the first time. A block that
/// lies outside of what is in flight is false, or a report of duplicates, and marks nothing.
pub(crate) fn take_blocks(
    flight: &mut Flight,
    message: &ReceiverMessage,
    una: SeqNumber,
    nxt: SeqNumber,
    mut each: impl FnMut(&SentSegment),
) {
    for (first, end) in message.sack.as_slice().iter().copied() {
        if first.at_or_after(una) && first.before(end) && end.at_or_before(nxt) {
            flight.sack(first, end, &mut each);
        }
    }
}

/// RFC 2883 §4: the first block reports what came twice, if it is acknowledged already, or lies within the second.
pub(crate) fn duplicate_report(message: &ReceiverMessage) -> Option<(SeqNumber, SeqNumber)> {
    // exercise: tcp08
    // instead: let _ = message;
    // instead: None // Nobody finds out that something was sent for nothing.
    let (first, end) = message.sack.as_slice().first().copied()?;
    let acknowledged = end.at_or_before(message.ack);
    let inside_second = message.sack.as_slice().get(1).is_some_and(|(second_first, second_end)| {
        first.at_or_after(*second_first) && end.at_or_before(*second_end)
    });
    (first.before(end) && (acknowledged || inside_second)).then_some((first, end))
    // exercise: end
}

// book: is-lost
/// RFC 6675 §4, IsLost: a segment is lost when more than two segments' worth of bytes after it has arrived. One that
/// was sent twice already is left to the timer.
pub(crate) fn detect(flight: &mut Flight, smss: u32) -> u32 {
    if flight.delivered() == 0 {
        return 0;
    }
    let enough = (DUP_THRESH - 1).saturating_mul(smss);
    let mut after = flight.delivered();
    let mut lost_before = None;
    for segment in flight.segments() {
        if after <= enough {
            break;
        }
        match segment.standing {
            Standing::Delivered => after -= segment.length(),
            Standing::InFlight | Standing::Lost(_) => lost_before = Some(segment.end),
        }
    }
    let Some(end) = lost_before else { return 0 };
    flight.lose(LostBy::Sack, |segment| segment.transmissions == 1 && segment.end.at_or_before(end))
}
// book: end
