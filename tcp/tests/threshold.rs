//! How large the window is after a loss: half of what the window lets into the network (RFC 5681 §3.1, equation 4).

mod common;

use common::script::*;

/// ACKs and the report of a loss have come at once: the ACKs have opened the window, and what they let go is not sent
/// yet. It counts nevertheless, as if each ACK had been answered before the next one came.
#[test]
fn rfc5681_s3_1_what_the_window_lets_go_counts_as_in_flight() {
    let answered = after_a_loss(true);
    assert_eq!(answered, 7000, "half of the ten segments, and of four more");
    assert_eq!(after_a_loss(false), answered);
}

/// Ten segments leave, four are acknowledged, and the fifth is lost. Gives the threshold.
fn after_a_loss(answers_each: bool) -> u32 {
    let mut s = Script::with_sack(plain());
    s.writes(60_000);
    for segment in 0..10 {
        s.sends(A, 1 + 1000 * segment, Some(1), 1000);
    }
    s.waits(100);
    for acknowledged in 1..=4 {
        s.arrives(A, 1, 1 + 1000 * acknowledged, b"");
        while answers_each && s.c.transmit(s.now).is_some() {}
    }
    for end in [6001, 7001, 8001] {
        s.reports(4001, &[(5001, end)]);
    }
    s.c.variables().ssthresh
}
