//! A tap sees every message that a transport carries: a trace of a lookup is made with one.

use std::net::SocketAddr;
use std::time::Instant;

use crate::stub::Protocol;

/// Which way a message went, seen from this host. On a conversation between two ends the word is
/// [`barewire_dissect::Direction`]: a client sends to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// This host sent it.
    Sent,
    /// This host received it.
    Received,
}

/// Sees every message.
pub trait Tap {
    /// A message went from `local` to `remote`, or came back. For TCP `bytes` are without the length before it.
    fn message(
        &mut self,
        now: Instant,
        direction: Direction,
        protocol: Protocol,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    );
}
