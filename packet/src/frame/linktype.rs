//! The link types of captures: what a frame begins with, by number (LINKTYPE_ values, tcpdump.org/linktypes.html).
//!
//! One table ([`TABLE`]) tells the name, what it is, and how a frame is read. Numbers that are not in it have no name
//! here. Those whose frames are opened:
//!
//! | number | LINKTYPE | a frame begins with |
//! |---|---|---|
//! | 0 | NULL | BSD loopback |
//! | 1 | ETHERNET | Ethernet |
//! | 8 | SLIP | SLIP |
//! | 9 | PPP | PPP |
//! | 12 | RAW | bare IP |
//! | 14 | RAW | bare IP (OpenBSD) |
//! | 50 | PPP_HDLC | PPP with HDLC framing |
//! | 51 | PPP_ETHER | PPPoE |
//! | 101 | RAW | bare IP |
//! | 104 | C_HDLC | Cisco HDLC |
//! | 105 | IEEE802_11 | 802.11 |
//! | 107 | FRELAY | frame relay |
//! | 108 | LOOP | OpenBSD loopback |
//! | 113 | LINUX_SLL | Linux "cooked" |
//! | 119 | IEEE802_11_PRISM | 802.11 with a Prism header |
//! | 127 | IEEE802_11_RADIOTAP | 802.11 with a radiotap header |
//! | 163 | IEEE802_11_AVS | 802.11 with an AVS header |
//! | 228 | IPV4 | bare IPv4 |
//! | 229 | IPV6 | bare IPv6 |
//! | 239 | NFLOG | Linux packet filter log |
//! | 276 | LINUX_SLL2 | Linux "cooked", version 2 |

use barewire_dissect::Parsed;

use super::carried::Network;
use super::{ethernet, ieee80211, loopback, nflog, ppp, radio, wan};
use crate::reason::Reason;

/// BSD loopback: four bytes of address family.
pub const NULL: u16 = 0;
/// Ethernet: two addresses, and a length or type.
pub const ETHERNET: u16 = 1;
/// SLIP, with a header of the driver's.
pub const SLIP: u16 = 8;
/// PPP.
pub const PPP: u16 = 9;
/// Bare IP, as some systems number it.
pub const RAW_12: u16 = 12;
/// Bare IP, as OpenBSD numbers it.
pub const RAW_14: u16 = 14;
/// PPP with HDLC framing.
pub const PPP_HDLC: u16 = 50;
/// PPPoE without the Ethernet header.
pub const PPP_ETHER: u16 = 51;
/// Bare IPv4 or IPv6, as a user-space stack sees it. What this project writes.
pub const RAW: u16 = 101;
/// Cisco HDLC.
pub const C_HDLC: u16 = 104;
/// 802.11.
pub const IEEE802_11: u16 = 105;
/// Frame relay.
pub const FRELAY: u16 = 107;
/// OpenBSD loopback: four bytes of address family, in network byte order.
pub const LOOP: u16 = 108;
/// Linux "cooked" capture.
pub const LINUX_SLL: u16 = 113;
/// 802.11 with a Prism header.
pub const IEEE802_11_PRISM: u16 = 119;
/// 802.11 with a radiotap header.
pub const IEEE802_11_RADIOTAP: u16 = 127;
/// 802.11 with an AVS header.
pub const IEEE802_11_AVS: u16 = 163;
/// Bare IPv4.
pub const IPV4: u16 = 228;
/// Bare IPv6.
pub const IPV6: u16 = 229;
/// The Linux packet filter's log.
pub const NFLOG: u16 = 239;
/// Linux "cooked" capture, version 2.
pub const LINUX_SLL2: u16 = 276;

/// One link type.
#[derive(Debug, Clone, Copy)]
pub struct LinkType {
    /// The number in the capture file.
    pub number: u16,
    /// The name of the number, without "LINKTYPE_".
    pub name: &'static str,
    /// What a frame begins with, in words.
    pub what: &'static str,
    /// How its frames are read; `None` where they are not.
    parser: Option<Parser>,
}

type Parser = for<'a> fn(&'a [u8]) -> Parsed<'a, Network<'a>, Reason>;

impl LinkType {
    /// Whether its frames are opened here.
    pub fn is_read(&self) -> bool {
        self.parser.is_some()
    }
}

const fn read(number: u16, name: &'static str, what: &'static str, parser: Parser) -> LinkType {
    LinkType { number, name, what, parser: Some(parser) }
}

const fn named(number: u16, name: &'static str, what: &'static str) -> LinkType {
    LinkType { number, name, what, parser: None }
}

/// The link types that have a name here, by number.
pub static TABLE: [LinkType; 72] = [
    read(NULL, "NULL", "BSD loopback", loopback::null),
    read(ETHERNET, "ETHERNET", "Ethernet", ethernet::ethernet),
    named(3, "AX25", "amateur packet radio"),
    named(6, "IEEE802_5", "token ring"),
    named(7, "ARCNET_BSD", "ARCNET"),
    read(SLIP, "SLIP", "SLIP", loopback::slip),
    read(PPP, "PPP", "PPP", wan::ppp),
    named(10, "FDDI", "FDDI"),
    read(RAW_12, "RAW", "bare IP", loopback::raw),
    read(RAW_14, "RAW", "bare IP (OpenBSD)", loopback::raw),
    read(PPP_HDLC, "PPP_HDLC", "PPP with HDLC framing", wan::ppp),
    read(PPP_ETHER, "PPP_ETHER", "PPPoE", ppp::pppoe),
    named(99, "SYMANTEC_FIREWALL", "Symantec firewall"),
    named(100, "ATM_RFC1483", "ATM"),
    read(RAW, "RAW", "bare IP", loopback::raw),
    read(C_HDLC, "C_HDLC", "Cisco HDLC", wan::cisco_hdlc),
    read(IEEE802_11, "IEEE802_11", "802.11", ieee80211::ieee80211),
    read(FRELAY, "FRELAY", "frame relay", wan::frame_relay),
    read(LOOP, "LOOP", "OpenBSD loopback", loopback::network_order),
    read(LINUX_SLL, "LINUX_SLL", "Linux \"cooked\"", ethernet::cooked),
    named(114, "LTALK", "LocalTalk"),
    named(117, "PFLOG", "OpenBSD packet filter log"),
    read(IEEE802_11_PRISM, "IEEE802_11_PRISM", "802.11 with a Prism header", radio::prism),
    named(122, "IP_OVER_FC", "IP over Fibre Channel"),
    named(123, "SUNATM", "ATM (Sun)"),
    read(IEEE802_11_RADIOTAP, "IEEE802_11_RADIOTAP", "802.11 with a radiotap header", radio::radiotap),
    named(129, "ARCNET_LINUX", "ARCNET (Linux)"),
    named(138, "APPLE_IP_OVER_IEEE1394", "IP over FireWire (Apple)"),
    named(139, "MTP2_WITH_PHDR", "SS7 MTP2 with a header"),
    named(140, "MTP2", "SS7 MTP2"),
    named(141, "MTP3", "SS7 MTP3"),
    named(142, "SCCP", "SS7 SCCP"),
    named(143, "DOCSIS", "cable modem"),
    named(144, "LINUX_IRDA", "infrared (Linux)"),
    named(147, "USER0", "private use"),
    named(148, "USER1", "private use"),
    named(149, "USER2", "private use"),
    named(150, "USER3", "private use"),
    read(IEEE802_11_AVS, "IEEE802_11_AVS", "802.11 with an AVS header", radio::avs),
    named(165, "BACNET_MS_TP", "BACnet MS/TP"),
    named(166, "PPP_PPPD", "PPP with a direction (pppd)"),
    named(169, "GPRS_LLC", "GPRS LLC"),
    named(177, "LINUX_LAPD", "ISDN (Linux)"),
    named(182, "MFR", "multilink frame relay"),
    named(187, "BLUETOOTH_HCI_H4", "Bluetooth HCI"),
    named(189, "USB_LINUX", "USB (Linux)"),
    named(192, "PPI", "per-packet information"),
    named(195, "IEEE802_15_4_WITHFCS", "802.15.4 with a check sequence"),
    named(196, "SITA", "SITA"),
    named(197, "ERF", "Endace records"),
    named(201, "BLUETOOTH_HCI_H4_WITH_PHDR", "Bluetooth HCI with a direction"),
    named(203, "LAPD", "ISDN"),
    named(204, "PPP_WITH_DIR", "PPP with a direction"),
    named(215, "IEEE802_15_4_NONASK_PHY", "802.15.4, non-ASK"),
    named(219, "MPLS", "MPLS"),
    named(220, "USB_LINUX_MMAPPED", "USB (Linux, padded)"),
    named(224, "FC_2", "Fibre Channel"),
    named(226, "IPNET", "Solaris ipnet"),
    named(227, "CAN_SOCKETCAN", "CAN bus"),
    read(IPV4, "IPV4", "bare IPv4", loopback::raw),
    read(IPV6, "IPV6", "bare IPv6", loopback::raw),
    named(230, "IEEE802_15_4_NOFCS", "802.15.4 without a check sequence"),
    named(231, "DBUS", "D-Bus"),
    read(NFLOG, "NFLOG", "Linux packet filter log", nflog::nflog),
    named(242, "IPOIB", "IP over InfiniBand"),
    named(247, "INFINIBAND", "InfiniBand"),
    named(249, "USBPCAP", "USB (Windows)"),
    named(251, "BLUETOOTH_LE_LL", "Bluetooth Low Energy"),
    named(253, "NETLINK", "Linux netlink"),
    named(258, "PKTAP", "packets with process names (Apple)"),
    named(271, "VSOCK", "Linux virtual sockets"),
    read(LINUX_SLL2, "LINUX_SLL2", "Linux \"cooked\", version 2", ethernet::cooked_v2),
];

/// The link type of this number.
pub fn find(number: u16) -> Option<&'static LinkType> {
    let at = TABLE.binary_search_by_key(&number, |link_type| link_type.number).ok()?;
    TABLE.get(at)
}

/// The name of a link type, without "LINKTYPE_".
pub fn name_of(number: u16) -> Option<&'static str> {
    find(number).map(|link_type| link_type.name)
}

pub(super) fn parser_of(number: u16) -> Option<Parser> {
    find(number)?.parser
}
