//! RFC 9293 §3.10.7.4, fifth step: the ACK field. It moves `snd.una` and `snd.wnd`, and the state when our FIN is
//! acknowledged.

use std::time::{Duration, Instant};

use crate::ack::Ack;
use crate::arrives::opening::{establish, set_send_window};
use crate::arrives::step::{Then, challenge};
use crate::connection::event::ConnectionEvent;
use crate::note::{AckReason, ResetReason};
use crate::output::reply::Reply;
use crate::recovery;
use crate::recovery::variables::Phase;
use crate::segment::Segment;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// Fifth, check the ACK field.
pub(super) fn fifth_ack(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.ack() {
        return Then::Return;
    }
    // RFC 5961 §5.2: an ACK from far in the past is a guess.
    if segment.ack.before(c.snd.una.back(c.snd.max_wnd)) {
        challenge(c, now);
        return Then::Return;
    }
    if c.state() == State::SynReceived && syn_received(c, segment) == Then::Return {
        return Then::Return;
    }
    if segment.ack.after(c.snd.nxt) {
        c.ack = Ack::OwedBecause(AckReason::NeverSent);
        return Then::Return;
    }
    let window = u32::from(segment.window) << c.snd.shift;
    if segment.ack.after(c.snd.una) {
        new_ack(c, now, segment);
    } else if is_duplicate(c, segment, window) {
        recovery::on_duplicate_ack(c);
    }
    update_send_window(c, segment, window);
    if window == 0 && segment.ack == c.snd.una {
        // The peer lives, but has no room. That may go on for as long as it answers (§3.8.6.1).
        c.recovery.timeouts = 0;
    }
    our_fin_was_acknowledged(c, now)
}

/// In SYN-RECEIVED: the ACK of our SYN makes the connection.
fn syn_received(c: &mut Tcb, segment: &Segment<'_>) -> Then {
    if !(segment.ack.after(c.snd.una) && segment.ack.at_or_before(c.snd.nxt)) {
        c.replies.push_back(Reply::reset(segment.ack, ResetReason::NeverSent));
        return Then::Return;
    }
    // A SYN-ACK (both opened at once) is the one segment here whose window is not scaled: RFC 7323 §2.2.
    let shift = if segment.flags.syn() { 0 } else { c.snd.shift };
    set_send_window(c, segment, u32::from(segment.window) << shift);
    establish(c, Cause::AckOfSyn);
    if segment.flags.syn() {
        c.ack = Ack::Owed;
    }
    Then::GoOn
}

/// SND.UNA < SEG.ACK =< SND.NXT: something new was acknowledged.
fn new_ack(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    let acked = segment.ack.since(c.snd.una);
    // A window that was not in use says nothing about the capacity of the path, so it does not grow (RFC 7661 has
    // more).
    let window_was_full = c.snd.in_flight().saturating_add(c.snd.mss) >= c.congestion.cwnd;
    c.snd.una = segment.ack;
    c.outgoing.acknowledge(segment.ack);
    sample_round_trip(c, now, segment);
    recovery::on_new_ack(c, now, acked, window_was_full);
    if c.write_was_cut && c.outgoing.has_room() {
        c.write_was_cut = false;
        c.tell(ConnectionEvent::Writable);
    }
}

/// Takes a sample of the round trip: from the one timed segment or, after a retransmission, from the echoed timestamp
/// of a segment that acknowledges something new (RFC 7323 §4.1).
pub(super) fn sample_round_trip(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    c.rtt.acknowledged(now, segment.ack);
    if c.recovery.phase == Phase::Open && c.recovery.timeouts == 0 {
        return;
    }
    // After a retransmission no segment is timed (Karn), but the echo says which of the two was answered. It counts in
    // milliseconds: too coarse to be used always, but good enough here.
    if let Some(timestamps) = segment.options.timestamps
        && c.timestamps.on
    {
        let elapsed = c.timestamp_clock(now).wrapping_sub(timestamps.echo);
        if elapsed < 1 << 20 {
            c.rtt.sample(Duration::from_millis(u64::from(elapsed)));
        }
    }
}

/// RFC 5681 §2: an ACK that says nothing new while data is in flight. An ACK with SACK blocks says that something
/// arrived out of order, whatever its window (RFC 6675 §2).
fn is_duplicate(c: &Tcb, segment: &Segment<'_>, window: u32) -> bool {
    segment.ack == c.snd.una
        && segment.is_empty()
        && c.snd.in_flight() > 0
        && (window == c.snd.wnd || !segment.options.sack.is_empty())
        && window > 0
}

/// The window of the newest segment counts, and that need not be the last to come: SND.WL1 and SND.WL2 tell.
fn update_send_window(c: &mut Tcb, segment: &Segment<'_>, window: u32) {
    let newer =
        c.snd.wl1.before(segment.seq) || c.snd.wl1 == segment.seq && c.snd.wl2.at_or_before(segment.ack);
    if segment.ack.at_or_after(c.snd.una) && newer && !segment.flags.syn() {
        set_send_window(c, segment, window);
    }
}

/// Moves the state on when everything up to our FIN is acknowledged.
fn our_fin_was_acknowledged(c: &mut Tcb, now: Instant) -> Then {
    let acknowledged = c.fin_was_sent() && c.snd.una == c.snd.nxt;
    match c.state() {
        State::FinWait1 if acknowledged => {
            c.pass(Cause::AckOfFin);
            if c.abandoned {
                c.timers.time_wait = Some(now + c.config.time_wait);
            }
        }
        State::Closing if acknowledged => c.wait_out(now, Cause::AckOfFin),
        State::LastAck if acknowledged => {
            c.end(Cause::AckOfFin, ConnectionEvent::Closed);
            return Then::Return;
        }
        _ => {}
    }
    Then::GoOn
}
