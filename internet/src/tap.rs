//! A capture point: it sees what passes a node, and what is lost, and changes nothing. Tested in
//! `tests/capture.rs` and `tests/random.rs`.

use std::fmt;
use std::time::Instant;

use barewire_packet::link::Way;

/// A packet that passes a place at a moment.
pub struct Passing<'a> {
    /// The moment in the time of the world.
    pub now: Instant,
    /// The place: a node's name and, where the node has several wires, that of the wire: `home (home-isp)`.
    pub place: &'a str,
    /// What it does there.
    pub what: Seen,
    /// The whole IP packet.
    pub packet: &'a [u8],
    /// What there is to say about it: what the node says, or why it was lost.
    pub note: Option<&'a dyn fmt::Display>,
}

/// What a packet does at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seen {
    /// The node sends it or receives it. A packet that is sent waits in the queue of the wire only after that.
    Passes(Way),
    /// It ends here: the wire lost it, or the node dropped it. Only a simulated internet knows that.
    Lost,
}

/// Sees packets. Each node can have some, and the world some that see what is lost anywhere. A tap is called while the
/// world is busy, so it must not call the world.
pub trait Tap: Send {
    /// A packet passes.
    fn packet(&mut self, passing: &Passing<'_>);
}
