//! Messages of our own: echo requests and replies, and the errors that a router or a host sends.

use std::net::IpAddr;

use super::{PROTOCOL, PROTOCOL_V6, Version};
use crate::checksum::{Sum, checksum, pseudo_header};
use crate::ip;

/// What an error may quote: as much as leaves the whole packet within 576 bytes (RFC 1812 §4.3.2.3), or within the
/// smallest MTU of IPv6, 1280 (RFC 4443 §2.4 c).
fn most_quoted(version: Version) -> usize {
    match version {
        Version::V4 => 576 - 20 - 8,
        Version::V6 => 1280 - 40 - 8,
    }
}

/// A kind of error, and what it says beside the packet that it quotes: its type, its code, and the four bytes after the
/// checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorKind {
    /// The type: see [`TYPES`](super::TYPES).
    pub kind: u8,
    /// The code: see [`CODES`](super::CODES).
    pub code: u8,
    /// The MTU of the next wire in "too big"; otherwise 0.
    pub word: u32,
}

/// The precedence of "internetwork control", which errors of ICMP have (RFC 1812 §4.3.2.5).
const INTERNETWORK_CONTROL: u8 = 0xc0;

/// The bits of the type of service, which an error has from the packet that it is about (RFC 1812 §4.3.2.5).
const TYPE_OF_SERVICE: u8 = 0x1e;

/// An IP packet with an error about `packet`, of which it quotes the start. All three are of one IP version.
pub fn error_packet(source: IpAddr, destination: IpAddr, error: ErrorKind, packet: &[u8]) -> Vec<u8> {
    let quote = &packet[..packet.len().min(most_quoted(version_of(source)))];
    let word = error.word.to_be_bytes();
    let mut packet = message_packet(source, destination, [error.kind, error.code], word, quote);
    if version_of(source) == Version::V4 {
        packet[1] = INTERNETWORK_CONTROL | quote.get(1).map_or(0, |class| class & TYPE_OF_SERVICE);
        packet[10..12].fill(0);
        let sum = checksum(&packet[..20]);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    packet
}

/// An IP packet with an echo request or its reply.
pub fn echo_packet(
    source: IpAddr,
    destination: IpAddr,
    is_reply: bool,
    (identifier, sequence): (u16, u16),
    data: &[u8],
) -> Vec<u8> {
    let kind = match (version_of(source), is_reply) {
        (Version::V4, false) => 8,
        (Version::V4, true) => 0,
        (Version::V6, false) => 128,
        (Version::V6, true) => 129,
    };
    let [a, b] = identifier.to_be_bytes();
    let [c, d] = sequence.to_be_bytes();
    message_packet(source, destination, [kind, 0], [a, b, c, d], data)
}

fn message_packet(
    source: IpAddr,
    destination: IpAddr,
    [kind, code]: [u8; 2],
    word: [u8; 4],
    data: &[u8],
) -> Vec<u8> {
    let protocol = if source.is_ipv4() { PROTOCOL } else { PROTOCOL_V6 };
    let mut message = vec![kind, code, 0, 0];
    message.extend(word);
    message.extend(data);
    // Only the checksum of version 6 is also over the addresses (RFC 4443 §2.3).
    let mut sum = match version_of(source) {
        Version::V4 => Sum::default(),
        Version::V6 => pseudo_header(source, destination, protocol, message.len()),
    };
    sum.add(&message);
    message[2..4].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut packet = Vec::with_capacity(ip::header_length(source) + message.len());
    ip::write_header(source, destination, protocol, message.len(), &mut packet);
    packet.extend(message);
    packet
}

fn version_of(address: IpAddr) -> Version {
    if address.is_ipv4() { Version::V4 } else { Version::V6 }
}
