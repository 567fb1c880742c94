//! HyStart++ by the steps of RFC 9406 §4.2, with the constants of §4.3.

use std::time::Duration;

use barewire_tcp::congestion::hystart::{HyStart, Verdict};

use crate::calls::milliseconds;

/// A round of `samples` ACKs with this round trip.
fn round(hystart: &mut HyStart, rtt: Duration, samples: u32) -> Verdict {
    let verdict = hystart.on_ack(Some(rtt), true);
    for _ in 1..samples {
        assert_eq!(hystart.on_ack(Some(rtt), false), Verdict::GoOn);
    }
    verdict
}

/// After a round with a round trip of `before`: is `after` enough to leave slow start?
fn notices(before: Duration, after: Duration, samples: u32) -> bool {
    let mut hystart = HyStart::new(true);
    round(&mut hystart, before, 8);
    round(&mut hystart, after, samples);
    hystart.is_conservative()
}

#[test]
fn rfc9406_s4_2_the_threshold_is_an_eighth_between_4_and_16_ms() {
    // Of 8 ms it would be 1 ms: 4 count. Of 80 ms it is 10 ms. Of 800 ms it would be 100 ms: 16 count.
    for (before, least) in [(8, 12), (32, 36), (80, 90), (128, 144), (800, 816)] {
        let (before, least) = (milliseconds(before), milliseconds(least));
        assert!(notices(before, least, 8), "{before:?} to {least:?}");
        let less = least - Duration::from_micros(1);
        assert!(!notices(before, less, 8), "{before:?} to {less:?}");
    }
}

#[test]
fn rfc9406_s4_3_a_round_needs_8_samples() {
    assert!(!notices(milliseconds(20), milliseconds(60), 7));
    assert!(notices(milliseconds(20), milliseconds(60), 8));
}

#[test]
fn rfc9406_s4_2_the_least_of_a_round_counts() {
    let mut hystart = HyStart::new(true);
    round(&mut hystart, milliseconds(20), 8);
    hystart.on_ack(Some(milliseconds(21)), true);
    for _ in 0..20 {
        hystart.on_ack(Some(milliseconds(90)), false);
    }
    assert!(!hystart.is_conservative());
}

#[test]
fn rfc9406_s4_2_the_first_round_has_nothing_to_compare_with() {
    let mut hystart = HyStart::new(true);
    round(&mut hystart, milliseconds(500), 100);
    assert!(!hystart.is_conservative());
}

#[test]
fn rfc9406_s4_2_a_round_without_samples_is_not_compared_with() {
    let mut hystart = HyStart::new(true);
    round(&mut hystart, milliseconds(20), 8);
    assert_eq!(hystart.on_ack(None, true), Verdict::GoOn);
    round(&mut hystart, milliseconds(60), 8);
    assert!(!hystart.is_conservative());
}

#[test]
fn rfc9406_s4_2_conservative_slow_start_lasts_five_rounds() {
    let mut hystart = HyStart::new(true);
    round(&mut hystart, milliseconds(20), 8);
    round(&mut hystart, milliseconds(30), 8);
    assert!(hystart.is_conservative());
    // The round in which it began is the first of the five; each of these ends one.
    for _ in 0..4 {
        assert_eq!(round(&mut hystart, milliseconds(30), 8), Verdict::GoOn);
    }
    assert_eq!(hystart.on_ack(Some(milliseconds(30)), true), Verdict::Leave);
}

#[test]
fn rfc9406_s4_2_a_shorter_round_trip_resumes_slow_start() {
    let mut hystart = HyStart::new(true);
    round(&mut hystart, milliseconds(20), 8);
    round(&mut hystart, milliseconds(30), 8);
    round(&mut hystart, milliseconds(29), 7);
    assert!(hystart.is_conservative(), "seven samples are not enough");
    hystart.on_ack(Some(milliseconds(29)), false);
    assert!(!hystart.is_conservative());
    // And CSS can begin again, with five rounds to go. 29 ms has a threshold of 4 ms.
    round(&mut hystart, milliseconds(33), 8);
    assert!(hystart.is_conservative());
    for _ in 0..4 {
        assert_eq!(round(&mut hystart, milliseconds(33), 8), Verdict::GoOn);
    }
    assert_eq!(hystart.on_ack(None, true), Verdict::Leave);
}

#[test]
fn rfc9406_s4_2_growth() {
    let mut paced = HyStart::new(true);
    let mut bursts = HyStart::new(false);
    assert_eq!(paced.growth(50_000, 1000), 50_000, "L is infinite with pacing");
    assert_eq!(bursts.growth(50_000, 1000), 8000, "and 8 segments without");
    for hystart in [&mut paced, &mut bursts] {
        round(hystart, milliseconds(20), 8);
        round(hystart, milliseconds(30), 8);
    }
    assert_eq!(paced.growth(50_000, 1000), 12_500, "a quarter in CSS");
    assert_eq!(bursts.growth(50_000, 1000), 2000);
}
