//! The frames, byte by byte from the text of each format. Nothing here is shared with the parsers but the numbers of
//! link types.

use super::Framing;
use crate::frame::linktype as link;

/// Every way here to put an IP packet into a frame; each link type that is read has one at least.
pub static FRAMINGS: [Framing; 36] = [
    Framing { name: "Ethernet", link_type: link::ETHERNET, put: |ip| ethernet(&[], ip) },
    Framing { name: "Ethernet, VLAN 100", link_type: link::ETHERNET, put: |ip| ethernet(&[0x8100], ip) },
    Framing {
        name: "Ethernet, service VLAN and VLAN",
        link_type: link::ETHERNET,
        put: |ip| ethernet(&[0x88a8, 0x8100], ip),
    },
    Framing {
        name: "Ethernet, four VLAN tags",
        link_type: link::ETHERNET,
        put: |ip| ethernet(&[0x9100, 0x88a8, 0x8100, 0x8100], ip),
    },
    Framing { name: "Ethernet, MPLS", link_type: link::ETHERNET, put: ethernet_mpls },
    Framing { name: "Ethernet, PPPoE", link_type: link::ETHERNET, put: ethernet_pppoe },
    Framing { name: "802.3, LLC and SNAP", link_type: link::ETHERNET, put: |ip| ieee8023(&snap(ip)) },
    Framing {
        name: "802.3, LLC of IP",
        link_type: link::ETHERNET,
        put: |ip| ieee8023(&[&[6, 6, 3], ip].concat()),
    },
    Framing { name: "BSD loopback, little-endian", link_type: link::NULL, put: |ip| null(ip, false) },
    Framing { name: "BSD loopback, big-endian", link_type: link::NULL, put: |ip| null(ip, true) },
    Framing { name: "OpenBSD loopback", link_type: link::LOOP, put: |ip| null(ip, true) },
    Framing { name: "SLIP", link_type: link::SLIP, put: slip },
    Framing { name: "PPP", link_type: link::PPP, put: |ip| [&ppp(ip)[..], ip].concat() },
    Framing { name: "PPP, HDLC framing", link_type: link::PPP, put: ppp_hdlc },
    Framing { name: "PPP, one-byte protocol", link_type: link::PPP, put: |ip| [&ppp(ip)[1..], ip].concat() },
    Framing { name: "PPP over serial", link_type: link::PPP_HDLC, put: ppp_hdlc },
    Framing { name: "PPP over serial, Cisco", link_type: link::PPP_HDLC, put: cisco_hdlc },
    Framing { name: "PPPoE", link_type: link::PPP_ETHER, put: pppoe },
    Framing { name: "Cisco HDLC", link_type: link::C_HDLC, put: cisco_hdlc },
    Framing { name: "frame relay, NLPID", link_type: link::FRELAY, put: frame_relay },
    Framing { name: "frame relay, SNAP", link_type: link::FRELAY, put: frame_relay_snap },
    Framing { name: "frame relay, Cisco", link_type: link::FRELAY, put: frame_relay_cisco },
    Framing { name: "raw IP (12)", link_type: link::RAW_12, put: <[u8]>::to_vec },
    Framing { name: "raw IP (14)", link_type: link::RAW_14, put: <[u8]>::to_vec },
    Framing { name: "raw IP (101)", link_type: link::RAW, put: <[u8]>::to_vec },
    Framing { name: "raw IPv4", link_type: link::IPV4, put: <[u8]>::to_vec },
    Framing { name: "raw IPv6", link_type: link::IPV6, put: <[u8]>::to_vec },
    Framing { name: "Linux cooked", link_type: link::LINUX_SLL, put: cooked },
    Framing { name: "Linux cooked v2", link_type: link::LINUX_SLL2, put: cooked_v2 },
    Framing { name: "802.11", link_type: link::IEEE802_11, put: |ip| wifi(0x08, 0x01, &[], ip) },
    Framing { name: "802.11, QoS", link_type: link::IEEE802_11, put: |ip| wifi(0x88, 0x02, &[0, 0], ip) },
    Framing {
        name: "802.11, four addresses",
        link_type: link::IEEE802_11,
        put: |ip| wifi(0x08, 0x03, &[2, 0, 0, 0, 0, 4], ip),
    },
    Framing { name: "802.11, radiotap", link_type: link::IEEE802_11_RADIOTAP, put: radiotap },
    Framing { name: "802.11, Prism header", link_type: link::IEEE802_11_PRISM, put: prism },
    Framing { name: "802.11, AVS header", link_type: link::IEEE802_11_AVS, put: avs },
    Framing { name: "Linux packet filter log", link_type: link::NFLOG, put: nflog },
];

const MACS: [u8; 12] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

fn is_v6(ip: &[u8]) -> bool {
    ip.first().is_some_and(|byte| byte >> 4 == 6)
}

fn ethertype(ip: &[u8]) -> [u8; 2] {
    if is_v6(ip) { [0x86, 0xdd] } else { [0x08, 0x00] }
}

/// Short frames are filled up to 60 bytes, as a network card does.
fn ethernet(tags: &[u16], ip: &[u8]) -> Vec<u8> {
    let mut frame = MACS.to_vec();
    for tag in tags {
        frame.extend(tag.to_be_bytes());
        frame.extend([0, 100]);
    }
    frame.extend(ethertype(ip));
    frame.extend(ip);
    frame.resize(frame.len().max(60), 0);
    frame
}

fn ethernet_mpls(ip: &[u8]) -> Vec<u8> {
    [&MACS[..], &[0x88, 0x47], &mpls(ip)].concat()
}

/// Two labels, 16 and 17; the second is marked as the last.
fn mpls(ip: &[u8]) -> Vec<u8> {
    [&[0x00, 0x01, 0x00, 64, 0x00, 0x01, 0x11, 64], ip].concat()
}

fn ethernet_pppoe(ip: &[u8]) -> Vec<u8> {
    [&MACS[..], &[0x88, 0x64], &pppoe(ip)].concat()
}

/// RFC 2516 §4: version 1, type 1, code 0, session 7, length.
fn pppoe(ip: &[u8]) -> Vec<u8> {
    let length = (ip.len() as u16 + 2).to_be_bytes();
    [&[0x11, 0, 0, 7], &length[..], &ppp(ip), ip].concat()
}

fn ppp(ip: &[u8]) -> [u8; 2] {
    [0, if is_v6(ip) { 0x57 } else { 0x21 }]
}

fn ppp_hdlc(ip: &[u8]) -> Vec<u8> {
    [&[0xff, 0x03], &ppp(ip)[..], ip].concat()
}

fn cisco_hdlc(ip: &[u8]) -> Vec<u8> {
    [&[0x0f, 0x00], &ethertype(ip)[..], ip].concat()
}

/// A length instead of a type, then LLC.
fn ieee8023(llc: &[u8]) -> Vec<u8> {
    [&MACS[..], &(llc.len() as u16).to_be_bytes(), llc].concat()
}

/// RFC 1042: LLC of SNAP, organization 0, EtherType.
fn snap(ip: &[u8]) -> Vec<u8> {
    [&[0xaa, 0xaa, 3, 0, 0, 0], &ethertype(ip)[..], ip].concat()
}

/// AF_INET, or AF_INET6 of FreeBSD.
fn null(ip: &[u8], big: bool) -> Vec<u8> {
    let family: u32 = if is_v6(ip) { 28 } else { 2 };
    [&if big { family.to_be_bytes() } else { family.to_le_bytes() }[..], ip].concat()
}

/// Sent, and 15 bytes of header compression.
fn slip(ip: &[u8]) -> Vec<u8> {
    [&[1], &[0; 15][..], ip].concat()
}

/// RFC 2427 §3: DLCI 16, unnumbered information, NLPID.
fn frame_relay(ip: &[u8]) -> Vec<u8> {
    [&[0x04, 0x01, 0x03, if is_v6(ip) { 0x8e } else { 0xcc }], ip].concat()
}

/// RFC 2427 §3: with a pad byte, NLPID SNAP, organization 0, EtherType.
fn frame_relay_snap(ip: &[u8]) -> Vec<u8> {
    [&[0x04, 0x01, 0x03, 0, 0x80, 0, 0, 0], &ethertype(ip)[..], ip].concat()
}

fn frame_relay_cisco(ip: &[u8]) -> Vec<u8> {
    [&[0x04, 0x01], &ethertype(ip)[..], ip].concat()
}

/// To this host, from an Ethernet interface.
fn cooked(ip: &[u8]) -> Vec<u8> {
    [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], &ethertype(ip)[..], ip].concat()
}

/// The same, of interface 3.
fn cooked_v2(ip: &[u8]) -> Vec<u8> {
    let rest = [0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    [&ethertype(ip)[..], &rest, ip].concat()
}

/// Both bytes of frame control, duration 0, three addresses, sequence 1, and what else the header has.
fn wifi(control: u8, flags: u8, more: &[u8], ip: &[u8]) -> Vec<u8> {
    let addresses = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 3];
    [&[control, flags, 0, 0], &addresses[..], &[0x10, 0], more, &snap(ip)].concat()
}

/// The clock and the flags; these say that the QoS header, 26 bytes, is padded.
fn radiotap(ip: &[u8]) -> Vec<u8> {
    let header = [0, 0, 17, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x20];
    let frame = wifi(0x88, 0x01, &[0, 0, /* padding */ 0, 0], ip);
    [&header[..], &frame].concat()
}

/// Message code, length, device name, and ten values of 12 bytes.
fn prism(ip: &[u8]) -> Vec<u8> {
    let mut header = [&0x44_u32.to_le_bytes()[..], &144_u32.to_le_bytes(), b"wlan0"].concat();
    header.resize(144, 0);
    [&header[..], &wifi(0x08, 0x01, &[], ip)].concat()
}

/// Magic with version 1, a length of 64, and the values.
fn avs(ip: &[u8]) -> Vec<u8> {
    let mut header = [0x8021_1001_u32.to_be_bytes(), 64_u32.to_be_bytes()].concat();
    header.resize(64, 0);
    [&header[..], &wifi(0x08, 0x02, &[], ip)].concat()
}

/// Family, version, group 5; a prefix of 5 bytes, padded; then the packet.
fn nflog(ip: &[u8]) -> Vec<u8> {
    let mut frame = vec![if is_v6(ip) { 10 } else { 2 }, 0, 0, 5];
    for (kind, value) in [(10u16, &b"drop\0"[..]), (9, ip)] {
        frame.extend((value.len() as u16 + 4).to_le_bytes());
        frame.extend(kind.to_le_bytes());
        frame.extend(value);
        frame.resize(frame.len().next_multiple_of(4), 0);
    }
    frame
}
