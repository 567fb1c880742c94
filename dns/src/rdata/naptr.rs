//! NAPTR: a rule that rewrites a name into another, a service or a URI (RFC 3403 §4.1).
//!
//! ```text
//!   000a 0064        ORDER 10, PREFERENCE 100
//!   01 u             FLAGS: the result is a URI
//!   07 E2U+sip       SERVICES
//!   0c !^.*$!sip:a!  REGEXP
//!   00               REPLACEMENT: none, as there is a REGEXP
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u16;

use super::parts::string;
use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::escape::quoted;
use crate::text::fields::{Fields, Text};

/// A rule that rewrites a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naptr {
    /// The rules of the lowest number are taken first, and must be.
    pub order: u16,
    /// Among rules of one order, the lowest is tried first.
    pub preference: u16,
    /// What the result is: `S` an SRV owner, `A` a host, `U` a URI, `P` up to the protocol, or nothing.
    pub flags: Vec<u8>,
    /// The services that the rule is for.
    pub services: Vec<u8>,
    /// An expression that makes the result of the name asked about.
    pub regexp: Vec<u8>,
    /// The next name to ask about; the root if there is an expression.
    pub replacement: Name,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Naptr>, Reason> {
    let (input, order) = field("ORDER", "the lowest must be taken first", be_u16).parse(input)?;
    let (input, preference) = field("PREFERENCE", "the lowest is tried first", be_u16).parse(input)?;
    let (input, flags) = string("FLAGS", "what the result is", input)?;
    let (input, services) = string("SERVICES", "what the rule is for", input)?;
    let (input, regexp) = string("REGEXP", "makes the result of the name", input)?;
    let (input, replacement) = source.name("REPLACEMENT", "the next name to ask about", input)?;
    Ok((input, Box::new(Naptr { order, preference, flags, services, regexp, replacement })))
}

pub(super) fn write(naptr: &Naptr, out: &mut Writer) {
    out.u16(naptr.order);
    out.u16(naptr.preference);
    out.string(&naptr.flags);
    out.string(&naptr.services);
    out.string(&naptr.regexp);
    out.data_name(&naptr.replacement);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Naptr>> {
    Ok(Box::new(Naptr {
        order: text.u16("ORDER")?,
        preference: text.u16("PREFERENCE")?,
        flags: text.string("FLAGS")?,
        services: text.string("SERVICES")?,
        regexp: text.string("REGEXP")?,
        replacement: text.name("REPLACEMENT")?,
    }))
}

pub(super) fn to_text(naptr: &Naptr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} ", naptr.order, naptr.preference)?;
    write!(f, "{} {} ", quoted(&naptr.flags), quoted(&naptr.services))?;
    write!(f, "{} {}", quoted(&naptr.regexp), naptr.replacement.with_dot())
}
