//! RFC 9293 clause by clause, and RFC 5961, 7323 and 2018 where they change it. Every script begins a few numbers
//! before the wrap of the sequence space, on both sides.

mod common;

use std::time::Duration;

use barewire_tcp::options::Timestamps;
use barewire_tcp::{AckReason, Config, ConnectionEvent, Error, SentNote, SeqNumber, State};
use common::script::*;

// §3.5: opening.

#[test]
fn s3_5_active_open() {
    let mut s = Script::connecting(Config::default());
    s.sends(S, 0, None, 0);
    assert_eq!(s.sent_options.maximum_segment_size, Some(1460));
    assert!(s.sent_options.sack_permitted && s.sent_options.timestamps.is_some());
    assert_eq!(s.sent_options.window_scale, Some(3), "256 KiB need three bits more than 16");
    s.silent();
    s.is(State::SynSent);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.silent();
    s.is(State::Established);
    s.event(ConnectionEvent::Established);
}

#[test]
fn s3_5_passive_open() {
    let mut s = Script::listening(plain());
    s.silent();
    s.arrives(S, 0, 0, b"");
    s.is(State::SynReceived);
    s.sends(SA, 0, Some(1), 0);
    s.arrives(A, 1, 1, b"");
    s.is(State::Established);
    s.event(ConnectionEvent::Established);
    s.silent();
}

#[test]
fn s3_5_simultaneous_open() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(S, 0, 0, b"");
    s.is(State::SynReceived);
    s.sends(SA, 0, Some(1), 0);
    // Figure 8: the peer's SYN-ACK repeats its SYN and acknowledges ours.
    s.arrives(SA, 0, 1, b"");
    s.is(State::Established);
    s.event(ConnectionEvent::Established);
    s.sends(A, 1, Some(1), 0);
    s.arrives(PA, 1, 1, b"hello");
    s.reads(b"hello");
}

#[test]
fn s3_5_the_syn_is_repeated_and_given_up() {
    let mut s = Script::connecting(Config { syn_retries: 3, ..plain() });
    s.sends(S, 0, None, 0);
    for (times, wait) in [(1, 1000), (2, 2000), (3, 4000)] {
        s.waits(wait - 1);
        s.silent();
        s.waits(1);
        s.sends(S, 0, None, 0);
        s.notes(SentNote::TimerRanOut { times, after: Duration::from_millis(wait) });
    }
    s.waits(8000);
    s.silent();
    s.is(State::Closed);
    s.event(ConnectionEvent::TimedOut);
}

#[test]
fn s3_5_a_lost_syn_ack_is_repeated_when_the_syn_is() {
    let mut s = Script::listening(plain());
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.waits(1000);
    s.sends(SA, 0, Some(1), 0);
}

// §3.10.7.2 LISTEN and §3.10.7.3 SYN-SENT.

#[test]
fn s3_10_7_2_listen() {
    let mut s = Script::listening(plain());
    s.arrives(R, 0, 0, b"");
    s.silent();
    s.arrives(A, 0, 77, b"");
    s.sends(R, 77, None, 0);
    s.is(State::Listen);
}

#[test]
fn s3_10_7_3_first_an_unacceptable_ack() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(SA, 0, 2, b"");
    s.sends(R, 2, None, 0);
    s.is(State::SynSent);
    s.arrives(RA, 0, 2, b"");
    s.silent();
    s.is(State::SynSent);
}

#[test]
fn s3_10_7_3_second_a_reset() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(R, 0, 0, b"");
    s.is(State::SynSent);
    s.arrives(RA, 0, 1, b"");
    s.is(State::Closed);
    s.event(ConnectionEvent::Refused);
    s.silent();
}

#[test]
fn s3_10_7_3_fifth_neither_syn_nor_rst() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(A, 0, 1, b"data");
    s.silent();
    s.is(State::SynSent);
}

// §3.10.7.4, step by step.

#[test]
fn s3_10_7_4_first_outside_the_window() {
    let mut s = Script::established(plain());
    let (old, beyond) = (AckReason::Duplicate, AckReason::OutsideWindow);
    for (seq, reason) in [(0, old), (0u32.wrapping_sub(100), old), (70_000, beyond)] {
        s.arrives(PA, seq, 1, b"x");
        s.sends(A, 1, Some(1), 0);
        s.notes(SentNote::Ack(reason));
    }
    // A reset there is not even answered.
    s.arrives(R, 70_000, 0, b"");
    s.silent();
    s.is(State::Established);
}

#[test]
fn s3_10_7_4_first_an_old_duplicate_is_acknowledged_again() {
    let mut s = Script::established(plain());
    s.arrives(PA, 1, 1, b"hello");
    s.sends(A, 1, Some(6), 0);
    s.arrives(PA, 1, 1, b"hello");
    s.sends(A, 1, Some(6), 0);
    s.reads(b"hello");
    // Partly old: the new part counts.
    s.arrives(PA, 3, 1, b"llo, you");
    s.sends(A, 1, Some(11), 0);
    s.reads(b", you");
}

#[test]
fn s3_10_7_4_second_reset_with_the_exact_number() {
    let mut s = Script::established(plain());
    s.arrives(R, 1, 0, b"");
    s.is(State::Closed);
    s.event(ConnectionEvent::Reset);
    s.silent();
    assert_eq!(s.c.write(b"x"), Err(Error::NoConnection));
}

/// RFC 5961 §3.2: a guess that only hits the window is challenged, and ten times a second at most.
#[test]
fn rfc5961_s3_reset_in_the_window() {
    let mut s = Script::established(plain());
    s.arrives(R, 2, 0, b"");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::Challenge));
    s.arrives(R, 3, 0, b"");
    s.silent();
    s.waits(100);
    s.arrives(R, 3, 0, b"");
    s.sends(A, 1, Some(1), 0);
    s.is(State::Established);
}

/// RFC 5961 §4.2.
#[test]
fn rfc5961_s4_syn_in_the_window() {
    let mut s = Script::established(plain());
    s.arrives(S, 5, 0, b"");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::Challenge));
    s.is(State::Established);
}

/// RFC 5961 §5.2.
#[test]
fn rfc5961_s5_ack_from_the_far_past() {
    let mut s = Script::established(plain());
    s.arrives(PA, 1, 1u32.wrapping_sub(60_001), b"evil");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::Challenge));
    s.reads(b"");
}

#[test]
fn s3_10_7_4_second_reset_in_syn_received() {
    let mut s = Script::listening(plain());
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.arrives(R, 1, 0, b"");
    s.event(ConnectionEvent::BackToListen);
}

#[test]
fn s3_10_7_4_fifth_ack_in_syn_received() {
    let mut s = Script::listening(plain());
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.arrives(A, 1, 2, b"");
    s.sends(R, 2, None, 0);
    s.is(State::SynReceived);
    s.arrives(PA, 1, 1, b"data at once");
    s.is(State::Established);
    s.reads(b"data at once");
}

#[test]
fn s3_10_7_4_fifth_ack_of_what_was_never_sent() {
    let mut s = Script::established(plain());
    s.arrives(A, 1, 2, b"");
    s.sends(A, 1, Some(1), 0);
    s.is(State::Established);
}

#[test]
fn s3_10_7_4_fifth_data_with_an_old_ack_number_counts() {
    let mut s = Script::established(plain());
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    s.arrives(A, 1, 11, b"");
    s.arrives(PA, 1, 1, b"reordered");
    s.sends(A, 11, Some(10), 0);
    s.reads(b"reordered");
}

/// SND.WL1 and SND.WL2: a segment that was overtaken does not bring the old window back.
#[test]
fn s3_10_7_4_fifth_the_newest_window_counts() {
    let mut s = Script::established(plain());
    s.window = 100;
    s.arrives(PA, 10, 1, b"later");
    assert_eq!(s.c.variables().snd.wnd, 100);
    s.window = 50_000;
    s.arrives(PA, 1, 1, b"sooner");
    assert_eq!(s.c.variables().snd.wnd, 100, "SEG.SEQ is below SND.WL1");
    s.arrives(A, 12, 1, b"");
    assert_eq!(s.c.variables().snd.wnd, 50_000);
}

#[test]
fn s3_10_7_4_seventh_out_of_order() {
    let mut s = Script::established(plain());
    s.arrives(PA, 4, 1, b"def");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::Gap));
    s.arrives(PA, 1, 1, b"abc");
    s.sends(A, 1, Some(7), 0);
    s.reads(b"abcdef");
}

/// RFC 2018 §4: the block that just grew comes first.
#[test]
fn rfc2018_s4_sack_blocks() {
    let config = Config { sack: true, ..plain() };
    let mut s = Script::connecting(config);
    s.sends(S, 0, None, 0);
    s.options.sack_permitted = true;
    s.arrives(SA, 0, 1, b"");
    s.options.sack_permitted = false;
    s.sends(A, 1, Some(1), 0);
    let irs = SeqNumber(u32::MAX - 5);
    let blocks = |s: &Script| -> Vec<(u32, u32)> {
        s.sent_options.sack.as_slice().iter().map(|(a, b)| (a.since(irs), b.since(irs))).collect()
    };
    s.arrives(PA, 3, 1, b"c");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(blocks(&s), [(3, 4)]);
    s.arrives(PA, 6, 1, b"f");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(blocks(&s), [(6, 7), (3, 4)]);
    s.arrives(PA, 4, 1, b"d");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(blocks(&s), [(3, 5), (6, 7)]);
    s.arrives(PA, 1, 1, b"ab");
    s.sends(A, 1, Some(5), 0);
    assert_eq!(blocks(&s), [(6, 7)]);
}

#[test]
fn s3_10_7_4_eighth_fin_before_its_data() {
    let mut s = Script::established(plain());
    s.arrives(FA, 4, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.is(State::Established);
    s.arrives(PA, 1, 1, b"abc");
    s.is(State::CloseWait);
    s.sends(A, 1, Some(5), 0);
    s.reads(b"abc");
    assert!(s.c.peer_has_closed());
}

// §3.6: closing.

#[test]
fn s3_6_figure_12_normal_close() {
    let mut s = Script::established(plain());
    s.closes();
    s.sends(FA, 1, Some(1), 0);
    s.is(State::FinWait1);
    s.arrives(A, 1, 2, b"");
    s.is(State::FinWait2);
    // Half closed: the peer may still send.
    s.arrives(PA, 1, 2, b"more");
    s.sends(A, 2, Some(5), 0);
    s.reads(b"more");
    s.arrives(FA, 5, 2, b"");
    s.sends(A, 2, Some(6), 0);
    s.is(State::TimeWait);
    // Its FIN again: our ACK was lost.
    s.waits(30_000);
    s.arrives(FA, 5, 2, b"");
    s.sends(A, 2, Some(6), 0);
    s.waits(59_999);
    s.is(State::TimeWait);
    s.waits(1);
    s.is(State::Closed);
}

#[test]
fn s3_6_the_peer_closes_first() {
    let mut s = Script::established(plain());
    s.arrives(FPA, 1, 1, b"bye");
    s.is(State::CloseWait);
    s.sends(A, 1, Some(5), 0);
    s.event(ConnectionEvent::Readable);
    s.event(ConnectionEvent::PeerClosed);
    s.writes(10);
    s.sends(PA, 1, Some(5), 10);
    s.closes();
    s.sends(FA, 11, Some(5), 0);
    s.is(State::LastAck);
    s.arrives(A, 5, 12, b"");
    s.is(State::Closed);
    s.event(ConnectionEvent::Closed);
    s.reads(b"bye");
    assert!(s.c.is_finished());
}

#[test]
fn s3_6_figure_13_simultaneous_close() {
    let mut s = Script::established(plain());
    s.closes();
    s.sends(FA, 1, Some(1), 0);
    s.arrives(FA, 1, 1, b"");
    s.is(State::Closing);
    s.sends(A, 2, Some(2), 0);
    s.arrives(A, 2, 2, b"");
    s.is(State::TimeWait);
}

#[test]
fn s3_6_fin_and_its_ack_in_one() {
    let mut s = Script::established(plain());
    s.closes();
    s.sends(FA, 1, Some(1), 0);
    s.arrives(FA, 1, 2, b"");
    s.is(State::TimeWait);
    s.sends(A, 2, Some(2), 0);
}

#[test]
fn s3_10_4_close_sends_what_was_written_first() {
    let mut s = Script::established(plain());
    s.writes(1500);
    s.closes();
    assert_eq!(s.c.write(b"late"), Err(Error::Closing));
    s.sends(A, 1, Some(1), 1000);
    s.sends(FPA, 1001, Some(1), 500);
    s.is(State::FinWait1);
    s.arrives(A, 1, 1501, b"");
    s.is(State::FinWait1);
    s.arrives(A, 1, 1502, b"");
    s.is(State::FinWait2);
}

#[test]
fn s3_8_1_a_lost_fin_is_repeated() {
    let mut s = Script::established(plain());
    s.closes();
    s.sends(FA, 1, Some(1), 0);
    s.waits(300);
    s.sends(FA, 1, Some(1), 0);
    s.notes(SentNote::TimerRanOut { times: 1, after: Duration::from_millis(300) });
    s.silent();
}

#[test]
fn s3_10_5_abort() {
    let mut s = Script::established(plain());
    s.c.abort();
    s.sends(RA, 1, Some(1), 0);
    s.is(State::Closed);
    s.silent();
}

#[test]
fn s3_6_1_data_for_nobody_is_reset() {
    let mut s = Script::established(plain());
    s.c.abandon(s.now);
    s.sends(FA, 1, Some(1), 0);
    s.arrives(PA, 1, 2, b"anybody?");
    s.sends(RA, 2, Some(1), 0);
    s.is(State::Closed);
}

/// Whoever leaves after closing does not wait for ever for a peer that does not close.
#[test]
fn s3_6_an_abandoned_fin_wait_2_ends() {
    let mut s = Script::established(plain());
    s.c.abandon(s.now);
    s.sends(FA, 1, Some(1), 0);
    s.arrives(A, 1, 2, b"");
    s.is(State::FinWait2);
    s.waits(60_000);
    s.is(State::Closed);
}

// §3.8.6: windows.

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

/// The right edge of the window we offer never moves back, and moves on in steps worth announcing.
#[test]
fn s3_8_6_2_2_our_window_opens_in_steps() {
    let mut s = Script::established(Config { receive_buffer: 4000, ..plain() });
    let data = common::pattern(1000);
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
    }
    s.sends(A, 1, Some(4001), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(s.sent_window, 1460);
    check(&s);
}

// §3.8.6.3: delayed ACKs.

#[test]
fn s3_8_6_3_an_ack_waits_but_not_long() {
    let mut s = Script::established(Config { delayed_ack: Duration::from_millis(40), ..plain() });
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
    let full = common::pattern(1460);
    s.arrives(PA, 3, 4, &full);
    s.silent();
    s.arrives(PA, 1463, 4, &full);
    s.sends(A, 4, Some(2923), 0);
}

/// RFC 5681 §4.2 asks for an ACK at once until the gap is filled. Here 16 segments after it are acknowledged one by one,
/// too, and then the delay is back.
#[test]
fn rfc5681_s4_2_after_a_gap_each_segment_is_acknowledged() {
    let mut s = Script::established(Config { delayed_ack: Duration::from_millis(40), ..plain() });
    s.arrives(PA, 2, 1, b"y");
    s.sends(A, 1, Some(1), 0);
    s.arrives(PA, 1, 1, b"x");
    s.sends(A, 1, Some(3), 0);
    for seq in 3..19 {
        s.arrives(PA, seq, 1, b"z");
        s.sends(A, 1, Some(seq + 1), 0);
    }
    s.arrives(PA, 19, 1, b"z");
    s.silent();
    s.waits(40);
    s.sends(A, 1, Some(20), 0);
}

/// §3.7.4: with Nagle's algorithm a small segment waits while another is out.
#[test]
fn s3_7_4_nagle() {
    for (nagle, second) in [(true, false), (false, true)] {
        let mut s = Script::established(Config { nagle, ..plain() });
        s.writes(10);
        s.sends(PA, 1, Some(1), 10);
        s.writes(10);
        if second {
            s.sends(PA, 11, Some(1), 10);
        } else {
            s.silent();
            s.arrives(A, 1, 11, b"");
            s.sends(PA, 11, Some(1), 10);
        }
    }
}

// §3.7.1: the maximum segment size.

#[test]
fn s3_7_1_without_an_mss_option_536() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.writes(1000);
    s.sends(A, 1, Some(1), 536);
    s.sends(PA, 537, Some(1), 464);
}

// RFC 7323.

fn with_timestamps(recent: u32) -> Script {
    let mut s = Script::connecting(Config { timestamps: true, window_scaling: true, ..plain() });
    s.sends(S, 0, None, 0);
    s.options.timestamps = Some(Timestamps { value: recent, echo: 0 });
    s.options.window_scale = Some(14);
    s.options.maximum_segment_size = Some(1000);
    s.arrives(SA, 0, 1, b"");
    s.options.window_scale = None;
    s.options.maximum_segment_size = None;
    s.sends(A, 1, Some(1), 0);
    s
}

#[test]
fn rfc7323_s2_2_scaling_begins_after_the_syn() {
    let mut s = with_timestamps(10);
    assert_eq!(s.c.variables().snd.wnd, 60_000, "the window of a SYN is not scaled");
    s.window = 3;
    s.arrives(A, 1, 1, b"");
    assert_eq!(s.c.variables().snd.wnd, 3 << 14);
    assert_eq!(s.sent_window, 32_768, "256 KiB, shifted by 3");
}

/// Eighth step: a FIN ends the stream, so text behind it is a contradiction. The text counts, and the stream still
/// has an end.
#[test]
fn s3_10_7_4_eighth_a_fin_in_the_middle_of_text_is_none() {
    let mut s = Script::established(plain());
    s.arrives(FA, 10, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.arrives(PA, 1, 1, b"more than nine bytes");
    s.sends(A, 1, Some(21), 0);
    assert!(!s.c.peer_has_closed(), "the end is not where the FIN said");
    s.reads(b"more than nine bytes");
    s.arrives(FA, 21, 1, b"");
    s.sends(A, 1, Some(22), 0);
    assert!(s.c.peer_has_closed());
    s.is(State::CloseWait);
}

/// RFC 7323 §2.4: a window that is not a multiple of what the shift can say has to be rounded. Up, each ACK gives
/// away a few bytes that there is no room for; a peer that lives on those must come to an end.
#[test]
fn rfc7323_s2_4_rounding_does_not_outgrow_the_buffer() {
    const BUFFER: usize = 1 << 20;
    let mut s = Script::connecting(Config { window_scaling: true, receive_buffer: BUFFER, ..plain() });
    s.sends(S, 0, None, 0);
    s.options.window_scale = Some(0);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    let (large, small) = (common::pattern(10_000), common::pattern(31));
    let mut seq = 1;
    for _ in 0..12_000 {
        let offered = usize::from(s.sent_window) << 5;
        let data = if offered >= large.len() { &large } else { &small };
        s.arrives(PA, seq, 1, data);
        // What was offered is taken.
        let taken = s.c.unread() as u32 - (seq - 1);
        assert!(
            taken as usize >= data.len().min(offered),
            "{taken} of {} taken, {offered} offered",
            data.len()
        );
        seq += taken;
        s.sends(A, 1, Some(seq), 0);
        assert!(s.c.unread() <= BUFFER + BUFFER / 8, "{} bytes wait to be read", s.c.unread());
    }
    assert!(s.c.unread() >= BUFFER, "only {} bytes were taken", s.c.unread());
    let mut everything = vec![0; 2 * BUFFER];
    assert_eq!(s.c.read(&mut everything), seq as usize - 1);
    s.sends(A, 1, Some(seq), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(usize::from(s.sent_window) << 5, BUFFER);
}

#[test]
fn rfc7323_s3_2_timestamps_are_echoed_and_cost_payload() {
    let mut s = with_timestamps(10);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(10));
    s.writes(1000);
    s.sends(A, 1, Some(1), 988);
    // A segment without them, once agreed on, is dropped.
    s.options.timestamps = None;
    s.arrives(PA, 1, 1, b"no clock");
    s.reads(b"");
}

/// RFC 7323 §5.3, PAWS: an old duplicate from before the numbers wrapped.
#[test]
fn rfc7323_s5_3_an_old_timestamp_is_refused() {
    let mut s = with_timestamps(1000);
    s.options.timestamps = Some(Timestamps { value: 999, echo: 0 });
    s.arrives(PA, 1, 1, b"old");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::OldTimestamp));
    s.reads(b"");
    s.options.timestamps = Some(Timestamps { value: 1001, echo: 0 });
    s.arrives(PA, 1, 1, b"new");
    s.reads(b"new");
}

#[test]
fn rfc7323_s4_3_the_echoed_value_is_that_of_the_left_edge() {
    let mut s = with_timestamps(10);
    s.options.timestamps = Some(Timestamps { value: 20, echo: 0 });
    s.arrives(PA, 5, 1, b"early");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(10), "what leaves a gap does not count");
    s.options.timestamps = Some(Timestamps { value: 30, echo: 0 });
    s.arrives(PA, 1, 1, b"fill");
    s.sends(A, 1, Some(10), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(30));
}
