//! BBR by the steps of the draft (draft-ietf-ccwg-bbr, August 2026).

use std::time::Instant;

use barewire_tcp::congestion::bbr::Bbr;
use barewire_tcp::congestion::controller::{Congestion, Controller, Phase, Sign};

use crate::calls::milliseconds;
use crate::link_model::{Path, Run, SMSS};

fn bbr() -> Box<dyn Controller> {
    Box::new(Bbr::new(1448, 10, 1))
}

/// BBR on a path of 20 Mbit/s and 40 ms with a deep queue, after so many round trips.
fn after(round_trips: u32) -> Run {
    let mut run = Run::new(bbr(), Path::new(20, 40, 4.0), 1);
    run.round_trips(round_trips);
    run
}

fn congestion(run: &Run, sign: Sign) -> Congestion {
    Congestion { now: Instant::now(), flight_size: run.in_flight() as u32, sign }
}

fn assert_near(got: u64, wanted: u64, percent: u64, what: &str) {
    assert!(
        got.abs_diff(wanted) * 100 <= wanted * percent,
        "{what}: wanted {wanted} within {percent} %, got {got}"
    );
}

#[test]
fn s5_6_2_the_first_pacing_rate() {
    // 2.77 · 14,480 bytes in a round trip; in 1 ms as long as none was measured.
    assert_eq!(bbr().pacing_rate(None), Some(40_109_600));
    assert_eq!(bbr().pacing_rate(Some(milliseconds(40))), Some(1_002_740));
    // The path takes 40 ms, and 0.58 ms to let a segment through. The first samples are of a tenth of that rate.
    let rate = after(2).controller.pacing_rate(None).unwrap();
    assert!(rate >= 40_109_600 * 10 / 406, "it never falls in Startup: {rate}");
}

#[test]
fn s5_6_1_the_gains_of_each_state() {
    let rate = 20_000_000 / 8;
    let mut run = after(8);
    assert_eq!(run.controller.phase(), Phase::Startup);
    let pacing = run.controller.pacing_rate(None).unwrap();
    assert_near(pacing, rate * 277 / 100 * 99 / 100, 2, "Startup: 2.77 and a margin of 1 %");
    while run.controller.phase() == Phase::Startup {
        run.run(milliseconds(1));
    }
    assert_eq!(run.controller.phase(), Phase::Drain);
    assert_near(run.controller.pacing_rate(None).unwrap(), rate / 2 * 99 / 100, 2, "Drain: 0.5");
    let mut gains = std::collections::BTreeSet::new();
    for _ in 0..12_000 {
        run.run(milliseconds(1));
        if run.controller.phase() == Phase::ProbeBandwidth {
            let pacing = run.controller.pacing_rate(None).unwrap();
            gains.insert((pacing as f64 / rate as f64 / 0.99 * 100.0).round() as u64);
        }
    }
    for gain in [90, 100, 125] {
        assert!(gains.contains(&gain), "no rate of {gain} % among {gains:?}");
    }
}

#[test]
fn s5_3_1_2_startup_ends_after_three_rounds_without_growth() {
    // 69 segments fit: 10, 20, 40, 80 are four rounds. Then three without growth.
    let mut run = after(5);
    let mut round_trips = 5;
    while run.controller.phase() == Phase::Startup {
        run.round_trips(1);
        round_trips += 1;
        assert!(round_trips < 15, "Startup does not end");
    }
    // The queue makes the last rounds twice as long as the path.
    assert!((8..=13).contains(&round_trips), "Startup ended after {round_trips}");
}

#[test]
fn s5_6_4_2_the_window_is_two_bdps() {
    let run = after(20);
    assert_eq!(run.controller.phase(), Phase::ProbeBandwidth);
    // And room for ACKs that come in clumps.
    assert_near(u64::from(run.controller.window()), 2 * 100_000, 8, "2 · 20 Mbit/s · 40 ms");
}

#[test]
fn s5_5_9_acks_in_clumps_make_the_window_larger() {
    let window = |ack_every| {
        let mut run = Run::new(bbr(), Path { ack_every, ..Path::new(20, 40, 4.0) }, 1);
        run.seconds(2);
        u64::from(run.controller.window()) / SMSS
    };
    let (each, clumps) = (window(1), window(20));
    assert!((each + 14..=each + 26).contains(&clumps), "20 segments more than {each}, got {clumps}");
}

#[test]
fn s5_5_8_1_what_leaves_in_three_milliseconds_may_always_be_in_flight() {
    // 100 Mbit/s and 1 ms: the BDP is 12,500 bytes, and as much leaves in a millisecond.
    let mut run = Run::new(bbr(), Path::new(100, 1, 20.0), 1);
    run.seconds(1);
    let mut windows: Vec<u32> =
        (0..100).map(|_| (run.run(milliseconds(5)), run.controller.window()).1).collect();
    windows.sort_unstable();
    assert_near(u64::from(windows[50]), 3 * 12_500, 6, "the window");
}

#[test]
fn s5_6_4_4_after_a_timeout_one_segment_then_the_last_good_window() {
    let mut run = after(20);
    let before = run.controller.window();
    let timeout = congestion(&run, Sign::Loss);
    run.controller.on_timeout(&timeout, false);
    assert_eq!(u64::from(run.controller.window()), SMSS);
    run.controller.on_timeout(&timeout, true);
    assert_eq!(u64::from(run.controller.window()), SMSS);
    // The model's segments were not lost: its next ACK says that nothing is being repaired.
    run.round_trips(1);
    assert!(run.controller.window() >= before * 7 / 10, "{} of {before}", run.controller.window());
}

#[test]
fn s5_5_10_3_losses_in_cruise_lower_the_short_term_model_and_an_undo_restores_it() {
    let mut run = after(20);
    let (window, rate) = (run.controller.window(), run.controller.pacing_rate(None).unwrap());
    run.controller.on_congestion(&congestion(&run, Sign::Loss));
    run.round_trips(2);
    // inflight_shortterm: what one round delivers (a BDP), or 0.7 of the window if that is more.
    let lowered = run.controller.window();
    assert_near(u64::from(lowered), u64::from(window) * 7 / 10, 3, "the window");
    assert_near(run.controller.pacing_rate(None).unwrap(), rate, 3, "the rate is what was delivered");
    run.controller.undo();
    assert_eq!(run.controller.window(), window);
    run.round_trips(2);
    assert_near(u64::from(run.controller.window()), u64::from(window), 3, "and it stays");
}

#[test]
fn s5_5_10_3_a_round_of_losses_lowers_the_rate_by_three_tenths_at_most() {
    let mut run = Run::new(bbr(), Path::new(20, 40, 100.0), 1);
    run.round_trips(20);
    let rate = run.controller.pacing_rate(None).unwrap();
    run.path.rate /= 8;
    // A round of the slow path passes, so that it delivers an eighth; then a segment is lost.
    run.run(milliseconds(700));
    run.controller.on_congestion(&congestion(&run, Sign::Loss));
    let lower = (0..200).find_map(|_| {
        run.run(milliseconds(10));
        run.controller.pacing_rate(None).filter(|now| now * 100 < rate * 95)
    });
    assert_near(lower.unwrap_or(0), rate * 7 / 10, 3, "0.7 of the rate before");
}

#[test]
fn s5_5_11_2_an_undo_returns_to_startup() {
    let mut run = after(4);
    assert_eq!(run.controller.phase(), Phase::Startup);
    run.controller.on_congestion(&congestion(&run, Sign::Mark));
    run.run(milliseconds(5));
    assert_ne!(run.controller.phase(), Phase::Startup, "a mark ends Startup");
    run.controller.undo();
    assert_eq!(run.controller.phase(), Phase::Startup);
    run.round_trips(10);
    assert!(run.round_trips(10).used > 0.95);
}

#[test]
fn s5_3_1_3_startup_ends_where_too_much_is_lost() {
    // 863 segments fit: seven rounds, and three that show no growth. At 5 % of loss it ends before the path is full.
    let rounds = |loss_per_mille| {
        let mut run = Run::new(bbr(), Path { loss_per_mille, ..Path::new(100, 100, 4.0) }, 1);
        let round_trips = (1..30).find(|_| (run.round_trips(1), run.controller.phase()).1 != Phase::Startup);
        (round_trips.unwrap_or(30), run.controller.pacing_rate(None).unwrap())
    };
    let (lossy, lossless) = (rounds(50), rounds(0));
    assert!(lossy.0 <= 8 && lossless.0 >= 12, "with losses {lossy:?}, without {lossless:?}");
}

#[test]
fn s5_3_1_2_startup_goes_on_while_the_application_is_slow() {
    let mut run = Run::new(bbr(), Path::new(20, 40, 4.0), 1);
    run.application = Some(run.path.rate / 10);
    run.round_trips(60);
    assert_eq!(run.controller.phase(), Phase::Startup);
    run.application = None;
    run.round_trips(20);
    assert_eq!(run.controller.phase(), Phase::ProbeBandwidth);
}

#[test]
fn s5_3_2_drain_ends_after_three_rounds_also_where_too_much_is_in_flight() {
    // When the bandwidth is known an eighth of it is left: half of the old rate is still four times too fast, so the
    // two BDPs in flight stay there. To pass them takes 16 · 40 ms: that is a round, and the first one may be short.
    let mut run = Run::new(bbr(), Path::new(20, 40, 100.0), 1);
    run.round_trips(9);
    run.path.rate /= 8;
    while run.controller.phase() == Phase::Startup {
        run.run(milliseconds(1));
    }
    let tenths = (1..100).find(|_| (run.run(milliseconds(64)), run.controller.phase()).1 != Phase::Drain);
    assert!((30..=42).contains(&tenths.unwrap_or(100)), "Drain took {tenths:?} tenths of a round");
}

#[test]
fn s5_5_10_2_a_probe_that_loses_too_much_sets_the_long_term_limit() {
    // One and a half BDPs fit into path and queue: 150,000 bytes. In Cruise 15 % of that are left free.
    let mut run = Run::new(bbr(), Path::new(20, 40, 0.5), 1);
    run.seconds(4);
    let mut windows: Vec<u32> =
        (0..400).map(|_| (run.run(milliseconds(10)), run.controller.window()).1).collect();
    windows.sort_unstable();
    let median = windows[200];
    assert!((100_000..140_000).contains(&median), "wanted 127,500 or a little less, got {median}");
}

#[test]
fn it_sets_the_window_itself_while_losses_are_repaired() {
    assert!(bbr().governs_recovery());
    assert_eq!(bbr().threshold(), u32::MAX);
}

#[test]
fn rfc5681_s3_1_smaller_segments_make_the_window_smaller_in_the_same_ratio() {
    let mut bbr = bbr();
    bbr.on_segment_size(724);
    assert_eq!(bbr.window(), 7240);
}
