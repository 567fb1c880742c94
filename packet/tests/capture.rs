//! Capture files: what we write we read back; both byte orders; every truncation is an error.
//! That other programs agree is tested with tshark in `examples/tests`.

use std::time::Duration;

use barewire_dissect::Lesson;
use barewire_packet::capture::{Capture, Interface, Packet, linktype};

fn sample() -> Capture {
    let packet = |millis, bytes: &[u8], comment: Option<&str>| Packet {
        interface: 0,
        time: Duration::from_millis(millis),
        bytes: bytes.to_vec(),
        original_len: bytes.len() as u32,
        comment: comment.map(str::to_owned),
    };
    Capture {
        interfaces: vec![Interface { link_type: linktype::RAW, name: "client".into() }],
        packets: vec![
            packet(1_700_000_000_000, &[0x45, 1, 2], Some("retransmission 1")),
            packet(1_700_000_000_123, &[0x45], None),
        ],
        secrets: vec!["CLIENT_RANDOM aa bb\n".into()],
    }
}

#[test]
fn what_is_written_is_read_back() {
    let capture = sample();
    assert_eq!(Capture::read(&capture.write()), Ok(capture));
}

/// A section header of `order`, an interface with microsecond ticks, one packet: byte by byte
/// from the format's own figures.
fn by_hand(big: bool) -> Vec<u8> {
    let u32 = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let u16 = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let mut file = Vec::new();
    for word in [0x0a0d0d0a, 28, 0x1a2b3c4d] {
        file.extend(u32(word));
    }
    file.extend([u16(1), u16(0)].concat());
    for word in [u32::MAX, u32::MAX, 28, /* interface */ 1, 20] {
        file.extend(u32(word));
    }
    file.extend([u16(1), u16(0)].concat());
    for word in [0, 20, /* packet */ 6, 48, 0, 0, 1_500_000, 15, 15] {
        file.extend(u32(word));
    }
    file.extend([0; 12]);
    file.extend([0x08, 0x00, 0x45, 0]); // EtherType, one byte of IP, padding
    file.extend(u32(48));
    file
}

#[test]
fn both_byte_orders_are_read() {
    for big in [false, true] {
        let capture = Capture::read(&by_hand(big)).unwrap_or_else(|e| panic!("big-endian {big}: {e}"));
        let seen: Vec<_> = capture.ip_packets().collect();
        assert_eq!(seen, [(0, Duration::from_millis(1500), &[0x45][..])]);
    }
}

#[test]
fn classic_pcap_is_read() {
    let mut file = Vec::new();
    for word in [0xa1b2c3d4u32, 0x0004_0002, 0, 0, 65535, 101, /* packet */ 7, 5, 2, 9] {
        file.extend(word.to_le_bytes());
    }
    file.extend([0x45, 0x00]);
    let capture = Capture::read(&file).unwrap();
    assert_eq!(capture.packets[0].time, Duration::new(7, 5000));
    assert_eq!((capture.packets[0].bytes.as_slice(), capture.packets[0].original_len), (&[0x45, 0][..], 9));
    file[32] = 3;
    assert_eq!(Capture::read(&file).unwrap_err().offset(), 24);
}

#[test]
fn every_truncation_is_an_error_or_a_shorter_capture() {
    let file = sample().write();
    for len in 0..file.len() {
        match Capture::read(&file[..len]) {
            Ok(capture) => assert!(capture.packets.len() < 2, "cut at {len}"),
            Err(error) => assert!(error.offset() <= len, "cut at {len}: {error}"),
        }
    }
}

#[test]
fn errors_name_the_byte_and_the_rule() {
    let say = |file: &[u8]| Capture::read(file).unwrap_err().to_string();
    assert_eq!(
        say(b"<html>"),
        "byte 0 starts neither a pcapng section header (0a0d0d0a) nor a pcap file; pcapng §4.1"
    );
    let mut file = by_hand(false);
    file[52] = 7;
    assert!(say(&file).starts_with("the block length at byte 52 is 7;"), "{}", say(&file));
    let mut file = by_hand(false);
    file[56] = 1;
    assert!(say(&file).contains("names interface 1, which no block described"), "{}", say(&file));
}

/// One block: type, length, body, length again, little-endian.
fn block(kind: u32, words: &[u32], rest: &[u8]) -> Vec<u8> {
    let body: Vec<u8> =
        words.iter().flat_map(|word| word.to_le_bytes()).chain(rest.iter().copied()).collect();
    let length = (body.len() as u32 + 12).to_le_bytes();
    [&kind.to_le_bytes()[..], &length, &body, &length].concat()
}

/// A section header, and an interface with that snap length and those options.
fn begin(snap: u32, options: &[u8]) -> Vec<u8> {
    let section = block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX], &[]);
    [section, block(1, &[101, snap], options)].concat()
}

#[test]
fn every_comment_is_read() {
    let options = b"\x01\0\x03\0one\0\x01\0\x03\0two\0\0\0\0\0";
    let file = [begin(0, &[]), block(6, &[0, 0, 0, 0, 0], options)].concat();
    let capture = Capture::read(&file).unwrap();
    assert_eq!(capture.packets[0].comment.as_deref(), Some("one\ntwo"));
    assert_eq!(Capture::read(&capture.write()), Ok(capture));
}

#[test]
fn a_comment_too_long_to_be_written_is_cut_between_letters() {
    let mut capture = sample();
    capture.packets[0].comment = Some("é".repeat(40_000));
    let read = Capture::read(&capture.write()).unwrap();
    assert_eq!(read.packets[0].comment, Some("é".repeat(32_767)));
}

/// Ticks of a second reach far beyond what 64 bits of nanoseconds can say.
#[test]
fn a_time_too_late_to_be_written_is_the_latest() {
    let seconds = b"\x09\0\x01\0\0\0\0\0";
    let file = [begin(0, seconds), block(6, &[0, 99, 0, 0, 0], &[])].concat();
    let capture = Capture::read(&file).unwrap();
    assert_eq!(capture.packets[0].time, Duration::from_secs(99 << 32));
    let read = Capture::read(&capture.write()).unwrap();
    assert_eq!(read.packets[0].time, Duration::from_nanos(u64::MAX));
}

/// pcapng §4.4: what of a simple packet was captured, its interface says; what follows is padding.
#[test]
fn a_simple_packet_ends_at_the_snap_length() {
    let simple = block(3, &[60], &[0x45, 1, 2, 0]);
    let file = [begin(3, &[]), simple.clone()].concat();
    assert_eq!(Capture::read(&file).unwrap().packets[0].bytes, [0x45, 1, 2]);
    let file = [begin(0, &[]), simple].concat();
    assert_eq!(Capture::read(&file).unwrap().packets[0].bytes, [0x45, 1, 2, 0]);
}
