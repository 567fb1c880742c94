//! Whom a packet's bytes can reach. Every packet is written here by hand, or by the language with bytes in it.

use barewire::craft::reach::Reach;
use barewire::craft::{self, Sender};

fn reach(packet: &str) -> Reach {
    let built = craft::packet(packet).unwrap().build(&Sender::default()).unwrap();
    Reach::of(&built.bytes, built.is_frame())
}

/// A packet; where it goes and is sent on to; its sources; whether all of it can be read.
const TABLE: [(&str, &str, &str, bool); 26] = [
    ("ip(src=10.0.0.1, dst=10.0.0.2)/udp()/\"x\"", "10.0.0.2", "10.0.0.1", true),
    // A loose source route (131, RFC 791 §3.1), after a NOP and before the end; a strict one (137) of two stops.
    ("ip(dst=10.0.0.2, options=hex(0183070408080808))", "10.0.0.2 8.8.8.8", "127.0.0.1", true),
    ("ip(dst=10.0.0.2, options=hex(830704080808080000))", "10.0.0.2 8.8.8.8", "127.0.0.1", true),
    ("ip(dst=10.0.0.2, options=hex(890b040808080809090909))", "10.0.0.2 8.8.8.8 9.9.9.9", "127.0.0.1", true),
    // Stops that were made already count as well.
    ("ip(dst=10.0.0.2, options=hex(830708080808080000))", "10.0.0.2 8.8.8.8", "127.0.0.1", true),
    // The pointer names the second byte after the usual place.
    ("ip(dst=10.0.0.2, options=hex(830805aa0808080800))", "10.0.0.2 170.8.8.8 8.8.8.8", "127.0.0.1", true),
    // Behind another option, and behind the end of the options, where nobody reads.
    ("ip(dst=10.0.0.2, options=hex(9404000083070408080808))", "10.0.0.2 8.8.8.8", "127.0.0.1", true),
    ("ip(dst=10.0.0.2, options=hex(0083070408080808))", "10.0.0.2", "127.0.0.1", true),
    ("ip(dst=10.0.0.2, options=hex(83ff0408080808))", "10.0.0.2 8.8.8.8", "127.0.0.1", true),
    ("ip(dst=10.0.0.2, options=hex(83000408080808))", "10.0.0.2", "127.0.0.1", true),
    // The payload is options if the header says so.
    ("ip(dst=10.0.0.2, ihl=7, proto=1)/hex(8307040808080800)", "10.0.0.2 8.8.8.8", "127.0.0.1", true),
    // Routing headers: type 0; type 4, where a TLV follows the one segment; an unknown type, with stops and without.
    (
        "ip6(dst=fd00::1, nh=43)/hex(3a02000100000000 20010db8000000000000000000000001)",
        "fd00::1 2001:db8::1",
        "::1",
        true,
    ),
    (
        "ip6(dst=fd00::1, nh=43)/hex(3a04040100000000 20010db8000000000000000000000001 ffffffffffffffffffffffffffffffff)",
        "fd00::1 2001:db8::1",
        "::1",
        true,
    ),
    ("ip6(dst=fd00::1, nh=43)/hex(3b00030100000000)", "fd00::1", "::1", false),
    ("ip6(dst=fd00::1, nh=43)/hex(3b00030000000000)", "fd00::1", "::1", true),
    // Behind other extension headers, and behind the header of a first fragment.
    (
        "ip6(dst=fd00::1)/hopbyhop(nh=43)/hex(3a02000100000000 20010db8000000000000000000000001)",
        "fd00::1 2001:db8::1",
        "::1",
        true,
    ),
    (
        "ip6(dst=fd00::1, nh=44)/hex(2b00000100000007 3b02000100000000 20010db8000000000000000000000001)",
        "fd00::1 2001:db8::1",
        "::1",
        true,
    ),
    ("ip6(dst=fd00::1, nh=44)/hex(2b00000900000007 3b02000100000000)", "fd00::1", "::1", true),
    // It ends early: what is missing may come in the next fragment.
    ("ip6(dst=fd00::1, nh=43)/hex(3a02000100000000)", "fd00::1", "::1", false),
    ("ip6(dst=fd00::1, nh=60)/hex(2b00010400000000)", "fd00::1", "::1", false),
    // Packets in packets, by their bytes; an ICMP error only quotes.
    (
        "ip(dst=10.0.0.2, proto=4)/hex(45000014000000004001000009090909 08080808)",
        "10.0.0.2 8.8.8.8",
        "127.0.0.1 9.9.9.9",
        true,
    ),
    ("ip(dst=10.0.0.2, proto=4)/hex(4500)", "10.0.0.2", "127.0.0.1", false),
    (
        "ip(dst=10.0.0.2, proto=1)/hex(0300000000000000 4500001400000000400100000909090908080808)",
        "10.0.0.2",
        "127.0.0.1",
        true,
    ),
    // Frames, of Ethernet's language and as bytes.
    ("ether()/vlan(id=3)/arp(psrc=10.0.0.1, pdst=10.0.0.2)", "10.0.0.2", "10.0.0.1", true),
    (
        "hex(020000000001 020000000002 0800 47000024000100004001000009090909 0a000002 8307040808080800 0000000000000000)",
        "10.0.0.2 8.8.8.8",
        "9.9.9.9",
        true,
    ),
    ("hex(00)", "", "", true),
];

#[test]
fn every_address_in_the_bytes() {
    for (packet, destinations, sources, is_whole) in TABLE {
        let found = reach(packet);
        let mut words: Vec<String> = Vec::new();
        for word in found.destinations.iter().map(ToString::to_string) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        assert_eq!(words.join(" "), destinations, "{packet}");
        let words: Vec<String> = found.sources.iter().map(ToString::to_string).collect();
        assert_eq!((words.join(" ").as_str(), found.is_whole), (sources, is_whole), "{packet}");
    }
}

/// A packet of 65,535 bytes that is nothing but packets in packets is read to its end, and no cut of it is a panic.
#[test]
fn depth_and_cuts_are_no_danger() {
    let one = [&[0x45, 0, 0, 20, 0, 0, 0, 0, 64, 4, 0, 0][..], &[127, 0, 0, 1, 127, 0, 0, 1]].concat();
    assert_eq!(Reach::of(&one.repeat(3276), false).destinations.len(), 3276);
    for (packet, ..) in TABLE {
        let built = craft::packet(packet).unwrap().build(&Sender::default()).unwrap();
        for length in 0..built.bytes.len() {
            Reach::of(&built.bytes[..length], built.is_frame());
        }
    }
}
