//! The response functions of RFC 9438 §5.1: one loss in 1/p segments, and nothing else happens. The average window of
//! Reno and CUBIC is in tables 1 and 2.

use barewire_tcp::congestion::controller::Controller;
use barewire_tcp::congestion::cubic::Cubic;
use barewire_tcp::congestion::reno::Reno;

use crate::calls::{SMSS, Sender, milliseconds};

/// The average window in segments, over so many losses: segments sent for each round trip that passed.
fn average(controller: impl Controller, rtt: u64, one_in: u32, losses: u32) -> f64 {
    let mut s = Sender::new(controller, milliseconds(rtt));
    // What the first loss finds is of the start.
    s.loss(20 * SMSS);
    let mut began = s.now;
    for loss in 0..losses + 10 {
        if loss == 10 {
            began = s.now;
        }
        for _ in 0..one_in {
            let window = s.ack(SMSS);
            s.now += s.rtt.mul_f64(f64::from(SMSS) / f64::from(window));
        }
        s.loss(s.controller.window());
    }
    let round_trips = (s.now - began).as_secs_f64() / s.rtt.as_secs_f64();
    f64::from(losses) * f64::from(one_in) / round_trips
}

fn assert_within(got: f64, wanted: f64, percent: f64, what: &str) {
    let off = 100.0 * (got / wanted - 1.0);
    assert!(off.abs() <= percent, "{what}: wanted {wanted} within {percent} %, got {got:.1} ({off:+.1} %)");
}

#[test]
fn reno_has_the_average_window_of_1_22_by_the_root_of_p() {
    // 1.22 / √p. RFC 9438's column for Reno has 1.2: 12, 38, 120, 379.
    for (one_in, wanted) in [(100, 12.2), (1000, 38.6), (10_000, 122.0), (100_000, 385.8)] {
        let got = average(Reno::new(SMSS, 10), 100, one_in, 40);
        assert_within(got, wanted, 5.0, &format!("Reno, one loss in {one_in}"));
    }
}

#[test]
fn rfc9438_s5_1_table_1_rtt_100_ms() {
    for (one_in, wanted) in [(100, 12.0), (1000, 38.0), (10_000, 187.0), (100_000, 1054.0)] {
        let got = average(Cubic::new(SMSS, 10), 100, one_in, 40);
        assert_within(got, wanted, 10.0, &format!("CUBIC, RTT 100 ms, one loss in {one_in}"));
    }
}

#[test]
fn rfc9438_s5_1_table_2_rtt_10_ms() {
    for (one_in, wanted) in [(100, 12.0), (1000, 38.0), (10_000, 120.0), (100_000, 379.0)] {
        let got = average(Cubic::new(SMSS, 10), 10, one_in, 40);
        assert_within(got, wanted, 10.0, &format!("CUBIC, RTT 10 ms, one loss in {one_in}"));
    }
}
