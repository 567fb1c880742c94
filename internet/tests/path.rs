//! A path of two routers: packets arrive, hops are counted, and who sends too far hears from the right router.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_internet::{Change, Router, Topology, Wire, World};
use barewire_packet::icmp::{Icmp, Version, echo_packet};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::Link;

/// client ── home ── isp ── server, 1, 8 and 16 ms.
fn path() -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24");
    plan.node("home", &["192.168.1.1/24", "198.51.100.2/24"], Box::new(Router::new()));
    plan.node("isp", &["198.51.100.1/24", "203.0.113.1/24"], Box::new(Router::new()));
    plan.link("server", "203.0.113.80/24");
    plan.wire("client", "home", Wire::ms(1));
    plan.wire("home", "isp", Wire::ms(8));
    plan.wire("isp", "server", Wire::ms(16).mtu(1400));
    plan.build().unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// An echo request from the client, with this many hops to go.
fn request(to: &str, hops: u8, data: usize) -> Vec<u8> {
    let mut packet = echo_packet(address("192.168.1.42"), address(to), false, (7, 1), &vec![0x55; data]);
    packet[8] = hops;
    packet[10..12].fill(0);
    let sum = barewire_packet::checksum::checksum(&packet[..20]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet
}

/// What comes back to the client, from whom, and after how many milliseconds.
fn answer(world: &World, packet: &[u8]) -> Option<(String, String, u128)> {
    let start = world.now();
    let mut client = world.link("client").unwrap();
    client.send(packet).unwrap();
    let reply = client.receive(Some(start + Duration::from_secs(5))).unwrap()?;
    let packet = IpPacket::parse(&reply).unwrap();
    let icmp = Icmp::parse(Version::V4, packet.payload).unwrap();
    let text = icmp.to_string();
    Some((packet.header.source().to_string(), text, (world.now() - start).as_millis()))
}

#[test]
fn each_router_answers_for_itself_and_counts_hops() {
    let world = path();
    let quote = "for ICMP 192.168.1.42 → 203.0.113.80";
    let exceeded = |from: &str, ms| Some((from.to_owned(), format!("time exceeded in transit, {quote}"), ms));
    assert_eq!(answer(&world, &request("203.0.113.80", 1, 8)), exceeded("192.168.1.1", 2));
    assert_eq!(answer(&world, &request("203.0.113.80", 2, 8)), exceeded("198.51.100.1", 18));
    let reply = |from: &str, ms| Some((from.to_owned(), "echo reply id 7 seq 1".to_owned(), ms));
    assert_eq!(answer(&world, &request("198.51.100.1", 64, 8)), reply("198.51.100.1", 18));
    // The server gets it with two hops fewer.
    world.link("client").unwrap().send(&request("203.0.113.80", 64, 8)).unwrap();
    let mut server = world.link("server").unwrap();
    let arrived = server.receive(None).unwrap().unwrap();
    assert_eq!(arrived[8], 62);
    let IpPacket { header, .. } = IpPacket::parse(&arrived).unwrap();
    let barewire_packet::ip::IpHeader::V4(header) = header else { panic!("{header:?}") };
    assert_eq!(header.computed_checksum(), header.checksum);
}

#[test]
fn what_cannot_be_delivered_is_said() {
    let world = path();
    let said = |packet: &[u8]| answer(&world, packet).map(|(from, text, _)| (from, text));
    let from = |router: &str, text: &str| Some((router.to_owned(), text.to_owned()));
    let quote = "for ICMP 192.168.1.42 → ";
    assert_eq!(
        said(&request("203.0.113.99", 64, 8)),
        from("198.51.100.1", &format!("host unreachable, {quote}203.0.113.99"))
    );
    assert_eq!(
        said(&request("100.64.0.1", 64, 8)),
        from("192.168.1.1", &format!("net unreachable, {quote}100.64.0.1"))
    );
    assert_eq!(
        said(&request("203.0.113.80", 64, 1400)),
        from("198.51.100.1", &format!("fragmentation needed, MTU 1400, {quote}203.0.113.80"))
    );
}

#[test]
fn a_wire_that_is_down_carries_nothing() {
    let world = path();
    world.change_at(world.now(), Change::Down("home-isp".into())).unwrap();
    assert_eq!(answer(&world, &request("198.51.100.1", 64, 8)), None);
    assert_eq!(world.counters().down, 1);
    world.change_at(world.now(), Change::Up("home-isp".into())).unwrap();
    assert!(answer(&world, &request("198.51.100.1", 64, 8)).is_some());
}
