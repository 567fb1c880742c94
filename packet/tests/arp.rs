//! ARP messages in words, as RFC 826 and RFC 5227 mean them, and as tshark says them.

mod common;

use barewire_dissect::Lesson;
use barewire_packet::Reason;
use barewire_packet::arp::{self, Arp, Operation};
use barewire_packet::frame::{MacAddress, Network, linktype, open};
use common::{capture_of, hex, judges};

/// Hardware type Ethernet, protocol IPv4, lengths 6 and 4; then operation, sender and target.
fn message(operation: u16, sender: &str, target: &str) -> Vec<u8> {
    hex(&format!("0001 0800 06 04 {operation:04x} {sender} {target}"))
}

const ONE: &str = "020000000001 0a000001";
const TWO: &str = "020000000002 0a000002";
const NOBODY: &str = "000000000000 0a000001";

/// Message, what we say, and what tshark says.
fn cases() -> [(Vec<u8>, &'static str, &'static str); 7] {
    [
        (message(1, TWO, NOBODY), "who has 10.0.0.1? tell 10.0.0.2", "Who has 10.0.0.1? Tell 10.0.0.2"),
        (message(2, ONE, TWO), "10.0.0.1 is at 02:00:00:00:00:01", "10.0.0.1 is at 02:00:00:00:00:01"),
        (
            message(1, "020000000002 00000000", NOBODY),
            "who has 10.0.0.1? (probe)",
            "Who has 10.0.0.1? (ARP Probe)",
        ),
        (
            message(1, ONE, NOBODY),
            "10.0.0.1 is at 02:00:00:00:00:01 (announcement)",
            "ARP Announcement for 10.0.0.1",
        ),
        (
            message(2, ONE, "ffffffffffff 0a000001"),
            "10.0.0.1 is at 02:00:00:00:00:01 (announcement)",
            "Gratuitous ARP for 10.0.0.1 (Reply)",
        ),
        (
            message(3, TWO, NOBODY),
            "ARP operation 3 of 10.0.0.2 about 10.0.0.1",
            "Who is 00:00:00:00:00:00? Tell 02:00:00:00:00:02",
        ),
        (message(9, ONE, TWO), "ARP operation 9 of 10.0.0.1 about 10.0.0.2", ""),
    ]
}

#[test]
fn messages_in_words() {
    for (bytes, wanted, _) in cases() {
        let (arp, tree) = arp::dissect(&bytes);
        assert_eq!(arp.unwrap().to_string(), wanted);
        assert_eq!((tree.len, tree.check_coverage()), (28, Ok(())));
    }
}

#[test]
fn every_field() {
    let arp = Arp::parse(&message(1, TWO, NOBODY)).unwrap();
    assert_eq!((arp.hardware, arp.operation), (1, Operation::Request));
    assert_eq!((arp.sender_mac, arp.sender.octets()), (MacAddress([2, 0, 0, 0, 0, 2]), [10, 0, 0, 2]));
    assert_eq!((arp.target_mac, arp.target.octets()), (MacAddress([0; 6]), [10, 0, 0, 1]));
}

/// In a frame it is read up to the padding.
#[test]
fn in_a_frame() {
    let frame = [&[0xff; 6][..], &[2, 0, 0, 0, 0, 2, 8, 6], &message(1, TWO, NOBODY), &[0; 18]].concat();
    let opened = open(linktype::ETHERNET, &frame, 60);
    let Network::Arp(arp) = opened.network else { panic!("{:?}", opened.network) };
    assert_eq!(arp.to_string(), "who has 10.0.0.1? tell 10.0.0.2");
}

#[test]
fn what_is_refused() {
    let whole = message(1, TWO, NOBODY);
    for length in 0..whole.len() {
        let (refused, tree) = arp::dissect(&whole[..length]);
        let refused = refused.unwrap_err();
        assert_eq!((refused.reason, refused.offset <= length), (Reason::EndsEarly, true), "cut at {length}");
        assert_eq!(tree.check_coverage(), Ok(()), "cut at {length}");
    }
    for (at, byte, hardware, protocol) in [(2, 0x86, 1, 0x8600), (4, 20, 1, 0x0800), (5, 16, 1, 0x0800)] {
        let mut other = whole.clone();
        other[at] = byte;
        let refused = Arp::parse(&other).unwrap_err();
        assert_eq!(refused.reason, Reason::ArpAddresses { hardware, protocol });
        assert_eq!(refused.rule(), "RFC 826, left out here");
    }
}

#[test]
fn tshark_says_the_same() {
    if !judges::can_run("tshark_says_the_same", &["tshark"]) {
        return;
    }
    let frames: Vec<Vec<u8>> = cases()
        .iter()
        .map(|(bytes, ..)| [&[0xff; 6][..], &[2, 0, 0, 0, 0, 2, 8, 6], bytes].concat())
        .collect();
    let file = capture_of(frames.iter().map(|frame| (linktype::ETHERNET, &frame[..]))).write();
    let theirs = judges::tshark("arp", &file, &[], &["_ws.col.Info"]);
    for ((bytes, _, wanted), theirs) in cases().iter().zip(theirs.concat()) {
        // Of inverse ARP tshark asks for frame relay addresses.
        assert!(wanted.is_empty() || theirs == *wanted, "{bytes:02x?}: {theirs:?}, not {wanted:?}");
    }
}

#[test]
fn what_is_written_is_what_was_read() {
    for (bytes, ..) in cases() {
        let mut written = Vec::new();
        Arp::parse(&bytes).unwrap().write(&mut written);
        assert_eq!(written, bytes);
    }
}
