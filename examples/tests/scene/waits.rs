//! Who waits for whom: the trees, and that their numbers add up.

use std::time::{Duration, Instant};

use barewire::story::{Doing, PhaseName, Span};
use barewire::views::{self, Style};
use barewire_internet::capture::Recording;
use barewire_internet::{Change, Router, Topology, Wire};
use barewire_packet::build::datagram;
use barewire_packet::capture::{Capture, Frame, Interface};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::{Link, Way};

use crate::common::{TempFolder, barewire};
use crate::nodes::{Client, Machine, Origin, Proxy, Rewriter};
use crate::{at, fits, proxied, record, scene, soon};

/// Tenths of milliseconds that a line of the tree prints, by its depth.
fn printed(tree: &str) -> Vec<(usize, u64)> {
    let line = |line: &str| {
        let depth = (line.len() - line.trim_start().len() - 2) / 2;
        let number = line.split(" ms").next()?.split_whitespace().last()?.replace('.', "");
        Some((depth, number.parse().ok()?))
    };
    let is_piece = |line: &&str| line.contains(" ms  ") || line.ends_with(" ms");
    tree.lines().filter(is_piece).filter_map(line).collect()
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

/// A fetch over the toy internet, as if its resolver and its server had capture points too: each is half a round trip
/// away, 5 and 25 ms.
fn fetched_at_both_ends() -> Capture {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["https://www.example.test/slow", "--pcapng", &file]).succeeds();
    let one = Capture::read(&std::fs::read(&file).expect("a file")).expect("a capture");
    let names = ["client", "resolver", "server"];
    let interface = |name: &str| Interface { name: name.to_owned(), ..one.interfaces[0].clone() };
    let mut frames = Vec::new();
    for frame in &one.frames {
        let packet = IpPacket::parse(&frame.bytes).expect("a packet");
        let sent = packet.header.source()
            == IpPacket::parse(&one.frames[0].bytes).expect("a packet").header.source();
        let is_dns = packet.header.protocol() == 17;
        let way = Duration::from_millis(if is_dns { 5 } else { 25 });
        let there = if sent { frame.time + way } else { frame.time - way };
        let [near, far] = if sent { [Way::Sent, Way::Received] } else { [Way::Received, Way::Sent] };
        let there = Frame { interface: 2 - u32::from(is_dns), time: there, way: Some(far), ..frame.clone() };
        frames.extend([Frame { interface: 0, way: Some(near), ..frame.clone() }, there]);
    }
    frames.sort_by_key(|frame| frame.time);
    frames.iter_mut().zip(1..).for_each(|(frame, number)| frame.number = number);
    Capture {
        interfaces: names.map(interface).to_vec(),
        frames,
        secrets: one.secrets.clone(),
        ..Capture::default()
    }
}

/// A name, TCP, TLS, and a server that thinks: with the keys the wait is taken apart, and without them it is sealed.
#[test]
fn tls_is_read_with_its_keys() {
    let mut capture = fetched_at_both_ends();
    let scene = crate::scene(&capture);
    let waits = scene.waits();
    assert_eq!(waits.len(), 1, "{waits:?}");
    let text = views::waits(&waits, &Style::default());
    fits(&text);
    adds_up(&text);
    // The phases are those of the client's budget, and with its own time they fill the whole.
    let budget = at(&capture, "client").budget();
    for phase in &budget.phases {
        let own = find(&waits[0], &|doing| *doing == Doing::Phase(phase.name)).expect("a phase");
        assert_eq!((own.start, own.end, own.ended), (phase.start, phase.end, true), "{text}");
    }
    let way = |from: &str, to: &str| {
        let doing = Doing::Way { from: from.into(), to: to.into() };
        find(&waits[0], &|other| *other == doing).map(ms)
    };
    assert_eq!((way("client", "resolver"), way("resolver", "client")), (Some(5.0), Some(5.0)), "{text}");
    assert_eq!((way("client", "server"), way("server", "client")), (Some(25.0), Some(25.0)), "{text}");

    capture.secrets.clear();
    let waits = crate::scene(&capture).waits();
    let sealed = find(&waits[0], &|doing| *doing == Doing::Unread("server".into()));
    let wait = budget.phase(PhaseName::Wait).expect("a wait");
    assert_eq!(sealed.map(|span| span.start), Some(wait.start), "{waits:?}");
    let text = views::waits(&waits, &Style::default());
    assert!(text.contains("server: sealed, no keys"), "{text}");
    adds_up(&text);
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
