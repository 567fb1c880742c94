//! A packet that is changed in transit must be the packet that its new sender would have built: pnet_packet builds
//! both.

use std::net::{IpAddr, SocketAddr};

use barewire_packet::checksum::{Verdict, checksum};
use barewire_packet::transit::{Flow, TcpFlags, Transit, reset};
use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv4::{Ipv4Packet, MutableIpv4Packet};
use pnet_packet::ipv6::MutableIpv6Packet;
use pnet_packet::tcp::{self, TcpPacket};
use pnet_packet::udp::{self, UdpPacket};
use pnet_packet::{icmp, icmpv6};
use proptest::prelude::*;

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP_V6: u8 = 58;

/// A packet of `protocol` between two ends, all checksums by pnet. An ICMP echo has the source's port for identifier.
fn built(protocol: u8, from: SocketAddr, to: SocketAddr, hops: u8, data: &[u8]) -> Vec<u8> {
    let payload = match protocol {
        UDP => udp_datagram(from, to, data),
        TCP => tcp_segment(from, to, data),
        _ => echo(from, to, data),
    };
    ip_packet(protocol, from.ip(), to.ip(), hops, &payload)
}

fn ip_packet(protocol: u8, from: IpAddr, to: IpAddr, hops: u8, payload: &[u8]) -> Vec<u8> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let mut bytes = vec![0; 20 + payload.len()];
            let mut packet = MutableIpv4Packet::new(&mut bytes).unwrap();
            packet.set_version(4);
            packet.set_header_length(5);
            packet.set_total_length((20 + payload.len()) as u16);
            packet.set_ttl(hops);
            packet.set_next_level_protocol(IpNextHeaderProtocol(protocol));
            packet.set_source(from);
            packet.set_destination(to);
            packet.set_payload(payload);
            let sum = pnet_packet::ipv4::checksum(&packet.to_immutable());
            packet.set_checksum(sum);
            bytes
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let mut bytes = vec![0; 40 + payload.len()];
            let mut packet = MutableIpv6Packet::new(&mut bytes).unwrap();
            packet.set_version(6);
            packet.set_payload_length(payload.len() as u16);
            packet.set_hop_limit(hops);
            packet.set_next_header(IpNextHeaderProtocol(protocol));
            packet.set_source(from);
            packet.set_destination(to);
            packet.set_payload(payload);
            bytes
        }
        ends => panic!("two versions: {ends:?}"),
    }
}

fn ports(from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    [from.port().to_be_bytes(), to.port().to_be_bytes()].concat()
}

fn udp_datagram(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Vec<u8> {
    let mut bytes = [&ports(from, to)[..], &(8 + data.len() as u16).to_be_bytes(), &[0, 0], data].concat();
    let packet = UdpPacket::new(&bytes).unwrap();
    let sum = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => udp::ipv4_checksum(&packet, &from, &to),
        (IpAddr::V6(from), IpAddr::V6(to)) => udp::ipv6_checksum(&packet, &from, &to),
        ends => panic!("two versions: {ends:?}"),
    };
    // RFC 768: a sum of zero is sent as all ones.
    let sum = if sum == 0 { 0xffff } else { sum };
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// A segment with the flags PSH and ACK, at 1000, acknowledging 2000.
fn tcp_segment(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Vec<u8> {
    flagged(from, to, 0x18, data)
}

fn flagged(from: SocketAddr, to: SocketAddr, flags: u8, data: &[u8]) -> Vec<u8> {
    let rest = [0, 0, 3, 232, 0, 0, 7, 208, 5 << 4, flags, 16, 0, 0, 0, 0, 0];
    let mut bytes = [&ports(from, to)[..], &rest, data].concat();
    let packet = TcpPacket::new(&bytes).unwrap();
    let sum = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => tcp::ipv4_checksum(&packet, &from, &to),
        (IpAddr::V6(from), IpAddr::V6(to)) => tcp::ipv6_checksum(&packet, &from, &to),
        ends => panic!("two versions: {ends:?}"),
    };
    bytes[16..18].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn echo(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Vec<u8> {
    let kind = if from.is_ipv4() { 8 } else { 128 };
    let mut bytes = [&[kind, 0, 0, 0], &from.port().to_be_bytes()[..], &[0, 1], data].concat();
    icmp_sum(from.ip(), to.ip(), &mut bytes);
    bytes
}

/// Puts the checksum into an ICMP message.
fn icmp_sum(from: IpAddr, to: IpAddr, bytes: &mut [u8]) {
    let sum = match (from, to) {
        (IpAddr::V4(_), IpAddr::V4(_)) => icmp::checksum(&icmp::IcmpPacket::new(bytes).unwrap()),
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            icmpv6::checksum(&icmpv6::Icmpv6Packet::new(bytes).unwrap(), &from, &to)
        }
        ends => panic!("two versions: {ends:?}"),
    };
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
}

/// The error "port unreachable" from a router, about a packet of which it quotes this many bytes.
fn error(router: IpAddr, to: IpAddr, about: &[u8], quoted: usize) -> Vec<u8> {
    let head = if router.is_ipv4() { [3, 3] } else { [1, 4] };
    let mut bytes = [&head[..], &[0; 6], &about[..quoted.min(about.len())]].concat();
    icmp_sum(router, to, &mut bytes);
    ip_packet(if router.is_ipv4() { ICMP } else { ICMP_V6 }, router, to, 64, &bytes)
}

fn transit(bytes: &[u8]) -> Transit {
    Transit::parse(bytes.to_vec()).unwrap_or_else(|refused| panic!("{refused}: {bytes:02x?}"))
}

/// An end of a conversation, of either version.
fn end(is_v4: bool) -> impl Strategy<Value = SocketAddr> {
    (any::<u128>(), any::<u16>()).prop_map(move |(bits, port)| {
        let address = if is_v4 { IpAddr::V4((bits as u32).into()) } else { IpAddr::V6(bits.into()) };
        SocketAddr::new(address, port)
    })
}

/// A protocol, two ends that talk, and one that takes the place of either.
fn conversation() -> impl Strategy<Value = (u8, SocketAddr, SocketAddr, SocketAddr)> {
    (any::<bool>(), 0usize..3).prop_flat_map(|(is_v4, which)| {
        let protocol = [UDP, TCP, if is_v4 { ICMP } else { ICMP_V6 }][which];
        (Just(protocol), end(is_v4), end(is_v4), end(is_v4))
    })
}

fn is_icmp(protocol: u8) -> bool {
    matches!(protocol, ICMP | ICMP_V6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    /// Another source, another destination, and back to the first bytes.
    #[test]
    fn a_packet_with_another_end_is_the_one_that_end_would_have_built(
        (protocol, a, b, c) in conversation(), hops: u8, data in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut packet = transit(&built(protocol, a, b, hops, &data));
        let before = packet.bytes().to_vec();
        packet.set_source(c);
        prop_assert_eq!(packet.bytes(), built(protocol, c, b, hops, &data));
        prop_assert_eq!((packet.source(), packet.verdict()), (c.ip(), Verdict::Correct));
        packet.set_source(a);
        prop_assert_eq!(packet.bytes(), &before);
        packet.set_destination(c);
        // An echo has one identifier, which is the port of either end.
        let from = if is_icmp(protocol) { SocketAddr::new(a.ip(), c.port()) } else { a };
        prop_assert_eq!(packet.bytes(), built(protocol, from, c, hops, &data));
        let to = if is_icmp(protocol) { SocketAddr::new(c.ip(), from.port()) } else { c };
        prop_assert_eq!(packet.flow(), Some(Flow { protocol, source: from, destination: to }));
    }

    /// RFC 1812 §5.3.1: one hop fewer, and the header sums up.
    #[test]
    fn a_hop_fewer((protocol, a, b, _) in conversation(), hops in 1u8..) {
        let mut packet = transit(&built(protocol, a, b, hops, b"data"));
        packet.count_hop();
        prop_assert_eq!(packet.hops_left(), hops - 1);
        prop_assert_eq!(packet.bytes(), built(protocol, a, b, hops - 1, b"data"));
    }

    /// RFC 5508 §4.2: the quoted packet as if it had been between the other ends, however much of it is quoted.
    #[test]
    fn a_quoted_packet_with_another_end(
        (protocol, a, b, c) in conversation(), data in proptest::collection::vec(any::<u8>(), 0..40),
        more in 0usize..30,
    ) {
        let header = if a.is_ipv4() { 20 } else { 40 };
        // Half a checksum cannot be mended: what is quoted ends at a whole word.
        let quoted = header + 8 + 2 * more;
        let about = |from, to| error(b.ip(), a.ip(), &built(protocol, from, to, 1, &data), quoted);
        let mut packet = transit(&about(a, b));
        let destination = if is_icmp(protocol) { SocketAddr::new(b.ip(), a.port()) } else { b };
        prop_assert_eq!(packet.quoted_flow(), Some(Flow { protocol, source: a, destination }));
        prop_assert!(packet.quoted_header_is_right());
        packet.set_quoted_source(c);
        prop_assert_eq!(packet.bytes(), about(c, b));
        prop_assert_eq!(packet.verdict(), Verdict::Correct);
        packet.set_quoted_source(a);
        packet.set_quoted_destination(c);
        let from = if is_icmp(protocol) { SocketAddr::new(a.ip(), c.port()) } else { a };
        prop_assert_eq!(packet.bytes(), about(from, c));
    }
}

/// An end of a conversation, from text.
fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn a_udp_checksum_of_zero_stays_zero() {
    let (a, b, c) = (socket("192.168.1.42:5000"), socket("203.0.113.80:53"), socket("203.0.113.5:40001"));
    let mut datagram = udp_datagram(a, b, b"data");
    datagram[6..8].fill(0);
    let mut packet = transit(&ip_packet(UDP, a.ip(), b.ip(), 64, &datagram));
    packet.set_source(c);
    assert_eq!((packet.payload()[6..8].to_vec(), packet.verdict()), (vec![0, 0], Verdict::Absent));
    let mut quoting = transit(&error(b.ip(), c.ip(), packet.bytes(), 548));
    quoting.set_quoted_source(a);
    assert_eq!(quoting.bytes()[28..], ip_packet(UDP, a.ip(), b.ip(), 64, &datagram));
}

/// RFC 768: a sum of zero is sent as all ones, also where it comes to zero on the way.
#[test]
fn a_udp_checksum_that_becomes_zero_is_all_ones() {
    let (a, b) = (socket("192.168.1.42:5000"), socket("203.0.113.80:53"));
    let all_ones = |port: u16| {
        let c = SocketAddr::new(socket("203.0.113.5:0").ip(), port);
        (udp_datagram(c, b, b"data")[6..8] == [0xff, 0xff]).then_some(c)
    };
    let c = (0..=u16::MAX).find_map(all_ones).expect("one port gives this sum");
    let mut packet = transit(&built(UDP, a, b, 64, b"data"));
    packet.set_source(c);
    assert_eq!(packet.bytes(), built(UDP, c, b, 64, b"data"));
    let mut quoting = transit(&error(b.ip(), a.ip(), &built(UDP, a, b, 64, b"data"), 548));
    quoting.set_quoted_source(c);
    assert_eq!(quoting.bytes(), error(b.ip(), a.ip(), &built(UDP, c, b, 64, b"data"), 548));
}

/// RFC 1624 §4: in a header whose other words sum to 0xCD7A, a word goes from 0x5555 to 0x3285. Its checksum goes from
/// 0xDD2F to 0x0000, where the older equation of RFC 1141 gives 0xFFFF.
#[test]
fn the_example_of_rfc_1624() {
    let mut header = ip_packet(250, socket("85.85.0.0:0").ip(), socket("10.0.0.1:0").ip(), 64, &[]);
    // The word at 4, the identification, brings the checksum to the RFC's.
    let sum = !u16::from_be_bytes([header[10], header[11]]);
    let other = u32::from(!0xdd2f_u16) + 0xffff - u32::from(sum);
    let word = (other % 0xffff) as u16;
    header[4..6].copy_from_slice(&word.to_be_bytes());
    header[10..12].copy_from_slice(&[0xdd, 0x2f]);
    let packet = Ipv4Packet::new(&header).unwrap();
    assert_eq!(pnet_packet::ipv4::checksum(&packet), 0xdd2f, "the example itself");
    let mut packet = transit(&header);
    packet.set_source(socket("50.133.0.0:0"));
    assert_eq!(packet.bytes()[12..14], [0x32, 0x85]);
    assert_eq!(packet.bytes()[10..12], [0, 0]);
}

#[test]
fn a_wrong_checksum_stays_wrong() {
    let (a, b, c) = (socket("192.168.1.42:5000"), socket("203.0.113.80:53"), socket("203.0.113.5:40001"));
    let mut bytes = built(TCP, a, b, 64, b"data");
    bytes[36] ^= 0x40;
    let mut packet = transit(&bytes);
    packet.set_source(c);
    assert!(matches!(packet.verdict(), Verdict::Wrong { .. }), "{:?}", packet.verdict());
}

#[test]
fn a_later_fragment_changes_its_addresses_only() {
    let (a, b, c) = (socket("192.168.1.42:5000"), socket("203.0.113.80:53"), socket("203.0.113.5:40001"));
    let whole = built(UDP, a, b, 64, &[0x55; 100]);
    let pieces = barewire_packet::build::fragments(&whole, 77, 64);
    let mut second = transit(&pieces[1]);
    let fragment = second.fragment().unwrap();
    assert_eq!((second.starts(), fragment.identification, fragment.offset), (false, 77, 64));
    assert_eq!((second.flow(), second.tcp_flags(), second.verdict()), (None, None, Verdict::Absent));
    let payload = second.payload().to_vec();
    second.set_source(c);
    assert_eq!((second.payload(), second.source()), (&payload[..], c.ip()));
    assert_eq!(checksum(&second.bytes()[..20]), 0);
}

/// RFC 6946: a fragment that is the first and the last is a whole packet.
#[test]
fn an_atomic_fragment_is_whole() {
    let whole = built(UDP, socket("[2001:db8::42]:5000"), socket("[2001:db8::80]:53"), 64, b"data");
    let pieces = barewire_packet::build::fragments(&whole, 77, 1000);
    assert_eq!((pieces.len(), pieces[0].len()), (1, whole.len() + 8));
    let packet = transit(&pieces[0]);
    assert_eq!((packet.fragment(), packet.is_fragment(), packet.starts()), (None, false, true));
    assert_eq!((packet.flow(), packet.verdict()), (transit(&whole).flow(), Verdict::Correct));
}

#[test]
fn errors_and_queries_of_icmp_are_told_apart() {
    let (a, b) = (socket("192.168.1.42:7"), socket("203.0.113.80:7"));
    let query = built(ICMP, a, b, 64, b"");
    let error = error(b.ip(), a.ip(), &query, 548);
    let (query, error) = (transit(&query), transit(&error));
    assert_eq!((query.is_icmp_query(), query.is_icmp_error(), query.quoted_flow()), (true, false, None));
    assert_eq!((error.is_icmp_query(), error.is_icmp_error(), error.flow()), (false, true, None));
    let about = error.quoted_flow().unwrap();
    assert_eq!((about.protocol, about.source.port()), (ICMP, 7));
    // A quote too short for its ports has no flow, and a cut header is not a quote.
    for quoted in [0, 19, 20, 23] {
        let error = transit(&self::error(b.ip(), a.ip(), query.bytes(), quoted));
        assert_eq!(error.quoted_flow(), None, "{quoted} bytes");
    }
}

#[test]
fn a_quoted_header_that_does_not_sum_up() {
    let (a, b) = (socket("192.168.1.42:7"), socket("203.0.113.80:7"));
    let mut about = built(UDP, a, b, 64, b"");
    about[8] -= 1;
    assert!(!transit(&error(b.ip(), a.ip(), &about, 548)).quoted_header_is_right());
}

/// RFC 9293 §3.10.7.1: what a host without the connection answers.
#[test]
fn resets_as_rfc_9293_has_them() {
    const FIN: u8 = 1;
    const SYN: u8 = 2;
    const RST: u8 = 4;
    const ACK: u8 = 16;
    let (a, b) = (socket("192.168.1.42:5000"), socket("203.0.113.80:80"));
    let answer = |flags: u8, data: &[u8]| {
        let segment = flagged(a, b, flags, data);
        reset(&transit(&ip_packet(TCP, a.ip(), b.ip(), 64, &segment)))
    };
    let wanted = |seq: u32, ack: u32, flags: u8| {
        let mut segment = flagged(b, a, flags, b"");
        segment[4..8].copy_from_slice(&seq.to_be_bytes());
        segment[8..12].copy_from_slice(&ack.to_be_bytes());
        segment[14..18].fill(0);
        let (from, to) = (std::net::Ipv4Addr::new(203, 0, 113, 80), std::net::Ipv4Addr::new(192, 168, 1, 42));
        let sum = tcp::ipv4_checksum(&TcpPacket::new(&segment).unwrap(), &from, &to);
        segment[16..18].copy_from_slice(&sum.to_be_bytes());
        Some(segment)
    };
    let segment_of = |packet: Option<Vec<u8>>| packet.map(|packet| packet[20..].to_vec());
    // "If the ACK bit is off, sequence number zero is used, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>".
    assert_eq!(segment_of(answer(SYN, b"")), wanted(0, 1001, RST | ACK));
    assert_eq!(segment_of(answer(SYN | FIN, b"data")), wanted(0, 1006, RST | ACK));
    assert_eq!(segment_of(answer(0, b"data")), wanted(0, 1004, RST | ACK));
    // "If the ACK bit is on, <SEQ=SEG.ACK><CTL=RST>".
    assert_eq!(segment_of(answer(ACK, b"data")), wanted(2000, 0, RST));
    assert_eq!(segment_of(answer(SYN | ACK, b"")), wanted(2000, 0, RST));
    // "An incoming segment containing a RST is discarded."
    assert_eq!((answer(RST, b""), answer(RST | ACK, b"")), (None, None));
    let packet = answer(SYN, b"").unwrap();
    let packet = transit(&packet);
    assert_eq!((packet.source(), packet.destination(), packet.verdict()), (b.ip(), a.ip(), Verdict::Correct));
    assert_eq!(packet.tcp_flags(), Some(TcpFlags(RST | ACK)));
    assert_eq!(reset(&transit(&built(UDP, a, b, 64, b""))), None);
}
