//! MX: where mail for the owner goes (RFC 1035 §3.3.9).

use std::fmt;

use barewire_dissect::field;
use nom::Parser;
use nom::number::complete::be_u16;

use super::RData;
use crate::compress::Writer;
use crate::error::Wire;
use crate::name::Name;

/// A mail exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mx {
    /// The lowest is tried first.
    pub preference: u16,
    /// The host that takes the mail.
    pub exchange: Name,
}

pub(super) fn parse<'a>(message: &'a [u8], input: &'a [u8]) -> Wire<'a, RData> {
    let (input, preference) = field("PREFERENCE", "the lowest is tried first", be_u16).parse(input)?;
    let (input, exchange) = Name::parse("EXCHANGE", "the host that takes the mail", message, input)?;
    Ok((input, RData::Mx(Mx { preference, exchange })))
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
