//! The memory that the streams of all connections share, for bytes that wait after a hole.
//!
//! A capture may hold any number of connections whose last hole is never filled. So there is one budget for all of
//! them. When it is spent, the connection that has waited longest gives its bytes back.

use std::collections::BTreeSet;

use barewire_dissect::Direction;

use crate::observe::stream::Waiting;

/// How many bytes may wait after holes, in all connections together.
pub const MOST_WAITING_IN_ALL: usize = 64 << 20;

/// Which connections wait, and what that costs.
#[derive(Debug, Default)]
pub(super) struct Memory {
    used: usize,
    /// By the frame that showed the hole: the oldest first.
    by_age: BTreeSet<(u64, usize, Direction)>,
}

impl Memory {
    /// Notes that what waits in one direction of a connection has changed.
    pub(super) fn account(&mut self, connection: usize, way: Direction, before: Waiting, after: Waiting) {
        self.used = self.used - before.cost + after.cost;
        if before.since == after.since {
            return;
        }
        if let Some(frame) = before.since {
            self.by_age.remove(&(frame, connection, way));
        }
        if let Some(frame) = after.since {
            self.by_age.insert((frame, connection, way));
        }
    }

    /// The cost of everything that waits, in bytes.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// The direction that has to give its bytes back, if the budget is spent: the one that has waited longest.
    pub(super) fn over_budget(&self) -> Option<(usize, Direction)> {
        let oldest = self.by_age.first().filter(|_| self.used > MOST_WAITING_IN_ALL)?;
        Some((oldest.1, oldest.2))
    }
}
