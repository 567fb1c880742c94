//! The receive buffer. Records are parsed, opened and read where they arrived, so a byte is copied twice: on its way
//! in, and on its way to the reader.
//!
//! ```text
//!   bytes  [ read | content | tag, header | content | tag | part of a record ]
//!                   └────────── plain ──────────┘           ▲ parsed
//! ```
//!
//! A server decides how much padding it sends. Without a rule it could make us keep 16 KB for one byte of data. So
//! once 64 KiB that are not data are in the buffer, and they are half of it, the data is moved together and the rest
//! dropped. Tested in `client/record_buffer/tests.rs`.

use std::collections::VecDeque;
use std::ops::Range;

use barewire_dissect::{Refused, finish};

use crate::reason::Reason;
use crate::record::{HEADER, RecordHeader, record_header};

/// How many bytes that are not data may stay in the buffer.
const COMPACT: usize = 1 << 16;

/// Bytes of the server's stream, and where data waits in them.
#[derive(Debug, Default)]
pub(super) struct RecordBuffer {
    bytes: Vec<u8>,
    /// Where the next record starts in `bytes`.
    parsed: usize,
    /// Where `bytes` starts in the peer's stream.
    base: usize,
    /// Decrypted application data that waits for a reader, as ranges of `bytes`.
    plain: VecDeque<Range<usize>>,
    /// How many bytes all of `plain` has.
    readable: usize,
}

/// One whole record in the buffer.
pub(super) struct Record {
    pub(super) header: RecordHeader,
    pub(super) header_bytes: [u8; HEADER],
    /// Where its fragment stands in the buffer.
    pub(super) fragment: Range<usize>,
}

impl RecordBuffer {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let dead = self.parsed - self.readable;
        if self.plain.is_empty() || (dead >= COMPACT && dead * 2 >= self.bytes.len()) {
            self.compact();
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Moves the waiting data to the front, as one piece, and after it the bytes that are not parsed yet.
    fn compact(&mut self) {
        let mut end = 0;
        for range in self.plain.drain(..) {
            let length = range.len();
            self.bytes.copy_within(range, end);
            end += length;
        }
        if end > 0 {
            self.plain.push_back(0..end);
        }
        self.bytes.drain(end..self.parsed);
        self.base += self.parsed - end;
        self.parsed = end;
    }

    /// Takes the next record, if it is whole. A header that breaks a rule is refused at once, before the rest arrives.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, Refused<Reason>> {
        let waiting = &self.bytes[self.parsed..];
        let Some(&header_bytes) = waiting.first_chunk::<HEADER>() else { return Ok(None) };
        let (header, _) = finish("record header", &header_bytes, record_header(&header_bytes))
            .map_err(|error| Refused { offset: self.position() + error.offset, ..error })?;
        if waiting.len() < HEADER + header.length {
            return Ok(None);
        }
        let start = self.parsed + HEADER;
        self.parsed = start + header.length;
        Ok(Some(Record { header, header_bytes, fragment: start..self.parsed }))
    }

    /// Bytes of a record that [`RecordBuffer::next_record`] gave.
    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    pub(super) fn slice_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        &mut self.bytes[range]
    }

    /// Keeps a range of the buffer for the reader.
    pub(super) fn keep(&mut self, range: Range<usize>) {
        self.readable += range.len();
        self.plain.push_back(range);
    }

    pub(super) fn read(&mut self, out: &mut [u8]) -> usize {
        let mut done = 0;
        while let Some(range) = self.plain.front_mut() {
            let take = range.len().min(out.len() - done);
            out[done..done + take].copy_from_slice(&self.bytes[range.start..range.start + take]);
            range.start += take;
            done += take;
            if range.start < range.end {
                break;
            }
            self.plain.pop_front();
        }
        self.readable -= done;
        done
    }

    /// How many bytes wait for the reader.
    pub(super) fn readable(&self) -> usize {
        self.readable
    }

    /// Where the next record starts in the peer's stream, in bytes.
    pub(super) fn position(&self) -> usize {
        self.base + self.parsed
    }

    /// How many bytes have come of a record that is not whole.
    pub(super) fn partial(&self) -> usize {
        self.bytes.len() - self.parsed
    }

    /// How many bytes came in all.
    pub(super) fn received(&self) -> usize {
        self.base + self.bytes.len()
    }
}

#[cfg(test)]
mod tests;
