//! Where the content of a body stands in its stream: byte for byte after the head, or in chunks with framing between
//! them.
//!
//! The chunks are read here once more, by the crate's own decoder, because the observer tells of content and not of
//! chunks. Where bytes are missing in the capture the places of later chunks are not known, and are not told.

use barewire_http1::chunked::{Decoder, Piece};
use barewire_http1::{Body, Limits};

use super::{Ruler, Stretch};

/// Chunks that are remembered of one body.
pub(super) const MOST: usize = 4096;

/// Where content stands.
#[derive(Debug)]
pub(super) struct Layout {
    /// Where the body begins in the stream.
    pub(super) start: u64,
    chunks: Option<Chunks>,
}

#[derive(Debug)]
struct Chunks {
    /// `None`: the place was lost.
    decoder: Option<Decoder>,
    /// Bytes that the decoder has not taken yet, and where they stand.
    held: Vec<u8>,
    next: u64,
    found: Vec<Chunk>,
    more: bool,
    /// Bytes of content so far.
    length: u64,
}

/// Content that follows each other in the stream.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    /// Where it stands in the stream.
    at: u64,
    /// Where it stands in the content.
    from: u64,
    length: u64,
}

impl Layout {
    pub(super) fn new(start: u64, body: Option<Body>) -> Layout {
        let chunked = matches!(body, Some(Body::Chunked));
        Layout { start, chunks: chunked.then(|| Chunks::new(start)) }
    }

    /// Bytes at `offset` of the stream.
    pub(super) fn see(&mut self, offset: u64, bytes: &[u8]) {
        if let Some(chunks) = &mut self.chunks {
            let known = usize::try_from(chunks.next.saturating_sub(offset)).unwrap_or(usize::MAX);
            chunks.see(offset.max(chunks.next), bytes.get(known..).unwrap_or_default());
        }
    }

    /// Which byte of content stands at `offset` of the stream, or follows it.
    pub(super) fn content_at(&self, offset: u64) -> u64 {
        let Some(chunks) = &self.chunks else { return offset.saturating_sub(self.start) };
        let before = chunks.found.partition_point(|chunk| chunk.at <= offset);
        match before.checked_sub(1).and_then(|index| chunks.found.get(index)) {
            Some(chunk) => chunk.from + (offset - chunk.at).min(chunk.length),
            None => 0,
        }
    }

    /// The chunks as a ruler.
    pub(super) fn ruler(&self) -> Option<Ruler> {
        let chunks = self.chunks.as_ref()?;
        let stretch = |chunk: &Chunk| Stretch {
            from: chunk.from,
            until: chunk.from + chunk.length,
            begins: true,
            ends: true,
            name: chunk.length,
        };
        Some(Ruler { stretches: chunks.found.iter().map(stretch).collect(), more: chunks.more })
    }

    /// Whether the places of all content are known.
    pub(super) fn is_known(&self) -> bool {
        self.chunks.as_ref().is_none_or(|chunks| !chunks.more)
    }
}

impl Chunks {
    fn new(start: u64) -> Chunks {
        let decoder = Some(Decoder::new(&Limits::default()));
        Chunks { decoder, held: Vec::new(), next: start, found: Vec::new(), more: false, length: 0 }
    }

    fn see(&mut self, offset: u64, bytes: &[u8]) {
        let Some(decoder) = &mut self.decoder else { return };
        if offset > self.next && !bytes.is_empty() {
            (self.decoder, self.more) = (None, true);
            return;
        }
        let mut at = self.next - self.held.len() as u64;
        self.next += bytes.len() as u64;
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let mut taken = 0;
        loop {
            // What breaks a rule, the observer tells.
            let Ok((length, piece)) = decoder.read(&held[taken..]) else {
                (self.decoder, self.more) = (None, true);
                return;
            };
            (taken, at) = (taken + length, at + length as u64);
            match piece {
                Some(Piece::Data(data)) => {
                    let length = data.len() as u64;
                    let (from, stands) = (self.length, at - length);
                    self.length += length;
                    let full = self.found.len() == MOST;
                    match self.found.last_mut() {
                        Some(last) if last.at + last.length == stands => last.length += length,
                        _ if full => self.more = true,
                        _ => self.found.push(Chunk { at: stands, from, length }),
                    }
                }
                Some(Piece::End(_)) => break,
                None if length == 0 => break,
                None => {}
            }
        }
        self.held = held[taken..].to_vec();
    }
}
