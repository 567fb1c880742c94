//! The data link where there is none: it cannot be opened, and says why.

use std::convert::Infallible;
use std::io;
use std::time::Instant;

use super::DatalinkOptions;
use super::neighbours::Neighbours;
use crate::link::Link;

/// A link that this operating system does not offer.
#[derive(Debug)]
pub struct DatalinkLink(Infallible);

impl DatalinkLink {
    /// Fails: frames of our own are sent on Linux only.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &str, _: &DatalinkOptions) -> io::Result<DatalinkLink> {
        let text = "Ethernet frames of our own are sent on Linux only. \
                    Use the simulated wire, or the kernel's own sockets";
        Err(io::Error::new(io::ErrorKind::Unsupported, text))
    }

    /// The neighbours.
    pub fn neighbours(&self) -> &Neighbours {
        match self.0 {}
    }
}

impl Link for DatalinkLink {
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
