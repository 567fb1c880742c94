//! Deflate without a wrapper (RFC 1951): the state machine of miniz_oxide, which tells little of what it finds wrong.
//!
//! ```text
//!   window:  │ what came out last, at most 32 KiB │ what comes out now │ room │
//!                                                 ◀── a distance leads back
//! ```
//!
//! The library looks for a distance in the bytes before the place where it writes, so it sees when one leads to before
//! the start of the output (RFC 1951 §3.2.3). In a buffer that wraps it would not, and copy zeros.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::reason::Reason;
use super::step::{Fault, Step};

/// The longest distance (RFC 1951 §2).
const WINDOW: usize = 32 << 10;

/// Deflate data being undone.
#[derive(Default)]
pub(super) struct Inflate {
    library: Box<DecompressorOxide>,
    window: Vec<u8>,
    /// Where in the window the next byte goes.
    end: usize,
    ended: bool,
}

impl Inflate {
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        if self.ended {
            return Step::default();
        }
        if self.end > WINDOW {
            self.window.copy_within(self.end - WINDOW..self.end, 0);
            self.end = WINDOW;
        }
        if self.window.len() < WINDOW + out.len() {
            self.window.reserve_exact(WINDOW + out.len() - self.window.len());
            self.window.resize(WINDOW + out.len(), 0);
        }
        let all = &mut self.window[..self.end + out.len()];
        let flags = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, made) = decompress(&mut self.library, input, all, self.end, flags);
        out[..made].copy_from_slice(&all[self.end..self.end + made]);
        self.end += made;
        self.ended = status == TINFLStatus::Done;
        let is_broken = (status as i8) < 0;
        Step { taken, made, fault: is_broken.then_some(Fault { back: 0, reason: Reason::Deflate }) }
    }

    /// Whether its last block is complete.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Gets ready for other data.
    pub(super) fn reset(&mut self) {
        self.library.init();
        (self.end, self.ended) = (0, false);
    }
}
