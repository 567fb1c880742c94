//! A switch: it joins wires to one network. Real ones look at MAC addresses; this one has the wires' ends told, and
//! leaves every packet as it is.

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
}

impl fmt::Display for NotPassedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotPassedOn::Unreadable => f.write_str("dropped: not an IP packet"),
            NotPassedOn::NobodyHas(address) => write!(f, "dropped: nobody on this network has {address}"),
        }
    }
}

impl Node for Switch {
    fn receive(&mut self, _: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let Some(destination) = IpPacket::parse(&packet).ok().map(|packet| packet.header.destination())
        else {
            return Verdict::Dropped(Box::new(NotPassedOn::Unreadable));
        };
        match self.routes.find(destination).and_then(|route| route.port) {
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
