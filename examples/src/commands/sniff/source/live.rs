//! A tap as a source.

use std::io;
use std::time::{Duration, Instant};

use barewire_packet::capture::{Frame, Interface};
use barewire_packet::link::tap::TapOptions;

use super::{Came, Source};
use crate::cli::SniffArgs;
use crate::commands::sniff::interfaces::{self, ANY};
use crate::failure::{Failure, Step};
use crate::sniff::Ear;

pub(in crate::commands::sniff) struct Live(Ear);

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
        let failed = |error: io::Error| {
            let others = match error.kind() {
                io::ErrorKind::NotFound => format!("; there are {}", interfaces::names().join(" ")),
                _ => String::new(),
            };
            Failure::new(Step::Connect, format!("{name} cannot be heard: {error}{others}"))
        };
        Ear::open(&options).map(Live).map_err(failed)
    }
}

impl Source for Live {
    fn next(&mut self, frame: &mut Frame, wait: Duration) -> Result<Came, Failure> {
        let heard = self.0.hear(frame, Instant::now().checked_add(wait));
        let heard = heard.map_err(|error| Failure::io(Step::Connect, &error))?;
        Ok(if heard { Came::Frame } else { Came::Nothing })
    }

    fn interface(&self, number: u32) -> &Interface {
        &self.0.interfaces()[number as usize]
    }

    fn dropped(&mut self) -> Option<u64> {
        self.0.drops()
    }

    fn is_live(&self) -> bool {
        true
    }
}
