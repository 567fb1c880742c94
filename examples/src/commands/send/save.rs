//! `-w`: what was sent and what came back, as a capture that is written while it comes.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::time::{Instant, UNIX_EPOCH};

use barewire_packet::capture::{Frame, Interface, Origin, Writer, linktype};
use barewire_packet::link::Way;

use super::exchange::Exchange;
use super::place::Place;
use crate::commands::output::unwritable;
use crate::craft::Built;
use crate::failure::Failure;

/// A file that is written. What it holds is not kept: `--count` may be four thousand million.
pub(super) struct Save {
    writer: Writer<BufWriter<File>>,
    name: String,
    frames: u64,
}

impl Save {
    /// Begins the file.
    ///
    /// # Errors
    /// [`Failure`]: it cannot be written; so it is for the others.
    pub(super) fn create(path: &Path, place: &Place) -> Result<Save, Failure> {
        let name = path.display().to_string();
        let writer = File::create(path).and_then(|file| {
            let mut writer = Writer::new(BufWriter::new(file))?;
            let link_type = if place.is_frame { linktype::ETHERNET } else { linktype::RAW };
            writer.interface(&Interface { link_type, name: "send".to_owned(), origin: Origin::Seen })?;
            Ok(writer)
        });
        let writer = writer.map_err(|error| unwritable(&name, &error))?;
        Ok(Save { writer, name, frames: 0 })
    }

    /// Adds a packet, and its answer.
    pub(super) fn exchange(&mut self, place: &Place, built: &Built, one: &Exchange) -> Result<(), Failure> {
        self.put(place, built, one).map_err(|error| unwritable(&self.name, &error))
    }

    fn put(&mut self, place: &Place, built: &Built, one: &Exchange) -> io::Result<()> {
        let wrong = built.sets().any(|set| set.right.is_some()).then(|| "wrong on purpose".to_owned());
        self.frame(place, one.sent_at, Way::Sent, &built.bytes, wrong)?;
        match &one.answer {
            Some((at, bytes, answer)) => {
                self.frame(place, *at, Way::Received, bytes, Some(answer.to_string()))
            }
            None => Ok(()),
        }
    }

    fn frame(
        &mut self,
        place: &Place,
        at: Instant,
        way: Way,
        bytes: &[u8],
        comment: Option<String>,
    ) -> io::Result<()> {
        self.frames += 1;
        self.writer.frame(&Frame {
            number: self.frames,
            interface: 0,
            time: place.time_of_day(at).duration_since(UNIX_EPOCH).unwrap_or_default(),
            bytes: bytes.to_vec(),
            original_len: bytes.len() as u32,
            way: Some(way),
            comment,
        })
    }

    /// Hands on what was not written yet.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| unwritable(&self.name, &error))
    }
}
