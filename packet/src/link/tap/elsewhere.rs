//! The tap where there is none: it cannot be opened, and says why.

use std::convert::Infallible;
use std::io;
use std::time::Instant;

use super::{Heard, TapOptions};

/// A tap that this operating system does not offer.
#[derive(Debug)]
pub struct Tap(Infallible);

impl Tap {
    /// Fails: a tap is made of a socket that only Linux has.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &TapOptions) -> io::Result<Tap> {
        let text = "a tap is made of a packet socket, which exists on Linux only. Record with tcpdump or Wireshark, \
                    and read the file, or use a Linux machine (under Windows: WSL2)";
        Err(io::Error::new(io::ErrorKind::Unsupported, text))
    }

    /// Waits for the next frame.
    ///
    /// # Errors
    /// It is never called: [`Tap::open`] has failed.
    pub fn receive(&mut self, _: Option<Instant>) -> io::Result<Option<Heard>> {
        match self.0 {}
    }

    /// How many frames the queue had no room for.
    pub fn drops(&self) -> Option<u64> {
        match self.0 {}
    }

    /// The size of the queue, in bytes.
    pub fn receive_buffer(&self) -> usize {
        match self.0 {}
    }
}
