//! Record protection (RFC 8446 §5.2 to §5.5): an AEAD under one traffic key, with a nonce from a counter.
//!
//! ```text
//!   nonce = iv XOR sequence number      not on the wire, and never the same twice
//!   AEAD(key, nonce, additional data = the header, content || type || zeros)
//! ```
//!
//! The traffic secret and the IV are wiped when they are dropped; the key inside ring's AEAD is not.
//! Records are opened and sealed in place: no memory is allocated for a record. Left out: padding in records that we
//! send. Padding in received records is removed. Tested in `tests/rfc8448.rs`, byte for byte.

use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroize;

use crate::key_schedule::{Secret, TrafficKeys};
use crate::record::{ContentType, HEADER, InnerPlaintext, MAX_CONTENT, RecordHeader};
use crate::suite::Suite;

/// The length of the tag of every AEAD here, in bytes.
pub(crate) const TAG: usize = 16;

/// One direction's traffic key and the number of the next record under it.
pub struct Protection {
    suite: Suite,
    secret: Secret,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl std::fmt::Debug for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Protection({}, record {})", self.suite.name(), self.sequence)
    }
}

impl Drop for Protection {
    fn drop(&mut self) {
        self.iv.zeroize();
    }
}

/// Why a record could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFailure {
    /// The tag does not fit: a wrong key, a wrong sequence number, or bytes that were changed.
    Tag,
    /// Nothing but zeros inside (RFC 8446 §5.4).
    NoType,
    /// More than 2^14 bytes of content and padding, and the type (RFC 8446 §5.4).
    TooLong(usize),
}

impl Protection {
    /// Protection under a traffic secret, from record 0 on. `None` only if the key had the wrong length.
    pub fn new(suite: Suite, secret: &Secret) -> Option<Protection> {
        let keys = TrafficKeys::new(suite, secret);
        let key = LessSafeKey::new(UnboundKey::new(suite.aead(), keys.key()).ok()?);
        Some(Protection { suite, secret: secret.clone(), key, iv: keys.iv, sequence: 0 })
    }

    /// The traffic secret. A KeyUpdate makes the next one from it.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The number of the next record.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    // book: nonce
    /// The nonce of the next record: the sequence number, padded on the left to 12 bytes, XOR the iv.
    fn nonce(&self) -> Nonce {
        // exercise: tls01
        // instead: Nonce::assume_unique_for_key(self.iv)
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= number;
        }
        Nonce::assume_unique_for_key(nonce)
        // exercise: end
    }
    // book: end

    /// Counts a record that was not opened.
    pub(crate) fn skip(&mut self) {
        self.sequence = self.sequence.saturating_add(1);
    }

    // book: open
    /// Opens a record in place. `fragment` is what follows the header; afterwards the content stands at its start.
    ///
    /// # Errors
    /// [`OpenFailure`]. After a wrong tag the sequence number stays, so that another record can be tried.
    pub fn open(&mut self, header: [u8; HEADER], fragment: &mut [u8]) -> Result<InnerPlaintext, OpenFailure> {
        let plaintext = self
            .key
            .open_in_place(self.nonce(), Aad::from(header), fragment)
            .map_err(|_| OpenFailure::Tag)?;
        self.sequence = self.sequence.saturating_add(1);
        if plaintext.len() > MAX_CONTENT + 1 {
            return Err(OpenFailure::TooLong(plaintext.len()));
        }
        InnerPlaintext::split(plaintext).ok_or(OpenFailure::NoType)
    }
    // book: end

    /// Appends one sealed record to `out`: header, encrypted content and type, tag.
    ///
    /// # Errors
    /// [`SealFailure`] for more than [`MAX_CONTENT`] bytes of content, or when there is no sequence number left.
    pub fn seal(
        &mut self,
        content_type: ContentType,
        content: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealFailure> {
        if content.len() > MAX_CONTENT || self.sequence == u64::MAX {
            return Err(SealFailure);
        }
        let header = RecordHeader {
            content_type: ContentType::APPLICATION_DATA,
            legacy_version: 0x0303,
            length: content.len() + 1 + TAG,
        };
        out.reserve(HEADER + header.length);
        let header = header.to_bytes();
        out.extend_from_slice(&header);
        let start = out.len();
        out.extend_from_slice(content);
        out.push(content_type.0);
        let nonce = self.nonce();
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(header), &mut out[start..])
            .map_err(|_| SealFailure)?;
        out.extend_from_slice(tag.as_ref());
        self.sequence += 1;
        Ok(())
    }
}

/// A record could not be sealed: too much content, or no sequence number left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealFailure;
