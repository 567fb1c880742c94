//! A packet at a capture point, and what of it stays the same from host to host.
//!
//! Routers count down its hops and mend checksums; a NAT changes addresses and ports, and in an ICMP error those of the
//! packet that it quotes; some boxes change options of TCP. The rest is what its sender wrote:
//!
//! | protocol | what stays |
//! |---|---|
//! | TCP | sequence and acknowledgment number, flags, payload |
//! | UDP | payload |
//! | ICMP question | type, code, sequence number, data |
//! | ICMP error | type, code, the protocol that it quotes, and of quoted TCP the sequence number |
//! | fragment, others | payload; of a fragment also its place |

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::time::Duration;

use barewire_packet::capture::{Frame, Interface};
use barewire_packet::frame::{Network, open};
use barewire_packet::icmp;
use barewire_packet::ip::{IpHeader, IpPacket};
use barewire_packet::link::Way;
use barewire_packet::udp;

/// A packet at a capture point, or where it was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) frame: u64,
    pub(super) time: Duration,
    pub(super) at: At,
    /// Equal for sightings of one packet. Other packets mostly differ; a retransmission does not.
    pub(super) identity: u64,
    /// A hash of what mostly tells repetitions apart: the identification of IPv4, window and options of TCP. Among the
    /// options is a clock, where both ends have one (RFC 7323 §3).
    pub(super) occasion: u64,
    /// How many routers it may still pass.
    pub(super) hops: u8,
    /// A hash of all bytes: equal at both ends of a wire.
    pub(super) copy: u64,
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
}

/// Where a packet was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// At this capture point.
    Point(usize, Way),
    /// It ended on this wire, or at this host, for this reason.
    Lost { place: String, note: String },
}

impl Sighting {
    /// Of a frame that holds an IP packet.
    pub(super) fn of(interface: &Interface, frame: &Frame, time: Duration, at: At) -> Option<Sighting> {
        let opened = open(interface.link_type, &frame.bytes, frame.original_len);
        let Network::Ip(bytes) = opened.network else { return None };
        let packet = IpPacket::parse_captured(bytes, opened.missing).ok()?;
        let (number, hops) = match &packet.header {
            IpHeader::V4(header) => (header.identification, header.time_to_live),
            IpHeader::V6(header) => (0, header.hop_limit),
        };
        Some(Sighting {
            frame: frame.number,
            time,
            at,
            identity: identity(&packet),
            occasion: hash((number, options(&packet))),
            hops,
            copy: hash(bytes),
            source: packet.header.source(),
            destination: packet.header.final_destination(),
        })
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Window and options of a TCP segment.
fn options<'a>(packet: &IpPacket<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let is_tcp = packet.header.protocol() == barewire_tcp::segment::PROTOCOL && packet.fragment.is_none();
    let segment = Some(packet.payload).filter(|_| is_tcp)?;
    let header = 4 * usize::from(segment.get(12)? >> 4);
    Some((segment.get(14..16)?, segment.get(20..header)?))
}

/// A hash of what no box on the way changes. Bytes that are not there count as none.
fn identity(packet: &IpPacket<'_>) -> u64 {
    let (protocol, payload) = (packet.header.protocol(), packet.payload);
    let from = |at: usize| payload.get(at..).unwrap_or_default();
    let part = |range: std::ops::Range<usize>| payload.get(range).unwrap_or_default();
    let length = payload.len() + packet.missing;
    if let Some(fragment) = &packet.fragment {
        return hash((protocol, length, fragment.offset, fragment.more, payload));
    }
    match protocol {
        barewire_tcp::segment::PROTOCOL => {
            let header = payload.get(12).map_or(20, |bits| 4 * usize::from(bits >> 4));
            // The offset of the data is left out with the options; the reserved bits and flags stand in one byte.
            hash((protocol, part(4..12), part(13..14), length.saturating_sub(header), from(header)))
        }
        udp::PROTOCOL => hash((protocol, length, from(8))),
        icmp::PROTOCOL => {
            hash((protocol, part(0..2), of_icmp(from(4), matches!(payload.first(), Some(3..=5 | 11 | 12)))))
        }
        icmp::PROTOCOL_V6 => {
            hash((protocol, part(0..2), of_icmp(from(4), payload.first().is_some_and(|kind| *kind < 128))))
        }
        _ => hash((protocol, length, payload)),
    }
}

/// What stays of an ICMP message after its checksum.
fn of_icmp(rest: &[u8], is_error: bool) -> u64 {
    // The identifier of a question is to a NAT what a port is.
    let Some(quoted) = rest.get(4..).filter(|_| is_error) else { return hash(rest.get(2..)) };
    let Ok(packet) = IpPacket::parse_captured(quoted, usize::from(u16::MAX)) else {
        return hash(quoted.len());
    };
    let protocol = packet.header.protocol();
    let is_tcp = protocol == barewire_tcp::segment::PROTOCOL;
    hash((protocol, packet.payload.get(4..8).filter(|_| is_tcp)))
}
