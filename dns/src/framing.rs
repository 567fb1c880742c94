//! Messages in a TCP stream: each follows its length in two bytes (RFC 1035 §4.2.2, RFC 7766 §8).
//!
//! The length and the message may arrive in any pieces, and one piece may hold several messages.
//! Tested in `tests/message.rs`.

use barewire_dissect::Refused;

use crate::reason::{Reason, unwritable};

/// A message with its length before it. Write both with one call: RFC 7766 §8 tells of servers that do not wait for the
/// second segment.
///
/// # Errors
/// [`Reason::MessageTooLong`], for more than 65,535 bytes.
pub fn frame(message: &[u8]) -> Result<Vec<u8>, Refused<Reason>> {
    let length = u16::try_from(message.len()).map_err(|_| unwritable(65_535, Reason::MessageTooLong))?;
    let mut bytes = Vec::with_capacity(2 + message.len());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(message);
    Ok(bytes)
}

/// Makes messages of the pieces of a stream.
///
/// Call [`message`](Deframer::message) after each piece until it gives `None`. Then the deframer never holds more
/// than one message of 65,535 bytes and one piece.
///
/// ```
/// use barewire_dns::Deframer;
/// let mut stream = Deframer::default();
/// stream.push(&[0x00]);
/// assert_eq!(stream.message(), None);
/// stream.push(&[0x03, b'a', b'b', b'c', 0x00]);
/// assert_eq!(stream.message().as_deref(), Some(&b"abc"[..]));
/// assert_eq!((stream.message(), stream.pending()), (None, 1));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Deframer {
    buffer: Vec<u8>,
}

impl Deframer {
    /// Adds what arrived.
    pub fn push(&mut self, piece: &[u8]) {
        self.buffer.extend_from_slice(piece);
    }

    /// The next message, if all of it has arrived.
    pub fn message(&mut self) -> Option<Vec<u8>> {
        let length = self.buffer.first_chunk::<2>().map(|length| u16::from_be_bytes(*length))?;
        let end = 2 + usize::from(length);
        let message = self.buffer.get(2..end)?.to_vec();
        self.buffer.drain(..end);
        Some(message)
    }

    /// How many bytes of an unfinished message have arrived, its length included.
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }
}
