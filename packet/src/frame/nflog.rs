//! LINKTYPE_NFLOG: what the Linux packet filter logs of a packet, as a list of attributes; the packet is one of them.

use barewire_dissect::{Parsed, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::Endianness;
use nom::number::complete::{be_u16, u8, u16};

use super::Other;
use super::carried::{Network, ip, other};
use crate::reason::Reason;

/// NFULA_PAYLOAD.
const PAYLOAD: u16 = 9;
/// AF_INET and AF_INET6 of Linux.
const FAMILIES: [u8; 2] = [2, 10];

/// Family, version, resource id; then attributes in the byte order of the machine that captured.
pub(super) fn nflog(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (mut rest, family) = group("NFLOG", "LINKTYPE_NFLOG", |input| {
        let (rest, family) = field("address family", "2 is IPv4, 10 is IPv6", u8).parse(input)?;
        let (rest, _) = field("version", "0", u8).parse(rest)?;
        let (rest, _) = field("resource id", "the log group", be_u16).parse(rest)?;
        Ok((rest, family))
    })
    .parse(input)?;
    let order = byte_order(rest);
    loop {
        let (at, (length, kind)) = group("attribute", "", |input| head(order, input)).parse(rest)?;
        if kind == PAYLOAD {
            return if FAMILIES.contains(&family) { ip(at) } else { other(at, Other::Family(family.into())) };
        }
        let Some(value) = usize::from(length).checked_sub(4) else { return other(at, Other::EndsEarly) };
        (rest, _) = field("value", "padded to four bytes", take(value.next_multiple_of(4))).parse(at)?;
    }
}

fn head(order: Endianness, input: &[u8]) -> Parsed<'_, (u16, u16), Reason> {
    let (rest, length) = field("length", "of type, length and value", u16(order)).parse(input)?;
    let (rest, kind) =
        field_as("type", "9 is the packet", u16(order), |kind| kind.to_string()).parse(rest)?;
    Ok((rest, (length, kind)))
}

/// Types are small numbers, so the byte order shows in which half of the first one is zero.
fn byte_order(attributes: &[u8]) -> Endianness {
    match attributes {
        [_, _, 0, kind, ..] if *kind != 0 => Endianness::Big,
        _ => Endianness::Little,
    }
}
