//! pcapng block by block: byte orders, sections, old and simple packets, what is skipped, and lies.

mod common;

use std::time::Duration;

use barewire_dissect::Lesson;
use barewire_packet::capture::{Capture, Format, Item, Origin, Reader, Reason};
use common::blocks::Blocks;
use common::{conversation, judges};

const LITTLE: Blocks = Blocks { big: false };
const BIG: Blocks = Blocks { big: true };
const OPTION_COMMENT: u16 = 1;

fn read(blocks: &[Vec<u8>]) -> Capture {
    Capture::read(&blocks.concat()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(blocks: &[Vec<u8>]) -> (Reason, usize, &'static str, String) {
    let refused = Capture::read(&blocks.concat()).unwrap_err();
    (refused.reason, refused.offset, refused.rule(), refused.to_string())
}

/// §4.1: each section has its byte order, and its interfaces count from zero.
#[test]
fn sections_of_both_byte_orders() {
    let section = |order: Blocks, link_type| {
        let simple = order.block(3, &[4], b"four");
        [
            order.section(),
            order.interface(1, 0, &[]),
            order.interface(link_type, 0, &[]),
            order.enhanced(1, 1, b"two", &[]),
            simple,
        ]
        .concat()
    };
    let capture = read(&[section(LITTLE, 101), section(BIG, 113), section(LITTLE, 228)]);
    let link_types: Vec<u16> = capture.interfaces.iter().map(|interface| interface.link_type).collect();
    assert_eq!(link_types, [1, 101, 1, 113, 1, 228]);
    let seen: Vec<(u64, u32)> = capture.frames.iter().map(|frame| (frame.number, frame.interface)).collect();
    assert_eq!(seen, [(1, 1), (2, 0), (3, 3), (4, 2), (5, 5), (6, 4)]);
    assert!(capture.frames.iter().all(|frame| [&b"two"[..], b"four"].contains(&&frame.bytes[..])));
}

/// Interfaces end with their section.
#[test]
fn a_section_does_not_know_the_interfaces_of_another() {
    let begin = [LITTLE.section(), LITTLE.interface(101, 0, &[]), LITTLE.section()].concat();
    let (reason, offset, ..) = refused(&[begin.clone(), LITTLE.enhanced(0, 0, b"x", &[])]);
    assert_eq!((reason, offset), (Reason::NoSuchInterface(0), begin.len() + 8));
}

/// Appendix A: 16 bits of interface, 16 of drops.
#[test]
fn the_obsolete_packet_block() {
    for order in [LITTLE, BIG] {
        let ids = [order.u16(1), order.u16(9)].concat();
        let words: Vec<u8> = [0u32, 1_500_000, 3, 60].iter().flat_map(|word| order.u32(*word)).collect();
        let body = [&ids[..], &words, b"abc\0", &order.options(&[(OPTION_COMMENT, b"old")])].concat();
        let capture = read(&[
            order.section(),
            order.interface(1, 0, &[]),
            order.interface(101, 0, &[]),
            order.block(2, &[], &body),
        ]);
        let [frame] = &capture.frames[..] else { panic!("{capture:?}") };
        assert_eq!((frame.interface, &frame.bytes[..], frame.original_len), (1, &b"abc"[..], 60));
        assert_eq!((frame.time, frame.comment.as_deref()), (Duration::from_millis(1500), Some("old")));
    }
}

/// §4.4: what of a simple packet was captured, its interface says; what follows is padding.
#[test]
fn a_simple_packet_ends_at_the_snap_length() {
    for (snap, wanted) in [(3, &[0x45, 1, 2][..]), (0, &[0x45, 1, 2, 0]), (100, &[0x45, 1, 2, 0])] {
        let capture = read(&[
            LITTLE.section(),
            LITTLE.interface(101, snap, &[]),
            LITTLE.block(3, &[60], &[0x45, 1, 2, 0]),
        ]);
        assert_eq!(
            (&capture.frames[0].bytes[..], capture.frames[0].original_len),
            (wanted, 60),
            "snap length {snap}"
        );
    }
}

#[test]
fn every_comment_is_read() {
    let options: &[(u16, &[u8])] = &[(OPTION_COMMENT, b"one"), (2, &[0, 0, 0, 1]), (OPTION_COMMENT, b"two")];
    let capture =
        read(&[LITTLE.section(), LITTLE.interface(101, 0, &[]), LITTLE.enhanced(0, 0, b"x", options)]);
    assert_eq!(capture.frames[0].comment.as_deref(), Some("one\ntwo"));
    assert_eq!(Capture::read(&capture.write()), Ok(capture));
}

/// Blocks that are not read are skipped, however long, and so are secrets of other protocols.
#[test]
fn unknown_blocks_are_skipped() {
    let wireguard = LITTLE.block(10, &[0x5747_4b4c, 4], b"keys");
    let tls = LITTLE.block(10, &[0x544c_534b, 5], b"keys\n");
    let long = LITTLE.block(0x7777_7777, &[], &vec![1; 20 << 20]);
    let capture = read(&[
        LITTLE.section(),
        LITTLE.block(4, &[0], &[]),
        wireguard,
        tls,
        LITTLE.interface(101, 0, &[]),
        long,
        LITTLE.block(5, &[0, 0, 0], &[]),
        LITTLE.enhanced(0, 0, b"x", &[]),
    ]);
    assert_eq!((capture.frames.len(), capture.frames[0].number), (1, 1));
    assert_eq!(capture.secrets, ["keys\n"]);
}

/// Custom blocks, journal entries and system events take a number in Wireshark, so that they leave a gap here.
fn numbered() -> (Vec<u8>, usize) {
    let journal = b"__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hello\n\n";
    let event = [&[0; 2][..], &[0; 16], &30u32.to_le_bytes(), &[1, 0], &[0; 8]].concat();
    let others = [
        LITTLE.block(0xbad, &[32473], b"hello123"),
        LITTLE.block(0x4000_0bad, &[32473], b"hello123"),
        LITTLE.block(9, &[], journal),
        LITTLE.block(0x204, &[], &event),
        LITTLE.block(0x216, &[], &event),
        LITTLE.block(0x221, &[], &event),
        LITTLE.block(0x7777, &[], b"unknown!"),
        LITTLE.block(0x8000_1234, &[], b"local use"),
        LITTLE.block(4, &[0], &[]),
    ];
    let [packet, ..] = conversation();
    let mut file = [LITTLE.section(), LITTLE.interface(101, 0, &[])].concat();
    for other in others {
        file.extend(other);
        file.extend(LITTLE.enhanced(0, 5, &packet, &[]));
    }
    (file, 6)
}

#[test]
fn block_numbers() {
    let (file, others) = numbered();
    let mut reader = Reader::new(&file[..]);
    let mut ours = Vec::new();
    while let Some(Item::Frame(frame)) = reader.next_item().unwrap() {
        ours.push(frame.number.to_string());
    }
    assert_eq!(ours, ["2", "4", "6", "8", "10", "12", "13", "14", "15"]);
    assert_eq!(reader.numbered_others(), others as u64);
    if !judges::can_run("block_numbers", &["tshark"]) {
        return;
    }
    let theirs = judges::tshark("block_numbers", &file, &["-Y", "udp"], &["frame.number"]);
    assert_eq!(theirs.concat(), ours);
}

#[test]
fn errors_name_the_byte_and_the_rule() {
    let begin = [LITTLE.section(), LITTLE.interface(101, 0, &[])].concat();
    let with = |at: usize, word: u32| {
        let mut block = LITTLE.enhanced(0, 0, b"abcd", &[]);
        block[at..at + 4].copy_from_slice(&word.to_le_bytes());
        refused(&[begin.clone(), block])
    };
    let unknown = |trailing: usize| {
        let mut block = LITTLE.block(0x7777, &[1, 2], &[]);
        block[trailing] ^= 1;
        refused(&[begin.clone(), block])
    };
    let at = begin.len();
    let cases = [
        (refused(&[b"<html>".to_vec()]), 0, "pcapng §4.1, pcap §4", "neither a pcapng section header"),
        (refused(&[vec![0x1f, 0x8b, 8, 0]]), 0, "RFC 1952 §2.3.1", "packed by gzip"),
        (with(4, 7), at + 4, "pcapng §3.1", "is 7; a block is at least 12 bytes"),
        (with(4, 8), at + 4, "pcapng §3.1", "is 8; a block is at least 12 bytes"),
        (with(4, 38), at + 4, "pcapng §3.1", "is 38; a block is at least 12 bytes"),
        (with(4, 17 << 20), at + 4, "pcapng §3.1", "is 17825792, more than is read here"),
        (with(32, 5), at + 28 + 4, "pcapng §3.1", "differs"),
        (unknown(16), at + 16, "pcapng §3.1", "differs"),
        (with(8, 1), at + 8, "pcapng §4.3", "names interface 1, which no block described"),
        (with(20, 9), at + 20, "pcapng §4.3", "is 9, more than its block holds"),
        (with(20, 300_000), at + 20, "pcapng §4.3", "is 300000, more than is read here"),
        (refused(&[LITTLE.section(), LITTLE.block(1, &[], &[])]), 28 + 8, "pcapng §3.1", "inside a field"),
        (
            refused(&[LITTLE.section(), LITTLE.block(3, &[4], b"four")]),
            28 + 8,
            "pcapng §4.3",
            "names interface 0",
        ),
        (
            refused(&[begin.clone(), LITTLE.section()[..8].to_vec(), vec![0; 20]]),
            at + 8,
            "pcapng §4.1",
            "byte-order",
        ),
        (
            refused(&[LITTLE.block(0x0a0d_0d0a, &[0x1a2b_3c4d, 2, 0, 0], &[])]),
            12,
            "pcapng §4.1",
            "major version 2",
        ),
    ];
    for ((_, offset, rule, sentence), wanted_offset, wanted_rule, words) in cases {
        assert_eq!((offset, rule), (wanted_offset, wanted_rule), "{sentence}");
        assert!(sentence.contains(words), "{sentence} says {words:?}");
    }
}

/// Interfaces are kept while a file is read, so there are only so many.
#[test]
fn interfaces_are_bounded() {
    let file = |count: usize| [LITTLE.section(), LITTLE.interface(1, 0, &[]).repeat(count)].concat();
    assert_eq!(Capture::read(&file(4096)).unwrap().interfaces.len(), 4096);
    let (reason, offset, ..) = refused(&[file(4097)]);
    assert_eq!((reason, offset), (Reason::TooManyInterfaces(4096), 28 + 4096 * 20 + 8));
    let long_name = LITTLE.interface(1, 0, &[(2, "é".repeat(300).as_bytes())]);
    let capture = read(&[LITTLE.section(), long_name]);
    assert_eq!((&capture.interfaces[0].name, capture.interfaces[0].origin), (&"é".repeat(128), Origin::Seen));
}

/// A length in a file is no reason to ask for memory: the block ends with the file.
#[test]
fn a_block_that_claims_more_than_the_file_has() {
    let mut file =
        [LITTLE.section(), LITTLE.interface(101, 0, &[]), LITTLE.enhanced(0, 0, b"x", &[])].concat();
    file.extend([6u32, 16 << 20, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
    let capture = Capture::read(&file).unwrap();
    assert_eq!(capture.frames.len(), 1);
    let cut = capture.cut.unwrap();
    assert_eq!((cut.reason, cut.offset), (Reason::EndsEarly(Format::Pcapng), file.len() - 16));
}
