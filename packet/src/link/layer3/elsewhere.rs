//! The layer 3 link where there is none: it cannot be opened, and says why.

use std::convert::Infallible;
use std::io;
use std::time::Instant;

use super::Layer3Options;
use crate::link::Link;

/// A link that this operating system does not offer.
#[derive(Debug)]
pub struct Layer3Link(Infallible);

impl Layer3Link {
    /// Fails: this link is made of sockets that only Linux has.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &Layer3Options) -> io::Result<Layer3Link> {
        let text = "this link is made of packet sockets, which exist on Linux only. Use the toy internet, or a \
                    Linux machine (under Windows: WSL2)";
        Err(io::Error::new(io::ErrorKind::Unsupported, text))
    }

    /// The guarded ports.
    pub fn ports(&self) -> Vec<u16> {
        match self.0 {}
    }

    /// The size of each receive queue, in bytes.
    pub fn receive_buffer(&self) -> usize {
        match self.0 {}
    }
}

impl Link for Layer3Link {
    fn now(&self) -> Instant {
        match self.0 {}
    }

    fn mtu(&self) -> usize {
        match self.0 {}
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        match self.0 {}
    }

    fn receive(&mut self, _: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        match self.0 {}
    }
}
