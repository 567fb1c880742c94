//! How long a blocking call on a socket may take, and how to see that its time ran out.

use std::io;
use std::time::Duration;

/// The time limit for a socket. A limit of zero would mean "for ever", so the shortest is a millisecond.
pub(super) fn limit(wait: Duration) -> Option<Duration> {
    Some(wait.max(Duration::from_millis(1)))
}

/// Whether an error only says that nothing came in time. Systems differ in which of these kinds it has.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}
