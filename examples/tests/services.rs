//! The programs of the toy internet's hosts: queues that keep the formulas, crowds, and machines that answer as a
//! kernel does.

use std::time::{Duration, Instant};

use barewire::services::crowd::{Crowd, Diary, Outcome, Plan, Try};
use barewire::services::health_check::{HealthCheck, Often};
use barewire::services::workers::{Model, ServiceTime};
use barewire::services::{HttpServer, Machine, Workers};
use barewire_internet::Router;
use barewire_internet::balancer::{self, Balancer};
use barewire_internet::{Change, Topology, Wire, World};
use barewire_packet::icmp::{Icmp, Version, echo_packet};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::Link;
use barewire_packet::udp;

const SERVICE: Duration = Duration::from_millis(50);

/// A crowd and a server, joined by a perfect wire.
fn served(workers: Workers, plan: impl Fn(Instant) -> Plan) -> (World, Diary, Instant) {
    let start = Instant::now();
    let (crowd, diary) = Crowd::new(plan(start));
    let people = Machine::new(vec!["10.0.0.1".parse().unwrap()], 1).with(Box::new(crowd)).unwrap();
    let server = Machine::new(vec!["10.0.0.80".parse().unwrap()], 2);
    let server = server.with(Box::new(HttpServer::new(workers).http(80))).unwrap();
    let mut drawing = Topology::new(start, 1);
    drawing.node("people", &["10.0.0.1/24"], Box::new(people));
    drawing.node("server", &["10.0.0.80/24"], Box::new(server));
    drawing.wire("people", "server", Wire::default());
    (drawing.build().unwrap(), diary, start)
}

/// Requests a second for so many seconds, with endless patience.
fn patient(rate: f64, seconds: u64, start: Instant) -> Plan {
    Plan {
        server: "10.0.0.80:80".parse().unwrap(),
        rate,
        from: start,
        until: start + Duration::from_secs(seconds),
        patience: Duration::from_secs(3600),
        tries: 1,
        pause: Duration::ZERO,
        seed: 7,
    }
}

fn mean(tries: &[Try]) -> f64 {
    let sum: Duration = tries.iter().map(|tried| tried.ended - tried.began).sum();
    sum.as_secs_f64() * 1000.0 / tries.len() as f64
}

/// The mean time in an M/M/1 queue is S / (1 - load), in an M/D/1 queue S (2 - load) / (2 - 2 load).
#[test]
fn the_queue_is_as_long_as_the_formulas_say() {
    let load = 0.7;
    let rate = load / SERVICE.as_secs_f64();
    for (service, formula) in [
        (ServiceTime::Exponential(SERVICE), 50.0 / (1.0 - load)),
        (ServiceTime::Constant(SERVICE), 50.0 * (2.0 - load) / (2.0 - 2.0 * load)),
    ] {
        let workers = Workers::new(Model::EventLoop, service, 3);
        let (world, diary, start) = served(workers, |start| patient(rate, 400, start));
        world.run_until(start + Duration::from_secs(500));
        let tries = diary.tries();
        assert!(tries.len() > 5000, "{} tries", tries.len());
        assert!(tries.iter().all(|tried| tried.outcome == Outcome::Good));
        let mean = mean(&tries);
        assert!(
            (mean / formula - 1.0).abs() < 0.15,
            "{service:?}: {mean:.1} ms, the formula says {formula:.1} ms"
        );
    }
}

/// RFC 9110 §15.6.4: of the requests that come at once one is served, one waits, and the others are refused.
#[test]
fn a_full_queue_refuses() {
    let workers = Workers::new(Model::Pool(1), ServiceTime::Constant(SERVICE), 1).room(Some(1));
    let at_once = |start| Plan { until: start + Duration::from_millis(20), ..patient(500.0, 0, start) };
    let (world, diary, start) = served(workers, at_once);
    world.run_until(start + Duration::from_secs(1));
    let tries = diary.tries();
    let good: Vec<&Try> = tries.iter().filter(|tried| tried.outcome == Outcome::Good).collect();
    let refused = tries.iter().filter(|tried| tried.outcome == Outcome::Refused(503)).count();
    assert!(tries.len() > 3, "{tries:?}");
    assert_eq!((good.len(), refused), (2, tries.len() - 2), "{tries:?}");
    assert_eq!(good[1].ended - good[0].ended, SERVICE, "one after the other");
}

/// Two workers serve two requests at a time, a thread for each request serves all.
#[test]
fn models_differ_in_how_many_are_served_at_a_time() {
    for (model, at_a_time) in
        [(Model::EventLoop, 1), (Model::Pool(2), 2), (Model::ThreadPerRequest, usize::MAX)]
    {
        let workers = Workers::new(model, ServiceTime::Constant(SERVICE), 1);
        let at_once = |start| Plan { until: start + Duration::from_millis(20), ..patient(500.0, 0, start) };
        let (world, diary, start) = served(workers, at_once);
        world.run_until(start + Duration::from_secs(2));
        let tries = diary.tries();
        let waited = |tried: &&Try| tried.ended - tried.began > SERVICE;
        let at_once = tries.iter().filter(|tried| !waited(tried)).count();
        assert!(tries.len() > 3, "{tries:?}");
        assert_eq!(at_once, at_a_time.min(tries.len()), "{model:?}: {tries:?}");
    }
}

/// The host of a program that has died answers a ping, and takes no connection: only this check finds it.
#[test]
fn a_health_check_that_opens_connections_tells_the_balancer() {
    let start = Instant::now();
    let balancer = Balancer::tcp("203.0.113.80:80".parse().unwrap(), balancer::Config::default())
        .backend("b1", "10.0.0.1:80".parse().unwrap(), 1)
        .backend("b2", "10.0.0.2:80".parse().unwrap(), 1);
    let often = Often { interval: Duration::from_secs(2), fall: 3, rise: 2 };
    let check = HealthCheck::new(balancer.health(), often, start)
        .backend("b1", "10.0.0.1:80".parse().unwrap())
        .backend("b2", "10.0.0.2:80".parse().unwrap());
    let machine = |address: &str| Machine::new(vec![address.parse().unwrap()], 1);
    let web = || HttpServer::new(barewire::services::Site::new("b2.test")).http(80);
    let mut plan = Topology::new(start, 1);
    plan.node(
        "balancer",
        &["203.0.113.80/24", "10.0.0.254/24"],
        Box::new(Router::new().with(Box::new(balancer))),
    );
    plan.switch("rack", "10.0.0.0/24");
    plan.node("b1", &["10.0.0.1/24"], Box::new(machine("10.0.0.1")));
    plan.node("b2", &["10.0.0.2/24"], Box::new(machine("10.0.0.2").with(Box::new(web())).unwrap()));
    plan.node("checker", &["10.0.0.3/24"], Box::new(machine("10.0.0.3").with(Box::new(check)).unwrap()));
    for node in ["balancer", "b1", "b2", "checker"] {
        plan.wire(node, "rack", Wire::ms(1));
    }
    let world = plan.build().unwrap();
    let states = |world: &World| {
        let tables = world.tables("balancer").unwrap();
        let backends = tables.iter().find(|table| table.title.starts_with("backends")).unwrap();
        backends.rows.iter().map(|row| row[2].clone()).collect::<Vec<_>>()
    };
    world.run_until(start + Duration::from_millis(3900));
    assert_eq!(states(&world), ["up", "up"], "two failures are not three");
    world.run_until(start + Duration::from_millis(4100));
    assert_eq!(states(&world), ["down", "up"]);
    // A host that is off answers nothing at all: each try lasts until the next one.
    world.change_at(world.now(), Change::Off("b2".to_owned())).unwrap();
    world.run_until(start + Duration::from_secs(20));
    assert_eq!(states(&world), ["down", "down"]);
    world.change_at(world.now(), Change::On("b2".to_owned())).unwrap();
    world.run_until(start + Duration::from_secs(30));
    assert_eq!(states(&world), ["down", "up"]);
}

/// A machine answers what a kernel answers: an echo request, and a datagram for a port on which nobody listens (RFC
/// 1122 §3.2.2.6, §4.1.3.1).
#[test]
fn a_machine_answers_as_a_kernel_does() {
    let start = Instant::now();
    let (here, there) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
    let mut plan = Topology::new(start, 1);
    plan.link("here", "10.0.0.1/24");
    plan.node("there", &["10.0.0.2/24"], Box::new(Machine::new(vec![there], 1)));
    plan.wire("here", "there", Wire::ms(1));
    let mut link = plan.build().unwrap().link("here").unwrap();
    let mut answer = |packet: &[u8]| {
        link.send(packet).unwrap();
        let reply = link.receive(Some(link.now() + Duration::from_secs(1))).unwrap()?;
        let icmp = Icmp::parse(Version::V4, IpPacket::parse(&reply).unwrap().payload).unwrap();
        Some(icmp.to_string())
    };
    let ping = echo_packet(here, there, false, (7, 3), b"ping");
    assert_eq!(answer(&ping).as_deref(), Some("echo reply id 7 seq 3"));
    let datagram = udp::ip_packet((here, 4000).into(), (there, 53).into(), b"who?");
    let unreachable = "port unreachable, for UDP 10.0.0.1:4000 → 10.0.0.2:53";
    assert_eq!(answer(&datagram).as_deref(), Some(unreachable));
    assert_eq!(answer(&echo_packet(here, there, true, (7, 3), b"pong")), None, "a reply is not answered");
}

/// The link of `here`, and `there`, a resolver that knows no names; 1 ms apart.
fn resolver() -> (barewire_internet::WorldLink, World) {
    let mut plan = Topology::new(Instant::now(), 1);
    let resolver = Box::new(barewire::services::Resolver::new([]));
    plan.link("here", "10.0.0.1/24");
    plan.node(
        "there",
        &["10.0.0.2/24"],
        Box::new(Machine::new(vec!["10.0.0.2".parse().unwrap()], 1).with(resolver).unwrap()),
    );
    plan.wire("here", "there", Wire::ms(1));
    let world = plan.build().unwrap();
    (world.link("here").unwrap(), world)
}

/// A DNS query for a name that is not known.
fn query() -> Vec<u8> {
    [&[0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], b"\x01a\x04test\x00", &[0, 1, 0, 1]].concat()
}

/// What a kernel drops without a word, a machine drops, and says why: RFC 1122 §3.2.1.3, §4.1.3.4.
#[test]
fn a_machine_drops_what_no_host_may_answer() {
    let good = udp::ip_packet("10.0.0.1:4000".parse().unwrap(), "10.0.0.2:53".parse().unwrap(), &query());
    let mut damaged = good.clone();
    damaged[40] ^= 1;
    let from =
        |source: &str| udp::ip_packet(source.parse().unwrap(), "10.0.0.2:53".parse().unwrap(), &query());
    let mut ping =
        echo_packet("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap(), false, (7, 3), b"ping");
    ping[30] ^= 1;
    for (what, packet) in [
        ("a wrong UDP checksum", damaged),
        ("a wrong ICMP checksum", ping),
        ("the machine's own address", from("10.0.0.2:53")),
        ("everybody's address", from("255.255.255.255:4000")),
        ("a multicast address", from("224.0.0.1:4000")),
        ("nobody's address", from("0.0.0.0:4000")),
    ] {
        let (mut link, world) = resolver();
        link.send(&packet).unwrap();
        assert_eq!(link.receive(Some(link.now() + Duration::from_secs(1))).unwrap(), None, "{what}");
        assert_eq!(world.counters().dropped, 1, "{what}");
    }
}

/// RFC 1122 §3.3.2: a query is answered, whole or in pieces, in whatever order they come; and not before all are there.
#[test]
fn a_machine_puts_pieces_together() {
    let good = udp::ip_packet("10.0.0.1:4000".parse().unwrap(), "10.0.0.2:53".parse().unwrap(), &query());
    let pieces = barewire_packet::build::fragments(&good, 7, 16);
    let backwards: Vec<Vec<u8>> = pieces.iter().rev().cloned().collect();
    for (what, packets, is_answered) in [
        ("whole", &[good][..], true),
        ("in pieces", &pieces, true),
        ("the last piece first", &backwards, true),
        ("without the last piece", &pieces[..pieces.len() - 1], false),
    ] {
        let (mut link, _) = resolver();
        packets.iter().for_each(|packet| link.send(packet).unwrap());
        let reply = link.receive(Some(link.now() + Duration::from_secs(1))).unwrap();
        assert_eq!(reply.is_some(), is_answered, "{what}");
    }
}

/// A response is never answered: two resolvers would answer each other for ever.
#[test]
fn a_resolver_does_not_answer_responses() {
    let (mut link, _) = resolver();
    let mut response = query();
    response[2] |= 0x80;
    let packet = udp::ip_packet("10.0.0.1:53".parse().unwrap(), "10.0.0.2:53".parse().unwrap(), &response);
    link.send(&packet).unwrap();
    assert_eq!(link.receive(Some(link.now() + Duration::from_secs(1))).unwrap(), None);
}
