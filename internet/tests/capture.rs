//! Capture points: an interface each, which way a packet went, and what was lost; tshark reads the file.

mod common;

use std::process::Command;
use std::time::{Duration, Instant};

use barewire_internet::capture::Recording;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::capture::{Capture, Origin};
use barewire_packet::link::{Link, Way};

use common::*;

/// client ── router ── server; the second wire loses every second packet, more or less.
fn world() -> World {
    let mut plan = Topology::new(Instant::now(), 3);
    plan.link("client", "10.0.0.2/24 2001:db8:1::2/64");
    plan.node(
        "router",
        &["10.0.0.1/24 2001:db8:1::1/64", "10.0.1.1/24 2001:db8:2::1/64"],
        Box::new(Router::new()),
    );
    plan.link("server", "10.0.1.80/24 2001:db8:2::80/64");
    plan.wire("client", "router", Wire::ms(1));
    plan.wire("router", "server", Wire::ms(10).loss(0.5).mtu(1400));
    plan.build().unwrap()
}

/// Everywhere in the world: what arrives, what is lost, what a router refuses, and answers with errors of both
/// versions.
fn recorded() -> Capture {
    let world = world();
    let all = Recording::new(world.now(), Duration::from_secs(1_800_000_000));
    ["client", "router", "server"].iter().for_each(|name| world.tap(name, all.point()).unwrap());
    world.tap_losses(all.point());
    let mut client = world.link("client").unwrap();
    for number in 0..10 {
        client.send(&datagram("10.0.0.2", "10.0.1.80", 100 + number)).unwrap();
        client.send(&datagram("2001:db8:1::2", "2001:db8:2::80", 100 + number)).unwrap();
        world.run_for(Duration::from_millis(5));
    }
    for (from, to) in [("10.0.0.2", "10.0.1.80"), ("2001:db8:1::2", "2001:db8:2::80")] {
        client.send(&with_hops(datagram(from, to, 1400), 1)).unwrap();
        client.send(&datagram(from, to, 1400)).unwrap();
        client.send(&request(from, &to.replace("80", "1"), 100)).unwrap();
    }
    client.send(&may_be_cut(datagram("10.0.0.2", "10.0.1.80", 1450), 77)).unwrap();
    world.run_for(Duration::from_secs(1));
    all.take(world.now())
}

#[test]
fn each_place_is_an_interface() {
    let capture = recorded();
    let mut names: Vec<_> = capture.interfaces.iter().map(|at| (at.name.as_str(), at.origin)).collect();
    names.sort_by_key(|(name, _)| *name);
    assert_eq!(
        names,
        [
            ("client", Origin::Seen),
            // Where a node dropped a packet, its name; where a wire lost one, the wire's.
            ("router", Origin::Lost),
            ("router (client-router)", Origin::Seen),
            ("router (router-server)", Origin::Seen),
            ("router-server", Origin::Lost),
            ("server", Origin::Seen),
        ]
    );
    let of = |name: &str, origin| {
        let at =
            capture.interfaces.iter().position(|at| (at.name.as_str(), at.origin) == (name, origin)).unwrap();
        capture.frames.iter().filter(move |frame| frame.interface == at as u32)
    };
    let ways = |name: &str, way| of(name, Origin::Seen).filter(|frame| frame.way == Some(way)).count();
    assert_eq!(ways("client", Way::Sent), 27);
    assert_eq!(ways("router (client-router)", Way::Received), 27);
    assert_eq!(ways("router (client-router)", Way::Sent), ways("client", Way::Received));
    assert_eq!(ways("router (router-server)", Way::Sent), 20 + 2, "with the pieces of one packet");
    let lost = of("router-server", Origin::Lost).count();
    assert_eq!(ways("server", Way::Received) + lost, 22);
    assert!((4..18).contains(&lost), "{lost} of 22");
    assert!(
        of("router-server", Origin::Lost).all(|frame| frame.comment.as_deref() == Some("lost at random"))
    );
    let said: Vec<&str> = of("router", Origin::Lost).filter_map(|frame| frame.comment.as_deref()).collect();
    let [hops, size] = [
        "dropped: it may pass no further router",
        "dropped: larger than the next wire's MTU of 1400 bytes, and not to be cut",
    ];
    assert_eq!(said, [hops, size, hops, size]);
    // Sent at 0, 1 ms on the first wire, 10 ms on the second.
    let base = Duration::from_secs(1_800_000_000);
    let first =
        |name: &str, way| of(name, Origin::Seen).find(|frame| frame.way == Some(way)).unwrap().time - base;
    assert_eq!(first("client", Way::Sent), Duration::ZERO);
    assert_eq!(first("router (client-router)", Way::Received), Duration::from_millis(1));
    assert!(capture.frames.is_sorted_by_key(|frame| frame.time));
    assert!(capture.frames.iter().zip(1..).all(|(frame, number)| frame.number == number));
}

#[test]
fn what_a_node_takes_and_what_it_drops_are_two_interfaces() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.node("router", &["10.0.0.1/24"], Box::new(Router::new()));
    plan.wire("client", "router", Wire::ms(1));
    let world = plan.build().unwrap();
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("router", recording.point()).unwrap();
    world.tap_losses(recording.point());
    world.link("client").unwrap().send(&datagram("10.0.0.2", "203.0.113.1", 1)).unwrap();
    world.run_for(Duration::from_secs(1));
    let capture = recording.take(world.now());
    let places: Vec<_> = capture.interfaces.iter().map(|at| (at.name.as_str(), at.origin)).collect();
    assert_eq!(places, [("router", Origin::Seen), ("router", Origin::Lost)]);
    let frames: Vec<_> = capture.frames.iter().map(|frame| (frame.interface, frame.way)).collect();
    assert_eq!(frames, [(0, Some(Way::Received)), (1, None), (0, Some(Way::Sent))]);
}

#[test]
fn a_recording_that_is_taken_goes_on_from_nothing() {
    let world = world();
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("client", recording.point()).unwrap();
    for _ in 0..2 {
        world.link("client").unwrap().send(&datagram("10.0.0.2", "10.0.1.80", 1)).unwrap();
        let capture = recording.take(world.now());
        assert_eq!((capture.frames.len(), capture.interfaces.len(), capture.frames[0].number), (1, 1, 1));
        assert_eq!(recording.dropped(), 0);
    }
}

#[test]
fn tshark_finds_nothing_wrong() {
    if !need::can_run("tshark_finds_nothing_wrong", false, &["tshark"]) {
        return;
    }
    let capture = recorded();
    let file = std::env::temp_dir().join(format!("bwnet-{}.pcapng", std::process::id()));
    std::fs::write(&file, capture.write()).unwrap();
    let tshark = |words: &[&str]| {
        let checks = ["ip", "udp"].map(|protocol| format!("{protocol}.check_checksum:TRUE"));
        let output = Command::new("tshark")
            .args(["-n", "-o", &checks[0], "-o", &checks[1], "-r"])
            .arg(&file)
            .args(words)
            .output()
            .expect("tshark runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let malformed = tshark(&[
        "-Y",
        "_ws.malformed || _ws.expert.severity >= 0x600000 || ip.checksum.status == 0 || udp.checksum.status == 0 \
             || icmp.checksum.status == 0 || icmpv6.checksum.status == 0",
    ]);
    let fields = tshark(&[
        "-T",
        "fields",
        "-e",
        "frame.interface_name",
        "-e",
        "frame.packet_flags_direction",
        "-e",
        "frame.comment",
    ]);
    let errors = tshark(&["-Y", "icmp.type == 3 || icmp.type == 11 || icmpv6.type == 2 || icmpv6.type == 3"]);
    let whole = tshark(&["-Y", "ip.reassembled.length == 1458"]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(malformed, "");
    let ours = capture.frames.iter().map(|frame| {
        let way = match frame.way {
            Some(Way::Received) => "0x00000001",
            Some(Way::Sent) => "0x00000002",
            None => "0x00000000",
        };
        let name = &capture.interfaces[frame.interface as usize].name;
        (name.clone(), way, frame.comment.clone().unwrap_or_default())
    });
    let lines: Vec<(&str, &str, &str)> = fields
        .lines()
        .map(|line| {
            let mut cells = line.split('\t');
            (cells.next().unwrap_or(""), cells.next().unwrap_or(""), cells.next().unwrap_or(""))
        })
        .collect();
    assert_eq!(lines.len(), capture.frames.len());
    for ((name, way, comment), line) in ours.zip(lines) {
        assert!(line.0.starts_with(&name) && line.2 == comment, "{line:?}, but {name}, {comment}");
        assert!(line.1 == way || way == "0x00000000", "{line:?}, but {way}");
    }
    assert_eq!(errors.lines().count(), 8, "4 errors, each at the router and at the client:\n{errors}");
    assert!(whole.lines().count() <= 2, "{whole}");
}
