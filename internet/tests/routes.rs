//! Who leads where: the longest prefix, the least cost, and news that takes time.

mod common;

use std::time::{Duration, Instant};

use barewire_internet::{Change, Port, Prefix, Route, Router, Routes, Topology, Wire, World};
use barewire_packet::link::Link;

use common::*;

/// RFC 1812 §5.2.4.3, RFC 4632 §5.1, by the slow way that nobody can get wrong: look at every prefix.
#[test]
fn the_longest_prefix_wins() {
    let mut random = 1u64;
    let mut roll = move || {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        random >> 33
    };
    let mut routes = Routes::default();
    let mut all: Vec<(Prefix, Route)> = Vec::new();
    // Few different bits, so that prefixes lie in each other.
    let address = |roll: &mut dyn FnMut() -> u64| {
        if roll() & 1 == 0 {
            std::net::IpAddr::from([(roll() % 4) as u8 * 85, (roll() % 4) as u8 * 85, 0, (roll() % 4) as u8])
        } else {
            std::net::IpAddr::from([(roll() % 4) as u16 * 0x5555, 0, 0, 0, 0, 0, 0, (roll() % 4) as u16])
        }
    };
    for round in 0..2000 {
        let (at, length) = (address(&mut roll), (roll() % 129) as u8);
        let prefix = Prefix::of(at, length);
        if round % 3 == 2 {
            routes.remove(prefix);
            all.retain(|(known, _)| *known != prefix);
        } else {
            let route = Route { port: Some(Port(round)), cost: 1 };
            routes.set(prefix, route);
            all.retain(|(known, _)| *known != prefix);
            all.push((prefix, route));
        }
        let wanted = address(&mut roll);
        let longest = all
            .iter()
            .filter(|(prefix, _)| prefix.contains(wanted))
            .max_by_key(|(prefix, _)| prefix.length());
        assert_eq!(routes.find(wanted), longest.map(|(_, route)| *route), "{wanted} in round {round}");
    }
    assert_eq!(routes.table().rows.len(), all.len());
}

/// A client at r1, and two sites, west at r2 and east at r3. All routers have a wire to each other.
fn triangle() -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.1.2/24");
    plan.link("west", "10.0.2.2/24");
    plan.link("east", "10.0.3.2/24");
    plan.node("r1", &["10.0.1.1/24", "10.1.12.1/24", "10.1.13.1/24"], Box::new(Router::new()));
    plan.node("r2", &["10.0.2.1/24", "10.1.12.2/24", "10.1.23.2/24"], Box::new(Router::new()));
    plan.node("r3", &["10.0.3.1/24", "10.1.13.3/24", "10.1.23.3/24"], Box::new(Router::new()));
    for (site, router) in [("client", "r1"), ("west", "r2"), ("east", "r3")] {
        plan.wire(site, router, Wire::ms(1));
    }
    plan.wire("r1", "r2", Wire::ms(10));
    plan.wire("r1", "r3", Wire::ms(30).cost(5));
    plan.wire("r2", "r3", Wire::ms(10));
    // Both have the same service; the client's own routers choose.
    plan.announce("west", "192.0.2.0/24");
    plan.announce("east", "192.0.2.0/24");
    plan.build().unwrap()
}

/// Which of the two sites a packet from the client reaches, and after how many milliseconds.
fn reaches(world: &World, destination: &str) -> Option<(&'static str, u128)> {
    let start = world.now();
    world.link("client").unwrap().send(&datagram("10.0.1.2", destination, 1)).unwrap();
    world.run_until_packet(start + Duration::from_millis(100));
    let took = (world.now() - start).as_millis();
    let here = world.now();
    ["west", "east"]
        .into_iter()
        .find(|site| world.link(site).unwrap().receive(Some(here)).unwrap().is_some())
        .map(|site| (site, took))
}

fn change(world: &World, change: Change) {
    world.change_at(world.now(), change).unwrap();
    world.run_until(world.now());
}

#[test]
fn the_cheapest_way_is_taken() {
    let world = triangle();
    // To east: over r2 the cost is 2, the direct wire costs 5.
    assert_eq!(reaches(&world, "10.0.3.2"), Some(("east", 22)));
    change(&world, Change::Wire("r1-r3".into(), Wire::ms(30)));
    assert_eq!(reaches(&world, "10.0.3.2"), Some(("east", 22)), "not before the routers converge");
    change(&world, Change::Converge);
    assert_eq!(reaches(&world, "10.0.3.2"), Some(("east", 32)));
}

#[test]
fn anycast_goes_to_the_cheapest_and_moves_when_a_wire_is_down() {
    let world = triangle();
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("west", 12)));
    change(&world, Change::Down("west-r2".into()));
    assert_eq!(reaches(&world, "192.0.2.1"), None, "the routers do not know yet");
    change(&world, Change::Converge);
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("east", 22)));
    change(&world, Change::Up("west-r2".into()));
    change(&world, Change::Off("r2".into()));
    change(&world, Change::Converge);
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("east", 32)), "around the router that is off");
    change(&world, Change::On("r2".into()));
    change(&world, Change::Converge);
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("west", 12)));
}

fn announce(node: &str, prefix: &str, each_hop: Duration) -> Change {
    Change::Announce { node: node.into(), prefix: prefix.parse().unwrap(), each_hop }
}

fn withdraw(node: &str, prefix: &str, each_hop: Duration) -> Change {
    Change::Withdraw { node: node.into(), prefix: prefix.parse().unwrap(), each_hop }
}

#[test]
fn a_more_specific_announcement_wins_and_news_takes_time() {
    let (world, second) = (triangle(), Duration::from_secs(1));
    change(&world, announce("east", "192.0.2.0/25", second));
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("west", 12)), "r1 has not heard of it");
    world.run_for(2 * second);
    // r3 is one wire away from east, r2 two and r1 three. On the way to west, r2 already sends it to east.
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("east", 22)));
    assert_eq!(reaches(&world, "192.0.2.200"), Some(("west", 12)), "the other half of the prefix");
    world.run_for(second);
    change(&world, withdraw("east", "192.0.2.0/25", second));
    world.run_for(2 * second - Duration::from_millis(200));
    // r3 has forgotten it: its way leads to itself no more, but r2 still sends there, and r3 now sends to west or east.
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("east", 22)));
    world.run_for(2 * second);
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("west", 12)));
}

#[test]
fn a_withdrawal_takes_as_long_as_an_announcement() {
    let (world, second) = (triangle(), Duration::from_secs(1));
    change(&world, announce("east", "198.51.100.0/24", Duration::ZERO));
    assert_eq!(reaches(&world, "198.51.100.1"), Some(("east", 22)));
    change(&world, withdraw("east", "198.51.100.0/24", second));
    let knows = |router: &str| {
        let tables = world.tables(router).unwrap();
        tables[0].rows.iter().any(|row| row[0] == "198.51.100.0/24")
    };
    let all = || ["r3", "r2", "r1"].map(knows);
    assert_eq!(all(), [true, true, true]);
    for wanted in [[false, true, true], [false, false, true], [false, false, false]] {
        world.run_for(second);
        assert_eq!(all(), wanted);
    }
}

#[test]
fn older_news_that_comes_later_changes_nothing() {
    let (world, second) = (triangle(), Duration::from_secs(1));
    change(&world, announce("east", "192.0.2.0/25", 10 * second));
    change(&world, withdraw("east", "192.0.2.0/25", second));
    world.run_for(100 * second);
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("west", 12)));
    // Nor does news that was under way when the routers converged.
    change(&world, announce("east", "192.0.2.0/25", 10 * second));
    change(&world, withdraw("east", "192.0.2.0/25", 50 * second));
    change(&world, Change::Converge);
    world.run_for(200 * second);
    assert_eq!(reaches(&world, "192.0.2.1"), Some(("west", 12)));
}

#[test]
fn a_table_can_be_looked_at() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24 2001:db8::2/64");
    plan.node("router", &["10.0.0.1/24 2001:db8::1/64"], Box::new(Router::new()));
    plan.wire("client", "router", Wire::ms(1).cost(7));
    let world = plan.build().unwrap();
    let wanted = "\
routes
  prefix           by      cost
  10.0.0.0/24      none    0
  10.0.0.2/32      port 0  7
  2001:db8::/64    none    0
  2001:db8::2/128  port 0  7
";
    assert_eq!(world.tables("router").unwrap()[0].to_string(), wanted);
}

/// RFC 1918 §3: private addresses are known on the inside only.
#[test]
fn private_networks_are_not_announced() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24");
    plan.node("home", &["192.168.1.1/24", "198.51.100.2/24"], Box::new(Router::new()));
    plan.node("isp", &["198.51.100.1/24", "203.0.113.1/24"], Box::new(Router::new()));
    plan.link("server", "203.0.113.80/24");
    plan.wire("client", "home", Wire::ms(1));
    plan.wire("home", "isp", Wire::ms(1));
    plan.wire("isp", "server", Wire::ms(1));
    plan.keep_private("192.168.0.0/16");
    let world = plan.build().unwrap();
    let message = answer(&world, "server", &datagram("203.0.113.80", "192.168.1.42", 1)).unwrap();
    assert_eq!((message.what(), message.source), ((3, 0), ip("203.0.113.1")));
    world.link("client").unwrap().send(&datagram("192.168.1.42", "203.0.113.80", 1)).unwrap();
    assert!(world.link("server").unwrap().receive(None).unwrap().is_some(), "the way out is known");
}
