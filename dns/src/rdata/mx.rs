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

use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;

/// A mail exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mx {
    /// Which exchange to try first: the one with the lowest number.
    pub preference: u16,
    /// The host that takes the mail.
    pub exchange: Name,
}

pub(super) fn parse<'a>(message: &'a [u8], input: &'a [u8]) -> Parsed<'a, Mx, Reason> {
    let (input, preference) = field("PREFERENCE", "the lowest is tried first", be_u16).parse(input)?;
    let (input, exchange) = Name::parse("EXCHANGE", "the host that takes the mail", message, input)?;
    Ok((input, Mx { preference, exchange }))
}

impl Mx {
    pub(super) fn write(&self, out: &mut Writer) {
        out.u16(self.preference);
        out.name(&self.exchange);
    }
}

impl fmt::Display for Mx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.preference, self.exchange)
    }
}
