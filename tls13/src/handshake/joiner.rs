//! Whole messages out of the pieces that records hold (RFC 8446 §5.1): joined where a message took several
//! records, cut apart where a record held several. Tested in `tests/messages.rs`.

use super::header::{HandshakeType, MESSAGE_HEADER, announced};

/// The longest message taken: 128 KiB. The length field allows 16 MiB; a certificate chain that is not meant as an
/// attack fits in a small part of this.
pub const MAX_MESSAGE: usize = 1 << 17;

/// The room that is kept for the next messages: that of one record.
const KEPT: usize = 1 << 14;

/// Handshake bytes that are not yet a whole message.
#[derive(Debug, Default)]
pub struct Joiner {
    bytes: Vec<u8>,
    /// Where the next message starts; what stands before it has been handed out.
    start: usize,
    /// How many bytes are still to come of a message that is passed over.
    passing: usize,
}

/// A message that announces more than [`MAX_MESSAGE`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// Its type.
    pub kind: HandshakeType,
    /// The length it announces, in bytes.
    pub length: usize,
}

impl Joiner {
    /// Adds the content of a handshake record. Returns how many of its first bytes go on with a message that an earlier
    /// record began.
    pub fn push(&mut self, content: &[u8]) -> usize {
        self.bytes.drain(..self.start);
        self.start = 0;
        let had = self.bytes.len();
        let (passed, content) = content.split_at(self.passing.min(content.len()));
        self.passing -= passed.len();
        self.bytes.extend_from_slice(content);
        if had == 0 {
            return passed.len();
        }
        let whole = self.announced().map_or(usize::MAX, |(_, length)| MESSAGE_HEADER + length);
        whole.saturating_sub(had).min(content.len())
    }

    /// The next whole message, header included. Refuses one that is too long as soon as its header is there.
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        // exercise: tls04
        // instead: let message = self.bytes[self.start..].to_vec();
        // instead: self.start = self.bytes.len();
        // instead: Ok(Some(message).filter(|message| !message.is_empty()))
        let Some((kind, length)) = self.announced() else { return Ok(None) };
        if length > MAX_MESSAGE {
            return Err(TooLong { kind, length });
        }
        let waiting = &self.bytes[self.start..];
        let Some(message) = waiting.get(..MESSAGE_HEADER + length) else { return Ok(None) };
        let message = message.to_vec();
        self.start += message.len();
        Ok(Some(message))
        // exercise: end
    }

    /// Passes over the next message, which was too long: its bytes are dropped as they come.
    pub fn pass_over(&mut self) {
        let Some((_, length)) = self.announced() else { return };
        let (whole, waiting) = (MESSAGE_HEADER + length, self.waiting());
        self.start += whole.min(waiting);
        self.passing = whole.saturating_sub(waiting);
    }

    /// What the header of the next message says: its type, and the length of its body.
    fn announced(&self) -> Option<(HandshakeType, usize)> {
        announced(&self.bytes[self.start..])
    }

    /// Whether nothing is waiting: required wherever keys change and between handshake records and others.
    pub fn is_empty(&self) -> bool {
        self.start == self.bytes.len() && self.passing == 0
    }

    /// Gives back the room of a long message once nothing waits: a server must not decide by one message what a
    /// connection holds for as long as it lives.
    pub fn shrink(&mut self) {
        if self.is_empty() && self.bytes.capacity() > KEPT {
            *self = Joiner::default();
        }
    }

    /// How many bytes wait for the rest of their message.
    pub fn waiting(&self) -> usize {
        self.bytes.len() - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::{Joiner, KEPT, MAX_MESSAGE};

    #[test]
    fn a_long_message_leaves_no_room_behind() {
        let (mut joiner, body) = (Joiner::default(), vec![0; MAX_MESSAGE]);
        joiner.push(&[4, 2, 0, 0]);
        for part in body.chunks(KEPT) {
            joiner.push(part);
            joiner.shrink();
        }
        assert!(joiner.next_message().unwrap().is_some_and(|message| message.len() == 4 + MAX_MESSAGE));
        assert!(joiner.bytes.capacity() > MAX_MESSAGE);
        joiner.shrink();
        assert!(joiner.bytes.capacity() <= KEPT && joiner.is_empty());
        // What waits stays.
        joiner.push(&[4, 0, 0, 1]);
        joiner.shrink();
        joiner.push(&[9]);
        assert_eq!(joiner.next_message().unwrap(), Some(vec![4, 0, 0, 1, 9]));
    }
}
