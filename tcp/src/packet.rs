//! An IP packet and what it carries, read in one go.
//!
//! A host reads an incoming packet with these parsers, and [`dissect`] draws it. The checksum is judged here and
//! carried as a [`Verdict`]: the host decides whether to accept a packet, and a view shows them all.
//!
//! Tested in `tests/headers.rs` and, against the kernel's packets, in `tests/captures.rs`.

use std::net::IpAddr;

use barewire_dissect::{Located, Parsed, Refused, Tree, computed, field, finish, offset_of, record, refuse};
use barewire_packet::checksum::Verdict;
use barewire_packet::ip::{self, AUTHENTICATION_HEADER, Codepoint, Extension, Fragment, IpHeader, IpPacket};
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
    /// How many bytes of the TCP or UDP payload a capture has cut off.
    pub missing: usize,
    /// Whether the TCP or UDP checksum is right. Of a packet that was cut it cannot be judged, and is taken for absent.
    pub verdict: Verdict,
}

/// What a host asks of the packet around a segment.
pub(crate) struct Around {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) codepoint: Codepoint,
    /// Whether the IP header's checksum is right. IPv6 has none.
    pub(crate) header: Verdict,
    /// Whether the segment's is.
    pub(crate) verdict: Verdict,
    /// Where the segment begins.
    pub(crate) offset: usize,
}

/// What an IP packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Datagram<'a>),
    /// Something else, or a piece of a larger packet. Its bytes, unread.
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

    /// Reads a packet of which a capture has cut off the last `missing` bytes. A host reads only whole packets that are
    /// for it; this also takes a fragment, as a [`Payload::Other`].
    ///
    /// # Errors
    /// [`Refused`], also where the TCP or UDP header was cut.
    pub fn parse_captured(bytes: &'a [u8], missing: usize) -> Result<Packet<'a>, Refused<Reason>> {
        finish("packet", bytes, captured_packet(bytes, missing)).map(|(packet, _)| packet)
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
    for_a_host(input, &ip).map_err(lower)?;
    Ok((rest, carried(ip)?))
}

/// Reads a TCP segment into `segment`, as a host does with each packet that arrives, and gives what there is to know of
/// the packet around it. `None`: the packet carries something else, or it is refused; [`Packet::parse`] tells which.
///
/// The parsers are the same. But a whole [`Packet`] is large, and is moved several times before the host has it: that
/// took a tenth of a transfer's time.
#[inline]
pub(crate) fn segment_into<'a>(segment: &mut Segment<'a>, input: &'a [u8]) -> Option<Around> {
    let (_, ip) = ip::ip_packet(input).ok()?;
    for_a_host(input, &ip).ok()?;
    if ip.header.protocol() != segment::PROTOCOL {
        return None;
    }
    segment::segment_into(segment, ip.payload, 0).ok()?;
    let (source, destination) = (ip.header.source(), ip.header.destination());
    let offset = input.len() - ip.trailer.len() - ip.payload.len();
    let header = match &ip.header {
        IpHeader::V4(header) if !ip::sums_up(&input[..offset]) => ip::header_verdict(header),
        _ => Verdict::Correct,
    };
    let verdict = segment.verify(source, destination, ip.payload);
    Some(Around { source, destination, codepoint: ip.header.codepoint(), header, verdict, offset })
}

/// As [`packet`], for what a capture has of one: see [`Packet::parse_captured`].
fn captured_packet(input: &[u8], missing: usize) -> Parsed<'_, Packet<'_>, Reason> {
    let (rest, ip) = ip::captured_packet(input, missing).map_err(lower)?;
    Ok((rest, carried(ip)?))
}

/// Reads what an IP packet carries, and judges its checksum.
fn carried(ip: IpPacket<'_>) -> Result<Packet<'_>, nom::Err<Located<'_, Reason>>> {
    let (source, destination) = (ip.header.source(), ip.header.destination());
    let whole = ip.missing == 0;
    let (payload, missing, verdict) = match ip.header.protocol() {
        _ if ip.fragment.is_some() => (other(ip.payload, "a piece of a larger packet")?, 0, Verdict::Absent),
        segment::PROTOCOL => {
            let (_, (segment, missing)) = segment::captured_segment(ip.payload, ip.missing)?;
            let verdict = judged("TCP checksum", whole, || segment.verify(source, destination, ip.payload));
            (Payload::Tcp(segment), missing, verdict)
        }
        udp::PROTOCOL => {
            let datagram = datagram(&ip)?;
            let verdict = judged("UDP checksum", whole, || datagram.verify(source, destination, ip.payload));
            (Payload::Udp(datagram), ip.missing, verdict)
        }
        _ => (other(ip.payload, "unread")?, 0, Verdict::Absent),
    };
    if !ip.trailer.is_empty() {
        field("trailer", "after the packet: padding of a short frame", take(ip.trailer.len()))
            .parse(ip.trailer)?;
    }
    Ok(Packet { ip, payload, missing, verdict })
}

/// The verdict on the checksum of a packet, if the packet is whole.
fn judged(name: &'static str, whole: bool, verdict: impl FnOnce() -> Verdict) -> Verdict {
    if !whole {
        return Verdict::Absent;
    }
    let verdict = verdict();
    computed(name, "", || verdict.to_string());
    verdict
}

fn datagram<'a>(ip: &IpPacket<'a>) -> Result<Datagram<'a>, nom::Err<Located<'a, Reason>>> {
    if ip.missing == 0 {
        return Ok(udp::datagram(ip.payload).map_err(lower)?.1);
    }
    let datagram = Datagram::parse_captured(ip.payload, ip.missing).map_err(|refused| {
        let at = &ip.payload[refused.offset..];
        nom::Err::Failure(Located { at, reason: Reason::Packet(refused.reason) })
    })?;
    if !datagram.payload.is_empty() {
        field("payload", "", take(datagram.payload.len())).parse(datagram.payload)?;
    }
    Ok(datagram)
}

fn other<'a>(payload: &'a [u8], comment: &'static str) -> Result<Payload<'a>, nom::Err<Located<'a, Reason>>> {
    if !payload.is_empty() {
        field("payload", comment, take(payload.len())).parse(payload)?;
    }
    Ok(Payload::Other(payload))
}

/// Refuses what a host here does not process: a piece of a larger packet, an IPv6 packet that it would have to send on
/// (RFC 8200 §4.4), and one whose sender it would have to authenticate (RFC 4302 §3.4).
fn for_a_host<'a>(input: &'a [u8], ip: &IpPacket<'a>) -> Parsed<'a, (), barewire_packet::Reason> {
    if let Some(Fragment { offset, more, .. }) = ip.fragment {
        let at = match &ip.header {
            IpHeader::V4(_) => 6,
            // The fragment header is the last before the payload, and has 8 bytes.
            IpHeader::V6(_) => offset_of(input, ip.payload) - 8,
        };
        return refuse(&input[at..], barewire_packet::Reason::Fragment { offset, more });
    }
    let IpHeader::V6(header) = &ip.header else { return Ok((input, ())) };
    let refused = |header: &Extension<'_>| header.segments_left() > 0 || header.kind == AUTHENTICATION_HEADER;
    match header.extension_headers().find(refused) {
        Some(header) => refuse(header.bytes, barewire_packet::Reason::ExtensionHeader(header.kind)),
        None => Ok((input, ())),
    }
}
