//! Reno by the clauses of RFC 5681, and RFC 3465 for the limit of an ACK.

use barewire_tcp::congestion::controller::{Controller, Delivery, Phase, Repair};
use barewire_tcp::congestion::reno::Reno;

use crate::calls::{SMSS, Sender, milliseconds};

fn reno() -> Sender<Reno> {
    Sender::new(Reno::new(SMSS, 10), milliseconds(100))
}

/// Reno in congestion avoidance, with a window of 10 segments.
fn at_ten() -> Sender<Reno> {
    let mut s = reno();
    assert_eq!(s.loss(20_000), 10_000);
    s
}

#[test]
fn rfc5681_s3_1_slow_start_doubles_the_window() {
    let mut s = reno();
    assert_eq!((s.controller.window(), s.controller.threshold()), (10_000, u32::MAX));
    assert_eq!(s.controller.phase(), Phase::SlowStart);
    assert_eq!([s.round(), s.round(), s.round()], [20_000, 40_000, 80_000]);
}

#[test]
fn rfc3465_s2_3_an_ack_of_many_segments_counts_as_two() {
    let mut s = reno();
    assert_eq!(s.ack(700), 10_700, "what it acknowledges, not a whole segment");
    assert_eq!(s.ack(2000), 12_700);
    assert_eq!(s.ack(9000), 14_700);
}

#[test]
fn rfc3465_s2_3_after_a_timeout_it_counts_as_one() {
    let mut s = reno();
    s.timeout(40_000, false);
    let ack = Delivery { repair: Repair::AfterTimeout, ..s.delivery(9000) };
    s.controller.on_ack(&ack);
    assert_eq!(s.controller.window(), 2000);
}

#[test]
fn rfc5681_s3_1_slow_start_ends_at_the_threshold() {
    let mut s = reno();
    s.timeout(10_000, false);
    assert_eq!((s.controller.window(), s.controller.threshold()), (1000, 5000));
    assert_eq!([s.round(), s.round()], [2000, 4000]);
    assert_eq!(s.ack(2000), 5000, "and not 6000");
    assert_eq!(s.controller.phase(), Phase::CongestionAvoidance);
}

#[test]
fn rfc5681_s3_1_congestion_avoidance_is_a_segment_a_round_trip() {
    let mut s = at_ten();
    assert_eq!([s.round(), s.round(), s.round()], [11_000, 12_000, 13_000]);
    // However the bytes come: 13 ACKs of half a segment, and a stretch ACK of the rest.
    for _ in 0..13 {
        assert_eq!(s.ack(500), 13_000);
    }
    assert_eq!(s.ack(6499), 13_000);
    assert_eq!(s.ack(1), 14_000);
}

#[test]
fn rfc5681_s3_1_one_ack_never_adds_more_than_a_segment() {
    let mut s = at_ten();
    assert_eq!(s.ack(u32::MAX), 11_000);
    assert_eq!(s.ack(1000), 11_000, "and leaves no debt");
}

#[test]
fn rfc5681_s3_2_a_loss_halves_what_is_in_flight() {
    let mut s = reno();
    s.round();
    // FlightSize, not cwnd: 20,000 are allowed, 16,000 are out.
    assert_eq!(s.loss(16_000), 8000);
    assert_eq!(s.controller.threshold(), 8000);
    assert_eq!(s.loss(3000), 2000, "two segments at the least");
    assert_eq!(s.controller.threshold(), 2000);
}

#[test]
fn rfc3168_s6_1_2_a_mark_is_answered_as_a_loss() {
    let mut s = reno();
    assert_eq!(s.mark(10_000), 5000);
}

#[test]
fn rfc5681_s3_2_no_growth_in_fast_recovery() {
    let mut s = at_ten();
    for _ in 0..30 {
        let ack = Delivery { repair: Repair::FastRecovery, ..s.delivery(1000) };
        s.controller.on_ack(&ack);
    }
    assert_eq!(s.controller.window(), 10_000);
}

#[test]
fn rfc5681_s3_1_the_round_trip_of_a_repair_counts_as_one_of_growth() {
    let mut s = at_ten();
    for _ in 0..30 {
        let ack = Delivery { repair: Repair::FastRecovery, ..s.delivery(1000) };
        s.controller.on_ack(&ack);
    }
    assert_eq!(s.ack(1000), 11_000, "the first ACK after it");
    assert_eq!([s.round(), s.round()], [12_000, 13_000], "and not one segment more");
}

#[test]
fn rfc5681_s3_1_a_timeout_leaves_one_segment_and_a_second_keeps_the_threshold() {
    let mut s = reno();
    assert_eq!(s.timeout(10_000, false), 1000);
    assert_eq!(s.controller.threshold(), 5000);
    assert_eq!(s.timeout(1000, true), 1000);
    assert_eq!(s.controller.threshold(), 5000);
}

#[test]
fn a_window_that_is_not_used_does_not_grow() {
    let mut s = reno();
    let ack = Delivery { window_was_used: false, ..s.delivery(1000) };
    s.controller.on_ack(&ack);
    assert_eq!(s.controller.window(), 10_000);
    // A duplicate ACK that reports a SACK block covers nothing new.
    let ack = Delivery { acknowledged: 0, ..s.delivery(1000) };
    s.controller.on_ack(&ack);
    assert_eq!(s.controller.window(), 10_000);
}

#[test]
fn rfc5681_s4_1_after_idle_the_window_is_the_initial_one() {
    let mut s = reno();
    s.round();
    s.round();
    assert_eq!(s.idle(milliseconds(1000)), 10_000);
    assert_eq!(s.controller.threshold(), u32::MAX);
    s.timeout(8000, false);
    assert_eq!(s.idle(milliseconds(1000)), 1000, "the restart window is never larger than cwnd");
}

#[test]
fn an_undo_restores_what_the_last_reduction_took() {
    let mut s = reno();
    s.round();
    s.timeout(20_000, false);
    s.timeout(1000, true);
    s.round();
    assert_eq!(s.undo(), 20_000);
    assert_eq!(s.controller.threshold(), u32::MAX);
    s.loss(20_000);
    assert_eq!(s.undo(), 20_000);
    s.idle(milliseconds(1000));
    assert_eq!(s.undo(), 10_000, "there is nothing left to undo");
}

#[test]
fn rfc5681_s3_1_smaller_segments_make_the_window_smaller_in_the_same_ratio() {
    let mut s = reno();
    s.controller.on_segment_size(500);
    assert_eq!(s.controller.window(), 5000);
    s.controller.on_segment_size(1000);
    assert_eq!(s.controller.window(), 5000);
}

#[test]
fn reno_is_not_paced() {
    assert_eq!(reno().controller.pacing_rate(Some(milliseconds(10))), None);
}
