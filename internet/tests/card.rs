//! Packets as a host hands them to its network card, and as they are on the wire after it: cut, checksums finished. The
//! checksums and headers are judged by pnet_packet and by our own TCP, which take no part in the cutting.

use std::net::{Ipv4Addr, Ipv6Addr};

use barewire_internet::relay::{Framing, on_the_wire};
use barewire_packet::checksum::pseudo_header;
use barewire_packet::{build, transit::Transit};
use barewire_tcp::Flags;
use barewire_tcp::packet::{Packet, Payload};

const ETHERNET_V4: [u8; 14] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
const ETHERNET_V6: [u8; 14] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd];

/// A TCP segment whose checksum field has the sum of the pseudo-header, with FIN, PSH, ACK and CWR and an option.
fn segment(
    source: impl Into<std::net::IpAddr>,
    destination: impl Into<std::net::IpAddr>,
    body: &[u8],
) -> Vec<u8> {
    let mut segment =
        vec![0x10, 0, 0, 80, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9, 0x60, 0x99, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0];
    segment.extend(body);
    let sum = pseudo_header(source.into(), destination.into(), 6, segment.len()).folded();
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    segment
}

fn v4(body: &[u8]) -> Vec<u8> {
    let [source, destination] = [Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2)];
    let segment = segment(source, destination, body);
    let length = (20 + segment.len()) as u16;
    let mut packet = [&[0x45, 2], &length.to_be_bytes()[..], &[0xff, 0xff, 0x40, 0, 64, 6, 0, 0]].concat();
    packet.extend(source.octets());
    packet.extend(destination.octets());
    let sum = barewire_packet::checksum::checksum(&packet);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    [packet, segment].concat()
}

fn v6(body: &[u8]) -> Vec<u8> {
    let [source, destination] = [1, 2].map(|last| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last));
    let segment = segment(source, destination, body);
    let mut packet = [&[0x60, 0, 0, 0], &(segment.len() as u16).to_be_bytes()[..], &[6, 64]].concat();
    packet.extend(source.octets());
    packet.extend(destination.octets());
    [packet, segment].concat()
}

fn body(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

/// The pieces put together again, each judged: checksums right, not above the MTU, numbers in a row.
fn judged(pieces: &[Vec<u8>], header: &[u8], mtu: usize) -> Vec<u8> {
    let mut together = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        assert_eq!(&piece[..header.len()], header);
        let packet = &piece[header.len()..];
        assert!(packet.len() <= mtu, "{} bytes", packet.len());
        // Refuses a wrong checksum of IPv4 or TCP.
        let parsed = Packet::parse(packet).unwrap();
        let Payload::Tcp(segment) = &parsed.payload else { panic!("{parsed:?}") };
        let wanted = 0xffff_fff0_u32.wrapping_add(together.len() as u32);
        assert_eq!(segment.seq.0, wanted);
        let (first, last) = (number == 0, number + 1 == pieces.len());
        assert_eq!(
            (segment.flags.has(Flags::CWR), segment.flags.fin(), segment.flags.has(Flags::PSH)),
            (first, last, last)
        );
        let verdict = Transit::parse(packet.to_vec()).unwrap().verdict();
        assert_eq!(verdict, barewire_packet::checksum::Verdict::Correct);
        together.extend(segment.payload);
    }
    together
}

#[test]
fn a_packet_of_many_segments_is_cut() {
    let body = body(40_000);
    for (header, packet) in [(ETHERNET_V4, v4(&body)), (ETHERNET_V6, v6(&body))] {
        for mtu in [1500, 1280, 9000, 576] {
            let frame = [&header[..], &packet].concat();
            let pieces = on_the_wire(Framing::Ethernet, frame, mtu);
            let headers = packet.len() - body.len();
            assert_eq!(pieces.len(), body.len().div_ceil(mtu - headers));
            assert_eq!(judged(&pieces, &header, mtu), body);
            if header == ETHERNET_V4 {
                let ids: Vec<u16> =
                    pieces.iter().map(|piece| u16::from_be_bytes([piece[18], piece[19]])).collect();
                let wanted: Vec<u16> =
                    (0..pieces.len() as u16).map(|number| 0xffff_u16.wrapping_add(number)).collect();
                assert_eq!(ids, wanted);
            }
        }
    }
}

#[test]
fn an_unfinished_checksum_is_finished_and_a_wrong_one_stays_wrong() {
    for packet in [v4(&body(11)), v6(&body(12))] {
        let finished = on_the_wire(Framing::Ip, packet.clone(), 1500);
        assert_eq!(finished.len(), 1);
        judged(&finished, &[], 1500);
        assert_eq!(on_the_wire(Framing::Ip, finished[0].clone(), 1500), finished, "what is right stays");
        let mut wrong = finished[0].clone();
        *wrong.last_mut().unwrap() ^= 1;
        assert_eq!(on_the_wire(Framing::Ip, wrong.clone(), 1500), [wrong]);
    }
}

#[test]
fn udp_is_finished_too_and_what_cannot_be_read_stays() {
    let whole = build::datagram("10.0.0.2:40000", "10.0.0.53:53", b"who is it?");
    let mut unfinished = whole.clone();
    let sum =
        pseudo_header([10, 0, 0, 2].map(u8::from).into(), std::net::IpAddr::from([10, 0, 0, 53]), 17, 18);
    unfinished[26..28].copy_from_slice(&sum.folded().to_be_bytes());
    assert_eq!(on_the_wire(Framing::Ip, unfinished, 1500), std::slice::from_ref(&whole));
    let mut without = whole.clone();
    without[26..28].fill(0);
    assert_eq!(on_the_wire(Framing::Ip, without.clone(), 1500), [without]);
    let big = v4(&body(3000));
    for length in 0..big.len() {
        let frame = big[..length].to_vec();
        assert_eq!(on_the_wire(Framing::Ip, frame.clone(), 1500), [frame]);
    }
    for mtu in 0..45 {
        assert_eq!(
            on_the_wire(Framing::Ip, big.clone(), mtu).len(),
            if mtu > 44 { 3000 } else { 1 },
            "MTU {mtu}"
        );
    }
}
