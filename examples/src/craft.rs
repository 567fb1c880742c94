//! Packets from one line, field by field: the language of `barewire send`.
//!
//! ```
//! use barewire::craft;
//! use barewire_packet::ip::IpPacket;
//! use barewire_tcp::{Flags, Segment};
//!
//! let packet = craft::packet("ip(src=10.0.0.2, dst=10.0.0.80)/tcp(dport=80, flags=S, seq=7)")?;
//! let bytes = packet.bytes()?; // lengths, checksums and whatever else nobody said are filled in
//! let ip = IpPacket::parse(&bytes)?;
//! let segment = Segment::parse(ip.payload)?;
//! assert_eq!((segment.destination_port, segment.flags, segment.seq.0), (80, Flags::SYN, 7));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Headers are parted by `/`, as in scapy. Each field can be given, also a wrong value; a text or bytes can follow:
//!
//! ```text
//!   ip(dst=10.0.0.2, ttl=3)/udp(dport=53)/dns(qname=www.example.test, qtype=AAAA)
//!   ip6(dst=fd77::2)/hopbyhop(options=[ra(0)])/icmp6(id=1, seq=1)/"hello"
//!   ether(dst=02:00:00:00:00:01)/vlan(id=10)/arp(pdst=10.0.0.2)
//!   ip(dst=10.0.0.2, chksum=0xbeef)/tcp(flags=SA, options=[mss(1460), nop])
//!   ip(dst=10.0.0.2, proto=17)/hex(0035 0035 0008 0000)
//! ```
//!
//! What is not on a line stands in tables, one row for each field: [`headers::HEADERS`].
//!
//! ```text
//!   text ──▶ Packet: what was asked ──▶ Built: bytes, and the field at each of them
//!                                         ├──▶ rows: asked beside sent, as parsers read it
//!                                         └──▶ rust: the code that makes the same bytes
//! ```
//!
//! Left out: DNS answers, the options of neighbour discovery, IPv6 routing headers, and tunnels other than IP in IP.
//! Their bytes can be given as `hex(..)`. Tested in `tests/craft`, byte by byte against scapy.

pub mod answer;
mod bits;
mod build;
mod error;
mod fill;
pub mod header;
pub mod headers;
mod option;
mod packet;
mod parse;
pub mod reach;
pub mod reading;
mod rows;
mod rust;
mod token;
mod value;

pub use build::{Built, Part, Set};
pub use error::{Error, Reason};
pub use fill::Sender;
pub use option::{Choice, Shape, Values};
pub use packet::{Given, Layer, Packet, Value};
pub use rows::{Row, rows_of};
pub use rust::rust_uses;

/// Reads a packet.
///
/// # Errors
/// [`Error`]: the text is not one; it says where, and what could stand there.
pub fn packet(text: &str) -> Result<Packet, Error> {
    parse::packet(text)
}
