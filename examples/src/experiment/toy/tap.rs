//! A listener in the toy internet.

use std::io;

use barewire_internet::capture::Recording;
use barewire_packet::capture::Capture;

use super::Toy;
use crate::experiment::listener::Listener;

/// What passes one node, recorded.
pub(in crate::experiment) struct ToyTap {
    pub(super) toy: Toy,
    pub(super) recording: Recording,
}

impl Listener for ToyTap {
    fn take(&mut self) -> io::Result<Capture> {
        Ok(self.recording.take(self.toy.lock().world.now()))
    }
}
