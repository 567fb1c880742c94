//! A watcher of the packets of a stack: what a story, a ladder or a capture is made from.
//!
//! Tested in `tests/background.rs` and `tests/stream_api.rs`.

use std::time::Instant;

use crate::variables::Variables;

/// Which way a packet went, seen from this host. (On a conversation of two ends the ways are those of
/// [`barewire_dissect::Direction`]: to the server, to the client.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// This host has sent it.
    Sent,
    /// This host has received it.
    Received,
}

/// A watcher of every packet that passes.
pub trait Tap: Send {
    /// A packet passes. `note` says in words what there is to say about it, and is mostly empty.
    fn packet(&mut self, now: Instant, direction: Direction, packet: &[u8], note: &str);

    /// Whether the variables of the connections are wanted as well. They cost a look at each of them.
    fn wants_variables(&self) -> bool {
        false
    }

    /// The variables of a connection that has a stream, after a packet passed or a timer ran out. They may be those of
    /// the time before.
    fn variables(&mut self, _now: Instant, _variables: &Variables) {}
}
