//! §3.10.7.4: SYN-RECEIVED and the synchronized states, in eight steps.

use std::time::Instant;

use barewire_packet::ip::Codepoint;

use crate::arrives::acknowledgment;
use crate::arrives::step::{Then, answer, challenge};
use crate::calls;
use crate::connection::event::ConnectionEvent;
use crate::flight::LostBy;
use crate::keep_alive::Silence;
use crate::note::{AckReason, ResetReason};
use crate::options::Timestamps;
use crate::receiver::Text;
use crate::segment::Segment;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// The eight steps, in order. (The third, security, is left out; the sixth, urgent data, does nothing.)
pub(super) fn otherwise(c: &mut Tcb, now: Instant, segment: &Segment<'_>, codepoint: Codepoint) {
    let steps: [fn(&mut Tcb, Instant, &Segment<'_>) -> Then; 6] = [
        old_timestamp,
        first_sequence_number,
        second_rst,
        fourth_syn,
        acknowledgment::fifth_ack,
        new_timestamp,
    ];
    for step in steps {
        if step(c, now, segment) == Then::Return {
            return;
        }
    }
    // RFC 3168 §6.1.5: a mark counts only now, because the segment lies in the window.
    if c.ecn.has_to_echo() {
        c.receiver.take_marks(segment, codepoint);
    }
    text_and_fin(c, now, segment);
}

/// The seventh step and the eighth.
pub(super) fn text_and_fin(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    if seventh_text(c, now, segment) == Then::GoOn {
        eighth_fin(c, now, segment);
    }
}

/// RFC 7323 §5.3 (PAWS), before the first step: a segment whose timestamp is older than the one we have seen is an old
/// duplicate, perhaps from before the numbers wrapped.
fn old_timestamp(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if !c.uses_timestamps() || segment.flags.rst() {
        return Then::GoOn;
    }
    match segment.options.timestamps {
        // RFC 7323 §3.2: once agreed on, every segment carries one.
        None if !segment.flags.syn() => Then::Return,
        Some(timestamps) if c.receiver.is_old(&timestamps, now) => {
            answer(c, now, segment, AckReason::OldTimestamp);
            Then::Return
        }
        _ => Then::GoOn,
    }
}

/// First, check the sequence number: does the segment lie in the window?
fn first_sequence_number(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    let rcv = *c.receiver.variables();
    let is_same_syn = c.state() == State::SynReceived && segment.flags.syn() && segment.seq == rcv.irs;
    if is_same_syn && !segment.flags.rst() {
        // Also where its text lies in the window, because it was not taken the first time.
        return repeated_syn(c, now, segment);
    }
    if c.receiver.is_acceptable(segment) {
        return Then::GoOn;
    }
    if segment.flags.rst() {
        return Then::Return;
    }
    if c.state() == State::TimeWait && segment.flags.fin() {
        // The peer's FIN again: our ACK was lost. It is repeated below, and the wait starts over.
        c.time_wait = Some(now + c.config.time_wait);
    }
    c.receiver.note_what_came_twice(segment);
    take_timestamp_of_copy(c, now, segment);
    let old = (segment.seq + segment.len()).at_or_before(rcv.nxt);
    answer(c, now, segment, if old { AckReason::Duplicate } else { AckReason::OutsideWindow });
    Then::Return
}

/// The timestamp of something that came before: our ACK of it was lost, and the next one should tell the peer how long
/// *this* copy took. With the timestamp of the first copy the peer would measure a round trip as long as all its
/// timeouts together, and its next timeout would last for minutes. RFC 7323 §4.3 takes timestamps of segments in the
/// window only, since anybody can forge others. So here the echo has to be a time that our clock has shown. In an old
/// connection that can be guessed, so the timestamp must also be one that the peer's clock can have reached by now.
/// (Linux takes the timestamp of the last segment only.)
fn take_timestamp_of_copy(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    let is_echo = |stamps: Timestamps| c.clock.has_shown(stamps.echo, now);
    if segment.options.timestamps.is_some_and(is_echo) && acknowledgment::is_plausible(c, segment) {
        c.receiver.take_timestamp_of_copy(now, segment);
    }
}

/// The peer's SYN again: our SYN-ACK was lost, or (both opening at once) its SYN-ACK has come. Not every copy gets a
/// SYN-ACK (RFC 5961 §7): somebody who forges the peer's address would have us send it one for each. As in Linux the
/// pause is half a second, and a real peer waits longer before it repeats its SYN.
fn repeated_syn(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    c.ecn.syn_received(segment.flags);
    if segment.flags.ack() {
        // §3.5, figure 7: it acknowledges our SYN; the fifth step takes it from here.
        return Then::GoOn;
    }
    if c.limits.allows_answer(now, false) {
        c.sender.repeat_syn(LostBy::SynRepeated);
    }
    Then::Return
}

// book: rst
/// Second, check the RST bit: RFC 5961 §3. A reset counts only with the very number that we expect next. One that is
/// merely in the window may be a guess, and a challenge answers it.
fn second_rst(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.rst() {
        return Then::GoOn;
    }
    if segment.seq != c.receiver.variables().nxt {
        challenge(c, now);
        return Then::Return;
    }
    let why = match c.state() {
        State::SynReceived => {
            let event = if c.passive { ConnectionEvent::Reset } else { ConnectionEvent::Refused };
            c.end_unmade(event);
            return Then::Return;
        }
        State::Closing | State::LastAck | State::TimeWait => ConnectionEvent::Closed,
        _ => ConnectionEvent::Reset,
    };
    c.end(Cause::End, why);
    Then::Return
}
// book: end

/// Fourth, check the SYN bit: RFC 5961 §4. A challenge answers it. A peer that has really begun anew answers the
/// challenge with a reset. The SYN-ACK of a peer that opens at once is the SYN that is known already.
fn fourth_syn(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    let is_known = c.state() == State::SynReceived && segment.seq == c.receiver.variables().irs;
    if !segment.flags.syn() || is_known && segment.flags.ack() {
        return Then::GoOn;
    }
    if c.state() == State::SynReceived && c.passive && !c.fast_open.is_open() {
        c.end_unmade(ConnectionEvent::BackToListen);
    } else {
        challenge(c, now);
    }
    Then::Return
}

/// RFC 7323 §4.3: the timestamp to echo. It is taken only now: a segment that was refused leaves no trace. From here on
/// the peer also counts as heard.
fn new_timestamp(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    c.receiver.take_timestamp(now, segment);
    c.silence = Silence::new(now);
    Then::GoOn
}

/// Seventh, process the segment text.
fn seventh_text(c: &mut Tcb, now: Instant, segment: &Segment<'_>) -> Then {
    if segment.payload.is_empty() || !c.state().may_receive() {
        return Then::GoOn;
    }
    if c.abandoned {
        // Nobody will read this, and the peer should know: RFC 9293 §3.6.1.
        calls::reset(c, ResetReason::Unread);
        return Then::Return;
    }
    if c.receiver.take_text(now, segment) == Text::Readable {
        c.receiver.grow(now, c.sender.rtt().srtt);
        c.tell(ConnectionEvent::Readable);
    }
    Then::GoOn
}

/// Eighth, check the FIN bit.
fn eighth_fin(c: &mut Tcb, now: Instant, segment: &Segment<'_>) {
    if !c.receiver.take_fin(segment) {
        return;
    }
    c.tell(ConnectionEvent::PeerClosed);
    match c.state() {
        // Had our FIN been acknowledged, the fifth step would have moved on to FIN-WAIT-2.
        State::Established | State::FinWait1 => c.pass(Cause::Fin),
        State::FinWait2 => c.wait_out(now, Cause::Fin),
        _ => {}
    }
}
