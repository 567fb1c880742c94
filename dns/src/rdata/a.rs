//! A: a host's IPv4 address (RFC 1035 §3.4.1).

use std::net::Ipv4Addr;

use barewire_dissect::field;
use nom::Parser;
use nom::number::complete::be_u32;

use super::RData;
use crate::error::Wire;

pub(super) fn parse(input: &[u8]) -> Wire<'_, RData> {
    let (input, address) =
        field("ADDRESS", "the host's IPv4 address", be_u32.map(Ipv4Addr::from_bits)).parse(input)?;
    Ok((input, RData::A(address)))
}
