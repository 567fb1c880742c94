//! MB, MD, MF, MG and MR: a name of the mail of 1987 (RFC 1035 §3.3.3 to §3.3.8).
//!
//! ```text
//!   03 box 07 example 04 test 00     a mailbox, a host, a group or a new name
//! ```
//!
//! MX took their place, and nobody has them any more. Every reader must know where their names stand, since they may be
//! written as pointers (RFC 3597 §4); we write none.

use std::fmt;

use barewire_dissect::Parsed;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Name, Reason> {
    source.name("MADNAME", "a mailbox, a host, a group or a new name", input)
}

pub(super) fn write(name: &Name, out: &mut Writer) {
    out.data_name(name);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Name> {
    text.name("MADNAME")
}

pub(super) fn to_text(name: &Name, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", name.with_dot())
}
