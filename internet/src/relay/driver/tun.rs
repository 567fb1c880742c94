//! A TUN device as an end of a relay: packets that the kernel has finished already.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use barewire_packet::link::Link;
use barewire_packet::link::tun::Tun;

use super::super::frame::Framing;
use super::End;

impl End for Tun {
    fn framing(&self) -> Framing {
        Framing::Ip
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }

    fn receive(&mut self) -> io::Result<Vec<Vec<u8>>> {
        match Link::receive(self, Some(Instant::now())) {
            Ok(packet) => Ok(packet.into_iter().collect()),
            // A device that is down may come up again.
            Err(error) if error.kind() == io::ErrorKind::NetworkDown => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        Link::send(self, packet)
    }

    fn overflowed(&mut self) -> Option<u64> {
        self.drops()
    }
}
