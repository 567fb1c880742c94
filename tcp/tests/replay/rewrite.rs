//! What the peer sent, with our numbers in it: it acknowledged the kernel's bytes, and must seem to acknowledge ours.
//!
//! Changed are the acknowledgment number, the SACK blocks, the echoed timestamp, the cookie that a client brings back,
//! the number in the segment that an ICMP error quotes, and the checksums over them. All else stays as it was.

use barewire_packet::checksum;
use barewire_packet::ip::IpPacket;
use barewire_tcp::SeqNumber;

use super::line::option_places;
use super::recorded::{quoted, transport};

/// What is added to the kernel's numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shift {
    pub(crate) sequence: u32,
    pub(crate) clock: u32,
    /// The Fast Open cookie that we have given in the place of the kernel's.
    pub(crate) cookie: Option<[u8; 8]>,
}

/// The packet with our numbers. It acknowledges at most `sent`, for a peer cannot acknowledge what we have not sent.
pub(crate) fn rewrite(bytes: &[u8], shift: Shift, sent: SeqNumber) -> Vec<u8> {
    let mut packet = bytes.to_vec();
    let start = transport(bytes);
    if quoted(bytes).is_some() {
        quote(&mut packet[start..], shift);
    } else if let Some(segment) = packet.get_mut(start..).filter(|segment| segment.len() >= 20) {
        numbers(segment, shift, sent);
    }
    mend(&mut packet, start);
    packet
}

fn numbers(segment: &mut [u8], shift: Shift, sent: SeqNumber) {
    if segment[13] & 0x10 != 0 {
        add(segment, 8, shift.sequence);
        let ack = SeqNumber(word(segment, 8));
        if (ack.since(sent) as i32) > 0 {
            segment[8..12].copy_from_slice(&sent.0.to_be_bytes());
        }
    }
    let end = (usize::from(segment[12] >> 4) * 4).min(segment.len());
    for (kind, content) in option_places(&segment[20..end]) {
        let content = content.start + 20..content.end + 20;
        match kind {
            5 => content.step_by(4).for_each(|at| add(segment, at, shift.sequence)),
            34 if segment[13] & 0x10 == 0 && content.len() == 8 => {
                shift.cookie.iter().for_each(|cookie| segment[content.clone()].copy_from_slice(cookie));
            }
            8 if segment[13] & 0x10 != 0 => add(segment, content.start + 4, shift.clock),
            _ => {}
        }
    }
}

/// The sequence number of the quoted segment.
fn quote(message: &mut [u8], shift: Shift) {
    let at = 8 + transport(&message[8..]) + 4;
    add(message, at, shift.sequence);
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
}

fn add(bytes: &mut [u8], at: usize, number: u32) {
    let sum = word(bytes, at).wrapping_add(number);
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
}

/// Writes the checksum of the transport anew.
fn mend(packet: &mut [u8], start: usize) {
    let Ok(parsed) = IpPacket::parse(packet) else { return };
    let (header, protocol) = (&parsed.header, parsed.header.protocol());
    let length = parsed.payload.len();
    let place = start + if protocol == 6 { 16 } else { 2 };
    let mut sum = match protocol {
        1 => checksum::Sum::default(),
        _ => checksum::pseudo_header(header.source(), header.destination(), protocol, length),
    };
    packet[place..place + 2].fill(0);
    sum.add(&packet[start..start + length]);
    packet[place..place + 2].copy_from_slice(&sum.checksum().to_be_bytes());
}
