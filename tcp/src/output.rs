//! A message of the sender and a message of the receiver become a segment, and the segment a packet.
//!
//! First come resets, which have nothing to do with the stream. Then what the [`Sender`](crate::sender::Sender) decides
//! to send takes the ACK along. If it has nothing, and the [`Receiver`](crate::receiver::Receiver) owes an ACK, that
//! leaves alone.
//!
//! Tested in `tests/clauses` and `tests/recovery.rs`.

pub(crate) mod reply;

use std::time::Instant;

use barewire_packet::ip::Codepoint;

use crate::ack::Ack;
use crate::congestion::controller::Sign;
use crate::fast_open::Plan;
use crate::message::{Kind, SenderMessage};
use crate::note::SentNote;
use crate::options::{Options, Timestamps};
use crate::output::reply::{Transmit, in_ip};
use crate::receiver::offered_shift;
use crate::segment::{Flags, Segment};
use crate::sender::Next;
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// The next packet to send, if any.
pub(crate) fn next_packet(c: &mut Tcb, now: Instant) -> Option<Transmit> {
    if let Some(reply) = c.replies.pop_front() {
        return Some(reply.into_packet(&c.config, c.local, c.remote, c.timestamps(now)));
    }
    match c.state() {
        State::Closed | State::Listen => None,
        State::SynSent if c.fast_open.waits_for_text => None,
        State::SynSent | State::SynReceived => match c.sender.decide_syn(room_beside_syn(c, now)) {
            Some(message) => Some(send(c, now, message)),
            None if answers_before_handshake(c) => next_of_stream(c, now),
            None => acknowledge(c, now),
        },
        _ => next_of_stream(c, now),
    }
}

/// How much text may go with a client's SYN: what fits in a segment that the server takes (RFC 7413 §4.1.3).
fn room_beside_syn(c: &Tcb, now: Instant) -> usize {
    let Plan::Send { mss, .. } = c.fast_open.plan else { return 0 };
    let options = syn_options(c, now, Kind::New).length();
    (usize::from(mss).min(c.announced_mss() as usize)).saturating_sub(options)
}

/// Whether text may leave before our SYN is acknowledged: RFC 7413 §4.2.2.
fn answers_before_handshake(c: &Tcb) -> bool {
    c.state() == State::SynReceived && c.fast_open.is_open()
}

/// What the sender decides to send in an open connection; or the ACK alone.
fn next_of_stream(c: &mut Tcb, now: Instant) -> Option<Transmit> {
    c.sender.prepare(now);
    let may_transmit = c.state().may_transmit() || answers_before_handshake(c);
    let next = if may_transmit { c.sender.decide(now, room_for_text(c, now)) } else { Next::Nothing };
    match next {
        Next::Send(message) => Some(send(c, now, message)),
        Next::WaitUntil(until) => {
            c.sender.waits(now, Some(until));
            acknowledge(c, now)
        }
        Next::Nothing => {
            c.sender.waits(now, None);
            acknowledge(c, now).or_else(|| ask_whether_alive(c, now))
        }
    }
}

/// How much text fits beside the options: RFC 6691 §2.
fn room_for_text(c: &Tcb, now: Instant) -> usize {
    let mut options =
        Options { timestamps: c.uses_timestamps().then(Timestamps::default), ..Options::default() };
    if c.receiver.has_blocks() {
        options.sack = c.receiver.sack_blocks();
    }
    (c.sender.segment_size(now) as usize).saturating_sub(options.length()).max(1)
}

/// A message of the sender leaves, and takes the ACK along.
fn send(c: &mut Tcb, now: Instant, message: SenderMessage) -> Transmit {
    if message.fin && !c.sender.fin_was_sent() {
        // RFC 9293 §3.10.4.
        c.pass(Cause::FinSent);
    }
    let mut flags = if c.state() == State::SynSent { Flags::SYN } else { Flags::ACK };
    if message.syn {
        flags = flags | Flags::SYN | c.ecn.flags_of_syn(flags.ack(), message.kind);
        c.ecn.syn_sent(flags);
    }
    let text_seq = message.seq + u32::from(message.syn);
    if !message.syn && c.sender.is_last_text(text_seq, message.length) {
        flags = flags | Flags::PSH;
    }
    if message.fin {
        flags = flags | Flags::FIN;
    }
    let (codepoint, reduced) = marks(c, &message);
    let note = message
        .why
        .or_else(|| note_of_syn(c, &message))
        .or((reduced == Some(Sign::Mark)).then_some(SentNote::MarkAnswered));
    if reduced.is_some() {
        flags = flags | Flags::CWR;
    }
    let mut segment = Segment::empty(c.local.port(), c.remote.port());
    segment.seq = message.seq;
    segment.flags = flags;
    put_head(c, message.syn, &mut segment);
    if message.syn {
        segment.options = syn_options(c, now, message.kind);
    } else {
        put_usual_options(c, now, &mut segment.options);
    }
    let text = c.sender.text(text_seq, message.length);
    let packet = in_ip(c.local, c.remote, c.config.treatment(codepoint), &segment, text);
    c.sender.sent(now, &message);
    if flags.ack() {
        c.receiver.acknowledged();
    }
    Transmit { packet, note }
}

/// What there is to say about a SYN that has the Fast Open option.
fn note_of_syn(c: &Tcb, message: &SenderMessage) -> Option<SentNote> {
    c.fast_open.note(message.length).filter(|_| message.syn && message.kind == Kind::New)
}

/// Whether a message may be marked on its way, and what the reduction of the window was for of which it tells by CWR
/// (RFC 3168 §6.1.2).
fn marks(c: &Tcb, message: &SenderMessage) -> (Codepoint, Option<Sign>) {
    if c.ecn.is_agreed() && c.sender.is_new_text(message) {
        (Codepoint::Ect0, c.sender.untold_reduction())
    } else {
        (Codepoint::NotEct, None)
    }
}

/// The ACK that nothing else has carried.
fn acknowledge(c: &mut Tcb, now: Instant) -> Option<Transmit> {
    let note = match c.receiver.ack() {
        Ack::NotOwed => return None,
        Ack::Owed => None,
        Ack::OwedBecause(reason) => Some(SentNote::Ack(reason)),
    };
    if c.state() == State::SynSent {
        return None;
    }
    let packet = bare_ack(c, now, c.sender.number_without_text());
    c.receiver.acknowledged();
    Some(Transmit { packet, note })
}

/// RFC 9293 §3.8.4: a segment with a number that the peer cannot accept, so that it answers.
fn ask_whether_alive(c: &mut Tcb, now: Instant) -> Option<Transmit> {
    if !std::mem::take(&mut c.silence.question_is_due) {
        return None;
    }
    let packet = bare_ack(c, now, c.sender.variables().nxt.back(1));
    Some(Transmit { packet, note: Some(SentNote::KeepAlive) })
}

/// An ACK without text. It cannot be marked: RFC 3168 §6.1.4.
fn bare_ack(c: &mut Tcb, now: Instant, seq: SeqNumber) -> Vec<u8> {
    let mut segment = Segment::empty(c.local.port(), c.remote.port());
    segment.seq = seq;
    segment.flags = Flags::ACK;
    put_head(c, false, &mut segment);
    put_usual_options(c, now, &mut segment.options);
    in_ip(c.local, c.remote, c.config.treatment(Codepoint::NotEct), &segment, (&[], &[]))
}

/// Puts in what every segment says of the receiver: the next number it expects, its window, whether a mark has come.
fn put_head(c: &mut Tcb, syn: bool, segment: &mut Segment<'_>) {
    segment.window = c.receiver.announce_window(syn);
    if c.state() != State::SynSent {
        segment.ack = c.receiver.variables().nxt;
    }
    if !syn {
        segment.flags = segment.flags | c.receiver.echo().flags();
    }
}

/// What a SYN offers. One that is sent again does without Fast Open, which something on the way may have dropped
/// (RFC 7413 §4.2.1).
fn syn_options(c: &Tcb, now: Instant, kind: Kind) -> Options {
    Options {
        maximum_segment_size: Some(c.announced_mss() as u16),
        sack_permitted: c.receiver.uses_sack(),
        timestamps: c.timestamps(now),
        window_scale: c.window_scaling.then(|| offered_shift(c.config.receive_limit())),
        fast_open: c.fast_open.option().filter(|_| kind == Kind::New),
        ..Options::default()
    }
}

/// Timestamps if agreed on, and SACK blocks if there is something to report. They are written where the segment is: to
/// move a block of options costs more than to fill it.
fn put_usual_options(c: &Tcb, now: Instant, options: &mut Options) {
    options.timestamps = c.timestamps(now);
    if c.receiver.has_blocks() {
        options.sack = c.receiver.sack_blocks();
    }
}
