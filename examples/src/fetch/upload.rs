//! A request body that is not held in memory: it is read while the connection takes it.
//!
//! ```text
//!   Source ──a piece──▶ Fetch ──▶ TLS, HTTP ──▶ Line ──▶ stream
//!              ▲                                  │
//!              └──────── all of it was taken ─────┘
//! ```
//!
//! So there is never more than one piece on its way, and what the server answers meanwhile is read. Left out: standard
//! input is read when its turn comes, and where it has nothing to say, the answer waits, too.
//!
//! Tested in `tests/uploads.rs`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use barewire_dissect::{count, several};

use crate::failure::{Failure, Step};

/// The length of a piece, in bytes.
pub(super) const PIECE: usize = 32 << 10;

/// Where a body comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, which can be read again.
    File(PathBuf),
    /// Standard input, which cannot.
    Stdin,
}

/// A body that is read while it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where it comes from.
    pub source: Source,
    /// How long it is, in bytes. `None`: nobody knows, and it goes out in chunks (RFC 9112 §7.1).
    pub length: Option<u64>,
}

impl Upload {
    /// What is in this file; `-` is standard input. The length of a pipe is not known.
    ///
    /// # Errors
    /// [`Step::Input`]: the file does not exist.
    pub fn of(path: &Path) -> Result<Upload, Failure> {
        if path == Path::new("-") {
            return Ok(Upload { source: Source::Stdin, length: None });
        }
        let about = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        let length = about.is_file().then_some(about.len());
        Ok(Upload { source: Source::File(path.to_owned()), length })
    }

    /// Whether it can be read only once.
    pub fn is_stdin(&self) -> bool {
        self.source == Source::Stdin
    }
}

/// An upload that is being read.
pub(super) struct Reading {
    from: Box<dyn Read>,
    name: PathBuf,
    length: Option<u64>,
    /// Bytes that were read.
    pub(super) read: u64,
}

impl Reading {
    /// Begins at the start. `again`: another exchange has read from it before.
    pub(super) fn of(upload: &Upload, again: bool) -> Result<Reading, Failure> {
        let (from, name): (Box<dyn Read>, _) = match &upload.source {
            Source::File(path) => {
                let file = File::open(path).map_err(|error| unreadable(path, &error))?;
                (Box::new(file), path.clone())
            }
            Source::Stdin if again => {
                let text = "the body would have to be sent again, and standard input cannot be read twice";
                return Err(Failure::new(Step::Rewind, text));
            }
            Source::Stdin => (Box::new(io::stdin()), PathBuf::from("standard input")),
        };
        Ok(Reading { from, name, length: upload.length, read: 0 })
    }

    /// The next piece; empty: that was all. A file that grows is read up to the length that was announced.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut [u8]) -> Result<&'b [u8], Failure> {
        let left = self.length.map_or(u64::MAX, |length| length - self.read);
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let length = loop {
            match self.from.read(&mut buffer[..most]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result.map_err(|error| unreadable(&self.name, &error))?,
            }
        };
        self.read += length as u64;
        match self.length {
            Some(whole) if length == 0 && self.read < whole => {
                let (name, read) = (self.name.display(), self.read);
                let text = format!(
                    "{name} has become shorter: {} were announced, and {} are there",
                    several(whole, "byte"),
                    count(read)
                );
                Err(Failure::new(Step::Input, text))
            }
            _ => Ok(&buffer[..length]),
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Step::Input, format!("{}: {error}", path.display()))
}
