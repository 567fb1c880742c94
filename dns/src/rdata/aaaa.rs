//! AAAA: a host's IPv6 address (RFC 3596 §2.2).
//!
//! ```text
//!   20010db8 00000000 00000000 00000001     ADDRESS 2001:db8::1
//! ```

use std::net::Ipv6Addr;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u128;

use crate::reason::Reason;

pub(super) fn parse(input: &[u8]) -> Parsed<'_, Ipv6Addr, Reason> {
    field("ADDRESS", "the host's IPv6 address", be_u128.map(Ipv6Addr::from_bits)).parse(input)
}
