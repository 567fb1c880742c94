//! Putting the stream in order: what arrived in order waits for its reader, what came too early waits for the gap
//! before it to be filled (RFC 9293 §3.10.7.4, seventh step).
//!
//! ```text
//!          ready (in order, unread)    gap     early          gap   early
//!     ├───────────────────────────────┤     ├──────────┤          ├───────┤
//!   read                           rcv.nxt                                   rcv.nxt + rcv.wnd
//! ```
//!
//! The caller cuts the bytes to the receive window, so ready and early together never exceed what was offered. Where
//! two segments disagree about a byte, the one that came first is kept.
//!
//! Tested in `tests/buffers.rs` against a plain array of bytes, and through `tests/streams.rs`.

use std::collections::{BTreeMap, VecDeque};

/// The most pieces kept out of order. Each piece costs memory beside its bytes, and a peer may send single bytes with
/// gaps between them. A piece that does not fit is forgotten, and will be sent again.
const MOST_PIECES: usize = 2048;

/// A piece grows to this many bytes, when what follows it arrives after it. So a gap in front of megabytes leaves few
/// pieces, and none of them is copied for long.
const LARGEST_PIECE: usize = 1 << 16;

/// An option holds four blocks at most (RFC 2018 §3). So more places need not be remembered.
const MOST_BLOCKS: usize = 4;

/// The bytes of one direction, in order and out of order, by their offset in the stream.
#[derive(Debug, Default)]
pub struct Reassembly {
    ready: VecDeque<u8>,
    /// How many bytes are in order so far: the offset of `rcv.nxt`.
    next: u64,
    /// Bytes after a gap. The pieces do not overlap, but may touch.
    early: BTreeMap<u64, Vec<u8>>,
    /// The same bytes without the borders of pieces: where each run of them starts, and where it ends, in order.
    runs: Vec<(u64, u64)>,
    /// Where early bytes went last, the newest first, and each in another run: the order in which the runs are
    /// reported.
    latest: Vec<u64>,
}

impl Reassembly {
    /// Takes `data`, which starts `ahead` bytes beyond the next one expected. Returns by how many bytes `rcv.nxt` moves
    /// on: those that are in order now.
    pub fn insert(&mut self, ahead: u32, data: &[u8]) -> u32 {
        if ahead == 0 && self.early.is_empty() {
            self.ready.extend(data);
            self.next += data.len() as u64;
            return data.len() as u32;
        }
        let (before, start) = (self.next, self.next + u64::from(ahead));
        self.fill_gaps(start, data);
        self.remember(start);
        self.advance();
        (self.next - before) as u32
    }

    // book: fill-gaps
    /// Keeps those bytes of `data` that are not there yet.
    fn fill_gaps(&mut self, start: u64, data: &[u8]) {
        // exercise: tcp02
        // instead: let _ = (start, data); // Forgotten: the peer has to send it again, once the gap is filled.
        let end = start + data.len() as u64;
        let mut at = start;
        while at < end {
            if let Some((_, covered)) = self.run_over(at) {
                at = covered;
                continue;
            }
            let next_run = self.next_run(at).map_or(end, |(first, _)| first);
            let gap_end = next_run.min(end);
            let piece = data.get((at - start) as usize..(gap_end - start) as usize).unwrap_or_default();
            if self.early.len() < MOST_PIECES || at == self.next {
                self.keep(at, piece);
            }
            at = gap_end;
        }
        // exercise: end
    }
    // book: end

    /// Puts a piece into a gap: at the end of the piece before it, if it touches that one, and else as one more.
    fn keep(&mut self, at: u64, piece: &[u8]) {
        match self.early.range_mut(..at).next_back() {
            Some((offset, before))
                if offset + before.len() as u64 == at && before.len() + piece.len() <= LARGEST_PIECE =>
            {
                before.extend_from_slice(piece);
            }
            _ => {
                self.early.insert(at, piece.to_vec());
            }
        }
        self.note_run(at, at + piece.len() as u64);
    }

    /// The bytes between these places are there now: a run of their own, or a part of those that they touch.
    fn note_run(&mut self, at: u64, end: u64) {
        let after = self.runs_before(at);
        let joins_last = after > 0 && self.runs[after - 1].1 == at;
        let joins_next = self.runs.get(after).is_some_and(|(first, _)| *first == end);
        match (joins_last, joins_next) {
            (false, false) => self.runs.insert(after, (at, end)),
            (true, false) => self.runs[after - 1].1 = end,
            (false, true) => self.runs[after].0 = at,
            (true, true) => self.runs[after - 1].1 = self.runs.remove(after).1,
        }
    }

    /// How many runs start before this place.
    fn runs_before(&self, at: u64) -> usize {
        self.runs.partition_point(|(first, _)| *first < at)
    }

    /// The run that the byte at this place is in: first and end.
    fn run_over(&self, at: u64) -> Option<(u64, u64)> {
        let (first, end) = *self.runs[..self.runs_before(at + 1)].last()?;
        (end > at).then_some((first, end))
    }

    /// The first run that starts there or after it: first and end.
    fn next_run(&self, at: u64) -> Option<(u64, u64)> {
        self.runs.get(self.runs_before(at)).copied()
    }

    /// The run that was added to is the first to be reported, and then the one before it.
    fn remember(&mut self, at: u64) {
        if let Some((first, end)) = self.run_over(at) {
            self.latest.retain(|other| !(first..end).contains(other));
            self.latest.insert(0, at);
            self.latest.truncate(MOST_BLOCKS);
        }
    }

    /// Moves the pieces that have come in order to where the reader finds them.
    fn advance(&mut self) {
        if self.runs.first().is_some_and(|(first, _)| *first == self.next) {
            self.runs.remove(0);
        }
        while let Some(piece) = self.early.remove(&self.next) {
            self.next += piece.len() as u64;
            self.ready.extend(&piece);
        }
        self.latest.retain(|at| *at >= self.next);
    }

    /// Copies out what is ready, as much as fits, and says how much that was.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.ready.len());
        let (a, b) = self.ready.as_slices();
        let from_a = count.min(a.len());
        buffer[..from_a].copy_from_slice(&a[..from_a]);
        buffer[from_a..count].copy_from_slice(&b[..count - from_a]);
        self.ready.drain(..count);
        count
    }

    /// How many bytes are ready to be read.
    pub fn unread(&self) -> usize {
        self.ready.len()
    }

    /// How much memory is held beside the bytes that are ready.
    pub fn spare(&self) -> usize {
        self.ready.capacity() - self.ready.len()
    }

    /// Frees that memory, if all bytes are read.
    pub fn give_back(&mut self) {
        if self.ready.is_empty() {
            self.ready = VecDeque::new();
        }
    }

    /// How many bytes wait after a gap.
    pub fn out_of_order(&self) -> usize {
        self.runs.iter().map(|(first, end)| (end - first) as usize).sum()
    }

    /// Whether there is a gap.
    pub fn has_gap(&self) -> bool {
        !self.runs.is_empty()
    }

    /// The first run of bytes that are there already, among `length` bytes that start `ahead` of the next one expected:
    /// first and end, as distances from that one.
    #[inline]
    pub fn first_held(&self, ahead: u32, length: u32) -> Option<(u32, u32)> {
        if !self.has_gap() {
            return None;
        }
        let start = self.next + u64::from(ahead);
        let end = start + u64::from(length);
        let (first, run_end) = match self.run_over(start) {
            Some((_, run_end)) => (start, run_end),
            None => self.next_run(start).filter(|(first, _)| *first < end)?,
        };
        Some(((first - self.next) as u32, (run_end.min(end) - self.next) as u32))
    }

    /// Up to `limit` blocks of early bytes, as distances from the next byte expected: first and end. RFC 2018 §4: the
    /// one that was added to last comes first, then those that were reported before it, the newest first.
    pub fn blocks(&self, limit: usize) -> Vec<(u32, u32)> {
        let newest = self.latest.iter().filter_map(|at| self.run_over(*at));
        let is_other = |(first, end): &(u64, u64)| !self.latest.iter().any(|at| (first..end).contains(&at));
        let blocks = newest.chain(self.runs.iter().copied().filter(is_other)).take(limit);
        blocks.map(|(first, end)| ((first - self.next) as u32, (end - self.next) as u32)).collect()
    }
}
