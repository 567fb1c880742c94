//! Packets by hand, for the tests of boxes: TCP segments, ICMP errors, and what a packet is in words.
#![allow(dead_code)] // each test takes what it needs

use std::net::SocketAddr;

use barewire_packet::checksum::{Verdict, pseudo_header};
use barewire_packet::icmp::{ErrorKind, Icmp, echo_packet, error_packet};
use barewire_packet::ip::write_header;
use barewire_packet::transit::{TCP, Transit};

pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const RST: u8 = 0x04;
pub(crate) const ACK: u8 = 0x10;

/// A TCP segment with these flags, sequence number 1000, acknowledgment number 2000, and no data.
pub(crate) fn tcp(from: &str, to: &str, flags: u8) -> Vec<u8> {
    tcp_at(from, to, flags, (1000, 2000))
}

/// A TCP segment with these flags and numbers, and no data.
pub(crate) fn tcp_at(from: &str, to: &str, flags: u8, (seq, ack): (u32, u32)) -> Vec<u8> {
    let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let mut segment = Vec::new();
    segment.extend(from.port().to_be_bytes());
    segment.extend(to.port().to_be_bytes());
    segment.extend(seq.to_be_bytes());
    segment.extend(ack.to_be_bytes());
    segment.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    let mut sum = pseudo_header(from.ip(), to.ip(), TCP, segment.len());
    sum.add(&segment);
    segment[16..18].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut packet = Vec::new();
    write_header(from.ip(), to.ip(), TCP, segment.len(), &mut packet);
    packet.extend(segment);
    packet
}

/// An echo request, or its reply, with this identifier.
pub(crate) fn echo(from: &str, to: &str, is_reply: bool, identifier: u16) -> Vec<u8> {
    echo_packet(from.parse().unwrap(), to.parse().unwrap(), is_reply, (identifier, 1), b"ping")
}

/// An ICMP error of type and code about `packet`.
pub(crate) fn error(from: &str, to: &str, (kind, code): (u8, u8), packet: &[u8]) -> Vec<u8> {
    error_packet(from.parse().unwrap(), to.parse().unwrap(), ErrorKind { kind, code, word: 0 }, packet)
}

/// A packet in words. Its checksums must be right.
pub(crate) fn words(packet: &[u8]) -> String {
    let packet = Transit::parse(packet.to_vec()).unwrap();
    let verdict = packet.verdict();
    assert!(matches!(verdict, Verdict::Correct | Verdict::Absent), "{verdict}: {:02x?}", packet.bytes());
    if let Some(flags) = packet.tcp_flags() {
        let flow = packet.flow().unwrap();
        let names = [(SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (ACK, "ACK")];
        let named = names.iter().filter(|(bit, _)| flags.0 & bit != 0).map(|(_, name)| *name);
        let word = |at: usize| u32::from_be_bytes(packet.payload()[at..at + 4].try_into().unwrap());
        let (seq, ack) = (word(4), word(8));
        let names = named.collect::<Vec<_>>().join("+");
        return format!("{names} {} to {} seq {seq} ack {ack}", flow.source, flow.destination);
    }
    if matches!(packet.protocol(), 1 | 58) {
        let icmp = Icmp::parse(packet.version(), packet.payload()).unwrap();
        return format!("{icmp} from {} to {}", packet.source(), packet.destination());
    }
    let flow = packet.flow().unwrap();
    format!("UDP {} to {}", flow.source, flow.destination)
}
