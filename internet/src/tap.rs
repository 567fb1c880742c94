//! A capture point: it sees what passes a node, and what is lost, and changes nothing.

use std::fmt;
use std::time::Instant;

use barewire_packet::link::Way;

/// A packet that passes a place at a moment.
pub struct Passing<'a> {
    /// When.
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

/// Sees packets. A world has one for each node that is watched, and one for what is lost anywhere.
pub trait Tap: Send {
    /// A packet passes.
    fn packet(&mut self, passing: &Passing<'_>);
}
