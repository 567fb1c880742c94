//! What can stop an exchange: HTTP, or the stream under it.

use barewire_dissect::Refused;
use std::fmt;
use std::io;

use crate::reason::{Kind, Reason};

/// What can stop an exchange.
#[derive(Debug)]
pub enum Error {
    /// A message was broken, cut off, or never came. [`Kind`] tells these apart.
    Http(Refused<Reason>),
    /// The stream failed. Its kind is kept: `TimedOut`, `ConnectionReset`, …
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Http(refused) => refused.fmt(f),
            Error::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Http(refused) => Some(refused),
            Error::Io(error) => Some(error),
        }
    }
}

impl From<Refused<Reason>> for Error {
    fn from(refused: Refused<Reason>) -> Error {
        Error::Http(refused)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

/// An [`io::Error`] for callers of [`io::Read`]. [`Error::from_io`] gives the original back.
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        match error {
            Error::Io(error) => error,
            Error::Http(refused) => {
                let kind = match refused.reason.kind() {
                    Kind::Empty | Kind::Truncated => io::ErrorKind::UnexpectedEof,
                    Kind::Late => io::ErrorKind::TimedOut,
                    Kind::Broken => io::ErrorKind::InvalidData,
                    Kind::Misuse => io::ErrorKind::InvalidInput,
                };
                io::Error::new(kind, refused)
            }
        }
    }
}

impl Error {
    /// The error that a [`BodyReader`](super::BodyReader) gave as an [`io::Error`].
    pub fn from_io(error: io::Error) -> Error {
        match error.downcast::<Refused<Reason>>() {
            Ok(refused) => Error::Http(refused),
            Err(error) => Error::Io(error),
        }
    }
}
