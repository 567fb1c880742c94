//! RP: who is responsible for a host (RFC 1183 §2.2).
//!
//! ```text
//!   05 admin 07 example 04 test 00     the mailbox admin@example.test
//!   00                                 no TXT record says more: the root
//! ```

use std::fmt;

use barewire_dissect::Parsed;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// A person, as two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rp {
    /// The person's mailbox, with a dot in the place of `@`. The root: none.
    pub mailbox: Name,
    /// A name with TXT records about the person. The root: none.
    pub txt: Name,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Rp>, Reason> {
    let (input, mailbox) = source.name("mbox-dname", "the mailbox of the person", input)?;
    let (input, txt) = source.name("txt-dname", "a name with text about the person", input)?;
    Ok((input, Box::new(Rp { mailbox, txt })))
}

pub(super) fn write(rp: &Rp, out: &mut Writer) {
    out.data_name(&rp.mailbox);
    out.data_name(&rp.txt);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Rp>> {
    Ok(Box::new(Rp { mailbox: text.name("mbox-dname")?, txt: text.name("txt-dname")? }))
}

pub(super) fn to_text(rp: &Rp, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}", rp.mailbox.with_dot(), rp.txt.with_dot())
}
