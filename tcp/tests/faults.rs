//! Faults that a stack has had, one test each, by the clause that each breaks: forged segments that leave a trace,
//! timers that run out for nothing, ends that answer each other for ever. A megabyte at 20 % loss: `heavy_loss.rs`.

mod common;

use std::time::{Duration, Instant};

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::fast_open::Plan;
use barewire_tcp::options::{Cookie, Options, Timestamps};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{
    AckReason, Config, Connection, ConnectionEvent, IcmpError, Open, ResetReason, Segment, SentNote,
    SeqNumber, State,
};
use common::script::*;

/// Both ends use timestamps; the peer's is `recent`.
fn with_timestamps(recent: u32) -> Script {
    let mut s = Script::connecting(Config { timestamps: true, ..plain() });
    s.sends(S, 0, None, 0);
    s.options = Options {
        timestamps: Some(Timestamps { value: recent, echo: 0 }),
        maximum_segment_size: Some(1000),
        ..Options::default()
    };
    s.arrives(SA, 0, 1, b"");
    s.options.maximum_segment_size = None;
    s.sends(A, 1, Some(1), 0);
    s
}

/// RFC 7323 §4.3 and RFC 5961 §5.2: the ACK of a segment is refused, so its timestamp must not be kept. Kept, it would
/// make everything old that the peer really sends.
#[test]
fn rfc7323_s4_3_a_refused_segment_leaves_no_timestamp() {
    let mut s = with_timestamps(200);
    for ack in [9999, 1u32.wrapping_sub(100_000)] {
        s.options.timestamps = Some(Timestamps { value: 200_000, echo: 0 });
        s.arrives(A, 1, ack, b"x");
        s.waits(1000);
        s.skip();
    }
    s.options.timestamps = Some(Timestamps { value: 1201, echo: 0 });
    let text = common::pattern(1000);
    s.arrives(PA, 1, 1, &text);
    s.sends(A, 1, Some(1001), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(1201));
    s.reads(&text);
}

/// RFC 7323 §5.5: after 24 days of silence the peer's clock has passed its sign bit, and looks older than it was. The
/// connection would freeze.
#[test]
fn rfc7323_s5_5_a_silence_that_outlasts_timestamps() {
    const DAY: u64 = 24 * 3600 * 1000;
    for (days, counts) in [(23, false), (25, true)] {
        let mut s = with_timestamps(200);
        s.arrives(A, 1, 1, b"");
        s.waits(days * DAY);
        let value = 200 + (1 << 31) + 5;
        s.options.timestamps = Some(Timestamps { value, echo: 0 });
        s.arrives(PA, 1, 1, b"alive");
        s.sends(A, 1, Some(if counts { 6 } else { 1 }), 0);
        assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(if counts { value } else { 200 }));
    }
}

/// RFC 6298 §2: on a steady path of 200 ms the peer holds back one ACK for 40 ms more. That is not a loss.
#[test]
fn rfc6298_s2_4_a_held_back_ack_is_not_a_loss() {
    let mut s = Script::established(plain());
    // Long enough that nothing is left of the variance: the margin alone covers the delay.
    for i in 0..40 {
        s.sends_thousands(1 + 1000 * i, 1);
        s.waits(200);
        s.arrives(A, 1, 1001 + 1000 * i, b"");
    }
    s.sends_thousands(40_001, 1);
    s.waits(240);
    s.silent();
    s.arrives(A, 1, 41_001, b"");
    s.silent();
    assert!(s.c.variables().cwnd >= 10_000);
}

/// RFC 6298 §5: the timer covers a fast retransmission from its own departure on.
#[test]
fn rfc6298_s5_1_the_timer_starts_again_at_a_fast_retransmission() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 5);
    s.waits(250);
    for _ in 0..3 {
        s.arrives(A, 1, 1, b"");
    }
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::FastRetransmission);
    s.waits(299);
    s.silent();
    s.arrives(A, 1, 5001, b"");
    s.silent();
}

/// RFC 5961 §7: segments that should not have come get few answers.
#[test]
fn rfc5961_s7_few_answers() {
    let cases: [(u32, u32, &[u8], usize); 4] =
        [(70_000, 1, b"", 1), (1, 5000, b"", 1), (70_000, 1, b"x", 16), (1, 5000, b"x", 16)];
    for (seq, ack, text, most) in cases {
        let mut s = Script::established(plain());
        let mut answers = 0;
        for _ in 0..20 {
            s.arrives(A, seq, ack, text);
            answers += std::iter::from_fn(|| s.c.transmit(s.now)).count();
            s.waits(1);
        }
        assert_eq!(answers, most, "seq {seq} ack {ack} and {} bytes", text.len());
    }
    let mut s = with_timestamps(1000);
    s.options.timestamps = Some(Timestamps { value: 999, echo: 0 });
    for i in 0..20 {
        s.arrives(A, 1, 1, b"");
        if i == 0 {
            s.sends(A, 1, Some(1), 0);
            s.notes(SentNote::Ack(AckReason::OldTimestamp));
        }
        s.silent();
        s.waits(1);
    }
}

/// Gives all that `from` sends to `to`. How many that was.
fn pass(from: &mut Connection, to: &mut Connection, now: Instant) -> usize {
    let mut count = 0;
    while let Some(transmit) = from.transmit(now) {
        let Payload::Tcp(segment) = Packet::parse(&transmit.packet).unwrap().payload else { panic!("TCP") };
        to.receive(now, &segment);
        count += 1;
    }
    count
}

/// RFC 5961 §7: a forged segment to each end has put them out of step. They do not answer each other for ever.
#[test]
fn rfc5961_s7_two_ends_out_of_step_come_to_rest() {
    let mut now = Instant::now();
    let [a, b] = ["10.0.0.2:7".parse().unwrap(), "10.0.0.3:8".parse().unwrap()];
    let open = |local, remote, iss| Open { config: plain(), local, remote, iss, timestamp_offset: 0 };
    let (iss_a, iss_b) = (SeqNumber(1000), SeqNumber(9000));
    let mut client = Connection::connect(now, open(a, b, iss_a));
    let mut server = Connection::listen(now, open(b, a, iss_b));
    while pass(&mut client, &mut server, now) + pass(&mut server, &mut client, now) > 0 {}
    assert_eq!((client.state(), server.state()), (State::Established, State::Established));
    let forged =
        |seq, ack| Segment { seq, ack, flags: PA, window: 1000, payload: b"forged", ..Segment::empty(1, 1) };
    client.receive(now, &forged(iss_b + 1, iss_a + 1));
    server.receive(now, &forged(iss_a + 1, iss_b + 1));
    let mut sent = 0;
    for _ in 0..2000 {
        sent += pass(&mut client, &mut server, now) + pass(&mut server, &mut client, now);
        now += Duration::from_millis(5);
    }
    assert!(sent < 10, "{sent} segments in ten seconds");
    assert_eq!(pass(&mut client, &mut server, now) + pass(&mut server, &mut client, now), 0);
}

/// RFC 9293 §3.8.6.1: one end reads only when it has written all, and the other writes more than its peer has room for.
/// The byte of its probe must not keep its ACKs out: the first would wait for them for ever.
#[test]
fn rfc9293_s3_8_6_1_a_closed_window_does_not_stop_the_other_direction() {
    const ALL: usize = 2_000_000;
    let (start, [a, b]) = (Instant::now(), ["10.0.0.2:7".parse().unwrap(), "10.0.0.3:8".parse().unwrap()]);
    let config = Config { receive_buffer: 4000, send_buffer: 4000, ..plain() };
    let open = |local, remote, iss| Open { config, local, remote, iss: SeqNumber(iss), timestamp_offset: 0 };
    let mut reader = Connection::connect(start, open(a, b, 1000));
    let mut writer = Connection::listen(start, open(b, a, 9000));
    let (mut written, mut read) = (0, 0);
    for step in 0..60_000 {
        let now = start + Duration::from_millis(step);
        reader.on_deadline(now);
        writer.on_deadline(now);
        let _ = reader.write(&[1; 4000]);
        read += reader.read(&mut [0; 4000]);
        if writer.state() == State::Established {
            written += writer.write(&vec![2; ALL - written]).expect("it is open");
        }
        pass(&mut reader, &mut writer, now);
        pass(&mut writer, &mut reader, now);
        if read == ALL {
            return;
        }
    }
    panic!("{read} bytes in a minute");
}

/// RFC 9293 §3.6.1 (SHLD-3): what is unread is lost, and the peer is told by a reset.
#[test]
fn s3_6_1_release_with_unread_data_resets() {
    for closed_before in [false, true] {
        let mut s = Script::established(plain());
        if closed_before {
            s.closes();
            s.sends(FA, 1, Some(1), 0);
            s.arrives(A, 1, 2, b"");
        }
        s.arrives(PA, 1, if closed_before { 2 } else { 1 }, b"unread");
        s.skip();
        s.c.abandon(s.now);
        s.sends(RA, if closed_before { 2 } else { 1 }, Some(7), 0);
        s.notes(SentNote::Reset(ResetReason::Unread));
        s.is(State::Closed);
        s.event(ConnectionEvent::Closed);
        s.silent();
    }
}

/// RFC 9293 §3.8.6.3 (SHLD-18): every second full segment is acknowledged, also where the peer's are smaller than those
/// that we would take.
#[test]
fn s3_8_6_3_every_second_segment_of_a_smaller_peer() {
    let mut s =
        Script::established(Config { delayed_ack: Duration::from_millis(40), quick_acks: 0, ..plain() });
    let text = common::pattern(700);
    for i in 0..4 {
        s.arrives(A, 1 + 1400 * i, 1, &text);
        s.silent();
        s.arrives(A, 701 + 1400 * i, 1, &text);
        s.sends(A, 1, Some(1401 + 1400 * i), 0);
        s.silent();
    }
}

/// RFC 5681 §4.1: a sender that was idle for longer than the timeout begins with the initial window.
#[test]
fn rfc5681_s4_1_slow_start_after_idle() {
    for (pause, at_once) in [(100, 20), (10_000, 10)] {
        let mut s = Script::established(plain());
        s.sends_thousands(1, 10);
        s.waits(100);
        for i in 1..=10 {
            s.arrives(A, 1, 1 + 1000 * i, b"");
        }
        s.waits(pause);
        s.writes(40_000);
        for i in 0..at_once {
            s.sends(A, 10_001 + 1000 * i, Some(1), 1000);
        }
        s.silent();
    }
}

/// RFC 7323 §3.2: once agreed on, timestamps are sent in resets too.
#[test]
fn rfc7323_s3_2_a_reset_carries_timestamps() {
    let mut s = with_timestamps(200);
    s.c.abort();
    s.sends(RA, 1, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(200));
}

/// RFC 7661 §3: an application that writes exactly a window and waits has used the window, so it doubles.
#[test]
fn rfc7661_s3_a_window_at_a_time_doubles() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 10);
    s.waits(100);
    for i in 1..=10 {
        s.arrives(A, 1, 1 + 1000 * i, b"");
        s.silent();
    }
    assert_eq!(s.c.variables().cwnd, 20_000);
    // And a window that was not used does not grow.
    s.sends_thousands(10_001, 5);
    s.waits(100);
    s.arrives(A, 1, 15_001, b"");
    assert_eq!(s.c.variables().cwnd, 20_000);
}

/// RFC 9293 §3.8.6 (MUST-34, MAY-7): a window that has shrunk is not sent beyond, not even what was sent before.
#[test]
fn s3_8_6_a_shrunk_window_is_kept_to() {
    let mut s = Script::established(plain());
    s.sends_thousands(1, 5);
    s.waits(100);
    s.window = 1500;
    s.arrives(A, 1, 1001, b"");
    s.writes(1000);
    s.silent();
    s.waits(300);
    s.sends(A, 1001, Some(1), 1000);
    s.arrives(A, 1, 2001, b"");
    s.sends(A, 2001, Some(1), 1000);
    s.sends(A, 3001, Some(1), 500);
    s.silent();
    s.window = 60_000;
    s.arrives(A, 1, 3501, b"");
    s.sends(A, 3501, Some(1), 500);
    s.sends(A, 4001, Some(1), 1000);
}

/// RFC 9293 §3.10.7.4, eighth: the FIN that comes in order is the end. One that came early, and may be forged, does not
/// keep it out; and after it a further one means nothing.
#[test]
fn rfc9293_s3_10_7_4_an_early_fin_does_not_keep_the_real_one_out() {
    let mut s = Script::established(plain());
    s.arrives(FA, 501, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.is(State::Established);
    s.arrives(FA, 1, 1, b"");
    s.sends(A, 1, Some(2), 0);
    s.is(State::CloseWait);
    s.event(ConnectionEvent::PeerClosed);
    s.arrives(FA, 2, 1, b"");
    assert_eq!(s.c.variables().rcv.nxt.since(s.c.variables().rcv.irs), 2);
}

/// A connection that is over waits for nothing, also where its user has not read all yet: neither the tail probe nor
/// the pacing may wake its host again and again.
#[test]
fn a_connection_that_is_over_has_no_timer() {
    let mut s = Script::with_sack(Config { rack: true, congestion: CongestionControl::Bbr, ..plain() });
    s.writes(20_000);
    s.skip();
    s.arrives(PA, 1, 1, b"unread");
    s.arrives(R, 7, 0, b"");
    s.is(State::Closed);
    assert_eq!(s.c.deadline(), None);
    s.reads(b"unread");
}

/// RFC 9293 §3.10.7.4: what the peer sends again has an old number, and says the newest of its window. Were it not
/// believed, a window that a segment ahead of the others has closed (it may be forged) would stay closed to a peer that
/// has no more to send.
#[test]
fn rfc9293_s3_10_7_4_an_ack_of_more_tells_of_the_window_whatever_its_number() {
    let mut s = Script::established(plain());
    s.window = 0;
    s.arrives(A, 501, 1, b"ahead");
    s.skip();
    s.writes(2);
    s.silent();
    s.waits(300);
    s.sends(A, 1, Some(1), 1);
    s.window = 60_000;
    s.arrives(A, 1, 2, b"");
    s.sends(PA, 2, Some(1), 1);
}

/// An ACK that comes after days shows a path of no rate at all. What is paced by that still leaves, a segment a second:
/// else the sender would never learn better.
#[test]
fn pacing_at_no_rate_at_all_does_not_stop_the_sender() {
    for congestion in [CongestionControl::Cubic, CongestionControl::Bbr] {
        let mut s = Script::established(Config { congestion, ..plain() });
        s.sends_thousands(1, 1);
        s.now += Duration::from_secs(1_000_000);
        s.arrives(A, 1, 1001, b"");
        s.writes(30_000);
        for _ in 0..30 {
            s.skip();
            let v = s.c.variables();
            s.arrives(A, 1, v.snd.nxt.since(v.snd.iss), b"");
            s.waits(1000);
        }
        assert_eq!(s.c.variables().unacknowledged, 0, "{congestion:?}");
    }
}

/// RFC 7413 §4.2.1 and RFC 1191: a router finds the SYN with its text too large. The text is lost then, and the SYN is
/// repeated for it once, and not again and again: its timer runs.
#[test]
fn a_syn_with_text_that_is_too_large() {
    let mut s = Script::connecting(plain());
    s.c.set_fast_open(Plan::Send { cookie: Cookie::new(&[7; 8]).unwrap(), mss: 1460 });
    s.writes(1000);
    s.sends(S, 0, None, 1000);
    for error in 0..3 {
        s.c.icmp(s.ours(0), IcmpError::TooLarge { mtu: 552 });
        if error == 0 {
            s.sends(S, 0, None, 0);
        }
        s.silent();
    }
    s.waits(1000);
    s.sends(S, 0, None, 0);
    s.silent();
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 512);
    s.silent();
    s.arrives(A, 1, 513, b"");
    s.sends(PA, 513, Some(1), 488);
}
