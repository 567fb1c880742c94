//! A tap as a source.

use std::time::{Duration, Instant};

use barewire_packet::capture::{Frame, Interface, Origin};
use barewire_packet::link::tap::{Tap, TapOptions};

use super::{Came, Source};
use crate::cli::SniffArgs;
use crate::commands::sniff::interfaces::{self, ANY};
use crate::failure::{Failure, Step};

pub(in crate::commands::sniff) struct Live {
    tap: Tap,
    /// The devices of which frames came.
    interfaces: Vec<Interface>,
    frames: u64,
}

impl Live {
    pub(in crate::commands::sniff) fn open(args: &SniffArgs, name: &str) -> Result<Live, Failure> {
        let mut options = TapOptions {
            device: (name != ANY).then(|| name.to_owned()),
            promiscuous: args.promiscuous,
            receive_buffer: args.buffer_size.saturating_mul(1024),
            ..TapOptions::default()
        };
        if args.snapshot_length > 0 {
            options.snap_length = args.snapshot_length;
        }
        let failed = |error: std::io::Error| {
            let others = match error.kind() {
                std::io::ErrorKind::NotFound => format!("; there are {}", interfaces::names().join(" ")),
                _ => String::new(),
            };
            Failure::new(Step::Connect, format!("{name} cannot be heard: {error}{others}"))
        };
        let tap = Tap::open(&options).map_err(failed)?;
        Ok(Live { tap, interfaces: Vec::new(), frames: 0 })
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

impl Source for Live {
    fn next(&mut self, frame: &mut Frame, wait: Duration) -> Result<Came, Failure> {
        let heard = self.tap.receive(Instant::now().checked_add(wait));
        let heard = heard.map_err(|error| Failure::io(Step::Connect, &error))?;
        let Some(heard) = heard else { return Ok(Came::Nothing) };
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
        Ok(Came::Frame)
    }

    fn interface(&self, number: u32) -> &Interface {
        &self.interfaces[number as usize]
    }

    fn dropped(&mut self) -> Option<u64> {
        self.tap.drops()
    }

    fn is_live(&self) -> bool {
        true
    }
}
