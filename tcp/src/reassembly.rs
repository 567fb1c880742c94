//! Putting the stream in order: what arrived in order waits for its reader, what came too early waits for the gap
//! before it to be filled (RFC 9293 §3.10.7.4, seventh step).
//!
//! ```text
//!          ready (in order, unread)    gap     early          gap   early
//!     ├───────────────────────────────┤     ├──────────┤          ├───────┤
//!   read                           rcv.nxt                                   rcv.nxt + rcv.wnd
//! ```
//!
//! The caller cuts the bytes to the receive window, so ready and early together never exceed the buffer. Where two
//! segments disagree about a byte, the one that came first is kept.
//!
//! Tested in `tests/buffers.rs` against a plain array of bytes, and through `tests/streams.rs`.

use std::collections::{BTreeMap, VecDeque};

/// The most pieces kept out of order. Each piece costs memory beside its bytes, and a peer may send single bytes with
/// gaps between them. A piece that does not fit is forgotten, and will be sent again.
const MOST_PIECES: usize = 2048;

/// The bytes of one direction, in order and out of order, by their offset in the stream.
#[derive(Debug, Default)]
pub struct Reassembly {
    ready: VecDeque<u8>,
    /// How many bytes are in order so far: the offset of `rcv.nxt`.
    next: u64,
    /// Bytes after a gap. The pieces do not overlap, but may touch.
    early: BTreeMap<u64, Vec<u8>>,
    /// Where the last early piece went: its block is the first to be reported (RFC 2018 §4).
    latest: u64,
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
        let before = self.next;
        self.fill_gaps(self.next + u64::from(ahead), data);
        self.advance();
        (self.next - before) as u32
    }

    // book: fill-gaps
    /// Keeps those bytes of `data` that are not there yet.
    fn fill_gaps(&mut self, start: u64, data: &[u8]) {
        self.latest = start;
        // exercise: tcp02
        // instead: let _ = data; // Forgotten: the peer has to send it again, once the gap is filled.
        let end = start + data.len() as u64;
        let mut at = start;
        while at < end {
            if let Some(covered) = self.end_of_piece_over(at) {
                at = covered;
                continue;
            }
            let next_piece = self.early.range(at..).next().map_or(end, |(offset, _)| *offset);
            let gap_end = next_piece.min(end);
            let piece = data.get((at - start) as usize..(gap_end - start) as usize).unwrap_or_default();
            if self.early.len() < MOST_PIECES || at == self.next {
                self.early.insert(at, piece.to_vec());
            }
            at = gap_end;
        }
        // exercise: end
    }
    // book: end

    fn end_of_piece_over(&self, at: u64) -> Option<u64> {
        let (offset, piece) = self.early.range(..=at).next_back()?;
        let end = offset + piece.len() as u64;
        (end > at).then_some(end)
    }

    /// Moves the pieces that have come in order to where the reader finds them.
    fn advance(&mut self) {
        while let Some(piece) = self.early.remove(&self.next) {
            self.next += piece.len() as u64;
            self.ready.extend(&piece);
        }
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

    /// How many bytes wait after a gap.
    pub fn out_of_order(&self) -> usize {
        self.early.values().map(Vec::len).sum()
    }

    /// Whether there is a gap.
    pub fn has_gap(&self) -> bool {
        !self.early.is_empty()
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
        let first = match self.end_of_piece_over(start) {
            Some(_) => start,
            None => *self.early.range(start..end).next()?.0,
        };
        let mut run_end = first;
        while let Some(covered) = self.end_of_piece_over(run_end).filter(|_| run_end < end) {
            run_end = covered;
        }
        Some(((first - self.next) as u32, (run_end.min(end) - self.next) as u32))
    }

    /// Up to `limit` blocks of early bytes, as distances from the next byte expected: first and end. The block that
    /// was added to last comes first (RFC 2018 §4).
    pub fn blocks(&self, limit: usize) -> Vec<(u32, u32)> {
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (offset, piece) in &self.early {
            let end = offset + piece.len() as u64;
            match merged.last_mut() {
                Some(last) if last.1 == *offset => last.1 = end,
                _ => merged.push((*offset, end)),
            }
        }
        if let Some(position) = merged.iter().position(|(first, end)| (*first..*end).contains(&self.latest)) {
            merged[..=position].rotate_right(1);
        }
        merged.iter().take(limit).map(|(a, b)| ((a - self.next) as u32, (b - self.next) as u32)).collect()
    }
}
