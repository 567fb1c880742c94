//! What the four protocols ride on: frames, packets, the links that carry them, and the files that keep them.
//!
//! ```text
//!  capture file         pcapng or pcap: frames with times, interfaces, TLS secrets      [capture]
//!    └─ frame           Ethernet, 802.11, PPP, Linux "cooked" ...: 21 link types        [frame]
//!         ├─ ARP        who has this address?                                           [arp]
//!         └─ IP packet  version 4 or 6, its extension headers, its pieces               [ip]
//!              ├─ ICMP  what became of a packet                                         [icmp]
//!              ├─ UDP   two ports and a checksum                                        [udp]
//!              └─ TCP   left to the crate `barewire-tcp`
//! ```
//!
//! From a frame to a question, as a sniffer goes:
//!
//! ```
//! use barewire_packet::build;
//! use barewire_packet::frame::{Network, linktype, open};
//! use barewire_packet::ip::IpPacket;
//! use barewire_packet::udp::{self, Datagram};
//!
//! // What a capture of an Ethernet has: 14 bytes of its header, then the packet.
//! let packet = build::datagram("10.0.0.2:49152", "10.0.0.53:53", b"who is it?");
//! let frame = [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00], &packet[..]].concat();
//!
//! let opened = open(linktype::ETHERNET, &frame, frame.len() as u32);
//! let Network::Ip(bytes) = opened.network else { panic!("{:?}", opened.network) };
//! let packet = IpPacket::parse_captured(bytes, opened.missing)?;
//! assert_eq!(packet.header.source().to_string(), "10.0.0.2");
//! assert_eq!(packet.header.protocol(), udp::PROTOCOL);
//! let datagram = Datagram::parse(packet.payload)?;
//! assert_eq!((datagram.destination_port, datagram.payload), (53, &b"who is it?"[..]));
//! # Ok::<(), barewire_dissect::Refused<barewire_packet::Reason>>(())
//! ```
//!
//! # Reading order
//!
//! 1. [`checksum`]: the sum that IP, ICMP, UDP and TCP share. [`ip`]: the headers of both versions. [`udp`]. [`icmp`].
//! 2. [`ip::Defragmenter`]: how pieces become a packet again, and which must not.
//! 3. [`link`]: the seam below TCP, one IP packet out and one in, and links to real wires.
//! 4. [`frame`]: from a link type to the packet. [`frame::linktype::TABLE`] is the list. [`arp`].
//! 5. [`capture`]: pcapng and pcap, the files that traces are kept in and tests are fed from.
//! 6. [`transit`]: what a router or a NAT reads and changes. [`build`]: packets made by hand.
//!
//! # Two kinds of readers
//!
//! A host reads what was sent to it, and refuses what is not whole: [`ip::IpPacket::parse`]. A sniffer reads what
//! others sent, as much as a capture kept of it, and gives everything a name: [`frame::open`] and
//! [`ip::IpPacket::parse_captured`]. Neither panics, loops or allocates without bound, whatever the bytes.
//!
//! # Left out
//!
//! Routing. Tunnels: a packet inside GRE, VXLAN or another IP packet is payload of the packet around it. Encrypted and
//! aggregated 802.11 frames, ESP: named, not opened. IPv4 options: kept unread.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![deny(unsafe_code)] // The links' system calls that have no safe name say so where they are.

pub mod arp;
pub mod build;
pub mod capture;
pub mod checksum;
pub mod frame;
pub mod icmp;
pub mod ip;
pub mod link;
pub mod transit;
pub mod udp;

mod ethertype;
mod mac;
mod reason;

pub use reason::Reason;
