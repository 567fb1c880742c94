//! Closing: RFC 9293 §3.6, §3.10.4 and §3.10.5.

use std::time::Duration;

use barewire_tcp::{ConnectionEvent, Error, SentNote, State};

use crate::common::script::*;

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

/// A peer that acknowledges nothing new and answers every probe holds a connection for as long as a user waits, and not
/// for ever when the user has gone (RFC 6429).
#[test]
fn rfc6429_an_abandoned_connection_does_not_wait_for_a_window_for_ever() {
    for abandons in [false, true] {
        let mut s = Script::established(plain());
        s.window = 0;
        s.arrives(A, 1, 1, b"");
        s.writes(100);
        if abandons {
            s.c.abandon(s.now);
        }
        for _ in 0..2000 {
            s.waits(1000);
            while s.c.transmit(s.now).is_some() {
                s.arrives(A, 1, 1, b"");
            }
        }
        s.is(if abandons { State::Closed } else { State::Established });
    }
}

/// That time counts from when the user goes: a peer that has had no room for an hour still gets what was written, and
/// the FIN, when it has room a minute later.
#[test]
fn rfc6429_the_wait_begins_when_the_user_goes() {
    let mut s = Script::established(plain());
    s.window = 0;
    s.arrives(A, 1, 1, b"");
    s.writes(100);
    let until_the_end = |s: &mut Script, seconds| {
        for _ in 0..seconds {
            s.waits(1000);
            while s.c.transmit(s.now).is_some() {
                s.arrives(A, 1, 1, b"");
            }
        }
    };
    until_the_end(&mut s, 3600);
    s.c.abandon(s.now);
    until_the_end(&mut s, 60);
    s.is(State::Established);
    s.window = 60_000;
    s.arrives(A, 1, 1, b"");
    s.sends(PA, 1, Some(1), 100);
    s.sends(FA, 101, Some(1), 0);
    s.is(State::FinWait1);
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

/// §3.6.1, MUST-13: TIME-WAIT lasts as long, and answers, where the user goes without reading all that has come.
#[test]
fn s3_6_1_time_wait_outlasts_a_user_who_does_not_read() {
    let mut s = Script::established(plain());
    s.closes();
    s.sends(FA, 1, Some(1), 0);
    s.arrives(A, 1, 2, b"");
    s.arrives(FPA, 1, 2, b"unread");
    s.is(State::TimeWait);
    s.sends(A, 2, Some(8), 0);
    s.c.abandon(s.now);
    s.silent();
    s.waits(59_999);
    s.arrives(FPA, 1, 2, b"unread");
    s.sends(A, 2, Some(8), 0);
    s.is(State::TimeWait);
    s.waits(60_000);
    s.is(State::Closed);
    s.skip();
    assert!(s.c.is_finished());
}

/// §3.6.1, SHLD-3: also where both ends have closed, and our FIN is not acknowledged, the peer is told that something
/// was left unread. The FIN will not be sent again.
#[test]
fn s3_6_1_unread_data_after_both_fins_is_told() {
    for at_once in [false, true] {
        let mut s = Script::established(plain());
        if at_once {
            s.closes();
            s.sends(FA, 1, Some(1), 0);
        }
        s.arrives(FPA, 1, 1, b"unread");
        s.sends(A, if at_once { 2 } else { 1 }, Some(8), 0);
        if !at_once {
            s.closes();
            s.sends(FA, 1, Some(8), 0);
        }
        s.is(if at_once { State::Closing } else { State::LastAck });
        s.c.abandon(s.now);
        s.sends(RA, 2, Some(8), 0);
        s.is(State::Closed);
        s.silent();
    }
}
