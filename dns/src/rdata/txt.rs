//! TXT: one or more character-strings, each a length byte and up to 255 bytes (RFC 1035 §3.3.14).
//!
//! ```text
//!   05 hello     a string of 5 bytes
//!   00           an empty one
//! ```

use std::fmt;

use barewire_dissect::Parsed;

use super::parts::string;
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::escape::quoted;
use crate::text::fields::{Fields, Text};

/// Strings of bytes: no rule says that they are UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Txt {
    /// One or more strings of up to 255 bytes each.
    pub strings: Vec<Vec<u8>>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Txt, Reason> {
    // One string at least must be there, so the first is read without a look at what is left.
    let (mut input, first) = string("TXT-DATA", "a character-string", input)?;
    let mut strings = vec![first];
    while !input.is_empty() {
        let (rest, next) = string("TXT-DATA", "a character-string", input)?;
        strings.push(next);
        input = rest;
    }
    Ok((input, Txt { strings }))
}

pub(super) fn write(txt: &Txt, out: &mut Writer) {
    if txt.strings.is_empty() {
        out.refuse(Reason::RdataTooShort { rtype: RecordType::TXT, length: 0 });
    }
    for string in &txt.strings {
        out.string(string);
    }
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Txt> {
    let mut strings = vec![text.string("TXT-DATA")?];
    while !text.is_empty() {
        strings.push(text.string("TXT-DATA")?);
    }
    Ok(Txt { strings })
}

pub(super) fn to_text(txt: &Txt, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let strings: Vec<String> = txt.strings.iter().map(|string| quoted(string)).collect();
    f.write_str(&strings.join(" "))
}
