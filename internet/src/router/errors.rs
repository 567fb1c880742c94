//! The ICMP errors of a router: which there are, and when none may be sent (RFC 1812 §4.3, RFC 4443 §2.4).

use std::net::IpAddr;

use barewire_packet::icmp::{self, ErrorKind, Version, error_packet};
use barewire_packet::transit::Transit;

use super::valid::is_one_host;

/// What a router tells a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcmpError {
    /// The packet may pass no further router.
    TimeExceeded,
    /// No route leads there.
    NoRoute,
    /// The network is at hand, the host is not.
    NoHost,
    /// Nobody listens on this port.
    NoPort,
    /// The host does not speak this protocol.
    NoProtocol,
    /// A rule forbids it.
    Prohibited,
    /// The next wire carries packets up to this size only, and this one must not be cut.
    TooBig(usize),
}

impl IcmpError {
    /// Type, code and word of the message: RFC 792, RFC 1812 §5.2.7.1, RFC 1191 §4, RFC 4443 §3.
    fn kind(self, packet: &Transit) -> ErrorKind {
        let (v4, v6) = match self {
            IcmpError::TimeExceeded => ((11, 0), (3, 0)),
            IcmpError::NoRoute => ((3, 0), (1, 0)),
            IcmpError::NoHost => ((3, 1), (1, 3)),
            IcmpError::NoProtocol => ((3, 2), (4, 1)),
            IcmpError::NoPort => ((3, 3), (1, 4)),
            IcmpError::TooBig(_) => ((3, 4), (2, 0)),
            IcmpError::Prohibited => ((3, 13), (1, 1)),
        };
        let word = match (self, packet.version()) {
            // In IPv4 the MTU has 16 bits.
            (IcmpError::TooBig(mtu), Version::V4) => mtu.min(0xffff) as u32,
            (IcmpError::TooBig(mtu), Version::V6) => u32::try_from(mtu).unwrap_or(u32::MAX),
            (IcmpError::NoProtocol, Version::V6) => names_protocol_at(packet),
            _ => 0,
        };
        let (kind, code) = if packet.version() == Version::V4 { v4 } else { v6 };
        ErrorKind { kind, code, word }
    }

    /// The packet that tells the sender of `packet` of this error, from `source`. `None`: it must not be told.
    pub fn about(self, packet: &Transit, source: IpAddr) -> Option<Vec<u8>> {
        let kind = self.kind(packet);
        self.may_answer(packet).then(|| error_packet(source, packet.source(), kind, packet.bytes()))
    }

    /// Whether this packet may be answered with this error at all.
    ///
    /// RFC 1812 §4.3.2.7: never an error about an ICMP error, about a packet to or from no single host, or about a
    /// fragment that is not the first. RFC 4443 §2.4 e has the same list without fragments, and "too big" is also told
    /// of multicast. What cannot be told from an error, because its type is in another fragment, counts as one.
    fn may_answer(self, packet: &Transit) -> bool {
        let is_v6 = packet.version() == Version::V6;
        let starts = packet.starts() || is_v6 && packet.protocol() != icmp::PROTOCOL_V6;
        let too_big_v6 = matches!(self, IcmpError::TooBig(_)) && is_v6;
        starts
            && !packet.is_icmp_error()
            && is_one_host(packet.source())
            && (is_one_host(packet.destination()) || too_big_v6)
    }
}

/// Where an IPv6 packet names its protocol: the "next header" of its last header (RFC 4443 §3.4).
fn names_protocol_at(packet: &Transit) -> u32 {
    let headers = &packet.bytes()[..packet.bytes().len() - packet.payload().len()];
    let (mut names, mut at) = (6, 40);
    while at < headers.len() {
        let length = match headers[names] {
            // The fragment header has a fixed length, the authentication header counts in 4 bytes (RFC 8200 §4).
            44 => 8,
            51 => 4 * (usize::from(headers[at + 1]) + 2),
            _ => 8 * (usize::from(headers[at + 1]) + 1),
        };
        (names, at) = (at, at + length);
    }
    names as u32
}
