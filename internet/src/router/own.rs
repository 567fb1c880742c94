//! Packets for the router itself: it answers an echo request, and says that nobody listens.

use barewire_packet::checksum::{Verdict, checksum};
use barewire_packet::icmp::{self, Icmp, Message, Version, echo_packet};
use barewire_packet::transit::{self, Transit};
use barewire_packet::udp;

use super::ended::Ended;
use super::{Answer, IcmpError};

/// IPv6: after this header nothing follows, and nothing is to be done (RFC 8200 §4.7).
const NO_NEXT_HEADER: u8 = 59;

/// What the router answers to a packet for itself.
pub(super) enum Reply {
    /// This packet.
    Packet(Vec<u8>),
    /// The packet ends, and its sender is told so, or not.
    Ends(Option<Answer>, Ended),
    /// Nothing: it was an answer, or an error.
    Nothing,
}

/// Answers a packet for the router itself.
pub(super) fn answer(packet: &Transit) -> Reply {
    if packet.is_fragment() {
        return Reply::Ends(None, Ended::Piece);
    }
    if let wrong @ Verdict::Wrong { .. } = packet.verdict() {
        return Reply::Ends(None, Ended::Checksum(wrong));
    }
    let ends = |answer, error| Reply::Ends(Some(answer), Ended::Error(error));
    match (packet.version(), packet.protocol()) {
        (Version::V4, icmp::PROTOCOL) | (Version::V6, icmp::PROTOCOL_V6) => {
            echo_reply(packet).map_or(Reply::Nothing, Reply::Packet)
        }
        (_, transit::TCP) => ends(Answer::Reset, IcmpError::NoPort),
        (_, udp::PROTOCOL) => ends(Answer::Icmp(IcmpError::NoPort), IcmpError::NoPort),
        (Version::V6, NO_NEXT_HEADER) => Reply::Nothing,
        _ => ends(Answer::Icmp(IcmpError::NoProtocol), IcmpError::NoProtocol),
    }
}

/// The reply to an echo request: the same numbers, the same data, and in IPv4 the same type of service (RFC 1812
/// §4.3.3.6, §4.3.2.5, RFC 4443 §4.2). `None`: the packet is something else, or its checksum is wrong.
pub fn echo_reply(packet: &Transit) -> Option<Vec<u8>> {
    let (source, destination) = (packet.destination(), packet.source());
    if let Verdict::Wrong { .. } = packet.verdict() {
        return None;
    }
    let icmp = Icmp::parse(packet.version(), packet.payload()).ok()?;
    let request = if source.is_ipv4() { 8 } else { 128 };
    let Message::Echo { identifier, sequence } = icmp.message else { return None };
    if icmp.kind != request {
        return None;
    }
    let data = packet.payload().get(8..).unwrap_or_default();
    let mut reply = echo_packet(source, destination, true, (identifier, sequence), data);
    if source.is_ipv4() {
        reply[1] = packet.bytes()[1];
        reply[10..12].fill(0);
        let sum = checksum(&reply[..20]);
        reply[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    Some(reply)
}
