//! NS: a server that holds the zone (RFC 1035 §3.3.11).
//!
//! ```text
//!   03 www c00c     www, then a pointer to byte 12: example.test, the name of the question
//! ```

use std::fmt;

use barewire_dissect::Parsed;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Name, Reason> {
    source.name("NSDNAME", "a server that holds the zone", input)
}

pub(super) fn write(name: &Name, out: &mut Writer) {
    out.data_name(name);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Name> {
    text.name("NSDNAME")
}

pub(super) fn to_text(name: &Name, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", name.with_dot())
}
