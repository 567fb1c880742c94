//! Any type without a file of its own: the bytes as they came (RFC 3597 §3).
//!
//! ```text
//!   0a000001     \# 4 0A000001
//! ```
//!
//! Nobody looks for a name in such data. A type newer than RFC 1035 must not compress its names (RFC 3597 §4), so its
//! bytes mean the same in every message they are copied to. A sender that breaks this rule cannot be told from one that
//! does not: its pointers go astray when the record is written into another message.

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::combinator::rest;

use super::parts::Hex;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};

/// Data of a type that this crate does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The record's type.
    pub rtype: RecordType,
    /// Its RDATA.
    pub bytes: Vec<u8>,
}

pub(crate) fn parse(rtype: RecordType, input: &[u8]) -> Parsed<'_, Unknown, Reason> {
    let (input, bytes) = field("data", "of a type that is kept as bytes", rest).parse(input)?;
    Ok((input, Unknown { rtype, bytes: bytes.to_vec() }))
}

pub(super) fn write(unknown: &Unknown, out: &mut Writer) {
    out.bytes(&unknown.bytes);
}

/// Reads what follows `\#`: the length, then the bytes in hexadecimal (RFC 3597 §5).
pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Vec<u8>> {
    let digits = text.clone();
    let length = text.u16("length")?;
    let bytes = if length == 0 { Vec::new() } else { text.hex("data")? };
    match digits.peek() {
        Some(token) if bytes.len() != usize::from(length) => {
            text.refuse(token, "length", "the number of bytes that follow")
        }
        _ => Ok(bytes),
    }
}

/// `\# 4 0A000001`: the form for data of any type (RFC 3597 §5).
pub(super) fn to_text(unknown: &Unknown, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\\# {}", unknown.bytes.len())?;
    if unknown.bytes.is_empty() { Ok(()) } else { write!(f, " {}", Hex(&unknown.bytes)) }
}
