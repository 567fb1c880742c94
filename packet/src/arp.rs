//! ARP: which interface has an IPv4 address (RFC 826). Also what RFC 5227 makes of it: probes and announcements.
//!
//! ```text
//!   hardware type · protocol · two lengths · operation ·
//!   sender's MAC · sender's IP · target's MAC · target's IP
//! ```
//!
//! ```
//! use barewire_packet::arp::Arp;
//!
//! let bytes = [
//!     0, 1, 8, 0, 6, 4, 0, 1,                   // Ethernet, IPv4, lengths 6 and 4, request
//!     2, 0, 0, 0, 0, 2, 10, 0, 0, 2,            // the sender
//!     0, 0, 0, 0, 0, 0, 10, 0, 0, 1,            // the target: its MAC address is asked for
//! ];
//! assert_eq!(Arp::parse(&bytes)?.to_string(), "who has 10.0.0.1? tell 10.0.0.2");
//! # Ok::<(), barewire_dissect::Refused<barewire_packet::Reason>>(())
//! ```
//!
//! Left out: other addresses than IPv4's on 48-bit links; they are named
//! ([`Other::Arp`](crate::frame::Other::Arp)). Tested in `tests/arp.rs`.

use std::fmt;
use std::net::Ipv4Addr;

use barewire_dissect::{
    Parsed, Refused, Show, Tree, describe, field, field_as, finish, group, record, refuse,
};
use nom::Parser;
use nom::number::complete::{be_u8, be_u16, be_u32};

use crate::ethertype;
use crate::mac::{MacAddress, mac_address};
use crate::reason::Reason;

/// An ARP message about an IPv4 address on a link with 48-bit addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arp {
    /// The kind of link: 1 is Ethernet.
    pub hardware: u16,
    /// What it is for.
    pub operation: Operation,
    /// The sender's interface.
    pub sender_mac: MacAddress,
    /// The sender's address; 0.0.0.0 in a probe.
    pub sender: Ipv4Addr,
    /// The target's interface; in a request it means nothing.
    pub target_mac: MacAddress,
    /// The address that is asked about, or the one that asked.
    pub target: Ipv4Addr,
}

/// What an ARP message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Who has the target's address?
    Request,
    /// The sender has its address.
    Reply,
    /// One of the others that IANA lists.
    Other(u16),
}

impl From<u16> for Operation {
    fn from(number: u16) -> Operation {
        match number {
            1 => Operation::Request,
            2 => Operation::Reply,
            number => Operation::Other(number),
        }
    }
}

impl Operation {
    /// Its number on the wire.
    pub fn number(self) -> u16 {
        match self {
            Operation::Request => 1,
            Operation::Reply => 2,
            Operation::Other(number) => number,
        }
    }
}

impl Show for Operation {
    fn show(&self) -> String {
        match self {
            Operation::Request => "request (1)".into(),
            Operation::Reply => "reply (2)".into(),
            Operation::Other(number) => format!("operation {number}"),
        }
    }
}

impl Arp {
    /// Reads an ARP message: what follows EtherType 0x0806.
    ///
    /// # Errors
    /// [`Refused`]: too short, or not about IPv4 on a link with 48-bit addresses.
    pub fn parse(bytes: &[u8]) -> Result<Arp, Refused<Reason>> {
        finish("ARP message", bytes, arp(bytes)).map(|(arp, _)| arp)
    }

    /// Writes the message: 28 bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        // exercise: wire02
        // instead: out.extend_from_slice(&[0; 28]);
        out.extend_from_slice(&self.hardware.to_be_bytes());
        out.extend_from_slice(&ethertype::IPV4.to_be_bytes());
        out.extend_from_slice(&[6, 4]);
        out.extend_from_slice(&self.operation.number().to_be_bytes());
        out.extend_from_slice(&self.sender_mac.0);
        out.extend_from_slice(&self.sender.octets());
        out.extend_from_slice(&self.target_mac.0);
        out.extend_from_slice(&self.target.octets());
        // exercise: end
    }
}

/// Reads an ARP message and names every byte. Bytes after it, the padding of a short frame, are left out of the tree.
pub fn dissect(bytes: &[u8]) -> (Result<Arp, Refused<Reason>>, Tree) {
    let (arp, mut tree) = record(bytes, || Arp::parse(bytes));
    tree.len = tree.nodes.last().map_or(0, |node| node.range.end);
    (arp, tree)
}

impl fmt::Display for Arp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arp { sender_mac, sender, target, .. } = self;
        match self.operation {
            // RFC 5227 §1.1: a probe has no sender, an announcement is about the sender itself.
            Operation::Request if sender.is_unspecified() => write!(f, "who has {target}? (probe)"),
            Operation::Request | Operation::Reply if sender == target => {
                write!(f, "{sender} is at {sender_mac} (announcement)")
            }
            Operation::Request => write!(f, "who has {target}? tell {sender}"),
            Operation::Reply => write!(f, "{sender} is at {sender_mac}"),
            Operation::Other(number) => write!(f, "ARP operation {number} of {sender} about {target}"),
        }
    }
}

/// Reads an ARP message, naming its fields.
///
/// # Errors
/// [`Reason`], at the byte where reading stopped.
pub fn arp(input: &[u8]) -> Parsed<'_, Arp, Reason> {
    group("ARP", "RFC 826", |input| {
        let (rest, kind) = kind(input)?;
        let (hardware, protocol, lengths) = kind;
        if (protocol, lengths) != (ethertype::IPV4, (6, 4)) {
            return refuse(input, Reason::ArpAddresses { hardware, protocol });
        }
        let (rest, operation) = field("operation", "", be_u16.map(Operation::from)).parse(rest)?;
        let (rest, sender_mac) = field("sender MAC", "", mac_address).parse(rest)?;
        let (rest, sender) = field("sender IP", "", be_u32.map(Ipv4Addr::from)).parse(rest)?;
        let (rest, target_mac) = field("target MAC", "", mac_address).parse(rest)?;
        let (rest, target) = field("target IP", "", be_u32.map(Ipv4Addr::from)).parse(rest)?;
        let arp = Arp { hardware, operation, sender_mac, sender, target_mac, target };
        describe(|| arp.to_string());
        Ok((rest, arp))
    })
    .parse(input)
}

/// Hardware type, protocol, and how long an address of each is.
fn kind(input: &[u8]) -> Parsed<'_, (u16, u16, (u8, u8)), Reason> {
    let (rest, hardware) = field("hardware type", "1 is Ethernet", be_u16).parse(input)?;
    let (rest, protocol) =
        field_as("protocol type", "an EtherType", be_u16, |kind| ethertype::show(*kind)).parse(rest)?;
    let (rest, hardware_length) = field("hardware length", "of a MAC address", be_u8).parse(rest)?;
    let (rest, protocol_length) = field("protocol length", "of an IP address", be_u8).parse(rest)?;
    Ok((rest, (hardware, protocol, (hardware_length, protocol_length))))
}
