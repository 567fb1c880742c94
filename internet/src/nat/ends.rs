//! The two ends of what a packet belongs to, as the NAT sees them: ours, and the peer's.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use barewire_packet::transit::{Flow, TCP, Transit};
use barewire_packet::{icmp, udp};

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

/// A protocol, the socket on the NAT's side (inside, or its external one), and the peer's. The peer's port is 0 in
/// ICMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Ends {
    pub(super) protocol: Protocol,
    pub(super) ours: SocketAddrV4,
    pub(super) peer: SocketAddrV4,
}

impl Ends {
    /// Of a packet on its way out: ours is the source.
    pub(super) fn outward(packet: &Transit) -> Option<Ends> {
        Ends::of(packet.flow()?)
    }

    /// Of a packet on its way in: ours is the destination.
    pub(super) fn inward(packet: &Transit) -> Option<Ends> {
        Ends::of(packet.flow()?.reversed())
    }

    /// Of a flow whose source is ours.
    pub(super) fn of(flow: Flow) -> Option<Ends> {
        let (SocketAddr::V4(ours), SocketAddr::V4(mut peer)) = (flow.source, flow.destination) else {
            return None;
        };
        let protocol = match flow.protocol {
            TCP => Protocol::Tcp,
            udp::PROTOCOL => Protocol::Udp,
            icmp::PROTOCOL => Protocol::Icmp,
            _ => return None,
        };
        if protocol == Protocol::Icmp {
            peer.set_port(0);
        }
        Some(Ends { protocol, ours, peer })
    }
}

/// Whether it is a question of ICMP, not an answer: only a question makes a mapping, only an answer comes back by one.
pub(super) fn is_icmp_question(packet: &Transit) -> bool {
    packet.protocol() == icmp::PROTOCOL && matches!(packet.payload().first(), Some(8 | 13 | 15 | 17))
}

/// An IPv4 address, if it is one.
pub(super) fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}
