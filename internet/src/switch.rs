//! A switch: it joins wires to one network, and leaves every packet as it is.
//!
//! A real switch learns from MAC addresses who is where. There are none here, so this one is told by the world, which
//! fills in its routes. A packet is never sent back by the port that it came in by. Tested in `tests/switch.rs`.

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::ip::IpPacket;

use crate::node::{Node, Port, Transmit, Verdict};
use crate::routes::Routes;
use crate::table::Table;

/// A switch.
#[derive(Default)]
pub(crate) struct Switch {
    routes: Routes,
    waiting: VecDeque<Transmit>,
}

/// Why a switch passes a packet on to nobody.
enum NotPassedOn {
    Unreadable,
    NobodyHas(IpAddr),
    CameFromThere(Port),
}

impl fmt::Display for NotPassedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotPassedOn::Unreadable => f.write_str("dropped: not an IP packet"),
            NotPassedOn::NobodyHas(address) => write!(f, "dropped: nobody on this network has {address}"),
            NotPassedOn::CameFromThere(port) => write!(f, "dropped: it came from where it should go, {port}"),
        }
    }
}

impl Node for Switch {
    fn receive(&mut self, _: Instant, from: Port, packet: Vec<u8>) -> Verdict {
        let Some(destination) = IpPacket::parse(&packet).ok().map(|packet| packet.header.destination())
        else {
            return Verdict::Dropped(Box::new(NotPassedOn::Unreadable));
        };
        match self.routes.find(destination).and_then(|route| route.port) {
            Some(port) if port == from => Verdict::Dropped(Box::new(NotPassedOn::CameFromThere(port))),
            Some(port) => {
                self.waiting.push_back(Transmit { port, packet, note: None });
                Verdict::Taken
            }
            None => Verdict::Dropped(Box::new(NotPassedOn::NobodyHas(destination))),
        }
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        self.waiting.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}

    fn routes(&mut self) -> Option<&mut Routes> {
        Some(&mut self.routes)
    }

    fn tables(&self, _: Instant) -> Vec<Table> {
        vec![self.routes.table()]
    }
}
