//! Bytes that a core has for its caller, until the caller reads them. Tested in `tests/client.rs` and
//! `tests/server.rs`.

/// A queue of bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    bytes: Vec<u8>,
    /// How many of `bytes` were read.
    taken: usize,
}

impl Content {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // Bytes that were read must not pile up, and must not be moved away one by one either.
        if self.taken >= self.bytes.len() / 2 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Moves bytes to the start of `out`, and gives how many.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> usize {
        let waiting = &self.bytes[self.taken..];
        let length = waiting.len().min(out.len());
        out[..length].copy_from_slice(&waiting[..length]);
        self.taken += length;
        length
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.taken = 0;
    }
}
