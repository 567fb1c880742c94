//! The layer 3 link where there is none: it cannot be opened, and says why.

use std::io;

use super::Layer3Options;
use crate::link::absent::{Absent, unsupported};

/// Marks the layer 3 link among the links that are not there.
#[derive(Debug)]
pub enum Mark {}

/// A link that this operating system does not offer.
pub type Layer3Link = Absent<Mark>;

impl Layer3Link {
    /// Fails: this link is made of sockets that only Linux has.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &Layer3Options) -> io::Result<Layer3Link> {
        unsupported(
            "this link is made of packet sockets, which exist on Linux only. Use the toy internet, or a Linux machine \
             (under Windows: WSL2)",
        )
    }

    /// The guarded ports.
    pub fn ports(&self) -> Vec<u16> {
        self.never()
    }

    /// The size of each receive queue, in bytes.
    pub fn receive_buffer(&self) -> usize {
        self.never()
    }
}
