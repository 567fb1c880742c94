//! Duplicate ACKs (RFC 5681 §3.2) and partial ACKs (RFC 6582 §3.2): all there is where the peer has no SACK.
//!
//! ```text
//!    we send    1   2   3   4   5   6     2 is lost
//!    ACKs           2   2   2   2   2     "I am still waiting for 2": for 1, 3, 4, 5, 6
//!                               └─ the third duplicate: 2 must be lost
//! ```
//!
//! A duplicate ACK says that a segment has arrived, and not which. So the flight counts them as bytes that have
//! left the network, and lets as much new data go: limited transmit (RFC 3042) and the inflation of RFC 5681 §3.2 are
//! both this count. Tested in `tests/recovery.rs`.

use crate::flight::{Flight, LostBy};
use crate::message::ReceiverMessage;
use crate::seq::SeqNumber;

/// How many segments beyond a missing one have to arrive before it is taken for lost: DupThresh (RFC 5681 §3.2).
pub(crate) const DUP_THRESH: u32 = 3;

/// Duplicate ACKs in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DuplicateAcks {
    count: u32,
}

impl DuplicateAcks {
    /// RFC 5681 §2: an ACK that says nothing new while data is in flight.
    pub(crate) fn is_duplicate(
        message: &ReceiverMessage,
        una: SeqNumber,
        window: u32,
        flight: &Flight,
    ) -> bool {
        message.ack == una && message.alone && !flight.is_empty() && message.window == window && window > 0
    }

    /// A duplicate ACK arrived. True for the third.
    pub(crate) fn another(&mut self, flight: &mut Flight, smss: u32) -> bool {
        self.count = self.count.saturating_add(1);
        flight.presume(smss);
        self.count == DUP_THRESH
    }

    /// Something new was acknowledged.
    pub(crate) fn reset(&mut self) {
        self.count = 0;
    }
}

/// RFC 5681 §3.2: the first segment is lost. `recover` is where the last repair ended (RFC 6582 §3.2 step 2): before
/// that, duplicate ACKs may come from what we sent twice.
pub(crate) fn third_duplicate(flight: &mut Flight, una: SeqNumber, recover: SeqNumber) -> u32 {
    if una.after(recover) { flight.lose_first(LostBy::DuplicateAcks) } else { 0 }
}

/// RFC 6582 §3.2 step 3: an ACK in fast recovery that does not end it shows the next segment that is lost.
pub(crate) fn partial_ack(flight: &mut Flight) -> u32 {
    flight.lose_first(LostBy::PartialAck)
}
