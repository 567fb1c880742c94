//! A listener in the lab.

use std::io;
use std::time::{Duration, Instant};

use barewire_packet::capture::{Capture, Frame};

use crate::experiment::listener::Listener;
use crate::sniff::Ear;

/// How long silence lasts before all is heard.
const SILENCE: Duration = Duration::from_millis(100);

/// What passes the devices of one host.
pub(super) struct KernelTap(pub(super) Ear);

impl Listener for KernelTap {
    fn take(&mut self) -> io::Result<Capture> {
        let mut capture = Capture::default();
        let mut frame = Frame::default();
        while self.0.hear(&mut frame, Some(Instant::now() + SILENCE))? {
            capture.frames.push(std::mem::take(&mut frame));
        }
        capture.interfaces = self.0.interfaces().to_vec();
        Ok(capture)
    }
}
