//! The receive buffers, one for each record. A record is put together in its buffer, opened there and read from there,
//! so a byte is copied twice: on its way in, and on its way to the reader.
//!
//! ```text
//!   bytes ──▶ arriving [ header | part of a fragment ]
//!                │ whole: opened
//!                ▼
//!             waiting  [ header | read | content ] [ header | content ] ──▶ reader
//!                                                                       └─▶ spare, for others
//! ```
//!
//! A server decides how much padding it sends, and how short its records are. Without a rule it could make us keep 16
//! KB for one byte of data. So content that still fits into the last buffer that waits is moved there: of two buffers
//! in a row, at least half is data. Tested in `client/record_buffer/tests.rs`.

use std::collections::VecDeque;

use barewire_dissect::{Refused, finish};

use crate::reason::Reason;
use crate::record::{HEADER, MAX_ENCRYPTED, RecordHeader, record_header};

/// The room in each buffer: the longest record fits.
const ROOM: usize = HEADER + MAX_ENCRYPTED;

/// How many empty buffers are kept for later: no more are in use when a reader keeps up.
const SPARE: usize = 2;

/// The record that is arriving, and data that waits for a reader.
#[derive(Debug, Default)]
pub(super) struct RecordBuffer {
    arriving: Vec<u8>,
    /// Its header, once that is whole.
    header: Option<RecordHeader>,
    /// Where the arriving record starts in the peer's stream.
    at: usize,
    waiting: VecDeque<Waiting>,
    /// How many bytes all of `waiting` has.
    readable: usize,
    spare: Vec<Vec<u8>>,
}

/// Decrypted application data: what stands in `bytes` from `start` on.
#[derive(Debug)]
struct Waiting {
    bytes: Vec<u8>,
    start: usize,
}

/// One whole record, header included.
pub(super) struct Record {
    pub(super) header: RecordHeader,
    bytes: Vec<u8>,
}

impl Record {
    /// What follows the header.
    pub(super) fn fragment(&self) -> &[u8] {
        &self.bytes[HEADER..]
    }

    /// The same, to be opened in place.
    pub(super) fn fragment_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[HEADER..]
    }
}

impl RecordBuffer {
    /// Takes from `bytes` what the arriving record lacks, and gives the record if it is whole then. A header that
    /// breaks a rule is refused at once, before the rest arrives.
    pub(super) fn next_record(&mut self, bytes: &mut &[u8]) -> Result<Option<Record>, Refused<Reason>> {
        let Some(header) = self.header(bytes)? else { return Ok(None) };
        let length = HEADER + header.length;
        if !self.take(length, bytes) {
            return Ok(None);
        }
        self.at += length;
        self.header = None;
        Ok(Some(Record { header, bytes: std::mem::take(&mut self.arriving) }))
    }

    /// The header of the arriving record, once that is whole.
    fn header(&mut self, bytes: &mut &[u8]) -> Result<Option<RecordHeader>, Refused<Reason>> {
        if self.header.is_none() && self.take(HEADER, bytes) {
            let parsed = finish("record header", &self.arriving, record_header(&self.arriving));
            let (header, _) = parsed.map_err(|error| Refused { offset: self.at + error.offset, ..error })?;
            self.header = Some(header);
        }
        Ok(self.header)
    }

    /// Moves bytes to the arriving record. Gives whether it has `length` of them.
    fn take(&mut self, length: usize, bytes: &mut &[u8]) -> bool {
        if self.arriving.capacity() == 0 && !bytes.is_empty() {
            self.arriving = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(ROOM));
        }
        let missing = length - self.arriving.len();
        let (now, later) = bytes.split_at(missing.min(bytes.len()));
        self.arriving.extend_from_slice(now);
        *bytes = later;
        now.len() == missing
    }

    /// Keeps the first bytes of the fragment of `record` for the reader, so many of them. The rest is dropped.
    pub(super) fn keep(&mut self, record: Record, length: usize) {
        let mut bytes = record.bytes;
        self.readable += length;
        match self.waiting.back_mut() {
            _ if length == 0 => self.put_aside(bytes),
            Some(last) if last.bytes.len() + length <= ROOM => {
                last.bytes.extend_from_slice(&bytes[HEADER..][..length]);
                self.put_aside(bytes);
            }
            _ => {
                bytes.truncate(HEADER + length);
                self.waiting.push_back(Waiting { bytes, start: HEADER });
            }
        }
    }

    fn put_aside(&mut self, mut bytes: Vec<u8>) {
        if self.spare.len() < SPARE {
            bytes.clear();
            self.spare.push(bytes);
        }
    }

    pub(super) fn read(&mut self, out: &mut [u8]) -> usize {
        let mut done = 0;
        while let Some(mut first) = self.waiting.pop_front() {
            let data = &first.bytes[first.start..];
            let count = data.len().min(out.len() - done);
            out[done..done + count].copy_from_slice(&data[..count]);
            done += count;
            if count < data.len() {
                first.start += count;
                self.waiting.push_front(first);
                break;
            }
            self.put_aside(first.bytes);
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
        self.at
    }

    /// How many bytes have come of a record that is not whole.
    pub(super) fn partial(&self) -> usize {
        self.arriving.len()
    }

    /// How many bytes came in all.
    pub(super) fn received(&self) -> usize {
        self.at + self.arriving.len()
    }
}

#[cfg(test)]
mod tests;
