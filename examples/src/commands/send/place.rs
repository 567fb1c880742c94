//! A place to send from: a link, and what its host fills in.

use std::any::Any;
use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use barewire_packet::link::Link;

use crate::craft::Sender;
use crate::failure::{Failure, Step};

/// A host with a link.
pub(super) struct Place {
    /// Carries packets; whole frames, if the packet is one.
    pub(super) link: Box<dyn Link>,
    pub(super) is_frame: bool,
    /// What the host fills in.
    pub(super) sender: Sender,
    /// Where this is, in a few words.
    pub(super) about: String,
    /// The source of the packet, if it is not an address of this host.
    pub(super) spoofed: Option<IpAddr>,
    /// One moment on the link's clock, and the time of day then.
    pub(super) clock: (Instant, SystemTime),
    /// What has to stay open as long as the link: ports that are held.
    #[expect(dead_code, reason = "it is kept, and not read")]
    pub(super) held: Vec<Box<dyn Any>>,
}

impl Place {
    /// Lets time pass until `then`. What comes in meanwhile is not looked at.
    ///
    /// # Errors
    /// [`Failure`]: the link breaks.
    pub(super) fn wait_until(&mut self, then: Instant) -> Result<(), Failure> {
        while self.link.now() < then && !crate::commands::interrupt::is_requested() {
            match self.link.receive(Some(then)) {
                Err(error) if error.kind() == std::io::ErrorKind::Deadlock => break,
                Err(error) if error.kind() != std::io::ErrorKind::Interrupted => {
                    return Err(Failure::io(Step::Connect, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The time of day at a moment of the link's clock.
    pub(super) fn time_of_day(&self, moment: Instant) -> SystemTime {
        self.clock.1 + moment.saturating_duration_since(self.clock.0)
    }
}
