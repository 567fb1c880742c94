//! What the targets with replies share: a generator whose numbers the fuzzer knows, and how replies stand in the input.

use std::convert::Infallible;

/// IDs and ports that the fuzzer can know.
pub struct Zeros;

impl rand_core::TryRng for Zeros {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

/// The next reply: how it comes, and its bytes.
pub fn next<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&[how, high, low], rest) = input.split_first_chunk::<3>()?;
    let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
    let (bytes, rest) = rest.split_at(length);
    *input = rest;
    Some((how, bytes))
}
