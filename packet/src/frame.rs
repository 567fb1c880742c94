//! What a frame carries: the way from a capture's link type to an IP packet.
//!
//! Below IP there are many layers, and a capture begins with any of them. Each says in its own way what follows:
//! Ethernet by an EtherType, PPP by a protocol number, a loopback interface by an address family. [`open`] follows
//! these signs through tags and labels to the IP packet; what carries no IP is named, so that it can be counted.
//!
//! ```text
//!  link type ──▶ Ethernet ──▶ VLAN tags ──▶ PPPoE ──▶ PPP ──┐
//!             ├▶ Linux "cooked" ────────────────────────────┤
//!             ├▶ loopback, raw, SLIP ───────────────────────┼──▶ IP packet, ARP,
//!             ├▶ PPP, Cisco HDLC, frame relay ──────────────┤    or a name to count it by
//!             └▶ radio header ──▶ 802.11 ──▶ LLC and SNAP ──┘
//! ```
//!
//! ```
//! use barewire_packet::frame::{Network, Other, linktype, open};
//!
//! let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]; // two MAC addresses
//! frame.extend([0x81, 0x00, 0x00, 0x64]);                   // in VLAN 100
//! frame.extend([0x08, 0x00, 0x45, 0x00]);                   // EtherType IPv4; IP header begins
//! let opened = open(linktype::ETHERNET, &frame, 114);
//! assert_eq!(opened.network, Network::Ip(&[0x45, 0x00]));
//! assert_eq!((opened.offset, opened.missing), (18, 94));
//!
//! frame[16..18].copy_from_slice(&[0x88, 0x8e]);
//! let carried = open(linktype::ETHERNET, &frame, 20).network;
//! let Network::Other(other) = carried else { panic!("not other") };
//! assert_eq!(other, Other::EtherType(0x888e));
//! assert_eq!(other.to_string(), "EtherType 0x888e (EAP)");
//! ```
//!
//! # Left out
//!
//! Tunnels: a packet in GRE, in VXLAN or in IP again is the payload of the packet around it. Encrypted and aggregated
//! 802.11 frames are named and not opened. Frame check sequences are not verified: they become bytes after the
//! packet.
//!
//! Tested in `tests/frame.rs`, each link type against tshark in `tests/judged.rs`.

mod carried;
mod ethernet;
mod ieee802;
mod ieee80211;
pub mod linktype;
mod loopback;
mod mpls;
mod nflog;
mod other;
mod ppp;
mod radio;
mod wan;

use barewire_dissect::{Parsed, Tree, field, offset_of, record};
use nom::Parser;
use nom::bytes::complete::take;

pub use crate::mac::MacAddress;
pub use carried::Network;
pub use ethernet::EthernetHeader;
pub use linktype::name_of;
pub use other::Other;

use crate::reason::Reason;

/// A frame, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'a> {
    /// What it carries.
    pub network: Network<'a>,
    /// Where the IP packet starts in the frame, in bytes. The packet, and what the link put after it, go to the
    /// frame's end. For everything else the frame's length.
    pub offset: usize,
    /// How many bytes of the frame were not captured.
    pub missing: usize,
}

/// Finds what a frame of this link type carries. It never fails: what cannot be read is an [`Other`].
pub fn open<'a>(link_type: u16, frame: &'a [u8], original_len: u32) -> Opened<'a> {
    let network = match linktype::parser_of(link_type) {
        None => Network::Other(Other::LinkType(link_type)),
        Some(parser) => parser(frame).map_or(Network::Other(Other::EndsEarly), |(_, network)| network),
    };
    opened(network, frame, original_len)
}

/// Names every byte of the frame up to its IP packet; the tree covers the bytes before [`Opened::offset`].
pub fn dissect(link_type: u16, frame: &[u8]) -> (Opened<'_>, Tree) {
    let (network, mut tree) = record(frame, || named(link_type, frame));
    let opened = opened(network, frame, frame.len() as u32);
    tree.len = opened.offset;
    (opened, tree)
}

fn opened<'a>(network: Network<'a>, frame: &'a [u8], original_len: u32) -> Opened<'a> {
    let offset = if let Network::Ip(packet) = network { offset_of(frame, packet) } else { frame.len() };
    Opened { network, offset, missing: (original_len as usize).saturating_sub(frame.len()) }
}

/// As [`open`], with a name for the bytes that no parser took.
fn named(link_type: u16, frame: &[u8]) -> Network<'_> {
    let (rest, network) = match linktype::parser_of(link_type) {
        None => (frame, Network::Other(Other::LinkType(link_type))),
        Some(parser) => parser(frame).unwrap_or_else(|error| match error {
            nom::Err::Error(error) | nom::Err::Failure(error) => (error.at, Network::Other(Other::EndsEarly)),
            nom::Err::Incomplete(_) => (frame, Network::Other(Other::EndsEarly)),
        }),
    };
    if !matches!(network, Network::Ip(_)) && !rest.is_empty() {
        // Taking bytes that are there does not fail.
        let _: Parsed<'_, &[u8], Reason> = field("rest", "not read", take(rest.len())).parse(rest);
    }
    network
}
