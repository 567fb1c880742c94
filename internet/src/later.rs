//! A moment in the future. `Duration::MAX` is how people write "never", but no clock has a moment that far away: adding
//! it would panic. A century is far enough for any simulation.
//!
//! Tested in `tests/never.rs`.

use std::time::{Duration, Instant};

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The moment `by` after `now`, or a century after it, whichever is earlier.
pub(crate) fn later(now: Instant, by: Duration) -> Instant {
    now + by.min(CENTURY)
}

/// At most a century.
pub(crate) fn bounded(time: Duration) -> Duration {
    time.min(CENTURY)
}
