//! Losses that were none, without a retransmission that could show it. What was sent again for nothing: `clauses` and
//! the captures `path/reordering` and `path/spurious_timeout`.

mod common;

use barewire_tcp::congestion::controller::Repair;
use common::script::*;

/// RFC 4015 §3.2: three segments have overtaken the first, so that it is taken for lost. It arrives before it was sent
/// again. So nothing was lost, and the window is what it was.
#[test]
fn rfc4015_s3_2_what_arrives_before_it_is_sent_again_was_not_lost() {
    let mut s = Script::with_sack(plain());
    s.writes(8000);
    for i in 0..8 {
        s.sends(if i == 7 { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
    }
    let before = s.c.variables();
    s.waits(100);
    for end in [2001, 3001, 4001] {
        s.reports(1, &[(1001, end)]);
    }
    assert_eq!(s.c.variables().repair, Repair::FastRecovery);
    assert_eq!(s.c.variables().cwnd, 4000, "half of the 8000 in flight");
    s.arrives(A, 1, 4001, b"");
    let after = s.c.variables();
    assert_eq!(after.repair, Repair::None);
    assert!(after.cwnd >= before.cwnd, "{} after, {} before", after.cwnd, before.cwnd);
    assert_eq!(after.ssthresh, before.ssthresh);
    s.silent();
}

/// One of two is really lost: it goes out again, and the window stays reduced.
#[test]
fn rfc4015_s3_2_a_loss_beside_it_is_still_repaired() {
    let mut s = Script::with_sack(plain());
    s.writes(8000);
    for i in 0..8 {
        s.sends(if i == 7 { PA } else { A }, 1 + 1000 * i, Some(1), 1000);
    }
    s.waits(100);
    for end in [3001, 4001, 5001] {
        s.reports(1, &[(2001, end)]);
    }
    // The first was late. The second is not there yet, and nothing after it comes any more.
    s.reports(1001, &[(2001, 5001)]);
    s.waits(50);
    s.reports(1001, &[(2001, 8001)]);
    // The path reorders, so a quarter of a round trip more is waited (RFC 8985 §6.2 step 4).
    s.silent();
    s.waits(25);
    s.sends(A, 1001, Some(1), 1000);
    assert_eq!(s.c.variables().repair, Repair::FastRecovery);
    s.arrives(A, 1, 8001, b"");
    assert!(s.c.variables().cwnd <= 5000, "{}", s.c.variables().cwnd);
}
