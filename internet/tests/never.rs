//! Durations without end: wires, news, timers and limits that are set to "never".

mod common;

use std::time::{Duration, Instant};

use barewire_internet::balancer::Balancer;
use barewire_internet::firewall::Firewall;
use barewire_internet::nat::Nat;
use barewire_internet::router::Limit;
use barewire_internet::{Change, Router, Topology, Wire, WorldLink, balancer, firewall, nat, tracking};
use barewire_packet::link::Link;

use common::*;

/// `Duration::MAX` is how people write "never". No clock reaches so far: it is a century.
#[test]
fn never_is_a_century() {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.node("near", &["10.0.0.1/24", "10.0.1.1/24"], Box::new(Router::new()));
    plan.node("far", &["10.0.1.2/24", "10.0.2.1/24"], Box::new(Router::new()));
    plan.link("server", "10.0.2.80/24");
    plan.wire("client", "near", Wire { jitter: Duration::MAX, reorder: 1.0, ..Wire::ms(1) });
    plan.wire("near", "far", Wire::ms(1));
    plan.wire("far", "server", Wire::with_delay(Duration::MAX));
    let world = plan.build().unwrap();
    let begins = world.now();
    world.link("client").unwrap().send(&datagram("10.0.0.2", "10.0.2.80", 4)).unwrap();
    let prefix = "203.0.113.0/24".parse().unwrap();
    let news = Change::Announce { node: "far".to_owned(), prefix, each_hop: Duration::MAX };
    world.change_at(begins, news).unwrap();
    world.run_for(Duration::MAX);
    assert_eq!(world.now(), begins + CENTURY);
    world.run_for(CENTURY * 2);
    assert_eq!((world.counters().sent, world.counters().delivered), (3, 3));
}

/// A box that never forgets, and a router that never tells a second time.
#[test]
fn boxes_may_remember_for_ever() {
    let tracking = tracking::Timers { udp: Duration::MAX, ..tracking::Timers::rfc() };
    let timers = balancer::Timers { datagrams: Duration::MAX, ..balancer::Timers::default() };
    let nat = Nat::new(nat::Config { timers: tracking, ..nat::Config::rfc() }, &["near-far"]);
    let near = Router::new()
        .with(Box::new(Firewall::new(firewall::Action::Accept).timers(tracking)))
        .with(Box::new(nat))
        .limit(Limit::new(1, Duration::MAX));
    let config = balancer::Config { timers, ..balancer::Config::default() };
    let balancer = Balancer::udp("10.0.2.100:53".parse().unwrap(), config).backend(
        "server",
        "10.0.2.80:53".parse().unwrap(),
        1,
    );
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.node("near", &["10.0.0.1/24", "10.0.1.1/24"], Box::new(near));
    plan.node("far", &["10.0.1.2/24", "10.0.2.1/24"], Box::new(Router::new().with(Box::new(balancer))));
    plan.link("server", "10.0.2.80/24");
    plan.wire("client", "near", Wire::ms(1));
    plan.wire("near", "far", Wire::ms(1));
    plan.wire("far", "server", Wire::ms(1));
    let world = plan.build().unwrap();
    let (mut client, mut server) = (world.link("client").unwrap(), world.link("server").unwrap());
    let send = |client: &mut WorldLink, to: &str| {
        client.send(&barewire_packet::build::datagram("10.0.0.2:4000", to, b"again")).unwrap();
        world.run_for(Duration::from_secs(1));
    };
    send(&mut client, "10.0.2.100:53");
    let first = server.receive(Some(world.now())).unwrap().expect("a datagram");
    world.run_for(Duration::from_secs(10 * 365 * 24 * 3600));
    send(&mut client, "10.0.2.100:53");
    let second = server.receive(Some(world.now())).unwrap().expect("the same flow");
    assert_eq!(second[20..22], first[20..22], "the NAT's port");
    for told in [true, false] {
        send(&mut client, "198.51.100.1:53");
        assert_eq!(client.receive(Some(world.now())).unwrap().is_some(), told);
    }
}
