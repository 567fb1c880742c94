//! MINFO: the mailboxes of a mailing list (RFC 1035 §3.3.7). As with `mailbox.rs`, nobody has them any more.
//!
//! ```text
//!   05 owner 04 list 04 test 00      RMAILBX: who is responsible
//!   06 errors 04 list 04 test 00     EMAILBX: who gets errors
//! ```

use std::fmt;

use barewire_dissect::Parsed;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// The mailboxes of a mailing list, as names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minfo {
    /// Who is responsible for the list. The root: the owner itself.
    pub responsible: Name,
    /// Who gets errors. The root: the owner itself.
    pub errors: Name,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Minfo>, Reason> {
    let (input, responsible) = source.name("RMAILBX", "who is responsible for the list", input)?;
    let (input, errors) = source.name("EMAILBX", "who gets errors", input)?;
    Ok((input, Box::new(Minfo { responsible, errors })))
}

pub(super) fn write(minfo: &Minfo, out: &mut Writer) {
    out.data_name(&minfo.responsible);
    out.data_name(&minfo.errors);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Minfo>> {
    Ok(Box::new(Minfo { responsible: text.name("RMAILBX")?, errors: text.name("EMAILBX")? }))
}

pub(super) fn to_text(minfo: &Minfo, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}", minfo.responsible.with_dot(), minfo.errors.with_dot())
}
