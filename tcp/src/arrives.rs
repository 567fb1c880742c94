//! SEGMENT ARRIVES: what is done with a segment, in the order of RFC 9293 §3.10.7, one function a step.
//!
//! | state | section | here |
//! |---|---|---|
//! | CLOSED | §3.10.7.1 | `closed` |
//! | LISTEN | §3.10.7.2 | `listen` |
//! | SYN-SENT | §3.10.7.3 | `syn_sent` |
//! | the others | §3.10.7.4 | `other_states.rs` |
//!
//! Left out: the third step of each, security and compartment, which nobody uses; urgent data.
//!
//! Tested in `tests/clauses.rs`, clause by clause.

mod acknowledgment;
mod opening;
mod other_states;
mod step;

use std::time::Instant;

use crate::ack::Ack;
use crate::connection::event::ConnectionEvent;
use crate::note::{ResetReason, SentNote};
use crate::output::reply::Reply;
use crate::recovery;
use crate::segment::{Flags, Segment};
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// Gives the segment to the section of its state.
pub(crate) fn segment_arrives(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    match c.state() {
        State::Closed => c.replies.extend(closed(segment)),
        State::Listen => listen(c, segment),
        State::SynSent => syn_sent(c, now, segment),
        _ => other_states::otherwise(c, now, segment),
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
            reason: ResetReason::NoConnection,
        }
    })
}

/// §3.10.7.2 LISTEN.
fn listen(c: &mut Tcb, segment: &Segment<'_>) {
    // First, check for a RST: nothing was sent that it could answer.
    if segment.flags.rst() {
        return;
    }
    // Second, check for an ACK: nothing was sent that could be acknowledged.
    if segment.flags.ack() {
        c.replies.push_back(Reply::reset(segment.ack, ResetReason::NothingSent));
        return;
    }
    // Third, check for a SYN. (Fourth, anything else is dropped.)
    if segment.flags.syn() {
        opening::take_peer_syn(c, segment);
        c.pass(Cause::Syn);
        // The next transmit sends <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>. A payload in the SYN is not kept: the peer
        // sends it again.
    }
}

// book: syn-sent
/// §3.10.7.3 SYN-SENT.
fn syn_sent(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    // First, check the ACK bit.
    if segment.flags.ack() && !(segment.ack.after(c.snd.iss) && segment.ack.at_or_before(c.snd.nxt)) {
        if !segment.flags.rst() {
            c.replies.push_back(Reply::reset(segment.ack, ResetReason::NeverSent));
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
        opening::take_peer_syn(c, segment);
        if segment.flags.ack() {
            our_syn_was_acknowledged(c, now, segment);
        } else {
            // Both ends open at once: our SYN goes out again, with an ACK.
            c.pass(Cause::Syn);
            c.recovery.resend_first(SentNote::BothOpen);
        }
    }
}
// book: end

/// The SYN-ACK of an active open: §3.10.7.3, fourth step.
fn our_syn_was_acknowledged(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    let acked = segment.ack.since(c.snd.una);
    c.snd.una = segment.ack;
    acknowledgment::sample_round_trip(c, now, segment);
    recovery::on_new_ack(c, now, acked, false);
    // The window of a SYN segment is never scaled: RFC 7323 §2.2.
    opening::set_send_window(c, segment, u32::from(segment.window));
    opening::establish(c, Cause::SynAck);
    // To be acknowledged at once: the peer waits for it in SYN-RECEIVED. Data or a FIN that is there to be sent
    // takes the ACK along.
    c.ack = Ack::Owed;
}
