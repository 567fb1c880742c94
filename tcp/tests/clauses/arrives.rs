//! SEGMENT ARRIVES in the synchronized states, step by step: RFC 9293 §3.10.7.4; and the SACK blocks of RFC 2018.

use barewire_tcp::{AckReason, Config, ConnectionEvent, Error, Flags, SentNote, SeqNumber, State};

use crate::common::script::*;

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

#[test]
fn s3_10_7_4_fifth_ack_of_what_was_never_sent() {
    let mut s = Script::established(plain());
    s.arrives(A, 1, 2, b"");
    s.sends(A, 1, Some(1), 0);
    s.is(State::Established);
    s.arrives(PA, 1, 2, b"text beside it");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::NeverSent));
    s.reads(b"");
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

/// RFC 2018 §4: the blocks that were reported last are repeated, so that each stands in three ACKs at least. Two of
/// them may get lost.
#[test]
fn rfc2018_s4_a_block_is_reported_three_times() {
    let mut s = Script::with_sack(Config { timestamps: true, ..plain() });
    let mut reports: Vec<Vec<(u32, u32)>> = Vec::new();
    for gap in 1..=8 {
        s.arrives(A, 10 * gap, 1, b"text");
        s.sends(A, 1, Some(1), 0);
        reports.push(s.reported());
    }
    let block = |gap: u32| (10 * gap, 10 * gap + 4);
    assert_eq!(reports[7], [block(8), block(7), block(6)]);
    for gap in 1..=6 {
        assert_eq!(reports.iter().filter(|blocks| blocks.contains(&block(gap))).count(), 3, "block {gap}");
    }
    // What joins two blocks makes one of them. After it the others follow as before.
    s.arrives(A, 64, 1, b"joined");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(s.reported(), [(60, 74), block(8), block(5)]);
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

/// §3.4, MUST-66: a reset counts though the window is closed.
#[test]
fn s3_4_a_reset_counts_with_the_window_closed() {
    let mut s = Script::established(Config { receive_buffer: 4, ..plain() });
    s.arrives(PA, 1, 1, b"four");
    s.sends(A, 1, Some(5), 0);
    assert_eq!(s.sent_window, 0);
    s.arrives(R, 6, 0, b"");
    s.is(State::Established);
    s.arrives(R, 5, 0, b"");
    s.is(State::Closed);
    s.event(ConnectionEvent::Readable);
    s.event(ConnectionEvent::Reset);
}

/// §3.5.3, SHLD-2: the text of a reset may say why. The reset counts, and the text is not part of the stream.
#[test]
fn s3_5_3_a_reset_may_carry_text() {
    let mut s = Script::established(plain());
    s.arrives(RA, 1, 1, b"the server is full");
    s.is(State::Closed);
    s.event(ConnectionEvent::Reset);
    s.reads(b"");
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(RA, 0, 1, b"the server is full");
    s.event(ConnectionEvent::Refused);
}

/// §3.10.7.4, MUST-58 and MUST-59: segments that have come at once are all read, and then get one ACK.
#[test]
fn s3_10_7_4_segments_that_have_come_at_once_get_one_ack() {
    let mut s = Script::established(plain());
    for n in 0..5 {
        s.arrives(A, 1 + 1000 * n, 1, &[0; 1000]);
    }
    s.sends(A, 1, Some(5001), 0);
    s.silent();
}

/// §3.8.5: what the peer calls urgent is text like any other. (RFC 6093 §2.1: it belongs in the stream.)
#[test]
fn s3_8_5_urgent_text_stays_in_the_stream() {
    let mut s = Script::established(plain());
    for (seq, text) in [(1, b"one"), (4, b"two")] {
        s.arrives(Flags::URG | PA, seq, 1, text);
        s.sends(A, 1, Some(seq + 3), 0);
    }
    s.reads(b"onetwo");
}
