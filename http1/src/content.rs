//! Bytes that a core has for its caller, until the caller reads them. Tested in `tests/client.rs` and
//! `tests/server.rs`, and what is given back in `tests/idle_memory.rs`.

use std::collections::VecDeque;

/// So much memory waits for the next piece while a message is read, in bytes. What is more is given back when it is
/// empty: then an allocation costs little beside the copy of so many bytes.
const KEPT: usize = 64 << 10;

/// A queue of bytes, in which messages begin. What is read is of one message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    bytes: Vec<u8>,
    /// How many of `bytes` were read.
    taken: usize,
    /// Where in `bytes` each of the messages begins that are not read yet.
    begins: VecDeque<usize>,
}

impl Content {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // Bytes that were read must not pile up, and must not be moved away one by one either.
        if self.taken >= self.bytes.len() / 2 {
            self.forget_taken();
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Moves away what was read.
    fn forget_taken(&mut self) {
        self.bytes.drain(..self.taken);
        self.begins.iter_mut().for_each(|begins| *begins -= self.taken);
        self.taken = 0;
    }

    /// What waits of the message that is read.
    pub(crate) fn waiting(&self) -> &[u8] {
        let end = self.begins.front().copied().unwrap_or(self.bytes.len());
        self.bytes.get(self.taken..end).unwrap_or_default()
    }

    /// So many of the bytes that wait were read.
    pub(crate) fn consume(&mut self, length: usize) {
        self.taken += length.min(self.waiting().len());
        if self.unread() == 0 && self.bytes.capacity() > KEPT {
            self.forget_taken();
            self.bytes = Vec::new();
        }
    }

    /// No message is being read: an empty queue gives its memory back.
    pub(crate) fn rest(&mut self) {
        if self.unread() == 0 && self.begins.is_empty() {
            self.bytes = Vec::new();
            self.taken = 0;
            // Room for a few messages is 32 bytes.
            self.begins.shrink_to(4);
        }
    }

    /// Moves bytes to the start of `out`, and gives how many.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> usize {
        let waiting = self.waiting();
        let length = waiting.len().min(out.len());
        out[..length].copy_from_slice(&waiting[..length]);
        self.consume(length);
        length
    }

    /// How many bytes wait, of all messages.
    pub(crate) fn unread(&self) -> usize {
        self.bytes.len() - self.taken
    }

    /// What is pushed from here on is of another message.
    pub(crate) fn begin_message(&mut self) {
        self.begins.push_back(self.bytes.len());
    }

    /// The next message is read. What was not read of the last one is dropped.
    pub(crate) fn next_message(&mut self) {
        if let Some(begins) = self.begins.pop_front() {
            self.taken = begins;
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Content::default();
    }
}
