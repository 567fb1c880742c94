//! Records (RFC 8446 §5): what TLS makes of the byte stream below it.
//!
//! ```text
//!   type  legacy version  length   fragment                                        TLSPlaintext, §5.1
//!    22       03 03        00 5a   ServerHello ...
//!    23       03 03        02 a2   AEAD(content, type, zeros) and its 16-byte tag  TLSCiphertext, §5.2
//! ```
//!
//! An encrypted record says "application data" outside whatever it holds; the real type is the last byte
//! inside that is not zero. The header of five bytes is what the AEAD authenticates beside the content.
//! Left out: nothing. Tested in `tests/messages.rs` and, with RFC bytes, in `tests/rfc8448.rs`.

use std::fmt;

use barewire_dissect::{Show, field, field_as, refuse};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use crate::reason::Reason;
use crate::wire::Read;

/// The most content of one record, in bytes: 2^14 (RFC 8446 §5.1).
pub const MAX_CONTENT: usize = 1 << 14;
/// The most an encrypted record's length may say: content, type, padding and tag (RFC 8446 §5.2).
pub const MAX_ENCRYPTED: usize = MAX_CONTENT + 256;
/// The length of a record header, in bytes.
pub const HEADER: usize = 5;

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentType(pub u8);

impl ContentType {
    /// A single byte 1, for middleboxes that look for TLS 1.2 (RFC 8446 §D.4).
    pub const CHANGE_CIPHER_SPEC: ContentType = ContentType(20);
    /// One alert.
    pub const ALERT: ContentType = ContentType(21);
    /// Handshake messages, or parts of them.
    pub const HANDSHAKE: ContentType = ContentType(22);
    /// The application's bytes; on the outside, anything encrypted.
    pub const APPLICATION_DATA: ContentType = ContentType(23);

    /// The name of RFC 8446 §5.1.
    pub fn name(self) -> &'static str {
        match self {
            ContentType::CHANGE_CIPHER_SPEC => "change_cipher_spec",
            ContentType::ALERT => "alert",
            ContentType::HANDSHAKE => "handshake",
            ContentType::APPLICATION_DATA => "application_data",
            _ => "unknown",
        }
    }

    /// Whether RFC 8446 knows this type.
    pub fn is_known(self) -> bool {
        (20..=23).contains(&self.0)
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

impl Show for ContentType {
    fn show(&self) -> String {
        self.to_string()
    }
}

/// The five bytes in front of every record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader {
    /// What the record holds, or `application_data` when that is hidden.
    pub content_type: ContentType,
    /// 0x0303, or 0x0301 in a first ClientHello; to be ignored (RFC 8446 §5.1).
    pub legacy_version: u16,
    /// The length of the fragment that follows, in bytes.
    pub length: usize,
}

impl RecordHeader {
    /// The header on the wire.
    pub fn to_bytes(self) -> [u8; HEADER] {
        let [v0, v1] = self.legacy_version.to_be_bytes();
        let [l0, l1] = (self.length as u16).to_be_bytes();
        [self.content_type.0, v0, v1, l0, l1]
    }
}

/// Reads a record header. A type that RFC 8446 does not know, or a length beyond its limit, is refused.
pub fn record_header(input: &[u8]) -> Read<'_, RecordHeader> {
    let start = input;
    let (input, content_type) =
        field("type", "what the record holds, or 23 when that is encrypted", u8.map(ContentType))
            .parse(input)?;
    if !content_type.is_known() {
        return refuse(start, Reason::ContentType(content_type.0));
    }
    let (input, legacy_version) =
        field_as("legacy_record_version", "frozen and ignored since TLS 1.3", be_u16, version_name)
            .parse(input)?;
    // Every version since SSL 3.0 starts with a 3: anything else is not TLS, or a lost place in the stream.
    if legacy_version >> 8 != 3 {
        return refuse(&start[1..], Reason::RecordVersion(legacy_version));
    }
    let at = input;
    let (input, length) = field("length", "of the fragment, in bytes", be_u16).parse(input)?;
    let length = usize::from(length);
    let limit = if content_type == ContentType::APPLICATION_DATA { MAX_ENCRYPTED } else { MAX_CONTENT };
    if length > limit {
        return refuse(at, Reason::RecordOverflow { says: length, limit });
    }
    Ok((input, RecordHeader { content_type, legacy_version, length }))
}

/// What stood inside an encrypted record (TLSInnerPlaintext, RFC 8446 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InnerPlaintext {
    /// The real content type.
    pub content_type: ContentType,
    /// The length of the content, in bytes; it stands first.
    pub length: usize,
    /// How many zero bytes followed the type.
    pub padding: usize,
}

impl InnerPlaintext {
    /// Finds the type: the last byte that is not zero. `None` when there is none.
    pub fn split(plaintext: &[u8]) -> Option<InnerPlaintext> {
        let length = plaintext.iter().rposition(|&byte| byte != 0)?;
        let padding = plaintext.len() - length - 1;
        Some(InnerPlaintext { content_type: ContentType(plaintext[length]), length, padding })
    }
}

/// The name of a protocol version number.
pub(crate) fn version_name(version: &u16) -> String {
    match version {
        0x0300 => "SSL 3.0 (0x0300)".to_owned(),
        0x0301 => "TLS 1.0 (0x0301)".to_owned(),
        0x0302 => "TLS 1.1 (0x0302)".to_owned(),
        0x0303 => "TLS 1.2 (0x0303)".to_owned(),
        0x0304 => "TLS 1.3 (0x0304)".to_owned(),
        grease if grease & 0x0f0f == 0x0a0a => format!("GREASE (0x{grease:04x})"),
        other => format!("unknown (0x{other:04x})"),
    }
}
