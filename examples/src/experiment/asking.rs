//! Everything that an experiment sends by hand goes through here, and only where a forged packet may go.

use std::io;
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use barewire_packet::transit::Transit;

use crate::permit::{Act, Permit};

/// A link that asks before it sends.
pub(super) struct Asking {
    pub(super) link: Box<dyn Link>,
    pub(super) permit: Permit,
}

impl Link for Asking {
    fn now(&self) -> Instant {
        self.link.now()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let to = Transit::parse(packet.to_vec()).map_err(io::Error::other)?.destination();
        self.permit.ask(Act::Forge, to).map_err(io::Error::other)?;
        self.link.send(packet)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.link.receive(deadline)
    }

    fn patience(&self) -> Option<Duration> {
        self.link.patience()
    }
}
