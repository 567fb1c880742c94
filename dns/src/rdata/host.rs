//! NS, CNAME and PTR: data that is one name (RFC 1035 §3.3.11, §3.3.1 and §3.3.12).

use super::RData;
use crate::error::Wire;
use crate::name::Name;

pub(super) fn parse_ns<'a>(message: &'a [u8], input: &'a [u8]) -> Wire<'a, RData> {
    let (input, name) = Name::parse("NSDNAME", "a server that holds the zone", message, input)?;
    Ok((input, RData::Ns(name)))
}

pub(super) fn parse_cname<'a>(message: &'a [u8], input: &'a [u8]) -> Wire<'a, RData> {
    let (input, name) = Name::parse("CNAME", "the name that the owner is an alias of", message, input)?;
    Ok((input, RData::Cname(name)))
}

pub(super) fn parse_ptr<'a>(message: &'a [u8], input: &'a [u8]) -> Wire<'a, RData> {
    let (input, name) = Name::parse("PTRDNAME", "the name that is pointed to", message, input)?;
    Ok((input, RData::Ptr(name)))
}
