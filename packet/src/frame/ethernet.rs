//! Ethernet (IEEE 802.3 §3), and Linux's "cooked" headers, which stand in for it where the real header is unknown.

use barewire_dissect::{Parsed, Refused, describe, field, field_as, finish, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use super::carried::{Network, other};
use super::{Other, ieee802, radio};
use crate::ethertype;
use crate::mac::{MacAddress, mac_address};
use crate::reason::Reason;

/// LINKTYPE_ETHERNET: destination, source, and a length or type.
pub(super) fn ethernet(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, header) = header(input)?;
    ieee802::carried(header.kind, rest)
}

/// The header of an Ethernet frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EthernetHeader {
    /// The interface that the frame is for; an odd first byte means several of them.
    pub destination: MacAddress,
    /// The interface that sent it.
    pub source: MacAddress,
    /// An EtherType, or below 1536 a length. For a frame with a tag, the type of the tag.
    pub kind: u16,
}

impl EthernetHeader {
    /// Reads the header, and gives what follows it in the frame.
    ///
    /// # Errors
    /// [`Refused`]: too short.
    pub fn parse(frame: &[u8]) -> Result<(EthernetHeader, &[u8]), Refused<Reason>> {
        finish("Ethernet frame", frame, header(frame))
    }

    /// Writes the header.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.destination.0);
        out.extend_from_slice(&self.source.0);
        out.extend_from_slice(&self.kind.to_be_bytes());
    }
}

fn header(input: &[u8]) -> Parsed<'_, EthernetHeader, Reason> {
    group("Ethernet", "IEEE 802.3 §3.1.1", |input| {
        let (rest, destination) = field("destination", "", mac_address).parse(input)?;
        let (rest, source) = field("source", "", mac_address).parse(rest)?;
        let (rest, kind) = ieee802::length_or_type(rest)?;
        describe(|| format!("{source} → {destination}"));
        Ok((rest, EthernetHeader { destination, source, kind }))
    })
    .parse(input)
}

/// LINKTYPE_LINUX_SLL: what a socket of the device `any` knows of a frame.
pub(super) fn cooked(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, (hardware, protocol)) = group("Linux cooked", "LINKTYPE_LINUX_SLL", |input| {
        let (rest, _) = field_as("packet type", "", be_u16, |kind| packet_type(*kind)).parse(input)?;
        let (rest, hardware) = field("ARPHRD type", "what the interface is", be_u16).parse(rest)?;
        let (rest, _) = field("address length", "", be_u16).parse(rest)?;
        let (rest, _) = field("address", "the sender's, padded", take(8usize)).parse(rest)?;
        let (rest, protocol) = field_as("protocol", "", be_u16, |kind| ethertype::show(*kind)).parse(rest)?;
        Ok((rest, (hardware, protocol)))
    })
    .parse(input)?;
    after_cooked(hardware, protocol, rest)
}

/// LINKTYPE_LINUX_SLL2: the same, with the number of the interface.
pub(super) fn cooked_v2(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, (hardware, protocol)) = group("Linux cooked v2", "LINKTYPE_LINUX_SLL2", |input| {
        let (rest, protocol) =
            field_as("protocol", "", be_u16, |kind| ethertype::show(*kind)).parse(input)?;
        let (rest, _) = field("reserved", "zero", be_u16).parse(rest)?;
        let (rest, _) = field("interface index", "", be_u32).parse(rest)?;
        let (rest, hardware) = field("ARPHRD type", "what the interface is", be_u16).parse(rest)?;
        let (rest, _) = field_as("packet type", "", be_u8, |kind| packet_type((*kind).into())).parse(rest)?;
        let (rest, _) = field("address length", "", be_u8).parse(rest)?;
        let (rest, _) = field("address", "the sender's, padded", take(8usize)).parse(rest)?;
        Ok((rest, (hardware, protocol)))
    })
    .parse(input)?;
    after_cooked(hardware, protocol, rest)
}

/// The hardware types whose protocol field is not an EtherType.
const ARPHRD_NETLINK: u16 = 824;
const ARPHRD_IPGRE: u16 = 778;
const ARPHRD_IEEE80211_RADIOTAP: u16 = 803;
const ARPHRD_FRAD: u16 = 770;

fn after_cooked(hardware: u16, protocol: u16, input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    match (hardware, protocol) {
        (ARPHRD_NETLINK | ARPHRD_IPGRE | ARPHRD_FRAD, _) => other(input, Other::CookedHardware(hardware)),
        (ARPHRD_IEEE80211_RADIOTAP, 0..=4) => radio::radiotap(input),
        // Linux's own numbers below 1536: here "802.2 frames" and "802.3 frames without LLC" (Novell).
        (_, 4) => ieee802::llc(input),
        (_, 0..=0x05ff) => other(input, Other::CookedProtocol(protocol)),
        _ => ieee802::carried(protocol, input),
    }
}

fn packet_type(kind: u16) -> String {
    let name = match kind {
        0 => "to this host",
        1 => "broadcast",
        2 => "multicast",
        3 => "to another host",
        4 => "sent by this host",
        _ => "unknown",
    };
    format!("{name} ({kind})")
}
