//! Packets made by hand: an IP packet in every link layer that [`frame`](crate::frame) opens, and in pieces.
//!
//! For tests, and for lessons in which a packet travels over another link than the one at hand. One conversation,
//! framed by each of [`FRAMINGS`], must be read as the same conversation. tshark reads them too: `tests/judged.rs`.
//!
//! ```
//! use barewire_packet::build::{FRAMINGS, datagram};
//! use barewire_packet::frame::{Network, open};
//! use barewire_packet::ip::IpPacket;
//!
//! let packet = datagram("10.0.0.2:40000", "10.0.0.53:53", b"who is it?");
//! for framing in FRAMINGS.iter().filter(|framing| framing.carries(&packet)) {
//!     let frame = framing.frame(&packet);
//!     let opened = open(framing.link_type, &frame, frame.len() as u32);
//!     let Network::Ip(bytes) = opened.network else { panic!("{} is not opened", framing.name) };
//!     // A short Ethernet frame has padding after the packet.
//!     assert_eq!(IpPacket::parse(bytes)?.payload, &packet[20..], "{}", framing.name);
//! }
//! # Ok::<(), barewire_dissect::Refused<barewire_packet::Reason>>(())
//! ```

mod framings;
mod pieces;

use std::net::SocketAddr;

use crate::frame::linktype;
use crate::udp;

pub use pieces::{fragments, with_extension_headers};

/// A way to put an IP packet into a frame.
#[derive(Debug, Clone, Copy)]
pub struct Framing {
    /// What the frame is, in words.
    pub name: &'static str,
    /// The link type of its capture.
    pub link_type: u16,
    put: fn(&[u8]) -> Vec<u8>,
}

impl Framing {
    /// The frame around an IP packet of either version.
    pub fn frame(&self, packet: &[u8]) -> Vec<u8> {
        (self.put)(packet)
    }

    /// Whether this link carries packets of the version that `packet` is of. Two link types carry one version only.
    pub fn carries(&self, packet: &[u8]) -> bool {
        let version = packet.first().map_or(0, |byte| byte >> 4);
        match self.link_type {
            linktype::IPV4 => version == 4,
            linktype::IPV6 => version == 6,
            _ => true,
        }
    }
}

pub use framings::FRAMINGS;

/// A UDP datagram in an IP packet. The addresses are written as in `10.0.0.2:53` and `[2001:db8::2]:53`; one that
/// cannot be read becomes 0.0.0.0:0.
pub fn datagram(source: &str, destination: &str, payload: &[u8]) -> Vec<u8> {
    let address = |text: &str| text.parse().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
    udp::ip_packet(address(source), address(destination), payload)
}
