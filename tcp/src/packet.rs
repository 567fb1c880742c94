//! A whole packet: the IP header and what it carries, read in one go.
//!
//! This is what a host reads of an incoming packet, and what [`crate::ip::dissect`] draws. The checksum is judged here
//! and carried as a [`Verdict`]: whether to accept a packet is for the host to decide, and a view shows them all.

use barewire_dissect::{Parsed, computed, field};
use nom::Parser;
use nom::bytes::complete::take;

use crate::checksum::Verdict;
use crate::error::{Malformed, Reason, finish};
use crate::ip::{self, Packet};
use crate::segment::{self, Segment};
use crate::udp::{self, Datagram};

/// An IP packet and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole<'a> {
    /// The packet.
    pub ip: Packet<'a>,
    /// What its payload is.
    pub content: Content<'a>,
    /// Whether the TCP or UDP checksum is right.
    pub verdict: Verdict,
}

/// What an IP packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Datagram<'a>),
    /// Something else, unread.
    Other(&'a [u8]),
}

impl<'a> Whole<'a> {
    /// Reads a packet and what it carries.
    ///
    /// # Errors
    /// [`Malformed`]; a wrong checksum is not one, see [`Whole::verdict`].
    pub fn parse(bytes: &'a [u8]) -> Result<Whole<'a>, Malformed> {
        finish(bytes, whole(bytes))
    }
}

/// Reads a packet and what it carries, naming the fields.
pub(crate) fn whole(input: &[u8]) -> Parsed<'_, Whole<'_>, Reason> {
    let (rest, packet) = ip::packet(input)?;
    let (source, destination) = (packet.header.source(), packet.header.destination());
    let (content, verdict) = match packet.header.protocol() {
        segment::PROTOCOL => {
            let (_, segment) = segment::segment(packet.payload)?;
            let verdict = segment.verify(source, destination, packet.payload);
            computed("TCP checksum", "", || verdict.label());
            (Content::Tcp(segment), verdict)
        }
        udp::PROTOCOL => {
            let (_, datagram) = udp::datagram(packet.payload)?;
            let verdict = datagram.verify(source, destination, packet.payload);
            computed("UDP checksum", "", || verdict.label());
            (Content::Udp(datagram), verdict)
        }
        _ => {
            if !packet.payload.is_empty() {
                field("payload", "unread", take(packet.payload.len())).parse(packet.payload)?;
            }
            (Content::Other(packet.payload), Verdict::Absent)
        }
    };
    if !packet.trailer.is_empty() {
        field("trailer", "behind the packet: padding of a short frame", take(packet.trailer.len()))
            .parse(packet.trailer)?;
    }
    Ok((rest, Whole { ip: packet, content, verdict }))
}
