//! The data link where there is none: it cannot be opened, and says why.

use std::io;

use super::DatalinkOptions;
use super::neighbours::{Event, Neighbours};
use crate::frame::MacAddress;
use crate::link::absent::{Absent, unsupported};

/// Marks the data link among the links that are not there.
#[derive(Debug)]
pub enum Mark {}

/// A link that this operating system does not offer.
pub type DatalinkLink = Absent<Mark>;

impl DatalinkLink {
    /// Fails: frames of our own are sent on Linux only.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`].
    pub fn open(_: &str, _: &DatalinkOptions) -> io::Result<DatalinkLink> {
        unsupported(
            "Ethernet frames of our own are sent on Linux only. \
             Use the simulated wire, or the kernel's own sockets",
        )
    }

    /// The neighbours.
    pub fn neighbours(&self) -> &Neighbours {
        self.never()
    }

    /// What happened on the link.
    pub fn event(&mut self) -> Option<Event> {
        self.never()
    }

    /// The MAC address that our frames come from.
    pub fn mac(&self) -> MacAddress {
        self.never()
    }
}
