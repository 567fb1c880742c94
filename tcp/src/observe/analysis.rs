//! What a segment means in its connection: its numbers made relative, its text put in order, its notes.
//!
//! The rules are those of Wireshark's analysis of sequence numbers, so that the two agree where there is no reason to
//! differ. They differ where this crate can say more: about retransmissions (`loss.rs`), and about probes of a closed
//! window, which Wireshark calls keep-alives when they carry nothing.
//!
//! Tested in `tests/observe/`, and against tshark in `tests/tshark.rs`.

use barewire_dissect::Direction;

use crate::observe::flow::{Flow, Phase, Question};
use crate::observe::loss::{self, Resent};
use crate::observe::note::Note;
use crate::observe::passing::Passing;
use crate::observe::stream::{Brought, Delivery, Text};
use crate::seq::SeqNumber;

/// The sequence, acknowledgment and window numbers of a segment, made relative.
pub(super) struct Relative {
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) window: u32,
}

/// Follows a segment: its numbers, its notes, and the stream bytes that are in order now.
pub(super) fn follow<'a>(
    flows: &mut [Flow; 2],
    passing: &Passing<'_, 'a>,
    out: &mut Delivery<'a>,
) -> Relative {
    let [client, server] = flows;
    let (here, there) = (passing.direction, passing.direction.reversed());
    let (flow, peer) = if here == Direction::ToServer { (client, server) } else { (server, client) };
    let numbers = begin(flow, peer, passing, out);
    if passing.segment.flags.rst() {
        flow.note_reset();
        // After a reset nothing fills a hole.
        flow.stream.flush(here, out);
        peer.stream.flush(there, out);
    } else {
        note(flow, peer, passing, numbers.window, out);
    }
    flow.stream.acknowledged(here, peer.last_ack, passing.time, out);
    peer.stream.acknowledged(there, flow.last_ack, passing.time, out);
    numbers
}

/// Takes the first numbers of both directions, and makes those of the segment relative.
fn begin(flow: &mut Flow, peer: &mut Flow, passing: &Passing<'_, '_>, out: &mut Delivery<'_>) -> Relative {
    let segment = passing.segment;
    if segment.flags.syn() && flow.heard && flow.isn != Some(segment.seq) {
        out.notes.push(Note::PortsReused);
    }
    flow.begin(segment, !flow.saw_syn && !peer.saw_syn);
    let mut ack = 0;
    if segment.flags.ack() {
        peer.begin_before(segment.ack);
        ack = peer.relative(segment.ack);
    }
    Relative { seq: flow.relative(segment.seq), ack, window: flow.window(segment, peer) }
}

/// Says what there is to say about a segment that is not a reset.
fn note<'a>(
    flow: &mut Flow,
    peer: &mut Flow,
    passing: &Passing<'_, 'a>,
    window: u32,
    out: &mut Delivery<'a>,
) {
    let question = question(flow, peer, passing);
    note_text(flow, peer, passing, question, out);
    note_window_full(flow, peer, passing, out);
    flow.heard = true;
    flow.question = question;
    if passing.segment.flags.syn() {
        flow.last_window = window;
    }
    if passing.segment.flags.ack() {
        note_ack(flow, peer, passing, window, out);
        let ack = passing.segment.ack;
        flow.last_ack = Some(flow.last_ack.map_or(ack, |last| last.latest(ack)));
        flow.last_window = window;
        peer.syn_acked |= peer.isn.is_some_and(|isn| ack.after(isn));
        peer.fin_acked |= peer.fin.is_some_and(|fin| ack.after(fin));
        note_handshake(flow, peer, passing);
    }
    flow.note_heard(peer);
}

/// Whether the segment only wants an answer: RFC 9293 §3.8.4 and §3.8.6.1.
fn question(flow: &Flow, peer: &Flow, passing: &Passing<'_, '_>) -> Option<Question> {
    if !flow.heard || !passing.is_plain() || passing.length() > 1 {
        return None;
    }
    let seq = passing.segment.seq;
    let window_is_closed = peer.last_ack.is_some() && peer.last_window == 0;
    if window_is_closed && passing.length() == 1 && seq == flow.end {
        return Some(Question::ZeroWindowProbe);
    }
    let one_before = seq == flow.end.back(1);
    if !one_before {
        return None;
    }
    // A byte that is not acknowledged yet is sent again, no more.
    let all_acknowledged = peer.last_ack.is_none_or(|ack| ack.at_or_after(flow.end));
    match (window_is_closed, passing.length()) {
        (true, 0) => Some(Question::ZeroWindowProbe),
        (false, 0) => Some(Question::KeepAlive),
        (_, _) if all_acknowledged => Some(Question::KeepAlive),
        _ => None,
    }
}

/// Puts the text in order, and says if it is not.
fn note_text<'a>(
    flow: &mut Flow,
    peer: &Flow,
    passing: &Passing<'_, 'a>,
    question: Option<Question>,
    out: &mut Delivery<'a>,
) {
    let segment = passing.segment;
    let (start, end) = (segment.seq, passing.end());
    match question {
        Some(Question::KeepAlive) => out.notes.push(Note::KeepAlive),
        Some(Question::ZeroWindowProbe) => out.notes.push(Note::ZeroWindowProbe),
        None if flow.heard && start.after(flow.end) => {
            out.notes.push(Note::NotSeenYet { bytes: start.since(flow.end) });
        }
        None => {}
    }
    let brought = take_text(flow, passing, out);
    let new_fin = segment.flags.fin() && flow.fin.is_none();
    if new_fin {
        flow.fin = Some(end.back(1));
        flow.closed_first = !peer.fin.is_some_and(|fin| segment.flags.ack() && segment.ack.after(fin));
    }
    let resent = flow.heard && end != start && start.before(flow.end) && question.is_none();
    if resent {
        let what = Resent { start, end, brought, syn: segment.flags.syn(), now: passing.time };
        out.notes.push(loss::judge(flow, peer, &what));
        flow.syn_acked &= !segment.flags.syn();
        flow.fin_acked &= !segment.flags.fin();
    }
    if segment.flags.syn() {
        flow.syn_time = Some(passing.time);
        if passing.length() > 0 {
            flow.syn_text = Some(end);
            out.notes.push(Note::TextInSyn { bytes: passing.length() });
        }
    }
    if !flow.heard || end.after(flow.end) && question != Some(Question::ZeroWindowProbe) {
        (flow.end, flow.end_time) = (end, passing.time);
        if end != start {
            // RFC 6298 §5.1.
            flow.timer.get_or_insert(passing.time);
        }
    }
}

fn take_text<'a>(flow: &mut Flow, passing: &Passing<'_, 'a>, out: &mut Delivery<'a>) -> Brought {
    if passing.length() == 0 {
        return Brought::Nothing;
    }
    if passing.missing > 0 {
        out.notes.push(Note::CutByCapture { missing: passing.missing });
    }
    let text = Text {
        seq: passing.text_seq(),
        bytes: passing.segment.payload,
        missing: passing.missing as u64,
        frame: passing.frame,
        time: passing.time,
    };
    flow.stream.take(passing.direction, text, out)
}

/// The last byte of the segment is the last one that the receiver has room for.
fn note_window_full(flow: &Flow, peer: &Flow, passing: &Passing<'_, '_>, out: &mut Delivery<'_>) {
    if passing.length() > 0
        && passing.is_plain()
        && peer.knows_scale()
        && peer.last_window > 0
        && peer.last_ack.is_some_and(|ack| passing.end() == ack + peer.last_window)
        && passing.end() == flow.end
    {
        out.notes.push(Note::WindowFull);
    }
}

/// What the acknowledgment says: RFC 5681 §2 on duplicates, RFC 2883 on SACK blocks that tell of a duplicate.
fn note_ack(
    flow: &mut Flow,
    peer: &mut Flow,
    passing: &Passing<'_, '_>,
    window: u32,
    out: &mut Delivery<'_>,
) {
    let segment = passing.segment;
    if window == 0 && passing.is_plain() {
        out.notes.push(Note::ZeroWindow);
    }
    note_sack(flow, peer, passing, out);
    let same_ack = flow.last_ack == Some(segment.ack);
    if !same_ack {
        (flow.duplicate_acks, flow.third_duplicate) = (0, None);
    }
    if same_ack && passing.is_plain() && passing.length() == 0 && segment.seq == flow.end {
        note_repeated_ack(flow, peer, passing, window, out);
    }
    note_text_of_syn(flow, peer, passing, out);
    if flow.last_ack.is_none_or(|last| segment.ack.after(last)) {
        acknowledged(flow, peer, passing, out);
    }
}

/// Whether the text of the peer's SYN is acknowledged: RFC 7413 §4.2.2.
fn note_text_of_syn(flow: &mut Flow, peer: &Flow, passing: &Passing<'_, '_>, out: &mut Delivery<'_>) {
    let ack = passing.segment.ack;
    if peer.syn_text.is_some() && passing.segment.flags.syn() && peer.isn.is_some_and(|isn| ack == isn + 1) {
        out.notes.push(Note::SynTextRefused);
    }
    flow.took_text_of_syn |= peer.syn_text == Some(ack);
}

/// A segment without text whose ACK says nothing new.
fn note_repeated_ack(
    flow: &mut Flow,
    peer: &Flow,
    passing: &Passing<'_, '_>,
    window: u32,
    out: &mut Delivery<'_>,
) {
    let same_window = window == flow.last_window;
    match peer.question {
        Some(Question::ZeroWindowProbe) if window == 0 => out.notes.push(Note::ZeroWindowProbeAnswer),
        Some(Question::KeepAlive) if same_window && window > 0 => out.notes.push(Note::KeepAliveAnswer),
        _ if window > 0 && (same_window || !passing.segment.options.sack.is_empty()) => {
            flow.duplicate_acks += 1;
            if flow.duplicate_acks == 3 {
                flow.third_duplicate = Some(passing.time);
            }
            out.notes.push(Note::DuplicateAck { count: flow.duplicate_acks });
        }
        _ if window > 0 => out.notes.push(Note::WindowUpdate),
        _ => {}
    }
}

/// Remembers the highest number that the blocks report. A first block below the ACK, or inside the second, is a D-SACK.
fn note_sack(flow: &mut Flow, peer: &Flow, passing: &Passing<'_, '_>, out: &mut Delivery<'_>) {
    let segment = passing.segment;
    let blocks = segment.options.sack.as_slice();
    let Some((&(first, end), rest)) = blocks.split_first() else { return };
    let inside_next = rest.first().is_some_and(|(f, e)| first.at_or_after(*f) && end.at_or_before(*e));
    if first.before(segment.ack) || inside_next {
        out.notes.push(Note::DuplicateSack { first: peer.relative(first), end: peer.relative(end) });
    }
    for (_, end) in blocks {
        if flow.sacked.is_none_or(|(sacked, _)| end.after(sacked)) {
            flow.sacked = Some((*end, passing.time));
        }
    }
}

/// The ACK says something new: what `peer` had in flight is less now, and its timer starts anew (RFC 6298 §5.2, §5.3).
fn acknowledged(flow: &mut Flow, peer: &mut Flow, passing: &Passing<'_, '_>, out: &mut Delivery<'_>) {
    let ack = passing.segment.ack;
    peer.timer = ack.before(peer.end).then_some(passing.time);
    match peer.phase {
        Phase::Fast { recover } | Phase::AfterTimer { recover } if ack.at_or_after(recover) => {
            peer.phase = Phase::Open;
        }
        _ => {}
    }
    let unseen = if peer.heard { peer.stream.hole_before(ack) + ack_beyond(peer, ack) } else { 0 };
    if unseen > 0 && flow.told_unseen.is_none_or(|told| ack.after(told)) {
        out.notes.push(Note::AckedUnseen { bytes: unseen });
        flow.told_unseen = Some(ack.latest(peer.end));
    }
}

fn ack_beyond(peer: &Flow, ack: SeqNumber) -> u32 {
    if ack.after(peer.end) { ack.since(peer.end) } else { 0 }
}

/// How long the two ends took to answer in the handshake.
fn note_handshake(flow: &mut Flow, peer: &Flow, passing: &Passing<'_, '_>) {
    // A server that has taken the text of a SYN may answer it before its own SYN is acknowledged.
    let speaks_early = flow.took_text_of_syn && peer.last_ack.is_none();
    if !passing.segment.flags.syn() && !speaks_early {
        // Without its own SYN acknowledged it would not speak like this.
        flow.syn_acked = true;
    }
    if flow.reaction.is_none()
        && let Some(syn) = peer.syn_time
        && passing.segment.ack.after(peer.isn.unwrap_or_default())
    {
        flow.reaction = Some(passing.time.saturating_sub(syn));
    }
}
