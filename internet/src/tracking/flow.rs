//! Which conversation a packet belongs to, and which way it goes there.

use std::net::SocketAddr;

use barewire_dissect::Direction;
use barewire_packet::icmp;
use barewire_packet::transit::{Flow, TCP, Transit};
use barewire_packet::udp;

/// The flow that a packet belongs to. An ICMP error belongs to the conversation that it is about, and goes there
/// against the packet that it quotes (RFC 5508 §4). `None`: neither has ports, or an identifier.
pub(crate) fn flow(packet: &Transit) -> Option<Flow> {
    match packet.is_icmp_error() {
        true => packet.quoted_flow().map(Flow::reversed),
        false => packet.flow(),
    }
}

/// Which way an ICMP query goes. Both of its ends have the same identifier, so the type tells.
pub(crate) fn query_direction(packet: &Transit) -> Direction {
    match packet.payload().first() {
        Some(0 | 14 | 16 | 18 | 129) => Direction::ToClient,
        _ => Direction::ToServer,
    }
}

pub(super) fn is_icmp(packet: &Transit) -> bool {
    matches!(packet.protocol(), icmp::PROTOCOL | icmp::PROTOCOL_V6)
}

/// The flow by which a connection is found: a reply to an ICMP query belongs to the flow of its request, and protocols
/// without ports have one flow between two hosts.
pub(super) fn of_connection(packet: &Transit) -> Option<Flow> {
    if is_icmp(packet) && query_direction(packet) == Direction::ToClient {
        return packet.flow().map(Flow::reversed);
    }
    let has_ports = is_icmp(packet) || matches!(packet.protocol(), TCP | udp::PROTOCOL);
    packet.flow().or_else(|| {
        let end = |address| SocketAddr::new(address, 0);
        let (source, destination) = (end(packet.source()), end(packet.destination()));
        (!has_ports).then_some(Flow { protocol: packet.protocol(), source, destination })
    })
}

/// What both directions of a flow have in common. The flow of an ICMP query is that of its request already.
pub(super) fn key(flow: Flow) -> Flow {
    match flow.protocol {
        icmp::PROTOCOL | icmp::PROTOCOL_V6 => flow,
        _ => flow.min(flow.reversed()),
    }
}
