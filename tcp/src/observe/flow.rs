//! One direction of an observed connection: what of it has been seen, and in which packet.

use std::collections::BTreeMap;

use super::{Chunk, SeenSegment};
use crate::reassembly::Reassembly;
use crate::segment::Segment;
use crate::seq::SeqNumber;

/// Bytes further behind a gap than this are not kept.
const FARTHEST: u32 = 4 << 20;
/// How many packets per direction are remembered as carriers of bytes.
const MOST_CARRIERS: usize = 1 << 16;

/// What has been seen of one direction.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The initial sequence number: the SYN's, or made up from the first segment.
    isn: Option<SeqNumber>,
    /// The number behind the last byte seen.
    end: SeqNumber,
    /// The next number in order.
    next: SeqNumber,
    /// How many stream bytes are in order.
    offset: u64,
    bytes: Reassembly,
    /// By the offset of its first byte: the number behind its last one, and its packet.
    carriers: BTreeMap<u64, (u64, usize)>,
    /// The shift its SYN offered.
    shift: Option<u8>,
    saw_syn: bool,
    last_ack: Option<SeqNumber>,
    last_window: u32,
    duplicate_acks: u32,
}

impl Flow {
    pub(super) fn initial(&self) -> Option<SeqNumber> {
        self.isn.filter(|_| self.saw_syn)
    }

    pub(super) fn carrier(&self, offset: u64) -> Option<usize> {
        let (_, (end, packet)) = self.carriers.range(..=offset).next_back()?;
        (offset < *end).then_some(*packet)
    }

    /// Takes the first number of a direction: that of its SYN, or the one before the first byte seen.
    fn begin(&mut self, segment: &Segment<'_>) {
        if self.isn.is_some() {
            return;
        }
        let isn = if segment.flags.syn() { segment.seq } else { segment.seq.back(1) };
        self.isn = Some(isn);
        self.saw_syn = segment.flags.syn();
        self.shift = segment.options.window_scale.filter(|_| self.saw_syn);
        self.next = isn + 1;
        self.end = isn + 1;
    }
}

/// Follows a segment: numbers made relative, notes, bytes put in order.
pub(super) fn follow(
    flows: &mut [Flow; 2],
    index: usize,
    connection: usize,
    segment: &Segment<'_>,
    seen: &mut SeenSegment,
) {
    let way = seen.direction.index();
    let peer = &flows[1 - way];
    let (peer_isn, peer_shift, peer_window) = (peer.isn, peer.shift, peer.last_window);
    let peer_knows_us = peer.last_ack.is_some();
    let flow = &mut flows[way];
    let first_syn = segment.flags.syn() && flow.isn.is_none();
    flow.begin(segment);
    let isn = flow.isn.unwrap_or_default();
    seen.seq = segment.seq.since(isn);
    if segment.flags.ack() {
        // Of a peer that was never seen, all before this is taken for acknowledged.
        seen.ack = peer_isn.map_or(1, |isn| segment.ack.since(isn));
    }
    // Scaling holds when both SYNs offered it, and never in a SYN: RFC 7323 §2.2.
    if let (Some(shift), Some(_), false) = (flow.shift, peer_shift, segment.flags.syn()) {
        seen.window = u32::from(segment.window) << shift.min(14);
    }
    if segment.flags.syn() && !first_syn {
        seen.notes.push("retransmission of the SYN".into());
    }
    let probe = peer_knows_us && peer_window == 0 && segment.payload.len() == 1;
    if probe {
        seen.notes.push("zero-window probe".into());
    }
    take_text(flow, index, connection, segment, seen, probe);
    note_ack(flow, segment, seen);
}

/// Puts the text in order, and says if it is not.
fn take_text(
    flow: &mut Flow,
    index: usize,
    connection: usize,
    segment: &Segment<'_>,
    seen: &mut SeenSegment,
    probe: bool,
) {
    let text = segment.payload;
    if text.is_empty() {
        return;
    }
    let start = segment.seq + u32::from(segment.flags.syn());
    let end = start + text.len() as u32;
    let (skip, ahead) = if start.before(flow.next) {
        (flow.next.since(start) as usize, 0)
    } else {
        (0, start.since(flow.next))
    };
    let new = text.get(skip..).unwrap_or_default();
    let (was_ready, was_early) = (flow.offset, flow.bytes.out_of_order());
    if ahead < FARTHEST && !new.is_empty() {
        remember_carrier(flow, flow.offset + u64::from(ahead), new.len() as u64, index);
        let advanced = flow.bytes.insert(ahead, new);
        flow.next += advanced;
        flow.offset += u64::from(advanced);
    }
    let brought_something = flow.offset > was_ready || flow.bytes.out_of_order() > was_early;
    if start.after(flow.end) {
        seen.notes.push(format!("{} bytes before this were not seen yet", start.since(flow.end)));
    } else if start.before(flow.end) && !probe {
        seen.notes.push(if brought_something { "out of order" } else { "retransmission" }.into());
    }
    flow.end = flow.end.latest(end);
    let mut bytes = vec![0; flow.bytes.unread()];
    if flow.bytes.read(&mut bytes) > 0 {
        seen.chunks.push(Chunk { connection, direction: seen.direction, offset: was_ready, bytes });
    }
}

/// Remembers who carried bytes first. What an earlier packet carried stays that packet's.
fn remember_carrier(flow: &mut Flow, start: u64, length: u64, index: usize) {
    let end = start + length;
    let covered = flow.carriers.range(..=start).next_back().is_some_and(|(_, (known, _))| *known >= end);
    if covered {
        return;
    }
    let from = flow.carriers.range(..=start).next_back().map_or(start, |(_, (known, _))| start.max(*known));
    flow.carriers.entry(from).or_insert((end, index));
    if flow.carriers.len() > MOST_CARRIERS {
        flow.carriers.pop_first();
    }
}

/// What the acknowledgment says: RFC 5681 §2 on duplicates.
fn note_ack(flow: &mut Flow, segment: &Segment<'_>, seen: &mut SeenSegment) {
    if !segment.flags.ack() || segment.flags.rst() {
        return;
    }
    let pure = segment.is_empty();
    let same_ack = flow.last_ack == Some(segment.ack);
    if pure && same_ack && (seen.window == flow.last_window || !segment.options.sack.is_empty()) {
        flow.duplicate_acks += 1;
        seen.notes.push(format!("duplicate ACK {}", flow.duplicate_acks));
    } else if pure && same_ack {
        seen.notes.push("window update".into());
    }
    if !same_ack {
        flow.duplicate_acks = 0;
    }
    if seen.window == 0 && !segment.flags.syn() {
        seen.notes.push("zero window".into());
    }
    flow.last_ack = Some(segment.ack);
    flow.last_window = seen.window;
}
