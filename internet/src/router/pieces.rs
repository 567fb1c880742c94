//! An IPv4 packet in pieces, because the next wire is too narrow (RFC 791 §3.2, RFC 1812 §4.2.2.7).
//!
//! All pieces have the identification that the sender gave, and a piece can be cut once more: its offset counts on from
//! where it was. Options go into the first piece; those with the "copied" bit go into the others too. An IPv6 packet is
//! never cut on the way (RFC 8200 §4.5).

use barewire_packet::checksum::checksum;

/// Cuts a packet. If not even 8 bytes fit after its header, the pieces are larger than `mtu`.
pub(super) fn pieces(packet: &[u8], mtu: usize) -> Vec<Vec<u8>> {
    let header_length = 4 * usize::from(packet[0] & 0x0f);
    let (first, payload) = packet.split_at(header_length.min(packet.len()));
    let later = later_header(first);
    let word = u16::from_be_bytes([first[6], first[7]]);
    let (flags, start) = (word & 0xc000, word & 0x1fff);
    // The room beside the longer of the two headers, in units of 8 bytes.
    let size = (mtu.saturating_sub(first.len()) / 8 * 8).max(8);
    let more_follow = word & 0x2000;
    let count = payload.len().div_ceil(size);
    let piece = |(index, data): (usize, &[u8])| {
        let more = if index + 1 < count { 0x2000 } else { more_follow };
        let offset = start + (index * size / 8) as u16;
        let header = if index == 0 { first } else { &later };
        piece(header, flags | more | offset & 0x1fff, data)
    };
    payload.chunks(size).enumerate().map(piece).collect()
}

fn piece(header: &[u8], flags_and_offset: u16, data: &[u8]) -> Vec<u8> {
    let mut packet = [header, data].concat();
    let length = packet.len() as u16;
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    packet[6..8].copy_from_slice(&flags_and_offset.to_be_bytes());
    packet[10..12].fill(0);
    let sum = checksum(&packet[..header.len()]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

/// The header of the pieces after the first: only the options with the "copied" bit (RFC 791 §3.1).
fn later_header(first: &[u8]) -> Vec<u8> {
    let (fixed, mut options) = first.split_at(20);
    let mut header = fixed.to_vec();
    while let [kind, rest @ ..] = options {
        // 0 ends the options, 1 is one byte of padding; all others have a length.
        let length = match (kind, rest.first()) {
            (0, _) | (_, None) => break,
            (1, _) => 1,
            (_, Some(length)) => usize::from(*length).max(2).min(options.len()),
        };
        let (option, after) = options.split_at(length);
        if kind & 0x80 != 0 {
            header.extend(option);
        }
        options = after;
    }
    header.resize(header.len().next_multiple_of(4), 0);
    header[0] = 0x40 | (header.len() / 4) as u8;
    header
}
