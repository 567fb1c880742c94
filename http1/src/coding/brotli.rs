//! Brotli (RFC 7932): the library's state machine, with its words for what is wrong.
//!
//! Its window has at most 16 MiB (RFC 7932 §9.1). The "large window" that some encoders know does not belong to the
//! coding, and is refused. When data breaks, the library keeps back what it had undone of the same piece,
//! and tells no place. So the byte of an error, and its words, may depend on how the bytes were cut.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::reason::Reason;
use super::step::{Fault, Step};

/// Brotli data being undone.
pub(super) struct Brotli {
    library: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    ended: bool,
}

impl Default for Brotli {
    fn default() -> Brotli {
        let memory = StandardAlloc::default;
        Brotli { library: BrotliState::new_strict(memory(), memory(), memory()), ended: false }
    }
}

impl Brotli {
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        match input {
            _ if !self.ended => self.data(input, out),
            [] => Step::default(),
            [byte, ..] => Step::broken(0, 0, Reason::TrailingByte(*byte)),
        }
    }

    pub(super) fn may_end(&self) -> bool {
        self.ended
    }

    fn data(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let (mut left, mut taken, mut room, mut made, mut all) = (input.len(), 0, out.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut taken,
            input,
            &mut room,
            &mut made,
            out,
            &mut all,
            &mut self.library,
        );
        self.ended = matches!(result, BrotliResult::ResultSuccess);
        let fault = match result {
            BrotliResult::ResultFailure => Some(Fault { back: 0, reason: self.reason() }),
            _ => None,
        };
        Step { taken, made, fault }
    }

    /// `BROTLI_DECODER_ERROR_FORMAT_HUFFMAN_SPACE` is "huffman space".
    fn reason(&self) -> Reason {
        let name = format!("{:?}", self.library.error_code);
        let words = name.trim_start_matches("BROTLI_DECODER_ERROR_").trim_start_matches("FORMAT_");
        Reason::Brotli(words.replace('_', " ").to_lowercase().into())
    }
}
