//! Windows: the peer's is kept to and probed, ours opens in steps (RFC 9293 §3.8.6).

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::options::Options;
use barewire_tcp::{AckReason, Config, ConnectionEvent, SentNote, State};

use crate::common::pattern;
use crate::common::script::*;

#[test]
fn s3_8_6_the_peers_window_is_kept_to() {
    let mut s = Script::established(plain());
    s.window = 1500;
    s.arrives(A, 1, 1, b"");
    s.writes(5000);
    s.sends(A, 1, Some(1), 1000);
    // §3.8.6.2.1: 500 bytes more would fit, a silly segment.
    s.silent();
    s.arrives(A, 1, 1001, b"");
    s.sends(A, 1001, Some(1), 1000);
    s.silent();
}

#[test]
fn s3_8_6_1_a_closed_window_is_probed() {
    let mut s = Script::established(plain());
    s.window = 0;
    s.arrives(A, 1, 1, b"");
    s.writes(2000);
    s.silent();
    for (wait, ack) in [(300, 1), (600, 1), (1200, 1)] {
        s.waits(wait - 1);
        s.silent();
        s.waits(1);
        s.sends(A, 1, Some(1), 1);
        s.notes(SentNote::WindowProbe);
        s.arrives(A, 1, ack, b"");
        s.silent();
    }
    // For an hour the peer answers, and is not given up.
    for _ in 0..40 {
        s.waits(100_000);
        s.skip();
        s.arrives(A, 1, 1, b"");
    }
    s.is(State::Established);
    s.window = 60_000;
    s.arrives(A, 1, 2, b"");
    s.sends(A, 2, Some(1), 1000);
    s.sends(PA, 1002, Some(1), 999);
    s.silent();
}

#[test]
fn s3_8_6_1_a_probed_peer_that_is_gone_is_given_up() {
    let mut s = Script::established(Config { retries: 5, ..plain() });
    s.window = 0;
    s.arrives(A, 1, 1, b"");
    s.writes(1);
    s.silent();
    for _ in 0..5 {
        s.waits(100_000);
        s.sends(PA, 1, Some(1), 1);
    }
    s.waits(100_000);
    s.is(State::Closed);
    s.event(ConnectionEvent::TimedOut);
}

/// The one byte there is was the probe's, and was dropped: it is sent again when the window opens.
#[test]
fn s3_8_6_1_a_dropped_probe_is_repeated() {
    let mut s = Script::established(plain());
    s.window = 0;
    s.arrives(A, 1, 1, b"");
    s.writes(1);
    s.silent();
    s.waits(300);
    s.sends(PA, 1, Some(1), 1);
    s.arrives(A, 1, 1, b"");
    s.window = 1000;
    s.arrives(A, 1, 1, b"");
    s.sends(PA, 1, Some(1), 1);
    assert!(s.c.deadline().is_some());
    s.arrives(A, 1, 2, b"");
    assert_eq!(s.c.deadline(), None);
}

/// §3.8.6.2.1: the byte of the probe fills a segment together with the text after it. Alone it would take one byte from
/// a window of one segment, and the rest would be too little to leave before a timer says so.
#[test]
fn s3_8_6_2_1_a_dropped_probe_goes_out_again_with_the_text_after_it() {
    let mut s = Script::established(Config { congestion: CongestionControl::Reno, ..plain() });
    s.writes(4000);
    for n in 0..3 {
        s.sends(A, 1 + 1000 * n, Some(1), 1000);
    }
    s.sends(PA, 3001, Some(1), 1000);
    s.window = 0;
    s.arrives(A, 1, 4001, b"");
    s.writes(1500);
    s.silent();
    s.waits(400);
    s.sends(A, 4001, Some(1), 1);
    s.arrives(A, 1, 4001, b"");
    s.window = 1000;
    s.arrives(A, 1, 4001, b"");
    s.sends(A, 4001, Some(1), 1000);
    s.notes(SentNote::WindowOpened);
    s.silent();
    s.arrives(A, 1, 5001, b"");
    s.sends(PA, 5001, Some(1), 500);
    s.arrives(A, 1, 5501, b"");
    assert_eq!(s.c.deadline(), None, "all is acknowledged");
    // Where the FIN follows, it follows at once.
    s.window = 0;
    s.arrives(A, 1, 5501, b"");
    s.writes(10);
    s.c.close();
    s.silent();
    s.waits(400);
    s.sends(A, 5501, Some(1), 1);
    s.arrives(A, 1, 5501, b"");
    s.window = 1000;
    s.arrives(A, 1, 5501, b"");
    s.sends(PA, 5501, Some(1), 10);
    s.sends(FA, 5511, Some(1), 0);
}

#[test]
fn s3_8_6_1_a_probe_is_answered_and_its_ack_read() {
    let mut s = Script::established(Config { receive_buffer: 4, ..plain() });
    s.arrives(PA, 1, 1, b"four");
    s.sends(A, 1, Some(5), 0);
    assert_eq!(s.sent_window, 0);
    s.writes(1);
    s.sends(PA, 1, Some(5), 1);
    s.arrives(PA, 5, 2, b"p");
    s.sends(A, 2, Some(5), 0);
    assert_eq!(s.c.variables().snd.una.since(s.c.variables().snd.iss), 2, "the probe's ACK was read");
    s.reads(b"four");
    s.sends(A, 2, Some(5), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(s.sent_window, 4);
    s.arrives(PA, 5, 2, b"p");
    s.reads(b"p");
}

/// A FIN needs no room: it is taken where the window is closed, alone and behind the text that has closed it.
#[test]
fn s3_10_7_4_a_fin_into_a_closed_window() {
    for alone in [false, true] {
        let mut s = Script::established(Config { receive_buffer: 4, ..plain() });
        s.arrives(if alone { PA } else { FPA }, 1, 1, b"four");
        if alone {
            s.sends(A, 1, Some(5), 0);
            assert_eq!(s.sent_window, 0);
            s.arrives(FA, 5, 1, b"");
        }
        s.sends(A, 1, Some(6), 0);
        s.is(State::CloseWait);
        s.reads(b"four");
    }
    // But not behind text that has no room.
    let mut s = Script::established(Config { receive_buffer: 4, ..plain() });
    s.arrives(FPA, 1, 1, b"fours");
    s.sends(A, 1, Some(5), 0);
    s.is(State::Established);
}

/// The right edge of the window we offer never moves back, and moves on in steps worth announcing.
#[test]
fn s3_8_6_2_2_our_window_opens_in_steps() {
    let mut s = Script::established(Config { receive_buffer: 4000, ..plain() });
    let data = pattern(1000);
    let mut edge = 0;
    let mut check = |s: &Script| {
        let now = s.c.variables().rcv.nxt.since(s.c.variables().rcv.irs) + u32::from(s.sent_window);
        assert!(now >= edge, "the edge went from {edge} back to {now}");
        edge = now;
    };
    for i in 0..4 {
        s.arrives(PA, 1 + 1000 * i, 1, &data);
        s.sends(A, 1, Some(1001 + 1000 * i), 0);
        check(&s);
    }
    assert_eq!(s.sent_window, 0);
    let mut byte = [0; 1];
    for read in 1..=1460 {
        s.c.read(&mut byte);
        if read < 1460 {
            s.silent();
        }
        if read == 700 {
            // A probe: the answer does not offer a window of 700 bytes either.
            s.arrives(PA, 4001, 1, b"?");
            s.sends(A, 1, Some(4001), 0);
            assert_eq!(s.sent_window, 0);
        }
    }
    s.sends(A, 1, Some(4001), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(s.sent_window, 1460);
    check(&s);
}

/// After a small window, too, the first read that makes room for a segment is told, and no read before.
#[test]
fn s3_8_6_2_2_our_small_window_opens_with_room_for_a_segment() {
    let mut s = Script::established(Config { receive_buffer: 8000, ..plain() });
    s.arrives(PA, 1, 1, &pattern(7000));
    s.sends(A, 1, Some(7001), 0);
    assert_eq!(s.sent_window, 1000, "less than a segment is left");
    let mut byte = [0; 1];
    for _ in 1..1460 {
        s.c.read(&mut byte);
        s.silent();
    }
    s.c.read(&mut byte);
    s.sends(A, 1, Some(7001), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(s.sent_window, 2460);
    // Once there is room for a segment, reads are told when half of the buffer is free, or by the next ACK.
    for _ in 1..4000 {
        s.c.read(&mut byte);
        s.silent();
    }
    s.c.read(&mut byte);
    s.sends(A, 1, Some(7001), 0);
    assert_eq!(s.sent_window, 6460);
}

/// Where the buffer may grow far, the window can only be told in large steps (RFC 7323 §2.2): a read that makes room
/// for less is not told. An ACK for it would tell of a closed window once more.
#[test]
fn s3_8_6_2_2_an_update_says_something_new() {
    let config = Config { receive_buffer: 20_000, receive_buffer_max: 1 << 30, ..plain() };
    let mut s = Script::connecting(Config { window_scaling: true, ..config });
    s.sends(S, 0, None, 0);
    s.options.window_scale = Some(0);
    s.arrives(SA, 0, 1, b"");
    s.options = Options::default();
    s.sends(A, 1, Some(1), 0);
    assert_eq!(s.sent_window << 14, 16_384);
    for i in 0..21 {
        s.arrives(PA, 1 + 1024 * i, 1, &pattern(1024));
        s.sends(A, 1, Some(1025 + 1024 * i), 0);
    }
    assert_eq!((s.sent_window, s.c.variables().rcv.wnd), (0, 0));
    // 21,504 bytes are unread in a buffer of 20,000: to round up has given some away. A step is 16,384 bytes of room.
    let mut byte = [0; 1];
    for _ in 1..17_888 {
        s.c.read(&mut byte);
        s.silent();
    }
    s.c.read(&mut byte);
    s.sends(A, 1, Some(21_505), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(s.sent_window, 1);
}

/// §3.8.6, MUST-35 and SHLD-17: a window that shrinks to nothing over text in flight is probed like any other, and does
/// not end the connection.
#[test]
fn s3_8_6_a_window_that_shrinks_to_nothing_is_probed() {
    let mut s = Script::established(plain());
    s.writes(5000);
    for n in 0..5 {
        s.sends(if n == 4 { PA } else { A }, 1 + 1000 * n, Some(1), 1000);
    }
    s.window = 0;
    s.arrives(A, 1, 1001, b"");
    s.silent();
    for _ in 0..40 {
        s.waits(120_000);
        s.sends(A, 1001, Some(1), 1);
        s.notes(SentNote::WindowProbe);
        s.arrives(A, 1, 1001, b"");
        s.silent();
    }
    s.is(State::Established);
    s.window = 60_000;
    s.arrives(A, 1, 1001, b"");
    // In the pieces in which it first left.
    s.sends(A, 1001, Some(1), 1000);
    s.sends(A, 2001, Some(1), 1000);
}

/// §3.10.7.4: the peer refuses what lies beyond a window that it has closed, also an ACK without text. So that has the
/// number of the window's edge, and a reset does: not that after the byte of a probe.
#[test]
fn s3_10_7_4_an_ack_lies_in_the_closed_window() {
    for resets in [false, true] {
        let mut s = Script::established(plain());
        s.window = 0;
        s.arrives(A, 1, 1, b"");
        s.writes(1000);
        s.silent();
        s.waits(300);
        s.sends(A, 1, Some(1), 1);
        s.notes(SentNote::WindowProbe);
        s.arrives(PA, 1, 1, b"text");
        s.sends(A, 1, Some(5), 0);
        if resets {
            s.c.abort();
            s.sends(RA, 1, Some(5), 0);
            continue;
        }
        s.window = 60_000;
        s.arrives(A, 5, 1, b"");
        s.sends(PA, 1, Some(5), 1000);
        s.arrives(PA, 5, 1, b"text");
        s.sends(A, 1001, Some(9), 0);
    }
}

/// The same where a window shrinks over text in flight. Where it has only been rounded down (RFC 7323 §2.4) the number
/// stays.
#[test]
fn s3_10_7_4_an_ack_lies_in_a_window_that_has_shrunk() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 5);
    s.window = 1500;
    s.arrives(A, 1, 2001, b"");
    s.arrives(PA, 1, 2001, b"text");
    s.sends(A, 3501, Some(5), 0);
    for (window, number) in [(23, 5001), (22, 2001 + 22 * 128), (0, 2001)] {
        let mut s = Script::connecting(Config { window_scaling: true, ..plain() });
        s.sends(S, 0, None, 0);
        s.options = Options { window_scale: Some(7), maximum_segment_size: Some(1000), ..Options::default() };
        s.arrives(SA, 0, 1, b"");
        s.options = Options::default();
        s.sends(A, 1, Some(1), 0);
        s.sends_thousands(1, 5);
        s.window = window;
        s.arrives(A, 1, 2001, b"");
        s.arrives(PA, 1, 2001, b"text");
        s.sends(A, number, Some(5), 0);
    }
}
