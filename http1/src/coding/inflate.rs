//! Deflate without a wrapper (RFC 1951): flate2's state machine, which tells little of what it finds wrong.

use flate2::{Decompress, FlushDecompress, Status};

use super::reason::Reason;
use super::step::{Fault, Step};

/// Deflate data being undone.
pub(super) struct Inflate {
    library: Decompress,
    ended: bool,
}

impl Default for Inflate {
    fn default() -> Inflate {
        Inflate { library: Decompress::new(false), ended: false }
    }
}

impl Inflate {
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let before = (self.library.total_in(), self.library.total_out());
        let result = self.library.decompress(input, out, FlushDecompress::None);
        self.ended = matches!(result, Ok(Status::StreamEnd));
        Step {
            taken: (self.library.total_in() - before.0) as usize,
            made: (self.library.total_out() - before.1) as usize,
            fault: result.is_err().then_some(Fault { back: 0, reason: Reason::Deflate }),
        }
    }

    /// Whether its last block is complete.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Gets ready for other data.
    pub(super) fn reset(&mut self) {
        self.library.reset(false);
        self.ended = false;
    }
}
