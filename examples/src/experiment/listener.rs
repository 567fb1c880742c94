//! Somebody on the path, who reads what goes by and sends nothing.

use std::io;

use barewire_packet::capture::Capture;

/// A listener at a host or at a router.
pub trait Listener {
    /// What it has heard since it was asked last. A packet that passes a router is heard twice: received, and sent.
    ///
    /// # Errors
    /// What the system says.
    fn take(&mut self) -> io::Result<Capture>;
}
