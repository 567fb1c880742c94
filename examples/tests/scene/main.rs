//! Scenes: captures that were taken at several hosts of a small internet in one run, and what is read from them.

#[path = "../common/mod.rs"]
mod common;
mod nodes;

use std::path::Path;
use std::time::{Duration, Instant};

use barewire::story::{Config, Doing, End, PhaseName, Reading, Scene, SceneReader, Span, Story};
use barewire::views::{self, Style};
use barewire_internet::capture::Recording;
use barewire_internet::{Change, Router, Topology, Wire, World};
use barewire_packet::build::datagram;
use barewire_packet::capture::Capture;
use barewire_packet::link::Link;
use common::{Run, TempFolder, barewire};
use nodes::{Client, Machine, Origin, Proxy, Rewriter};
use serde_json::Value;

/// Runs a world for so many seconds, with capture points at these nodes.
fn record(world: &World, points: &[&str], seconds: u64) -> Capture {
    let recording = Recording::new(world.now(), Duration::from_secs(1_700_000_000));
    for point in points {
        world.tap(point, recording.point()).expect("a node");
    }
    world.tap_losses(recording.point());
    world.run_for(Duration::from_secs(seconds));
    // As others read it.
    Capture::read(&recording.take(world.now()).write()).expect("a capture")
}

fn scene(capture: &Capture) -> Scene {
    match SceneReader::read(capture, Config::default(), &[]).expect("no point was asked for") {
        Reading::Scene(scene) => *scene,
        Reading::Story(_) => panic!("one point"),
    }
}

fn at(capture: &Capture, point: &str) -> Story {
    match SceneReader::read(capture, Config::default(), &[point.to_owned()]).expect("a point") {
        Reading::Story(story) => *story,
        Reading::Scene(_) => panic!("several points"),
    }
}

fn soon(ms: u64, start: Instant) -> Instant {
    start + Duration::from_millis(ms)
}

/// client ── home ── isp ── server, 1, 8 and 16 ms. The client asks once, after 5 ms.
fn two_routers(home_isp: Wire, length: usize) -> World {
    path(home_isp, length, 7)
}

fn path(home_isp: Wire, length: usize, seed: u64) -> World {
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
fn proxied(requests: &[(u64, &'static str)], field: &'static str) -> World {
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

fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}\nin\n{text}", line.chars().count());
    }
}

/// Tenths of milliseconds that a line of the tree prints, by its depth.
fn printed(tree: &str) -> Vec<(usize, u64)> {
    let line = |line: &str| {
        let depth = (line.len() - line.trim_start().len() - 2) / 2;
        let number = line.split(" ms").next()?.split_whitespace().last()?.replace('.', "");
        Some((depth, number.parse().ok()?))
    };
    tree.lines().filter_map(line).collect()
}

/// The printed numbers below a line add up to it.
fn adds_up(tree: &str) {
    let lines = printed(tree);
    assert!(lines.len() > 2, "{tree}");
    for (index, (depth, number)) in lines.iter().enumerate() {
        let below = lines[index + 1..].iter().take_while(|(other, _)| other > depth);
        let children: Vec<u64> =
            below.filter(|(other, _)| *other == depth + 1).map(|(_, number)| *number).collect();
        if !children.is_empty() {
            assert_eq!(children.iter().sum::<u64>(), *number, "line {index} of\n{tree}");
        }
    }
}

fn find<'a>(span: &'a Span, wanted: &dyn Fn(&Doing) -> bool) -> Option<&'a Span> {
    if wanted(&span.doing) { Some(span) } else { span.parts.iter().find_map(|part| find(part, wanted)) }
}

fn ms(span: &Span) -> f64 {
    span.took().as_secs_f64() * 1000.0
}

/// Each row of a journey at a host as sender and receiver see it: 25 ms each way, over two routers.
#[test]
fn a_packet_is_one_arrow_from_host_to_host() {
    let capture = record(&two_routers(Wire::ms(8), 2000), &["client", "home", "isp", "server"], 5);
    let scene = scene(&capture);
    assert_eq!(scene.hosts, ["client", "home", "isp", "server"]);
    let text = views::scene_ladder(&scene, &Style::default());
    fits(&text);
    let wanted = [
        " sent there  client    home      isp       server",
        "  0.0  25.0  ├─────────┼─────────┼────────▶│ TCP  SYN seq 0 win 65535",
        " 25.0  50.0  │◀────────┼─────────┼─────────┤ TCP  SYN ACK seq 0 ack 1 win 65535",
        " 50.0  75.0  ├─────────┼─────────┼────────▶│ HTTP GET / HTTP/1.1",
    ];
    assert_eq!(text.lines().take(4).collect::<Vec<_>>(), wanted, "{text}");
    for journey in &scene.journeys {
        let times: Vec<u128> =
            journey.stops.iter().map(|stop| (stop.time - journey.start()).as_millis()).collect();
        let way: &[u128] = match scene.host(&journey.stops[0]) {
            "client" => &[0, 1, 1, 9, 9, 25],
            _ => &[0, 16, 16, 24, 24, 25],
        };
        assert_eq!((times.as_slice(), &journey.end), (way, &End::Arrived), "{journey:?}");
    }
    // Taken at both ends only, it is the same picture without the routers.
    let capture = record(&two_routers(Wire::ms(8), 2000), &["client", "server"], 5);
    let text = views::scene_ladder(&self::scene(&capture), &Style::default());
    assert!(text.contains("  0.0  25.0  ├─────────▶│ TCP  SYN     seq 0"), "{text}");
}

/// One point of a scene reads as the same packets in a file of their own.
#[test]
fn one_point_reads_as_if_it_were_alone() {
    let capture = record(&proxied(&[(0, "/")], ""), &["client", "proxy", "origin"], 5);
    let client = capture.interfaces.iter().position(|one| one.name == "client").expect("a point") as u32;
    let mut alone = capture.clone();
    alone.frames.retain(|frame| frame.interface == client);
    let wanted = Story::of(&alone, Config::default());
    let story = at(&capture, "client");
    assert_eq!(views::ladder(&story, &Style::default()), views::ladder(&wanted, &Style::default()));
    assert_eq!(story.budgets(), wanted.budgets());
    assert!(
        story.tally.is_complete() && story.tally.frames == capture.frames.len() as u64,
        "{:?}",
        story.tally
    );
    // At the proxy there are two connections, and both are whole.
    let proxy = at(&capture, "proxy");
    assert_eq!(proxy.conversations.len(), 2);
    assert!(proxy.conversations.iter().all(|one| one.retransmissions == [0, 0]));
}

/// What the wires lose is drawn where it ended, at the sender too, and a retransmission is a journey of its own: on wires
/// without jitter each packet that arrives takes exactly as long as the path. Each loss is one journey's end.
#[test]
fn losses_end_where_they_happen() {
    let (mut lost, mut again) = (0, 0);
    for seed in 0..40 {
        let loss = f64::from(seed % 5) / 25.0;
        let points: &[&str] =
            if seed % 2 == 0 { &["client", "server"] } else { &["client", "isp", "server"] };
        let capture = record(&path(Wire::ms(8).loss(loss), 60_000, u64::from(seed as u32)), points, 60);
        let scene = scene(&capture);
        let mut ended = 0;
        for journey in &scene.journeys {
            match &journey.end {
                End::Arrived => {
                    let took = journey.arrival().map(|arrival| arrival - journey.start());
                    assert_eq!(took, Some(Duration::from_millis(25)), "seed {seed}: {journey:?}");
                }
                End::Lost { place, note, .. } => {
                    assert_eq!(
                        (place.as_str(), note.as_str()),
                        ("home-isp", "lost at random"),
                        "seed {seed}"
                    );
                    ended += 1;
                }
                other => panic!("seed {seed}: {other:?}"),
            }
        }
        let losses = capture.frames.iter().filter(|frame| frame.way.is_none()).count();
        assert_eq!(ended, losses, "seed {seed}");
        assert!(scene.tally.is_complete() && scene.lost.rows.is_empty(), "seed {seed}: {:?}", scene.tally);
        lost += losses;
        again += scene.points[0].story.conversations[0].retransmissions.iter().sum::<u64>();
        let at_client = at(&capture, "client");
        let own = scene
            .journeys
            .iter()
            .filter(|one| matches!(one.end, End::Lost { .. }) && scene.host(&one.stops[0]) == "client");
        assert_eq!(at_client.conversations[0].lost, own.count() as u64, "seed {seed}");
        fits(&views::scene_ladder(&scene, &Style::default()));
    }
    assert!(lost > 100 && again > 0, "{lost} losses, {again} retransmissions");
}

/// A file that knows of no losses: what did not arrive is said to be missing. The numbers of IPv4 tell repetitions
/// apart, as those of Linux do.
#[test]
fn without_word_of_losses_packets_are_missing() {
    let mut capture = record(&path(Wire::ms(8).loss(0.2), 100_000, 3), &["client", "server"], 60);
    let lost = capture.frames.iter().filter(|frame| frame.way.is_none()).count();
    capture.frames.retain(|frame| frame.way.is_some());
    let scene = scene(&capture);
    let missing = scene.journeys.iter().filter(|journey| journey.end == End::Missing).count();
    let arrived = scene.journeys.iter().filter(|journey| journey.end == End::Arrived).count();
    assert!(lost > 3 && missing == lost, "{missing} of {lost}");
    assert_eq!(2 * arrived + missing, capture.frames.len());
    let text = views::scene_ladder(&scene, &Style::default());
    assert!(text.contains(&format!("{lost} packets with ?")) && text.contains("──?"), "{text}");
}

/// A wire that goes down while packets are on it, and a router that knows no way.
#[test]
fn a_loss_is_drawn_on_its_wire_or_at_its_host() {
    let world = two_routers(Wire::ms(8), 100);
    // The request leaves at 55 ms, and is on this wire from 56 to 64.
    let down = |ms| world.now() + Duration::from_millis(ms);
    world.change_at(down(60), Change::Down("home-isp".into())).expect("a wire");
    world.change_at(down(70), Change::Up("home-isp".into())).expect("a wire");
    let capture = record(&world, &["client", "home", "isp", "server"], 5);
    let text = views::scene_ladder(&scene(&capture), &Style::default());
    let wanted = "\
 50.0        ├─────────┼────╳    │         │ HTTP GET / HTTP/1.1
                 ↳ home-isp: ";
    assert!(text.contains(wanted), "{text}");
    let client = views::ladder(&at(&capture, "client"), &Style::default());
    assert!(client.lines().any(|line| line.contains("GET /") && line.contains("─╳")), "{client}");

    let start = Instant::now();
    let mut plan = Topology::new(start, 1);
    let program = Client::new("100.64.0.1:80", &[(soon(5, start), "/")]);
    plan.node("client", &["192.168.1.42/24"], Machine::new("192.168.1.42", None, program));
    plan.node("home", &["192.168.1.1/24"], Box::new(Router::new()));
    plan.wire("client", "home", Wire::ms(1));
    let capture = record(&plan.build().expect("a wire"), &["client", "home"], 5);
    let text = views::scene_ladder(&scene(&capture), &Style::default());
    assert!(text.contains("   0.0         ├──────────╳ TCP  SYN     seq 0"), "{text}");
    assert!(text.contains("↳ home: dropped: no route leads there\n"), "{text}");
    assert!(text.contains("   1.0    2.0  │◀─────────┤ ICMP net unreachable"), "{text}");
}

/// A box that rewrites addresses, ports and checksums: the packets stay the same, and so do their conversations.
#[test]
fn a_nat_is_seen_through() {
    let start = Instant::now();
    let mut plan = Topology::new(start, 5);
    let program = Client::new("203.0.113.80:80", &[(soon(5, start), "/")]);
    plan.node("client", &["192.168.1.42/24"], Machine::new("192.168.1.42", None, program));
    let rewriter = Rewriter::new("192.168.1.42:0", "203.0.113.5:40001");
    let nat = Router::new().with(Box::new(rewriter));
    plan.node("nat", &["192.168.1.1/24", "203.0.113.5/24"], Box::new(nat));
    let server = Origin::new(50, 100, "");
    plan.node("server", &["203.0.113.80/24"], Machine::new("203.0.113.80", Some(80), server));
    plan.wire("client", "nat", Wire::ms(2));
    plan.wire("nat", "server", Wire::ms(30));
    plan.keep_private("192.168.0.0/16");
    let world = plan.build().expect("a path");
    let capture = record(&world, &["client", "nat", "server"], 5);
    let scene = scene(&capture);
    assert_eq!(scene.hosts, ["client", "nat", "server"]);
    let text = views::scene_ladder(&scene, &Style::default());
    let first: Vec<&str> = text.lines().skip(1).take(3).collect();
    assert!(first[0].starts_with("  0.0  32.0  ├──────────┼─────────▶│ TCP  SYN"), "{text}");
    assert!(first[1].trim_start().starts_with("↳ nat: mapped 192.168.1.42:"), "{text}");
    assert!(first[1].contains("to 203.0.113.5:40001") || first[2].contains("203.0.113.5:40001"), "{text}");
    let server = scene.points.iter().find(|point| point.name == "server").expect("a point");
    assert_eq!(server.story.conversations[0].ends[0].to_string(), "203.0.113.5:40001");
    let waits = scene.waits();
    assert_eq!(waits.len(), 1, "{waits:?}");
    let there = Doing::Way { from: "client".into(), to: "server".into() };
    assert_eq!(find(&waits[0], &|doing| *doing == there).map(ms), Some(32.0));
    assert_eq!(find(&waits[0], &|doing| *doing == Doing::At("server".into())).map(ms), Some(50.0));
}

/// The budget of a request through a proxy, from three captures: each number follows from the wires and the programs.
#[test]
fn the_wait_for_a_proxy_is_taken_apart() {
    let field = "Server-Timing: queue;dur=12, app;dur=20.5";
    let capture = record(&proxied(&[(0, "/"), (300, "/again")], field), &["client", "proxy", "origin"], 5);
    let scene = scene(&capture);
    let waits = scene.waits();
    assert!(waits.iter().all(Span::adds_up), "{waits:?}");
    let text = views::waits(&waits, &Style::default());
    fits(&text);
    text.split("\n\n").for_each(adds_up);
    let words = |line: &str| {
        let line = if line.contains(" ms: ") { line } else { line.split(" ms").next().unwrap_or_default() };
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let words: Vec<String> = text.lines().map(words).collect();
    let wanted = "\
client: GET / 163.0
TCP 20.0
wait 143.0
client → proxy 10.0
at proxy 123.0
proxy itself 3.0
proxy: GET / 120.0
TCP 40.0
wait 80.0
proxy → origin 20.0
at origin 40.0
origin: queued 12.0
origin: served 20.5
origin itself 7.5
origin → proxy 20.0
transfer 0.0
proxy → client 10.0
transfer 0.0
of 163.0 ms: to connect 60.0, on the way 60.0, at proxy 3.0, at origin 40.0

client: GET /again 103.0
wait 103.0
client → proxy 10.0
at proxy 83.0
proxy itself 3.0
proxy: GET /again 80.0
wait 80.0
proxy → origin 20.0
at origin 40.0
origin: queued 12.0
origin: served 20.5
origin itself 7.5
origin → proxy 20.0
transfer 0.0
proxy → client 10.0
transfer 0.0
of 103.0 ms: on the way 60.0, at proxy 3.0, at origin 40.0";
    assert_eq!(words.join("\n"), wanted, "{text}");
    // The client's own budget says the same of its phases.
    let budget = at(&capture, "client").budget();
    let wait = budget.phase(PhaseName::Wait).expect("a wait");
    let own = find(&waits[0], &|doing| *doing == Doing::Phase(PhaseName::Wait)).expect("a wait");
    assert_eq!((wait.start, wait.end), (own.start, own.end));
}

/// Two clients at once: what the proxy asks for each of them is found by what was asked.
#[test]
fn requests_at_once_are_told_apart() {
    let start = Instant::now();
    let mut plan = Topology::new(start, 3);
    for (name, address, path) in [("one", "192.0.2.2", "/one"), ("two", "192.0.2.3", "/two")] {
        let program = Client::new("198.51.100.10:80", &[(start, path)]);
        plan.node(name, &[&format!("{address}/24")], Machine::new(address, None, program));
    }
    let proxy = Proxy::new("203.0.113.80:8080", 3);
    let home = ["192.0.2.1/24", "192.0.2.129/24", "198.51.100.1/24", "203.0.113.1/24"];
    plan.node("r", &home, Box::new(Router::new()));
    plan.node("proxy", &["198.51.100.10/24"], Machine::new("198.51.100.10", Some(80), proxy));
    let origin = Machine::new("203.0.113.80", Some(8080), Origin::new(40, 30, ""));
    plan.node("origin", &["203.0.113.80/24"], origin);
    for (name, delay) in [("one", 10), ("two", 11), ("proxy", 0), ("origin", 20)] {
        plan.wire(name, "r", Wire::ms(delay));
    }
    let capture = record(&plan.build().expect("a star"), &["one", "two", "proxy", "origin"], 5);
    let waits = scene(&capture).waits();
    let said = |span: &Span, host: &str| {
        let asked = |doing: &Doing| matches!(doing, Doing::Request { host: other, .. } if other == host);
        find(span, &asked).map(|span| span.doing.clone())
    };
    let request = |host: &str, title: &str| Some(Doing::Request { host: host.into(), title: title.into() });
    assert_eq!(waits.len(), 2, "{waits:?}");
    for (wait, name) in waits.iter().zip(["one", "two"]) {
        let title = format!("GET /{name}");
        assert_eq!(
            (said(wait, name), said(wait, "proxy")),
            (request(name, &title), request("proxy", &title))
        );
        assert!(wait.adds_up());
    }
}

/// A name that a resolver has to ask for: the same tree, over UDP.
#[test]
fn the_wait_for_a_name_is_taken_apart() {
    let mut plan = Topology::new(Instant::now(), 1);
    let hosts = [("client", "10.0.0.2/24"), ("resolver", "10.0.0.53/24"), ("authority", "10.0.0.9/24")];
    hosts.iter().for_each(|(name, address)| plan.link(name, address));
    plan.switch("s", "10.0.0.0/24");
    for (name, delay) in [("client", 2), ("resolver", 0), ("authority", 30)] {
        plan.wire(name, "s", Wire::ms(delay));
    }
    let world = plan.build().expect("a network");
    let recording = Recording::new(world.now(), Duration::ZERO);
    hosts.iter().for_each(|(name, _)| world.tap(name, recording.point()).expect("a node"));
    let [mut client, mut resolver, mut authority] = hosts.map(|(name, _)| world.link(name).expect("a link"));
    let name = barewire_dns::Name::parse_text("a.test").expect("a name");
    let query = |id| barewire_dns::Message::query(id, name.clone(), barewire_dns::RecordType::A);
    let bytes = |message: &barewire_dns::Message| message.encode().expect("a message");
    let reply = |id| bytes(&barewire_dns::Message::response_to(&query(id)));
    client.send(&datagram("10.0.0.2:5000", "10.0.0.53:53", &bytes(&query(1)))).expect("room");
    resolver.receive(None).expect("a query");
    world.run_for(Duration::from_millis(5));
    resolver.send(&datagram("10.0.0.53:6000", "10.0.0.9:53", &bytes(&query(2)))).expect("room");
    authority.receive(None).expect("a query");
    authority.send(&datagram("10.0.0.9:53", "10.0.0.53:6000", &reply(2))).expect("room");
    resolver.receive(None).expect("a reply");
    resolver.send(&datagram("10.0.0.53:53", "10.0.0.2:5000", &reply(1))).expect("room");
    client.receive(None).expect("a reply");
    let waits = scene(&recording.take(world.now())).waits();
    let text = views::waits(&waits, &Style::default());
    adds_up(&text);
    let last = text.lines().last();
    assert_eq!(last, Some("  of 69.0 ms: on the way 64.0, at resolver 5.0"), "{text}");
    assert!(text.contains("resolver: A? a.test") && text.contains("authority → resolver"), "{text}");
}

/// A host without a capture point: its hop is said to be unseen, in the ladder and in the tree.
#[test]
fn a_host_without_a_capture_point_is_unseen() {
    let capture = record(&proxied(&[(0, "/")], ""), &["client", "proxy"], 5);
    let scene = scene(&capture);
    let text = views::scene_ladder(&scene, &Style::default());
    assert!(text.lines().next().is_some_and(|line| line.ends_with("client     proxy      unseen")), "{text}");
    assert!(text.contains(" 33.0        │          ├─────────▶│ TCP  SYN"), "{text}");
    assert!(text.contains("       73.0  │          │◀─────────┤ TCP  SYN ACK"), "{text}");
    let waits = scene.waits();
    let unseen = Doing::Unseen("203.0.113.80".parse().expect("an address"));
    assert_eq!(find(&waits[0], &|doing| *doing == unseen).map(ms), Some(80.0));
    let text = views::waits(&waits, &Style::default());
    assert!(text.contains("unseen: 203.0.113.80"), "{text}");
    adds_up(&text);
}

/// An answer that never comes: the wait is there as far as it went, down to the hop that holds it.
#[test]
fn what_did_not_end_is_in_the_tree() {
    let world = proxied(&[(0, "/")], "");
    world
        .change_at(world.now() + Duration::from_millis(90), Change::Down("r-origin".into()))
        .expect("a wire");
    let capture = record(&world, &["client", "proxy", "origin"], 5);
    let waits = scene(&capture).waits();
    let held = find(
        &waits[0],
        &|doing| matches!(doing, Doing::Way { from, to } if from == "proxy" && to == "origin"),
    );
    assert!(held.is_some_and(|span| !span.ended), "{waits:?}");
    let text = views::waits(&waits, &Style::default());
    fits(&text);
    adds_up(&text);
    assert!(
        text.lines().any(|line| line.contains("proxy → origin") && line.ends_with("did not end")),
        "{text}"
    );
    assert!(text.lines().any(|line| line.contains("client → proxy") && line.contains('█')), "{text}");
}

/// An echo has the payload of what it answers. It is a packet of its own.
#[test]
fn an_echo_is_not_the_same_packet() {
    let start = Instant::now();
    let mut plan = Topology::new(start, 1);
    plan.link("a", "10.0.0.2/24");
    plan.link("b", "10.0.0.3/24");
    plan.wire("a", "b", Wire::ms(10));
    let world = plan.build().expect("a wire");
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("a", recording.point()).expect("a node");
    world.tap("b", recording.point()).expect("a node");
    let [mut a, mut b] = ["a", "b"].map(|name| world.link(name).expect("a link"));
    for _ in 0..200 {
        a.send(&datagram("10.0.0.2:7000", "10.0.0.3:7", b"echo")).expect("room");
        b.receive(None).expect("a packet");
        b.send(&datagram("10.0.0.3:7", "10.0.0.2:7000", b"echo")).expect("room");
        a.receive(None).expect("a packet");
    }
    let scene = scene(&recording.take(world.now()));
    assert_eq!(scene.journeys.len(), 400);
    assert!(scene.journeys.iter().all(|one| one.end == End::Arrived && one.stops.len() == 2));
}

/// More hosts than fit: routers are left out, arrows go over them, and the head says so.
#[test]
fn a_long_path_fits() {
    let start = Instant::now();
    let mut plan = Topology::new(start, 1);
    let program = Client::new("10.0.12.2:80", &[(start, "/")]);
    plan.node("client", &["10.0.0.2/24"], Machine::new("10.0.0.2", None, program));
    let names: Vec<String> = (0..12).map(|hop| format!("router{hop}")).collect();
    for (hop, name) in names.iter().enumerate() {
        let [near, far] =
            [format!("10.0.{hop}.1/24"), format!("10.0.{}.{}/24", hop + 1, if hop == 11 { 1 } else { 9 })];
        plan.node(name, &[&near, &far], Box::new(Router::new()));
    }
    let server = Machine::new("10.0.12.2", Some(80), Origin::new(1, 10, ""));
    plan.node("server", &["10.0.12.2/24"], server);
    let mut all: Vec<&str> = vec!["client"];
    all.extend(names.iter().map(String::as_str));
    all.push("server");
    all.windows(2).for_each(|pair| plan.wire(pair[0], pair[1], Wire::ms(1)));
    let capture = record(&plan.build().expect("a path"), &all, 5);
    let scene = scene(&capture);
    assert_eq!(scene.hosts, all);
    for width in [60, 80, 120] {
        let text = views::scene_ladder(&scene, &Style { width, ..Style::default() });
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        let head: String = text.lines().take_while(|line| !line.contains("there")).collect();
        assert!(head.starts_with("left out: router") && head.ends_with("--host chooses"), "{text}");
        assert!(text.contains("client") && text.contains("server"), "{text}");
    }
}

fn lines(run: &Run, kind: &str) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect("JSON");
    run.stdout.lines().map(parse).filter(|object| object["kind"] == kind).collect()
}

fn read(file: &str, more: &[&str]) -> Run {
    barewire(&[&["read", file], more].concat())
}

#[test]
fn the_program_reads_scenes_and_points() {
    let folder = TempFolder::new();
    let file = folder.file("scene.pcapng");
    let capture = record(&proxied(&[(0, "/")], ""), &["client", "proxy", "origin"], 5);
    std::fs::write(&file, capture.write()).expect("a file");
    assert!(Path::new(&file).exists());

    let run = read(&file, &[]).succeeds();
    assert!(run.stdout.starts_with("3 capture points: --at NAME"), "{run}");
    assert!(run.stdout.contains("  proxy   "), "{run}");
    assert!(run.stdout.contains("client     proxy      origin\n"), "{run}");
    assert!(run.stdout.contains("  client: GET /"), "{run}");
    fits(&run.stdout);

    let run = read(&file, &["--at", "proxy"]).succeeds();
    assert!(run.stdout.starts_with("stream  client → server") && run.stdout.contains("tcp 1"), "{run}");
    let run = read(&file, &["--at", "nobody"]);
    assert_eq!(run.code, Some(2), "{run}");
    let wanted = "no capture point is called \"nobody\"; the file has: client, origin, proxy";
    assert!(run.stderr.contains(wanted), "{run}");
    let run = read(&file, &["--step"]);
    assert!(run.code == Some(2) && run.stderr.contains("--at NAME"), "{run}");

    let run = read(&file, &["--at", "client,origin"]).succeeds();
    assert!(run.stdout.contains("2 capture points") && !run.stdout.contains("  proxy   "), "{run}");
    let run = read(&file, &["--host", "origin"]).succeeds();
    assert!(run.stdout.contains("proxy      origin\n") && !run.stdout.contains("client     proxy"), "{run}");
    let run = read(&file, &["--host", "nobody"]);
    assert!(run.code == Some(2) && run.stderr.contains("client, proxy, origin"), "{run}");
}

#[test]
fn every_frame_of_a_scene_is_accounted_for_and_says_where_it_was_seen() {
    let folder = TempFolder::new();
    let file = folder.file("scene.pcapng");
    let capture = record(&path(Wire::ms(8).loss(0.1), 40_000, 3), &["client", "isp", "server"], 60);
    std::fs::write(&file, capture.write()).expect("a file");
    for more in
        [&[][..], &["--host", "client"], &["--port", "9"], &["--at", "client"], &["--at", "client,server"]]
    {
        let run = read(&file, &[&["--json"], more].concat()).succeeds();
        let tally = &lines(&run, "tally")[0];
        let rows = lines(&run, "row");
        let without = tally["without_row"].as_array().expect("a list");
        let counted: u64 = without.iter().map(|reason| reason["frames"].as_u64().expect("a number")).sum();
        assert_eq!(tally["frames"], rows.len() as u64 + counted, "{more:?} {tally}");
        assert_eq!(tally["frames"], capture.frames.len() as u64, "{more:?} {tally}");
        for row in &rows {
            let frame = &capture.frames[row["frame"].as_u64().expect("a number") as usize - 1];
            let name = capture.interfaces[frame.interface as usize].name.as_str();
            assert!(name.split(" (").next() == row["at"].as_str() || row["at"] == name, "{row}");
            if more != ["--at", "client"] {
                let stops = row["journey"]["stops"].as_array().expect("a list");
                assert!(
                    stops.iter().any(|stop| stop["frame"] == row["frame"] && stop["at"] == row["at"]),
                    "{row}"
                );
            }
        }
    }
    let run = read(&file, &["--json"]).succeeds();
    assert!(lines(&run, "row").iter().any(|row| row["journey"]["end"]["place"] == "home-isp"), "{run}");
    assert_eq!(lines(&run, "wait").len(), 1);
}

/// Two cards of one machine are not a scene: nobody says which way packets pass.
#[test]
fn a_capture_at_two_cards_is_read_as_before() {
    let mut capture = record(&proxied(&[(0, "/")], ""), &["client", "proxy"], 5);
    capture.frames.iter_mut().for_each(|frame| frame.way = None);
    let reading = SceneReader::read(&capture, Config::default(), &[]).expect("nothing was asked for");
    let Reading::Story(story) = reading else { panic!("a scene") };
    assert_eq!(story.rows, Story::of(&capture, Config::default()).rows);
    let client = at(&capture, "client");
    assert!(client.conversations.len() == 1 && client.rows.len() < story.rows.len());
}
