//! AFSDB, RT and KX: a number and a host (RFC 1183 §1 and §3.3, RFC 2230 §3).
//!
//! ```text
//!   0001             the number: AFSDB's kind of server; for RT and KX the lowest is tried first
//!   03 afs 07 example 04 test 00     the host; it is not compressed
//! ```
//!
//! Types of the nineties, of which few are left. Old software compressed their names (RFC 3597 §4).

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u16;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// A host with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The preference; in AFSDB the kind of server.
    pub number: u16,
    /// The host.
    pub host: Name,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Ranked, Reason> {
    let (input, number) = field("PREFERENCE", "in AFSDB: the kind of server", be_u16).parse(input)?;
    let (input, host) = source.name("HOST", "", input)?;
    Ok((input, Ranked { number, host }))
}

pub(super) fn write(ranked: &Ranked, out: &mut Writer) {
    out.u16(ranked.number);
    out.data_name(&ranked.host);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Ranked> {
    Ok(Ranked { number: text.u16("PREFERENCE")?, host: text.name("HOST")? })
}

pub(super) fn to_text(ranked: &Ranked, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}", ranked.number, ranked.host.with_dot())
}
