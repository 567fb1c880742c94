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
mod other_states;

use std::time::Instant;

use crate::connection::{Connection, ConnectionEvent};
use crate::output::Reply;
use crate::segment::{Flags, Segment};
use crate::seq::SeqNumber;
use crate::state::State;

/// Gives the segment to the section of its state.
pub(crate) fn segment_arrives(c: &mut Connection, now: Instant, segment: &Segment<'_>) {
    match c.state {
        State::Closed => c.replies.extend(closed(segment)),
        State::Listen => listen(c, segment),
        State::SynSent => syn_sent(c, now, segment),
        _ => other_states::otherwise(c, now, segment),
    }
}

/// §3.10.7.1 CLOSED: a segment that belongs to no connection. The answer, if there is one, is a reset in the place where the
/// sender will find it acceptable.
pub(crate) fn closed(segment: &Segment<'_>) -> Option<Reply> {
    if segment.flags.rst() {
        return None;
    }
    Some(if segment.flags.ack() {
        reset_at(segment.ack, "reset: no such connection")
    } else {
        Reply {
            seq: SeqNumber(0),
            ack: Some(segment.seq + segment.len()),
            flags: Flags::RST | Flags::ACK,
            note: "reset: no such connection",
        }
    })
}

fn reset_at(seq: SeqNumber, note: &'static str) -> Reply {
    Reply { seq, ack: None, flags: Flags::RST, note }
}

/// §3.10.7.2 LISTEN.
fn listen(c: &mut Connection, segment: &Segment<'_>) {
    // First, check for a RST: nothing was sent that it could answer.
    if segment.flags.rst() {
        return;
    }
    // Second, check for an ACK: nothing was sent that could be acknowledged.
    if segment.flags.ack() {
        c.replies.push_back(reset_at(segment.ack, "reset: nothing was sent that this could acknowledge"));
        return;
    }
    // Third, check for a SYN. (Fourth, anything else is dropped.)
    if segment.flags.syn() {
        take_peer_syn(c, segment);
        c.state = State::SynReceived;
        // The next transmit sends <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>. A payload in the SYN is not kept: the peer
        // sends it again.
    }
}

/// §3.10.7.3 SYN-SENT.
fn syn_sent(c: &mut Connection, now: Instant, segment: &Segment<'_>) {
    // First, check the ACK bit.
    if segment.flags.ack() && !(segment.ack.after(c.snd.iss) && segment.ack.at_or_before(c.snd.nxt)) {
        if !segment.flags.rst() {
            c.replies.push_back(reset_at(segment.ack, "reset: acknowledges what was never sent"));
        }
        return;
    }
    // Second, check the RST bit: without an acceptable ACK anybody could have sent it.
    if segment.flags.rst() {
        if segment.flags.ack() {
            c.enter_closed(ConnectionEvent::Refused);
        }
        return;
    }
    // Fourth, check the SYN bit. (Fifth, with neither SYN nor RST drop it.)
    if segment.flags.syn() {
        take_peer_syn(c, segment);
        if segment.flags.ack() {
            our_syn_was_acknowledged(c, now, segment);
        } else {
            // Both ends open at once: our SYN goes out again, with an ACK.
            c.state = State::SynReceived;
            c.recovery.resend = Some((c.snd.iss, c.snd.iss + 1));
            c.recovery.why = "both ends open at once".into();
        }
    }
}

/// The SYN-ACK of an active open: §3.10.7.3, fourth step.
fn our_syn_was_acknowledged(c: &mut Connection, now: Instant, segment: &Segment<'_>) {
    let acked = segment.ack.since(c.snd.una);
    c.snd.una = segment.ack;
    acknowledgment::sample_round_trip(c, now, segment);
    crate::recovery::on_new_ack(c, now, acked, false);
    // The window of a SYN segment is never scaled: RFC 7323 §2.2.
    set_send_window(c, segment, u32::from(segment.window));
    establish(c);
    // To be acknowledged at once: the peer waits for it in SYN-RECEIVED. Data or a FIN that is there to be sent
    // takes the ACK along.
    c.ack_now = Some("");
}

/// The state in which data flows.
fn establish(c: &mut Connection) {
    c.state = State::Established;
    c.recovery.recover = c.snd.iss;
    c.recovery.phase = crate::recovery::Phase::Open;
    c.tell(ConnectionEvent::Established);
}

/// Takes what the peer's SYN says: its initial sequence number and its options.
fn take_peer_syn(c: &mut Connection, segment: &Segment<'_>) {
    c.rcv.irs = segment.seq;
    c.rcv.nxt = segment.seq + 1;
    c.timestamps.last_ack_sent = c.rcv.nxt;
    let options = &segment.options;
    if let Some(size) = options.maximum_segment_size {
        // At least 64, lest a peer make us send single bytes; no RFC gives a least size.
        c.snd.mss = u32::from(size).max(64);
    }
    c.snd.mss = c.snd.mss.min(c.announced_mss());
    // Each option is in force when both SYNs carry it; we offer what the configuration allows.
    match (c.window_scaling, options.window_scale) {
        (true, Some(shift)) => {
            // More than 14 is an error of the peer's, and counts as 14: RFC 7323 §2.3.
            c.snd.shift = shift.min(14);
            c.rcv.shift = c.offered_shift();
        }
        _ => c.window_scaling = false,
    }
    match (c.timestamps.on, options.timestamps) {
        (true, Some(timestamps)) => c.timestamps.recent = timestamps.value,
        _ => c.timestamps.on = false,
    }
    c.sack_permitted &= options.sack_permitted;
    let payload = c.snd.mss - if c.timestamps.on { 12 } else { 0 };
    c.congestion.set_smss(payload);
}

/// SND.WND := SEG.WND, and where that came from.
fn set_send_window(c: &mut Connection, segment: &Segment<'_>, window: u32) {
    let was_closed = c.snd.wnd == 0;
    c.snd.wnd = window;
    c.snd.wl1 = segment.seq;
    c.snd.wl2 = segment.ack;
    c.snd.max_wnd = c.snd.max_wnd.max(window);
    if was_closed && window > 0 {
        // The wait is over: what was held back may go.
        c.timers.persist = None;
        if c.probes > 0 && c.snd.in_flight() > 0 {
            // The peer had no room for the probe's byte, and dropped it.
            c.recovery.resend = Some((c.snd.una, c.snd.nxt));
            c.recovery.why = "retransmission, the window has opened".into();
        }
        c.probes = 0;
    }
}
