//! What several tests share: packets made by hand, and answers read at their fixed places.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod need;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_internet::router::Limit;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::checksum::{Verdict, checksum};
use barewire_packet::icmp::echo_packet;
use barewire_packet::link::Link;
use barewire_packet::transit::Transit;
use barewire_packet::udp;

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("{text} is not an address"))
}

/// A UDP datagram with `size` bytes of data, from port 40000 to port 33434. "Don't fragment" is set in IPv4.
pub(crate) fn datagram(from: &str, to: &str, size: usize) -> Vec<u8> {
    let data: Vec<u8> = (0..size).map(|at| at as u8).collect();
    udp::ip_packet(SocketAddr::new(ip(from), 40000), SocketAddr::new(ip(to), 33434), &data)
}

/// An echo request with `size` bytes of data.
pub(crate) fn request(from: &str, to: &str, size: usize) -> Vec<u8> {
    let data: Vec<u8> = (0..size).map(|at| at as u8).collect();
    echo_packet(ip(from), ip(to), false, (7, 1), &data)
}

/// The packet with another TTL, or hop limit.
pub(crate) fn with_hops(mut packet: Vec<u8>, hops: u8) -> Vec<u8> {
    if packet[0] >> 4 == 6 {
        packet[7] = hops;
        return packet;
    }
    packet[8] = hops;
    mended(packet)
}

/// The IPv4 packet with other flags and another identification, and "don't fragment" clear.
pub(crate) fn may_be_cut(mut packet: Vec<u8>, identification: u16) -> Vec<u8> {
    packet[4..6].copy_from_slice(&identification.to_be_bytes());
    packet[6] &= 0xbf;
    mended(packet)
}

/// The IPv4 packet with the right header checksum.
pub(crate) fn mended(mut packet: Vec<u8>) -> Vec<u8> {
    let length = 4 * usize::from(packet[0] & 0x0f);
    packet[10..12].fill(0);
    let sum = checksum(&packet[..length]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

/// A message of ICMP as its receiver sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) source: IpAddr,
    pub(crate) kind: u8,
    pub(crate) code: u8,
    pub(crate) word: u32,
    /// What follows the word: in an error the quoted packet.
    pub(crate) quote: Vec<u8>,
    pub(crate) hops: u8,
    pub(crate) traffic_class: u8,
}

impl Message {
    /// Reads a packet. `None`: it is not ICMP. Wrong checksums fail the test.
    pub(crate) fn read(packet: &[u8]) -> Option<Message> {
        let is_v4 = packet[0] >> 4 == 4;
        let (protocol, header, hops) =
            if is_v4 { (packet[9], 20, packet[8]) } else { (packet[6], 40, packet[7]) };
        if protocol != if is_v4 { 1 } else { 58 } {
            return None;
        }
        let transit = Transit::parse(packet.to_vec()).expect("a packet with a right header checksum");
        assert_eq!(transit.verdict(), Verdict::Correct, "{packet:02x?}");
        let class = if is_v4 { packet[1] } else { packet[0] << 4 | packet[1] >> 4 };
        let icmp = &packet[header..];
        Some(Message {
            source: transit.source(),
            kind: icmp[0],
            code: icmp[1],
            word: u32::from_be_bytes([icmp[4], icmp[5], icmp[6], icmp[7]]),
            quote: icmp[8..].to_vec(),
            hops,
            traffic_class: class,
        })
    }

    /// Type and code.
    pub(crate) fn what(&self) -> (u8, u8) {
        (self.kind, self.code)
    }

    /// The TTL or hop limit of the quoted packet.
    pub(crate) fn quoted_hops(&self) -> u8 {
        self.quote[if self.quote[0] >> 4 == 4 { 8 } else { 7 }]
    }
}

/// Sends a packet from a link and gives what comes back within five seconds.
pub(crate) fn answer(world: &World, link: &str, packet: &[u8]) -> Option<Message> {
    let mut link = world.link(link).unwrap();
    link.send(packet).unwrap();
    let reply = link.receive(Some(world.now() + Duration::from_secs(5))).unwrap()?;
    Message::read(&reply)
}

/// Everything that waits at a link, or comes within `time`.
pub(crate) fn received(world: &World, link: &str, time: Duration) -> Vec<Vec<u8>> {
    let mut link = world.link(link).unwrap();
    let until = world.now() + time;
    std::iter::from_fn(|| link.receive(Some(until)).unwrap()).collect()
}

/// client ── home ── isp ── server, 1, 8 and 16 ms, in both versions of IP; the last wire carries `mtu` bytes. The
/// errors of its routers are not limited.
pub(crate) fn path(mtu: usize) -> World {
    let router = || Box::new(Router::new().limit(Limit::none()));
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24 2001:db8:1::42/64");
    let home = ["192.168.1.1/24 2001:db8:1::1/64", "198.51.100.2/24 2001:db8:2::2/64"];
    plan.node("home", &home, router());
    let isp = ["198.51.100.1/24 2001:db8:2::1/64", "203.0.113.1/24 2001:db8:3::1/64"];
    plan.node("isp", &isp, router());
    plan.link("server", "203.0.113.80/24 2001:db8:3::80/64");
    plan.wire("client", "home", Wire::ms(1));
    plan.wire("home", "isp", Wire::ms(8));
    plan.wire("isp", "server", Wire::ms(16).mtu(mtu));
    plan.build().unwrap()
}
