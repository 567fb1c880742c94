//! HINFO: a machine and its system, as two character-strings (RFC 1035 §3.3.2).
//!
//! ```text
//!   07 RFC8482     CPU
//!   00             OS
//! ```
//!
//! Hosts stopped to tell this long ago. Today a server that does not answer questions of type ANY answers with these
//! bytes (RFC 8482 §4.2).

use std::fmt;

use barewire_dissect::Parsed;

use super::parts::string;
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::text::escape::quoted;
use crate::text::fields::{Fields, Text};

/// A machine and its system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hinfo {
    /// The machine, up to 255 bytes.
    pub cpu: Vec<u8>,
    /// Its system, up to 255 bytes.
    pub os: Vec<u8>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Hinfo>, Reason> {
    let (input, cpu) = string("CPU", "the machine", input)?;
    let (input, os) = string("OS", "its system", input)?;
    Ok((input, Box::new(Hinfo { cpu, os })))
}

pub(super) fn write(hinfo: &Hinfo, out: &mut Writer) {
    out.string(&hinfo.cpu);
    out.string(&hinfo.os);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Hinfo>> {
    Ok(Box::new(Hinfo { cpu: text.string("CPU")?, os: text.string("OS")? }))
}

pub(super) fn to_text(hinfo: &Hinfo, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}", quoted(&hinfo.cpu), quoted(&hinfo.os))
}
