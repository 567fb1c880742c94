//! A link that notes what passes: for `--pcapng`.

use std::io;
use std::time::{Duration, Instant};

use barewire_packet::link::{Link, Way};

use crate::trace::Trace;

/// A link, and the trace of what it carries.
pub(super) struct Recorded {
    pub(super) link: Box<dyn Link>,
    pub(super) trace: Trace,
}

impl Link for Recorded {
    fn now(&self) -> Instant {
        self.link.now()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.link.send(packet)?;
        self.trace.seen(self.link.now(), Way::Sent, packet, "");
        Ok(())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let packet = self.link.receive(deadline)?;
        packet.iter().for_each(|packet| self.trace.seen(self.link.now(), Way::Received, packet, ""));
        Ok(packet)
    }

    fn patience(&self) -> Option<Duration> {
        self.link.patience()
    }

    fn drops(&self) -> Option<u64> {
        self.link.drops()
    }
}
