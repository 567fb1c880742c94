//! A balancer: each way of forwarding, each algorithm, and what flows meet when backends come and go.

mod segments;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use barewire_internet::balancer::{
    Algorithm, Balancer, Check, Config, Forwarding, Health, Maglev, Status, WhenDown,
};
use barewire_internet::capture::Recording;
use barewire_internet::firewall::Firewall;
use barewire_internet::router::{Limit, echo_reply};
use barewire_internet::{Change, Router, Topology, Wire, World};
use barewire_packet::build::{datagram, fragments};
use barewire_packet::capture::Origin;
use barewire_packet::link::Link;
use barewire_packet::transit::Transit;
use segments::{ACK, FIN, RST, SYN, error, tcp, words};

const VIP: &str = "203.0.113.100:80";
const VIP_V6: &str = "[2001:db8:9::100]:80";

fn config(algorithm: Algorithm) -> Config {
    Config { algorithm, ..Config::default() }
}

/// Three backends of weight 1.
fn three(balancer: Balancer) -> Balancer {
    ["b1", "b2", "b3"].iter().zip(11..).fold(balancer, |balancer, (name, last)| {
        balancer.backend(name, format!("10.0.1.{last}:8080").parse().unwrap(), 1)
    })
}

fn balancer(config: Config) -> Balancer {
    three(Balancer::tcp(VIP.parse().unwrap(), config))
}

/// client ── lb ── b1, b2, b3; with a shortcut from the backends to the client's router, for direct return.
fn world(balancer: Balancer) -> World {
    world_with(Router::new().limit(Limit::none()).with(Box::new(balancer)))
}

fn world_with(lb: Router) -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24 2001:db8:1::42/64");
    let cards = [
        "192.168.1.1/24 2001:db8:1::1/64",
        "198.51.100.1/24 2001:db8:8::1/64",
        "10.0.1.1/24 2001:db8:9::1/64",
    ];
    plan.node("edge", &cards, Box::new(Router::new().limit(Limit::none())));
    plan.node("lb", &["198.51.100.2/24 2001:db8:8::2/64", "10.0.1.2/24 2001:db8:9::2/64"], Box::new(lb));
    plan.announce("lb", "203.0.113.100/32");
    plan.announce("lb", "2001:db8:9::100/128");
    plan.wire("client", "edge", Wire::ms(0));
    plan.wire("edge", "lb", Wire::ms(0));
    for last in 11..14 {
        let name = format!("b{}", last - 10);
        plan.link(&name, &format!("10.0.1.{last}/24 2001:db8:9::{last}/64"));
        plan.wire("lb", &name, Wire::ms(0));
    }
    plan.build().unwrap()
}

/// Sends a packet at a link. Gives the links that get one for it, and what they get.
fn send(world: &World, at: &str, packet: &[u8]) -> Vec<(String, Vec<u8>)> {
    world.link(at).unwrap().send(packet).unwrap();
    let now = Some(world.now());
    let received = |name: &str| {
        let mut link = world.link(name).ok()?;
        let packet = link.receive(now).unwrap()?;
        Some((name.to_owned(), packet))
    };
    ["client", "b1", "b2", "b3"].into_iter().filter_map(received).collect()
}

/// The same in words: "b1 gets ...".
fn fate(world: &World, at: &str, packet: &[u8]) -> String {
    let gets = |(name, packet): &(String, Vec<u8>)| format!("{name} gets {}", words(packet));
    send(world, at, packet).iter().map(gets).collect::<Vec<_>>().join(", ")
}

fn from(port: u16, flags: u8) -> Vec<u8> {
    tcp(&format!("192.168.1.42:{port}"), VIP, flags)
}

/// Which link gets a segment of the client.
fn goes(world: &World, port: u16, flags: u8) -> String {
    send(world, "client", &from(port, flags)).into_iter().map(|(name, _)| name).collect()
}

/// Opens so many connections; gives the number of each one's backend.
fn opens(world: &World, ports: std::ops::Range<u16>) -> String {
    ports.map(|port| goes(world, port, SYN).replace('b', "")).collect()
}

fn rows(world: &World, title: &str) -> Vec<Vec<String>> {
    let tables = world.tables("lb").unwrap();
    tables.into_iter().find(|table| table.title.starts_with(title)).unwrap_or_default().rows
}

/// State and number of open flows of each backend.
fn backends(world: &World) -> Vec<String> {
    rows(world, "backends").iter().map(|row| format!("{} {} {}", row[0], row[2], row[4])).collect()
}

#[test]
fn nat_translates_the_destination_and_back() {
    let world = world(balancer(config(Algorithm::RoundRobin)));
    assert_eq!(
        fate(&world, "client", &from(40000, SYN)),
        "b1 gets SYN 192.168.1.42:40000 to 10.0.1.11:8080 seq 1000 ack 2000"
    );
    assert_eq!(
        fate(&world, "b1", &tcp("10.0.1.11:8080", "192.168.1.42:40000", SYN | ACK)),
        "client gets SYN+ACK 203.0.113.100:80 to 192.168.1.42:40000 seq 1000 ack 2000"
    );
    assert_eq!(rows(&world, "flows"), [["192.168.1.42:40000", "b1", "opening", "60 s"]]);
    assert_eq!(goes(&world, 40000, ACK), "b1");
    assert_eq!(rows(&world, "flows"), [["192.168.1.42:40000", "b1", "open", "900 s"]]);
    assert_eq!(backends(&world), ["b1 up 1", "b2 up 0", "b3 up 0"]);
    // Another port of the backend, and another backend, do not speak for the service.
    for stranger in ["10.0.1.11:8081", "10.0.1.12:8080"] {
        let said = fate(&world, "b1", &tcp(stranger, "192.168.1.42:40000", ACK));
        assert_eq!(said, format!("client gets ACK {stranger} to 192.168.1.42:40000 seq 1000 ack 2000"));
    }
    send(&world, "b1", &tcp("10.0.1.11:8080", "192.168.1.42:40000", FIN | ACK));
    assert_eq!(rows(&world, "flows"), [["192.168.1.42:40000", "b1", "closing", "120 s"]]);
    assert_eq!(backends(&world), ["b1 up 0", "b2 up 0", "b3 up 0"]);
    send(&world, "client", &from(40000, RST));
    assert_eq!(rows(&world, "flows"), [["192.168.1.42:40000", "b1", "closed", "10 s"]]);
    world.run_for(Duration::from_secs(10));
    assert_eq!(rows(&world, "flows").len(), 0);
}

#[test]
fn full_nat_hides_the_client_and_frees_its_ports() {
    let own = "10.0.1.2".parse().unwrap();
    let forwarding = Forwarding::FullNat(own);
    let world = world(balancer(Config { forwarding, ports: (1024, 1025), ..config(Algorithm::RoundRobin) }));
    assert_eq!(
        fate(&world, "client", &from(40000, SYN)),
        "b1 gets SYN 10.0.1.2:1024 to 10.0.1.11:8080 seq 1000 ack 2000"
    );
    assert_eq!(
        fate(&world, "client", &from(40001, SYN)),
        "b2 gets SYN 10.0.1.2:1025 to 10.0.1.12:8080 seq 1000 ack 2000"
    );
    assert_eq!(
        fate(&world, "b1", &tcp("10.0.1.11:8080", "10.0.1.2:1024", SYN | ACK)),
        "client gets SYN+ACK 203.0.113.100:80 to 192.168.1.42:40000 seq 1000 ack 2000"
    );
    // Whoever else writes to the port meets the router itself.
    let said = fate(&world, "b2", &tcp("10.0.1.12:8080", "10.0.1.2:1024", SYN | ACK));
    assert_eq!(said, "b2 gets RST 10.0.1.2:1024 to 10.0.1.12:8080 seq 2000 ack 0");
    // All ports are taken; when one is freed, it is given again.
    assert_eq!(goes(&world, 40002, SYN), "");
    send(&world, "client", &from(40000, RST));
    world.run_for(Duration::from_secs(10));
    let said = fate(&world, "client", &from(40002, SYN));
    assert!(said.contains("gets SYN 10.0.1.2:1024 to"), "{said}");
}

#[test]
fn direct_return_leaves_the_packet_as_it_is() {
    let world =
        world(balancer(Config { forwarding: Forwarding::DirectReturn, ..config(Algorithm::RoundRobin) }));
    let syn = from(40000, SYN);
    let got = send(&world, "client", &syn);
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].0, "b1");
    // Only the hops and the checksum over them differ.
    assert_eq!((got[0].1[8], &got[0].1[12..]), (62, &syn[12..]));
    // The answer of the backend is none of the balancer's business: it may even pass it.
    assert_eq!(
        fate(&world, "b1", &tcp(VIP, "192.168.1.42:40000", FIN | ACK)),
        "client gets FIN+ACK 203.0.113.100:80 to 192.168.1.42:40000 seq 1000 ack 2000"
    );
    assert_eq!(rows(&world, "flows"), [["192.168.1.42:40000", "b1", "opening", "60 s"]]);
    assert_eq!(goes(&world, 40000, ACK), "b1");
    assert_eq!(goes(&world, 40000, FIN | ACK), "b1");
    assert_eq!(rows(&world, "flows"), [["192.168.1.42:40000", "b1", "closing", "120 s"]]);
    // What is for another port is for the balancer itself.
    let said = fate(&world, "client", &tcp("192.168.1.42:40000", "203.0.113.100:81", SYN));
    assert_eq!(said, "client gets RST+ACK 203.0.113.100:81 to 192.168.1.42:40000 seq 0 ack 1001");
}

#[test]
fn ipv6_and_udp_are_balanced_alike() {
    let balancer = Balancer::udp(VIP_V6.parse().unwrap(), config(Algorithm::RoundRobin));
    let balancer = balancer.backend("old", "10.0.1.11:53".parse().unwrap(), 1);
    let world = world(balancer.backend("b2", "[2001:db8:9::12]:53".parse().unwrap(), 1));
    for port in [4000, 4001] {
        let client = format!("[2001:db8:1::42]:{port}");
        assert_eq!(
            fate(&world, "client", &datagram(&client, VIP_V6, b"?")),
            format!("b2 gets UDP {client} to [2001:db8:9::12]:53")
        );
        assert_eq!(
            fate(&world, "b2", &datagram("[2001:db8:9::12]:53", &client, b"!")),
            format!("client gets UDP {VIP_V6} to {client}")
        );
    }
    let flows = rows(&world, "flows");
    assert_eq!(flows[0], ["[2001:db8:1::42]:4000", "b2", "datagrams", "300 s"]);
    // A fragment after the first has no ports.
    let pieces = fragments(&datagram("[2001:db8:1::42]:4000", VIP_V6, &[0; 2000]), 7, 1400);
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap_losses(recording.point());
    assert_eq!(send(&world, "client", &pieces[0]).len(), 1);
    assert_eq!(send(&world, "client", &pieces[1]).len(), 0);
    let lost = recording.take(world.now()).frames.remove(0).comment;
    assert_eq!(lost.as_deref(), Some("dropped: a fragment after the first has no ports"));
}

#[test]
fn rounds_go_by_weight_and_pass_by_those_that_may_not() {
    let round = balancer(config(Algorithm::RoundRobin));
    let health = round.health();
    let world_ = world(round);
    assert_eq!(opens(&world_, 1..7), "123123");
    health.set("b2", Status::Draining).unwrap();
    assert_eq!(opens(&world_, 7..11), "1313");
    health.set("b3", Status::Down).unwrap();
    assert_eq!(opens(&world_, 11..13), "11");
    health.set("b2", Status::Up).unwrap();
    assert_eq!(opens(&world_, 13..16), "212");
    assert!(health.set("b4", Status::Up).is_err());
    // nginx's own example: weights 5, 1, 1.
    let mut weighted = Balancer::tcp(VIP.parse().unwrap(), config(Algorithm::WeightedRoundRobin));
    for (name, last, weight) in [("b1", 11, 5), ("b2", 12, 1), ("b3", 13, 1)] {
        weighted = weighted.backend(name, format!("10.0.1.{last}:8080").parse().unwrap(), weight);
    }
    assert_eq!(opens(&world(weighted), 1..15), "11213111121311");
    // A weight of 0 gets none.
    let quiescent = balancer(config(Algorithm::RoundRobin)).backend("b4", "10.0.1.14:80".parse().unwrap(), 0);
    assert_eq!(opens(&world(quiescent), 1..7), "123123");
}

#[test]
fn the_fewest_connections_for_its_weight_win() {
    let world_ = world(balancer(config(Algorithm::LeastConnections)));
    assert_eq!(opens(&world_, 1..5), "1231");
    // b2 loses its connection, b3 too; b1 has two.
    assert_eq!((goes(&world_, 2, FIN | ACK), goes(&world_, 3, RST)), ("b2".to_owned(), "b3".to_owned()));
    assert_eq!(backends(&world_), ["b1 up 2", "b2 up 0", "b3 up 0"]);
    assert_eq!(opens(&world_, 5..10), "23231");
    // A connection that falls silent ends, too.
    world_.run_for(Duration::from_secs(60));
    assert_eq!(opens(&world_, 10..13), "123");
    let weighted = Balancer::tcp(VIP.parse().unwrap(), Config::default());
    let weighted = weighted.backend("b1", "10.0.1.11:80".parse().unwrap(), 3);
    let weighted = weighted.backend("b2", "10.0.1.12:80".parse().unwrap(), 1);
    assert_eq!(opens(&world(weighted), 1..9), "12111211");
}

#[test]
fn a_hash_of_the_source_keeps_a_client_where_it_is() {
    let hashed = balancer(config(Algorithm::SourceHash(65_537)));
    let health = hashed.health();
    let world = world(hashed);
    let whose = |last: u16, port: u16, flags: u8| {
        let packet = tcp(&format!("192.168.1.{last}:{port}"), VIP, flags);
        send(&world, "client", &packet).into_iter().map(|(name, _)| name).collect::<String>()
    };
    let before: Vec<String> = (1..200).map(|last| whose(last, 1, SYN)).collect();
    for name in ["b1", "b2", "b3"] {
        let share = before.iter().filter(|backend| *backend == name).count();
        assert!((45..90).contains(&share), "{name} has {share} of 199");
    }
    // Another connection, and even the middle of one that nobody knows.
    assert_eq!((1..200).map(|last| whose(last, 2, SYN)).collect::<Vec<_>>(), before);
    assert_eq!((1..200).map(|last| whose(last, 3, ACK)).collect::<Vec<_>>(), before);
    health.set("b2", Status::Draining).unwrap();
    for (last, before) in (1..200).zip(&before) {
        let after = whose(last, 4, SYN);
        assert!(after != "b2" && (after == *before || before == "b2"), "{last}: from {before} to {after}");
        // Flows that are open stay.
        assert_eq!(whose(last, 1, ACK), *before);
    }
}

/// The figures were computed by another program, with another hash (blake2b), over 200,000 random keys.
#[test]
fn maglev_moves_as_many_keys_as_others_have_computed() {
    let names = |set: usize, count: usize| -> Vec<(String, u32)> {
        (0..count).map(|n| (format!("backend-{set}-{n}"), 1)).collect()
    };
    let mut state = 1u64;
    let mut key = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^ (state >> 29)
    };
    let keys: Vec<u64> = (0..50_000).map(|_| key()).collect();
    // Backends, places; per cent moved, per cent moved without need; and how far off chance may take us.
    for (count, places, moved, needless, off) in [
        (3, 65_537, 33.33, 0.01, 0.1),
        (10, 65_537, 10.19, 0.24, 0.1),
        (100, 65_537, 1.58, 0.60, 0.1),
        (3, 251, 34.2, 0.8, 0.7),
        (10, 251, 15.7, 5.9, 0.8),
    ] {
        // The mean over several sets of names, and each backend that could go, up to ten.
        let (sets, gone) = (if places < 1000 { 20 } else { 1 }, count.min(10));
        let (mut changed, mut without_need) = (0, 0);
        for (set, dead) in (0..sets).flat_map(|set| (0..gone).map(move |dead| (set, dead))) {
            let mut all = names(set, count);
            let before = Maglev::new(&all, places);
            all[dead].1 = 0;
            let after = Maglev::new(&all, places);
            for key in &keys {
                let (was, is) = (before.find(*key).unwrap(), after.find(*key).unwrap());
                changed += usize::from(was != is);
                without_need += usize::from(was != is && was != dead);
                assert_ne!(is, dead);
            }
        }
        let gone = gone * sets;
        let share = |of: usize| 100.0 * of as f64 / (keys.len() * gone) as f64;
        let (changed, without_need) = (share(changed), share(without_need));
        assert!((changed - moved).abs() < off, "{count}, {places}: {changed:.2} % moved, not {moved} %");
        assert!(
            (without_need - needless).abs() < off,
            "{count}, {places}: {without_need:.2} %, not {needless} %"
        );
    }
    // Maglev §5.3: with M > 100 N the shares are within one per cent of each other.
    let table = Maglev::new(&names(0, 100), 65_537);
    let mut shares = vec![0u32; 100];
    (0..65_537).for_each(|hash| shares[table.find(hash).unwrap()] += 1);
    assert!(shares.iter().all(|share| (655..=656).contains(share)), "{shares:?}");
    let weighted = Maglev::new(&[("a".to_owned(), 3), ("b".to_owned(), 1), ("c".to_owned(), 0)], 100);
    let a = (0..101).filter(|hash| weighted.find(*hash) == Some(0)).count();
    assert!((75..=77).contains(&a), "{a} of 101 places");
    assert_eq!(Maglev::new(&[], 7).find(1), None);
    // A size that is not a prime becomes the next one.
    assert_eq!(Maglev::new(&names(0, 2), 100), Maglev::new(&names(0, 2), 101));
    assert!(Maglev::new(&names(0, 2), 0).find(5).is_some());
}

#[test]
fn only_a_syn_begins_a_flow() {
    let world = world(balancer(config(Algorithm::RoundRobin)));
    assert_eq!(
        fate(&world, "client", &from(40000, ACK)),
        "client gets RST 203.0.113.100:80 to 192.168.1.42:40000 seq 2000 ack 0"
    );
    assert_eq!(fate(&world, "client", &from(40000, RST)), "");
    assert_eq!(goes(&world, 40000, SYN), "b1");
    // Sent again it is the same flow, while that is open; after it was closed, another one.
    assert_eq!(goes(&world, 40000, SYN), "b1");
    assert_eq!(goes(&world, 40000, FIN | ACK), "b1");
    assert_eq!(goes(&world, 40000, ACK), "b1");
    assert_eq!(goes(&world, 40000, SYN), "b2");
    assert_eq!(backends(&world), ["b1 up 0", "b2 up 1", "b3 up 0"]);
}

#[test]
fn the_table_of_flows_is_bounded() {
    let world = world(balancer(Config { most_flows: 2, ..config(Algorithm::RoundRobin) }));
    assert_eq!(["b1", "b2", ""].map(str::to_owned), [1, 2, 3].map(|port| goes(&world, port, SYN)));
    world.run_for(Duration::from_secs(60));
    assert_eq!(opens(&world, 3..4).len(), 1);
}

/// A world with two open flows, to b1 and b2, and the balancer's handle.
fn two_flows(when_down: WhenDown) -> (World, Health) {
    let balancer = balancer(Config { when_down, ..config(Algorithm::RoundRobin) });
    let health = balancer.health();
    let world = world(balancer);
    assert_eq!(opens(&world, 1..3), "12");
    assert_eq!((goes(&world, 1, ACK), goes(&world, 2, ACK)), ("b1".to_owned(), "b2".to_owned()));
    (world, health)
}

#[test]
fn a_backend_that_drains_keeps_its_flows() {
    let (world, health) = two_flows(WhenDown::Reset);
    health.set("b1", Status::Draining).unwrap();
    assert_eq!(goes(&world, 1, ACK), "b1");
    assert_eq!(opens(&world, 3..7), "3232");
    assert_eq!(backends(&world), ["b1 draining 1", "b2 up 3", "b3 up 2"]);
}

#[test]
fn an_open_flow_of_a_dead_backend_meets_what_the_settings_say() {
    let wanted = [
        (WhenDown::Keep, "b1 gets ACK 192.168.1.42:1 to 10.0.1.11:8080 seq 1000 ack 2000"),
        (WhenDown::Drop, ""),
        (WhenDown::Reset, "client gets RST 203.0.113.100:80 to 192.168.1.42:1 seq 2000 ack 0"),
    ];
    for (when_down, wanted) in wanted {
        let (world, health) = two_flows(when_down);
        health.set("b1", Status::Down).unwrap();
        assert_eq!(fate(&world, "client", &from(1, ACK)), wanted, "{when_down:?}");
        assert_eq!(goes(&world, 2, ACK), "b2");
        assert_eq!(opens(&world, 3..5), "32");
        health.set("b2", Status::Down).unwrap();
        health.set("b3", Status::Down).unwrap();
        // As IPVS: port unreachable.
        let said = fate(&world, "client", &from(5, SYN));
        assert!(
            said.starts_with("client gets port unreachable, for TCP 192.168.1.42:5 → 203.0.113.100:80"),
            "{said}"
        );
        // The flow that was reset is forgotten, the others go on when their backend is back.
        health.set("b1", Status::Up).unwrap();
        let back = if when_down == WhenDown::Reset { "client" } else { "b1" };
        assert_eq!(goes(&world, 1, ACK), back, "{when_down:?}");
    }
}

#[test]
fn pings_tell_whether_a_backend_is_there() {
    let check = Some(Check { interval: Duration::from_secs(2), fall: 3, rise: 2 });
    let config = Config { check, when_down: WhenDown::Reset, ..config(Algorithm::RoundRobin) };
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24");
    let router = Router::new().with(Box::new(balancer(config)));
    plan.node("lb", &["192.168.1.1/24", "10.0.1.1/24"], Box::new(router));
    plan.wire("client", "lb", Wire::ms(1));
    for name in ["b1", "b2", "b3"] {
        // A router answers pings.
        let address = format!("10.0.1.1{}/24", &name[1..]);
        plan.node(name, &[&address], Box::new(Router::new()));
        plan.wire("lb", name, Wire::ms(1));
    }
    let world = plan.build().unwrap();
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("lb", recording.point()).unwrap();
    let start = world.now();
    let at = |seconds: u64| {
        world.run_until(start + Duration::from_secs(seconds) + Duration::from_millis(500));
        backends(&world)[1].clone()
    };
    assert_eq!(at(5), "b2 up 0");
    world.change_at(world.now(), Change::Off("b2".into())).unwrap();
    // Pings at 6, 8 and 10 s are not answered; that is known when the next one would be due.
    assert_eq!((at(11), at(12)), ("b2 up 0".to_owned(), "b2 down 0".to_owned()));
    world.change_at(world.now(), Change::On("b2".into())).unwrap();
    assert_eq!((at(14), at(16)), ("b2 down 0".to_owned(), "b2 up 0".to_owned()));
    // One that is missing now and then does not count.
    for second in [18, 22, 26, 30] {
        world
            .change_at(start + Duration::from_millis(second * 1000 - 100), Change::Down("lb-b2".into()))
            .unwrap();
        world
            .change_at(start + Duration::from_millis(second * 1000 + 100), Change::Up("lb-b2".into()))
            .unwrap();
    }
    assert_eq!(at(40), "b2 up 0");
    let said: Vec<String> =
        recording.take(world.now()).frames.into_iter().filter_map(|frame| frame.comment).collect();
    assert_eq!(said.iter().filter(|said| *said == "backend b2 answers: it is up again").count(), 1);
    // From outside it can be taken away all the same; a check that fails cannot be overruled.
    world.change_at(world.now(), Change::Off("b1".into())).unwrap();
    assert_eq!(at(50), "b2 up 0");
    assert_eq!(backends(&world)[0], "b1 down 0");
}

#[test]
fn only_the_answer_to_the_last_ping_counts() {
    for (late, wanted) in [(false, "b1 up 0"), (true, "b1 down 0")] {
        let config = Config { check: Some(Check::default()), ..config(Algorithm::RoundRobin) };
        let world = world(balancer(config));
        let mut b1 = world.link("b1").unwrap();
        let mut last = None;
        for second in 0..8 {
            world.run_for(Duration::from_secs(if second == 0 { 1 } else { 2 }));
            let ping = Transit::parse(b1.receive(Some(world.now())).unwrap().unwrap()).unwrap();
            let answer = echo_reply(&ping);
            let said = if late { std::mem::replace(&mut last, answer) } else { answer };
            said.into_iter().for_each(|said| b1.send(&said).unwrap());
        }
        assert_eq!(backends(&world)[0], wanted, "late: {late}");
    }
}

#[test]
fn an_error_names_the_ends_that_its_receiver_knows() {
    let full_nat = Forwarding::FullNat("10.0.1.2".parse().unwrap());
    for forwarding in [Forwarding::Nat, full_nat, Forwarding::DirectReturn] {
        let world = world(balancer(Config { forwarding, ..config(Algorithm::RoundRobin) }));
        let syn = send(&world, "client", &from(40000, SYN)).remove(0).1;
        // About the answer, as it passed on the way to the client.
        let answer = tcp(VIP, "192.168.1.42:40000", SYN | ACK);
        let said = fate(&world, "client", &error("192.168.1.42", "203.0.113.100", (3, 1), &answer));
        let (to, about) = match forwarding {
            Forwarding::Nat => ("10.0.1.11", "10.0.1.11:8080 → 192.168.1.42:40000"),
            Forwarding::FullNat(_) => ("10.0.1.11", "10.0.1.11:8080 → 10.0.1.2:1024"),
            Forwarding::DirectReturn => ("203.0.113.100", "203.0.113.100:80 → 192.168.1.42:40000"),
        };
        let wanted = format!("b1 gets host unreachable, for TCP {about} from 192.168.1.42 to {to}");
        assert_eq!(said, wanted, "{forwarding:?}");
        // About the request, as the backend got it; with direct return that names the right ends already.
        let to = if forwarding == full_nat { "10.0.1.2" } else { "192.168.1.42" };
        let said = fate(&world, "b1", &error("10.0.1.11", to, (3, 3), &syn));
        let from = if forwarding == Forwarding::DirectReturn { "10.0.1.11" } else { "203.0.113.100" };
        let about = format!("192.168.1.42:40000 → 203.0.113.100:80 from {from} to 192.168.1.42");
        assert_eq!(said, format!("client gets port unreachable, for TCP {about}"), "{forwarding:?}");
        // An error about a flow that is not there changes nothing.
        let strange = tcp(VIP, "192.168.1.42:40001", SYN | ACK);
        assert_eq!(fate(&world, "client", &error("192.168.1.42", "203.0.113.100", (3, 1), &strange)), "");
    }
}

#[test]
fn a_stateful_firewall_in_the_same_router_sees_one_connection() {
    let full_nat = Forwarding::FullNat("10.0.1.2".parse().unwrap());
    for forwarding in [Forwarding::Nat, full_nat] {
        let balancer = balancer(Config { forwarding, ..config(Algorithm::RoundRobin) });
        let rules =
            "state established,related accept\nto 10.0.1.0/24 tcp 8080 state new accept\ndefault drop";
        let firewall = Firewall::parse(rules).unwrap();
        let world = world_with(Router::new().with(Box::new(balancer)).with(Box::new(firewall)));
        let syn = send(&world, "client", &from(40000, SYN)).remove(0).1;
        let client = if forwarding == full_nat { "10.0.1.2:1024" } else { "192.168.1.42:40000" };
        assert_eq!(send(&world, "b1", &tcp("10.0.1.11:8080", client, SYN | ACK)).len(), 1, "{forwarding:?}");
        assert_eq!(goes(&world, 40000, ACK), "b1", "{forwarding:?}");
        let to = client.split(':').next().unwrap();
        assert_eq!(send(&world, "b1", &error("10.0.1.11", to, (3, 3), &syn)).len(), 1, "{forwarding:?}");
        assert_eq!(send(&world, "b1", &tcp("10.0.1.11:9", "192.168.1.42:40000", SYN)).len(), 0);
    }
}

#[test]
fn what_was_decided_is_said() {
    let (world, health) = two_flows(WhenDown::Reset);
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("lb", recording.point()).unwrap();
    world.tap_losses(recording.point());
    health.set("b1", Status::Down).unwrap();
    goes(&world, 3, SYN);
    goes(&world, 2, ACK);
    goes(&world, 1, ACK);
    let capture = recording.take(world.now());
    let lost = |frame: &&barewire_packet::capture::Frame| {
        capture.interfaces[frame.interface as usize].origin == Origin::Lost
    };
    let said = |frames: Vec<&barewire_packet::capture::Frame>| -> Vec<String> {
        frames.into_iter().filter_map(|frame| frame.comment.clone()).collect()
    };
    let (lost, seen): (Vec<_>, Vec<_>) = capture.frames.iter().partition(lost);
    assert_eq!(said(lost), ["backend b1 is down: reset"]);
    assert_eq!(
        said(seen),
        ["new flow to backend b3 (round robin)", "flow of backend b2", "backend b1 is down: reset"]
    );
}

/// The backends that are up, and how many open flows each has.
fn loads(world: &World) -> Vec<(String, u64)> {
    let up = rows(world, "backends").into_iter().filter(|row| row[2] == "up");
    up.map(|row| (row[0].clone(), row[4].parse().unwrap())).collect()
}

/// Random flows over backends that come and go: no flow changes its backend while it lives, every packet has right
/// checksums, and a new one goes to a backend that is up, to one with the fewest flows where that is the algorithm.
#[test]
fn random_flows_stay_with_their_backend() {
    let full_nat = Forwarding::FullNat("10.0.1.2".parse().unwrap());
    let algorithms = [
        Algorithm::RoundRobin,
        Algorithm::WeightedRoundRobin,
        Algorithm::LeastConnections,
        Algorithm::SourceHash(251),
    ];
    for seed in 0..120u64 {
        let mut state = seed;
        let mut roll = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let forwarding = [Forwarding::Nat, full_nat, Forwarding::DirectReturn][roll(3) as usize];
        let algorithm = algorithms[roll(4) as usize];
        let when_down = WhenDown::Keep;
        let balancer = balancer(Config { forwarding, algorithm, when_down, ..Config::default() });
        let health = balancer.health();
        let world = world(balancer);
        // Each flow's backend.
        let mut open = BTreeMap::<u16, String>::new();
        for step in 0..150 {
            let why = format!("seed {seed}, step {step}, {forwarding:?}, {algorithm:?}");
            let name = format!("b{}", 1 + roll(3));
            let port = 1000 + roll(20) as u16;
            match roll(8) {
                0 => {
                    health.set(&name, [Status::Up, Status::Draining, Status::Down][roll(3) as usize]).unwrap()
                }
                1 | 2 => {
                    let loads = loads(&world);
                    let got = send(&world, "client", &from(port, SYN));
                    let Some((backend, packet)) = got.first() else { continue };
                    words(packet);
                    match open.get(&port) {
                        Some(known) => assert_eq!(backend, known, "{why}"),
                        None if backend == "client" => {}
                        None => {
                            let load = |name: &String| loads.iter().find(|(known, _)| known == name);
                            let fewest = loads.iter().map(|(_, open)| *open).min();
                            let has_fewest = load(backend).map(|(_, open)| *open) == fewest;
                            assert!(
                                has_fewest || algorithm != Algorithm::LeastConnections,
                                "{why}: {loads:?}"
                            );
                            assert!(load(backend).is_some(), "{why}: {backend} gets a flow, of {loads:?}");
                            open.insert(port, backend.clone());
                        }
                    }
                }
                3 => {
                    if let Some(backend) = open.remove(&port) {
                        let got = send(&world, "client", &from(port, RST));
                        assert_eq!(got[0].0, backend, "{why}");
                        words(&got[0].1);
                        world.run_for(Duration::from_secs(10));
                    }
                }
                _ => {
                    let Some(backend) = open.get(&port) else { continue };
                    let got = send(&world, "client", &from(port, ACK));
                    assert_eq!(got[0].0, *backend, "{why}");
                    words(&got[0].1);
                    // The backend sends its answer to the source address of the request.
                    let packet = Transit::parse(got[0].1.clone()).unwrap();
                    let flow = packet.flow().unwrap().reversed();
                    let answer = tcp(&flow.source.to_string(), &flow.destination.to_string(), ACK);
                    let wanted = format!("client gets ACK {VIP} to 192.168.1.42:{port} seq 1000 ack 2000");
                    assert_eq!(fate(&world, backend, &answer), wanted, "{why}");
                }
            }
            let flows = rows(&world, "flows");
            open.retain(|port, _| {
                let client = format!("192.168.1.42:{port}");
                flows.iter().any(|row| row[0] == client)
            });
        }
    }
}

/// Time goes on, even if a backend is to be pinged all the time: a millisecond lies between two pings.
#[test]
fn no_interval_between_pings_is_a_millisecond() {
    let check = Some(Check { interval: Duration::ZERO, fall: 3, rise: 2 });
    let world = world(balancer(Config { check, ..Config::default() }));
    world.run_for(Duration::from_millis(10));
    // At 0 to 10 ms, to each of three backends.
    assert_eq!(world.counters().sent, 11 * 3);
}
