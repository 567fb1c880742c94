//! Whole messages out of the pieces that records hold (RFC 8446 §5.1): joined where a message took several
//! records, cut apart where a record held several.

use super::{HandshakeType, MESSAGE_HEADER};
use crate::alert::AlertDescription;
use crate::error::Error;

/// The longest message taken: 128 KiB. The length field allows 16 MiB; a certificate chain that is not meant as an
/// attack fits in a small part of this.
pub const MAX_MESSAGE: usize = 1 << 17;

/// Handshake bytes that are not yet a whole message.
#[derive(Debug, Default)]
pub struct Joiner {
    bytes: Vec<u8>,
    /// Where the next message starts; what stands before it has been handed out.
    start: usize,
}

impl Joiner {
    /// Adds the content of a handshake record.
    pub fn push(&mut self, content: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(content);
    }

    /// The next whole message, header included. Refuses one that announces more than [`MAX_MESSAGE`] bytes,
    /// as soon as its header is there.
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some((kind, length)) = self.announced() else { return Ok(None) };
        let waiting = &self.bytes[self.start..];
        if length > MAX_MESSAGE {
            let says =
                format!("{kind} announces {length} bytes, {MAX_MESSAGE} is the most this client takes");
            return Err(Error::violation(AlertDescription::ILLEGAL_PARAMETER, "RFC 8446 §4", says));
        }
        let Some(message) = waiting.get(..MESSAGE_HEADER + length) else { return Ok(None) };
        let message = message.to_vec();
        self.start += message.len();
        Ok(Some(message))
    }

    /// What the header of the next message says: its type, and the length of its body.
    fn announced(&self) -> Option<(HandshakeType, usize)> {
        let &[kind, a, b, c] = self.bytes[self.start..].first_chunk::<MESSAGE_HEADER>()?;
        Some((HandshakeType(kind), usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)))
    }

    /// Whether the next message announces more than [`MAX_MESSAGE`] bytes.
    pub fn is_too_long(&self) -> bool {
        self.announced().is_some_and(|(_, length)| length > MAX_MESSAGE)
    }

    /// Whether nothing is waiting: required wherever keys change and between handshake records and others.
    pub fn is_empty(&self) -> bool {
        self.start == self.bytes.len()
    }

    /// How many bytes wait for the rest of their message.
    pub fn waiting(&self) -> usize {
        self.bytes.len() - self.start
    }
}
