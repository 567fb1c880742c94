//! One packet in five is lost each way, and a round trip takes 0.1 ms. A loss that no ACK shows waits for a timer of
//! 200 ms or more, which is two thousand round trips. Each timer that runs out in a row doubles the next one.
//!
//! The bound is the kernel's: a megabyte from kernel to kernel over such a path took 46 to 82 s in nine runs.

mod common;

use std::time::Duration;

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::{Config, SentNote};

use common::wire::{Run, Wire, run_both};

const LENGTH: usize = 1_000_000;
const SEEDS: u64 = 10;
/// The slowest of the kernel's.
const SLOWEST: Duration = Duration::from_secs(82);

const LAN: Wire = Wire { delay: Duration::from_micros(50), loss: 200, reorder: 0, duplicate: 0 };

/// From the first text, as the kernel was measured, to the last packet.
fn took(run: &Run) -> Duration {
    let first = run.captures[0].iter().find(|(_, packet, _)| packet.len() > 100);
    let last = run.captures.iter().filter_map(|capture| Some(capture.last()?.0)).max();
    first.zip(last).map(|((begun, ..), ended)| ended.saturating_sub(*begun)).unwrap_or_default()
}

/// How often the client's timer ran out, and the longest that it waited.
fn timeouts(run: &Run) -> (usize, Duration) {
    let mut waits: Vec<(Duration, Duration)> = run.captures[0]
        .iter()
        .filter_map(|(time, _, note)| match note {
            Some(SentNote::TimerRanOut { after, .. }) => Some((*time, *after)),
            _ => None,
        })
        .collect();
    // Several segments may leave for one timeout.
    waits.dedup_by_key(|(time, _)| *time);
    (waits.len(), waits.iter().map(|(_, after)| *after).max().unwrap_or_default())
}

fn arrives_in_time(congestion: CongestionControl) {
    let config = Config { congestion, ..Config::default() };
    for seed in 1..=SEEDS {
        let run = run_both(config, LAN, [LENGTH, 0], seed);
        let (took, (count, longest)) = (took(&run), timeouts(&run));
        let found =
            format!("{congestion:?}, seed {seed}: {took:.1?}, {count} timeouts, the longest {longest:.1?}");
        println!("{found}");
        assert!(took <= SLOWEST, "{found}; the kernel's slowest took {SLOWEST:?}");
    }
}

#[test]
fn a_megabyte_with_reno() {
    arrives_in_time(CongestionControl::Reno);
}

#[test]
fn a_megabyte_with_cubic() {
    arrives_in_time(CongestionControl::Cubic);
}

#[test]
fn a_megabyte_with_bbr() {
    arrives_in_time(CongestionControl::Bbr);
}
