//! The programs of the toy internet's hosts: queues that keep the formulas, crowds, and machines that answer as a
//! kernel does.

use std::time::{Duration, Instant};

use barewire::services::crowd::{Crowd, Diary, Outcome, Plan, Try};
use barewire::services::workers::{Model, ServiceTime};
use barewire::services::{HttpServer, Machine, Workers};
use barewire_internet::{Topology, Wire, World};
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
