//! The two ends of what a packet belongs to, as the NAT sees them: ours, and the peer's.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use barewire_dissect::Direction;
use barewire_packet::transit::{Flow, TCP, Transit};
use barewire_packet::{icmp, udp};

use crate::tracking;

/// What is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// Queries of ICMP; the identifier takes the place of the port (RFC 5508 §3).
    Icmp,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Protocol::Icmp => "ICMP",
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
        })
    }
}

/// Each protocol, and its number in an IP packet.
const NUMBERS: [(Protocol, u8); 3] =
    [(Protocol::Icmp, icmp::PROTOCOL), (Protocol::Tcp, TCP), (Protocol::Udp, udp::PROTOCOL)];

impl Protocol {
    /// Its number in an IP packet.
    pub(super) fn number(self) -> u8 {
        NUMBERS[self as usize].1
    }
}

/// A protocol, the socket on the NAT's side (inside, or its external one), and the peer's. The peer's port is 0 in
/// ICMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Ends {
    pub(super) protocol: Protocol,
    pub(super) ours: SocketAddrV4,
    pub(super) peer: SocketAddrV4,
}

impl Ends {
    /// Of a packet on its way out, or an ICMP error: our side sends it.
    pub(super) fn outward(packet: &Transit) -> Option<Ends> {
        Ends::of(tracking::flow(packet)?)
    }

    /// Of a packet on its way in, or an ICMP error: our side is to get it.
    pub(super) fn inward(packet: &Transit) -> Option<Ends> {
        Ends::of(tracking::flow(packet)?.reversed())
    }

    /// Of a flow whose source is ours.
    fn of(flow: Flow) -> Option<Ends> {
        let (SocketAddr::V4(ours), SocketAddr::V4(mut peer)) = (flow.source, flow.destination) else {
            return None;
        };
        let protocol = NUMBERS.iter().find(|(_, number)| *number == flow.protocol)?.0;
        if protocol == Protocol::Icmp {
            peer.set_port(0);
        }
        Some(Ends { protocol, ours, peer })
    }
}

/// Whether it is a question of ICMP, not an answer: only a question makes a mapping, only an answer comes back by one.
pub(super) fn is_icmp_question(packet: &Transit) -> bool {
    let is_query = packet.protocol() == icmp::PROTOCOL && packet.is_icmp_query();
    is_query && tracking::query_direction(packet) == Direction::ToServer
}

/// An IPv4 address, if it is one.
pub(super) fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}
