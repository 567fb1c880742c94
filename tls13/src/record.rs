//! Records (RFC 8446 §5): the pieces that TLS cuts the byte stream into.
//!
//! ```text
//!   type  legacy version length  fragment
//!    22       03 03      00 5a   ServerHello ...                  §5.1, plaintext
//!    23       03 03      02 a2   AEAD(content, type, zeros), tag  §5.2, ciphertext
//! ```
//!
//! The header of an encrypted record always says "application data". The real type is inside: the last byte that is not
//! zero. The AEAD authenticates the five bytes of the header too.
//! Left out: nothing. Tested in `tests/messages.rs` and, with the RFC's bytes, in `tests/rfc8448.rs`.

use std::fmt;

use barewire_dissect::{Parsed, Show, field, field_as, refuse};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use crate::grease::is_grease;
use crate::reason::Reason;

/// The most content of one record, in bytes: 2^14 (RFC 8446 §5.1).
pub const MAX_CONTENT: usize = 1 << 14;
/// The most an encrypted record's length may say: content, type, padding and tag (RFC 8446 §5.2).
pub const MAX_ENCRYPTED: usize = MAX_CONTENT + 256;
/// The most an encrypted record's length may say in TLS 1.2 and older (RFC 5246 §6.2.3).
pub const MAX_OLDER: usize = MAX_CONTENT + 2048;
/// TLS 1.3 as a version number.
pub const TLS13: u16 = 0x0304;
/// TLS 1.2 as a version number. In TLS 1.3 it stands in every field named legacy_version.
pub(crate) const LEGACY_VERSION: u16 = 0x0303;
/// The record of the first ClientHello may say TLS 1.0, for very old middleboxes. No other may (RFC 8446 §5.1).
pub(crate) const INITIAL_VERSION: u16 = 0x0301;
/// The length of a record header, in bytes.
pub const HEADER: usize = 5;

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentType(pub u8);

impl ContentType {
    /// A single byte 1. TLS 1.3 sends it only for middleboxes (RFC 8446 §D.4); in TLS 1.2 the keys change after it.
    pub const CHANGE_CIPHER_SPEC: ContentType = ContentType(20);
    /// One alert.
    pub const ALERT: ContentType = ContentType(21);
    /// Handshake messages, or parts of them.
    pub const HANDSHAKE: ContentType = ContentType(22);
    /// The application's bytes. In a header: anything encrypted.
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
    /// What the record holds, or `application_data` if it is encrypted.
    pub content_type: ContentType,
    /// 0x0303, or 0x0301 with a first ClientHello. It is ignored (RFC 8446 §5.1).
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
pub fn record_header(input: &[u8]) -> Parsed<'_, RecordHeader, Reason> {
    let (rest, header) = header(input)?;
    let (limit, rule) = if header.content_type == ContentType::APPLICATION_DATA {
        (MAX_ENCRYPTED, "RFC 8446 §5.2")
    } else {
        (MAX_CONTENT, "RFC 8446 §5.1")
    };
    at_most(limit, rule, input, rest, header)
}

/// The same with the limit of TLS 1.2 and older, where any record may be encrypted.
pub(crate) fn older_record_header(input: &[u8]) -> Parsed<'_, RecordHeader, Reason> {
    let (rest, header) = header(input)?;
    at_most(MAX_OLDER, "RFC 5246 §6.2.3", input, rest, header)
}

/// How to read a record header where this version was chosen. While none is known, the larger limit holds.
pub(crate) fn header_of(version: Option<u16>) -> fn(&[u8]) -> Parsed<'_, RecordHeader, Reason> {
    if version.is_some_and(|version| version >= TLS13) { record_header } else { older_record_header }
}

fn at_most<'a>(
    limit: usize,
    rule: &'static str,
    input: &'a [u8],
    rest: &'a [u8],
    header: RecordHeader,
) -> Parsed<'a, RecordHeader, Reason> {
    if header.length > limit {
        return refuse(&input[HEADER - 2..], Reason::RecordOverflow { says: header.length, limit, rule });
    }
    Ok((rest, header))
}

fn header(input: &[u8]) -> Parsed<'_, RecordHeader, Reason> {
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
    // Every version since SSL 3.0 starts with a 3. Other bytes are not TLS, or not the start of a record.
    if legacy_version >> 8 != 3 {
        return refuse(&start[1..], Reason::RecordVersion(legacy_version));
    }
    let (input, length) = field("length", "of the fragment, in bytes", be_u16).parse(input)?;
    Ok((input, RecordHeader { content_type, legacy_version, length: usize::from(length) }))
}

/// What stood inside an encrypted record (TLSInnerPlaintext, RFC 8446 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InnerPlaintext {
    /// The real content type.
    pub content_type: ContentType,
    /// The length of the content, in bytes. The content stands first.
    pub length: usize,
    /// How many zero bytes followed the type.
    pub padding: usize,
}

impl InnerPlaintext {
    /// Finds the type: the last byte that is not zero. `None` when there is none.
    pub fn split(plaintext: &[u8]) -> Option<InnerPlaintext> {
        // exercise: tls05
        // instead: let (&last, content) = plaintext.split_last()?;
        // instead: Some(InnerPlaintext { content_type: ContentType(last), length: content.len(), padding: 0 })
        let length = plaintext.iter().rposition(|&byte| byte != 0)?;
        let padding = plaintext.len() - length - 1;
        Some(InnerPlaintext { content_type: ContentType(plaintext[length]), length, padding })
        // exercise: end
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
        &grease if is_grease(grease) => format!("GREASE (0x{grease:04x})"),
        draft @ 0x7f00..=0x7fff => format!("TLS 1.3 draft {} (0x{draft:04x})", draft & 0xff),
        other => format!("unknown (0x{other:04x})"),
    }
}
