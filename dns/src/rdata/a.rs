//! A: a host's IPv4 address (RFC 1035 §3.4.1).
//!
//! ```text
//!   cb007150     ADDRESS 203.0.113.80
//! ```

use std::net::Ipv4Addr;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u32;

use crate::reason::Reason;

pub(super) fn parse(input: &[u8]) -> Parsed<'_, Ipv4Addr, Reason> {
    field("ADDRESS", "the host's IPv4 address", be_u32.map(Ipv4Addr::from_bits)).parse(input)
}
