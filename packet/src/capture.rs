//! Capture files: pcapng read and written, classic pcap read.
//!
//! A trace of this project is a capture, and every test against captured packets reads one, so
//! the format lives here, where the tests of all crates can reach it. It is small: a file is a row of blocks,
//! each framed by its length on both sides so that it can be walked either way.
//!
//! ```text
//!  Section Header   byte order
//!  Interface        link type, name, unit of time             one per interface
//!  Secrets          TLS key log, before the packets it opens
//!  Enhanced Packet  interface, time, bytes, comment           one per packet
//! ```
//!
//! Format: <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html>. Left out: name
//! resolution and statistics blocks (skipped), custom blocks (skipped), several sections in one
//! file are read as one. Tested in `packet/tests/capture.rs`, tshark being the judge of what is
//! written in `examples/tests`.

mod classic;
mod link;
mod read;
mod reason;
mod write;

use std::time::Duration;

use barewire_dissect::Refused;

pub use reason::Reason;

/// A whole capture: interfaces, packets in file order, and the secrets that open them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// Where packets were seen; [`Packet::interface`] counts from 0 in this list.
    pub interfaces: Vec<Interface>,
    /// The packets, in the order of the file.
    pub packets: Vec<Packet>,
    /// The bodies of the TLS secrets blocks: lines as SSLKEYLOGFILE has them.
    pub secrets: Vec<String>,
}

/// Where packets were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What a packet starts with, as a LINKTYPE number: see [`linktype`].
    pub link_type: u16,
    /// Its name, or the empty string.
    pub name: String,
}

/// One captured packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Index into [`Capture::interfaces`].
    pub interface: u32,
    /// When it was seen, since the Unix epoch. Written, no time is later than 2^64 ns, in the year 2554.
    pub time: Duration,
    /// Its bytes, from the link layer on, as far as they were captured.
    pub bytes: Vec<u8>,
    /// How long it was on the wire, in bytes.
    pub original_len: u32,
    /// What the capturing program had to say about it; of several comments, a line each.
    pub comment: Option<String>,
}

/// LINKTYPE numbers that [`Capture::ip_packets`] knows.
pub mod linktype {
    /// BSD loopback: four bytes of address family.
    pub const NULL: u16 = 0;
    /// Ethernet II.
    pub const ETHERNET: u16 = 1;
    /// Bare IPv4 or IPv6, as a user-space stack sees it. What this project writes.
    pub const RAW: u16 = 101;
    /// Linux "cooked" capture, the `any` device of old.
    pub const LINUX_SLL: u16 = 113;
    /// Bare IPv4.
    pub const IPV4: u16 = 228;
    /// Bare IPv6.
    pub const IPV6: u16 = 229;
    /// Linux "cooked" capture, version 2.
    pub const LINUX_SLL2: u16 = 276;
}

impl Capture {
    /// Reads a pcapng or classic pcap file.
    ///
    /// # Errors
    /// [`Refused`]: not a capture, or one that breaks its own format.
    pub fn read(file: &[u8]) -> Result<Capture, Refused<Reason>> {
        if classic::is_classic(file) { classic::read(file) } else { read::read(file) }
    }

    /// The file's bytes, in pcapng: secrets first, since readers open a TLS connection only with
    /// secrets that stand before its ServerHello.
    pub fn write(&self) -> Vec<u8> {
        write::write(self)
    }

    /// The IP packets: index in [`Capture::packets`], time, and the bytes from the IP header on.
    /// Packets that carry no IP, or of link types not in [`linktype`], are left out.
    pub fn ip_packets(&self) -> impl Iterator<Item = (usize, Duration, &[u8])> {
        let packets = self.packets.iter().enumerate();
        packets.filter_map(|(index, packet)| Some((index, packet.time, self.ip_packet(index)?)))
    }

    /// The bytes of one packet from the IP header on, if it carries IP.
    pub fn ip_packet(&self, index: usize) -> Option<&[u8]> {
        let packet = self.packets.get(index)?;
        let link_type = self.interfaces.get(packet.interface as usize)?.link_type;
        link::ip_of(link_type, &packet.bytes)
    }
}
