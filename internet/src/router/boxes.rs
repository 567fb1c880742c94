//! Boxes in the path of a router: each may look at a packet, change it, or end its way.
//!
//! They hang where netfilter has its hooks: before the routing decision (there a destination is translated), after it
//! (there a packet is filtered), and when the packet leaves (there a source is translated).

use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::transit::Transit;

use super::IcmpError;
use crate::node::{Attachment, Note, Port};
use crate::table::Table;

/// What a box decides about a packet.
pub enum Decision {
    /// It goes on.
    Pass,
    /// It goes on, and the box has something to say about it.
    Noted(Note),
    /// It goes on, but by the way to this address, whatever its destination is. Only a packet that comes in can be told
    /// so.
    To(IpAddr, Note),
    /// It ends here, and its sender hears nothing.
    Drop(Note),
    /// It ends here, and the router tells its sender.
    Reject(Answer, Note),
}

/// How a sender is told that its packet ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// By an ICMP error.
    Icmp(IcmpError),
    /// By a TCP reset; a packet that is not TCP gets "port unreachable".
    Reset,
}

/// A box in a router. What it does not decide about it lets pass.
pub trait Middlebox: Send {
    /// A wire is plugged into the router.
    fn attach(&mut self, _port: Port, _attachment: &Attachment) {}

    /// A packet came in at `port`; its route is not known yet.
    fn incoming(&mut self, _now: Instant, _port: Port, _packet: &mut Transit) -> Decision {
        Decision::Pass
    }

    /// A packet that came in at `from` is about to leave by `to`.
    fn forward(&mut self, _now: Instant, _from: Port, _to: Port, _packet: &Transit) -> Decision {
        Decision::Pass
    }

    /// A packet leaves by `port`. Those that the router itself sends leave here too.
    fn outgoing(&mut self, _now: Instant, _port: Port, _packet: &mut Transit) -> Decision {
        Decision::Pass
    }

    /// Whether the router answers for an address that is not one of its ports'. Asked for each packet.
    fn owns(&self, _address: IpAddr) -> bool {
        false
    }

    /// A packet that the box itself wants sent, if any; the router finds its way.
    fn transmit(&mut self, _now: Instant) -> Option<Vec<u8>> {
        None
    }

    /// When to call `on_deadline`, if ever.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Does what is due by `now`.
    fn on_deadline(&mut self, _now: Instant) {}

    /// The tables that the box decides by, as they are at `now`.
    fn tables(&self, _now: Instant) -> Vec<Table> {
        Vec::new()
    }
}
