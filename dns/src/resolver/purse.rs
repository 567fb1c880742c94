//! What one question of a client has spent, with all the lookups that it needs.

use std::time::Instant;

/// What is spent of the budgets in [`Config`](super::Config).
#[derive(Debug)]
pub(super) struct Purse {
    /// Messages that were sent.
    pub(super) queries: u32,
    /// Server names that were looked up.
    pub(super) targets: u32,
    /// Those of them that do not exist.
    pub(super) missing: u32,
    /// When its time is over.
    pub(super) until: Instant,
    /// How many tasks spend from it.
    pub(super) tasks: u32,
}

impl Purse {
    pub(super) fn new(until: Instant) -> Purse {
        Purse { queries: 0, targets: 0, missing: 0, until, tasks: 0 }
    }
}
