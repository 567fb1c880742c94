//! nftables as the balancer: `dnat to numgen` alternates, `jhash` keeps a client with its backend.

use std::collections::BTreeMap;
use std::time::Instant;

use barewire_internet::balancer::{Algorithm, Balancer, Config, Health, Status, WhenDown};
use barewire_internet::router::Limit;
use barewire_internet::{Change, Router, Topology, Wire, World};

use super::lab::{End, Lab, can_run};
use super::segments::{ACK, FIN, RST, SYN, echo, error, tcp, tcp_at};
use super::{Step, compare, step, through_linux, through_ours};

const VIP: &str = "203.0.113.100:80";

const ENDS: [End; 3] = [
    ("client", &["192.168.1.1/24"], &["192.168.1.42", "192.168.1.43"]),
    ("b1", &["10.0.1.1/24"], &["10.0.1.11"]),
    ("b2", &["10.0.2.1/24"], &["10.0.2.11"]),
];

fn markers() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("client", echo("192.168.1.42", "192.168.1.1", false, 0xbeef)),
        ("b1", echo("10.0.1.11", "10.0.1.1", false, 0xbeef)),
        ("b2", echo("10.0.2.11", "10.0.2.1", false, 0xbeef)),
    ]
}

fn ours(algorithm: Algorithm) -> (World, Health) {
    let config = Config { algorithm, when_down: WhenDown::Keep, ..Config::default() };
    let balancer = Balancer::tcp(VIP.parse().unwrap(), config);
    let balancer = balancer.backend("b1", "10.0.1.11:80".parse().unwrap(), 1);
    let balancer = balancer.backend("b2", "10.0.2.11:80".parse().unwrap(), 1);
    let health = balancer.health();
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24");
    let router = Router::new().limit(Limit::none()).with(Box::new(balancer));
    plan.node("box", &["192.168.1.1/24", "10.0.1.1/24", "10.0.2.1/24"], Box::new(router));
    plan.link("b1", "10.0.1.11/24");
    plan.link("b2", "10.0.2.11/24");
    for end in ["client", "b1", "b2"] {
        plan.wire("box", end, Wire::ms(0));
    }
    (plan.build().unwrap(), health)
}

fn nft(to: &str) -> String {
    let rule = format!("ip daddr 203.0.113.100 tcp dport 80 dnat to {to}");
    format!("table ip judge {{\nchain before {{\ntype nat hook prerouting priority dstnat;\n{rule}\n}}\n}}\n")
}

const ALTERNATE: &str = "numgen inc mod 2 map { 0 : 10.0.1.11, 1 : 10.0.2.11 }";

/// A segment of the client, with the numbers that fit the connection.
fn there(port: u16, flags: u8) -> Step {
    let numbers = if flags == SYN { (1000, 0) } else { (1001, 2001) };
    step(
        &format!("port {port}: {flags:#04x} there"),
        "client",
        tcp_at(&format!("192.168.1.42:{port}"), VIP, flags, numbers),
    )
}

/// A segment of a backend.
fn back(at: &'static str, port: u16, flags: u8) -> Step {
    let from = if at == "b1" { "10.0.1.11:80" } else { "10.0.2.11:80" };
    let numbers = if flags & SYN != 0 { (2000, 1001) } else { (2001, 1001) };
    step(
        &format!("port {port}: {flags:#04x} back"),
        at,
        tcp_at(from, &format!("192.168.1.42:{port}"), flags, numbers),
    )
}

fn opened(port: u16, at: &'static str) -> [Step; 3] {
    [there(port, SYN), back(at, port, SYN | ACK), there(port, ACK)]
}

#[test]
fn nftables_alternates_and_keeps_open_flows_alike() {
    if !can_run("nftables_alternates_and_keeps_open_flows_alike") {
        return;
    }
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&nft(ALTERNATE));
    let (world, health) = ours(Algorithm::RoundRobin);
    let mut steps: Vec<Step> = Vec::new();
    for (port, at) in [(1, "b1"), (2, "b2"), (3, "b1"), (4, "b2")] {
        steps.extend(opened(5000 + port, at));
    }
    steps.extend([
        there(5001, ACK),
        there(5002, ACK),
        back("b2", 5002, ACK),
        step("a backend that the flow is not with", "b2", tcp("10.0.2.11:81", "192.168.1.42:5001", SYN)),
        // Errors: about the answer, and about the request as the backend got it.
        step(
            "error of the client",
            "client",
            error("192.168.1.42", "203.0.113.100", (3, 1), &tcp(VIP, "192.168.1.42:5001", ACK)),
        ),
        step(
            "error of the backend",
            "b1",
            error("10.0.1.11", "192.168.1.42", (3, 13), &tcp("192.168.1.42:5001", "10.0.1.11:80", ACK)),
        ),
        // Linux takes a segment in the middle for a new flow (tcp_loose); we answer it with a reset.
        there(5010, ACK).differs(),
    ]);
    compare(&mut lab, &markers(), &world, &steps);
    // Another rule, as before a backend is taken away: open flows stay, new ones go elsewhere.
    lab.nft(&nft("10.0.1.11"));
    health.set("b2", Status::Draining).unwrap();
    let mut steps = vec![there(5002, ACK), back("b2", 5002, ACK), there(5004, ACK)];
    for port in 5020..5023 {
        steps.extend(opened(port, "b1"));
    }
    steps.extend([there(5002, FIN | ACK), back("b2", 5002, FIN | ACK), there(5004, RST)]);
    compare(&mut lab, &markers(), &world, &steps);
}

/// Nobody checks the backends: half of the new flows fail at once, and so do the open ones of that backend.
#[test]
fn a_wire_that_is_down_costs_half_of_the_new_flows_alike() {
    if !can_run("a_wire_that_is_down_costs_half_of_the_new_flows_alike") {
        return;
    }
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&nft(ALTERNATE));
    let (world, _health) = ours(Algorithm::RoundRobin);
    let steps: Vec<Step> = [opened(5001, "b1"), opened(5002, "b2")].into_iter().flatten().collect();
    compare(&mut lab, &markers(), &world, &steps);
    lab.within("box", &["ip", "link", "set", "b2", "down"]);
    world.change_at(world.now(), Change::Down("box-b2".into())).unwrap();
    world.change_at(world.now(), Change::Converge).unwrap();
    world.run_until(world.now());
    let markers = &markers()[..2];
    // Both tell the client, about new flows and about open ones: Linux in the name of the service and "net
    // unreachable", because the route has gone with the wire; we in the router's name and "host unreachable".
    let steps = vec![
        there(5003, SYN),
        there(5004, SYN).differs(),
        there(5005, SYN),
        there(5006, SYN).differs(),
        there(5001, ACK),
        there(5002, ACK).differs(),
    ];
    compare(&mut lab, markers, &world, &steps);
}

/// Which clients go where is for each hash to say. But a client has one backend, and both have clients.
#[test]
fn a_hash_keeps_each_client_with_its_backend_alike() {
    if !can_run("a_hash_keeps_each_client_with_its_backend_alike") {
        return;
    }
    let mut lab = Lab::raise(&ENDS);
    lab.nft(&nft("jhash ip saddr mod 2 map { 0 : 10.0.1.11, 1 : 10.0.2.11 }"));
    let (world, _health) = ours(Algorithm::SourceHash(251));
    let mut places = [BTreeMap::<u8, String>::new(), BTreeMap::new()];
    for port in 1..4 {
        for last in 1..17 {
            let packet = tcp(&format!("192.168.1.{}:{port}", 100 + last), VIP, SYN);
            let step = step(&format!("client {last}, port {port}"), "client", packet);
            let fates = [
                through_linux(&mut lab, &markers(), &step),
                through_ours(&world, &["client", "b1", "b2"], &step),
            ];
            for (places, fate) in places.iter_mut().zip(fates) {
                let at = fate[0].split(' ').next().unwrap().to_owned();
                let known = places.entry(last).or_insert_with(|| at.clone());
                assert_eq!(*known, at, "{}", step.name);
            }
        }
    }
    for (who, places) in ["Linux", "ours"].iter().zip(&places) {
        println!("{who}: {places:?}");
        assert!(["b1", "b2"].iter().all(|name| places.values().any(|at| at == name)), "{who}: {places:?}");
    }
}
