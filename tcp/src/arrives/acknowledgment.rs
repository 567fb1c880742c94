//! RFC 9293 §3.10.7.4, fifth step: the ACK field. It moves `snd.una` and `snd.wnd`, and the state when our FIN is
//! acknowledged.

use std::time::Instant;

use crate::ack::Ack;
use crate::arrives::opening::establish;
use crate::arrives::step::{Then, answer, challenge};
use crate::connection::event::ConnectionEvent;
use crate::message::ReceiverMessage;
use crate::note::{AckReason, ResetReason};
use crate::output::reply::Reply;
use crate::segment::{Flags, Segment};
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// What the peer's receiver says in a segment.
pub(super) fn receiver_message(c: &Tcb, segment: &Segment<'_>) -> ReceiverMessage {
    // The window of a SYN segment is never scaled: RFC 7323 §2.2.
    let shift = if segment.flags.syn() { 0 } else { c.sender.variables().shift };
    ReceiverMessage {
        ack: segment.ack,
        window: u32::from(segment.window) << shift,
        sack: segment.options.sack,
        echo: segment.options.timestamps.filter(|_| c.uses_timestamps()).map(|timestamps| timestamps.echo),
        echoes_mark: c.ecn.is_agreed() && !segment.flags.syn() && segment.flags.has(Flags::ECE),
        alone: segment.is_empty(),
    }
}

/// Whether SEG.ACK is neither of the far past nor of what was never sent: RFC 5961 §5.2.
pub(super) fn is_plausible(c: &Tcb, segment: &Segment<'_>) -> bool {
    let snd = c.sender.variables();
    segment.flags.ack()
        && segment.ack.at_or_after(snd.una.back(snd.max_wnd))
        && segment.ack.at_or_before(snd.nxt)
}

/// Fifth, check the ACK field.
pub(super) fn fifth_ack(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.ack() {
        return Then::Return;
    }
    let snd = *c.sender.variables();
    // RFC 5961 §5.2: an ACK from far in the past is a guess.
    if segment.ack.before(snd.una.back(snd.max_wnd)) {
        challenge(c, now);
        return Then::Return;
    }
    let message = receiver_message(c, segment);
    if c.state() == State::SynReceived && syn_received(c, segment, &message) == Then::Return {
        return Then::Return;
    }
    if segment.ack.after(snd.nxt) {
        answer(c, now, segment, AckReason::NeverSent);
        return Then::Return;
    }
    if c.sender.acknowledged(now, &message).has_room {
        c.tell(ConnectionEvent::Writable);
    }
    if !segment.flags.syn() {
        c.sender.update_window(segment.seq, &message);
    }
    our_fin_was_acknowledged(c, now)
}

/// In SYN-RECEIVED: the ACK of our SYN makes the connection.
fn syn_received(c: &mut Tcb, segment: &Segment<'_>, message: &ReceiverMessage) -> Then {
    let snd = c.sender.variables();
    if !(segment.ack.after(snd.una) && segment.ack.at_or_before(snd.nxt)) {
        c.answer_with_reset(Reply::reset(segment.ack, ResetReason::NeverSent));
        return Then::Return;
    }
    c.sender.set_window(segment.seq, message);
    establish(c, Cause::AckOfSyn);
    if segment.flags.syn() {
        c.receiver.owe(Ack::Owed);
    }
    Then::GoOn
}

/// Moves the state on when everything up to our FIN is acknowledged.
fn our_fin_was_acknowledged(c: &mut Tcb, now: Instant) -> Then {
    if !c.sender.fin_was_acknowledged() {
        return Then::GoOn;
    }
    match c.state() {
        State::FinWait1 => {
            c.pass(Cause::AckOfFin);
            if c.abandoned {
                c.time_wait = Some(now + c.config.time_wait);
            }
        }
        State::Closing => c.wait_out(now, Cause::AckOfFin),
        State::LastAck => {
            c.end(Cause::AckOfFin, ConnectionEvent::Closed);
            return Then::Return;
        }
        _ => {}
    }
    Then::GoOn
}
