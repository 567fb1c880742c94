//! A capture as a source, read as fast as it can be.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use barewire_packet::capture::{Frame, Interface, Next, Reader};

use super::{Came, Source};
use crate::commands::input;
use crate::failure::Failure;

pub(in crate::commands::sniff) struct File {
    path: PathBuf,
    reader: Reader<Box<dyn Read>>,
    /// Bytes of a frame that are kept; 0: all.
    snapshot_length: usize,
}

impl File {
    pub(in crate::commands::sniff) fn open(path: &Path, snapshot_length: usize) -> Result<File, Failure> {
        let (source, _) = input::open(path)?;
        Ok(File { path: path.to_owned(), reader: Reader::new(source), snapshot_length })
    }
}

impl Source for File {
    fn next(&mut self, frame: &mut Frame, _: Duration) -> Result<Came, Failure> {
        Ok(match self.reader.read_into(frame) {
            Ok(Next::Frame) => {
                if self.snapshot_length > 0 {
                    frame.bytes.truncate(self.snapshot_length);
                }
                Came::Frame
            }
            Ok(Next::Secrets(lines)) => Came::Secrets(lines),
            Ok(Next::End) => Came::End(None),
            Err(error) => Came::End(Some(input::why_it_ends(&self.path, error, self.reader.frames_read())?)),
        })
    }

    fn interface(&self, number: u32) -> &Interface {
        // The reader gives no frame of an interface that it does not know.
        &self.reader.interfaces()[number as usize]
    }

    fn dropped(&mut self) -> Option<u64> {
        None
    }

    fn is_live(&self) -> bool {
        false
    }
}
