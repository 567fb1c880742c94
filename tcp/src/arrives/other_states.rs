//! §3.10.7.4: SYN-RECEIVED and the synchronized states, in eight steps.

use std::time::Instant;

use crate::ack::Ack;
use crate::arrives::acknowledgment;
use crate::arrives::step::{Then, challenge};
use crate::calls;
use crate::connection::event::ConnectionEvent;
use crate::note::{AckReason, SentNote};
use crate::segment::Segment;
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// The eight steps, in order. (The third, security, is left out; the sixth, urgent data, does nothing.)
pub(super) fn otherwise(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    let steps: [fn(&mut Tcb, Instant, &Segment<'_>) -> Then; 7] = [
        old_timestamp,
        first_sequence_number,
        second_rst,
        fourth_syn,
        acknowledgment::fifth_ack,
        seventh_text,
        eighth_fin,
    ];
    for step in steps {
        if step(c, now, segment) == Then::Return {
            return;
        }
    }
}

/// RFC 7323 §5.3 (PAWS), before the first step: a segment whose timestamp is older than the one we have seen is an old
/// duplicate, perhaps from before the numbers wrapped. Left out: forgetting TS.Recent after 24 idle days.
fn old_timestamp(c: &mut Tcb, _: Instant, segment: &Segment<'_>) -> Then {
    if !c.timestamps.on || segment.flags.rst() {
        return Then::GoOn;
    }
    match segment.options.timestamps {
        // RFC 7323 §3.2: once agreed on, every segment carries one.
        None if !segment.flags.syn() => Then::Return,
        Some(timestamps) if SeqNumber(timestamps.value).before(SeqNumber(c.timestamps.recent)) => {
            c.ack = Ack::OwedBecause(AckReason::OldTimestamp);
            Then::Return
        }
        _ => Then::GoOn,
    }
}

/// First, check the sequence number: does the segment lie in the window?
fn first_sequence_number(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if is_acceptable(c, segment) {
        take_timestamp(c, segment);
        return Then::GoOn;
    }
    if segment.flags.rst() {
        return Then::Return;
    }
    if c.state() == State::SynReceived && segment.flags.syn() && segment.seq == c.rcv.irs {
        return repeated_syn(c, segment);
    }
    if c.state() == State::TimeWait && segment.flags.fin() {
        // The peer's FIN again: our ACK was lost. It is repeated below, and the wait starts over.
        c.timers.time_wait = Some(now + c.config.time_wait);
    }
    let old = (segment.seq + segment.len()).at_or_before(c.rcv.nxt);
    c.ack = Ack::OwedBecause(if old { AckReason::Duplicate } else { AckReason::OutsideWindow });
    Then::Return
}

/// The peer's SYN again: our SYN-ACK was lost, or (both opening at once) its SYN-ACK has come.
fn repeated_syn(c: &mut Tcb, segment: &Segment<'_>) -> Then {
    if segment.flags.ack() && segment.ack == c.snd.nxt {
        // §3.5, figure 8: it acknowledges our SYN; the fifth step takes it from here.
        return Then::GoOn;
    }
    c.recovery.resend_first(SentNote::PeerRepeatsSyn);
    Then::Return
}

/// The four cases of RFC 9293 §3.4, table 6.
fn is_acceptable(c: &Tcb, segment: &Segment<'_>) -> bool {
    let (length, window) = (segment.len(), c.rcv.wnd);
    let in_window = |number: SeqNumber| number.within(c.rcv.nxt, window);
    match (length, window) {
        (0, 0) => segment.seq == c.rcv.nxt,
        (0, _) => in_window(segment.seq),
        // With the window closed no text can be taken, but the ACK of a probe is worth reading: "special allowance
        // should be made to accept valid ACKs". The seventh step cuts the text to nothing.
        (_, 0) => segment.seq == c.rcv.nxt,
        _ => in_window(segment.seq) || in_window(segment.seq + (length - 1)),
    }
}

/// RFC 7323 §4.3: the timestamp to echo is that of the last segment that moved the window's left edge, or would have.
fn take_timestamp(c: &mut Tcb, segment: &Segment<'_>) {
    if let Some(timestamps) = segment.options.timestamps
        && c.timestamps.on
        && segment.seq.at_or_before(c.timestamps.last_ack_sent)
    {
        c.timestamps.recent = timestamps.value;
    }
}

/// Second, check the RST bit: RFC 5961 §3. A reset counts only with the very number that we expect next. One that is
/// merely in the window may be a guess, and a challenge answers it.
fn second_rst(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.rst() {
        return Then::GoOn;
    }
    if segment.seq != c.rcv.nxt {
        challenge(c, now);
        return Then::Return;
    }
    let why = match c.state() {
        State::SynReceived if c.passive => ConnectionEvent::BackToListen,
        State::SynReceived => ConnectionEvent::Refused,
        State::Closing | State::LastAck | State::TimeWait => ConnectionEvent::Closed,
        _ => ConnectionEvent::Reset,
    };
    c.end(Cause::End, why);
    Then::Return
}

/// Fourth, check the SYN bit: RFC 5961 §4. A challenge answers it. A peer that has really begun anew answers the
/// challenge with a reset.
fn fourth_syn(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.syn() || c.state() == State::SynReceived && segment.flags.ack() {
        return Then::GoOn;
    }
    if c.state() == State::SynReceived && c.passive {
        c.end(Cause::End, ConnectionEvent::BackToListen);
    } else {
        challenge(c, now);
    }
    Then::Return
}

/// Seventh, process the segment text.
fn seventh_text(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if segment.payload.is_empty() || !c.state().may_receive() {
        return Then::GoOn;
    }
    if c.abandoned {
        // Nobody will read this, and the peer should know: RFC 9293 §3.6.1.
        calls::abort(c);
        return Then::Return;
    }
    let had_gap = c.incoming.has_gap();
    let Some((ahead, text)) = cut_to_window(c, segment) else {
        let closed = c.rcv.wnd == 0;
        c.ack = Ack::OwedBecause(if closed { AckReason::WindowClosed } else { AckReason::Duplicate });
        return Then::GoOn;
    };
    let advanced = c.incoming.insert(ahead, text);
    c.rcv.nxt += advanced;
    c.rcv.wnd = c.rcv.wnd.saturating_sub(advanced);
    if c.peer_fin.is_some_and(|fin| c.rcv.nxt.after(fin)) {
        // A FIN was said to stand in the middle of this text. So it is not the end, and is forgotten.
        c.peer_fin = None;
    }
    if advanced > 0 {
        c.tell(ConnectionEvent::Readable);
    }
    if ahead > 0 {
        c.ack = Ack::OwedBecause(AckReason::Gap);
    } else if had_gap {
        // RFC 5681 §4.2: a segment that fills all or part of a gap is acknowledged at once.
        c.ack = Ack::Owed;
    } else {
        acknowledge_soon(c, now, advanced);
    }
    Then::GoOn
}

/// The part of the text that is new and lies in the window, and how far ahead of RCV.NXT it starts.
fn cut_to_window<'a>(c: &Tcb, segment: &Segment<'a>) -> Option<(u32, &'a [u8])> {
    let text_seq = segment.seq + u32::from(segment.flags.syn());
    let (ahead, text) = if text_seq.before(c.rcv.nxt) {
        (0, segment.payload.get(c.rcv.nxt.since(text_seq) as usize..)?)
    } else {
        (text_seq.since(c.rcv.nxt), segment.payload)
    };
    let room = c.rcv.wnd.checked_sub(ahead)? as usize;
    let text = text.get(..room).unwrap_or(text);
    (!text.is_empty()).then_some((ahead, text))
}

/// RFC 9293 §3.8.6.3: an ACK for at least every second full-sized segment, and never later than the delay.
fn acknowledge_soon(c: &mut Tcb, now: Instant, bytes: u32) {
    c.unacknowledged = c.unacknowledged.saturating_add(bytes);
    if c.unacknowledged >= 2 * receive_segment(c) || c.config.delayed_ack.is_zero() {
        c.ack.owe();
    } else if c.timers.delayed_ack.is_none() {
        c.timers.delayed_ack = Some(now + c.config.delayed_ack);
    }
}

/// Eighth, check the FIN bit. A FIN that comes too early is remembered, and processed when everything before it is
/// there.
fn eighth_fin(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    let fin = segment.seq + u32::from(segment.flags.syn()) + segment.payload.len() as u32;
    if segment.flags.fin() && c.peer_fin.is_none() && fin.since(c.rcv.nxt) <= c.rcv.wnd {
        c.peer_fin = Some(fin);
    }
    if c.peer_fin != Some(c.rcv.nxt) {
        if segment.flags.fin() && fin.after(c.rcv.nxt) {
            c.ack.owe_because(AckReason::Gap);
        }
        return Then::GoOn;
    }
    c.rcv.nxt += 1;
    c.ack = Ack::Owed;
    c.tell(ConnectionEvent::PeerClosed);
    match c.state() {
        // Had our FIN been acknowledged, the fifth step would have moved on to FIN-WAIT-2.
        State::Established | State::FinWait1 => c.pass(Cause::Fin),
        State::FinWait2 => c.wait_out(now, Cause::Fin),
        _ => {}
    }
    Then::GoOn
}

/// The size of a full segment from the peer, as far as we can know: what we announced, less timestamps.
fn receive_segment(c: &Tcb) -> u32 {
    c.announced_mss() - if c.timestamps.on { 12 } else { 0 }
}
