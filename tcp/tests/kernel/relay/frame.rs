//! What the relay reads of a frame, and the one thing that it writes: the two bits of ECN.

use barewire_packet::checksum;

/// The Ethernet header: two addresses and the type.
const ETHERNET: usize = 14;

/// What the relay tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
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
pub(super) fn kind(frame: &[u8]) -> Kind {
    let Some((version, packet)) = ip(frame) else { return Kind::NotIp };
    let at = |index: usize| packet.get(index).copied().map_or(0, usize::from);
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
pub(super) fn mark(frame: &mut [u8]) -> bool {
    let Some((version, _)) = ip(frame) else { return false };
    let packet = &mut frame[ETHERNET..];
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

/// The version, and the bytes from the IP header on.
fn ip(frame: &[u8]) -> Option<(u8, &[u8])> {
    let packet = frame.get(ETHERNET..)?;
    let version = match frame.get(12..ETHERNET)? {
        [0x08, 0x00] => 4,
        [0x86, 0xdd] => 6,
        _ => return None,
    };
    Some((version, packet))
}
