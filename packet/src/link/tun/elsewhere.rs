//! The TUN device where there is none: it cannot be opened, and says why.

use std::convert::Infallible;
use std::io;
use std::time::Instant;

use super::TunOptions;
use crate::link::Link;

/// A link that this operating system does not offer.
#[derive(Debug)]
pub struct Tun(Infallible);

impl Tun {
    /// Fails: this operating system has no TUN device that is spoken here.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &TunOptions) -> io::Result<Tun> {
        let text = "TUN devices of this kind exist on Linux only. Use the simulated wire, or the kernel's own sockets";
        Err(io::Error::new(io::ErrorKind::Unsupported, text))
    }

    /// Fails, as [`Tun::open`] does.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn ask_permission() -> io::Result<()> {
        Tun::open(&TunOptions::default()).map(|_| ())
    }

    /// What the interface is called.
    pub fn name(&self) -> &str {
        match self.0 {}
    }
}

impl Link for Tun {
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
