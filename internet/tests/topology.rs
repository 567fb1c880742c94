//! What a drawing may not be, and what its wires are called.

mod common;

use std::time::Instant;

use barewire_internet::{Address, Change, NoSuchNode, Prefix, Router, Topology, TopologyError, Wire};
use barewire_packet::link::Link;

use common::*;

/// The error of a drawing.
fn error(draw: impl FnOnce(&mut Topology)) -> TopologyError {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.link("server", "10.0.0.80/24");
    draw(&mut plan);
    plan.build().err().expect("an error")
}

#[test]
fn a_drawing_that_contradicts_itself_is_refused() {
    let text = |text: &str| TopologyError::Address(barewire_internet::NotAnAddress(text.to_owned()));
    for wrong in ["10.0.0/24", "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/+24", "2001:db8::1/129", "host"] {
        assert_eq!(error(|plan| plan.link("x", wrong)), text(wrong));
        assert_eq!(error(|plan| plan.announce("client", wrong)), text(wrong));
        assert_eq!(error(|plan| plan.keep_private(wrong)), text(wrong));
    }
    let twice = TopologyError::TwoOfOneName("client".to_owned());
    assert_eq!(error(|plan| plan.link("client", "10.0.0.3/24")), twice);
    let nobody = TopologyError::NoSuchNode("nobody".to_owned());
    assert_eq!(error(|plan| plan.wire("client", "nobody", Wire::ms(1))), nobody);
    assert_eq!(error(|plan| plan.announce("nobody", "10.0.0.0/8")), nobody);
    let itself = TopologyError::ToItself("client".to_owned());
    assert_eq!(error(|plan| plan.wire("client", "client", Wire::ms(1))), itself);
    let second = |plan: &mut Topology| {
        plan.wire("client", "server", Wire::ms(1));
        plan.link("third", "10.0.0.3/24");
        plan.wire("third", "client", Wire::ms(1));
    };
    assert_eq!(error(second), TopologyError::SecondWire("client".to_owned()));
    assert_eq!(error(second).to_string(), "a second wire ends at \"client\", which has one network card");
    let no_common = |node: &str, other: &str| TopologyError::NoCommonNetwork {
        node: node.to_owned(),
        other: other.to_owned(),
    };
    let router = |plan: &mut Topology| {
        plan.node("router", &["10.0.1.1/24", "10.0.2.1/24"], Box::new(Router::new()));
        plan.wire("client", "router", Wire::ms(1));
    };
    assert_eq!(error(router), no_common("client", "router"));
    let other_network = |plan: &mut Topology| {
        plan.link("far", "10.0.1.2/24");
        plan.wire("client", "far", Wire::ms(1));
    };
    assert_eq!(error(other_network), no_common("client", "far"));
    let ring = |plan: &mut Topology| {
        ["a", "b", "c"].iter().for_each(|name| plan.switch(name, "10.0.0.0/24"));
        plan.wire("a", "b", Wire::ms(1));
        plan.wire("b", "c", Wire::ms(1));
        plan.wire("c", "a", Wire::ms(1));
    };
    assert_eq!(error(ring), TopologyError::RingOfSwitches("c-a".to_owned()));
    assert_eq!(
        error(ring).to_string(),
        "the wire \"c-a\" closes a ring of switches, in which packets would circle for ever"
    );
}

#[test]
fn an_address_alone_fits_any_wire() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2");
    plan.link("server", "203.0.113.80");
    plan.wire("client", "server", Wire::ms(1));
    let world = plan.build().unwrap();
    world.link("client").unwrap().send(&datagram("10.0.0.2", "203.0.113.80", 4)).unwrap();
    assert!(world.link("server").unwrap().receive(None).unwrap().is_some());
}

#[test]
fn wires_have_names() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.node("a", &["10.0.0.1/24", "10.0.1.1/24"], Box::new(Router::new()));
    plan.node("b", &["10.0.0.2/24", "10.0.1.2/24"], Box::new(Router::new()));
    plan.wire("a", "b", Wire::ms(1));
    plan.wire("a", "b", Wire::ms(2));
    // Other nodes, whose names read like these.
    plan.node("b-2", &["10.0.1.3/24"], Box::new(Router::new()));
    plan.wire("a", "b-2", Wire::ms(1));
    let world = plan.build().unwrap();
    for (name, known) in [("a-b", true), ("a-b-2", true), ("b-a", false), ("a-b-2-2", true), ("a-b-3", false)]
    {
        let wanted = if known { Ok(()) } else { Err(NoSuchNode(name.to_owned())) };
        assert_eq!(world.change_at(world.now(), Change::Down(name.to_owned())), wanted, "{name}");
    }
}

#[test]
fn a_wire_each_way_has_one_mtu() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("a", "10.0.0.1/24");
    plan.link("b", "10.0.0.2/24");
    plan.wire_each_way("a", "b", Wire::ms(1).mtu(1200), Wire::ms(3));
    let world = plan.build().unwrap();
    assert_eq!((world.link("a").unwrap().mtu(), world.link("b").unwrap().mtu()), (1200, 1200));
    world.change_at(world.now(), Change::Wire("a-b".to_owned(), Wire::ms(1).mtu(1000))).unwrap();
    world.run_until(world.now());
    assert_eq!(world.link("b").unwrap().mtu(), 1000);
}

/// RFC 4632 §3.1, RFC 4291 §2.3.
#[test]
fn prefixes() {
    let prefix = |text: &str| text.parse::<Prefix>().unwrap();
    assert_eq!(prefix("203.0.113.77/26").to_string(), "203.0.113.64/26");
    assert_eq!(prefix("2001:db8:ffff::1/33").to_string(), "2001:db8:8000::/33");
    assert_eq!(prefix("10.0.0.1").to_string(), "10.0.0.1/32");
    assert!(prefix("0.0.0.0/0").contains(ip("203.0.113.1")) && prefix("::/0").contains(ip("2001:db8::1")));
    assert!(!prefix("0.0.0.0/0").contains(ip("::1")) && !prefix("::/0").contains(ip("10.0.0.1")));
    for (inside, outside) in [("203.0.113.64", "203.0.113.63"), ("203.0.113.127", "203.0.113.128")] {
        assert!(
            prefix("203.0.113.64/26").contains(ip(inside))
                && !prefix("203.0.113.64/26").contains(ip(outside))
        );
    }
    let address: Address = "192.168.1.42/24".parse().unwrap();
    assert_eq!(
        (address.to_string(), address.prefix().to_string()),
        ("192.168.1.42/24".into(), "192.168.1.0/24".into())
    );
}
