//! The TUN device where there is none: it cannot be opened, and says why.

use std::io;

use super::TunOptions;
use crate::link::absent::{Absent, unsupported};

/// Marks the TUN device among the links that are not there.
#[derive(Debug)]
pub enum Mark {}

/// A link that this operating system does not offer.
pub type Tun = Absent<Mark>;

impl Tun {
    /// Fails: this operating system has no TUN device that is spoken here.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &TunOptions) -> io::Result<Tun> {
        unsupported(
            "TUN devices of this kind exist on Linux only. Use the simulated wire, or the kernel's own sockets",
        )
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
        self.never()
    }
}
