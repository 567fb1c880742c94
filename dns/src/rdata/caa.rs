//! CAA: which authorities may issue certificates for the owner (RFC 8659 §4.1).
//!
//! ```text
//!   80               Flags: critical
//!   05 issue         Tag
//!   ca.example       Value: all bytes that are left, without a length
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::u8;

use super::source::Source;
use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason};
use crate::text::escape::quoted;
use crate::text::fields::{Fields, Text};

/// A property: a tag and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caa {
    /// 128: an authority that does not know the tag must not issue. The other bits are reserved.
    pub flags: u8,
    /// 1 to 255 letters and digits: `issue`, `issuewild`, `iodef`, ...
    pub tag: String,
    /// For `issue` a domain of an authority, and parameters; empty or `;` allows none.
    pub value: Vec<u8>,
}

/// Letters and digits, one at least (RFC 8659 §4.1).
static TAG: BrokenRule =
    BrokenRule { field: "Tag", rule: "RFC 8659 §4.1", says: "a tag has 1 to 255 letters and digits" };

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Caa>, Reason> {
    let (input, flags) = field_as("Flags", "128 is critical", u8, u8::to_string).parse(input)?;
    let (input, tag) = group("Tag", "the property's name", tag).parse(input)?;
    let (input, value) = field_as("Value", "", rest, |value: &&[u8]| quoted(value)).parse(input)?;
    Ok((input, Box::new(Caa { flags, tag, value: value.to_vec() })))
}

fn tag(start: &[u8]) -> Parsed<'_, String, Reason> {
    let (input, length) = field_as("Tag Length", "", u8, u8::to_string).parse(start)?;
    let (rest, tag) = field_as("Tag", "", take(length), |tag: &&[u8]| quoted(tag)).parse(input)?;
    match tag_of(tag) {
        Some(tag) => Ok((rest, tag)),
        None => refuse(start, Reason::Broken(&TAG)),
    }
}

fn tag_of(bytes: &[u8]) -> Option<String> {
    let good = (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_alphanumeric);
    good.then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
}

pub(super) fn write(caa: &Caa, out: &mut Writer) {
    if tag_of(caa.tag.as_bytes()).is_none() {
        out.refuse(Reason::Broken(&TAG));
    }
    out.u8(caa.flags);
    out.string(caa.tag.as_bytes());
    out.bytes(&caa.value);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Caa>> {
    let flags = text.u8("Flags")?;
    let token = text.token("Tag")?;
    let Some(tag) = tag_of(token.text) else {
        return text.refuse(token, "Tag", "1 to 255 letters and digits");
    };
    let token = text.token("Value")?;
    Ok(Box::new(Caa { flags, tag, value: text.unescaped(token)? }))
}

pub(super) fn to_text(caa: &Caa, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {}", caa.flags, caa.tag, quoted(&caa.value))
}
