//! The raw link where there is none: it cannot be opened, and says why.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::time::Instant;

use super::RawOptions;
use crate::link::Link;
use crate::link::guard::GuardKind;

/// A link that this operating system does not offer.
#[derive(Debug)]
pub struct RawLink(Infallible);

impl RawLink {
    /// Fails: this operating system does not give TCP to raw sockets.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: IpAddr, _: &RawOptions) -> io::Result<RawLink> {
        let text = "raw TCP sockets exist on Linux only: this kernel keeps TCP to itself. \
                    Use the simulated wire, or the kernel's own sockets";
        Err(io::Error::new(io::ErrorKind::Unsupported, text))
    }

    /// The guarded ports.
    pub fn ports(&self) -> Vec<u16> {
        match self.0 {}
    }

    /// Which guard is in force.
    pub fn guard(&self) -> Option<GuardKind> {
        match self.0 {}
    }

    /// The size of the receive queue, in bytes.
    pub fn receive_buffer(&self) -> usize {
        match self.0 {}
    }
}

impl Link for RawLink {
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
