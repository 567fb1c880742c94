//! §3.10.7.4: SYN-RECEIVED and the synchronized states, in eight steps.

use std::time::Instant;

use super::acknowledgment;
use crate::connection::{Connection, ConnectionEvent};
use crate::segment::{Flags, Segment};
use crate::seq::SeqNumber;
use crate::state::State;

/// Whether the next step follows, or the segment is done with.
#[derive(PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Return,
}

/// The eight steps, in order. (The third, security, is left out; the sixth, urgent data, does nothing.)
pub(super) fn otherwise(c: &mut Connection, now: Instant, segment: &Segment<'_>) {
    let steps: [fn(&mut Connection, Instant, &Segment<'_>) -> Then; 7] = [
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

/// RFC 7323 §5.3, which goes before the first step: a segment whose timestamp is older than what we have seen is an old
/// duplicate from before the numbers wrapped (PAWS). Left out: forgetting TS.Recent after 24 idle days.
fn old_timestamp(c: &mut Connection, _: Instant, segment: &Segment<'_>) -> Then {
    if !c.timestamps.on || segment.flags.rst() {
        return Then::GoOn;
    }
    match segment.options.timestamps {
        // RFC 7323 §3.2: once agreed on, every segment carries one.
        None if !segment.flags.syn() => Then::Return,
        Some(timestamps) if SeqNumber(timestamps.value).before(SeqNumber(c.timestamps.recent)) => {
            c.ack_now = Some("ACK for a segment with an old timestamp");
            Then::Return
        }
        _ => Then::GoOn,
    }
}

/// First, check the sequence number: does the segment lie in the window?
fn first_sequence_number(c: &mut Connection, now: Instant, segment: &Segment<'_>) -> Then {
    if is_acceptable(c, segment) {
        take_timestamp(c, segment);
        return Then::GoOn;
    }
    if segment.flags.rst() {
        return Then::Return;
    }
    if c.state == State::SynReceived && segment.flags.syn() && segment.seq == c.rcv.irs {
        return repeated_syn(c, segment);
    }
    if c.state == State::TimeWait && segment.flags.fin() {
        // The peer's FIN again: our ACK was lost. It is repeated below, and the wait starts over.
        c.timers.time_wait = Some(now + c.config.time_wait);
    }
    let old = (segment.seq + segment.len()).at_or_before(c.rcv.nxt);
    c.ack_now = Some(if old { "ACK for a duplicate" } else { "ACK for a segment outside the window" });
    Then::Return
}

/// The peer's SYN again: our SYN-ACK was lost, or (both opening at once) its SYN-ACK has come.
fn repeated_syn(c: &mut Connection, segment: &Segment<'_>) -> Then {
    if segment.flags.ack() && segment.ack == c.snd.nxt {
        // §3.5, figure 8: it acknowledges our SYN; the fifth step takes it from here.
        return Then::GoOn;
    }
    c.recovery.resend = Some((c.snd.iss, c.snd.iss + 1));
    c.recovery.why = "retransmission, the peer repeats its SYN".into();
    Then::Return
}

/// The four cases of RFC 9293 §3.4, table 6.
fn is_acceptable(c: &Connection, segment: &Segment<'_>) -> bool {
    let (length, window) = (segment.len(), c.rcv.wnd);
    let in_window = |number: SeqNumber| number.within(c.rcv.nxt, window);
    match (length, window) {
        (0, 0) => segment.seq == c.rcv.nxt,
        (0, _) => in_window(segment.seq),
        // With the window closed nothing can be taken, but a probe's ACK is worth reading: "special allowance
        // should be made to accept valid ACKs". The text is cut to nothing in the seventh step.
        (_, 0) => segment.seq == c.rcv.nxt,
        _ => in_window(segment.seq) || in_window(segment.seq + (length - 1)),
    }
}

/// RFC 7323 §4.3: the timestamp to echo is that of the last segment that moved the window's left edge, or would have.
fn take_timestamp(c: &mut Connection, segment: &Segment<'_>) {
    if let Some(timestamps) = segment.options.timestamps
        && c.timestamps.on
        && segment.seq.at_or_before(c.timestamps.last_ack_sent)
    {
        c.timestamps.recent = timestamps.value;
    }
}

/// Second, check the RST bit: RFC 5961 §3. A reset counts only with the very number we expect next; one that is merely in the
/// window may be a guess, and is answered by a challenge.
fn second_rst(c: &mut Connection, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.rst() {
        return Then::GoOn;
    }
    if segment.seq != c.rcv.nxt {
        challenge(c, now);
        return Then::Return;
    }
    let why = match c.state {
        State::SynReceived if c.passive => ConnectionEvent::BackToListen,
        State::SynReceived => ConnectionEvent::Refused,
        State::Closing | State::LastAck | State::TimeWait => ConnectionEvent::Closed,
        _ => ConnectionEvent::Reset,
    };
    c.enter_closed(why);
    Then::Return
}

/// Fourth, check the SYN bit: RFC 5961 §4. A peer that has really started anew answers the challenge with a reset.
fn fourth_syn(c: &mut Connection, now: Instant, segment: &Segment<'_>) -> Then {
    if !segment.flags.syn() || c.state == State::SynReceived && segment.flags.ack() {
        return Then::GoOn;
    }
    if c.state == State::SynReceived && c.passive {
        c.enter_closed(ConnectionEvent::BackToListen);
    } else {
        challenge(c, now);
    }
    Then::Return
}

/// A challenge ACK (RFC 5961): ten a second at most, so that we are no amplifier.
pub(super) fn challenge(c: &mut Connection, now: Instant) {
    let pause = std::time::Duration::from_millis(100);
    if c.last_challenge.is_none_or(|last| now >= last + pause) {
        c.last_challenge = Some(now);
        c.ack_now = Some("challenge ACK");
    }
}

/// Seventh, process the segment text.
fn seventh_text(c: &mut Connection, now: Instant, segment: &Segment<'_>) -> Then {
    if segment.payload.is_empty() || !c.state.may_receive() {
        return Then::GoOn;
    }
    if c.abandoned {
        // Nobody will ever read this, and the peer should know: RFC 9293 §3.6.1.
        c.abort();
        return Then::Return;
    }
    let had_gap = c.incoming.has_gap();
    let Some((ahead, text)) = cut_to_window(c, segment) else {
        c.ack_now = Some(if c.rcv.wnd == 0 { "ACK, the window is closed" } else { "ACK for a duplicate" });
        return Then::GoOn;
    };
    let advanced = c.incoming.insert(ahead, text);
    c.rcv.nxt += advanced;
    c.rcv.wnd = c.rcv.wnd.saturating_sub(advanced);
    if c.peer_fin.is_some_and(|fin| c.rcv.nxt.after(fin)) {
        // A FIN was said to stand in the middle of this text. It is not the end, or we would wait for ever for it.
        c.peer_fin = None;
    }
    if advanced > 0 {
        c.tell(ConnectionEvent::Readable);
    }
    if ahead > 0 {
        c.ack_now = Some("duplicate ACK, there is a gap");
    } else if had_gap {
        // RFC 5681 §4.2: a segment that fills all or part of a gap is acknowledged at once.
        c.ack_now = Some("");
    } else {
        acknowledge_soon(c, now, advanced);
    }
    Then::GoOn
}

/// The part of the text that is new and lies in the window, and how far ahead of RCV.NXT it starts.
fn cut_to_window<'a>(c: &Connection, segment: &Segment<'a>) -> Option<(u32, &'a [u8])> {
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
fn acknowledge_soon(c: &mut Connection, now: Instant, bytes: u32) {
    c.unacknowledged = c.unacknowledged.saturating_add(bytes);
    if c.unacknowledged >= 2 * c.receive_segment() || c.config.delayed_ack.is_zero() {
        c.ack_now.get_or_insert("");
    } else if c.timers.delayed_ack.is_none() {
        c.timers.delayed_ack = Some(now + c.config.delayed_ack);
    }
}

/// Eighth, check the FIN bit. A FIN that has come too early is remembered, and processed when all before it is there.
fn eighth_fin(c: &mut Connection, now: Instant, segment: &Segment<'_>) -> Then {
    let fin = segment.seq + u32::from(segment.flags.syn()) + segment.payload.len() as u32;
    if segment.flags.fin() && c.peer_fin.is_none() && fin.since(c.rcv.nxt) <= c.rcv.wnd {
        c.peer_fin = Some(fin);
    }
    if c.peer_fin != Some(c.rcv.nxt) {
        if segment.flags.fin() && fin.after(c.rcv.nxt) {
            c.ack_now.get_or_insert("duplicate ACK, there is a gap");
        }
        return Then::GoOn;
    }
    c.rcv.nxt += 1;
    c.ack_now = Some("");
    c.tell(ConnectionEvent::PeerClosed);
    match c.state {
        State::SynReceived | State::Established => c.state = State::CloseWait,
        // Had our FIN been acknowledged, the fifth step would have moved on to FIN-WAIT-2.
        State::FinWait1 => c.state = State::Closing,
        State::FinWait2 => c.enter_time_wait(now),
        _ => {}
    }
    Then::GoOn
}

impl Connection {
    /// All is said: RFC 9293 §3.3.2. The other timers stop, the 2MSL timer starts.
    pub(super) fn enter_time_wait(&mut self, now: Instant) {
        self.state = State::TimeWait;
        self.timers.stop();
        self.timers.time_wait = Some(now + self.config.time_wait);
    }

    /// The size of a full segment from the peer, as far as we can know: what we announced, less timestamps.
    fn receive_segment(&self) -> u32 {
        self.announced_mss() - if self.timestamps.on { 12 } else { 0 }
    }
}

/// A reset in answer to an ACK that cannot be: §3.10.7.4, fifth step in SYN-RECEIVED.
pub(super) fn reset_for(segment: &Segment<'_>) -> crate::output::Reply {
    crate::output::Reply {
        seq: segment.ack,
        ack: None,
        flags: Flags::RST,
        note: "reset: acknowledges what was never sent",
    }
}
