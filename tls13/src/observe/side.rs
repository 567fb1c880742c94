//! One direction of a connection: bytes cut into records, and the keys that open them.

use std::mem::Discriminant;

use barewire_dissect::finish;

use super::recognise::{looks_like_tls, ssl2_hello};
use super::sealed::Sealed;
use super::seen::Inner;
use crate::epoch::Epoch;
use crate::handshake::Joiner;
use crate::key_schedule::next_traffic_secret;
use crate::protect::{OpenFailure, Protection};
use crate::record::{HEADER, RecordHeader, header_of};

/// Keys, or why there are none. Several are tried where the suite is not known yet.
pub(super) type Keys = Result<Vec<Protection>, Sealed>;

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Side {
    /// Bytes that are not told yet: less than one record, between two calls of `receive`.
    buffer: Vec<u8>,
    /// Where the next record starts in `buffer`.
    start: usize,
    /// Where `buffer` starts in the stream.
    offset: u64,
    /// A record has been told. Before that, the bytes may be from the middle of one.
    begun: bool,
    /// The place in the stream was lost: nothing more can be read.
    pub(super) lost: bool,
    /// Handshake messages that are not whole.
    pub(super) joiner: Joiner,
    /// A change_cipher_spec has passed.
    pub(super) changed: bool,
    /// Which keys protect the next record.
    pub(super) epoch: Epoch,
    keys: Keys,
    /// The handshake keys that take over when early data ends.
    after_early_data: Option<Keys>,
    /// The kind of reason for which the last record was sealed, if it was.
    pub(super) last_sealed: Option<Discriminant<Sealed>>,
}

/// Bytes of the stream that belong together: a record, or what is told of a place that was lost.
pub(super) struct Piece {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    /// The header, or why there is none.
    pub(super) header: Result<RecordHeader, Sealed>,
}

impl Default for Side {
    fn default() -> Side {
        Side {
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            begun: false,
            lost: false,
            joiner: Joiner::default(),
            changed: false,
            epoch: Epoch::Plaintext,
            keys: Err(Sealed::NoServerHello),
            after_early_data: None,
            last_sealed: None,
        }
    }
}

impl Side {
    /// Adds bytes that stand `stream_offset` bytes after the start of the stream. Known ones are dropped.
    pub(super) fn push(&mut self, stream_offset: u64, bytes: &[u8]) -> Result<(), Sealed> {
        let expected = self.offset + self.buffer.len() as u64;
        if stream_offset > expected {
            return Err(Sealed::Gap { from: expected, to: stream_offset });
        }
        let known = usize::try_from(expected - stream_offset).unwrap_or(usize::MAX).min(bytes.len());
        self.buffer.extend_from_slice(&bytes[known..]);
        Ok(())
    }

    /// Drops what was told, so that an idle connection holds no memory.
    pub(super) fn tidy(&mut self) {
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.start = 0;
        if self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
        if self.joiner.is_empty() {
            self.joiner = Joiner::default();
        }
    }

    /// The next record, if it is whole. `version` is that of the connection, and `hello` whether one was seen.
    pub(super) fn next_piece(&mut self, version: Option<u16>, hello: bool) -> Option<Piece> {
        let waiting = &self.buffer[self.start..];
        let header_bytes = waiting.first_chunk::<HEADER>()?;
        if let (false, Some(length)) = (self.begun, ssl2_hello(waiting)) {
            let piece = self.take(length, Err(Sealed::Ssl2Hello));
            self.begun = piece.is_some();
            return piece;
        }
        // Without a hello the capture starts in the middle of the connection, perhaps in the middle of a record.
        // Senders often start a TCP segment with a record, so the next piece may be the start of one.
        if !self.begun && !hello && !looks_like_tls(waiting) {
            return self.take(waiting.len(), Err(Sealed::MidConnection));
        }
        match finish("record header", header_bytes, header_of(version)(header_bytes)) {
            Ok((header, _)) => {
                self.begun = true;
                self.take(HEADER + header.length, Ok(header))
            }
            Err(refused) => Some(self.lose(Sealed::NotTls(refused))),
        }
    }

    /// Takes so many bytes from the front of the buffer, if they are there.
    fn take(&mut self, length: usize, header: Result<RecordHeader, Sealed>) -> Option<Piece> {
        let bytes = self.buffer.get(self.start..self.start + length)?.to_vec();
        let at = self.offset + self.start as u64;
        self.start += length;
        Some(Piece { at, bytes, header })
    }

    /// Gives the direction up: what is in its buffer is the last that is told of it.
    pub(super) fn lose(&mut self, why: Sealed) -> Piece {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.drain(..self.start);
        let at = self.offset + self.start as u64;
        (self.offset, self.start) = (at + bytes.len() as u64, 0);
        self.joiner = Joiner::default();
        self.lost = true;
        Piece { at, bytes, header: Err(why) }
    }

    /// How many bytes wait for the rest of their record or message.
    pub(super) fn held(&self) -> usize {
        self.buffer.len() - self.start + self.joiner.waiting()
    }

    /// Reads with these keys from the next record on.
    pub(super) fn set_keys(&mut self, epoch: Epoch, keys: Keys) {
        (self.epoch, self.keys, self.after_early_data) = (epoch, keys, None);
    }

    /// Reads with the handshake keys from now on, or once the early data ends.
    pub(super) fn set_handshake_keys(&mut self, keys: Keys) {
        if self.epoch == Epoch::EarlyData {
            self.after_early_data = Some(keys);
        } else {
            self.set_keys(Epoch::Handshake, keys);
        }
    }

    pub(super) fn end_early_data(&mut self) {
        if let Some(keys) = self.after_early_data.take() {
            self.set_keys(Epoch::Handshake, keys);
        }
    }

    /// KeyUpdate: the next keys of the same direction (RFC 8446 §7.2).
    pub(super) fn update_keys(&mut self) {
        let Ok([keys]) = self.keys.as_deref() else { return };
        let (suite, secret) = (keys.suite(), next_traffic_secret(keys.suite(), keys.secret()));
        let keys = Protection::new(suite, &secret).into_iter().collect();
        self.set_keys(self.epoch.after_key_update(), Ok(keys));
    }

    /// Opens a record with the keys of the direction.
    pub(super) fn open(&mut self, header: [u8; HEADER], fragment: &[u8]) -> Inner {
        let inner = open(&mut self.keys, self.epoch, true, header, fragment);
        let may_have_ended = !matches!(inner, Inner::Opened { .. });
        let Some(mut keys) = self.after_early_data.take_if(|_| may_have_ended) else { return inner };
        // A server that refuses early data is not told where it ends (RFC 8446 §4.2.10): the first record that opens
        // with the handshake keys shows it.
        match open(&mut keys, Epoch::Handshake, false, header, fragment) {
            opened @ Inner::Opened { .. } => {
                self.set_keys(Epoch::Handshake, keys);
                opened
            }
            _ => {
                self.after_early_data = Some(keys);
                inner
            }
        }
    }
}

/// Tries the keys one after the other. `counts`: a record that does not open is one of this epoch nevertheless.
fn open(keys: &mut Keys, epoch: Epoch, counts: bool, header: [u8; HEADER], fragment: &[u8]) -> Inner {
    let candidates = match keys {
        Ok(candidates) => candidates,
        Err(why) => return Inner::Sealed { why: why.clone() },
    };
    let mut why = Sealed::BadTag { epoch, sequence: 0 };
    for at in 0..candidates.len() {
        let sequence = candidates[at].sequence();
        let mut plaintext = fragment.to_vec();
        why = match candidates[at].open(header, &mut plaintext) {
            Ok(inner) => {
                candidates.swap(0, at);
                candidates.truncate(1);
                plaintext.truncate(inner.length);
                return Inner::Opened { content_type: inner.content_type, plaintext, padding: inner.padding };
            }
            // TCP loses nothing, so the sender counted this record too.
            Err(OpenFailure::Tag) if counts => {
                candidates[at].skip();
                Sealed::BadTag { epoch, sequence }
            }
            Err(OpenFailure::Tag) => Sealed::BadTag { epoch, sequence },
            Err(OpenFailure::NoType) => Sealed::BadContent { sequence, length: 0 },
            Err(OpenFailure::TooLong(length)) => Sealed::BadContent { sequence, length },
        };
    }
    Inner::Sealed { why }
}
