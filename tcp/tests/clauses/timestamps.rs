//! Scaled windows and timestamps: RFC 7323.

use std::time::Duration;

use barewire_tcp::options::Timestamps;
use barewire_tcp::{AckReason, Config, ConnectionEvent, SentNote, State};

use crate::common::pattern;
use crate::common::script::*;

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
    s.window = 60_000;
    s.arrives(A, 1, 1, b"");
    assert_eq!(s.c.variables().snd.wnd, 983_040_000, "RFC 9293 §3.1: 32 bits, without a sign");
    assert_eq!(s.sent_window, 32_768, "256 KiB, shifted by 3");
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
    let (large, small) = (pattern(10_000), pattern(31));
    let (mut seq, mut edge) = (1, 0);
    for _ in 0..12_000 {
        let offered = usize::from(s.sent_window) << 5;
        let data = if offered >= large.len() { &large } else { &small };
        s.arrives(PA, seq, 1, data);
        // What was ever offered is taken: the edge is not where the last ACK said, but where the widest did.
        edge = edge.max(seq as usize + offered);
        let (taken, room) = (s.c.unread() as u32 - (seq - 1), edge - seq as usize);
        assert!(taken as usize >= data.len().min(room), "{taken} of {} taken, room for {room}", data.len());
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
    s.sends(PA, 989, Some(1), 12);
    // A segment without them, once agreed on, is dropped in silence. It does no other harm.
    s.options.timestamps = None;
    s.arrives(PA, 1, 1, b"no clock");
    s.reads(b"");
    s.silent();
    s.is(State::Established);
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

/// §5.3: so it is in each synchronized state. Nothing old moves the connection on: not the FIN in FIN-WAIT-2, and not
/// the ACK of our FIN in the three states that wait for it.
#[test]
fn rfc7323_s5_3_an_old_timestamp_moves_no_state() {
    let cases =
        [(State::FinWait1, A, 1), (State::FinWait2, FA, 1), (State::Closing, A, 2), (State::LastAck, A, 2)];
    for (state, flags, seq) in cases {
        let mut s = with_timestamps(1000);
        if state == State::LastAck {
            s.arrives(FA, 1, 1, b"");
        }
        s.closes();
        s.skip();
        if state == State::FinWait2 {
            s.arrives(A, 1, 2, b"");
        }
        if state == State::Closing {
            s.arrives(FA, 1, 1, b"");
        }
        s.skip();
        s.is(state);
        s.options.timestamps = Some(Timestamps { value: 999, echo: 0 });
        s.arrives(flags, seq, 2, b"");
        s.sends(A, 2, Some(seq), 0);
        s.notes(SentNote::Ack(AckReason::OldTimestamp));
        s.is(state);
        s.options.timestamps = Some(Timestamps { value: 1000, echo: 0 });
        s.arrives(flags, seq, 2, b"");
        assert_ne!(s.c.state(), state);
    }
}

/// §5.5: after 24 days the peer's clock has wrapped, perhaps. The age of TS.Recent counts, and not that of the last
/// segment: one that leaves a gap does not renew TS.Recent.
#[test]
fn rfc7323_s5_5_an_outdated_timestamp_does_not_count() {
    let mut s = with_timestamps(1000);
    let later = 1000 + (1 << 31) + 1000;
    for (days, taken) in [(20, false), (5, true)] {
        s.now += Duration::from_secs(days * 86_400);
        s.options.timestamps = Some(Timestamps { value: later, echo: 0 });
        s.arrives(PA, 5, 1, b"early");
        s.sends(A, 1, Some(1), 0);
        assert_eq!(s.c.variables().out_of_order > 0, taken, "after {days} days more");
    }
    s.options.timestamps = Some(Timestamps { value: later + 1, echo: 0 });
    s.arrives(PA, 1, 1, b"fill");
    s.sends(A, 1, Some(10), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(later + 1));
    s.reads(b"fillearly");
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
    // §5.3: what had to wait is not judged again, though its timestamp is the older one by now.
    s.reads(b"fillearly");
}

/// In a connection that is a day old anybody can guess an echo. So a copy does not move TS.Recent further than the
/// peer's clock can have gone since it was last heard in the window: else one forged segment, whatever its number,
/// would make everything old that the peer really sends.
#[test]
fn rfc7323_s4_3_a_forged_copy_does_not_make_the_peer_old() {
    let mut s = with_timestamps(10);
    let ours = s.sent_options.timestamps.expect("agreed on").value;
    s.waits(24 * 3600 * 1000);
    let peers = 10 + 24 * 3600 * 1000;
    s.options.timestamps = Some(Timestamps { value: peers, echo: ours });
    s.arrives(PA, 1, 1, b"text");
    s.sends(A, 1, Some(5), 0);
    for ahead in [1001, 1_000_000, 1 << 31] {
        s.options.timestamps = Some(Timestamps { value: peers.wrapping_add(ahead), echo: ours });
        s.arrives(A, 0u32.wrapping_sub(1_000_000), 1, b"");
        s.waits(1000);
        s.skip();
    }
    s.options.timestamps = Some(Timestamps { value: peers + 3000, echo: ours });
    s.arrives(PA, 5, 1, b"more");
    s.sends(A, 1, Some(9), 0);
    s.reads(b"textmore");
}

/// What came before comes again, because our ACKs were lost: the next one tells the peer how long this copy took. A
/// copy that echoes what our clock has never shown is forged, and leaves no trace.
#[test]
fn rfc7323_s4_3_the_timestamp_of_a_copy_is_echoed_if_it_echoes_ours() {
    let mut s = with_timestamps(10);
    let ours = s.sent_options.timestamps.expect("agreed on").value;
    for (value, seq) in [(20, 1), (21, 5)] {
        s.options.timestamps = Some(Timestamps { value, echo: ours });
        s.arrives(PA, seq, 1, b"text");
        s.sends(A, 1, Some(seq + 4), 0);
    }
    s.waits(30_000);
    for (value, echo, wanted) in [(40_000, ours.wrapping_sub(1), 21), (30_020, ours, 30_020)] {
        s.options.timestamps = Some(Timestamps { value, echo });
        s.arrives(PA, 1, 1, b"text");
        s.sends(A, 1, Some(9), 0);
        assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(wanted), "a copy that echoes {echo}");
    }
    // Nor has our clock shown what is still to come.
    let later = s.sent_options.timestamps.expect("agreed on").value.wrapping_add(1);
    s.options.timestamps = Some(Timestamps { value: 50_000, echo: later });
    s.arrives(PA, 1, 1, b"text");
    s.sends(A, 1, Some(9), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(30_020), "a copy from the future");
}

/// The options of a SYN of ours, after a peer's SYN with this shift if it opens.
fn offered(config: Config, theirs: Option<Option<u8>>) -> Script {
    let mut s = if theirs.is_some() { Script::listening(config) } else { Script::connecting(config) };
    if let Some(shift) = theirs {
        s.options.window_scale = shift;
        s.arrives(S, 0, 0, b"");
        s.sends(SA, 0, Some(1), 0);
    } else {
        s.sends(S, 0, None, 0);
    }
    s
}

/// RFC 7323 §2.2 and §2.3: a shift is offered though it is 0, and it is never more than 14.
#[test]
fn rfc7323_s2_3_the_shift_is_that_of_the_buffer() {
    for (receive_buffer, shift) in [(1000, 0), (65_535, 0), (65_536, 1), (1 << 30, 14), (1 << 40, 14)] {
        let config = Config { window_scaling: true, receive_buffer, ..plain() };
        assert_eq!(offered(config, None).sent_options.window_scale, Some(shift));
        assert_eq!(offered(config, Some(Some(7))).sent_options.window_scale, Some(shift), "in a SYN-ACK");
        assert_eq!(
            offered(config, Some(None)).sent_options.window_scale,
            None,
            "not where the peer has none"
        );
    }
}

/// RFC 7323 §2.2 and §2.3: where one SYN has no shift, neither direction is scaled. In another segment it means
/// nothing.
#[test]
fn rfc7323_s2_3_both_or_none() {
    for (ours, theirs) in [(false, Some(5)), (true, None), (false, None)] {
        let mut s = offered(Config { window_scaling: ours, ..plain() }, None);
        s.options.window_scale = theirs;
        s.arrives(SA, 0, 1, b"");
        s.options.window_scale = Some(9);
        s.arrives(PA, 1, 1, b"text");
        s.sends(A, 1, Some(5), 0);
        assert_eq!((s.c.variables().snd.wnd, s.sent_window), (60_000, 65_535), "{ours} {theirs:?}");
    }
}

/// RFC 7323 §2.3: a shift of more than 14 is a mistake of the peer's, and counts as 14.
#[test]
fn rfc7323_s2_3_no_shift_of_more_than_14() {
    for shift in [15, 31, 32, 255] {
        let mut s = offered(Config { window_scaling: true, ..plain() }, None);
        s.options.window_scale = Some(shift);
        s.arrives(SA, 0, 1, b"");
        s.window = 3;
        s.arrives(A, 1, 1, b"");
        assert_eq!(s.c.variables().snd.wnd, 3 << 14);
    }
}

/// RFC 7323 §3.2: from the SYN on every segment has them. The first SYN has nothing to echo.
#[test]
fn rfc7323_s3_2_every_segment_carries_them() {
    let mut s = Script::connecting(Config { timestamps: true, ..plain() });
    s.sends(S, 0, None, 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(0));
    s.options.timestamps = Some(Timestamps { value: 77, echo: 0 });
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(77));
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(77));
    s.waits(2000);
    s.sends(PA, 1, Some(1), 10);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(77), "again");
    s.closes();
    s.arrives(A, 1, 11, b"");
    s.sends(FA, 11, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(77));
    s.arrives(R, 2, 0, b"");
    s.sends(A, 12, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(77), "a challenge");
}

/// RFC 7323 §3.2: where they were not agreed on they mean nothing, and are not answered. The first SYN echoes nothing,
/// whatever stands there.
#[test]
fn rfc7323_s3_2_what_was_not_agreed_is_ignored() {
    let mut s = Script::established(plain());
    for value in [1000, 0x9000_0000, 1] {
        s.options.timestamps = Some(Timestamps { value, echo: value });
        let seq = s.c.variables().rcv.nxt.since(s.c.variables().rcv.irs);
        s.arrives(PA, seq, 1, b"text");
        s.sends(A, 1, Some(seq + 4), 0);
        assert_eq!(s.sent_options.timestamps, None);
        s.reads(b"text");
    }
    let mut s = Script::listening(Config { timestamps: true, ..plain() });
    s.options.timestamps = Some(Timestamps { value: 5, echo: 0u32.wrapping_sub(100) });
    s.arrives(S, 0, 0, b"");
    assert_eq!(s.c.variables().srtt, None);
    s.sends(SA, 0, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(5));
}

/// RFC 7323 §4.1 and §5.4: the clock ticks each millisecond, so it comes round in 49 days.
#[test]
fn rfc7323_s5_4_the_clock_ticks_each_millisecond() {
    let mut s = with_timestamps(10);
    let answer = |s: &mut Script| {
        s.arrives(A, 70_000_000, 1, b"x");
        s.sends(A, 1, Some(1), 0);
    };
    answer(&mut s);
    let first = s.sent_options.timestamps.unwrap().value;
    for seconds in [1u64, 60, 86_400, 30 * 86_400] {
        let before = s.sent_options.timestamps.unwrap().value;
        s.now += Duration::from_secs(seconds);
        answer(&mut s);
        let ticks = s.sent_options.timestamps.unwrap().value.wrapping_sub(before);
        assert_eq!(u64::from(ticks), 1000 * seconds);
    }
    assert_ne!(s.sent_options.timestamps.unwrap().value, first);
}

/// RFC 7323 §4.3 (A): an ACK that was delayed echoes the first of the segments that it answers, so the sender measures
/// the delay, too.
#[test]
fn rfc7323_s4_3_a_delayed_ack_echoes_the_first_segment() {
    let mut s =
        Script::connecting(Config { timestamps: true, delayed_ack: Duration::from_millis(40), ..plain() });
    s.sends(S, 0, None, 0);
    s.options.timestamps = Some(Timestamps { value: 10, echo: 0 });
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    for (n, value) in [(0, 20), (1, 30)] {
        s.options.timestamps = Some(Timestamps { value, echo: 0 });
        s.arrives(PA, 1 + 100 * n, 1, &[0; 100]);
        s.silent();
    }
    s.waits(40);
    s.sends(A, 1, Some(201), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(20));
}

/// RFC 7323 §5.2: a reset counts by its number alone, and its timestamp leaves no trace.
#[test]
fn rfc7323_s5_2_the_timestamp_of_a_reset_means_nothing() {
    let mut s = with_timestamps(1000);
    s.options.timestamps = Some(Timestamps { value: 2_000_000, echo: 0 });
    s.arrives(R, 2, 0, b"");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::Challenge));
    s.options.timestamps = Some(Timestamps { value: 1001, echo: 0 });
    s.arrives(PA, 1, 1, b"x");
    s.sends(A, 1, Some(2), 0);
    s.reads(b"x");
    for timestamps in [None, Some(Timestamps { value: 5, echo: 0 })] {
        let mut s = with_timestamps(1000);
        s.skip();
        s.options.timestamps = timestamps;
        s.arrives(R, 1, 0, b"");
        s.is(State::Closed);
        s.event(ConnectionEvent::Reset);
    }
}

/// RFC 7323 §5.3: first the timestamp is looked at, and then the number.
#[test]
fn rfc7323_s5_3_the_timestamp_comes_before_the_number() {
    let mut s = with_timestamps(1000);
    s.options.timestamps = Some(Timestamps { value: 999, echo: 0 });
    s.arrives(PA, 1_000_000, 1, b"old, and outside of the window");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::OldTimestamp));
}
