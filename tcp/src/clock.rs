//! The clock of our timestamps (RFC 7323 §5.4): milliseconds, from an offset that nobody can guess.
//!
//! Tested in `tests/clauses`.

use std::time::Instant;

/// The timestamp clock of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampClock {
    /// When it stood at its offset.
    epoch: Instant,
    offset: u32,
}

impl TimestampClock {
    /// A clock that shows `offset` at `epoch`.
    pub fn new(epoch: Instant, offset: u32) -> TimestampClock {
        TimestampClock { epoch, offset }
    }

    /// TSval at a moment.
    pub fn at(&self, moment: Instant) -> u32 {
        self.offset.wrapping_add(moment.saturating_duration_since(self.epoch).as_millis() as u32)
    }

    /// Whether it has shown this value by `now`.
    pub fn has_shown(&self, value: u32, now: Instant) -> bool {
        value.wrapping_sub(self.offset) <= self.at(now).wrapping_sub(self.offset)
    }
}
