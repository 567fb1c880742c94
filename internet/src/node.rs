//! What stands at the ends of wires: a host, a router, a box in between. Each is a state machine without I/O.
//!
//! Tested in `tests/world.rs`.

use std::fmt;
use std::time::Instant;

use crate::prefix::Address;
use crate::routes::Routes;
use crate::table::Table;

pub use crate::port::Port;

/// What a node says beside a packet. Its type is the node's own; it becomes a sentence only where it is written down.
pub type Note = Box<dyn fmt::Display + Send>;

/// A packet that a node sends.
pub struct Transmit {
    /// The port it leaves by.
    pub port: Port,
    /// The whole IP packet.
    pub packet: Vec<u8>,
    /// What there is to say about it. Mostly nothing.
    pub note: Option<Note>,
}

/// What a node made of a packet that it received.
pub enum Verdict {
    /// It took the packet, or passes it on.
    Taken,
    /// It took the packet, and has something to say about it.
    Noted(Note),
    /// The packet ends here, for this reason.
    Dropped(Note),
}

/// What a node learns about a port when the world is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The node's own addresses at this port, with the length of their prefixes.
    pub addresses: Vec<Address>,
    /// The largest packet that the wire carries, in bytes.
    pub mtu: usize,
    /// The name of the wire.
    pub wire: String,
}

/// A node of the internet: four of the five verbs of every core of this workspace. What a node does with its packets
/// is its own business, so it has no events.
pub trait Node: Send {
    /// An IP packet arrived at `port`.
    fn receive(&mut self, now: Instant, port: Port, packet: Vec<u8>) -> Verdict;
    /// The next packet to send, if any. Asked until it gives none.
    fn transmit(&mut self, now: Instant) -> Option<Transmit>;
    /// When to call `on_deadline`, if ever.
    fn deadline(&self) -> Option<Instant>;
    /// Does what is due by `now`.
    fn on_deadline(&mut self, now: Instant);

    /// A wire is plugged in at `port`. Called while the world is built, in the order of the ports.
    fn attach(&mut self, _port: Port, _attachment: Attachment) {}

    /// The wire at `port` now carries packets up to another size.
    fn mtu_changed(&mut self, _port: Port, _mtu: usize) {}

    /// The node's routes, where it has some: the world fills them in, and changes them when routes change.
    fn routes(&mut self) -> Option<&mut Routes> {
        None
    }

    /// The tables that the node decides by, as they are at `now`.
    fn tables(&self, _now: Instant) -> Vec<Table> {
        Vec::new()
    }
}
