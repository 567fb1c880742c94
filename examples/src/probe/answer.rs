//! What came in, as far as a prober needs it: an echo reply, a TCP segment, a UDP datagram, or an ICMP error with the
//! packet that it quotes.
//!
//! ```text
//!   IP header · type, code, checksum, 4 bytes · quoted IP header · at least 8 bytes · extensions
//!   who says it   what                MTU?      whose packet       which packet       RFC 4884
//! ```
//!
//! An error is believed only as far as it quotes: RFC 792 promises 8 bytes after the quoted IP header, and a router may
//! send fewer all the same. Tested in `tests/probe`.

use std::fmt;
use std::net::IpAddr;

use barewire_packet::checksum::Verdict;
use barewire_packet::icmp::{self, Icmp, Message, Version};
use barewire_packet::ip::{IpHeader, IpPacket, header_verdict};
use barewire_packet::udp::{self, Datagram};
use barewire_tcp::{Flags, Segment, segment};

use super::extensions::{Extension, extensions};

/// An IP packet that came in, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Who sent it.
    pub from: IpAddr,
    /// Where it was sent to.
    pub to: IpAddr,
    /// The time to live, or the hop limit, that was left.
    pub hops_left: u8,
    /// The length of what the IP packet carries, in bytes.
    pub length: usize,
    /// What it says.
    pub said: Said<'a>,
}

/// What a packet says to a prober.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<'a> {
    /// An echo reply.
    EchoReply {
        /// Whose question it answers.
        identifier: u16,
        /// Which one.
        sequence: u16,
        /// The data of the question.
        data: &'a [u8],
    },
    /// A TCP segment.
    Segment {
        /// The port that it comes from, and the one that it goes to.
        ports: (u16, u16),
        /// Its sequence number.
        seq: u32,
        /// The next sequence number that its sender expects.
        ack: u32,
        /// Its control bits.
        flags: Flags,
    },
    /// A UDP datagram.
    Datagram {
        /// The port that it comes from, and the one that it goes to.
        ports: (u16, u16),
    },
    /// A packet was not delivered.
    Error(Report<'a>),
}

/// An ICMP error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<'a> {
    /// Its type and code.
    pub kind: Kind,
    /// The largest packet that would have passed, where the error says it.
    pub mtu: Option<u32>,
    /// The packet that it is about.
    pub quote: Quote<'a>,
    /// What RFC 4884 lets a router add.
    pub extensions: Vec<Extension>,
}

/// The type and code of an ICMP error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Which of the two protocols.
    pub version: Version,
    /// The type.
    pub kind: u8,
    /// The code.
    pub code: u8,
}

/// A packet that an ICMP error quotes, as far as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote<'a> {
    /// Who sent the packet.
    pub source: IpAddr,
    /// Where it should have gone.
    pub destination: IpAddr,
    /// What it carried.
    pub protocol: u8,
    /// How many hops it had left when it was received.
    pub hops_left: u8,
    /// Its length, as its header says it.
    pub length: usize,
    /// The start of what it carried: at least 8 bytes by the rule, and fewer from some routers.
    pub start: &'a [u8],
}

impl Quote<'_> {
    /// Two bytes of the payload, as a number.
    pub fn word(&self, at: usize) -> Option<u16> {
        let bytes = self.start.get(at..at + 2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// Four bytes of the payload, as a number.
    pub fn long(&self, at: usize) -> Option<u32> {
        Some(u32::from(self.word(at)?) << 16 | u32::from(self.word(at + 2)?))
    }

    /// Source and destination port of TCP and UDP.
    pub fn ports(&self) -> Option<(u16, u16)> {
        Some((self.word(0)?, self.word(2)?))
    }
}

/// Why a packet is not an answer to anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is not a whole IP packet, or what it carries cannot be read.
    Malformed,
    /// A checksum is wrong.
    Checksum,
    /// It carries something that no prober asks for.
    Other,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unread::Malformed => "cannot be read",
            Unread::Checksum => "has a wrong checksum",
            Unread::Other => "is something else",
        })
    }
}

impl<'a> Answer<'a> {
    /// Reads a packet.
    ///
    /// # Errors
    /// [`Unread`]: it cannot be an answer.
    pub fn parse(bytes: &'a [u8]) -> Result<Answer<'a>, Unread> {
        let packet = IpPacket::parse(bytes).map_err(|_| Unread::Malformed)?;
        if packet.fragment.is_some_and(|fragment| fragment.more || fragment.offset > 0) {
            return Err(Unread::Other);
        }
        let hops_left = match &packet.header {
            IpHeader::V4(header) => {
                right(header_verdict(header))?;
                header.time_to_live
            }
            IpHeader::V6(header) => header.hop_limit,
        };
        let (from, to) = (packet.header.source(), packet.header.final_destination());
        let said = said(from, to, packet.header.protocol(), packet.payload)?;
        Ok(Answer { from, to, hops_left, length: packet.payload.len(), said })
    }
}

fn said(from: IpAddr, to: IpAddr, protocol: u8, payload: &[u8]) -> Result<Said<'_>, Unread> {
    match protocol {
        segment::PROTOCOL => {
            let segment = Segment::parse(payload).map_err(|_| Unread::Malformed)?;
            right(segment.verify(from, to, payload))?;
            let ports = (segment.source_port, segment.destination_port);
            Ok(Said::Segment { ports, seq: segment.seq.0, ack: segment.ack.0, flags: segment.flags })
        }
        udp::PROTOCOL => {
            let datagram = Datagram::parse(payload).map_err(|_| Unread::Malformed)?;
            right(datagram.verify(from, to, payload))?;
            Ok(Said::Datagram { ports: (datagram.source_port, datagram.destination_port) })
        }
        protocol => match Version::of_protocol(protocol) {
            Some(version) if (version == Version::V4) == from.is_ipv4() => {
                icmp_said(from, to, version, payload)
            }
            _ => Err(Unread::Other),
        },
    }
}

fn icmp_said(from: IpAddr, to: IpAddr, version: Version, bytes: &[u8]) -> Result<Said<'_>, Unread> {
    let icmp = Icmp::parse(version, bytes).map_err(|_| Unread::Malformed)?;
    right(icmp.verify(from, to, bytes))?;
    match (icmp.message, icmp.kind) {
        (Message::Echo { identifier, sequence }, 0 | 129) => {
            Ok(Said::EchoReply { identifier, sequence, data: bytes.get(8..).unwrap_or_default() })
        }
        (Message::Error { mtu, .. }, kind) => {
            let (quoted, extensions) = extensions(version, kind, bytes);
            let quote = quote(quoted).ok_or(Unread::Malformed)?;
            let kind = Kind { version, kind, code: icmp.code };
            Ok(Said::Error(Report { kind, mtu, quote, extensions }))
        }
        _ => Err(Unread::Other),
    }
}

/// The packet that an error quotes. `None`: not even its IP header is there, or it is a later fragment, which does not
/// say whose it is.
fn quote(bytes: &[u8]) -> Option<Quote<'_>> {
    let packet = IpPacket::parse_captured(bytes, 0).ok()?;
    if packet.fragment.is_some_and(|fragment| fragment.offset > 0) {
        return None;
    }
    let (hops_left, length) = match &packet.header {
        IpHeader::V4(header) => (header.time_to_live, header.total_length.into()),
        IpHeader::V6(header) => (header.hop_limit, 40 + usize::from(header.payload_length)),
    };
    Some(Quote {
        source: packet.header.source(),
        destination: packet.header.destination(),
        protocol: packet.header.protocol(),
        hops_left,
        length,
        start: packet.payload,
    })
}

/// A checksum that is only the pseudo-header's comes from the same machine, and is taken.
fn right(verdict: Verdict) -> Result<(), Unread> {
    match verdict {
        Verdict::Wrong { .. } => Err(Unread::Checksum),
        _ => Ok(()),
    }
}

/// The protocol number of ICMP for packets between such addresses.
pub fn icmp_protocol(address: IpAddr) -> u8 {
    if address.is_ipv4() { icmp::PROTOCOL } else { icmp::PROTOCOL_V6 }
}
