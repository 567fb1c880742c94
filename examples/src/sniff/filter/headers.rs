//! What a filter judges a frame by: its headers, as far as they were captured.

use std::net::IpAddr;

use barewire_packet::capture::{Frame, Interface, linktype};
use barewire_packet::frame::{Network, open};
use barewire_packet::ip::{IpHeader, IpPacket};
use barewire_packet::link::Way;
use barewire_packet::udp;
use barewire_tcp::{Flags, segment};

/// The protocol number of SCTP. Its header begins with two ports, too.
pub(super) const SCTP: u8 = 132;

/// The headers of a frame. What it does not have, or what was cut, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headers {
    /// Bytes on the wire.
    pub length: u32,
    /// Whether the interface's host sent or received it.
    pub way: Option<Way>,
    /// The numbers of its VLAN tags, the outer one first.
    pub vlans: [Option<u16>; 2],
    /// Whether it is an ARP message.
    pub is_arp: bool,
    /// The version of the IP packet in it.
    pub version: Option<u8>,
    /// What the IP packet carries.
    pub protocol: Option<u8>,
    /// Source and destination of the IP packet; of an ARP message sender and target.
    pub addresses: Option<[IpAddr; 2]>,
    /// Source and destination port.
    pub ports: Option<[u16; 2]>,
    /// The flags of the TCP segment.
    pub flags: Option<Flags>,
}

impl Headers {
    /// Those of a frame that was seen on this interface.
    pub fn of(interface: &Interface, frame: &Frame) -> Headers {
        let opened = open(interface.link_type, &frame.bytes, frame.original_len);
        let mut headers = Headers { length: frame.original_len, way: frame.way, ..Headers::default() };
        if interface.link_type == linktype::ETHERNET {
            headers.vlans = vlans(&frame.bytes);
        }
        match opened.network {
            Network::Ip(bytes) => headers.ip(bytes, opened.missing),
            Network::Arp(arp) => {
                headers.is_arp = true;
                headers.addresses = Some([arp.sender.into(), arp.target.into()]);
            }
            Network::Other(_) => {}
        }
        headers
    }

    fn ip(&mut self, bytes: &[u8], missing: usize) {
        self.version = bytes.first().map(|byte| byte >> 4);
        let Ok(packet) = IpPacket::parse_captured(bytes, missing) else { return };
        self.addresses = Some(match &packet.header {
            IpHeader::V4(header) => [header.source.into(), header.destination.into()],
            IpHeader::V6(header) => [header.source.into(), header.destination.into()],
        });
        self.protocol = Some(packet.header.protocol());
        if packet.fragment.is_none_or(|fragment| fragment.offset == 0) {
            self.transport(packet.header.protocol(), packet.payload);
        }
    }

    fn transport(&mut self, protocol: u8, payload: &[u8]) {
        if let segment::PROTOCOL | udp::PROTOCOL | SCTP = protocol
            && let Some(&[a, b, c, d]) = payload.first_chunk()
        {
            self.ports = Some([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
        }
        if protocol == segment::PROTOCOL {
            self.flags = payload.get(13).map(|flags| Flags(*flags));
        }
    }
}

/// IEEE 802.1Q §9.6: tags stand between the addresses and the EtherType.
fn vlans(frame: &[u8]) -> [Option<u16>; 2] {
    let mut vlans = [None; 2];
    for (index, vlan) in vlans.iter_mut().enumerate() {
        let Some([0x81 | 0x88 | 0x91, kind, high, low]) = frame.get(12 + 4 * index..16 + 4 * index) else {
            break;
        };
        if !matches!((frame[12 + 4 * index], *kind), (0x81, 0x00) | (0x88, 0xa8) | (0x91, 0x00)) {
            break;
        }
        *vlan = Some(u16::from_be_bytes([*high, *low]) & 0x0fff);
    }
    vlans
}
