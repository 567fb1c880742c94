//! Loss recovery step by step, for a peer without SACK: RFC 6298, 5681, 6582. And the estimator by itself.
//! With SACK: `loss_detection.rs`.

mod common;

use std::time::{Duration, Instant};

use barewire_tcp::congestion::controller::Repair;
use barewire_tcp::rtt::RttEstimator;
use barewire_tcp::{Config, ConnectionEvent, SentNote, SoftError, State};
use common::script::*;

fn milliseconds(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn rfc6298_s5_the_timer_doubles_and_ends() {
    let mut s = Script::established(Config { retries: 3, ..plain() });
    s.writes(3000);
    s.sends(A, 1, Some(1), 1000);
    s.sends(A, 1001, Some(1), 1000);
    s.sends(PA, 2001, Some(1), 1000);
    for wait in [300, 600, 1200] {
        s.waits(wait - 1);
        s.silent();
        s.waits(1);
        if wait == 1200 {
            // RFC 9293 §3.8.3: after three retransmissions the user is told, and then it goes on.
            s.event(ConnectionEvent::SoftError(SoftError::Unanswered));
        }
        assert!(s.c.event().is_none());
        // Only the earliest: the congestion window is one segment now.
        s.sends(A, 1, Some(1), 1000);
        s.silent();
    }
    s.waits(2400);
    s.is(State::Closed);
    s.event(ConnectionEvent::TimedOut);
}

#[test]
fn rfc5681_s3_1_slow_start_after_a_timeout() {
    let mut s = Script::established(plain());
    s.writes(4000);
    for i in 0..4 {
        s.sends(if i == 3 { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
    }
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::TimerRanOut { times: 1, after: Duration::from_millis(300) });
    assert_eq!(s.note.unwrap().to_string(), "retransmission 1, timer ran out after 300 ms");
    s.silent();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 1001, Some(1), 1000);
    s.sends(A, 2001, Some(1), 1000);
    s.silent();
    // The peer had the last one all along.
    s.arrives(A, 1, 4001, b"");
    s.silent();
    assert_eq!(s.c.deadline(), None, "nothing in flight, no timer");
}

#[test]
fn rfc5681_s3_2_fast_retransmit() {
    let mut s = Script::established(plain());
    s.writes(8000);
    for i in 0..8 {
        s.sends(if i == 7 { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
    }
    s.arrives(A, 1, 1001, b"");
    for _ in 0..2 {
        s.arrives(A, 1, 1001, b"");
        s.silent();
    }
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 1001, Some(1), 1000);
    s.notes(SentNote::FastRetransmission);
    s.silent();
    assert_eq!(s.c.variables().ssthresh, 3500, "half of the 7000 in flight");
    assert_eq!(s.c.variables().repair, Repair::FastRecovery);
    s.arrives(A, 1, 8001, b"");
    s.silent();
    assert_eq!(s.c.variables().cwnd, 3500, "the threshold: RFC 6582 §3.2 step 3");
}

/// What smoltcp waits a whole timeout for: the second loss in one window.
#[test]
fn rfc6582_s3_2_a_partial_ack_shows_the_next_gap() {
    let mut s = Script::established(plain());
    s.writes(8000);
    for i in 0..8 {
        s.sends(if i == 7 { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
    }
    s.arrives(A, 1, 1001, b"");
    for _ in 0..3 {
        s.arrives(A, 1, 1001, b"");
    }
    s.sends(A, 1001, Some(1), 1000);
    s.waits(200);
    s.arrives(A, 1, 4001, b"");
    s.sends(A, 4001, Some(1), 1000);
    s.notes(SentNote::PartialAck);
    assert_eq!(s.c.variables().repair, Repair::FastRecovery, "it goes on");
    // The timer starts again: the whole timeout lies before the next segment in flight.
    assert_eq!(s.c.deadline(), Some(s.now + s.c.variables().rto));
    s.arrives(A, 1, 8001, b"");
    s.silent();
}

#[test]
fn rfc5681_s2_what_is_no_duplicate_ack() {
    let mut s = Script::established(plain());
    s.writes(5000);
    for i in 0..5 {
        s.sends(if i == 4 { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
    }
    s.arrives(A, 1, 1001, b"");
    for _ in 0..4 {
        // The window changes: an update.
        s.window -= 1;
        s.arrives(A, 1, 1001, b"");
    }
    s.silent();
    for i in 0..4 {
        // It carries data.
        s.arrives(PA, 1 + i, 1001, b"d");
        s.sends(A, 5001, Some(2 + i), 0);
    }
    s.silent();
}

/// RFC 6928: ten segments, then what comes back clocks out two for one.
#[test]
fn rfc6928_the_initial_window_is_ten_segments() {
    let mut s = Script::established(plain());
    s.writes(40_000);
    for i in 0..10 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.silent();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.silent();
}

/// RFC 3042: the first two duplicate ACKs let new segments go, beyond the congestion window.
#[test]
fn rfc3042_limited_transmit() {
    for written in [40_000, 12_000] {
        let mut s = Script::established(plain());
        s.writes(written);
        for i in 0..10 {
            s.sends(A, 1 + 1000 * i, Some(1), 1000);
        }
        s.silent();
        for i in 10..12 {
            s.arrives(A, 1, 1, b"");
            let is_last = 1000 * (i + 1) == written as u32;
            s.sends(if is_last { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
            s.silent();
        }
        assert_eq!(s.c.variables().cwnd, 10_000);
        s.arrives(A, 1, 1, b"");
        s.sends(A, 1, Some(1), 1000);
        s.notes(SentNote::FastRetransmission);
        s.silent();
        assert_eq!(
            s.c.variables().ssthresh,
            5000,
            "RFC 5681 §3.2 step 2: of the ten segments, not of the twelve"
        );
    }
}

/// RFC 5681 §3.1: after a lost SYN the window begins with one segment.
#[test]
fn rfc5681_s3_1_a_lost_syn_is_a_sign() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.waits(1000);
    s.sends(S, 0, None, 0);
    s.options.maximum_segment_size = Some(1000);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.writes(5000);
    s.sends(A, 1, Some(1), 1000);
    s.silent();
}

/// A connection whose SYN was lost once.
fn after_a_lost_syn() -> Script {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.waits(1000);
    s.sends(S, 0, None, 0);
    s.waits(1);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s
}

/// RFC 6298 §3, Karn: the ACK of what was sent twice gives no sample.
#[test]
fn rfc6298_s3_no_sample_from_a_retransmission() {
    let mut s = after_a_lost_syn();
    assert_eq!(s.c.variables().srtt, None);
    s.writes(1);
    s.sends(PA, 1, Some(1), 1);
    s.waits(80);
    s.arrives(A, 1, 2, b"");
    assert_eq!(s.c.variables().srtt, Some(milliseconds(80)));
    assert_eq!(s.c.variables().rto, milliseconds(280), "80 + 200: more than 4 * 40");
}

#[test]
fn rfc6298_s2_the_arithmetic() {
    let mut rtt = RttEstimator::new(&Config::default());
    assert_eq!(rtt.rto(), milliseconds(1000), "§2.1");
    rtt.sample(milliseconds(400));
    assert_eq!(
        (rtt.srtt, rtt.rttvar, rtt.rto()),
        (Some(milliseconds(400)), milliseconds(200), milliseconds(1200)),
        "§2.2"
    );
    rtt.sample(milliseconds(480));
    // RTTVAR = 3/4 * 200 + 1/4 * |400 - 480|; SRTT = 7/8 * 400 + 1/8 * 480.
    assert_eq!(
        (rtt.srtt, rtt.rttvar, rtt.rto()),
        (Some(milliseconds(410)), milliseconds(170), milliseconds(1090)),
        "§2.3"
    );
    rtt.back_off();
    assert_eq!(rtt.rto(), milliseconds(2180), "§5.5");
    for _ in 0..100 {
        rtt.back_off();
    }
    assert_eq!(rtt.rto(), Duration::from_secs(120), "§2.5");
    rtt.end_back_off();
    for _ in 0..200 {
        rtt.sample(Duration::from_micros(100));
    }
    assert_eq!(rtt.rto().as_millis(), 200, "§2.4, Linux's margin, and next to nothing for the path");
    for _ in 0..200 {
        rtt.sample(milliseconds(250));
    }
    assert_eq!(rtt.rto().as_millis(), 449, "the margin is added: an ACK that is held back is not a loss");
    let now = Instant::now();
    let mut rtt = RttEstimator::new(&Config::default());
    rtt.measured(now + milliseconds(60), now);
    assert_eq!(rtt.srtt, Some(milliseconds(60)));
    rtt.measured(now + milliseconds(200), now + milliseconds(5));
    assert_eq!(
        rtt.srtt,
        Some(milliseconds(60)),
        "one sample a round trip: this one left before the last was taken"
    );
    rtt.measured(now + milliseconds(200), now + milliseconds(60));
    assert_eq!(rtt.srtt, Some(Duration::from_micros(70_000)), "7/8 * 60 + 1/8 * 140");
}

/// RFC 6298 §5, Karn: the timeout stays doubled until a round trip is measured. Here the path has become a longer one,
/// and single segments have their ACKs late. If each ACK ended the doubling, each segment would leave three times, for
/// ever, and none would give a sample.
#[test]
fn rfc6298_s5_the_timeout_stays_doubled_until_a_sample() {
    let mut s = Script::established(plain());
    let times_sent = |s: &mut Script, number: u32| {
        s.writes(1);
        let mut count = 0;
        for _ in 0..2000 {
            count += std::iter::from_fn(|| s.c.transmit(s.now)).count();
            s.waits(1);
        }
        s.arrives(A, 1, 1 + number, b"");
        count
    };
    let counts: Vec<usize> = (1..=4).map(|number| times_sent(&mut s, number)).collect();
    assert_eq!(counts, [3, 2, 1, 1]);
    assert!(s.c.variables().rto > milliseconds(2000));
    // Three doublings at the most outlast an ACK.
    let base = s.c.variables().rto;
    s.writes(1);
    s.skip();
    for _ in 0..5 {
        let rto = s.c.variables().rto;
        s.waits(rto.as_millis() as u64 + 1);
        s.skip();
    }
    assert_eq!(s.c.variables().rto, 32 * base);
    s.arrives(A, 1, 6, b"");
    assert_eq!(s.c.variables().rto, 8 * base);
}

/// RFC 6298 §5.7: after a lost SYN data begins with a timeout of 3 s.
#[test]
fn rfc6298_s5_7_after_a_lost_syn() {
    assert_eq!(after_a_lost_syn().c.variables().rto, milliseconds(3000));
}

/// RFC 6298 §5.3: what is in flight gets the whole timeout again when something before it is acknowledged.
#[test]
fn rfc6298_s5_3_the_timer_starts_again_at_an_ack() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 2);
    s.waits(200);
    s.arrives(A, 1, 1001, b"");
    let rto = s.c.variables().rto.as_millis() as u64;
    s.waits(rto);
    s.silent();
    s.waits(1);
    s.sends(PA, 1001, Some(1), 1000);
}

/// RFC 6298 §3: each round trip gives a sample.
#[test]
fn rfc6298_s3_a_sample_each_round_trip() {
    let mut s = Script::established(plain());
    let mut srtt = milliseconds(100);
    for round in 0..8 {
        let rtt = 110 + 20 * round;
        s.sends_thousands(1 + 1000 * round, 1);
        s.waits(rtt.into());
        s.arrives(A, 1, 1001 + 1000 * round, b"");
        srtt = srtt * 7 / 8 + milliseconds(rtt.into()) / 8;
        assert_eq!(s.c.variables().srtt, Some(srtt), "round {round}");
    }
}

/// RFC 5681 §3.1: neither the SYN-ACK nor the ACK of it makes the window grow.
#[test]
fn rfc5681_s3_1_the_handshake_does_not_open_the_window() {
    let s = Script::established(plain());
    assert_eq!(s.c.variables().cwnd, 10_000);
    let mut s = Script::listening(plain());
    s.options.maximum_segment_size = Some(1000);
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.arrives(A, 1, 1, b"");
    assert_eq!(s.c.variables().cwnd, 10_000);
}

/// RFC 5681 §3.2 steps 4 and 5: each further duplicate ACK says that a segment has left the network. When that is half
/// of the window, new text goes.
#[test]
fn rfc5681_s3_2_further_duplicates_let_new_text_go() {
    let mut s = Script::established(plain());
    s.writes(40_000);
    for i in 0..10 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    let mut new = 0;
    for duplicate in 1..=9 {
        s.arrives(A, 1, 1, b"");
        if duplicate == 3 {
            s.sends(A, 1, Some(1), 1000);
            s.notes(SentNote::FastRetransmission);
        }
        while s.c.transmit(s.now).is_some() {
            new += 1;
        }
    }
    // Nine segments have left the network. Half of the ten may be in it: the first again, and four new ones.
    assert_eq!((new, s.c.variables().pipe), (4, 5000));
    assert_eq!(s.c.variables().snd.nxt, s.ours(14_001));
}

/// RFC 6582 §3.2 steps 2 and 4: after a timeout duplicate ACKs may come from what was sent twice. They do not begin a
/// repair, not even right after everything that was sent before the timeout is acknowledged.
#[test]
fn rfc6582_s3_2_duplicates_after_a_timeout_show_nothing() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 8);
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    let threshold = s.c.variables().ssthresh;
    for acknowledged in [1001, 8001] {
        s.arrives(A, 1, acknowledged, b"");
        if acknowledged == 8001 {
            s.writes(4000);
        }
        s.skip();
        for _ in 0..4 {
            s.arrives(A, 1, acknowledged, b"");
            s.skip();
        }
        assert_ne!(s.c.variables().repair, Repair::FastRecovery, "at {acknowledged}");
        assert_eq!(s.c.variables().ssthresh, threshold, "at {acknowledged}");
    }
}

/// RFC 8985 §6.2 step 1: the least round trip is that of the last five minutes.
#[test]
fn rfc8985_s6_2_the_least_round_trip_is_forgotten() {
    let now = Instant::now();
    let mut rtt = RttEstimator::new(&Config::default());
    rtt.saw(now, milliseconds(50));
    rtt.saw(now + Duration::from_secs(299), milliseconds(200));
    assert_eq!(rtt.min(), Some(milliseconds(50)));
    rtt.saw(now + Duration::from_secs(301), milliseconds(200));
    assert_eq!(rtt.min(), Some(milliseconds(200)));
}

/// RFC 6582 §3.2 step 2 would leave it to the timer: the first segment after a repair is lost. Nothing was sent twice
/// but what is acknowledged, so its duplicate ACKs count.
#[test]
fn a_loss_right_behind_a_repair_is_repaired_at_once() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 8);
    for _ in 0..3 {
        s.arrives(A, 1, 1, b"");
    }
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 8001, b"");
    assert_eq!(s.c.variables().repair, Repair::None);
    s.sends_thousands(8001, 4);
    for _ in 0..3 {
        s.arrives(A, 1, 8001, b"");
    }
    s.sends(A, 8001, Some(1), 1000);
    s.notes(SentNote::FastRetransmission);
}
