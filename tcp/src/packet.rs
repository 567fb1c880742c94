//! An IP packet and what it carries, read in one go.
//!
//! This is what a host reads of an incoming packet, and what [`dissect`] draws. The checksum is judged here
//! and carried as a [`Verdict`]: whether to accept a packet is for the host to decide, and a view shows them all.
//!
//! Tested in `tests/headers.rs` and, against the kernel's packets, in `tests/captures.rs`.

use barewire_dissect::{Parsed, Refused, Tree, computed, field, finish, record};
use barewire_packet::checksum::Verdict;
use barewire_packet::ip::{self, IpPacket};
use barewire_packet::udp::{self, Datagram};
use nom::Parser;
use nom::bytes::complete::take;

use crate::error::{Reason, lower};
use crate::segment::{self, Segment};

/// An IP packet and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The IP packet.
    pub ip: IpPacket<'a>,
    /// What its payload is.
    pub payload: Payload<'a>,
    /// Whether the TCP or UDP checksum is right.
    pub verdict: Verdict,
}

/// What an IP packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Datagram<'a>),
    /// Something else, unread.
    Other(&'a [u8]),
}

impl<'a> Packet<'a> {
    /// Reads a packet and what it carries.
    ///
    /// # Errors
    /// [`Refused`]; a wrong checksum is not one, see [`Packet::verdict`].
    pub fn parse(bytes: &'a [u8]) -> Result<Packet<'a>, Refused<Reason>> {
        finish("packet", bytes, packet(bytes)).map(|(packet, _)| packet)
    }
}

/// Reads an IP packet with everything in it and names every byte.
///
/// The leaves of the tree cover each byte once; with a packet that is refused, it holds the fields read before that.
pub fn dissect(bytes: &[u8]) -> (Result<Packet<'_>, Refused<Reason>>, Tree) {
    record(bytes, || Packet::parse(bytes))
}

/// Reads a packet and what it carries, naming the fields.
pub(crate) fn packet(input: &[u8]) -> Parsed<'_, Packet<'_>, Reason> {
    let (rest, ip) = ip::ip_packet(input).map_err(lower)?;
    let (source, destination) = (ip.header.source(), ip.header.destination());
    let (payload, verdict) = match ip.header.protocol() {
        segment::PROTOCOL => {
            let (_, segment) = segment::segment(ip.payload)?;
            let verdict = segment.verify(source, destination, ip.payload);
            computed("TCP checksum", "", || verdict.label());
            (Payload::Tcp(segment), verdict)
        }
        udp::PROTOCOL => {
            let (_, datagram) = udp::datagram(ip.payload).map_err(lower)?;
            let verdict = datagram.verify(source, destination, ip.payload);
            computed("UDP checksum", "", || verdict.label());
            (Payload::Udp(datagram), verdict)
        }
        _ => {
            if !ip.payload.is_empty() {
                field("payload", "unread", take(ip.payload.len())).parse(ip.payload)?;
            }
            (Payload::Other(ip.payload), Verdict::Absent)
        }
    };
    if !ip.trailer.is_empty() {
        field("trailer", "after the packet: padding of a short frame", take(ip.trailer.len()))
            .parse(ip.trailer)?;
    }
    Ok((rest, Packet { ip, payload, verdict }))
}
