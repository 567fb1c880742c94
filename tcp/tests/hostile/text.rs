//! Bytes that tell where they stand in their stream, so that one out of its place is seen.

/// `length` bytes from place `at` on.
pub(crate) fn text(at: u32, length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (at.wrapping_add(i).wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}
