//! A few bytes that are read together, and may come in pieces: a header, a checksum, a block.

/// The bytes so far.
#[derive(Default)]
pub(super) struct Held(pub(super) Vec<u8>);

impl Held {
    /// Takes bytes until there are `want` of them, and gives how many it took.
    pub(super) fn fill(&mut self, want: usize, input: &[u8]) -> usize {
        let length = want.saturating_sub(self.0.len()).min(input.len());
        self.0.extend(&input[..length]);
        length
    }

    /// The 32-bit number in four of the bytes, which are there; the lowest byte comes first.
    pub(super) fn little_endian(&self, at: usize) -> u32 {
        let four = self.0.get(at..at + 4).and_then(|four| four.try_into().ok());
        u32::from_le_bytes(four.unwrap_or_default())
    }

    /// The same, the highest byte comes first.
    pub(super) fn big_endian(&self, at: usize) -> u32 {
        self.little_endian(at).swap_bytes()
    }
}
