//! Opening: RFC 9293 §3.5, and what arrives in LISTEN, SYN-SENT and SYN-RECEIVED (§3.10.7).

use std::time::Duration;

use barewire_tcp::{AckReason, Config, ConnectionEvent, SentNote, SoftError, State};

use crate::common::script::*;

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
    // §3.2, MUST-65: the largest size of a segment stands in a SYN only.
    assert_eq!((s.sent_options.maximum_segment_size, s.sent_options.window_scale), (None, None));
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
    assert_eq!(s.sent_options.maximum_segment_size, Some(1460));
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
    // §3.8.3, SHLD-9 and MUST-22: the user hears of it after three times.
    s.event(ConnectionEvent::SoftError(SoftError::Unanswered));
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

/// RFC 5961 §7: somebody forges copies of a SYN. Not each of them is answered with a SYN-ACK. Two copies that come half
/// a second apart are both answered, as they may be the real peer's.
#[test]
fn rfc5961_s7_not_every_copy_of_a_syn_is_answered() {
    let mut s = Script::listening(plain());
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.notes(SentNote::PeerRepeatsSyn);
    for _ in 0..9 {
        s.waits(50);
        s.arrives(S, 0, 0, b"");
        s.silent();
    }
    s.waits(50);
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.notes(SentNote::PeerRepeatsSyn);
    s.arrives(A, 1, 1, b"");
    s.is(State::Established);
}

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

#[test]
fn s3_10_7_4_second_reset_in_syn_received() {
    let mut s = Script::listening(plain());
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.arrives(R, 1, 0, b"");
    s.event(ConnectionEvent::BackToListen);
    // §3.5, MUST-11: the same state after an active open, where both have opened at once. Its user is told.
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(S, 0, 0, b"");
    s.is(State::SynReceived);
    s.arrives(R, 1, 0, b"");
    s.is(State::Closed);
    s.event(ConnectionEvent::Refused);
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

/// §3.8.3, MUST-23: as long as anything is set to its default, a SYN is repeated for three minutes at least.
#[test]
fn s3_8_3_a_syn_is_repeated_for_three_minutes() {
    let mut s = Script::connecting(Config::default());
    let began = s.now;
    s.skip();
    while s.c.state() == State::SynSent {
        s.now = s.c.deadline().expect("a timer runs");
        s.c.on_deadline(s.now);
        while s.c.transmit(s.now).is_some() {}
    }
    s.event(ConnectionEvent::SoftError(SoftError::Unanswered));
    s.event(ConnectionEvent::TimedOut);
    assert!(s.now - began >= Duration::from_secs(180), "given up after {:?}", s.now - began);
}

/// §3.8.3: whoever listens does not hear of a connection that was never made.
#[test]
fn s3_8_3_a_listener_hears_nothing_of_a_lost_syn_ack() {
    let mut s = Script::listening(plain());
    s.arrives(S, 0, 0, b"");
    for wait in [0, 1000, 2000, 4000] {
        s.waits(wait);
        s.sends(SA, 0, Some(1), 0);
    }
    assert_eq!(s.c.event(), None);
}

/// §3.10.7.4, fourth: in SYN-RECEIVED comes a SYN whose number is not that of the peer's first SYN. It does not
/// complete the handshake, even if its ACK is right. A passive open is over then. An active one sends a challenge.
#[test]
fn s3_10_7_4_fourth_another_syn_in_syn_received() {
    for passive in [false, true] {
        let mut s = if passive { Script::listening(plain()) } else { Script::connecting(plain()) };
        s.skip();
        s.arrives(S, 0, 0, b"");
        s.skip();
        s.arrives(SA, 50, 1, b"text");
        if passive {
            s.is(State::Closed);
            s.event(ConnectionEvent::BackToListen);
            continue;
        }
        s.sends(A, 1, Some(1), 0);
        s.notes(SentNote::Ack(AckReason::Challenge));
        s.is(State::SynReceived);
        s.arrives(SA, 0, 1, b"");
        s.is(State::Established);
    }
}
