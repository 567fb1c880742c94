//! IP headers by clause: what is refused and why, what a capture may leave of a packet, extension headers.

mod common;

use std::net::IpAddr;

use barewire_dissect::{Lesson, record};
use barewire_packet::Reason;
use barewire_packet::build::{datagram, with_extension_headers};
use barewire_packet::ip::{Fragment, IpHeader, IpPacket, MOST_EXTENSIONS, ip_packet};
use common::conversation;

fn with(packet: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    packet[at..at + bytes.len()].copy_from_slice(bytes);
    packet
}

const ANY_HEADER: &str = "RFC 791 §3.1, RFC 8200 §3, RFC 768, RFC 792, RFC 826";

#[test]
fn what_is_wrong_is_said_with_byte_and_rule() {
    let [v4, _, v6, _] = conversation();
    let cases = [
        (with(&v4, 0, &[0x55]), 0, "RFC 791 §3.1", "IP version 5 at byte 0"),
        (with(&v4, 0, &[0x44]), 0, "RFC 791 §3.1", "4 words"),
        (with(&v4, 2, &[0, 200]), 2, "RFC 791 §3.1", "200 bytes"),
        (with(&v4, 2, &[0, 19]), 2, "RFC 791 §3.1", "19 bytes"),
        (with(&v4, 2, &[0, 0]), 2, "RFC 791 §3.1", "0 bytes"),
        (v4[..19].to_vec(), 16, ANY_HEADER, "ends at byte 16"),
        (with(&v6, 4, &[1, 0]), 4, "RFC 8200 §3", "256 bytes"),
        (v6[..39].to_vec(), 24, ANY_HEADER, "ends at byte 24"),
        (Vec::new(), 0, ANY_HEADER, "ends at byte 0"),
    ];
    for (bytes, offset, rule, words) in cases {
        let error = IpPacket::parse(&bytes).unwrap_err();
        assert_eq!((error.offset(), error.rule()), (offset, rule), "{error}");
        assert!(error.to_string().contains(words), "{error} says {words:?}");
    }
}

/// A snap length leaves the header and the start of the payload.
#[test]
fn a_cut_packet_is_read_as_far_as_it_is_there() {
    for packet in conversation() {
        let header = if packet[0] >> 4 == 4 { 20 } else { 40 };
        for length in header..packet.len() {
            let missing = packet.len() - length;
            assert!(IpPacket::parse(&packet[..length]).is_err());
            let read = IpPacket::parse_captured(&packet[..length], missing).unwrap();
            assert_eq!((read.payload, read.missing), (&packet[header..length], missing));
        }
        assert!(IpPacket::parse_captured(&packet[..header - 1], 99).is_err());
    }
}

/// Some programs cut a packet and forget to say so. Then the header says how much is missing.
#[test]
fn a_length_beyond_the_frame_is_what_is_missing() {
    let [packet, ..] = conversation();
    let read = IpPacket::parse_captured(&packet[..30], 0).unwrap();
    assert_eq!((read.payload.len(), read.missing), (10, packet.len() - 30));
}

/// Linux hands packets of TCP segmentation offload to a capture with a length of zero.
#[test]
fn a_length_of_zero_is_the_rest_in_a_capture() {
    let [v4, _, v6, _] = conversation();
    for (packet, at, header) in [(v4, 2, 20), (v6, 4, 40)] {
        let packet = with(&packet, at, &[0, 0]);
        let read = IpPacket::parse_captured(&packet, 0).unwrap();
        assert_eq!((read.payload, read.missing), (&packet[header..], 0));
        let read = IpPacket::parse_captured(&packet, 1000).unwrap();
        assert_eq!((read.payload, read.missing), (&packet[header..], 1000));
    }
    // An IPv6 packet without a next header is empty; what follows is padding.
    let mut empty = with(&conversation()[2], 4, &[0, 0]);
    empty[6] = 59;
    let read = IpPacket::parse_captured(&empty, 0).unwrap();
    assert_eq!((read.payload.len(), read.trailer.len()), (0, empty.len() - 40));
}

const OPTIONS: &[u8] = &[1, 4, 0, 0, 0, 0]; // PadN, RFC 8200 §4.2
const AUTHENTICATION: &[u8] = &[0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9]; // RFC 4302 §2: 16 bytes with the first two

fn v6_datagram() -> Vec<u8> {
    datagram("[2001:db8::2]:40000", "[2001:db8::53]:53", b"hello")
}

#[test]
fn extension_headers_are_walked() {
    let plain = v6_datagram();
    let chain =
        [(0, OPTIONS), (60, OPTIONS), (43, &[0, 0, 0, 0, 0, 0][..]), (51, AUTHENTICATION), (60, OPTIONS)];
    let packet = with_extension_headers(&plain, &chain);
    let (read, mut tree) = record(&packet, || ip_packet(&packet).map(|(_, packet)| packet).unwrap());
    assert_eq!((read.header.protocol(), read.payload, read.fragment), (17, &plain[40..], None));
    let IpHeader::V6(header) = &read.header else { panic!("not version 6") };
    let kinds: Vec<u8> = header.extension_headers().map(|header| header.kind).collect();
    assert_eq!(kinds, [0, 60, 43, 51, 60]);
    let mut again = Vec::new();
    read.write(&mut again);
    assert_eq!(again, packet);
    tree.len -= read.payload.len();
    assert_eq!(tree.check_coverage(), Ok(()));
}

/// ESP and "no next header" end the walk: what follows cannot be read, or is not there.
#[test]
fn the_walk_ends_at_what_is_not_an_extension_header() {
    for last in [50, 59, 135, 253] {
        let mut packet = with_extension_headers(&v6_datagram(), &[(0, OPTIONS)]);
        packet[40] = last;
        let read = IpPacket::parse(&packet).unwrap();
        assert_eq!((read.header.protocol(), read.payload), (last, &packet[48..]));
    }
}

#[test]
fn there_are_only_so_many_extension_headers() {
    let most = vec![(60, OPTIONS); MOST_EXTENSIONS];
    assert!(IpPacket::parse(&with_extension_headers(&v6_datagram(), &most)).is_ok());
    let more = vec![(60, OPTIONS); MOST_EXTENSIONS + 1];
    let refused = IpPacket::parse(&with_extension_headers(&v6_datagram(), &more)).unwrap_err();
    assert_eq!(refused.reason, Reason::TooManyExtensionHeaders(MOST_EXTENSIONS));
    assert_eq!(refused.offset, 40 + 8 * MOST_EXTENSIONS);
}

#[test]
fn an_extension_header_longer_than_the_packet_is_refused() {
    let mut packet = with_extension_headers(&v6_datagram(), &[(0, OPTIONS)]);
    packet[41] = 200;
    let refused = IpPacket::parse(&packet).unwrap_err();
    assert_eq!((refused.reason, refused.offset), (Reason::EndsEarly, 42));
}

/// RFC 8200 §4.4 and §8.1: checksums are over the last stop. Type 0 lists its stops in order, segment routing (RFC
/// 8754 §2) has the last stop first.
#[test]
fn a_routing_header_knows_the_last_stop() {
    let stops: [IpAddr; 2] = ["2001:db8::a", "2001:db8::b"].map(|address| address.parse().unwrap());
    let bytes = stops.map(|stop| if let IpAddr::V6(stop) = stop { stop.octets() } else { [0; 16] });
    for (kind, left, wanted) in [(0, 1, stops[1]), (4, 1, stops[0]), (0, 0, "2001:db8::53".parse().unwrap())]
    {
        let content = [&[kind, left, 0, 0, 0, 0][..], &bytes[0], &bytes[1]].concat();
        let packet = with_extension_headers(&v6_datagram(), &[(43, &content)]);
        let read = IpPacket::parse(&packet).unwrap();
        assert_eq!(read.header.final_destination(), wanted, "type {kind}, {left} left");
        assert_eq!(read.header.destination(), "2001:db8::53".parse::<IpAddr>().unwrap());
    }
}

/// RFC 8200 §4.5. A fragment header on a packet that is whole (RFC 6946) is only one header more.
#[test]
fn fragment_headers() {
    for (units, more, wanted) in [
        (0u16, 0u16, None),
        (0, 1, Some(Fragment { identification: 7, offset: 0, more: true })),
        (185, 1, Some(Fragment { identification: 7, offset: 1480, more: true })),
        (185, 0, Some(Fragment { identification: 7, offset: 1480, more: false })),
    ] {
        let word = (units << 3 | more).to_be_bytes();
        let made = with_extension_headers(&v6_datagram(), &[(44, &[word[0], word[1], 0, 0, 0, 7])]);
        let read = IpPacket::parse(&made).unwrap();
        assert_eq!((read.fragment, read.header.protocol()), (wanted, 17));
        assert_eq!(read.payload, &v6_datagram()[40..]);
    }
}
