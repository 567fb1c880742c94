//! What a relay reads of a frame, and the one thing that it writes: the two bits of ECN.

use barewire_packet::checksum;

/// What stands before the IP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// An Ethernet header, perhaps with VLAN tags.
    Ethernet,
    /// Nothing: a TUN device carries bare packets.
    Ip,
}

/// What a relay tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A TCP segment with payload.
    Data,
    /// A TCP segment without.
    Bare,
    /// IP, but not TCP.
    Other,
    /// Not IP: it passes at once, whatever the wire does.
    NotIp,
}

/// What a frame is.
pub(super) fn kind(framing: Framing, frame: &[u8]) -> Kind {
    let Some((version, start)) = ip_at(framing, frame) else { return Kind::NotIp };
    let at = |index: usize| frame.get(start + index).copied().map_or(0, usize::from);
    let (header, length, protocol) = match version {
        4 => ((at(0) & 15) * 4, at(2) << 8 | at(3), at(9)),
        _ => (40, 40 + (at(4) << 8 | at(5)), at(6)),
    };
    if protocol != 6 {
        return Kind::Other;
    }
    let payload = length.saturating_sub(header + (at(header + 12) >> 4) * 4);
    if payload > 0 { Kind::Data } else { Kind::Bare }
}

/// Marks a packet whose sender can take marks; says whether it has done so (RFC 3168 §5).
pub(super) fn mark(framing: Framing, frame: &mut [u8]) -> bool {
    let Some((version, start)) = ip_at(framing, frame) else { return false };
    let packet = &mut frame[start..];
    // The traffic class begins in the second half of IPv6's first byte.
    let (byte, shift) = if version == 4 { (1, 0) } else { (1, 4) };
    let Some(field) = packet.get_mut(byte) else { return false };
    if *field >> shift & 3 == 0 {
        return false;
    }
    *field |= 3 << shift;
    if version == 4 {
        mend_checksum(packet);
    }
    true
}

fn mend_checksum(packet: &mut [u8]) {
    let length = packet.first().map_or(0, |first| usize::from(first & 15) * 4);
    let Some(header) = packet.get_mut(..length).filter(|header| header.len() >= 20) else { return };
    header[10..12].fill(0);
    let sum = checksum::checksum(header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// The version of the IP packet in a frame, and where it starts.
pub(super) fn ip_at(framing: Framing, frame: &[u8]) -> Option<(u8, usize)> {
    let start = match framing {
        Framing::Ip => 0,
        Framing::Ethernet => after_ethernet(frame)?,
    };
    let version = frame.get(start)? >> 4;
    matches!(version, 4 | 6).then_some((version, start))
}

/// Where the packet starts after two addresses, VLAN tags (IEEE 802.1Q) and a type that says IP.
fn after_ethernet(frame: &[u8]) -> Option<usize> {
    let mut at = 12;
    loop {
        match frame.get(at..at + 2)? {
            [0x81, 0x00] | [0x88, 0xa8] => at += 4,
            [0x08, 0x00] | [0x86, 0xdd] => return Some(at + 2),
            _ => return None,
        }
    }
}
