//! A place to send from: a link, and what its host fills in; and whether a packet may leave it.

use std::any::Any;
use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use barewire_packet::link::Link;

use crate::craft::reading::packet_in;
use crate::craft::{Packet, Sender};
use crate::failure::{Failure, Step};
use crate::permit::{Act, Permit};

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

/// Asks whether the packet may go to every address that it is to reach. `device` is the device that it is to leave by.
///
/// # Errors
/// [`Failure`]: it may not.
pub(super) fn ask(
    permit: &Permit,
    packet: &Packet,
    bytes: &[u8],
    device: Option<&str>,
) -> Result<(), Failure> {
    let mut addresses = packet.destinations();
    if addresses.is_empty() {
        let header = packet_in(bytes, packet.is_frame()).map(|packet| packet.header.destination());
        addresses.extend(header);
    }
    if addresses.is_empty() && device != Some("lo") && !permit.is_lab() {
        return Err(Failure::new(
            Step::Usage,
            "nobody can tell where this goes: bytes without an IP header are sent in the lab (`barewire lab shell`), \
             or on --iface lo",
        ));
    }
    addresses.into_iter().try_for_each(|address| permit.ask(Act::Forge, address).map(drop))?;
    Ok(())
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
