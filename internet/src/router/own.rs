//! Packets for the router itself: it answers an echo request, and says that nobody listens.

use std::net::IpAddr;

use barewire_packet::icmp::{self, Icmp, Message, echo_packet};
use barewire_packet::transit::{self, Transit};
use barewire_packet::udp;

use super::{Answer, IcmpError};

/// What the router answers to a packet for itself.
pub(super) enum Reply {
    /// This packet.
    Packet(Vec<u8>),
    /// What is said of a packet that ends.
    Ends(Answer),
    /// Nothing: it was an answer, or an error.
    Nothing,
}

/// Answers a packet for the router itself.
pub(super) fn answer(packet: &Transit) -> Reply {
    match packet.protocol() {
        icmp::PROTOCOL | icmp::PROTOCOL_V6 => echo_reply(packet).map_or(Reply::Nothing, Reply::Packet),
        transit::TCP => Reply::Ends(Answer::Reset),
        udp::PROTOCOL => Reply::Ends(Answer::Icmp(IcmpError::NoPort)),
        _ => Reply::Ends(Answer::Icmp(IcmpError::NoProtocol)),
    }
}

/// The reply to an echo request: the same numbers and the same data (RFC 1812 §4.3.3.6, RFC 4443 §4.2).
pub fn echo_reply(packet: &Transit) -> Option<Vec<u8>> {
    let (source, destination): (IpAddr, IpAddr) = (packet.destination(), packet.source());
    let icmp = Icmp::parse(packet.version(), packet.payload()).ok()?;
    let request = if source.is_ipv4() { 8 } else { 128 };
    match icmp.message {
        Message::Echo { identifier, sequence } if icmp.kind == request => {
            let data = packet.payload().get(8..).unwrap_or_default();
            Some(echo_packet(source, destination, true, (identifier, sequence), data))
        }
        _ => None,
    }
}
