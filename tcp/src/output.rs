//! What to send next.
//!
//! [`Connection::transmit`](crate::Connection::transmit) asks one question after another, and the first that has an
//! answer gives the packet: a reply that has nothing to do with the stream; the SYN; what is to be sent again; new
//! data as far as both windows allow; a probe of a closed window; and if nothing else has carried it, the ACK.
//!
//! Silly windows are avoided on both sides (RFC 9293 §3.8.6.2): here small segments are held back while better ones may
//! become possible, and `window.rs` opens our own window only in steps worth announcing.
//!
//! Tested in `tests/clauses.rs` and `tests/recovery.rs`.

mod compose;
pub(crate) mod reply;
pub(crate) mod window;

use std::time::Instant;

use crate::ack::Ack;
use crate::note::SentNote;
use crate::options::{Options, SackBlocks, Timestamps};
use crate::output::compose::{Plan, compose, probe_interval};
use crate::output::reply::Transmit;
use crate::output::window::offered_shift;
use crate::recovery::limited_transmit;
use crate::recovery::variables::{Phase, Resend};
use crate::segment::Flags;
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// The next packet to send, if any.
pub(crate) fn next_packet(c: &mut Tcb, now: Instant) -> Option<Transmit> {
    if let Some(reply) = c.replies.pop_front() {
        return Some(reply.into_packet(c.local, c.remote));
    }
    let plan = match c.state() {
        State::Closed | State::Listen => return None,
        State::SynSent | State::SynReceived => plan_syn(c)?,
        _ => plan_resend(c)
            .or_else(|| plan_new_text(c, now))
            .or_else(|| plan_probe(c))
            .or_else(|| plan_ack(c))?,
    };
    Some(compose(c, now, plan))
}

/// The SYN, or the SYN-ACK: the first time, or again.
fn plan_syn(c: &mut Tcb) -> Option<Plan> {
    let again = std::mem::replace(&mut c.recovery.resend, Resend::Nothing) != Resend::Nothing;
    let note = c.recovery.why.take();
    if c.snd.nxt != c.snd.iss && !again {
        return plan_ack_before_established(c);
    }
    let received = c.state() == State::SynReceived;
    let options = Options {
        maximum_segment_size: Some(c.announced_mss() as u16),
        sack_permitted: c.sack_permitted,
        timestamps: c.timestamps.on.then(Timestamps::default),
        window_scale: c.window_scaling.then(|| offered_shift(c)),
        sack: SackBlocks::default(),
    };
    let flags = if received { Flags::SYN | Flags::ACK } else { Flags::SYN };
    Some(Plan { seq: c.snd.iss, flags, length: 0, options, note })
}

/// In SYN-RECEIVED an ACK may be owed, for a segment outside the window.
fn plan_ack_before_established(c: &Tcb) -> Option<Plan> {
    if c.state() != State::SynReceived || c.ack == Ack::NotOwed {
        return None;
    }
    let options = Options { timestamps: c.timestamps.on.then(Timestamps::default), ..Options::default() };
    Some(Plan { seq: c.snd.nxt, flags: Flags::ACK, length: 0, options, note: ack_note(c) })
}

/// What loss recovery wants sent again: as much as fits one segment.
fn plan_resend(c: &mut Tcb) -> Option<Plan> {
    let (next, most) = match c.recovery.resend {
        Resend::Nothing => return None,
        Resend::FirstSegment => (c.snd.una, usize::MAX),
        Resend::Range(next, end) => (next, end.since(next) as usize),
    };
    // After a timeout the window has shrunk to a segment, and grows with what comes back.
    if c.recovery.phase == Phase::AfterTimeout && next.since(c.snd.una) >= c.congestion.cwnd {
        return None;
    }
    let options = usual_options(c);
    let limit = segment_size(c, &options).min(most).min(c.snd.nxt.since(next) as usize);
    let length = c.outgoing.from(next).min(limit);
    let fin = c.fin_was_sent() && next + length as u32 == c.outgoing.end();
    let after = next + length as u32 + u32::from(fin);
    c.recovery.resend = match c.recovery.resend {
        Resend::Range(_, end) if after.before(end) && after != next => Resend::Range(after, end),
        _ => Resend::Nothing,
    };
    Some(Plan { seq: next, flags: text_flags(c, next, length, fin), length, options, note: c.recovery.why })
}

/// New data, a FIN, or both, as far as the windows allow.
fn plan_new_text(c: &mut Tcb, now: Instant) -> Option<Plan> {
    if !c.state().may_transmit() || c.fin_was_sent() {
        return None;
    }
    let unsent = c.outgoing.end().since(c.snd.nxt) as usize;
    if unsent == 0 && !c.closing {
        return None;
    }
    let options = usual_options(c);
    let size = segment_size(c, &options);
    let usable = usable_window(c) as usize;
    let length = unsent.min(size).min(usable);
    // The FIN takes a number too; with nothing in flight it goes even into a closed window, and is its own probe.
    let fin = c.closing && length == unsent && (usable > length || c.snd.in_flight() == 0 && unsent == 0);
    if !fin && !is_worth_sending(c, length, unsent, size) {
        wait_for_window(c, now, unsent);
        return None;
    }
    let seq = c.snd.nxt;
    c.rtt.start_timing(now, seq + length as u32);
    c.snd.nxt = seq + length as u32 + u32::from(fin);
    if fin {
        // RFC 9293 §3.10.4.
        c.pass(Cause::FinSent);
    }
    Some(Plan { seq, flags: text_flags(c, seq, length, fin), length, options, note: None })
}

/// How many more bytes both windows allow in flight.
fn usable_window(c: &Tcb) -> u32 {
    let in_flight = c.snd.in_flight();
    let cwnd = c.congestion.cwnd.saturating_add(limited_transmit(c));
    c.snd.wnd.saturating_sub(in_flight).min(cwnd.saturating_sub(in_flight))
}

/// RFC 9293 §3.8.6.2.1, the sender's silly window avoidance, with Nagle (§3.7.4) if asked for.
fn is_worth_sending(c: &Tcb, length: usize, unsent: usize, size: usize) -> bool {
    if length == 0 {
        return false;
    }
    let idle = c.snd.in_flight() == 0;
    length == size
        || length == unsent && (idle || !c.config.nagle)
        || length as u32 >= c.snd.max_wnd / 2 && c.snd.max_wnd > 0
}

/// Data is waiting, and nothing is in flight whose ACK would open the window: only a question will tell.
fn wait_for_window(c: &mut Tcb, now: Instant, unsent: usize) {
    if unsent > 0 && c.snd.in_flight() == 0 && c.timers.persist.is_none() && !c.probe_now {
        c.timers.persist = Some(now + probe_interval(c));
    }
}

/// A probe: what fits into the window or, when it is closed, one byte beyond it.
fn plan_probe(c: &mut Tcb) -> Option<Plan> {
    if !std::mem::take(&mut c.probe_now) || !c.state().may_transmit() || c.outgoing.is_empty() {
        return None;
    }
    let options = usual_options(c);
    let seq = c.snd.una;
    let length = (c.snd.wnd as usize).clamp(1, segment_size(c, &options)).min(c.outgoing.len());
    c.snd.nxt = c.snd.nxt.latest(seq + length as u32);
    c.probes += 1;
    let note = if c.snd.wnd == 0 { SentNote::WindowProbe } else { SentNote::SmallSegment };
    Some(Plan { seq, flags: text_flags(c, seq, length, false), length, options, note: Some(note) })
}

/// The ACK that nothing else has carried.
fn plan_ack(c: &mut Tcb) -> Option<Plan> {
    if c.ack == Ack::NotOwed {
        return None;
    }
    let options = usual_options(c);
    Some(Plan { seq: c.snd.nxt, flags: Flags::ACK, length: 0, options, note: ack_note(c) })
}

fn ack_note(c: &Tcb) -> Option<SentNote> {
    match c.ack {
        Ack::OwedBecause(reason) => Some(SentNote::Ack(reason)),
        Ack::Owed | Ack::NotOwed => None,
    }
}

fn text_flags(c: &Tcb, seq: SeqNumber, length: usize, fin: bool) -> Flags {
    let mut flags = Flags::ACK;
    if length > 0 && seq + length as u32 == c.outgoing.end() {
        flags = flags | Flags::PSH;
    }
    if fin { flags | Flags::FIN } else { flags }
}

/// Timestamps if agreed on, and SACK blocks if there is a gap.
fn usual_options(c: &Tcb) -> Options {
    let timestamps = c.timestamps.on.then(Timestamps::default);
    let mut sack = SackBlocks::default();
    if c.sack_permitted && c.incoming.has_gap() {
        // 40 bytes of options hold four blocks, or three beside timestamps.
        for (first, end) in c.incoming.blocks(if c.timestamps.on { 3 } else { 4 }) {
            sack.push(c.rcv.nxt + first, c.rcv.nxt + end);
        }
    }
    Options { timestamps, sack, ..Options::default() }
}

/// How much text fits beside the options: RFC 6691 §2.
fn segment_size(c: &Tcb, options: &Options) -> usize {
    (c.snd.mss as usize).saturating_sub(options.length()).max(1)
}
