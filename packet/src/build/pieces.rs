//! IP packets in pieces (RFC 791 §3.2, RFC 8200 §4.5), and with extension headers.

use crate::checksum::checksum;

/// Cuts an IP packet into fragments whose payload has at most `size` bytes, which is rounded down to a multiple of 8
/// (8 at the least). An IPv6 packet has no extension headers here.
///
/// # Panics
/// If `packet` is shorter than its header.
pub fn fragments(packet: &[u8], identification: u16, size: usize) -> Vec<Vec<u8>> {
    let is_v4 = packet.first().is_some_and(|byte| byte >> 4 == 4);
    let header = if is_v4 { 4 * usize::from(packet[0] & 0x0f) } else { 40 };
    let (header, payload) = packet.split_at(header.min(packet.len()));
    let size = (size / 8 * 8).max(8);
    let last = payload.len().saturating_sub(1) / size;
    let pieces = payload.chunks(size).enumerate();
    let piece = |(index, piece): (usize, &[u8])| {
        let (units, more) = ((index * size / 8) as u16, index < last);
        if is_v4 {
            v4(header, identification, units, more, piece)
        } else {
            v6(header, identification, units, more, piece)
        }
    };
    pieces.map(piece).collect()
}

fn v4(header: &[u8], identification: u16, units: u16, more: bool, piece: &[u8]) -> Vec<u8> {
    let mut packet = [header, piece].concat();
    let length = (packet.len() as u16).to_be_bytes();
    packet[2..4].copy_from_slice(&length);
    packet[4..6].copy_from_slice(&identification.to_be_bytes());
    packet[6..8].copy_from_slice(&(units | u16::from(more) << 13).to_be_bytes());
    packet[10..12].fill(0);
    let sum = checksum(&packet[..header.len()]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

fn v6(header: &[u8], identification: u16, units: u16, more: bool, piece: &[u8]) -> Vec<u8> {
    let mut packet = header.to_vec();
    // exercise: wire06
    // instead: packet.extend(piece);
    let length = (piece.len() as u16 + 8).to_be_bytes();
    packet[4..6].copy_from_slice(&length);
    packet[6] = 44;
    packet.extend([header[6], 0]);
    packet.extend((units << 3 | u16::from(more)).to_be_bytes());
    packet.extend(u32::from(identification).to_be_bytes());
    packet.extend(piece);
    // exercise: end
    packet
}

/// Puts extension headers between the header of an IPv6 packet and its payload: each a type, and its bytes from the
/// third on (a multiple of 8, less the two bytes that name the next header and the length).
///
/// # Panics
/// If `packet` is shorter than an IPv6 header.
pub fn with_extension_headers(packet: &[u8], headers: &[(u8, &[u8])]) -> Vec<u8> {
    let (fixed, payload) = packet.split_at(packet.len().min(40));
    let mut made = fixed.to_vec();
    let mut names_next = 6;
    for (kind, content) in headers {
        let protocol = std::mem::replace(&mut made[names_next], *kind);
        names_next = made.len();
        // An authentication header counts in 4 bytes less 2, the others in 8 bytes less 1.
        let length = if *kind == 51 { (content.len() + 2) / 4 - 2 } else { (content.len() + 2) / 8 - 1 };
        made.extend([protocol, length as u8]);
        made.extend(*content);
    }
    made.extend(payload);
    let length = (made.len() - 40) as u16;
    made[4..6].copy_from_slice(&length.to_be_bytes());
    made
}
