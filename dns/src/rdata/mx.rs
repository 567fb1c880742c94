//! MX: where mail for the owner goes (RFC 1035 §3.3.9).
//!
//! ```text
//!   000a             PREFERENCE 10
//!   04 mail c00c     EXCHANGE: mail, then a pointer to byte 12: example.test, the question's name
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u16;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// A mail exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mx {
    /// Which exchange to try first: the one with the lowest number.
    pub preference: u16,
    /// The host that takes the mail. The root says that the owner takes no mail (RFC 7505).
    pub exchange: Name,
}

// book: mx
pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Mx, Reason> {
    let (input, preference) = field("PREFERENCE", "the lowest is tried first", be_u16).parse(input)?;
    let (input, exchange) = source.name("EXCHANGE", "the host that takes the mail", input)?;
    Ok((input, Mx { preference, exchange }))
}

pub(super) fn write(mx: &Mx, out: &mut Writer) {
    out.u16(mx.preference);
    out.data_name(&mx.exchange);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Mx> {
    Ok(Mx { preference: text.u16("PREFERENCE")?, exchange: text.name("EXCHANGE")? })
}

pub(super) fn to_text(mx: &Mx, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}", mx.preference, mx.exchange.with_dot())
}
// book: end
