//! A: a host's IPv4 address (RFC 1035 §3.4.1).
//!
//! ```text
//!   cb007150     ADDRESS 203.0.113.80
//! ```

use std::fmt::{self, Display as _};
use std::net::Ipv4Addr;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u32;

use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Ipv4Addr, Reason> {
    field("ADDRESS", "the host's IPv4 address", be_u32.map(Ipv4Addr::from_bits)).parse(input)
}

pub(super) fn write(address: &Ipv4Addr, out: &mut Writer) {
    out.bytes(&address.octets());
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Ipv4Addr> {
    text.value("ADDRESS", "an IPv4 address")
}

pub(super) fn to_text(address: &Ipv4Addr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    address.fmt(f)
}
