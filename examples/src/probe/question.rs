//! The packets that are sent: an ICMP echo request, a UDP datagram or a TCP SYN, in an IP header of which hops, "don't
//! fragment" and identification can be chosen.
//!
//! Tested in `tests/probe`, where tshark reads them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use barewire_packet::icmp;
use barewire_packet::ip::{self, Ipv4Header, Ipv6Header};
use barewire_packet::udp;
use barewire_tcp::options::Options;
use barewire_tcp::{Flags, Segment, SeqNumber, segment};

/// The IP header of a probe. Both addresses are of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// Our address.
    pub source: IpAddr,
    /// Where the probe goes.
    pub destination: IpAddr,
    /// How many routers may pass it on: time to live, or hop limit.
    pub hops: u8,
    /// Whether IPv4's routers must leave it whole. Those of IPv6 always do (RFC 8200 §4.5).
    pub dont_fragment: bool,
    /// IPv4's identification. With 0 the kernel of a raw socket chooses one.
    pub identification: u16,
}

impl Envelope {
    /// An envelope with hops to spare that must stay whole.
    pub fn new(source: IpAddr, destination: IpAddr) -> Envelope {
        Envelope { source, destination, hops: 64, dont_fragment: true, identification: 0 }
    }

    /// The length of the IP header, in bytes.
    pub fn header_length(&self) -> usize {
        ip::header_length(self.source)
    }

    /// An echo request (RFC 792, RFC 4443 §4.1).
    pub fn echo(&self, identifier: u16, sequence: u16, data: &[u8]) -> Vec<u8> {
        let protocol = if self.source.is_ipv4() { icmp::PROTOCOL } else { icmp::PROTOCOL_V6 };
        self.around(
            protocol,
            &icmp::echo_packet(self.source, self.destination, false, (identifier, sequence), data),
        )
    }

    /// A UDP datagram from one port to another.
    pub fn datagram(&self, (from, to): (u16, u16), payload: &[u8]) -> Vec<u8> {
        let (source, destination) =
            (SocketAddr::new(self.source, from), SocketAddr::new(self.destination, to));
        self.around(udp::PROTOCOL, &udp::ip_packet(source, destination, payload))
    }

    /// A SYN from one port to another, with the one option that every host sends: a maximum segment size.
    pub fn syn(&self, (from, to): (u16, u16), seq: u32) -> Vec<u8> {
        let room = 1500 - self.header_length() as u16 - segment::HEADER_LENGTH as u16;
        let syn = Segment {
            seq: SeqNumber(seq),
            flags: Flags::SYN,
            window: 1024,
            options: Options { maximum_segment_size: Some(room), ..Options::default() },
            ..Segment::empty(from, to)
        };
        self.segment(&syn)
    }

    /// The RST that takes back our half of a connection that a SYN-ACK offered (RFC 9293 §3.10.7.1: its number is the
    /// one that the SYN-ACK acknowledged).
    pub fn reset(&self, (from, to): (u16, u16), seq: u32) -> Vec<u8> {
        let reset = Segment { seq: SeqNumber(seq), flags: Flags::RST, ..Segment::empty(from, to) };
        self.segment(&reset)
    }

    fn segment(&self, segment: &Segment<'_>) -> Vec<u8> {
        self.around(segment::PROTOCOL, &segment.ip_packet(self.source, self.destination))
    }

    /// The payload of a packet that was made with the usual header, in this envelope.
    fn around(&self, protocol: u8, usual: &[u8]) -> Vec<u8> {
        let payload = usual.get(self.header_length()..).unwrap_or_default();
        let mut packet = Vec::with_capacity(self.header_length() + payload.len());
        match (self.source, self.destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => Ipv4Header {
                traffic_class: 0,
                total_length: (20 + payload.len()) as u16,
                identification: self.identification,
                reserved: false,
                dont_fragment: self.dont_fragment,
                more_fragments: false,
                fragment_offset: 0,
                time_to_live: self.hops,
                protocol,
                checksum: 0,
                source,
                destination,
                options: &[],
            }
            .write_summed(&mut packet),
            (source, destination) => Ipv6Header {
                traffic_class: 0,
                flow_label: 0,
                payload_length: payload.len() as u16,
                next_header: protocol,
                hop_limit: self.hops,
                source: v6(source),
                destination: v6(destination),
                extensions: &[],
                protocol,
            }
            .write(&mut packet),
        }
        packet.extend_from_slice(payload);
        packet
    }
}

fn v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}
