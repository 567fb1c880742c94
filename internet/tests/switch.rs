//! A switch joins wires to one network.

mod common;

use std::time::{Duration, Instant};

use barewire_internet::{Change, Router, Topology, Wire, World};
use barewire_packet::link::Link;

use common::*;

/// Two switches in a row; a host at each, a second one at the first, and a router at the second.
fn network() -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    for (host, address) in [("a", "10.0.0.1"), ("b", "10.0.0.2"), ("c", "10.0.0.3")] {
        plan.link(host, &format!("{address}/24"));
    }
    plan.switch("left", "10.0.0.0/24");
    plan.switch("right", "10.0.0.0/24");
    plan.node("router", &["10.0.0.254/24", "203.0.113.1/24"], Box::new(Router::new()));
    plan.link("server", "203.0.113.80/24");
    for (from, to) in [("a", "left"), ("b", "left"), ("left", "right"), ("c", "right"), ("router", "right")] {
        plan.wire(from, to, Wire::ms(1));
    }
    plan.wire("router", "server", Wire::ms(5));
    plan.build().unwrap()
}

#[test]
fn packets_go_to_who_has_the_address_and_stay_as_they_are() {
    let world = network();
    for (to, address, ms) in [("b", "10.0.0.2", 2), ("c", "10.0.0.3", 3), ("server", "203.0.113.80", 8)] {
        let (start, packet) = (world.now(), datagram("10.0.0.1", address, 9));
        world.link("a").unwrap().send(&packet).unwrap();
        let arrived = world.link(to).unwrap().receive(None).unwrap().unwrap();
        assert_eq!(world.now() - start, Duration::from_millis(ms), "to {to}");
        // A switch is not a hop; the router is one.
        assert_eq!(arrived, with_hops(packet, if to == "server" { 63 } else { 64 }));
    }
    for idle in ["a", "b", "c"] {
        assert_eq!(
            received(&world, idle, Duration::from_secs(1)),
            Vec::<Vec<u8>>::new(),
            "{idle} hears nothing else"
        );
    }
}

#[test]
fn what_nobody_has_ends_there() {
    let world = network();
    world.link("a").unwrap().send(&datagram("10.0.0.1", "10.0.0.99", 9)).unwrap();
    world.link("a").unwrap().send(b"not IP").unwrap();
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.counters().dropped, 2);
    // The router knows that the host does not exist. Who comes from outside hears of it.
    let message = answer(&world, "server", &datagram("203.0.113.80", "10.0.0.99", 9)).unwrap();
    assert_eq!((message.what(), message.source), ((3, 1), ip("203.0.113.1")));
}

/// Two switches that each think the other one knows the way would send a packet to and fro for ever.
#[test]
fn a_packet_is_not_sent_back_by_the_port_it_came_in_by() {
    let world = network();
    let announce = |node: &str| Change::Announce {
        node: node.to_owned(),
        prefix: "198.51.100.0/24".parse().unwrap(),
        each_hop: Duration::from_secs(1),
    };
    // The left switch hears of the way at once, and the right one not before a second has passed.
    world.change_at(world.now(), announce("c")).unwrap();
    world.run_for(Duration::from_secs(9));
    world.change_at(world.now(), announce("a")).unwrap();
    world.run_for(Duration::from_millis(1100));
    // The left one sends it to a, where c got it before. From a's own side it would go back to a.
    let before = world.counters();
    world.link("a").unwrap().send(&datagram("10.0.0.1", "198.51.100.1", 9)).unwrap();
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.counters().dropped, before.dropped + 1);
    assert_eq!(world.counters().sent, before.sent + 1);
}
