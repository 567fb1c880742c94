//! Why reading a capture stops: the file cannot be read, or it is refused. Tested in `tests/reader.rs`.

use std::fmt;
use std::io;

use barewire_dissect::Refused;

use super::Reason;

/// Why reading stopped.
#[derive(Debug)]
pub enum Error {
    /// The file could not be read.
    Io(io::Error),
    /// The file is not a capture, or breaks the rules of its format, or ends inside a record.
    Refused(Refused<Reason>),
}

/// A refusal at byte `offset` of the file.
pub(super) fn refused(what: &'static str, offset: u64, reason: Reason) -> Error {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    Error::Refused(Refused { what, offset, reason })
}

impl Error {
    /// The same error once more: the answer to every later call.
    pub(super) fn again(&self) -> Error {
        match self {
            Error::Io(error) => Error::Io(error.kind().into()),
            Error::Refused(refused) => Error::Refused(refused.clone()),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => error.fmt(f),
            Error::Refused(refused) => refused.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            Error::Refused(refused) => Some(refused),
        }
    }
}
