//! The probes, each with its number where no balancer looks.

use super::super::question::Envelope;
use super::{Method, Traceroute};

/// Where the checksum of UDP and of ICMP stands in what an IP packet carries.
const UDP_CHECKSUM: usize = 6;
const ICMP_CHECKSUM: usize = 2;

/// The checksum that each echo request has.
const CONSTANT: u16 = 0x6277;

impl Traceroute {
    /// The packet of this probe.
    pub(super) fn packet(&self, number: usize) -> Vec<u8> {
        let probe = &self.probes[number];
        let envelope = Envelope {
            hops: self.hop(probe.place.0),
            identification: number_on_wire(number),
            ..Envelope::new(self.config.source, self.config.destination)
        };
        let room = probe.size.saturating_sub(envelope.header_length() + 8).max(2);
        let ports = self.ports(number);
        match self.config.method {
            Method::Udp(_) if self.config.classic => envelope.datagram(ports, &data(room, 0)),
            Method::Udp(_) => {
                let packet = |word| envelope.datagram(ports, &data(room, word));
                let sum = sum_at(&packet(0), envelope.header_length() + UDP_CHECKSUM);
                packet(difference(sum, number_on_wire(number)))
            }
            Method::Icmp => {
                let packet =
                    |word| envelope.echo(self.config.identifier, number_on_wire(number), &data(room, word));
                let sum = sum_at(&packet(0), envelope.header_length() + ICMP_CHECKSUM);
                packet(difference(sum, CONSTANT))
            }
            Method::Tcp(_) => envelope.syn(ports, self.seq(number)),
        }
    }

    /// Source and destination port of this probe.
    pub(super) fn ports(&self, number: usize) -> (u16, u16) {
        let own = 40_000 + self.config.identifier % 8192;
        match self.config.method {
            Method::Udp(port) if self.config.classic => (own, port.wrapping_add(number as u16)),
            Method::Udp(port) => (own, port),
            Method::Tcp(port) => (own.wrapping_add(number as u16), port),
            Method::Icmp => (0, 0),
        }
    }

    /// The sequence number of a SYN.
    pub(super) fn seq(&self, number: usize) -> u32 {
        u32::from(self.config.identifier) << 16 | u32::from(number_on_wire(number))
    }
}

/// A checksum of 0 would mean none, so numbers start with 1.
pub(super) fn number_on_wire(number: usize) -> u16 {
    number as u16 + 1
}

/// The number of the probe that has this on the wire.
pub(super) fn number_of(on_wire: u16) -> Option<usize> {
    usize::from(on_wire).checked_sub(1)
}

/// Data of a probe: a word that is chosen, then letters.
fn data(length: usize, word: u16) -> Vec<u8> {
    let mut data: Vec<u8> = (0..length).map(|at| b'@' + (at % 32) as u8).collect();
    data[..2].copy_from_slice(&word.to_be_bytes());
    data
}

fn sum_at(packet: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([packet[at], packet[at + 1]])
}

/// The word that, where a zero stood, makes the checksum `wanted` instead of `found` (RFC 1624 §3: sums are of ones'
/// complement, so the carry comes back in at the bottom).
fn difference(found: u16, wanted: u16) -> u16 {
    let sum = u32::from(found) + u32::from(!wanted);
    (sum + (sum >> 16)) as u16
}
