//! PendingFastOpenRequests: how many connections of a listener have had their text handed on, and are still in
//! SYN-RECEIVED (RFC 7413 §4.2, §5.1).
//!
//! A client that can steal cookies of other hosts could have the server work for nothing. The hosts that it pretends to
//! be answer the SYN-ACK with a reset, and free the place for the next one. So a connection that was reset counts for a
//! minute more, as in Linux.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// For how long a connection counts that was reset.
const AFTER_RESET: Duration = Duration::from_secs(60);

/// Those of one listener.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    open: usize,
    /// Until when each counts that was reset, the earliest first. There are never more than may be pending.
    reset: VecDeque<Instant>,
}

impl Pending {
    /// Whether one more would be too many.
    pub(crate) fn is_full(&mut self, now: Instant, most: usize) -> bool {
        while self.reset.front().is_some_and(|until| *until <= now) {
            self.reset.pop_front();
        }
        self.open + self.reset.len() >= most
    }

    /// One more is pending.
    pub(crate) fn begins(&mut self) {
        self.open += 1;
    }

    /// One is so no longer, for whatever reason.
    pub(crate) fn ends(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    /// One was reset.
    pub(crate) fn was_reset(&mut self, now: Instant) {
        self.reset.push_back(now + AFTER_RESET);
    }
}
