//! SEGMENT ARRIVES: what is done with a segment, in the order of RFC 9293 §3.10.7, one function a step.
//!
//! | state | section | here |
//! |---|---|---|
//! | CLOSED | §3.10.7.1 | `closed` |
//! | LISTEN | §3.10.7.2 | `listen` |
//! | SYN-SENT | §3.10.7.3 | `syn_sent` |
//! | the others | §3.10.7.4 | `other_states.rs`; the fifth step, the ACK field: `acknowledgment.rs` |
//!
//! Left out: the third step of each, security and compartment, which nobody uses; urgent data.
//!
//! Tested in `tests/clauses`, clause by clause.

mod acknowledgment;
mod icmp;
mod opening;
mod other_states;
mod step;

use std::time::Instant;

use barewire_packet::ip::Codepoint;

use crate::ack::Ack;
use crate::arrives::acknowledgment::receiver_message;
use crate::connection::event::ConnectionEvent;
use crate::flight::LostBy;
use crate::keep_alive::Silence;
use crate::note::ResetReason;
use crate::output::reply::Reply;
use crate::segment::{Flags, Segment};
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

pub(crate) use icmp::icmp_arrives;

/// Gives the segment to the section of its state. `codepoint` is what the ECN field of its packet says.
pub(crate) fn segment_arrives(c: &mut Tcb, now: Instant, segment: &Segment<'_>, codepoint: Codepoint) {
    match c.state() {
        State::Closed => {
            if let Some(reply) = closed(segment) {
                c.answer_with_reset(reply);
            }
        }
        State::Listen => listen(c, now, segment),
        State::SynSent => syn_sent(c, now, segment),
        _ => other_states::otherwise(c, now, segment, codepoint),
    }
}

/// §3.10.7.1 CLOSED: a segment that belongs to no connection. The answer, if there is one, is a reset with the number
/// at which the sender finds it acceptable.
pub(crate) fn closed(segment: &Segment<'_>) -> Option<Reply> {
    if segment.flags.rst() {
        return None;
    }
    Some(if segment.flags.ack() {
        Reply::reset(segment.ack, ResetReason::NoConnection)
    } else {
        Reply {
            seq: SeqNumber(0),
            ack: Some(segment.seq + segment.len()),
            flags: Flags::RST | Flags::ACK,
            agreed: false,
            reason: ResetReason::NoConnection,
        }
    })
}

/// §3.10.7.2 LISTEN.
fn listen(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    // First, check for a RST: nothing was sent that it could answer.
    if segment.flags.rst() {
        return;
    }
    // Second, check for an ACK: nothing was sent that could be acknowledged.
    if segment.flags.ack() {
        c.answer_with_reset(Reply::reset(segment.ack, ResetReason::NothingSent));
        return;
    }
    // Third, check for a SYN. (Fourth, anything else is dropped.)
    if segment.flags.syn() {
        opening::take_peer_syn(c, now, segment);
        c.pass(Cause::Syn);
        if !segment.payload.is_empty() && c.fast_open.takes_text() {
            // "Any other control or data should be processed in SYN-RECEIVED": it is kept until the peer has shown
            // that it can hear us. Its Fast Open cookie has shown that already.
            c.receiver.take_text(now, segment);
        }
        if c.fast_open.is_open() {
            let message = receiver_message(c, segment);
            opening::open_fast(c, segment.seq, &message);
        }
        // The next transmit sends <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>, and that acknowledges the text too.
    }
}

// book: syn-sent
/// §3.10.7.3 SYN-SENT.
fn syn_sent(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    // First, check the ACK bit.
    let snd = *c.sender.variables();
    if segment.flags.ack() && !(segment.ack.after(snd.iss) && segment.ack.at_or_before(snd.nxt)) {
        if !segment.flags.rst() {
            c.answer_with_reset(Reply::reset(segment.ack, ResetReason::NeverSent));
        }
        return;
    }
    // Second, check the RST bit: without an acceptable ACK anybody could have sent it.
    if segment.flags.rst() {
        if segment.flags.ack() {
            c.end(Cause::End, ConnectionEvent::Refused);
        }
        return;
    }
    // Fourth, check the SYN bit. (Fifth, with neither SYN nor RST drop it.)
    if segment.flags.syn() {
        opening::take_peer_syn(c, now, segment);
        if segment.flags.ack() {
            our_syn_was_acknowledged(c, now, segment);
        } else {
            // Both ends open at once: our SYN goes out again, with an ACK.
            c.pass(Cause::Syn);
            c.sender.repeat_syn(LostBy::BothOpen);
        }
    }
}
// book: end

/// The SYN-ACK of an active open: §3.10.7.3, fourth step.
fn our_syn_was_acknowledged(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    let message = receiver_message(c, segment);
    c.silence = Silence::new(now);
    opening::learn_of_fast_open(c, now, segment);
    c.sender.acknowledged(now, &message);
    c.sender.set_window(segment.seq, &message);
    opening::establish(c, Cause::SynAck);
    // "If there are other controls or text in the segment, then continue processing at the sixth step": a server may
    // answer with its SYN what came with ours (RFC 7413 §4.2.2).
    other_states::text_and_fin(c, now, segment);
    // To be acknowledged at once: the peer waits for it in SYN-RECEIVED. Data or a FIN that is there to be sent
    // takes the ACK along.
    c.receiver.owe(Ack::Owed);
}
