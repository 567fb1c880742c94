//! The ways of packets from host to host, and what a single point shows.

use std::time::{Duration, Instant};

use barewire::story::{Config, End, Reading, Scene, SceneReader, Span, Story};
use barewire::views::{self, Style};
use barewire_internet::capture::Recording;
use barewire_internet::{Change, Router, Topology, Wire};
use barewire_packet::build::datagram;
use barewire_packet::capture::{Capture, Interface, Origin};
use barewire_packet::link::{Link, Way};

use crate::nodes::{Client, Machine, Origin as WebOrigin};
use crate::wire::captures;
use crate::{at, fits, path, proxied, record, scene, soon, two_routers};

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
    let text = views::scene_ladder(&crate::scene(&capture), &Style::default());
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

/// What the wires lose is drawn where it ended, at the sender too, and a retransmission is a journey of its own: on
/// wires without jitter each packet that arrives takes exactly as long as the path. Each loss is one journey's end.
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

/// Datagrams that are all alike, several under way at once: each finds its own way, and each loss its own packet.
#[test]
fn packets_that_are_alike_are_told_apart_by_their_places() {
    let mut plan = Topology::new(Instant::now(), 11);
    plan.link("client", "192.168.1.42/24");
    plan.node("home", &["192.168.1.1/24", "198.51.100.2/24"], Box::new(Router::new()));
    plan.node("isp", &["198.51.100.1/24", "203.0.113.1/24"], Box::new(Router::new()));
    plan.link("server", "203.0.113.80/24");
    plan.wire("client", "home", Wire::ms(3));
    plan.wire("home", "isp", Wire::ms(8).loss(0.3));
    plan.wire("isp", "server", Wire::ms(16));
    let world = plan.build().expect("a path");
    let recording = Recording::new(world.now(), Duration::ZERO);
    for name in ["client", "home", "server"] {
        world.tap(name, recording.point()).expect("a node");
    }
    world.tap_losses(recording.point());
    let mut client = world.link("client").expect("a link");
    for _ in 0..300 {
        client.send(&datagram("192.168.1.42:7000", "203.0.113.80:7", b"again")).expect("room");
        world.run_for(Duration::from_millis(1));
    }
    world.run_for(Duration::from_millis(100));
    let scene = scene(&recording.take(world.now()));
    assert_eq!(scene.journeys.len(), 300);
    for journey in &scene.journeys {
        let took = match &journey.end {
            End::Lost { time, .. } => *time - journey.start(),
            _ => journey.arrival().expect("it arrives") - journey.start(),
        };
        let (stops, ms) = if journey.end == End::Arrived { (4, 27) } else { (3, 3) };
        assert_eq!((journey.stops.len(), took.as_millis()), (stops, ms), "{journey:?}");
    }
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
    let server = Machine::new("10.0.12.2", Some(80), WebOrigin::new(1, 10, ""));
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
        let names = text.lines().find(|line| line.contains("there")).unwrap_or_default();
        assert!(names.contains("client") && names.ends_with("server"), "{text}");
        assert!(!text.contains('○'), "{text}");
    }
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

/// Any capture, its frames dealt out to points at random: nothing panics, every frame is accounted for, all fits.
#[test]
fn nonsense_is_drawn_too() {
    for path in captures() {
        let file = std::fs::read(&path).expect("a file");
        let mut capture = Capture::read(&file).expect("a capture");
        let Some(first) = capture.interfaces.first().cloned() else { continue };
        let point = |name: &str, origin| Interface { name: name.to_owned(), origin, ..first.clone() };
        capture.interfaces = ["one", "two (one-two)", "two (two-three)", "three"]
            .map(|name| point(name, Origin::Seen))
            .into_iter()
            .chain(["one-two", "three", "nowhere"].map(|name| point(name, Origin::Lost)))
            .collect();
        for frame in &mut capture.frames {
            let dice = frame.number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            frame.interface = (dice % 7) as u32;
            let way = if dice & 0x100 == 0 { Way::Sent } else { Way::Received };
            frame.way = (frame.interface < 4).then_some(way);
        }
        let mut scene = Scene::of(&capture, Config::default());
        assert!(scene.tally.is_complete(), "{}: {:?}", path.display(), scene.tally);
        assert_eq!(scene.tally.frames, capture.frames.len() as u64, "{}", path.display());
        let waits = scene.waits();
        assert!(waits.iter().all(Span::adds_up), "{}: {waits:?}", path.display());
        for host in [None, scene.hosts.last().cloned()] {
            assert!(host.is_none_or(|host| scene.choose_host(&host)));
            assert!(scene.tally.is_complete(), "{}: {:?}", path.display(), scene.tally);
            for width in [60, 80] {
                let style = Style { width, frames: width == 80, lines: 40, ..Style::default() };
                let views = [views::points(&scene, &style), views::scene_ladder(&scene, &style)];
                for line in views.iter().flat_map(|text| text.lines()) {
                    assert!(line.chars().count() <= width, "{}: {line}", path.display());
                }
            }
        }
    }
}
