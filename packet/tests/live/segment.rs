//! TCP segments made by hand, since the crate with the parser is above this one.

use std::net::SocketAddr;

use barewire_packet::checksum::pseudo_header;
use barewire_packet::ip::{IpPacket, write_header};
use barewire_packet::transit::TCP;

pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

/// The fields of a TCP header that these tests need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) flags: u8,
}

impl Segment {
    /// A packet with this segment in it.
    pub(crate) fn packet(&self, text: &[u8]) -> Vec<u8> {
        let mut segment = Vec::new();
        segment.extend(self.from.port().to_be_bytes());
        segment.extend(self.to.port().to_be_bytes());
        segment.extend(self.seq.to_be_bytes());
        segment.extend(self.ack.to_be_bytes());
        segment.extend([5 << 4, self.flags, 0xff, 0xff, 0, 0, 0, 0]);
        segment.extend(text);
        let mut sum = pseudo_header(self.from.ip(), self.to.ip(), TCP, segment.len());
        sum.add(&segment);
        segment[16..18].copy_from_slice(&sum.checksum().to_be_bytes());
        let mut packet = Vec::new();
        write_header(self.from.ip(), self.to.ip(), TCP, segment.len(), &mut packet);
        packet.extend(segment);
        packet
    }

    /// The segment in a packet, and its text.
    pub(crate) fn read(packet: &[u8]) -> Option<(Segment, Vec<u8>)> {
        let packet = IpPacket::parse(packet).ok().filter(|packet| packet.header.protocol() == TCP)?;
        let word = |at| u16::from_be_bytes([packet.payload[at], packet.payload[at + 1]]);
        let long = |at| u32::from(word(at)) << 16 | u32::from(word(at + 2));
        let segment = Segment {
            from: SocketAddr::new(packet.header.source(), word(0)),
            to: SocketAddr::new(packet.header.destination(), word(2)),
            seq: long(4),
            ack: long(8),
            flags: packet.payload[13],
        };
        Some((segment, packet.payload[usize::from(packet.payload[12] >> 4) * 4..].to_vec()))
    }
}
