//! What a stage does with a piece: bytes in, bytes out, and what is wrong. Tested in `tests/coding.rs`.

use super::reason::Reason;

/// What a stage did with a piece.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Bytes of the piece that it took.
    pub(super) taken: usize,
    /// Bytes that it wrote to the start of its room.
    pub(super) made: usize,
    /// The data is broken. What was made came before that.
    pub(super) fault: Option<Fault>,
}

/// Why data is broken, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// How many bytes before the end of what was taken.
    pub(super) back: usize,
    pub(super) reason: Reason,
}

impl Step {
    /// It took so much, and then the data was broken, `back` bytes before that place.
    pub(super) fn broken(taken: usize, back: usize, reason: Reason) -> Step {
        Step { taken, made: 0, fault: Some(Fault { back, reason }) }
    }
}
