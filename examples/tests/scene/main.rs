//! Scenes: captures that were taken at several hosts of a small internet in one run, and what is read from them.
//!
//! `nodes.rs` has the hosts, `journeys.rs` the ways of packets, `waits.rs` the trees of waits, `program.rs` the
//! program.

#[path = "../common/mod.rs"]
mod common;
mod journeys;
mod nodes;
mod program;
mod waits;
#[path = "../common/wire.rs"]
mod wire;

use std::time::{Duration, Instant};

use barewire::story::{Config, Reading, Scene, SceneReader, Story};
use barewire_internet::capture::Recording;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::capture::Capture;
use nodes::{Client, Machine, Origin, Proxy};

/// Runs a world for so many seconds, with capture points at these nodes.
pub(crate) fn record(world: &World, points: &[&str], seconds: u64) -> Capture {
    let recording = Recording::new(world.now(), Duration::from_secs(1_700_000_000));
    for point in points {
        world.tap(point, recording.point()).expect("a node");
    }
    world.tap_losses(recording.point());
    world.run_for(Duration::from_secs(seconds));
    // As others read it.
    Capture::read(&recording.take(world.now()).write()).expect("a capture")
}

pub(crate) fn scene(capture: &Capture) -> Scene {
    match SceneReader::read(capture, Config::default(), &[]).expect("no point was asked for") {
        Reading::Scene(scene) => *scene,
        Reading::Story(_) => panic!("one point"),
    }
}

pub(crate) fn at(capture: &Capture, point: &str) -> Story {
    match SceneReader::read(capture, Config::default(), &[point.to_owned()]).expect("a point") {
        Reading::Story(story) => *story,
        Reading::Scene(_) => panic!("several points"),
    }
}

pub(crate) fn soon(ms: u64, start: Instant) -> Instant {
    start + Duration::from_millis(ms)
}

/// client ── home ── isp ── server, 1, 8 and 16 ms. The client asks once, after 5 ms.
pub(crate) fn two_routers(home_isp: Wire, length: usize) -> World {
    path(home_isp, length, 7)
}

pub(crate) fn path(home_isp: Wire, length: usize, seed: u64) -> World {
    let start = Instant::now();
    let mut plan = Topology::new(start, seed);
    let client = Client::new("203.0.113.80:80", &[(soon(5, start), "/")]);
    plan.node("client", &["192.168.1.42/24"], Machine::new("192.168.1.42", None, client));
    plan.node("home", &["192.168.1.1/24", "198.51.100.2/24"], Box::new(Router::new()));
    plan.node("isp", &["198.51.100.1/24", "203.0.113.1/24"], Box::new(Router::new()));
    let server = Origin::new(50, length, "Server-Timing: queue;dur=12, app;dur=30.5");
    plan.node("server", &["203.0.113.80/24"], Machine::new("203.0.113.80", Some(80), server));
    plan.wire("client", "home", Wire::ms(1));
    plan.wire("home", "isp", home_isp);
    plan.wire("isp", "server", Wire::ms(16));
    plan.build().expect("a path")
}

/// client ── proxy ── origin, 10 and 20 ms; the proxy thinks for 3 ms, the origin for 40.
pub(crate) fn proxied(requests: &[(u64, &'static str)], field: &'static str) -> World {
    let start = Instant::now();
    let mut plan = Topology::new(start, 3);
    let requests: Vec<(Instant, &str)> =
        requests.iter().map(|(ms, path)| (soon(*ms, start), *path)).collect();
    let client = Client::new("198.51.100.10:80", &requests);
    plan.node("client", &["192.0.2.2/24"], Machine::new("192.0.2.2", None, client));
    plan.node("r", &["192.0.2.1/24", "198.51.100.1/24", "203.0.113.1/24"], Box::new(Router::new()));
    let proxy = Proxy::new("203.0.113.80:8080", 3);
    plan.node("proxy", &["198.51.100.10/24"], Machine::new("198.51.100.10", Some(80), proxy));
    let origin = Origin::new(40, 3000, field);
    plan.node("origin", &["203.0.113.80/24"], Machine::new("203.0.113.80", Some(8080), origin));
    plan.wire("client", "r", Wire::ms(10));
    plan.wire("r", "proxy", Wire::ms(0));
    plan.wire("r", "origin", Wire::ms(20));
    plan.build().expect("a star")
}

pub(crate) fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}\nin\n{text}", line.chars().count());
    }
}
