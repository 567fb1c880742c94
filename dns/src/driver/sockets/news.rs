//! What a turn of a socket brings.

use std::io;

/// What a turn of a socket brought.
pub(super) enum News {
    /// Nothing: the next turn is after a poll.
    None,
    /// The connection has taken this message, which had waited for it.
    Sent(Vec<u8>),
    /// This message came.
    Came(Vec<u8>),
}

/// Whether an error only says that the socket has nothing to give or to take now.
pub(super) fn is_not_ready(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
