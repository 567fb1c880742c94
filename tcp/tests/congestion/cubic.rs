//! CUBIC by the clauses of RFC 9438. The numbers come from its formulas, worked out with another program.

use std::time::Duration;

use barewire_tcp::congestion::controller::{Controller, Delivery, Phase, Repair};
use barewire_tcp::congestion::cubic::Cubic;

use crate::calls::{SMSS, Sender, milliseconds};

fn cubic(segments: u32, rtt: u64) -> Sender<Cubic> {
    Sender::new(Cubic::new(SMSS, segments), milliseconds(rtt))
}

/// A window of 100 segments was cut to 70: W_max = 100, K = cbrt(30 / 0.4) = 4.217 s.
fn cut_at_hundred(rtt: u64) -> Sender<Cubic> {
    let mut s = cubic(100, rtt);
    assert_eq!(s.loss(100_000), 70_000);
    s
}

fn assert_near(got: u32, wanted: u32, within: u32, what: &str) {
    assert!(got.abs_diff(wanted) <= within, "{what}: wanted {wanted}, within {within}, got {got}");
}

#[test]
fn rfc9438_s4_4_the_first_acks_of_a_stage() {
    for (bytes, first, second) in [(1000, 70_007, 70_068), (2000, 70_015, 70_136), (500, 70_003, 70_034)] {
        let mut s = cut_at_hundred(200);
        // At t = 0 the curve has not left 70, so W_est = 70 + 9/17 / 70 is larger (§4.3).
        assert_near(s.ack(bytes), first, 1, &format!("the first ACK, of {bytes} bytes"));
        // At t = 10 ms: target = W_cubic(0.21 s) = 0.4·(0.21 − 4.217)³ + 100 = 74.261; cwnd += (target − cwnd) / cwnd.
        s.now += milliseconds(10);
        assert_near(s.ack(bytes), second, 1, &format!("the second ACK, of {bytes} bytes"));
    }
}

#[test]
fn rfc9438_s4_2_the_window_follows_the_curve() {
    let mut s = cut_at_hundred(200);
    let began = s.now;
    // Concave up to the plateau at K = 4.217 s, convex after it. The window is not further from the curve than a round
    // trip: it is between W_cubic(t − 0.2) and W_cubic(t + 0.2).
    let curve: [(u64, u32, u32); 8] = [
        (1, 84_039, 89_014),
        (2, 94_351, 96_717),
        (3, 98_862, 99_579),
        (4, 99_971, 100_000),
        (5, 100_079, 100_380),
        (6, 101_586, 103_118),
        (7, 106_892, 110_616),
        (8, 118_397, 125_272),
    ];
    for (second, least, most) in curve {
        while s.now + s.rtt / 2 < began + Duration::from_secs(second) {
            s.round();
        }
        let window = s.controller.window();
        assert!((least..=most).contains(&window), "{second} s: wanted {least} to {most}, got {window}");
    }
}

#[test]
fn rfc9438_s4_2_never_faster_than_half_a_window_in_a_round_trip() {
    // The plateau is at 1000 segments, the window at 14, and so is W_est: the curve asks for hundreds at once.
    let mut s = cubic(1000, 10_000);
    assert_eq!(s.loss(20_000), 14_000);
    let mut before = s.ack(1000);
    s.now += Duration::from_secs(10);
    // At target = 1.5·cwnd each ACK of a segment adds half a segment.
    for n in 1..=14 {
        let window = s.ack(1000);
        assert_near(window, before + 500, 1, &format!("ACK {n}"));
        before = window;
    }
}

#[test]
fn rfc9438_s4_3_on_a_short_path_it_follows_reno() {
    // RTT 1 ms: the curve hardly moves, W_est grows by 9/17 segment each round trip from 7, until it is 10: 6 rounds.
    let mut s = cubic(10, 1);
    assert_eq!(s.loss(10_000), 7000);
    let mut before = 7000;
    for n in 1..=5 {
        let window = s.round();
        assert_near(window - before, 529, 80, &format!("round {n}"));
        before = window;
    }
    while before < 10_000 {
        before = s.round();
    }
    // §4.3: from cwnd_prior on, alpha is 1: a segment each round trip.
    for n in 1..=5 {
        let window = s.round();
        assert_near(window - before, 1000, 100, &format!("round {n} above cwnd_prior"));
        before = window;
    }
}

#[test]
fn rfc9438_s4_6_a_loss_leaves_seven_tenths() {
    let mut s = cubic(100, 100);
    assert_eq!((s.loss(100_000), s.controller.threshold()), (70_000, 70_000));
    // Of what is in flight; and two segments at the least.
    assert_eq!((s.loss(50_000), s.controller.threshold()), (35_000, 35_000));
    assert_eq!((s.loss(1000), s.controller.threshold()), (2000, 2000));
}

#[test]
fn rfc9438_s4_6_a_mark_may_leave_one_segment() {
    let mut s = cubic(100, 100);
    assert_eq!((s.mark(1000), s.controller.threshold()), (1000, 2000));
    assert_eq!(cubic(100, 100).mark(100_000), 70_000);
}

#[test]
fn rfc9438_s4_7_fast_convergence() {
    let mut s = cut_at_hundred(200);
    // Lost again at 80 of 100: W_max = 80·0.85 = 68 and not 80; K = cbrt((68 − 56) / 0.4) = 3.107 s.
    while s.controller.window() < 80_000 {
        s.ack(1000);
        s.now += milliseconds(2);
    }
    let at = s.controller.window();
    assert_near(at, 80_000, 200, "the window before the loss");
    let after = s.loss(80_000);
    assert_eq!(after, 56_000);
    // 10 ms later: target = W_cubic(0.21) = 58.272; with W_max = 80 it would be more than 61. cwnd += (58.272 − 56) /
    // 56.
    s.ack(1000);
    s.now += milliseconds(10);
    assert_near(s.ack(1000), 56_050, 2, "the second ACK after it");
}

#[test]
fn rfc9438_s4_8_after_a_timeout_the_plateau_is_where_the_stage_begins() {
    let mut s = cubic(100, 200);
    assert_eq!((s.timeout(100_000, false), s.controller.threshold()), (1000, 70_000));
    assert_eq!((s.timeout(1000, true), s.controller.threshold()), (1000, 70_000));
    assert_eq!(s.controller.phase(), Phase::SlowStart);
    while s.controller.phase() == Phase::SlowStart {
        s.ack(1000);
    }
    assert_eq!(s.controller.window(), 70_000, "where the stage begins");
    let began = s.now;
    while s.now < began + Duration::from_secs(3) {
        s.round();
    }
    // K = 0: 70 + 0.4·3³ = 80.8. From 70 of W_max 100 it would be 99.3.
    assert_near(s.controller.window(), 80_800, 2500, "3 s later");
}

#[test]
fn rfc3465_s2_3_slow_start_after_a_timeout_counts_an_ack_as_one_segment() {
    let mut s = cubic(100, 200);
    s.timeout(100_000, false);
    let ack = Delivery { repair: Repair::AfterTimeout, ..s.delivery(9000) };
    s.controller.on_ack(&ack);
    assert_eq!(s.controller.window(), 2000);
    assert_eq!(s.ack(9000), 4000, "and as two when what was lost is repaired");
}

#[test]
fn rfc9438_s4_9_2_an_undo_restores_the_curve() {
    let mut s = cut_at_hundred(200);
    let twin_before = s.round();
    let threshold = s.controller.threshold();
    assert_eq!(s.loss(twin_before) / 100, twin_before * 7 / 1000);
    assert_eq!(s.undo(), twin_before);
    assert_eq!(s.controller.threshold(), threshold);
    // W_max, K and t_epoch too: 5 s after the first cut the window is on the old plateau.
    for _ in 0..23 {
        s.round();
    }
    assert_near(s.controller.window(), 100_000, 400, "on the old curve");
}

#[test]
fn rfc9438_s4_9_2_no_undo_when_the_window_has_come_back() {
    let mut s = cubic(10, 10);
    s.loss(10_000);
    while s.controller.window() <= 12_000 {
        s.round();
    }
    let (window, threshold) = (s.controller.window(), s.controller.threshold());
    assert_eq!((s.undo(), s.controller.threshold()), (window, threshold));
}

#[test]
fn rfc9438_s5_8_the_curve_stands_while_the_application_is_slow() {
    let mut steady = cut_at_hundred(200);
    let mut slow = cut_at_hundred(200);
    for _ in 0..5 {
        assert_eq!(steady.round(), slow.round());
    }
    let before = slow.controller.window();
    // A minute in which an ACK comes now and then, and the window is never full.
    for _ in 0..600 {
        slow.now += milliseconds(100);
        let ack = Delivery { window_was_used: false, ..slow.delivery(1000) };
        slow.controller.on_ack(&ack);
    }
    assert_eq!(slow.controller.window(), before);
    for n in 0..10 {
        assert_near(slow.round(), steady.round(), 20, &format!("round {n} after it"));
    }
}

#[test]
fn rfc5681_s4_1_after_idle_slow_start_goes_up_to_the_threshold() {
    let mut s = cubic(10, 200);
    while s.controller.window() < 100_000 {
        s.ack(1000);
    }
    assert_eq!(s.loss(100_000), 70_000);
    for _ in 0..10 {
        s.round();
    }
    assert_eq!(s.idle(Duration::from_secs(60)), 10_000);
    assert_eq!(s.controller.phase(), Phase::SlowStart);
    while s.controller.phase() == Phase::SlowStart {
        s.ack(1000);
    }
    // Not a leap to where W_est or the curve had been: from 70 towards the plateau of 100 again.
    assert_eq!(s.controller.window(), 70_000, "the new stage begins at the threshold");
    assert_near(s.ack(1000), 70_007, 1, "and its first ACK");
    s.now += milliseconds(10);
    assert_near(s.ack(1000), 70_068, 1, "and its second");
}

#[test]
fn rfc9438_s4_10_hystart_ends_slow_start_without_a_loss() {
    let mut s = cubic(10, 100);
    assert_eq!([s.round(), s.round()], [20_000, 40_000]);
    s.rtt = milliseconds(120);
    // The round trip grew by more than 100/8 ms: the first 7 ACKs of this round grow the window by themselves, the
    // others by a quarter.
    assert_eq!(s.round(), 40_000 + 7 * 1000 + 33 * 250);
    assert_eq!(s.controller.phase(), Phase::ConservativeSlowStart);
    while s.controller.phase() == Phase::ConservativeSlowStart {
        s.round();
    }
    assert_eq!(s.controller.phase(), Phase::CongestionAvoidance);
    let threshold = s.controller.threshold();
    assert!(threshold < u32::MAX, "ssthresh = cwnd");
    // 55.25 grows by a quarter in each of the other four rounds: 55.25·1.25⁴ = 134.9. cwnd_prior = cwnd, K = 0.
    assert_near(threshold, 134_900, 1500, "where CSS ends");
    assert_eq!(s.controller.window() / SMSS, threshold / SMSS + 1, "alpha is 1: a segment in this round");
}

#[test]
fn congestion_ends_hystart_for_good() {
    let mut s = cubic(100, 100);
    s.loss(100_000);
    for rtt in [100, 200, 300] {
        s.rtt = milliseconds(rtt);
        s.round();
        assert_eq!(s.controller.phase(), Phase::CongestionAvoidance, "after a loss");
    }
    let mut s = cubic(100, 100);
    s.timeout(100_000, false);
    for rtt in [100, 200, 300] {
        s.rtt = milliseconds(rtt);
        s.round();
        assert_eq!(s.controller.phase(), Phase::SlowStart, "after a timeout");
    }
}

#[test]
fn pacing_is_two_windows_a_round_trip_in_slow_start_and_1_2_after() {
    let mut s = cubic(100, 100);
    assert_eq!(s.controller.pacing_rate(None), None);
    assert_eq!(s.controller.pacing_rate(Some(Duration::ZERO)), None);
    assert_eq!(s.controller.pacing_rate(Some(milliseconds(100))), Some(2_000_000));
    s.loss(100_000);
    assert_eq!(s.controller.pacing_rate(Some(milliseconds(100))), Some(840_000));
}

#[test]
fn rfc5681_s3_1_smaller_segments_keep_their_number_larger_ones_the_bytes() {
    let mut s = cut_at_hundred(200);
    s.controller.on_segment_size(500);
    assert_eq!((s.controller.window(), s.controller.threshold()), (35_000, 35_000));
    s.controller.on_segment_size(1000);
    assert_eq!((s.controller.window(), s.controller.threshold()), (35_000, 35_000));
}
