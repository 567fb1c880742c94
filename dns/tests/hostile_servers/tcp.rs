//! Servers that misbehave over TCP. They are asked over TCP from the start.

use crate::asked::{Arrival, Asked, ROUND_TRIP};

pub(crate) fn closes_after_the_query(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.is_gone("the server closed the connection without an answer")
}

pub(crate) fn closes_within_the_answer(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.is_gone("the server closed the connection after 30 bytes of an unfinished message")
}

/// The length before the message is 0.
pub(crate) fn a_length_of_zero(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(Vec::new())
}

pub(crate) fn another_id_first(asked: &Asked<'_>) -> Vec<Arrival> {
    let right = asked.answer().encode().unwrap();
    let mut wrong = right.clone();
    wrong[1] ^= 1;
    [wrong, right].map(|bytes| asked.sends_after(ROUND_TRIP, bytes)).into()
}

/// One byte now and then: no message is ever whole.
pub(crate) fn drips(_: &Asked<'_>) -> Vec<Arrival> {
    Vec::new()
}

/// Messages with other IDs, for as long as the connection is there.
pub(crate) fn streams_other_ids(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut wrong = asked.answer().encode().unwrap();
    // The same ID whatever the query's is, so that the sentence is the same.
    let other = if wrong[..2] == [0x12, 0x34] { [0x12, 0x35] } else { [0x12, 0x34] };
    wrong[..2].copy_from_slice(&other);
    (1..6000).map(|after| asked.sends_after(after, wrong.clone())).collect()
}
