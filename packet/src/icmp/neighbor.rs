//! Neighbor solicitations and advertisements (RFC 4861 §4.3, §4.4): ARP's question and answer, for IPv6.
//!
//! ```text
//!   after the checksum:  flags and 29 zeros · target address · options
//!   an option:           type · length in 8 bytes · content
//! ```
//!
//! Options other than the address on the link are kept unread. Tested in `tests/icmp.rs`.

use std::net::{IpAddr, Ipv6Addr};

use barewire_dissect::{Bits, Parsed, Word, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u32};

use super::version::PROTOCOL_V6;
use crate::checksum::pseudo_header;
use crate::ip;
use crate::mac::{MacAddress, mac_address};
use crate::reason::Reason;

/// The type of a solicitation: who has the target address?
pub const SOLICITATION: u8 = 135;
/// The type of an advertisement: the sender has the target address.
pub const ADVERTISEMENT: u8 = 136;

/// RFC 4861 §7.1.1, §7.1.2: a packet that a router has passed on has a smaller one.
const HOP_LIMIT: u8 = 255;

/// The option with the sender's address on the link, which a solicitation has, and that with the target's.
const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;

/// A neighbor solicitation or advertisement, after its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Neighbor {
    /// The address that this is about.
    pub target: Ipv6Addr,
    /// In an advertisement: the sender is a router.
    pub router: bool,
    /// In an advertisement: it answers a solicitation.
    pub solicited: bool,
    /// In an advertisement: what a receiver knew before is to give way.
    pub overrides: bool,
    /// The sender's interface in a solicitation, the target's in an advertisement, where the message says it.
    pub link_layer: Option<MacAddress>,
    /// Whether all options could be read. If not, a host drops the message (RFC 4861 §4.6: a length of zero).
    pub whole: bool,
}

static FLAGS: Word<4> = Word::new([
    Bits::new("router", 1, "the sender is one"),
    Bits::new("solicited", 1, "an answer"),
    Bits::new("override", 1, "older knowledge gives way"),
    Bits::new("reserved", 29, "zero"),
]);

/// What follows the checksum of a message of type `kind`.
pub(super) fn neighbor(kind: u8, input: &[u8]) -> Parsed<'_, Neighbor, Reason> {
    let show = |flags: &[bool; 3]| {
        let names = ["router", "solicited", "override"].iter().zip(flags).filter(|(_, set)| **set);
        let names: Vec<&str> = names.map(|(name, _)| *name).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let (rest, [router, solicited, overrides]) = field_as("flags", "", flags, show).parse(input)?;
    let (mut rest, target) = field("target address", "", ip::address).parse(rest)?;
    let mut read = Neighbor { target, router, solicited, overrides, link_layer: None, whole: true };
    while !rest.is_empty() {
        let length = rest.get(1).map_or(0, |length| 8 * usize::from(*length));
        if length == 0 || length > rest.len() {
            (rest, _) = field("data", "an option that cannot be read", take(rest.len())).parse(rest)?;
            read.whole = false;
            break;
        }
        let link_layer;
        (rest, link_layer) =
            group("option", "RFC 4861 §4.6", |input| option(kind, length, input)).parse(rest)?;
        read.link_layer = read.link_layer.or(link_layer);
    }
    Ok((rest, read))
}

fn flags(input: &[u8]) -> Parsed<'_, [bool; 3], Reason> {
    let (rest, word) = be_u32(input)?;
    let [router, solicited, overrides, _] = FLAGS.split(word).map(|bit| bit != 0);
    Ok((rest, [router, solicited, overrides]))
}

/// An option of `length` bytes, which are there. Gives the address on the link that this kind of message tells.
fn option(kind: u8, length: usize, input: &[u8]) -> Parsed<'_, Option<MacAddress>, Reason> {
    let name = |number: &u8| match *number {
        SOURCE_LINK_LAYER => "source link-layer address (1)".to_owned(),
        TARGET_LINK_LAYER => "target link-layer address (2)".to_owned(),
        number => number.to_string(),
    };
    let (rest, number) = field_as("type", "", be_u8, name).parse(input)?;
    let (rest, _) = field("length", "in units of 8 bytes", be_u8).parse(rest)?;
    let wanted = if kind == SOLICITATION { SOURCE_LINK_LAYER } else { TARGET_LINK_LAYER };
    if length == 8 && matches!(number, SOURCE_LINK_LAYER | TARGET_LINK_LAYER) {
        let (rest, address) = field("link-layer address", "a MAC address", mac_address).parse(rest)?;
        return Ok((rest, Some(address).filter(|_| number == wanted)));
    }
    let (rest, _) = field("content", "", take(length - 2)).parse(rest)?;
    Ok((rest, None))
}

/// The IP packet with a message of this `kind`. An advertisement from the unspecified address makes no sense, and
/// neither does a solicitation from there with an address on the link; the caller sees to that.
pub fn neighbor_packet(source: Ipv6Addr, destination: Ipv6Addr, kind: u8, said: &Neighbor) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0];
    let flags = [said.router, said.solicited, said.overrides].map(u32::from);
    message.extend(FLAGS.join([flags[0], flags[1], flags[2], 0]).to_be_bytes());
    message.extend(said.target.octets());
    if let Some(address) = said.link_layer {
        let number = if kind == SOLICITATION { SOURCE_LINK_LAYER } else { TARGET_LINK_LAYER };
        message.extend([number, 1]);
        message.extend(address.0);
    }
    let ends = (IpAddr::from(source), IpAddr::from(destination));
    let mut sum = pseudo_header(ends.0, ends.1, PROTOCOL_V6, message.len());
    sum.add(&message);
    message[2..4].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut packet = Vec::with_capacity(40 + message.len());
    let treatment = ip::Treatment { hops: HOP_LIMIT, ..ip::Treatment::default() };
    ip::write_header_treated(ends.0, ends.1, PROTOCOL_V6, treatment, message.len(), &mut packet);
    packet.extend(message);
    packet
}
