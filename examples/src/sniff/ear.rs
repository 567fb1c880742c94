//! A tap whose frames are those of a capture: each has a number, and each device is an interface.
//!
//! Tested live, in `tests/live/sniffing.rs`.

use std::io;
use std::time::Instant;

use barewire_packet::capture::{Frame, Interface, Origin};
use barewire_packet::link::tap::{Tap, TapOptions};

/// Hears frames.
pub struct Ear {
    tap: Tap,
    /// The devices of which frames came.
    interfaces: Vec<Interface>,
    frames: u64,
}

impl Ear {
    /// Hears from now on.
    ///
    /// # Errors
    /// Those of [`Tap::open`].
    pub fn open(options: &TapOptions) -> io::Result<Ear> {
        Ok(Ear { tap: Tap::open(options)?, interfaces: Vec::new(), frames: 0 })
    }

    /// Waits for the next frame. `false`: none came before the deadline.
    ///
    /// # Errors
    /// Those of [`Tap::receive`].
    pub fn hear(&mut self, frame: &mut Frame, deadline: Option<Instant>) -> io::Result<bool> {
        let Some(heard) = self.tap.receive(deadline)? else { return Ok(false) };
        self.frames += 1;
        *frame = Frame {
            number: self.frames,
            interface: self.number(&heard.device, heard.link_type),
            time: heard.time,
            original_len: heard.original_len as u32,
            way: Some(heard.packet_type.way()),
            bytes: heard.bytes,
            comment: None,
        };
        Ok(true)
    }

    /// The devices of which frames came. [`Frame::interface`] counts in this list.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// How many frames the kernel dropped so far.
    pub fn drops(&self) -> Option<u64> {
        self.tap.drops()
    }

    fn number(&mut self, name: &str, link_type: u16) -> u32 {
        let is_it = |one: &Interface| one.link_type == link_type && one.name == name;
        let known = self.interfaces.iter().position(is_it);
        let number = known.unwrap_or_else(|| {
            self.interfaces.push(Interface { link_type, name: name.to_owned(), origin: Origin::Seen });
            self.interfaces.len() - 1
        });
        number as u32
    }
}
