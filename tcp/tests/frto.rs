//! F-RTO by clause: RFC 5682 §3.1. The connections have SACK and no timestamps, and a round trip of 100 ms.

mod common;

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::congestion::controller::Repair;
use barewire_tcp::options::Timestamps;
use barewire_tcp::{Config, SentNote};

use common::script::*;

/// Ten segments are out, twenty more wait, and the timer has run out: the first one has gone out again.
fn after_timeout() -> Script {
    let mut s = Script::with_sack(Config { rack: false, ..plain() });
    s.writes(30_000);
    for i in 0..10 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.silent();
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    s.silent();
    assert_eq!((s.c.variables().cwnd, s.c.variables().repair), (1000, Repair::AfterTimeout));
    s
}

/// Steps 2b and 3b: everything was only late. Nothing else goes out again, and the window is what it was.
#[test]
fn rfc5682_s3_1_step_3b_the_timer_was_too_quick() {
    let mut s = after_timeout();
    s.arrives(A, 1, 1001, b"");
    // Not the second one again, but new text.
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.silent();
    s.arrives(A, 1, 2001, b"");
    let v = s.c.variables();
    assert_eq!((v.repair, v.ssthresh), (Repair::None, u32::MAX), "undone");
    assert!(v.cwnd >= 10_000, "{}", v.cwnd);
    for i in 12..13 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.arrives(A, 1, 10_001, b"");
    s.arrives(A, 1, 13_001, b"");
    assert_eq!(s.c.variables().repair, Repair::None);
    s.sends(A, 13_001, Some(1), 1000);
}

/// Step 3b with SACK: the second was lost, the third was late.
#[test]
fn rfc5682_s3_1_step_3b_sack_tells_as_well() {
    let mut s = after_timeout();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.reports(1001, &[(2001, 3001)]);
    assert_eq!(s.c.variables().ssthresh, u32::MAX, "undone");
    // The hole is repaired in the usual way, when enough has overtaken it.
    s.skip();
    s.reports(1001, &[(2001, 5001)]);
    s.sends(A, 1001, Some(1), 1000);
    s.notes(SentNote::SackShowsLoss);
}

/// Step 3a: the new text is reported, and nothing before it. The loss was real.
#[test]
fn rfc5682_s3_1_step_3a_the_loss_was_real() {
    let mut s = after_timeout();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.reports(1001, &[(10_001, 11_001)]);
    let v = s.c.variables();
    assert_eq!((v.repair, v.ssthresh), (Repair::AfterTimeout, 5000));
    s.sends(A, 1001, Some(1), 1000);
    s.notes(SentNote::TimerRanOut { times: 1, after: std::time::Duration::from_millis(300) });
}

/// Step 3a: a duplicate ACK that tells nothing.
#[test]
fn rfc5682_s3_1_step_3a_a_duplicate_that_tells_nothing() {
    let mut s = after_timeout();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.silent();
    s.arrives(A, 1, 1001, b"");
    assert_eq!(s.c.variables().repair, Repair::AfterTimeout);
    // Its two new segments fill the window; the next ACK makes room for what is lost.
    s.silent();
    s.reports(1001, &[(10_001, 11_001)]);
    s.sends(A, 1001, Some(1), 1000);
}

/// Step 3a: the ACK covers what was sent before the timer ran out, and the new text, too. So it tells nothing about the
/// time before.
#[test]
fn rfc5682_s3_1_step_3a_an_ack_of_everything() {
    let mut s = after_timeout();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.arrives(A, 1, 11_001, b"");
    assert_eq!(s.c.variables().ssthresh, 5000, "not undone");
}

/// Step 3: text of the peer, whose ACK says nothing new, is not a duplicate ACK. The next one is waited for.
#[test]
fn rfc5682_s3_1_step_3_other_acks_are_ignored() {
    let mut s = after_timeout();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.arrives(PA, 1, 1001, b"hello");
    s.sends(A, 12_001, Some(6), 0);
    s.arrives(A, 6, 2001, b"");
    assert_eq!(s.c.variables().ssthresh, u32::MAX, "undone");
}

/// Step 2b: two new segments, even where the window has room for more: that of BBR grows by all that an ACK tells of,
/// and BBR spaces what it sends.
#[test]
fn rfc5682_s3_1_step_2b_two_new_segments() {
    let mut s = Script::with_sack(Config { rack: false, congestion: CongestionControl::Bbr, ..plain() });
    s.writes(30_000);
    for _ in 0..10 {
        s.skip();
        s.waits(10);
    }
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 5001, b"");
    assert!(s.c.variables().cwnd >= 4000, "{}", s.c.variables().cwnd);
    s.waits(50);
    s.sends(A, 10_001, Some(1), 1000);
    s.waits(50);
    s.sends(A, 11_001, Some(1), 1000);
    s.waits(50);
    s.silent();
}

/// With timestamps the echo of the first ACK tells. Here it says that the retransmission has arrived.
#[test]
fn with_timestamps_it_rests() {
    let mut s = Script::with_sack(Config { rack: false, timestamps: true, ..plain() });
    s.writes(30_000);
    s.skip();
    s.waits(300);
    s.sends(A, 1, Some(1), 988);
    s.options.timestamps = Some(Timestamps { value: 2, echo: 400 });
    s.arrives(A, 1, 989, b"");
    s.sends(A, 989, Some(1), 988);
}

/// Step 2a: the ACK covers everything that was out. So the first alone was lost.
#[test]
fn rfc5682_s3_1_step_2a_all_is_acknowledged() {
    let mut s = after_timeout();
    s.arrives(A, 1, 10_001, b"");
    let v = s.c.variables();
    assert_eq!((v.repair, v.ssthresh), (Repair::None, 5000), "not undone");
}

/// Step 2b: without new text the usual repair goes on.
#[test]
fn rfc5682_s3_1_step_2b_without_new_text() {
    let mut s = Script::with_sack(Config { rack: false, ..plain() });
    s.sends_thousands(1, 5);
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 1001, Some(1), 1000);
    s.sends(A, 2001, Some(1), 1000);
    s.arrives(A, 1, 2001, b"");
    assert!(s.c.variables().ssthresh < u32::MAX);
}

/// Where the new text may not leave (here Nagle holds it back), the usual repair goes on.
#[test]
fn nothing_waits_for_new_text_that_may_not_leave() {
    let mut s = Script::with_sack(Config { rack: false, nagle: true, ..plain() });
    s.writes(5010);
    for i in 0..5 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.silent();
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 1001, Some(1), 1000);
}

/// Step 1: not where something was being repaired already. The timer may run out again for the same segment.
#[test]
fn rfc5682_s3_1_step_1_when_it_is_not_done() {
    let mut s = Script::with_sack(Config { rack: false, ..plain() });
    s.writes(30_000);
    for i in 0..10 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.reports(1, &[(1001, 5001)]);
    s.sends(A, 1, Some(1), 1000);
    s.skip();
    s.waits(340);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 5001, b"");
    s.sends(A, 5001, Some(1), 1000);

    let mut s = after_timeout();
    s.waits(600);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.arrives(A, 1, 2001, b"");
    assert_eq!(s.c.variables().ssthresh, u32::MAX, "undone");
}
