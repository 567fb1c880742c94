//! NSEC: the next name of the zone, and the types that exist at this one (RFC 4034 §4.1).
//!
//! ```text
//!   04 host 07 example 03 com 00     Next Domain Name
//!   00 06 400000000003               window 0, 6 bytes: A, then RRSIG and NSEC
//! ```
//!
//! Names are in the order of RFC 4034 §6.1. That nothing stands between two names is signed: so a server proves that a
//! name, or a type, does not exist.

use std::fmt;

use barewire_dissect::Parsed;

use super::bitmap::{self, Types};
use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// A name and what exists there, up to the next name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nsec {
    /// The next name of the zone; after the last one, the zone's own.
    pub next: Name,
    /// The types at the owner.
    pub types: Types,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Nsec>, Reason> {
    let (input, next) = source.name("Next Domain Name", "no name of the zone stands between", input)?;
    let (input, types) = bitmap::parse(input)?;
    Ok((input, Box::new(Nsec { next, types })))
}

pub(super) fn write(nsec: &Nsec, out: &mut Writer) {
    out.data_name(&nsec.next);
    bitmap::write(&nsec.types, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Nsec>> {
    Ok(Box::new(Nsec { next: text.name("Next Domain Name")?, types: bitmap::from_text(text)? }))
}

pub(super) fn to_text(nsec: &Nsec, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}{}", nsec.next.with_dot(), nsec.types)
}
