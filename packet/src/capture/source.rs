//! Bytes from a file or a pipe, as many at a time as one block needs.

use std::io::{self, Read};

/// How much is asked of the file at a time. A frame is mostly far smaller, so that most frames cost no system call.
const CHUNK: usize = 128 * 1024;

/// What has been read of a file and not been used yet.
#[derive(Debug)]
pub(super) struct Source<R> {
    file: R,
    buffer: Vec<u8>,
    /// `buffer[start..end]` has been read and not been used.
    start: usize,
    end: usize,
    /// Where `start` is in the file.
    position: u64,
}

impl<R: Read> Source<R> {
    pub(super) fn new(file: R) -> Source<R> {
        Source { file, buffer: Vec::new(), start: 0, end: 0, position: 0 }
    }

    /// Reads on until `wanted` bytes are there, and gives those there are: fewer only at the end of the file.
    #[inline]
    pub(super) fn fill(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.end - self.start < wanted {
            self.read_on(wanted)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    #[cold]
    fn read_on(&mut self, wanted: usize) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        while self.end < wanted {
            // A length in a file can be a lie, so the buffer grows with the bytes that came, not with those announced.
            if self.end == self.buffer.len() {
                self.buffer.resize((2 * self.end).max(CHUNK), 0);
            }
            match self.file.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// These bytes have been used.
    #[inline]
    pub(super) fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.end - self.start);
        self.start += bytes;
        self.position += bytes as u64;
    }

    /// Leaves out `bytes`, without holding them. `false`: the file ends before.
    pub(super) fn skip(&mut self, mut bytes: usize) -> io::Result<bool> {
        while bytes > 0 {
            let there = self.fill(1)?.len();
            if there == 0 {
                return Ok(false);
            }
            let step = there.min(bytes);
            self.consume(step);
            bytes -= step;
        }
        Ok(true)
    }

    /// How many bytes of the file have been used.
    pub(super) fn position(&self) -> u64 {
        self.position
    }
}
