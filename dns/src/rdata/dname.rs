//! DNAME: the names below the owner are aliases of names below this one (RFC 6672 §2.1).
//!
//! ```text
//!   03 www 07 example 04 test 00     the target; it is not compressed
//! ```

use std::fmt;

use barewire_dissect::Parsed;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Name, Reason> {
    source.name("TARGET", "the names below the owner are aliases of names below this one", input)
}

pub(super) fn write(name: &Name, out: &mut Writer) {
    out.data_name(name);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Name> {
    text.name("TARGET")
}

pub(super) fn to_text(name: &Name, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", name.with_dot())
}
