//! Links that say only which family the packet is of, or nothing: loopback devices, tunnels, SLIP.

use barewire_dissect::{Parsed, field, field_as};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u32};

use super::Other;
use super::carried::{Network, ip, other};
use crate::reason::Reason;

/// AF_INET, which is 2 everywhere.
const FAMILY_IPV4: u32 = 2;
/// AF_INET6: NetBSD, OpenBSD and Npcap on Windows; FreeBSD; macOS.
const FAMILIES_IPV6: [u32; 3] = [24, 28, 30];

/// LINKTYPE_RAW, LINKTYPE_IPV4, LINKTYPE_IPV6: the packet, and nothing in front.
pub(super) fn raw(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    ip(input)
}

/// LINKTYPE_NULL: the address family, in the byte order of the machine that captured. Families are small numbers, so
/// the order shows in which half is zero.
pub(super) fn null(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    family(input, |word| if word > 0xffff { word.swap_bytes() } else { word })
}

/// LINKTYPE_LOOP: the same in network byte order.
pub(super) fn network_order(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    family(input, |word| word)
}

fn family(input: &[u8], order: fn(u32) -> u32) -> Parsed<'_, Network<'_>, Reason> {
    let number = |input| -> Parsed<'_, u32, Reason> {
        let (rest, word) = be_u32(input)?;
        Ok((rest, order(word)))
    };
    let (rest, family) =
        field("address family", "2 is IPv4; IPv6 has a number per system", number).parse(input)?;
    if family == FAMILY_IPV4 || FAMILIES_IPV6.contains(&family) {
        ip(rest)
    } else {
        other(rest, Other::Family(family))
    }
}

/// LINKTYPE_SLIP: 16 bytes that say which way the packet went and how its headers were compressed. The packet itself is
/// whole: the driver put the compressed headers there, and their plain form here.
pub(super) fn slip(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, _) = field_as("direction", "", be_u8, |direction| match direction {
        0 => "received (0)".into(),
        1 => "sent (1)".into(),
        number => format!("unknown ({number})"),
    })
    .parse(input)?;
    let (rest, _) = field("compressed header", "RFC 1144, padded", take(15usize)).parse(rest)?;
    ip(rest)
}
