//! What several tests share: sample packets, captures of them, and the programs that judge them.
#![allow(dead_code)] // Each test uses its own part.

pub(crate) mod blocks;
pub(crate) mod judges;

use std::time::Duration;

use barewire_packet::build::datagram;
use barewire_packet::capture::{Capture, Frame, Interface, Origin};

/// A question and its reply, over both versions of IP.
pub(crate) fn conversation() -> [Vec<u8>; 4] {
    [
        datagram("10.0.0.2:40000", "10.0.0.53:4053", b"who is it?"),
        datagram("10.0.0.53:4053", "10.0.0.2:40000", b"it is nobody that you know, sorry"),
        datagram("[2001:db8::2]:40000", "[2001:db8::53]:4053", b"and who are you?"),
        datagram("[2001:db8::53]:4053", "[2001:db8::2]:40000", b"nobody either"),
    ]
}

/// A capture of frames of these link types, an interface for each frame, a millisecond between them.
pub(crate) fn capture_of<'a>(frames: impl IntoIterator<Item = (u16, &'a [u8])>) -> Capture {
    let mut capture = Capture::default();
    for (index, (link_type, bytes)) in frames.into_iter().enumerate() {
        capture.interfaces.push(Interface { link_type, name: format!("{index}"), origin: Origin::Seen });
        capture.frames.push(Frame {
            number: index as u64 + 1,
            interface: index as u32,
            time: Duration::new(1_700_000_000, index as u32 * 1_000_000),
            bytes: bytes.to_vec(),
            original_len: bytes.len() as u32,
            ..Frame::default()
        });
    }
    capture
}

/// Link headers that are rarer than those of `FRAMINGS`: what it is, link type, and the header in hexadecimal.
const RARE: [(&str, u16, &str); 15] = [
    ("cooked, LLC", 113, "0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800"),
    ("cooked, VLAN tag", 113, "0000 0001 0006 0200000000010000 8100 0064 0800"),
    (
        "cooked, of an 802.11 device with radiotap",
        113,
        "0000 0323 0000 0000000000000000 0004 00000800 00000000 \
         0801 0000 020000000002 020000000001 020000000003 1000 aaaa03 000000 0800",
    ),
    (
        "radiotap, two present words and the clock",
        127,
        "0000 2000 03000080 00000000 00000000 1122334455667788 20 00000000000000 \
         8801 0000 020000000002 020000000001 020000000003 1000 0000 0000 aaaa03 000000 0800",
    ),
    ("loopback, NetBSD's IPv6", 0, "18000000"),
    ("loopback, macOS's IPv6", 0, "1e000000"),
    ("frame relay, four bytes of address", 107, "0400 0001 03 cc"),
    ("frame relay, PPP", 107, "0401 03 cf 0021"),
    ("PPPoE, MPLS", 51, "1100 0007 0040 0281 00010140"),
    ("SNAP, Cisco's bridged Ethernet", 1, "020000000002 020000000001 0040 aaaa03 0000f8 0800"),
    (
        "802.11, QoS with HT control",
        105,
        "8881 0000 020000000002 020000000001 020000000003 1000 0000 00000000 aaaa03 000000 0800",
    ),
    (
        "radiotap, two present words",
        127,
        "0000 1000 02000080 00000000 20 000000 \
         8801 0000 020000000002 020000000001 020000000003 1000 0000 0000 aaaa03 000000 0800",
    ),
    (
        "radiotap, no fields",
        127,
        "0000 0800 00000000 0801 0000 020000000002 020000000001 020000000003 1000 aaaa03 000000 0800",
    ),
    (
        "AVS in a file of Prism headers",
        119,
        "80211001 00000010 0000000000000000 0801 0000 020000000002 020000000001 020000000003 1000 aaaa03 000000 0800",
    ),
    ("Cisco HDLC, multicast", 104, "8f00 0800"),
];

/// The first packet of the conversation (the third where the header says IPv6) after each rare header.
pub(crate) fn rare_frames() -> Vec<(&'static str, u16, Vec<u8>, Vec<u8>)> {
    let [v4, _, v6, _] = conversation();
    let frame = |(name, link_type, header): (&'static str, u16, &str)| {
        let packet = if name.ends_with("IPv6") { &v6 } else { &v4 };
        (name, link_type, [&hex(header)[..], packet].concat(), packet.clone())
    };
    RARE.map(frame).to_vec()
}

/// Bytes from hexadecimal digits; white space does not count.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
