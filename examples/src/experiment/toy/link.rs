//! A link at a host of the toy ground.

use std::io;
use std::time::{Duration, Instant};

use barewire_packet::link::Link;

use super::Toy;

/// A link that sends packets as they are, and hears what the host hears.
pub(in super::super) struct ToyLink {
    pub(super) toy: Toy,
    pub(super) place: usize,
}

impl Link for ToyLink {
    fn now(&self) -> Instant {
        self.toy.lock().world.now()
    }

    fn mtu(&self) -> usize {
        self.toy.lock().hosts[self.place].wire.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.toy.lock().hosts[self.place].wire.send(packet)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let mut inside = self.toy.lock();
        // Nobody waits here for more than a day.
        let deadline = deadline.unwrap_or_else(|| inside.world.now() + Duration::from_secs(86_400));
        Ok(inside.run(deadline, |inside| inside.hosts[self.place].inbox.as_mut()?.pop_front()))
    }
}
