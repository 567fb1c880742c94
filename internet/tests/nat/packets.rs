//! Packets of the tests: made from a line, and told as a line.

use std::net::{IpAddr, SocketAddr};

use barewire_packet::build::datagram;
use barewire_packet::checksum::{Verdict, pseudo_header};
use barewire_packet::icmp::{ErrorKind, Icmp, Message, Version, error_packet};
use barewire_packet::ip;
use barewire_packet::transit::Transit;

/// The bits of the flags, by their letters.
const FLAGS: [(char, u8); 5] = [('F', 1), ('S', 2), ('R', 4), ('P', 8), ('A', 16)];

pub(crate) fn udp(from: &str, to: &str) -> Vec<u8> {
    datagram(from, to, b"data")
}

/// A TCP segment; the flags as letters, `SA` is SYN-ACK.
pub(crate) fn tcp(from: &str, to: &str, flags: &str, (seq, ack): (u32, u32), data: &[u8]) -> Vec<u8> {
    let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let bits = FLAGS.iter().filter(|(letter, _)| flags.contains(*letter)).map(|(_, bit)| bit).sum();
    let mut segment = [from.port().to_be_bytes(), to.port().to_be_bytes()].concat();
    segment.extend([seq.to_be_bytes(), ack.to_be_bytes()].concat());
    segment.extend([5 << 4, bits, 32, 0, 0, 0, 0, 0]);
    segment.extend(data);
    let mut sum = pseudo_header(from.ip(), to.ip(), 6, segment.len());
    sum.add(&segment);
    segment[16..18].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut packet = Vec::new();
    ip::write_header(from.ip(), to.ip(), 6, segment.len(), &mut packet);
    packet.extend(segment);
    packet
}

/// An echo request or reply with this identifier.
pub(crate) fn echo(from: &str, to: &str, is_reply: bool, identifier: u16) -> Vec<u8> {
    let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
    barewire_packet::icmp::echo_packet(from, to, is_reply, (identifier, 1), b"data")
}

/// "Port unreachable" or another error about a packet.
pub(crate) fn error(from: &str, to: &str, kind: u8, code: u8, about: &[u8]) -> Vec<u8> {
    error_packet(from.parse().unwrap(), to.parse().unwrap(), ErrorKind { kind, code, word: 0 }, about)
}

/// The same packet with this many hops to go.
pub(crate) fn with_hops(mut packet: Vec<u8>, hops: u8) -> Vec<u8> {
    packet[8] = hops;
    packet[10..12].fill(0);
    let sum = barewire_packet::checksum::checksum(&packet[..20]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

/// A packet as a line: `UDP 192.168.1.42:52341 > 203.0.113.80:53`. A wrong checksum anywhere in it fails the test.
pub(crate) fn line(packet: &[u8]) -> String {
    let transit =
        Transit::parse(packet.to_vec()).unwrap_or_else(|refused| panic!("{refused}: {packet:02x?}"));
    if transit.fragment().is_none() {
        assert!(
            matches!(transit.verdict(), Verdict::Correct | Verdict::Absent),
            "{}: {packet:02x?}",
            transit.verdict()
        );
    }
    let (source, destination) = (transit.source(), transit.destination());
    if !transit.starts() {
        return format!("later fragment {source} > {destination}");
    }
    match transit.protocol() {
        1 => icmp_line(source, destination, transit.payload()),
        protocol => {
            let flow = transit.flow().unwrap();
            let name = if protocol == 6 { "TCP" } else { "UDP" };
            let flags = transit.tcp_flags().map_or(String::new(), |flags| format!(" {}", letters(flags.0)));
            format!("{name} {} > {}{flags}", flow.source, flow.destination)
        }
    }
}

fn letters(bits: u8) -> String {
    FLAGS.iter().filter(|(_, bit)| bits & bit != 0).map(|(letter, _)| *letter).collect()
}

fn icmp_line(source: IpAddr, destination: IpAddr, message: &[u8]) -> String {
    let icmp = Icmp::parse(Version::V4, message).unwrap();
    match icmp.message {
        Message::Echo { identifier, .. } => {
            let name = if icmp.kind == 8 { "echo request" } else { "echo reply" };
            format!("{name} {source} > {destination} id {identifier}")
        }
        Message::Error { .. } => {
            let quoted = &message[8..];
            assert_eq!(barewire_packet::checksum::checksum(&quoted[..20]), 0, "the quoted header's checksum");
            format!("error {}/{} {source} > {destination} about {}", icmp.kind, icmp.code, line(quoted))
        }
        other => panic!("{other:?}"),
    }
}
