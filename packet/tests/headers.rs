//! IP and UDP headers and the checksum, judged by pnet_packet and by a sum done word by word.

mod common;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use barewire_dissect::record;
use barewire_packet::checksum::{Sum, Verdict, checksum, pseudo_header};
use barewire_packet::ip::{IpHeader, IpPacket, header_verdict, ip_packet, sums_up};
use barewire_packet::udp::{self, Datagram};
use pnet_packet::Packet as _;
use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv4::{Ipv4Packet, MutableIpv4Packet};
use pnet_packet::ipv6::{Ipv6Packet, MutableIpv6Packet};
use pnet_packet::udp::UdpPacket;
use proptest::prelude::*;

const V4: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), IpAddr::V4(Ipv4Addr::new(203, 0, 113, 80))];
const V6: [IpAddr; 2] = [
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 80)),
];

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() }
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

fn written(packet: &IpPacket<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    packet.write(&mut out);
    out
}

proptest! {
    #![proptest_config(config())]

    /// Every field that pnet can set is read, and the packet is written again to the same bytes.
    #[test]
    fn an_ipv4_packet_of_pnets(
        class: u8, identification: u16, flags in 0u8..8, offset in 0u16..0x2000, ttl: u8, protocol: u8,
        ends: (u32, u32), option_words in 0usize..10, payload in bytes(100), padding in bytes(8),
    ) {
        let header = 20 + 4 * option_words;
        let mut buffer = vec![0; header + payload.len()];
        let mut theirs = MutableIpv4Packet::new(&mut buffer).unwrap();
        theirs.set_version(4);
        theirs.set_header_length(5 + option_words as u8);
        theirs.set_dscp(class >> 2);
        theirs.set_ecn(class & 3);
        theirs.set_total_length((header + payload.len()) as u16);
        theirs.set_identification(identification);
        theirs.set_flags(flags);
        theirs.set_fragment_offset(offset);
        theirs.set_ttl(ttl);
        theirs.set_next_level_protocol(IpNextHeaderProtocol(protocol));
        theirs.set_source(ends.0.into());
        theirs.set_destination(ends.1.into());
        theirs.set_checksum(0);
        let sum = pnet_packet::ipv4::checksum(&Ipv4Packet::new(theirs.packet()).unwrap());
        theirs.set_checksum(sum);
        buffer[header..].copy_from_slice(&payload);
        buffer.extend(&padding);

        let ours = IpPacket::parse(&buffer).unwrap();
        let IpHeader::V4(read) = &ours.header else { panic!("not version 4") };
        prop_assert_eq!((read.traffic_class, read.identification, read.time_to_live), (class, identification, ttl));
        prop_assert_eq!((read.reserved, read.dont_fragment), (flags & 4 != 0, flags & 2 != 0));
        prop_assert_eq!((read.more_fragments, read.fragment_offset), (flags & 1 != 0, offset));
        prop_assert_eq!((u32::from(read.source), u32::from(read.destination)), ends);
        prop_assert_eq!((read.protocol, header_verdict(read)), (protocol, Verdict::Correct));
        prop_assert_eq!((ours.payload, ours.trailer, ours.missing), (&payload[..], &padding[..], 0));
        let fragment = ours.fragment.map(|f| (f.identification, f.offset, f.more));
        let more = flags & 1 != 0;
        let wanted = (more || offset > 0).then_some((identification.into(), 8 * usize::from(offset), more));
        prop_assert_eq!(fragment, wanted);
        prop_assert_eq!(written(&ours), buffer);
    }

    #[test]
    fn an_ipv6_packet_of_pnets(
        class: u8, label in 0u32..0x10_0000, hops: u8, ends: (u128, u128), payload in bytes(100), padding in bytes(8),
    ) {
        let mut buffer = vec![0; 40 + payload.len()];
        let mut theirs = MutableIpv6Packet::new(&mut buffer).unwrap();
        theirs.set_version(6);
        theirs.set_traffic_class(class);
        theirs.set_flow_label(label);
        theirs.set_payload_length(payload.len() as u16);
        theirs.set_next_header(IpNextHeaderProtocol(17));
        theirs.set_hop_limit(hops);
        theirs.set_source(ends.0.into());
        theirs.set_destination(ends.1.into());
        buffer[40..].copy_from_slice(&payload);
        buffer.extend(&padding);

        let ours = IpPacket::parse(&buffer).unwrap();
        let IpHeader::V6(read) = &ours.header else { panic!("not version 6") };
        prop_assert_eq!((read.traffic_class, read.flow_label, read.hop_limit), (class, label, hops));
        prop_assert_eq!((u128::from(read.source), u128::from(read.destination)), ends);
        prop_assert_eq!((ours.payload, ours.trailer, ours.missing), (&payload[..], &padding[..], 0));
        prop_assert_eq!(written(&ours), buffer);
    }

    #[test]
    fn a_datagram_of_ours_is_what_pnet_reads(ports: (u16, u16), payload in bytes(100), six: bool) {
        let [from, to] = if six { V6 } else { V4 };
        let packet = udp::ip_packet(SocketAddr::new(from, ports.0), SocketAddr::new(to, ports.1), &payload);
        let header = if six { 40 } else { 20 };
        let read = UdpPacket::new(&packet[header..]).unwrap();
        prop_assert_eq!((read.get_source(), read.get_destination()), ports);
        prop_assert_eq!(usize::from(read.get_length()), 8 + payload.len());
        prop_assert_eq!(read.payload(), &payload[..]);
        let wanted = match (from, to) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let ip = Ipv4Packet::new(&packet).unwrap();
                prop_assert_eq!(ip.get_checksum(), pnet_packet::ipv4::checksum(&ip));
                pnet_packet::udp::ipv4_checksum(&read, &from, &to)
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                prop_assert_eq!(usize::from(Ipv6Packet::new(&packet).unwrap().get_payload_length()), 8 + payload.len());
                pnet_packet::udp::ipv6_checksum(&read, &from, &to)
            }
            _ => unreachable!(),
        };
        prop_assert_eq!(read.get_checksum(), if wanted == 0 { 0xffff } else { wanted });

        let ours = IpPacket::parse(&packet).unwrap();
        let datagram = Datagram::parse(ours.payload).unwrap();
        prop_assert_eq!(datagram.verify(from, to, ours.payload), Verdict::Correct);
    }

    /// The fast sum against the one that RFC 1071 §4.1 describes, and in pieces of any length: with a word between
    /// them, given as a number.
    #[test]
    fn the_sum_is_the_plain_one(bytes in bytes(300), cuts: [prop::sample::Index; 2]) {
        let mut plain = 0u32;
        for pair in bytes.chunks(2) {
            plain += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
            plain = (plain & 0xffff) + (plain >> 16);
        }
        prop_assert_eq!(checksum(&bytes), !(plain as u16));
        let mut cuts = cuts.map(|cut| cut.index(bytes.len() + 1));
        cuts.sort_unstable();
        let (a, b, c) = (&bytes[..cuts[0]], &bytes[cuts[0]..cuts[1]], &bytes[cuts[1]..]);
        let mut sum = Sum::default();
        sum.add(a);
        match b.split_first_chunk() {
            Some((word, rest)) => {
                sum.add_word(u32::from_be_bytes(*word));
                sum.add(rest);
            }
            None => sum.add(b),
        }
        sum.add(c);
        prop_assert_eq!(sum.checksum(), !(plain as u16), "cut at {:?}", cuts);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in bytes(120), four: bool, missing in 0usize..2000) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = if four { 0x45 } else { 0x60 };
        }
        if four && let [_, _, high, low, ..] = &mut bytes[..] {
            (*high, *low) = (0, 100);
        }
        let whole = IpPacket::parse(&bytes);
        match &whole {
            Ok(packet) => prop_assert_eq!(written(packet), bytes.clone()),
            Err(error) => prop_assert!(error.offset <= bytes.len(), "{}", error),
        }
        // A sniffer reads all that a host reads, and reads it the same.
        let captured = IpPacket::parse_captured(&bytes, missing);
        match &captured {
            Ok(packet) => prop_assert_eq!(written(packet), bytes.clone()),
            Err(error) => prop_assert!(error.offset <= bytes.len() && whole.is_err(), "{}", error),
        }
        if whole.is_ok() && bytes[2..6] != [0; 4] {
            prop_assert_eq!(whole, captured);
        }
    }
}

/// RFC 1071 §3, the numerical examples: eight bytes whose sum is ddf2, however they are taken.
#[test]
fn the_example_of_rfc_1071() {
    let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    assert_eq!(checksum(&bytes), !0xddf2);
    for cut in 0..=8 {
        let mut sum = Sum::default();
        sum.add(&bytes[..cut]);
        sum.add(&bytes[cut..]);
        assert_eq!(sum.folded(), 0xddf2, "cut at {cut}");
    }
}

/// The longest packet there can be, all ones: no carry is lost.
#[test]
fn no_carry_is_lost() {
    for length in [65_534, 65_535] {
        let mut sum = Sum::default();
        sum.add_word(u32::MAX);
        sum.add(&vec![0xff; length]);
        sum.add_word(u32::MAX);
        assert_eq!(sum.folded(), if length % 2 == 0 { 0xffff } else { 0xff00 }, "{length} bytes");
    }
}

/// A header sums up when its checksum is right, whether or not it has options, and not when a bit is turned.
#[test]
fn a_header_sums_up() {
    let mut long =
        vec![0x46, 0, 0, 24, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 2, 203, 0, 113, 80, 1, 1, 1, 0];
    let sum = checksum(&long);
    long[10..12].copy_from_slice(&sum.to_be_bytes());
    let [short, ..] = common::conversation();
    for mut header in [short[..20].to_vec(), long] {
        assert!(sums_up(&header));
        for bit in 0..8 * header.len() {
            header[bit / 8] ^= 1 << (bit % 8);
            assert!(!sums_up(&header), "bit {bit}");
            header[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

/// Every byte of the header has a name.
#[test]
fn the_headers_are_named() {
    for packet in common::conversation() {
        let (read, mut tree) = record(&packet, || ip_packet(&packet).map(|(_, packet)| packet));
        tree.len -= read.unwrap().payload.len();
        assert_eq!(tree.check_coverage(), Ok(()));
    }
}

#[test]
fn a_checksum_left_to_the_network_card_is_recognised() {
    let [mut packet, ..] = common::conversation();
    let ends = ["10.0.0.2", "10.0.0.53"].map(|address| address.parse().unwrap());
    let verdict =
        |packet: &[u8]| Datagram::parse(&packet[20..]).unwrap().verify(ends[0], ends[1], &packet[20..]);
    let unfinished = pseudo_header(ends[0], ends[1], 17, packet.len() - 20).folded();
    packet[26..28].copy_from_slice(&unfinished.to_be_bytes());
    assert_eq!(verdict(&packet), Verdict::Unfinished);
    packet[27] ^= 1;
    let Verdict::Wrong { found, wanted } = verdict(&packet) else { panic!("not wrong") };
    assert_eq!(found, unfinished ^ 1);
    assert_eq!(verdict(&packet).to_string(), format!("wrong: 0x{found:04x}, should be 0x{wanted:04x}"));
    packet[26..28].copy_from_slice(&wanted.to_be_bytes());
    assert_eq!(verdict(&packet), Verdict::Correct, "what it should say is right");
    packet[26..28].fill(0);
    assert_eq!(verdict(&packet), Verdict::Absent);
}

#[test]
fn a_udp_length_that_lies_is_refused() {
    let [packet, ..] = common::conversation();
    for (length, words) in [(7u16, "says 7 bytes"), (200, "says 200 bytes")] {
        let mut datagram = packet[20..].to_vec();
        datagram[4..6].copy_from_slice(&length.to_be_bytes());
        let refused = Datagram::parse(&datagram).unwrap_err();
        assert_eq!(refused.offset, 4);
        assert!(refused.to_string().contains(words), "{refused}");
    }
}
