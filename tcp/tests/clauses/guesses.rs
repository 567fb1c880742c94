//! What somebody sends who cannot see the connection and guesses its numbers: RFC 5961. How many answers he gets:
//! `tests/faults.rs`.

use barewire_tcp::{AckReason, ConnectionEvent, SentNote, State};

use crate::common::script::*;

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

/// §4.2: "irrespective of the sequence number". Nothing in the segment counts, and the peer that has really lost the
/// connection answers with a reset, which does.
#[test]
fn rfc5961_s4_syn_with_any_number() {
    let mut s = Script::established(plain());
    for flags in [S, SA] {
        for seq in [0, 1, 2, 50_000, 70_000, 0u32.wrapping_sub(9)] {
            s.waits(1000);
            s.arrives(flags, seq, 1, b"text");
            s.sends(A, 1, Some(1), 0);
            s.silent();
            s.is(State::Established);
            s.reads(b"");
        }
    }
    s.arrives(R, 1, 0, b"");
    s.is(State::Closed);
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

/// §5.2: what is as old as the largest window of the peer may have been delayed, and its text counts.
#[test]
fn rfc5961_s5_the_oldest_ack_that_counts() {
    let mut s = Script::established(plain());
    s.arrives(PA, 1, 1u32.wrapping_sub(60_000), b"late");
    s.sends(A, 1, Some(5), 0);
    s.reads(b"late");
}

/// §3.2: a reset outside of the window is not even answered, right after its end and right before its beginning.
#[test]
fn rfc5961_s3_reset_outside_of_the_window() {
    let mut s = Script::established(plain());
    for seq in [0, 1 + u32::from(s.sent_window), 0x8000_0000] {
        s.arrives(R, seq, 0, b"");
        s.silent();
        s.is(State::Established);
        s.waits(1000);
    }
    s.arrives(R, u32::from(s.sent_window), 0, b"");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::Challenge));
}

/// Resets that answer a flood of segments before they can leave are not kept without a bound.
#[test]
fn a_flood_of_acks_while_a_connection_opens() {
    let floods = |mut s: Script| {
        for _ in 0..1000 {
            s.arrives(A, 1, 77, b"");
        }
        std::iter::from_fn(|| s.c.transmit(s.now)).count()
    };
    let mut opens = Script::connecting(plain());
    opens.sends(S, 0, None, 0);
    assert_eq!(floods(opens), 16);
    let mut accepts = Script::listening(plain());
    accepts.arrives(S, 0, 0, b"");
    accepts.sends(SA, 0, Some(1), 0);
    assert_eq!(floods(accepts), 16);
}

/// In SYN-RECEIVED after an active open, or in a synchronized state.
fn in_state(state: State) -> Script {
    if state == State::SynReceived {
        let mut s = Script::connecting(plain());
        s.skip();
        s.arrives(S, 0, 0, b"");
        s.skip();
        s.is(state);
        return s;
    }
    let mut s = Script::established(plain());
    if matches!(state, State::CloseWait | State::LastAck) {
        s.arrives(FA, 1, 1, b"");
    }
    if !matches!(state, State::Established | State::CloseWait) {
        s.closes();
    }
    s.skip();
    if state == State::FinWait2 {
        s.arrives(A, 1, 2, b"");
    }
    if matches!(state, State::Closing | State::TimeWait) {
        s.arrives(FA, 1, if state == State::TimeWait { 2 } else { 1 }, b"");
    }
    s.skip();
    s.is(state);
    s
}

/// §3.2 and §4.2: in each state that knows the peer's number a reset in the window and any SYN get a challenge, and the
/// very number ends the connection. RFC 9293 §3.10.7.4: where both ends have closed, that is how it ends anyway.
#[test]
fn rfc5961_s3_and_s4_in_each_state() {
    use State::{CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, SynReceived, TimeWait};
    let states = [
        (SynReceived, ConnectionEvent::Refused),
        (Established, ConnectionEvent::Reset),
        (FinWait1, ConnectionEvent::Reset),
        (FinWait2, ConnectionEvent::Reset),
        (CloseWait, ConnectionEvent::Reset),
        (Closing, ConnectionEvent::Closed),
        (LastAck, ConnectionEvent::Closed),
        (TimeWait, ConnectionEvent::Closed),
    ];
    for (state, event) in states {
        let variables = in_state(state).c.variables();
        let next = variables.rcv.nxt.since(variables.rcv.irs);
        let ours = variables.snd.nxt.since(variables.snd.iss);
        for (flags, seq) in [(R, next + 1), (S, next), (S, next + 1), (SA, next + 1)] {
            let mut s = in_state(state);
            s.arrives(flags, seq, ours, b"");
            s.sends(A, ours, Some(next), 0);
            s.notes(SentNote::Ack(AckReason::Challenge));
            s.silent();
            s.is(state);
        }
        let mut s = in_state(state);
        s.arrives(R, next, 0, b"");
        s.is(State::Closed);
        s.event(event);
        s.silent();
    }
}
