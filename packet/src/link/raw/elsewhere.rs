//! The raw link where there is none: it cannot be opened, and says why.

use std::io;
use std::net::IpAddr;

use super::RawOptions;
use crate::link::absent::{Absent, unsupported};
use crate::link::guard::GuardKind;

/// Marks the raw link among the links that are not there.
#[derive(Debug)]
pub enum Mark {}

/// A link that this operating system does not offer.
pub type RawLink = Absent<Mark>;

impl RawLink {
    /// Fails: this operating system does not give TCP to raw sockets.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: IpAddr, _: &RawOptions) -> io::Result<RawLink> {
        unsupported(
            "raw TCP sockets exist on Linux only: this kernel keeps TCP to itself. \
             Use the simulated wire, or the kernel's own sockets",
        )
    }

    /// The guarded ports.
    pub fn ports(&self) -> Vec<u16> {
        self.never()
    }

    /// Which guard is in force.
    pub fn guard(&self) -> Option<GuardKind> {
        self.never()
    }

    /// The size of the receive queue, in bytes.
    pub fn receive_buffer(&self) -> usize {
        self.never()
    }
}
