//! What follows a length or type: the field at the end of an Ethernet header, of a VLAN tag and of SNAP.
//!
//! ```text
//!  length or type ─┬─ a type ──▶ IP, ARP, MPLS, PPPoE
//!     ▲    ▲       ├─ a tag ───▶ VLAN ──┐
//!     │    └───────┼────────────────────┘
//!     │            └─ a length ▶ LLC ──▶ IP, or SNAP ──┐
//!     └─────────── a type only ────────────────────────┘
//! ```
//!
//! IEEE 802.3 §3.2.6, IEEE 802.1Q §9.6, LLC (IEEE 802.2 §3), SNAP (RFC 1042). They stand in one file because they lead
//! back to each other. That comes to an end: a tag takes four bytes of the frame, and SNAP does not lead to LLC again.
//!
//! Tested in `tests/frame.rs`.

use barewire_dissect::{Bits, Located, Parsed, Word, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u24};

use super::carried::{Network, ip, other};
use super::{Other, mpls, ppp};
use crate::reason::Reason;
use crate::{arp, ethertype};

/// The field after the addresses of an Ethernet frame, and after a tag.
pub(super) fn length_or_type(input: &[u8]) -> Parsed<'_, u16, Reason> {
    field_as("length or type", "below 1536 a length, then LLC follows", be_u16, |kind| {
        if *kind < ethertype::SMALLEST_TYPE { format!("{kind} bytes") } else { ethertype::show(*kind) }
    })
    .parse(input)
}

/// IEEE 802.1Q §9.6: the tag control information.
static TAG: Word<3> = Word::new([
    Bits::new("priority", 3, ""),
    Bits::new("drop eligible", 1, ""),
    Bits::new("VLAN", 12, "which of the networks that share this wire"),
]);

/// What follows a length or type.
pub(super) fn carried(mut kind: u16, mut input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    while let ethertype::VLAN | ethertype::SERVICE_VLAN | ethertype::OLD_SERVICE_VLAN = kind {
        (input, kind) = group("VLAN tag", "IEEE 802.1Q §9.6", vlan_tag).parse(input)?;
    }
    match kind {
        ethertype::IPV4 | ethertype::IPV6 => ip(input),
        ethertype::ARP => arp_message(input),
        ethertype::MPLS | ethertype::MPLS_UPSTREAM => mpls::labels(input),
        ethertype::PPPOE_SESSION => ppp::pppoe(input),
        0..ethertype::SMALLEST_TYPE => llc(input),
        _ => other(input, Other::EtherType(kind)),
    }
}

fn vlan_tag(input: &[u8]) -> Parsed<'_, u16, Reason> {
    let (rest, _) = field("tag control information", "", |input| {
        let (rest, word) = be_u16(input)?;
        let [_, _, vlan] = TAG.split(word.into());
        Ok((rest, vlan))
    })
    .parse(input)?;
    length_or_type(rest)
}

/// ARP. A message about other addresses than IPv4's is not wrong in a frame, only not read.
fn arp_message(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, network) = match arp::arp(input) {
        Err(nom::Err::Failure(Located { reason: Reason::ArpAddresses { hardware, protocol }, .. })) => {
            // Both types and both lengths have been read: 6 bytes.
            (&input[6..], Network::Other(Other::Arp { hardware, protocol }))
        }
        read => read.map(|(rest, arp)| (rest, Network::Arp(arp)))?,
    };
    Ok((rest, network))
}

const SNAP: u8 = 0xaa;
const SAP_IP: u8 = 0x06;
/// Both service access points all ones: Novell's frames, which have no LLC.
const RAW_IPX: u8 = 0xff;

/// Service access points that have a name here.
const SAPS: [(u8, &str); 12] = [
    (0x00, "LLC test"),
    (0x04, "SNA"),
    (SAP_IP, "IP"),
    (0x42, "spanning tree"),
    (0x7e, "X.25"),
    (0x98, "ARP"),
    (SNAP, "SNAP"),
    (0xbc, "VINES"),
    (0xe0, "IPX"),
    (0xf0, "NetBIOS"),
    (0xfe, "OSI network layer (IS-IS, CLNP)"),
    (RAW_IPX, "IPX without LLC"),
];

/// Organizations whose protocol numbers are EtherTypes.
const ETHERTYPE_OUIS: [u32; 2] = [0x00_0000, 0x00_00f8];

/// The two service access points, a control field, and for SNAP an organization and its protocol number.
pub(super) fn llc(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, (destination, source)) = group("LLC", "IEEE 802.2 §3.2", header).parse(input)?;
    match (destination, source) {
        (SNAP, SNAP) => snap(rest),
        (SAP_IP, SAP_IP) => ip(rest),
        _ => other(rest, Other::Llc(destination)),
    }
}

fn header(input: &[u8]) -> Parsed<'_, (u8, u8), Reason> {
    let (rest, destination) =
        field_as("DSAP", "destination service access point", be_u8, |sap| show_sap(*sap)).parse(input)?;
    let (rest, source) =
        field_as("SSAP", "source service access point", be_u8, |sap| show_sap(*sap)).parse(rest)?;
    if (destination, source) == (RAW_IPX, RAW_IPX) {
        return Ok((rest, (destination, source)));
    }
    // An unnumbered frame (both low bits set) has one byte of control, the others have two (IEEE 802.2 §5.2).
    let length = if rest.first().is_some_and(|control| control & 3 == 3) { 1usize } else { 2 };
    let (rest, _) = field_as("control", "3 is unnumbered information", take(length), |control: &&[u8]| {
        format!("0x{:02x}", control.first().copied().unwrap_or_default())
    })
    .parse(rest)?;
    Ok((rest, (destination, source)))
}

/// RFC 1042: a three-byte organization, and two bytes that it defined.
pub(super) fn snap(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, (oui, protocol)) = group("SNAP", "RFC 1042", |input| {
        let (rest, oui) =
            field_as("organization", "0: an EtherType follows", be_u24, |oui| format!("0x{oui:06x}"))
                .parse(input)?;
        let (rest, protocol) = field_as("protocol", "", be_u16, |kind| ethertype::show(*kind)).parse(rest)?;
        Ok((rest, (oui, protocol)))
    })
    .parse(input)?;
    if ETHERTYPE_OUIS.contains(&oui) && ethertype::is_type(protocol) {
        carried(protocol, rest)
    } else {
        other(rest, Other::Snap { oui, protocol })
    }
}

/// The name of a service access point; its low bit says group or command, not what it is.
pub(super) fn sap_name(sap: u8) -> Option<&'static str> {
    let plain = if sap == RAW_IPX { sap } else { sap & 0xfe };
    SAPS.iter().find(|(number, _)| *number == plain).map(|(_, name)| *name)
}

fn show_sap(sap: u8) -> String {
    match sap_name(sap) {
        Some(name) => format!("0x{sap:02x} ({name})"),
        None => format!("0x{sap:02x}"),
    }
}
