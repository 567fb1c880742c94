//! The names of what is neither IP nor ARP, as a count of frames shows them. Tested in `tests/frame.rs`.

use std::fmt;

use super::Other;
use crate::ethertype;
use crate::frame::{ieee802, ieee80211, linktype, ppp};

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Other::LinkType(number) => match linktype::name_of(number) {
                Some(name) => write!(f, "link type {number} ({name})"),
                None => write!(f, "link type {number}"),
            },
            Other::EndsEarly => f.write_str("cut inside the link header"),
            Other::EtherType(kind) => write!(f, "EtherType {}", ethertype::show(kind)),
            Other::Llc(sap) => match ieee802::sap_name(sap) {
                Some(name) => f.write_str(name),
                None => write!(f, "LLC 0x{sap:02x}"),
            },
            Other::Snap { oui, protocol } => match snap_name(oui, protocol) {
                Some(name) => f.write_str(name),
                None => write!(f, "SNAP 0x{oui:06x} 0x{protocol:04x}"),
            },
            Other::Ppp(protocol) => match ppp::name_of(protocol) {
                Some(name) => write!(f, "PPP {name}"),
                None => write!(f, "PPP 0x{protocol:04x}"),
            },
            Other::Nlpid(id) => write!(f, "frame relay NLPID 0x{id:02x}"),
            Other::Mpls => f.write_str("MPLS without IP"),
            Other::Family(family) => write!(f, "address family {family}"),
            Other::Arp { hardware, protocol } => {
                write!(f, "ARP of hardware type {hardware} for {}", ethertype::show(protocol))
            }
            Other::CookedHardware(24) => f.write_str("IEEE 1394"),
            Other::CookedHardware(824) => f.write_str("netlink"),
            Other::CookedHardware(number) => write!(f, "ARPHRD type {number}"),
            Other::CookedProtocol(12) => f.write_str("CAN bus"),
            Other::CookedProtocol(number) => write!(f, "Linux protocol 0x{number:04x}"),
            Other::Ieee80211 { kind, subtype } => match ieee80211::name_of(kind, subtype) {
                Some(name) => write!(f, "802.11 {name}"),
                None => write!(f, "802.11 type {kind} subtype {subtype}"),
            },
            Other::Ieee80211Protected => f.write_str("802.11 data, encrypted"),
            Other::Ieee80211Aggregate => f.write_str("802.11 data, several packets in one frame"),
            Other::Ieee80211Piece => f.write_str("802.11 data, one of several pieces"),
        }
    }
}

/// Protocols that organizations defined for SNAP.
const SNAP_NAMES: [(u32, u16, &str); 6] = [
    (0x00_000c, 0x010b, "spanning tree (PVST+)"),
    (0x00_000c, 0x0111, "UDLD"),
    (0x00_000c, 0x2000, "CDP"),
    (0x00_000c, 0x2003, "VTP"),
    (0x00_000c, 0x2004, "DTP"),
    (0x08_0007, 0x809b, "AppleTalk"),
];

fn snap_name(oui: u32, protocol: u16) -> Option<&'static str> {
    SNAP_NAMES.iter().find(|(o, p, _)| (*o, *p) == (oui, protocol)).map(|(_, _, name)| *name)
}
