//! A packet in transit: the few fields that a router, a NAT or a firewall reads and changes, at their fixed places.
//!
//! A host parses a packet, field by field and with names. A box in the middle handles every packet of many
//! conversations, so it looks only at what it needs, and it changes bytes where they stand. Each change mends the
//! checksums by the difference (RFC 1624 §3), so that an error that was there before stays visible.
//!
//! ```text
//!   IPv4: TTL at 8, protocol at 9, checksum at 10, addresses at 12 and 16, ports from 20 on
//!   IPv6: next header at 6, hop limit at 7, addresses at 8 and 24, ports from 40 on
//!         (after IPv4's options and IPv6's extension headers, where there are some)
//! ```
//!
//! An ICMP error quotes another packet; a NAT reads and changes that one, too (RFC 5508 §4).
//!
//! Left out: ports in fragments after the first. Tested in `tests/transit.rs`.

mod quoted;
mod reset;
mod rewrite;
mod tcp_flags;

use std::net::{IpAddr, SocketAddr};

use barewire_dissect::Refused;

use crate::checksum::{Verdict, checksum};
use crate::icmp::{self, Version};
use crate::ip::{Fragment, IpHeader, IpPacket};
use crate::reason::Reason;
use crate::udp;

pub use reset::reset;
pub use tcp_flags::TcpFlags;

/// The protocol number of TCP.
pub const TCP: u8 = 6;

/// A whole IP packet on its way, and where its fields are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transit {
    bytes: Vec<u8>,
    version: Version,
    protocol: u8,
    source: IpAddr,
    destination: IpAddr,
    /// Where the payload of the IP packet starts.
    payload_at: usize,
    /// Whether the payload starts here: this is not a later fragment.
    starts: bool,
    fragment: Option<Fragment>,
}

/// The two ends of what a packet belongs to, and its protocol. An ICMP query has its identifier for a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flow {
    /// 6 is TCP, 17 UDP, 1 and 58 ICMP.
    pub protocol: u8,
    /// Who sent it.
    pub source: SocketAddr,
    /// Who is to get it.
    pub destination: SocketAddr,
}

impl Flow {
    /// The same flow, as its replies go.
    pub fn reversed(self) -> Flow {
        Flow { source: self.destination, destination: self.source, ..self }
    }
}

impl Transit {
    /// Finds the fields of a packet.
    ///
    /// # Errors
    /// [`Refused`]: it is not a whole IP packet, or the checksum of its IPv4 header is wrong (RFC 1812 §5.2.2).
    pub fn parse(bytes: Vec<u8>) -> Result<Transit, Refused<Reason>> {
        let packet = IpPacket::parse(&bytes)?;
        if let IpHeader::V4(_) = packet.header {
            let header = &bytes[..bytes.len() - packet.payload.len() - packet.trailer.len()];
            if checksum(header) != 0 {
                let found = u16::from_be_bytes([header[10], header[11]]);
                let wanted = checksum(&[&header[..10], &[0, 0], &header[12..]].concat());
                let reason = Reason::HeaderChecksum { found, wanted };
                return Err(Refused { what: "IP packet", offset: 10, reason });
            }
        }
        let (source, destination) = (packet.header.source(), packet.header.destination());
        let protocol = packet.header.protocol();
        // One piece that is also the last is a whole packet (RFC 6946).
        let fragment = packet.fragment.filter(|fragment| fragment.more || fragment.offset > 0);
        let starts = fragment.is_none_or(|fragment| fragment.offset == 0);
        let version = if source.is_ipv4() { Version::V4 } else { Version::V6 };
        let end = bytes.len() - packet.trailer.len();
        let payload_at = end - packet.payload.len();
        let mut bytes = bytes;
        // Padding of a link that the packet leaves now.
        bytes.truncate(end);
        Ok(Transit { bytes, version, protocol, source, destination, payload_at, starts, fragment })
    }

    /// The packet's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The packet's bytes, to be sent on.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Which IP it is.
    pub fn version(&self) -> Version {
        self.version
    }

    /// What it carries, as an IP protocol number.
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// The sender's address.
    pub fn source(&self) -> IpAddr {
        self.source
    }

    /// The receiver's address.
    pub fn destination(&self) -> IpAddr {
        self.destination
    }

    /// The payload of the IP packet.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[self.payload_at..]
    }

    /// Whether the payload starts in this packet. It does not in a fragment after the first.
    pub fn starts(&self) -> bool {
        self.starts
    }

    /// Whether it is a piece of a larger packet.
    pub fn is_fragment(&self) -> bool {
        self.fragment.is_some()
    }

    /// Which piece of a larger packet this is. `None`: it is whole.
    pub fn fragment(&self) -> Option<Fragment> {
        self.fragment
    }

    /// How many routers the packet may still pass (time to live, hop limit).
    pub fn hops_left(&self) -> u8 {
        self.bytes[if self.version == Version::V4 { 8 } else { 7 }]
    }

    /// Whether the packet must not be cut. An IPv6 router never cuts one (RFC 8200 §4.5).
    pub fn must_stay_whole(&self) -> bool {
        self.version == Version::V6 || self.bytes[6] & 0x40 != 0
    }

    /// The two ends, where the packet has ports or an ICMP query's identifier.
    pub fn flow(&self) -> Option<Flow> {
        let (source, destination) = match self.protocol {
            TCP | udp::PROTOCOL => (self.word(0)?, self.word(2)?),
            icmp::PROTOCOL | icmp::PROTOCOL_V6 if self.is_icmp_query() => (self.word(4)?, self.word(4)?),
            _ => return None,
        };
        Some(Flow {
            protocol: self.protocol,
            source: SocketAddr::new(self.source, source),
            destination: SocketAddr::new(self.destination, destination),
        })
    }

    /// The flags of a TCP segment.
    pub fn tcp_flags(&self) -> Option<TcpFlags> {
        let is_tcp = self.starts && self.protocol == TCP;
        is_tcp.then(|| self.payload().get(13)).flatten().map(|bits| TcpFlags(*bits))
    }

    /// Judges the checksum of the TCP, UDP or ICMP in a packet that is whole.
    pub fn verdict(&self) -> Verdict {
        let (source, destination) = (self.source, self.destination);
        let at = match self.protocol {
            TCP => 16,
            udp::PROTOCOL => 6,
            icmp::PROTOCOL | icmp::PROTOCOL_V6 => 2,
            _ => return Verdict::Absent,
        };
        let Some(found) = self.word(at) else { return Verdict::Absent };
        if found == 0 && self.protocol == udp::PROTOCOL && self.version == Version::V4 {
            return Verdict::Absent;
        }
        let sum = match self.protocol {
            icmp::PROTOCOL => crate::checksum::Sum::default(),
            _ => crate::checksum::pseudo_header(source, destination, self.protocol, self.payload().len()),
        };
        crate::checksum::verify(sum, self.payload(), found)
    }

    /// Whether it is an ICMP message that must not be answered with an ICMP error (RFC 1122 §3.2.2, RFC 4443 §2.4 e).
    pub fn is_icmp_error(&self) -> bool {
        let kind = self.starts.then(|| self.payload().first().copied()).flatten();
        match (self.protocol, kind) {
            (icmp::PROTOCOL, Some(kind)) => matches!(kind, 3 | 4 | 5 | 11 | 12),
            (icmp::PROTOCOL_V6, Some(kind)) => kind < 128 || kind == 137,
            _ => false,
        }
    }

    /// Whether it is a question of ICMP or its answer: echo, and in version 4 also time and address mask.
    pub fn is_icmp_query(&self) -> bool {
        let kind = self.starts.then(|| self.payload().first().copied()).flatten();
        match (self.protocol, kind) {
            (icmp::PROTOCOL, Some(kind)) => matches!(kind, 0 | 8 | 13..=18),
            (icmp::PROTOCOL_V6, Some(kind)) => matches!(kind, 128 | 129),
            _ => false,
        }
    }

    /// Two bytes of the payload, as a number.
    fn word(&self, at: usize) -> Option<u16> {
        let bytes = self.starts.then(|| self.payload().get(at..at + 2)).flatten()?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }
}
