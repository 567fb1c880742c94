//! AAAA: a host's IPv6 address (RFC 3596 §2.2).

use std::net::Ipv6Addr;

use barewire_dissect::field;
use nom::Parser;
use nom::number::complete::be_u128;

use super::RData;
use crate::error::Wire;

pub(super) fn parse(input: &[u8]) -> Wire<'_, RData> {
    let (input, address) =
        field("ADDRESS", "the host's IPv6 address", be_u128.map(Ipv6Addr::from_bits)).parse(input)?;
    Ok((input, RData::Aaaa(address)))
}
