//! What reading a capture gives, one at a time. Tested in `tests/reader.rs`.

use super::Frame;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A frame.
    Frame(Frame),
    /// A TLS key log: lines as SSLKEYLOGFILE has them.
    Secrets(String),
}

/// What [`Reader::read_into`](super::Reader::read_into) found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// A frame: it is in the `Frame` that was handed in.
    Frame,
    /// A TLS key log.
    Secrets(String),
    /// The end of the file.
    End,
}
