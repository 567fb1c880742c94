//! What a network card does to a packet before it is on a wire, for packets that were taken before their card saw them.
//!
//! A host leaves work to its card: it hands over TCP packets of up to 64 KiB, which the card cuts (TSO), and sums only
//! the pseudo-header of a checksum, which the card finishes. A veth device is a card that does neither, so that a relay
//! would get such packets; nobody takes them from it as they are. Tested in `tests/card.rs`.

use std::net::IpAddr;

use barewire_packet::checksum::{self, Verdict};
use barewire_packet::ip::{IpHeader, IpPacket};
use barewire_packet::{transit, udp};

use super::frame::{Framing, ip_at};

/// Where things stand in a frame with a whole TCP segment or UDP datagram, and what its checksum needs.
struct Places {
    is_v4: bool,
    ip: usize,
    /// Where the segment or the datagram starts, and where it ends.
    payload: usize,
    end: usize,
    protocol: u8,
    source: IpAddr,
    destination: IpAddr,
}

/// The frame as it is on a wire that carries packets of up to `mtu` bytes: one, with its checksum finished, or the
/// several that a TCP packet above that is cut into. What cannot be read stays as it is.
pub fn on_the_wire(framing: Framing, mut frame: Vec<u8>, mtu: usize) -> Vec<Vec<u8>> {
    let Some(places) = places(framing, &frame) else { return vec![frame] };
    if places.protocol == transit::TCP && places.end - places.ip > mtu {
        return cut(&frame, &places, mtu).unwrap_or_else(|| vec![frame]);
    }
    finish(&mut frame, &places, false);
    vec![frame]
}

fn places(framing: Framing, frame: &[u8]) -> Option<Places> {
    let (_, ip) = ip_at(framing, frame)?;
    let packet = IpPacket::parse(&frame[ip..]).ok()?;
    let protocol = packet.header.protocol();
    if packet.fragment.is_some() || !matches!(protocol, transit::TCP | udp::PROTOCOL) {
        return None;
    }
    let end = frame.len() - packet.trailer.len();
    Some(Places {
        is_v4: matches!(packet.header, IpHeader::V4(_)),
        ip,
        payload: end - packet.payload.len(),
        end,
        protocol,
        source: packet.header.source(),
        destination: packet.header.final_destination(),
    })
}

/// Finishes the checksum if only the pseudo-header has been summed, or `anyway`. One that is wrong stays wrong.
fn finish(frame: &mut [u8], places: &Places, anyway: bool) {
    let Some(bytes) = frame.get_mut(places.payload..places.end) else { return };
    let field = if places.protocol == transit::TCP { 16 } else { 6 };
    let Some(&[high, low]) = bytes.get(field..field + 2) else { return };
    let found = u16::from_be_bytes([high, low]);
    let pseudo = checksum::pseudo_header(places.source, places.destination, places.protocol, bytes.len());
    if !anyway && checksum::verify(pseudo, bytes, found) != Verdict::Unfinished {
        return;
    }
    bytes[field..field + 2].fill(0);
    let mut sum = pseudo;
    sum.add(bytes);
    // In UDP a sum of zero is sent as ones (RFC 768).
    let sum = if sum.checksum() == 0 && places.protocol == udp::PROTOCOL { 0xffff } else { sum.checksum() };
    bytes[field..field + 2].copy_from_slice(&sum.to_be_bytes());
}

/// Cuts a TCP packet. Each piece has all headers, its own sequence number, length and checksums; FIN and PSH belong to
/// the last, CWR (RFC 3168 §6.1.2) to the first. In IPv4 each has an identification of its own.
fn cut(frame: &[u8], places: &Places, mtu: usize) -> Option<Vec<Vec<u8>>> {
    let tcp = places.payload;
    let data = tcp + usize::from(*frame.get(tcp + 12)? >> 4) * 4;
    let room = mtu.checked_sub(data - places.ip).filter(|room| *room > 0)?;
    let (head, body) = (frame.get(..data)?, frame.get(data..places.end)?);
    let sequence = u32::from_be_bytes(*head.get(tcp + 4..)?.first_chunk()?);
    let count = body.chunks(room).len();
    let piece = |(number, part): (usize, &[u8])| {
        let mut piece = [head, part].concat();
        set_length(&mut piece, places, number as u16);
        let sequence = sequence.wrapping_add((number * room) as u32);
        piece[tcp + 4..tcp + 8].copy_from_slice(&sequence.to_be_bytes());
        if number + 1 < count {
            piece[tcp + 13] &= !(FIN | PSH);
        }
        if number > 0 {
            piece[tcp + 13] &= !CWR;
        }
        finish(&mut piece, &Places { end: data + part.len(), ..*places }, true);
        piece
    };
    Some(body.chunks(room).enumerate().map(piece).collect())
}

const FIN: u8 = 0x01;
const PSH: u8 = 0x08;
const CWR: u8 = 0x80;

/// Writes the length of a piece into its IP header, and what depends on it.
fn set_length(piece: &mut [u8], places: &Places, number: u16) {
    let length = piece.len() - places.ip;
    let header = &mut piece[places.ip..places.payload];
    if !places.is_v4 {
        header[4..6].copy_from_slice(&((length - 40) as u16).to_be_bytes());
        return;
    }
    header[2..4].copy_from_slice(&(length as u16).to_be_bytes());
    let id = u16::from_be_bytes([header[4], header[5]]).wrapping_add(number);
    header[4..6].copy_from_slice(&id.to_be_bytes());
    header[10..12].fill(0);
    let sum = checksum::checksum(header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
}
