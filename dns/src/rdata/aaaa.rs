//! AAAA: a host's IPv6 address (RFC 3596 §2.2).
//!
//! ```text
//!   20010db8 00000000 00000000 00000001     ADDRESS 2001:db8::1
//! ```

use std::fmt::{self, Display as _};
use std::net::Ipv6Addr;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u128;

use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Ipv6Addr, Reason> {
    field("ADDRESS", "the host's IPv6 address", be_u128.map(Ipv6Addr::from_bits)).parse(input)
}

pub(super) fn write(address: &Ipv6Addr, out: &mut Writer) {
    out.bytes(&address.octets());
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Ipv6Addr> {
    text.value("ADDRESS", "an IPv6 address")
}

pub(super) fn to_text(address: &Ipv6Addr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    address.fmt(f)
}
