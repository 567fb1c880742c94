//! What the four protocols ride on: packets, the links that carry them, and the files that keep them.
//!
//! ```text
//!    frame            Ethernet, VLAN tags, Linux "cooked" ...    as a capture has it
//!      └─ IP packet   version 4 or 6                             what a link carries
//!           ├─ UDP    two ports and a checksum
//!           └─ TCP    left to the crate `barewire-tcp`
//! ```
//!
//! A datagram made by hand, and read again:
//!
//! ```
//! use std::net::SocketAddr;
//! use barewire_packet::ip::IpPacket;
//! use barewire_packet::udp::{self, Datagram};
//!
//! let here: SocketAddr = "10.0.0.2:49152".parse()?;
//! let there: SocketAddr = "10.0.0.53:53".parse()?;
//! let bytes = udp::ip_packet(here, there, b"who is it?");
//! let packet = IpPacket::parse(&bytes)?;
//! assert_eq!((packet.header.source(), packet.header.protocol()), (here.ip(), udp::PROTOCOL));
//! let datagram = Datagram::parse(packet.payload)?;
//! assert_eq!((datagram.destination_port, datagram.payload), (53, &b"who is it?"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! 1. [`checksum`]: the sum that IP, UDP and TCP share. [`ip`]: the headers of both versions. [`udp`].
//! 2. [`link`]: the seam below TCP, one IP packet out and one in.
//! 3. [`capture`]: pcapng and pcap, the files that traces are kept in and tests are fed from.
//!
//! # Left out
//!
//! Routing, address resolution on a real network, and tunnels (GRE, VXLAN).
#![forbid(unsafe_code)]

pub mod capture;
pub mod checksum;
pub mod ip;
pub mod link;
pub mod udp;

mod reason;

pub use reason::Reason;
