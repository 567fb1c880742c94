//! The code that `--rust` prints: it stands in `printed.rs`, is compiled with this test, and makes the same bytes.
//!
//! `BAREWIRE_CRAFT=bless` writes that file anew.

#![allow(
    clippy::eq_op,
    clippy::erasing_op,
    clippy::identity_op,
    clippy::vec_init_then_push,
    reason = "in code that is printed, fields that are 0 stand too"
)]

use barewire::craft::{self, Built, rust_uses};

// The code that was printed, as it is.
include!("printed.rs");

type Function = fn() -> Vec<u8>;

/// A name for the function, the packet, and the compiled function.
const PACKETS: [(&str, &str, Function); 8] = [
    (
        "syn",
        "ip(src=10.77.0.1, dst=10.77.0.2)/tcp(sport=4000, dport=80, flags=S, options=[mss(1460), nop, wscale(7)])",
        syn,
    ),
    (
        "query",
        "ip6(src=fd77::1, dst=fd77::2)/udp(sport=4000)/dns(id=7, qname=www.example.test, qtype=AAAA)",
        query,
    ),
    ("ping", "ip(src=10.77.0.1, dst=10.77.0.2, options=[ra(0)])/icmp(id=1, seq=2)/\"hello\\n\"", ping),
    ("ping6", "ip6(src=fd77::1, dst=fd77::2)/hopbyhop(options=[ra(0)])/icmp6(id=1, seq=2)/zeros(20)", ping6),
    (
        "error",
        "ip(src=10.0.0.1, dst=10.0.0.2)/icmp(type=3, code=4, mtu=1280)/ip(src=10.0.0.2, dst=10.0.0.9)/udp(sport=9)",
        error,
    ),
    (
        "who_has",
        "ether(src=02:00:00:00:00:01)/vlan(id=10, prio=5)/arp(hwsrc=02:00:00:00:00:01, psrc=10.77.0.1, pdst=10.77.0.2)",
        who_has,
    ),
    (
        "wrong",
        "ip(src=10.77.0.1, dst=10.77.0.2, version=5, ihl=4, len=9, chksum=0xbeef)/udp(sport=4000, len=1, chksum=0)",
        wrong,
    ),
    (
        "piece",
        "ip6(src=fd77::1, dst=fd77::2)/fragment(id=9, offset=1, nh=17)/hex(00010203 04050607 08090a0b 0c0d0e0f)",
        piece,
    ),
];

fn built(text: &str) -> Built {
    craft::packet(text).unwrap().build(&craft::Sender::default()).unwrap()
}

#[test]
fn the_printed_code_makes_the_same_bytes() {
    for (name, text, function) in PACKETS {
        assert_eq!(function(), built(text).bytes, "{name}");
    }
}

#[test]
fn it_is_what_is_printed() {
    let functions: Vec<String> =
        PACKETS.iter().map(|(name, text, _)| built(text).rust_function(name, text)).collect();
    let functions = functions.join("\n");
    let file = format!(
        "// What `barewire send --rust` prints: see `rust.rs`.\n\n{}\n{functions}",
        rust_uses(&functions)
    );
    if std::env::var_os("BAREWIRE_CRAFT").is_some_and(|word| word == "bless") {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/craft/printed.rs"), &file).unwrap();
    }
    assert_eq!(file, include_str!("printed.rs"), "BAREWIRE_CRAFT=bless writes it anew");
}

/// A whole program: what it uses, the packet, and `main`.
#[test]
fn a_program_is_whole() {
    let program = built("ip(dst=127.0.0.1)/udp(dport=9)").rust("ip(dst=127.0.0.1)/udp(dport=9)");
    assert!(program.starts_with(
        "use std::net::Ipv4Addr;\n\nuse barewire_packet::checksum::{checksum, pseudo_header};\n"
    ));
    assert!(
        program.contains("\n/// ip(dst=127.0.0.1)/udp(dport=9)\nfn packet() -> Vec<u8> {\n"),
        "{program}"
    );
    assert!(program.ends_with("\nfn main() {\n    println!(\"{:02x?}\", packet());\n}\n"), "{program}");
}
