//! A firewall: every condition, every action, every state, and the errors of its text.

mod segments;

use std::time::{Duration, Instant};

use barewire_internet::capture::Recording;
use barewire_internet::firewall::{Firewall, Rule};
use barewire_internet::router::Limit;
use barewire_internet::tracking::Timers;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::build::{datagram, fragments};
use barewire_packet::link::Link;
use segments::{ACK, FIN, RST, SYN, echo, error, tcp, words};

const CLIENT: &str = "192.168.1.42";
const SERVER: &str = "203.0.113.80";

/// client ── wall ── server, no delay.
fn world(firewall: Firewall) -> World {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.168.1.42/24 2001:db8:1::42/64");
    let router = Router::new().limit(Limit::none()).with(Box::new(firewall));
    plan.node(
        "wall",
        &["192.168.1.1/24 2001:db8:1::1/64", "203.0.113.1/24 2001:db8:2::1/64"],
        Box::new(router),
    );
    plan.link("server", "203.0.113.80/24 2001:db8:2::80/64");
    plan.wire("client", "wall", Wire::ms(0));
    plan.wire("wall", "server", Wire::ms(0));
    plan.build().unwrap()
}

fn parse(text: &str) -> Firewall {
    Firewall::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What becomes of a packet: "passed", "silence", or the answer that its sender gets.
fn fate(world: &World, packet: &[u8]) -> String {
    let v4_inside = packet[0] >> 4 == 4 && packet[12] == 192;
    let v6_inside = packet[0] >> 4 == 6 && packet[8..16] == [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0];
    let ends = if v4_inside || v6_inside { ["client", "server"] } else { ["server", "client"] };
    let [mut here, mut there] = ends.map(|name| world.link(name).unwrap());
    here.send(packet).unwrap();
    let now = Some(world.now());
    match (there.receive(now).unwrap(), here.receive(now).unwrap()) {
        (Some(_), None) => "passed".to_owned(),
        (None, None) => "silence".to_owned(),
        (None, Some(answer)) => words(&answer),
        (Some(_), Some(answer)) => panic!("passed, and answered: {}", words(&answer)),
    }
}

fn client(port: u16) -> String {
    format!("{CLIENT}:{port}")
}

fn server(port: u16) -> String {
    format!("{SERVER}:{port}")
}

/// A segment from the client to the server's port 443, and one back.
fn there(flags: u8) -> Vec<u8> {
    tcp(&client(40000), &server(443), flags)
}

fn back(flags: u8) -> Vec<u8> {
    tcp(&server(443), &client(40000), flags)
}

fn rows(world: &World, title: &str) -> Vec<Vec<String>> {
    let tables = world.tables("wall").unwrap();
    tables.into_iter().find(|table| table.title == title).unwrap_or_default().rows
}

#[test]
fn each_condition_lets_in_what_it_says_and_nothing_else() {
    let v6 = tcp("[2001:db8:1::42]:40000", "[2001:db8:2::80]:443", SYN);
    let udp = |from, to| datagram(&client(from), &server(to), b"x");
    let later = fragments(&datagram(&client(40000), &server(53), &[0; 2000]), 7, 1400).swap_remove(1);
    // A rule, packets that it matches, packets that it does not.
    type Packets = Vec<Vec<u8>>;
    let cases: [(&str, Packets, Packets); 19] = [
        ("", vec![there(SYN), back(SYN), v6.clone(), later.clone()], vec![]),
        ("in client-wall", vec![there(SYN), v6.clone()], vec![back(SYN)]),
        ("out client-wall", vec![back(SYN)], vec![there(SYN), v6.clone()]),
        ("from 192.168.1.0/24", vec![there(SYN)], vec![back(SYN), v6.clone()]),
        ("from 192.168.1.43", vec![], vec![there(SYN)]),
        ("to 203.0.113.80", vec![there(SYN)], vec![back(SYN), v6.clone()]),
        ("to 2001:db8:2::/48", vec![v6.clone()], vec![there(SYN)]),
        ("from anywhere to 203.0.113.80/32", vec![there(SYN)], vec![back(SYN)]),
        ("tcp", vec![there(SYN), v6.clone()], vec![udp(1, 443), later.clone()]),
        ("tcp 443", vec![there(SYN), v6.clone()], vec![back(SYN), udp(1, 443)]),
        (
            "udp 53,1024-2047",
            vec![udp(1, 53), udp(1, 1024), udp(1, 2047)],
            vec![udp(53, 54), udp(1, 2048), later],
        ),
        ("udp source-port 53", vec![udp(53, 9)], vec![udp(9, 53)]),
        (
            "icmp",
            vec![echo(CLIENT, SERVER, false, 1), echo("2001:db8:1::42", "2001:db8:2::80", false, 1)],
            vec![there(SYN)],
        ),
        (
            "icmp echo-request",
            vec![echo(CLIENT, SERVER, false, 1), echo("2001:db8:1::42", "2001:db8:2::80", false, 1)],
            vec![echo(CLIENT, SERVER, true, 1), echo("2001:db8:1::42", "2001:db8:2::80", true, 1)],
        ),
        ("icmp 0", vec![echo(CLIENT, SERVER, true, 1)], vec![echo(CLIENT, SERVER, false, 1)]),
        ("protocol 17", vec![udp(1, 1)], vec![there(SYN)]),
        (
            "tcp flags syn,!ack",
            vec![there(SYN), there(SYN | FIN)],
            vec![there(SYN | ACK), there(ACK), udp(1, 1)],
        ),
        ("tcp flags rst", vec![there(RST), there(RST | ACK)], vec![there(ACK)]),
        (
            "from 192.168.1.0/24 to 203.0.113.80 tcp 443 in client-wall",
            vec![there(SYN)],
            vec![back(SYN), udp(1, 443)],
        ),
    ];
    for (conditions, matching, other) in cases {
        for (packets, wanted) in [(matching, "passed"), (other, "silence")] {
            for packet in packets {
                let world = world(parse(&format!("{conditions} accept\ndefault drop")));
                assert_eq!(fate(&world, &packet), wanted, "{conditions:?}: {packet:02x?}");
            }
        }
    }
}

#[test]
fn each_action_is_what_the_sender_sees() {
    let answers = |rule: &str, packet: &[u8]| fate(&world(parse(rule)), packet);
    let syn = tcp(&client(40000), &server(5432), SYN);
    let about = "for TCP 192.168.1.42:40000 → 203.0.113.80:5432 from 192.168.1.1 to 192.168.1.42";
    assert_eq!(answers("tcp 5432 accept", &syn), "passed");
    assert_eq!(answers("tcp 5432 drop", &syn), "silence");
    assert_eq!(answers("tcp 5432 reject", &syn), format!("port unreachable, {about}"));
    assert_eq!(answers("tcp 5432 reject no-port", &syn), format!("port unreachable, {about}"));
    assert_eq!(
        answers("tcp 5432 reject prohibited", &syn),
        format!("communication administratively prohibited, {about}")
    );
    // RFC 9293 §3.10.7.1: it acknowledges a SYN; it stands where an ACK expects it.
    assert_eq!(
        answers("tcp reject reset", &syn),
        "RST+ACK 203.0.113.80:5432 to 192.168.1.42:40000 seq 0 ack 1001"
    );
    assert_eq!(
        answers("tcp reject reset", &there(ACK)),
        "RST 203.0.113.80:443 to 192.168.1.42:40000 seq 2000 ack 0"
    );
    assert_eq!(answers("tcp reject reset", &there(RST)), "silence");
    let v6 = tcp("[2001:db8:1::42]:40000", "[2001:db8:2::80]:443", SYN);
    let about = "for TCP [2001:db8:1::42]:40000 → [2001:db8:2::80]:443 from 2001:db8:1::1 to 2001:db8:1::42";
    assert_eq!(answers("reject", &v6), format!("port unreachable, {about}"));
    let said = answers("reject prohibited", &v6);
    assert!(said.contains("prohibited") && said.ends_with(about), "{said}");
    assert_eq!(
        answers("reject reset", &v6),
        "RST+ACK [2001:db8:2::80]:443 to [2001:db8:1::42]:40000 seq 0 ack 1001"
    );
}

#[test]
fn the_first_rule_that_matches_decides_and_counts() {
    let world = world(parse(
        "# a comment\n\n tcp 443 accept # browsing\n to 203.0.113.80 tcp reject\n udp drop\n default drop",
    ));
    assert_eq!(fate(&world, &there(SYN)), "passed");
    assert!(fate(&world, &tcp(&client(40000), &server(5432), SYN)).starts_with("port unreachable"));
    assert!(fate(&world, &tcp(&client(40000), &server(25), SYN)).starts_with("port unreachable"));
    assert_eq!(fate(&world, &echo(CLIENT, SERVER, false, 1)), "silence");
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    let wanted = [
        row(["1", "tcp 443 accept", "1", "40"]),
        row(["2", "to 203.0.113.80 tcp reject", "2", "80"]),
        row(["3", "udp drop", "0", "0"]),
        row(["default", "drop", "1", "32"]),
    ];
    assert_eq!(rows(&world, "rules"), wanted);
    // Without a rule that asks for a state, no connections are kept.
    assert_eq!(world.tables("wall").unwrap().len(), 2);
}

/// The firewall of a home: only what was asked for comes in.
fn home() -> Firewall {
    parse(
        "state established,related accept\nstate invalid drop\nfrom 192.168.1.0/24 accept\ndefault reject prohibited",
    )
}

#[test]
fn a_tcp_connection_is_followed_to_its_end() {
    let world = world(home());
    let phase = || rows(&world, "connections").first().map(|row| format!("{}, {}", row[3], row[4]));
    // From outside nobody gets in, and what was rejected leaves no trace.
    assert!(fate(&world, &tcp(&server(443), &client(22), SYN)).contains("prohibited"));
    assert_eq!(phase(), None);
    // Each step: a segment, where the connection stands, and the timer of Linux.
    let steps = [
        (there(SYN), "SYN_SENT, 120 s"),
        (there(SYN), "SYN_SENT, 120 s"),
        (back(SYN | ACK), "SYN_RECV, 60 s"),
        (there(ACK), "ESTABLISHED, 432000 s"),
        (back(ACK), "ESTABLISHED, 432000 s"),
        (there(FIN | ACK), "FIN_WAIT, 120 s"),
        (back(ACK), "CLOSE_WAIT, 60 s"),
        (back(FIN | ACK), "LAST_ACK, 30 s"),
        (there(ACK), "TIME_WAIT, 120 s"),
        (there(SYN), "SYN_SENT, 120 s"),
        (back(SYN | ACK), "SYN_RECV, 60 s"),
        (back(RST | ACK), "CLOSE, 10 s"),
    ];
    for (packet, wanted) in steps {
        assert_eq!(fate(&world, &packet), "passed", "{}", words(&packet));
        assert_eq!(phase().as_deref(), Some(wanted), "{}", words(&packet));
    }
    world.run_for(Duration::from_secs(10));
    assert_eq!(phase(), None);
    assert_eq!(fate(&world, &back(FIN | ACK)), "silence");
    // A FIN that is sent again counts for that of the other end, as on Linux.
    let twice = [there(SYN), back(SYN | ACK), there(ACK), there(FIN | ACK), there(FIN | ACK)];
    twice.iter().for_each(|packet| assert_eq!(fate(&world, packet), "passed", "{}", words(packet)));
    assert_eq!(phase().as_deref(), Some("LAST_ACK, 30 s"));
    world.run_for(Duration::from_secs(30));
    // A connection that is refused is forgotten at once.
    assert_eq!([there(SYN), back(RST | ACK)].map(|packet| fate(&world, &packet)), ["passed", "passed"]);
    assert_eq!(phase(), None);
    assert_eq!(fate(&world, &back(RST | ACK)), "silence");
}

#[test]
fn what_fits_no_connection_is_invalid() {
    let alone = [FIN | ACK, SYN | ACK, RST, RST | ACK, 0, SYN | FIN, SYN | RST, FIN, FIN | SYN | RST | ACK];
    for flags in alone {
        assert_eq!(fate(&world(home()), &there(flags)), "silence", "flags {flags:02x}");
    }
    // A segment in the middle opens a connection where the firewall is loose, as Linux is.
    assert_eq!(fate(&world(home()), &there(ACK)), "passed");
    assert_eq!(fate(&world(home().loose(false)), &there(ACK)), "silence");
    assert_eq!(fate(&world(home()), &echo(CLIENT, SERVER, true, 7)), "silence");
    let mut damaged = there(SYN);
    damaged[39] ^= 1;
    assert_eq!(fate(&world(home()), &damaged), "silence");
    // Before the answer, and inside a connection.
    for flags in [FIN | ACK, ACK, SYN | ACK] {
        let world = world(home());
        assert_eq!([there(SYN), there(flags)].map(|packet| fate(&world, &packet)), ["passed", "silence"]);
    }
    // Both ends open at once.
    let world_ = world(home());
    for packet in [there(SYN), back(SYN), back(SYN), there(SYN | ACK), back(SYN | ACK), there(ACK)] {
        assert_eq!(fate(&world_, &packet), "passed", "{}", words(&packet));
    }
    assert_eq!(rows(&world_, "connections")[0][3], "ESTABLISHED");
    let world = world(home());
    for packet in [there(SYN), back(SYN | ACK), there(ACK)] {
        assert_eq!(fate(&world, &packet), "passed");
    }
    for packet in [back(SYN), there(SYN | ACK), there(SYN | FIN), back(0)] {
        assert_eq!(fate(&world, &packet), "silence", "{}", words(&packet));
    }
}

#[test]
fn udp_and_pings_are_known_for_a_while() {
    let (ask, answer) =
        (datagram(&client(40000), &server(53), b"?"), datagram(&server(53), &client(40000), b"!"));
    let after = |seconds: &[u64], packet: &[u8]| {
        let world = world(home());
        assert_eq!(fate(&world, &ask), "passed");
        for (index, pause) in seconds.iter().enumerate() {
            world.run_for(Duration::from_millis(pause * 1000 - 1));
            let packet = if index + 1 == seconds.len() { packet } else { &answer };
            let fate = fate(&world, packet);
            if index + 1 == seconds.len() {
                return fate;
            }
            assert_eq!(fate, "passed");
        }
        unreachable!()
    };
    assert_eq!(after(&[30], &answer), "passed");
    assert!(after(&[31], &answer).contains("prohibited"));
    // One question and its answer stay on the short timer; more than two seconds of talk are a stream.
    assert_eq!(after(&[1, 30], &answer), "passed");
    assert!(after(&[1, 31], &answer).contains("prohibited"));
    assert_eq!(after(&[1, 4, 120], &answer), "passed");
    assert!(after(&[1, 4, 121], &answer).contains("prohibited"));
    // The first answer alone makes no stream, however late it comes.
    assert_eq!(after(&[4, 30], &answer), "passed");
    assert!(after(&[4, 31], &answer).contains("prohibited"));

    let world = world(home());
    assert_eq!(fate(&world, &echo(CLIENT, SERVER, false, 7)), "passed");
    assert_eq!(fate(&world, &echo(SERVER, CLIENT, true, 7)), "passed");
    assert_eq!(fate(&world, &echo(SERVER, CLIENT, true, 8)), "silence");
    // A ping from outside with the same number is another one.
    assert!(fate(&world, &echo(SERVER, CLIENT, false, 7)).contains("prohibited"));
    world.run_for(Duration::from_secs(30));
    assert_eq!(fate(&world, &echo(SERVER, CLIENT, true, 7)), "silence");
}

#[test]
fn an_error_about_a_connection_is_related() {
    let world = world(parse("state related accept\nin client-wall state new accept\ndefault drop"));
    let v6 = tcp("[2001:db8:1::42]:40000", "[2001:db8:2::80]:443", SYN);
    let (ping, ask) = (echo(CLIENT, SERVER, false, 7), datagram(&client(40000), &server(53), b"?"));
    for packet in [there(SYN), ping, ask] {
        let related = error("203.0.113.9", CLIENT, (3, 1), &packet);
        assert_eq!(fate(&world, &related), "silence", "{}", words(&packet));
        assert_eq!(fate(&world, &packet), "passed");
        assert_eq!(fate(&world, &related), "passed", "{}", words(&packet));
    }
    let related = error("2001:db8:2::9", "2001:db8:1::42", (1, 3), &v6);
    assert_eq!(fate(&world, &related), "silence");
    assert_eq!(fate(&world, &v6), "passed");
    assert_eq!(fate(&world, &related), "passed");
    // RFC 5508 REQ-6, said of NATs: an error neither keeps a connection nor ends it.
    world.run_for(Duration::from_secs(29));
    let ask = datagram(&client(40000), &server(53), b"?");
    assert_eq!(fate(&world, &error("203.0.113.9", CLIENT, (3, 1), &ask)), "passed");
    world.run_for(Duration::from_secs(1));
    assert_eq!(fate(&world, &error("203.0.113.9", CLIENT, (3, 1), &ask)), "silence");
}

#[test]
fn the_table_is_bounded() {
    let world = world(home().most_connections(2).timers(Timers::rfc()));
    let ask = |port| datagram(&client(port), &server(53), b"?");
    assert_eq!([1, 2, 3, 2].map(|port| fate(&world, &ask(port))), ["passed", "passed", "silence", "passed"]);
    // RFC 4787 REQ-5: five minutes.
    world.run_for(Duration::from_secs(299));
    assert_eq!(fate(&world, &ask(3)), "silence");
    world.run_for(Duration::from_secs(1));
    assert_eq!(fate(&world, &ask(3)), "passed");
    assert_eq!(rows(&world, "connections").len(), 1);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let cases = [
        ("tcp 443", "line 1, column 8: the rule has no action: accept, drop or reject"),
        ("tcp 443 acept", "line 1, column 9: \"acept\" is neither a condition nor an action"),
        (
            "accept\n  from 300.1.1.1 drop",
            "line 2, column 8: \"300.1.1.1\" is not an address or a prefix such as 192.168.1.0/24",
        ),
        ("from", "line 1, column 1: \"from\" needs a word after it, and the line is over"),
        ("tcp 70000 drop", "line 1, column 5: \"70000\" is not ports such as 443 or 80,1024-2047"),
        ("tcp 20-10 drop", "line 1, column 5: \"20-10\" is not ports such as 443 or 80,1024-2047"),
        ("tcp udp drop", "line 1, column 5: \"protocol\" stands twice in this rule"),
        ("from 10.0.0.1 from 10.0.0.2 drop", "line 1, column 15: \"from\" stands twice in this rule"),
        ("protocol 256 drop", "line 1, column 10: \"256\" is not a protocol number from 0 to 255"),
        ("icmp frobnicate drop", "line 1, column 6: \"frobnicate\" is neither a condition nor an action"),
        ("udp flags syn drop", "line 1, column 5: \"flags\" is for tcp, and the rule is not about that"),
        (
            "source-port 53 drop",
            "line 1, column 1: \"source-port\" is for tcp or udp, and the rule is not about that",
        ),
        (
            "tcp flags syn,nonsense drop",
            "line 1, column 11: \"syn,nonsense\" is not TCP flags such as syn,!ack: fin, syn, rst, psh, ack, urg, ece, cwr",
        ),
        (
            "state old drop",
            "line 1, column 7: \"old\" is not states such as new,established: new, established, related, invalid",
        ),
        ("drop everything", "line 1, column 6: \"everything\" follows the action, which must be the last"),
        ("reject loudly", "line 1, column 8: \"loudly\" follows the action, which must be the last"),
        ("default drop\naccept", "line 2, column 1: the line with the default must be the last"),
    ];
    for (text, wanted) in cases {
        let error = Firewall::parse(text).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(wanted), "{text:?}");
    }
}

#[test]
fn a_rule_is_written_as_it_is_read() {
    for text in [
        "accept",
        "state new,established tcp 443,1024-2047 source-port 1-9 flags syn,!ack in a-b out b-c from 10.0.0.0/8 to ::/0 drop",
        "icmp echo-request reject prohibited",
        "icmp 13 from anywhere reject reset",
        "icmp too-big reject",
        "state established,related accept",
        "protocol 47 to 2001:db8::1 accept",
    ] {
        let rule: Rule = text.parse().unwrap();
        assert_eq!(rule.to_string(), text);
        assert_eq!(format!("  {} # comment", text.replace(' ', "\t ")).parse(), Ok(rule));
    }
    // What need not be said is not said.
    assert_eq!("udp reject no-port".parse::<Rule>().unwrap().to_string(), "udp reject");
}

#[test]
fn what_was_decided_is_said() {
    let rules = "state established accept\nstate invalid drop\ntcp 5432 drop\n\
                 tcp 25 from 192.168.1.0/24 reject reset\nin client-wall accept\ndefault drop";
    let world = world(parse(rules).most_connections(1));
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("wall", recording.point()).unwrap();
    let packets = [
        there(SYN),
        back(SYN | ACK),
        there(0),
        tcp(&client(40000), &server(5432), SYN),
        tcp(&client(40000), &server(25), SYN),
        tcp(&server(443), &client(40001), SYN),
        tcp(&client(40002), &server(443), SYN),
    ];
    packets.iter().for_each(|packet| drop(fate(&world, packet)));
    let said: Vec<String> =
        recording.take(world.now()).frames.into_iter().filter_map(|frame| frame.comment).collect();
    let wanted = [
        "accepted by rule 5: in client-wall",
        "accepted: established",
        "dropped: invalid",
        "dropped by rule 3: tcp 5432",
        "rejected by rule 4: tcp 25 from 192.168.1.0/24",
        "dropped by default",
        "dropped: the table of connections is full",
    ];
    assert_eq!(said, wanted);
}

/// Against a second, slow account of the same rules: what was asked for within the timers comes in, nothing else.
#[test]
fn random_datagrams_pass_as_the_rules_say() {
    for seed in 0..100u64 {
        let mut state = seed;
        let mut roll = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (world, mut known) = (world(home()), Vec::<(u64, u64, Instant, bool, Instant)>::new());
        for step in 0..200 {
            let (port, other, now) = (roll(4), roll(3), world.now());
            known.retain(|(.., until)| *until > now);
            let place = known.iter().position(|(a, b, ..)| (*a, *b) == (port, other));
            let (inside, outside) = (client(4000 + port as u16), server(50 + other as u16));
            let goes_out = roll(2) == 0;
            let packet =
                if goes_out { datagram(&inside, &outside, b"o") } else { datagram(&outside, &inside, b"i") };
            let wanted = goes_out || place.is_some();
            let passed = fate(&world, &packet) == "passed";
            assert_eq!(passed, wanted, "seed {seed}, step {step}, {}", words(&packet));
            if passed {
                let (.., since, replied, _) =
                    place.map_or((0, 0, now, false, now), |place| known.remove(place));
                let is_stream = replied && now - since > Duration::from_secs(2);
                let replied = replied || !goes_out;
                let until = now + Duration::from_secs(if is_stream { 120 } else { 30 });
                known.push((port, other, since, replied, until));
            }
            world.run_for(Duration::from_millis(roll(2) * roll(40_000)));
        }
    }
}
