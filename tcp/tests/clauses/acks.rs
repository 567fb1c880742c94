//! When an ACK leaves, and what it says it is for: RFC 9293 §3.8.6.3.

use std::time::Duration;

use barewire_tcp::{AckReason, Config, SentNote};

use crate::common::pattern;
use crate::common::script::*;

/// What an ACK answers first is what is said of it, though it answers more by the time it leaves.
#[test]
fn a_reason_for_an_ack_stays() {
    let mut s = Script::established(Config { receive_buffer: 4000, ..plain() });
    let data = [7; 1000];
    for i in 0..3 {
        s.arrives(PA, 1 + 1000 * i, 1, &data);
        s.sends(A, 1, Some(1001 + 1000 * i), 0);
    }
    s.reads(&[7; 3000]);
    s.arrives(PA, 3001, 1, &data);
    s.sends(A, 1, Some(4001), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
}

#[test]
fn s3_8_6_3_an_ack_waits_but_not_long() {
    let delayed_ack = Config::default().delayed_ack;
    assert_eq!(delayed_ack, Duration::from_millis(40), "MUST-40: less than 0.5 s");
    let mut s = Script::established(Config { delayed_ack, quick_acks: 0, ..plain() });
    s.arrives(PA, 1, 1, b"x");
    s.silent();
    s.waits(39);
    s.silent();
    s.waits(1);
    s.sends(A, 1, Some(2), 0);
    // It rides on data.
    s.arrives(PA, 2, 1, b"y");
    s.writes(3);
    s.sends(PA, 1, Some(3), 3);
    s.waits(100);
    s.silent();
    // Every second full segment is acknowledged at once.
    let full = pattern(1460);
    s.arrives(PA, 3, 4, &full);
    s.silent();
    s.arrives(PA, 1463, 4, &full);
    s.sends(A, 4, Some(2923), 0);
}

/// RFC 5681 §4.2 asks for an ACK for every second full segment at least. The first of a connection get one each.
#[test]
fn rfc5681_s4_2_quick_acks_at_the_beginning() {
    let config = Config { delayed_ack: Duration::from_millis(40), quick_acks: 3, ..plain() };
    let mut s = Script::established(config);
    // A small segment, which ends a write, is not one of them.
    s.arrives(PA, 1, 1, b"request");
    s.silent();
    s.waits(40);
    s.sends(A, 1, Some(8), 0);
    let full = pattern(1460);
    let mut next = 8;
    let mut comes = |s: &mut Script, flags, length: usize, acknowledged: bool| {
        s.arrives(flags, next, 1, &full[..length]);
        next += length as u32;
        if acknowledged { s.sends(A, 1, Some(next), 0) } else { s.silent() }
    };
    // A full one counts wherever the writes end, and so does a smaller one that does not end a write: a tunnel.
    comes(&mut s, A, 1460, true);
    comes(&mut s, PA, 1460, true);
    comes(&mut s, A, 1000, true);
    // From now on every second one, the next in 40 ms.
    comes(&mut s, A, 1460, false);
    comes(&mut s, A, 1460, true);
    comes(&mut s, A, 1460, false);
    s.waits(40);
    s.sends(A, 1, Some(next), 0);
    assert_eq!(Config::default().quick_acks, 16);
}

/// RFC 5681 §4.2 asks for an ACK at once until the gap is filled. Here 16 segments after it are acknowledged one by
/// one, too, and then the delay is back.
#[test]
fn rfc5681_s4_2_quick_acks_after_a_gap() {
    let mut s = Script::established(Config { delayed_ack: Duration::from_millis(40), ..plain() });
    // The second time, those that a connection begins with are used up.
    for next in [1, 20] {
        s.arrives(A, next + 1, 1, b"y");
        s.sends(A, 1, Some(next), 0);
        s.arrives(A, next, 1, b"x");
        s.sends(A, 1, Some(next + 2), 0);
        for seq in next + 2..next + 18 {
            s.arrives(A, seq, 1, b"z");
            s.sends(A, 1, Some(seq + 1), 0);
        }
        s.arrives(A, next + 18, 1, b"z");
        s.silent();
        s.waits(40);
        s.sends(A, 1, Some(next + 19), 0);
    }
}

/// RFC 5681 §4.2: an ACK does not wait while there is a gap, nor when a part of it is filled. No segment gets two.
#[test]
fn rfc5681_s4_2_a_gap_and_its_end_are_acknowledged_at_once() {
    let mut s = Script::established(Config { delayed_ack: Duration::from_millis(40), ..plain() });
    for (seq, ack) in [(101, 1), (301, 1), (1, 201), (201, 401)] {
        s.arrives(PA, seq, 1, &[0; 100]);
        s.sends(A, 1, Some(ack), 0);
        s.silent();
    }
}
