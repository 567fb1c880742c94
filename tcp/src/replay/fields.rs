//! The fields of a packet that hold numbers of the other end, and how they are changed.
//!
//! Of what the peer sent: the acknowledgment number, the SACK blocks, the echoed timestamp, the cookie that a client
//! brings back, our port, the number in the segment that an ICMP error quotes. Of what we send: our port, our sequence
//! number, our clock. And the checksums over them. All else stays as it was.
//!
//! Tested by `tests/replay` with captures of the kernel, and by `tests/replay_link.rs`.

use std::ops::Range;

use barewire_packet::checksum;
use barewire_packet::ip::IpPacket;

use crate::SeqNumber;

/// What is to be added to the numbers of then.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shift {
    /// To our sequence numbers.
    pub sequence: u32,
    /// To our clock.
    pub clock: u32,
    /// Our port then, and now.
    pub ports: Option<(u16, u16)>,
    /// The Fast Open cookie that we have given, in the place of the one of then.
    pub cookie: Option<[u8; 8]>,
}

/// The kinds of options that hold numbers (RFC 2018 §3, RFC 7323 §3.2, RFC 7413 §4.1.1).
const SACK: u8 = 5;
const TIMESTAMPS: u8 = 8;
const FAST_OPEN: u8 = 34;

const TCP: u8 = 6;

/// A packet of the peer with our numbers. It acknowledges at most `sent`, for a peer cannot acknowledge what we have
/// not sent.
pub fn with_our_numbers(recorded: &[u8], shift: Shift, sent: SeqNumber) -> Vec<u8> {
    let mut packet = recorded.to_vec();
    let start = transport(recorded);
    if quoted(recorded).is_some() {
        quote(&mut packet[start..], shift);
    } else if let Some(segment) = packet.get_mut(start..).filter(|segment| segment.len() >= 20) {
        numbers(segment, shift, sent);
        port(segment, 2, shift.ports.map(|(_, now)| now));
    }
    mend(&mut packet, start);
    packet
}

/// A packet of ours with the numbers of then.
pub(super) fn with_recorded_numbers(ours: &[u8], shift: Shift) -> Vec<u8> {
    let mut packet = ours.to_vec();
    let start = transport(ours);
    if let Some(segment) = packet.get_mut(start..).filter(|segment| segment.len() >= 20) {
        add(segment, 4, shift.sequence.wrapping_neg());
        port(segment, 0, shift.ports.map(|(then, _)| then));
        for (kind, content) in options_of(segment) {
            if kind == TIMESTAMPS {
                add(segment, content.start, shift.clock.wrapping_neg());
            }
        }
    }
    mend(&mut packet, start);
    packet
}

fn numbers(segment: &mut [u8], shift: Shift, sent: SeqNumber) {
    let acknowledges = segment[13] & 0x10 != 0;
    if acknowledges {
        add(segment, 8, shift.sequence);
        let ack = SeqNumber(word(segment, 8));
        if (ack.since(sent) as i32) > 0 {
            segment[8..12].copy_from_slice(&sent.0.to_be_bytes());
        }
    }
    for (kind, content) in options_of(segment) {
        match kind {
            SACK => content.step_by(4).for_each(|at| add(segment, at, shift.sequence)),
            FAST_OPEN if !acknowledges && content.len() == 8 => {
                shift.cookie.iter().for_each(|cookie| segment[content.clone()].copy_from_slice(cookie));
            }
            TIMESTAMPS if acknowledges => add(segment, content.start + 4, shift.clock),
            _ => {}
        }
    }
}

/// The sequence number and the port of the quoted segment.
fn quote(message: &mut [u8], shift: Shift) {
    let at = 8 + transport(message.get(8..).unwrap_or_default());
    add(message, at + 4, shift.sequence);
    port(message, at, shift.ports.map(|(_, now)| now));
}

/// The options of a whole segment, and where their contents are in it.
fn options_of(segment: &[u8]) -> Vec<(u8, Range<usize>)> {
    let end = (usize::from(segment[12] >> 4) * 4).clamp(20, segment.len());
    let places = option_places(&segment[20..end]).into_iter();
    places.map(|(kind, content)| (kind, content.start + 20..content.end + 20)).collect()
}

/// The kinds of a list's options, and where their contents are; without padding. It ends at the first that cannot be.
pub fn option_places(bytes: &[u8]) -> Vec<(u8, Range<usize>)> {
    let (mut places, mut at) = (Vec::new(), 0);
    while let Some(kind) = bytes.get(at).filter(|kind| **kind != 0) {
        if *kind == 1 {
            at += 1;
            continue;
        }
        let length = bytes.get(at + 1).map(|length| usize::from(*length));
        let Some(length) = length.filter(|length| *length >= 2) else { break };
        places.push((*kind, at + 2..(at + length).min(bytes.len())));
        at += length;
    }
    places
}

/// The packet that an ICMP error quotes.
pub fn quoted(packet: &[u8]) -> Option<&[u8]> {
    let packet = IpPacket::parse(packet).ok()?;
    let is_error = match (packet.header.protocol(), packet.payload.first()?) {
        (1, kind) => matches!(kind, 3 | 11 | 12),
        (58, kind) => *kind < 128,
        _ => false,
    };
    if is_error { packet.payload.get(8..) } else { None }
}

/// Where the transport's header begins in an IP packet that may be cut.
pub fn transport(packet: &[u8]) -> usize {
    match packet.first() {
        Some(first) if first >> 4 == 4 => usize::from(first & 15) * 4,
        _ => 40,
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_be_bytes(*word))
}

fn add(bytes: &mut [u8], at: usize, number: u32) {
    let sum = word(bytes, at).wrapping_add(number);
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
}

fn port(bytes: &mut [u8], at: usize, port: Option<u16>) {
    if let (Some(place), Some(port)) = (bytes.get_mut(at..at + 2), port) {
        place.copy_from_slice(&port.to_be_bytes());
    }
}

/// Writes the checksum of the transport anew.
fn mend(packet: &mut [u8], start: usize) {
    let Ok(parsed) = IpPacket::parse(packet) else { return };
    let (header, protocol) = (&parsed.header, parsed.header.protocol());
    let length = parsed.payload.len();
    let place = start + if protocol == TCP { 16 } else { 2 };
    let mut sum = match protocol {
        1 => checksum::Sum::default(),
        _ => checksum::pseudo_header(header.source(), header.destination(), protocol, length),
    };
    if let (Some(field), true) = (packet.get_mut(place..place + 2), matches!(protocol, 1 | TCP | 58)) {
        field.fill(0);
        sum.add(&packet[start..start + length]);
        packet[place..place + 2].copy_from_slice(&sum.checksum().to_be_bytes());
    }
}
