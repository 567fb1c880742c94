//! What was written and is not yet acknowledged. Sent or unsent, it is kept, because it may have to be sent again.
//!
//! Tested through `tests/streams.rs`; a property test is beside it in `tests/buffers.rs`.

use std::collections::VecDeque;

use crate::seq::SeqNumber;

/// Bytes on their way out, by sequence number.
#[derive(Debug)]
pub struct SendBuffer {
    bytes: VecDeque<u8>,
    /// The number of the first byte held.
    start: SeqNumber,
    capacity: usize,
}

impl SendBuffer {
    /// An empty buffer whose first byte will have the number `start`.
    pub fn new(start: SeqNumber, capacity: usize) -> SendBuffer {
        SendBuffer { bytes: VecDeque::new(), start, capacity }
    }

    /// Takes as much of `data` as there is room for, and says how much that was.
    pub fn write(&mut self, data: &[u8]) -> usize {
        let room = self.capacity.saturating_sub(self.bytes.len());
        let taken = data.get(..room).unwrap_or(data);
        self.bytes.extend(taken);
        taken.len()
    }

    /// The number after the last byte: that of the FIN.
    pub fn end(&self) -> SeqNumber {
        self.start + self.bytes.len() as u32
    }

    /// How many bytes are held.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether everything written has been acknowledged.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether there is room to write.
    pub fn has_room(&self) -> bool {
        self.bytes.len() < self.capacity
    }

    /// How many bytes are held from number `from` on.
    pub fn from(&self, from: SeqNumber) -> usize {
        if from.before(self.start) {
            self.bytes.len()
        } else {
            self.end().since(from).min(self.len() as u32) as usize
        }
    }

    /// `length` bytes from number `first` on, or as many as there are. In two pieces, because the buffer is a ring.
    pub fn range(&self, first: SeqNumber, length: usize) -> (&[u8], &[u8]) {
        let from = (first.since(self.start) as usize).min(self.bytes.len());
        let to = (from + length).min(self.bytes.len());
        let (a, b) = self.bytes.as_slices();
        let cut = a.len();
        let piece = |slice: &'_ [u8], from: usize, to: usize| from.min(slice.len())..to.min(slice.len());
        let (in_a, in_b) = (piece(a, from, to), piece(b, from.saturating_sub(cut), to.saturating_sub(cut)));
        (&a[in_a], &b[in_b])
    }

    /// How much memory is held beside the bytes.
    pub fn spare(&self) -> usize {
        self.bytes.capacity() - self.bytes.len()
    }

    /// Frees the memory of an empty buffer.
    pub fn give_back(&mut self) {
        if self.bytes.is_empty() {
            self.bytes = VecDeque::new();
        }
    }

    /// Forgets everything before `una`.
    pub fn acknowledge(&mut self, una: SeqNumber) {
        if una.after(self.start) {
            let count = (una.since(self.start) as usize).min(self.bytes.len());
            self.bytes.drain(..count);
            self.start += count as u32;
        }
    }
}
