//! Linux as the router, in namespaces: the same packets through it and through our world, and what comes back compared.
//!
//! ```text
//!   cargo test -p barewire-internet --test live -- --nocapture     prints what each of the two said
//! ```
//!
//! Where the two differ is the table [`DIFFERENCES`]; the docs of `router` explain it.

mod common;
#[path = "live/lab.rs"]
mod lab;
mod station;

use std::time::Duration;

use barewire_internet::World;
use barewire_packet::build::with_extension_headers;
use barewire_packet::link::Link;

use common::*;
use lab::Lab;
use station::Station;

const MTU: usize = 1300;
const HOST: &str = "192.168.1.42";
const FAR: &str = "203.0.113.80";
const HOST_V6: &str = "2001:db8:1::42";
const FAR_V6: &str = "2001:db8:3::80";

/// What an end received: at the client answers, at the server what came through.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Message(Message),
    /// A TCP segment: its source, and its header after the ports, without window and checksum.
    Tcp(Vec<u8>),
    /// A packet that came through, byte for byte.
    Through(Vec<u8>),
}

/// In which cases Linux and we differ, and in what.
const DIFFERENCES: [(&str, &str); 6] = [
    ("IPv4 no such host", "Linux has counted the hop before it looks for the host, and quotes the packet so"),
    ("IPv6 no such host", "the same"),
    ("IPv4 invalid source 240.0.0.1", "Linux passes it on"),
    ("IPv4 invalid source 192.168.1.255", "Linux passes it on"),
    ("IPv4 invalid destination 240.0.0.1", "Linux says that no route leads there"),
    ("IPv6 invalid destination ::", "Linux says that no route leads there"),
];

/// What is sent, by name. `silent`: nobody answers, so it is not waited for long.
fn cases() -> Vec<(String, Vec<u8>)> {
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    for (version, host, far, own, far_own, no_route, no_host) in [
        ("IPv4", HOST, FAR, "192.168.1.1", "203.0.113.1", "100.64.0.1", "203.0.113.99"),
        ("IPv6", HOST_V6, FAR_V6, "2001:db8:1::1", "2001:db8:3::1", "2001:db8:ff::1", "2001:db8:3::99"),
    ] {
        let mut add = |name: &str, packet: Vec<u8>| cases.push((format!("{version} {name}"), packet));
        for hops in 1..=3 {
            add(&format!("UDP, TTL {hops}"), with_hops(datagram(host, far, 30), hops));
            add(&format!("echo, TTL {hops}"), with_hops(request(host, far, 30), hops));
        }
        add("echo to the first router", request(host, own, 30));
        add("echo to the far side of the second router", request(host, far_own, 300));
        add("large, TTL 1", with_hops(datagram(host, far, 1400), 1));
        add("large, TTL 2", with_hops(datagram(host, far, 1252), 2));
        add("too big", datagram(host, far, 1400));
        add("too big, TTL 2", with_hops(datagram(host, far, 1400), 2));
        add("no route", datagram(host, no_route, 30));
        add("no route, TTL 1", with_hops(datagram(host, no_route, 30), 1));
        add("no such host", datagram(host, no_host, 30));
        add("no such host, TTL 2", with_hops(datagram(host, no_host, 30), 2));
        add("no such host, too big", datagram(host, no_host, 1400));
        add("closed port of the first router", datagram(host, own, 30));
        add("closed port of the far side of the second router", datagram(host, far_own, 30));
        add("SYN to the first router", syn(host, own));
        let mut wrong = datagram(host, own, 30);
        *wrong.last_mut().unwrap() ^= 1;
        add("UDP with a wrong checksum to the first router", wrong);
        let mut error = with_hops(request(host, far, 30), 1);
        error[if version == "IPv4" { 20 } else { 40 }] = 3;
        add("ICMP error, TTL 1", error);
    }
    cases.extend(cases_v4());
    cases.extend(cases_v6());
    cases
}

fn cases_v4() -> Vec<(String, Vec<u8>)> {
    let mut unknown = datagram(HOST, "192.168.1.1", 30);
    unknown[9] = 253;
    let mut service = request(HOST, "198.51.100.1", 30);
    service[1] = 0x28;
    let mut dying_service = with_hops(datagram(HOST, FAR, 30), 1);
    dying_service[1] = 0x28;
    let mut wrong = datagram(HOST, FAR, 30);
    wrong[10] ^= 1;
    let fragment = |offset: u8| {
        let mut packet = with_hops(may_be_cut(datagram(HOST, FAR, 40), 9), 1);
        (packet[6], packet[7]) = (0x20, offset);
        mended(packet)
    };
    let mut cases = vec![
        ("unknown protocol", "", mended(unknown)),
        ("echo with a type of service", "", mended(service)),
        ("type of service, TTL 1", "", mended(dying_service)),
        ("wrong header checksum", "", wrong),
        ("first fragment, TTL 1", "", fragment(0)),
        ("later fragment, TTL 1", "", fragment(3)),
        ("to be cut", "", may_be_cut(datagram(HOST, FAR, 1400), 0x1234)),
        ("to a broadcast address far away", "", datagram(HOST, "203.0.113.255", 30)),
    ];
    for source in ["0.0.0.0", "127.0.0.1", "224.0.0.5", "240.0.0.1", "255.255.255.255", "192.168.1.255"] {
        cases.push(("invalid source", source, datagram(source, FAR, 30)));
    }
    for destination in ["127.0.0.1", "224.0.0.5", "240.0.0.1", "255.255.255.255", "192.168.1.255"] {
        cases.push(("invalid destination", destination, datagram(HOST, destination, 30)));
    }
    cases
        .into_iter()
        .map(|(name, address, packet)| (format!("IPv4 {name} {address}").trim_end().to_owned(), packet))
        .collect()
}

fn cases_v6() -> Vec<(String, Vec<u8>)> {
    let mut unknown = datagram(HOST_V6, "2001:db8:1::1", 30);
    unknown[6] = 253;
    let options: (u8, &[u8]) = (60, &[1, 4, 0, 0, 0, 0]);
    let mut nothing = datagram(HOST_V6, "2001:db8:1::1", 30);
    nothing[6] = 59;
    let mut later = barewire_packet::build::fragments(&datagram(HOST_V6, FAR_V6, 100), 9, 48).remove(1);
    later[7] = 1;
    let mut cases = vec![
        ("unknown protocol", "", unknown.clone()),
        ("unknown protocol after options", "", with_extension_headers(&unknown, &[options])),
        ("no next header", "", nothing),
        ("later fragment, TTL 1", "", later),
    ];
    for source in ["::", "::1", "ff02::1", "fe80::1"] {
        cases.push(("invalid source", source, with_hops(datagram(source, FAR_V6, 30), 9)));
    }
    for destination in ["::", "::1", "ff05::1", "fe80::9"] {
        cases.push(("invalid destination", destination, datagram(HOST_V6, destination, 30)));
    }
    cases
        .into_iter()
        .map(|(name, address, packet)| (format!("IPv6 {name} {address}").trim_end().to_owned(), packet))
        .collect()
}

/// A SYN with sequence number 1000.
fn syn(from: &str, to: &str) -> Vec<u8> {
    let mut packet = datagram(from, to, 12);
    let start = if packet[0] >> 4 == 4 { 20 } else { 40 };
    packet[if start == 20 { 9 } else { 6 }] = 6;
    let mut segment = [156, 64, 0, 80, 0, 0, 3, 232, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0];
    let mut sum = barewire_packet::checksum::pseudo_header(ip(from), ip(to), 6, 20);
    sum.add(&segment);
    segment[16..18].copy_from_slice(&sum.checksum().to_be_bytes());
    packet[start..].copy_from_slice(&segment);
    if start == 20 { mended(packet) } else { packet }
}

/// What is compared of a packet that the client received.
fn at_client(packet: &[u8]) -> Seen {
    let start = if packet[0] >> 4 == 4 { 20 } else { 40 };
    match Message::read(packet) {
        Some(message) => Seen::Message(message),
        // Ports, numbers, length and flags.
        None => Seen::Tcp(packet[start..start + 14].to_vec()),
    }
}

fn is_of_server(packet: &[u8]) -> bool {
    let source = barewire_packet::transit::Transit::parse(packet.to_vec()).map(|packet| packet.source());
    source.is_ok_and(|source| source == ip(FAR) || source == ip(FAR_V6))
}

fn through_linux(client: &mut Station, server: &Station, packet: &[u8]) -> Vec<Seen> {
    client.send(packet);
    // Errors about hosts that do not exist take 150 ms, all else comes at once. The server's own host answers too, but
    // only routers are compared.
    let is_of_router = |packet: &Vec<u8>| !is_of_server(packet);
    let (patience, at_once) = (Duration::from_millis(400), Duration::from_millis(20));
    let mut seen: Vec<Seen> = Vec::new();
    if let Some(answer) = client.receive(patience) {
        let more = std::iter::from_fn(|| client.receive(at_once));
        seen.extend(
            std::iter::once(answer).chain(more).filter(is_of_router).map(|packet| at_client(&packet)),
        );
    }
    seen.extend(std::iter::from_fn(|| server.receive(at_once)).map(Seen::Through));
    seen
}

fn through_ours(world: &World, packet: &[u8]) -> Vec<Seen> {
    world.link("client").unwrap().send(packet).unwrap();
    let mut seen: Vec<Seen> =
        received(world, "client", Duration::from_secs(10)).iter().map(|packet| at_client(packet)).collect();
    seen.extend(received(world, "server", Duration::ZERO).into_iter().map(Seen::Through));
    seen
}

#[test]
fn linux_says_the_same() {
    if !need::can_run("linux_says_the_same", true, &["ip", "sysctl", "python3"]) {
        return;
    }
    let lab = Lab::raise(MTU);
    let (mut client, server) =
        (lab.station("client", "02:00:00:00:00:02"), lab.station("server", "02:00:00:00:00:05"));
    // The first packets wait until neighbours have been found.
    for packet in [request(HOST, "203.0.113.1", 0), request(HOST_V6, "2001:db8:3::1", 0)] {
        let answers = (0..20).any(|_| {
            client.send(&packet);
            client.receive(Duration::from_millis(300)).is_some()
        });
        assert!(answers, "the second router cannot be reached");
    }
    for packet in [datagram(HOST, FAR, 0), datagram(HOST_V6, FAR_V6, 0)] {
        let arrives = (0..20).any(|_| {
            client.send(&packet);
            server.receive(Duration::from_millis(300)).is_some()
        });
        assert!(arrives, "the server cannot be reached");
    }
    while client.receive(Duration::from_millis(300)).is_some() {}
    let world = path(MTU);
    let mut wrong = Vec::new();
    for (name, packet) in cases() {
        if name.starts_with("IPv4 no route") {
            // Linux has a second limit on this error, which cannot be switched off here: one a second.
            std::thread::sleep(Duration::from_millis(1100));
        }
        let linux = through_linux(&mut client, &server, &packet);
        let ours = through_ours(&world, &packet);
        println!("{name}\n  Linux {}\n  ours  {}", show(&linux), show(&ours));
        let known = DIFFERENCES.iter().any(|(case, _)| *case == name);
        if (linux == ours) == known {
            wrong.push(format!("{name}: Linux {linux:x?}, ours {ours:x?}"));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

fn show(seen: &[Seen]) -> String {
    let one = |seen: &Seen| match seen {
        Seen::Message(message) => format!(
            "{}/{} from {}, word {:#x}, {} quoted with TTL {}, TTL {}, class {:#x}",
            message.kind,
            message.code,
            message.source,
            message.word,
            message.quote.len(),
            if message.quote.len() > 8 { message.quoted_hops() } else { 0 },
            message.hops,
            message.traffic_class
        ),
        Seen::Tcp(header) => format!("TCP {header:02x?}"),
        Seen::Through(packet) => format!("{} bytes through", packet.len()),
    };
    if seen.is_empty() { "nothing".to_owned() } else { seen.iter().map(one).collect::<Vec<_>>().join("; ") }
}
