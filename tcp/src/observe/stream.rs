//! One direction's bytes put in order, as far as the capture has them.
//!
//! ```text
//!          handed out       hole     early          hole   early
//!     ├───────────────────┤     ├──────────┤          ├───────┤
//!                       offset
//! ```
//!
//! A segment in order is handed out as it is, without a copy. One that comes too early is copied, and waits until the
//! hole before it is filled. A hole that the receiver has acknowledged will not be filled any more: after
//! [`PATIENCE`] the stream goes on after it, with a [`Note::Gap`]. (The patience is for captures whose frames are a
//! little out of order.)
//!
//! Where two segments disagree about a byte, the one that came first is kept.
//!
//! Tested in `tests/observe/`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use barewire_dissect::Direction;

use crate::observe::note::{GapReason, Note};
use crate::observe::seen::Chunk;
use crate::seq::SeqNumber;

/// How long an acknowledged hole may still be filled.
pub const PATIENCE: Duration = Duration::from_millis(20);
/// How many bytes may wait after a hole, in one direction. More end the waiting.
pub const MOST_WAITING: usize = 4 << 20;
/// What a piece costs beside its bytes: its place in the map, and its allocation.
const PIECE: usize = 128;

/// The bytes of one direction.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The next number in order.
    next: SeqNumber,
    /// How many stream bytes lie before it.
    offset: u64,
    /// What waits after a hole, by offset. The pieces do not overlap.
    early: BTreeMap<u64, Piece>,
    waiting: Waiting,
    /// Up to where bytes were acknowledged at some moment. Holes before it are final when [`PATIENCE`] has passed.
    acknowledged: Option<(u64, Duration)>,
    /// A gap that has yet to be told.
    untold: Option<Note>,
}

/// What waits after a hole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Waiting {
    /// What it costs, in bytes.
    pub(super) cost: usize,
    /// The frame that showed the hole.
    pub(super) since: Option<u64>,
}

#[derive(Debug)]
struct Piece {
    bytes: Vec<u8>,
    /// How many bytes after them the capture has cut off.
    missing: u64,
    frame: u64,
    time: Duration,
}

impl Piece {
    fn length(&self) -> u64 {
        self.bytes.len() as u64 + self.missing
    }
}

/// The payload of one segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) seq: SeqNumber,
    pub(super) bytes: &'a [u8],
    /// How many bytes after them the capture has cut off.
    pub(super) missing: u64,
    pub(super) frame: u64,
    pub(super) time: Duration,
}

/// What a segment brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brought {
    /// Nothing that was not there before.
    Nothing,
    /// Bytes that were missing, and since when a later segment has shown that they were.
    Missing(Option<Duration>),
}

/// Where a stream puts what is in order, and what there is to say about it.
#[derive(Debug, Default)]
pub(super) struct Delivery<'a> {
    pub(super) chunks: Vec<Chunk<'a>>,
    pub(super) notes: Vec<Note>,
}

impl Stream {
    /// The next byte has the number `first`.
    pub(super) fn begin(&mut self, first: SeqNumber) {
        self.early.clear();
        self.waiting = Waiting::default();
        self.next = first;
    }

    /// The next number in order.
    pub(super) fn next(&self) -> SeqNumber {
        self.next
    }

    /// What waits after a hole.
    pub(super) fn waiting(&self) -> Waiting {
        self.waiting
    }

    /// Takes the text of a segment, and hands out what is in order now.
    pub(super) fn take<'a>(&mut self, way: Direction, text: Text<'a>, out: &mut Delivery<'a>) -> Brought {
        out.notes.extend(self.untold.take());
        // Before the first byte ever seen, `base` is negative.
        let base = self.offset as i64 + i64::from(text.seq.0.wrapping_sub(self.next.0) as i32);
        let end = base + (text.bytes.len() as u64 + text.missing) as i64;
        if end <= self.offset as i64 {
            return Brought::Nothing;
        }
        let from = base.max(self.offset as i64) as u64;
        let cut = Cut { text, base };
        if self.early.is_empty() && from == self.offset {
            self.hand_out(way, &cut, from, end as u64, out);
            return Brought::Missing(None);
        }
        self.take_around_holes(way, &cut, from, end as u64, out)
    }

    /// Takes each part of the text that is not there yet: hands it out if it is the next one, else keeps it.
    fn take_around_holes<'a>(
        &mut self,
        way: Direction,
        cut: &Cut<'a>,
        from: u64,
        end: u64,
        out: &mut Delivery<'a>,
    ) -> Brought {
        let (mut at, mut brought) = (from, false);
        let since = self.early.range(from..).next().map(|(_, piece)| piece.time);
        while at < end {
            if let Some(covered) = self.end_of_piece_over(at) {
                at = covered;
                continue;
            }
            let to = self.early.range(at..).next().map_or(end, |(offset, _)| end.min(*offset));
            if at == self.offset {
                self.hand_out(way, cut, at, to, out);
                self.hand_out_early(way, out);
            } else {
                self.keep(cut, at, to);
            }
            // What waited after it may have been handed out with it.
            (at, brought) = (to.max(self.offset.min(end)), true);
        }
        if self.waiting.cost > MOST_WAITING {
            self.pass_gap(way, GapReason::TooMuchWaits, out);
        }
        if brought { Brought::Missing(since) } else { Brought::Nothing }
    }

    fn end_of_piece_over(&self, at: u64) -> Option<u64> {
        let (offset, piece) = self.early.range(..=at).next_back()?;
        let end = offset + piece.length();
        (end > at).then_some(end)
    }

    fn keep(&mut self, cut: &Cut<'_>, at: u64, to: u64) {
        let (bytes, missing) = cut.part(at, to);
        let (frame, time) = (cut.text.frame, cut.text.time);
        self.waiting.cost += PIECE + bytes.len();
        self.waiting.since.get_or_insert(frame);
        self.early.insert(at, Piece { bytes: bytes.to_vec(), missing, frame, time });
    }

    fn hand_out<'a>(&mut self, way: Direction, cut: &Cut<'a>, at: u64, to: u64, out: &mut Delivery<'a>) {
        let (bytes, missing) = cut.part(at, to);
        self.push(way, Cow::Borrowed(bytes), missing, cut.text.frame, out);
    }

    /// Hands out the pieces that are the next ones now.
    fn hand_out_early(&mut self, way: Direction, out: &mut Delivery<'_>) {
        while let Some(piece) = self.early.remove(&self.offset) {
            self.waiting.cost -= PIECE + piece.bytes.len();
            self.push(way, Cow::Owned(piece.bytes), piece.missing, piece.frame, out);
        }
        if self.early.is_empty() {
            self.waiting.since = None;
            self.acknowledged = None;
        }
    }

    fn push<'a>(
        &mut self,
        direction: Direction,
        bytes: Cow<'a, [u8]>,
        missing: u64,
        frame: u64,
        out: &mut Delivery<'a>,
    ) {
        let (offset, length) = (self.offset, bytes.len() as u64);
        if length > 0 {
            out.chunks.push(Chunk { direction, offset, bytes, frame });
        }
        if missing > 0 {
            let (offset, reason) = (offset + length, GapReason::CutByCapture);
            out.notes.push(Note::Gap { direction, offset, bytes: missing, reason });
        }
        self.advance(length + missing);
    }

    fn advance(&mut self, bytes: u64) {
        self.offset += bytes;
        self.next += bytes as u32;
    }
}

/// Holes that will not be filled any more.
impl Stream {
    /// The receiver has acknowledged everything before `ack`, by `now`. Passes the holes for which it is too late.
    pub(super) fn acknowledged(
        &mut self,
        way: Direction,
        ack: Option<SeqNumber>,
        now: Duration,
        out: &mut Delivery<'_>,
    ) {
        let Some(ack) = ack.filter(|ack| !self.early.is_empty() && ack.after(self.next)) else { return };
        let edge = self.offset + u64::from(ack.since(self.next));
        match self.acknowledged {
            Some((edge, since)) if self.hole_ends_by(edge) => {
                if now.saturating_sub(since) < PATIENCE {
                    return;
                }
                while self.hole_ends_by(edge) {
                    self.pass_gap(way, GapReason::Acknowledged, out);
                }
            }
            _ => {}
        }
        self.acknowledged = self.hole_ends_by(edge).then_some((edge, now));
    }

    /// Whether there is a hole, all of which lies before `edge`.
    fn hole_ends_by(&self, edge: u64) -> bool {
        self.early.keys().next().is_some_and(|first| *first <= edge)
    }

    /// How many bytes before `ack` are missing in the first hole.
    pub(super) fn hole_before(&self, ack: SeqNumber) -> u32 {
        match self.early.keys().next() {
            Some(first) if ack.after(self.next) => ack.since(self.next).min((first - self.offset) as u32),
            _ => 0,
        }
    }

    /// Passes all holes: nothing will fill them now.
    pub(super) fn flush(&mut self, way: Direction, out: &mut Delivery<'_>) {
        out.notes.extend(self.untold.take());
        while !self.early.is_empty() {
            self.pass_gap(way, GapReason::NothingFollows, out);
        }
    }

    /// Goes on after the first hole.
    fn pass_gap(&mut self, direction: Direction, reason: GapReason, out: &mut Delivery<'_>) {
        let Some(first) = self.early.keys().next().copied() else { return };
        let (offset, bytes) = (self.offset, first - self.offset);
        out.notes.push(Note::Gap { direction, offset, bytes, reason });
        self.advance(bytes);
        self.hand_out_early(direction, out);
    }

    /// Throws away what waits, to give its memory to others. The gap is told with the next text.
    pub(super) fn forget(&mut self, direction: Direction) {
        let Some((last, piece)) = self.early.pop_last() else { return };
        let bytes = last + piece.length() - self.offset;
        let before = match self.untold {
            Some(Note::Gap { bytes, .. }) => bytes,
            _ => 0,
        };
        let (offset, reason) = (self.offset - before, GapReason::Forgotten);
        self.untold = Some(Note::Gap { direction, offset, bytes: before + bytes, reason });
        self.advance(bytes);
        self.early.clear();
        self.waiting = Waiting::default();
        self.acknowledged = None;
    }
}

/// A text at its place in the stream.
struct Cut<'a> {
    text: Text<'a>,
    /// The offset of its first byte.
    base: i64,
}

impl<'a> Cut<'a> {
    /// The bytes from offset `from` up to `to`, and how many of them the capture has cut off.
    fn part(&self, from: u64, to: u64) -> (&'a [u8], u64) {
        let there = self.text.bytes.len();
        let index = |offset: u64| ((offset as i64 - self.base) as usize).min(there);
        let bytes = self.text.bytes.get(index(from)..index(to)).unwrap_or_default();
        (bytes, to - from - bytes.len() as u64)
    }
}
