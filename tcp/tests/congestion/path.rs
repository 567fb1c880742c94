//! Controllers over a model of a path: what they make of its rate, and of its queue.

use std::time::Duration;

use barewire_tcp::congestion::controller::Phase;
use barewire_tcp::congestion::table::CongestionControl::{self, Bbr, Cubic, Reno};

use crate::calls::milliseconds;
use crate::link_model::{Path, Report, Run};

fn run(control: CongestionControl, path: Path, seed: u32) -> Run {
    Run::new(control.controller(1448, 10, seed), path, u64::from(seed))
}

/// 20 Mbit/s and 40 ms: 69 segments fit into it.
fn path(queue_in_bdps: f64) -> Path {
    Path { ack_every: 2, ..Path::new(20, 40, queue_in_bdps) }
}

fn assert_used(report: &Report, least: f64, what: &str) {
    assert!(report.used >= least, "{what}: wanted {least} of the path, got {report:?}");
}

fn assert_wait(report: &Report, most: Duration, what: &str) {
    assert!(report.mean_wait <= most, "{what}: wanted a queue of {most:?} on average, got {report:?}");
}

#[test]
fn each_fills_a_path_whose_queue_holds_a_bdp() {
    for control in [Reno, Cubic, Bbr] {
        let mut run = run(control, path(1.0), 1);
        run.seconds(2);
        // Many teeth of the saw: over a few of them the share depends on where the last one is cut.
        assert_used(&run.seconds(300), 0.92, control.name());
    }
}

#[test]
fn bbr_finds_the_bandwidth_in_a_few_round_trips_and_drains_what_it_queued() {
    // It doubles each round trip from 10 segments: log2(BDP / 10), three to see that no more comes, twice as long for
    // the queue that they make, one to drain.
    for (megabits, milliseconds, rounds) in
        [(4, 40, 14), (10, 20, 12), (20, 40, 13), (100, 40, 15), (100, 100, 17)]
    {
        for seed in 1..4 {
            let what = format!("{megabits} Mbit/s, {milliseconds} ms, seed {seed}");
            let mut run = run(Bbr, Path { ack_every: 2, ..Path::new(megabits, milliseconds, 4.0) }, seed);
            let start = run.round_trips(rounds);
            assert_eq!(start.dropped, 0.0, "{what}: {start:?}");
            let drained = run.round_trips(4);
            assert_used(&drained, 0.9, &what);
            assert_eq!(run.controller.phase(), Phase::ProbeBandwidth, "{what}");
            let after = run.round_trips(10);
            assert_used(&after, 0.95, &what);
        }
    }
}

#[test]
fn bbr_keeps_a_deep_queue_empty_where_cubic_fills_it() {
    for seed in 1..4 {
        let (mut bbr, mut cubic) = (run(Bbr, path(10.0), seed), run(Cubic, path(10.0), seed));
        bbr.seconds(2);
        cubic.seconds(2);
        let report = bbr.seconds(30);
        assert_used(&report, 0.94, "BBR");
        assert_wait(&report, milliseconds(5), "BBR");
        assert_eq!(report.dropped, 0.0, "BBR");
        let report = cubic.seconds(30);
        assert!(report.mean_wait > milliseconds(120), "CUBIC: {report:?}");
    }
}

#[test]
fn bbr_does_not_take_a_random_loss_for_a_full_queue() {
    for seed in 1..4 {
        let lossy = Path { loss_per_mille: 10, ..Path::new(100, 40, 1.0) };
        let (mut bbr, mut cubic) = (run(Bbr, lossy, seed), run(Cubic, lossy, seed));
        let start = bbr.run(milliseconds(1200));
        assert_used(&start, 0.6, "its start");
        // In Cruise a round with a loss lowers the short-term model by the pacing margin, until the next probe:
        // see the draft §5.5.10.3. So not all of it.
        let (bbr, cubic) = (bbr.seconds(15), cubic.seconds(15));
        assert_used(&bbr, 0.72, "BBR");
        assert!(bbr.used > 15.0 * cubic.used, "BBR {bbr:?}, CUBIC {cubic:?}");
    }
}

#[test]
fn bbr_lives_with_a_shallow_queue() {
    for seed in 1..4 {
        let (mut bbr, mut cubic) = (run(Bbr, path(0.1), seed), run(Cubic, path(0.1), seed));
        bbr.seconds(3);
        cubic.seconds(3);
        let (bbr, cubic) = (bbr.seconds(30), cubic.seconds(30));
        assert_used(&bbr, 0.85, "BBR");
        assert!(bbr.dropped < 0.005, "BBR: {bbr:?}");
        assert!(bbr.used > cubic.used, "BBR {bbr:?}, CUBIC {cubic:?}");
    }
}

#[test]
fn bbr_finds_more_bandwidth_at_its_next_probe() {
    for seed in 1..4 {
        let mut run = run(Bbr, path(2.0), seed);
        run.seconds(5);
        run.path.rate *= 4;
        run.seconds(4);
        assert_used(&run.seconds(6), 0.9, "four times as much");
    }
}

#[test]
fn bbr_forgets_a_bandwidth_that_is_gone_after_two_cycles() {
    for seed in 1..4 {
        let mut run = run(Bbr, path(2.0), seed);
        run.seconds(5);
        run.path.rate /= 2;
        let full = run.seconds(2);
        assert!(full.mean_wait > milliseconds(40), "the queue fills: {full:?}");
        run.seconds(10);
        let after = run.seconds(10);
        assert_wait(&after, milliseconds(10), "a while later");
        assert_used(&after, 0.93, "a while later");
    }
}

#[test]
fn bbr_sees_that_the_path_became_longer_within_two_filters() {
    for seed in 1..4 {
        let mut run = run(Bbr, path(1.0), seed);
        run.seconds(5);
        run.path.round_trip = milliseconds(120);
        // While it believes in 40 ms, two BDPs are not enough.
        assert!(run.seconds(3).used < 0.8, "it cannot know yet");
        run.seconds(20);
        assert_used(&run.seconds(10), 0.9, "20 s later");
    }
}

#[test]
fn bbr_empties_the_path_every_five_seconds_to_see_its_length() {
    let mut run = run(Bbr, path(4.0), 1);
    run.seconds(1);
    let bdp = 20_000_000 / 8 * 40 / 1000;
    for n in 0..4 {
        let report = run.run(milliseconds(5300));
        assert!(report.probe_rtt_seen, "{n}: {report:?}");
        // Half a BDP (ProbeRTTCwndGain), and not less.
        assert!((bdp * 4 / 10..bdp * 6 / 10).contains(&report.least_in_flight), "{n}: {report:?}");
    }
}

#[test]
fn bbr_does_not_take_a_slow_application_for_a_slow_path() {
    let mut run = run(Bbr, path(2.0), 1);
    run.seconds(3);
    run.application = Some(run.path.rate / 10);
    run.seconds(20);
    let rate = run.controller.pacing_rate(None).unwrap();
    assert!(rate > run.path.rate * 85 / 100, "{rate} of {}", run.path.rate);
    run.application = None;
    run.round_trips(8);
    assert_used(&run.round_trips(8), 0.95, "when there is enough to send again");
}

#[test]
fn after_idle_bbr_goes_on_at_its_rate_and_cubic_begins_small() {
    let mut bbr = run(Bbr, path(2.0), 1);
    bbr.seconds(3);
    bbr.idle(milliseconds(1000));
    let report = bbr.round_trips(2);
    // The first round trip delivers nothing yet.
    assert_used(&report, 0.45, "BBR");
    assert_wait(&report, milliseconds(1), "BBR");
    let mut cubic = run(Cubic, path(2.0), 1);
    cubic.seconds(3);
    cubic.idle(milliseconds(1000));
    assert_eq!(cubic.controller.window(), 14_480);
}

#[test]
fn hystart_leaves_slow_start_before_the_queue_overflows() {
    let (mut cubic, mut reno) = (run(Cubic, path(8.0), 1), run(Reno, path(8.0), 1));
    let mut dropped = [0.0; 2];
    for _ in 0..40 {
        for (run, dropped) in [&mut cubic, &mut reno].into_iter().zip(&mut dropped) {
            *dropped += run.round_trips(1).dropped;
        }
        if cubic.controller.phase() == Phase::CongestionAvoidance {
            break;
        }
    }
    assert_eq!(cubic.controller.phase(), Phase::CongestionAvoidance);
    assert_eq!(dropped[0], 0.0, "CUBIC");
    assert!(dropped[1] > 0.2, "Reno: {dropped:?}");
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_probes_at_other_times() {
    let windows = |seed| {
        let mut run = Run::new(Bbr.controller(1448, 10, seed), path(1.0), 1);
        (0..200).map(|_| (run.run(milliseconds(50)), run.controller.window()).1).collect::<Vec<u32>>()
    };
    assert_eq!(windows(1), windows(1));
    assert_ne!(windows(1), windows(2));
}
