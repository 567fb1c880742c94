//! Traceroute: hops in order, both versions of IP, three kinds of probes, balancers, narrow wires, and what is not an
//! answer.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire::probe::answer::{Answer, Kind, Said};
use barewire::probe::extensions::Extension;
use barewire::probe::traceroute::{Config, Event, Hop, Method, Outcome, Traceroute, What};
use barewire_internet::router::{Decision, Limit, Middlebox};
use barewire_internet::{Port, Router, Topology, Wire};
use barewire_packet::icmp::{ErrorKind, Version, error_packet};
use barewire_packet::link::Link;
use barewire_packet::transit::Transit;

use crate::internet::{CLIENT, CLIENT_V6, SERVER, SERVER_V6, Written, events, ip, way};

/// What a forger makes of a probe.
type Forge = fn(&[u8]) -> Vec<u8>;

fn config() -> Config {
    Config::new(ip(CLIENT), ip(SERVER))
}

fn config_v6() -> Config {
    Config::new(ip(CLIENT_V6), ip(SERVER_V6))
}

fn trace(link: &mut dyn Link, config: Config) -> (Traceroute, Vec<Event>) {
    let mut traceroute = Traceroute::new(link.now(), config);
    let events = events(link, &mut traceroute);
    (traceroute, events)
}

fn hops(events: &[Event]) -> Vec<&Hop> {
    events.iter().filter_map(|event| if let Event::Hop(hop) = event { Some(hop) } else { None }).collect()
}

/// Of each hop: its number, who answered, in how many milliseconds, and what the last probe was told.
fn summary(events: &[Event]) -> Vec<(u8, String, Vec<u128>, String)> {
    let of_hop = |hop: &Hop| {
        let answered = hop.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Answered(answered) => Some(answered),
            Outcome::Silence => None,
        });
        let answered: Vec<_> = answered.collect();
        let from: BTreeSet<IpAddr> = answered.iter().map(|answered| answered.from).collect();
        let from = from.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let what = answered.last().map_or("silence".to_owned(), |answered| match answered.what {
            What::Error(kind) => kind.name(),
            other => format!("{other:?}"),
        });
        (hop.hop, from, answered.iter().map(|answered| answered.time.as_millis()).collect(), what)
    };
    hops(events).into_iter().map(of_hop).collect()
}

fn row(hop: u8, from: &str, times: &[u128], what: &str) -> (u8, String, Vec<u128>, String) {
    (hop, from.to_owned(), times.to_vec(), what.to_owned())
}

const ENDED: &str = "time exceeded in transit";

#[test]
fn each_method_finds_each_hop() {
    for (method, last) in
        [(Method::Udp(33_434), "port unreachable"), (Method::Icmp, "EchoReply"), (Method::Tcp(81), "Reset")]
    {
        for classic in [false, true] {
            let world = way(Router::new(), Router::new(), Wire::ms(12));
            let (traceroute, events) =
                trace(&mut world.link("client").unwrap(), Config { method, classic, ..config() });
            let wanted = [
                row(1, "192.0.2.1", &[2, 2, 2], ENDED),
                row(2, "100.64.1.2", &[18, 18, 18], ENDED),
                row(3, SERVER, &[42, 42, 42], last),
            ];
            assert_eq!(summary(&events), wanted, "{method:?}");
            assert!(hops(&events)[2].is_last && !hops(&events)[1].is_last);
            let counts = traceroute.counts();
            assert_eq!((counts.answered, counts.strange, counts.unread), (9, 0, 0), "{method:?}");
        }
    }
}

#[test]
fn over_ipv6() {
    for (method, last) in
        [(Method::Udp(33_434), "port unreachable"), (Method::Icmp, "EchoReply"), (Method::Tcp(81), "Reset")]
    {
        let world = way(Router::new(), Router::new(), Wire::ms(12));
        let (_, events) = trace(&mut world.link("client").unwrap(), Config { method, ..config_v6() });
        let wanted = [
            row(1, "2001:db8:1::1", &[2, 2, 2], ENDED),
            row(2, "2001:db8:2::2", &[18, 18, 18], ENDED),
            row(3, SERVER_V6, &[42, 42, 42], last),
        ];
        assert_eq!(summary(&events), wanted, "{method:?}");
    }
}

/// One probe at a time and many at once see the same.
#[test]
fn in_flight_or_one_by_one() {
    let run = |in_flight| {
        let world = way(Router::new(), Router::new(), Wire::ms(12));
        let mut link = world.link("client").unwrap();
        let start = link.now();
        let (_, events) = trace(&mut link, Config { in_flight, ..config() });
        (summary(&events), link.now() - start)
    };
    let ((one, slow), (many, fast)) = (run(1), run(16));
    assert_eq!(one, many);
    assert_eq!(slow, Duration::from_millis(3 * (2 + 18 + 42)));
    assert_eq!(fast, Duration::from_millis(42));
}

#[test]
fn first_hop_last_hop_and_queries() {
    let world = way(Router::new(), Router::new(), Wire::ms(12));
    let config = Config { first_hop: 2, max_hops: 2, queries: 1, ..config() };
    let (_, events) = trace(&mut world.link("client").unwrap(), config);
    assert_eq!(summary(&events), [row(2, "100.64.1.2", &[18], ENDED)]);
    assert!(!hops(&events)[0].is_last);
}

/// A router that tells one probe a second: the others of its hop are stars, and the way goes on.
#[test]
fn a_router_that_limits_its_errors() {
    let quiet = Router::new().limit(Limit::new(1, Duration::from_secs(60)));
    let world = way(quiet, Router::new(), Wire::ms(12));
    let (_, events) = trace(&mut world.link("client").unwrap(), config());
    let wanted = [
        row(1, "192.0.2.1", &[2], ENDED),
        row(2, "100.64.1.2", &[18, 18, 18], ENDED),
        row(3, SERVER, &[42, 42, 42], "port unreachable"),
    ];
    assert_eq!(summary(&events), wanted);
    assert_eq!(hops(&events)[0].outcomes[1..], [Outcome::Silence, Outcome::Silence]);
}

/// The host is behind a wire that loses all: every hop up to the last one is silence.
#[test]
fn a_way_that_ends_in_silence() {
    let world = way(Router::new(), Router::new(), Wire::ms(12).loss(1.0));
    let (_, events) = trace(&mut world.link("client").unwrap(), Config { max_hops: 5, ..config() });
    let rows = summary(&events);
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[2..], [3, 4, 5].map(|hop| row(hop, "", &[], "silence")));
}

/// An address that nobody has: the last router says so, and the way ends there.
#[test]
fn a_host_that_is_not_there() {
    let world = way(Router::new(), Router::new(), Wire::ms(12));
    let config = Config { destination: ip("203.0.113.99"), ..config() };
    let (_, events) = trace(&mut world.link("client").unwrap(), config);
    let last = hops(&events)[2];
    let Outcome::Answered(answered) = &last.outcomes[0] else { panic!("{last:?}") };
    let What::Error(kind) = answered.what else { panic!("{last:?}") };
    assert_eq!((answered.from, kind.mark().as_str()), (ip("100.64.1.2"), "!H"));
    assert_eq!((last.hop, last.is_last, kind.name().as_str()), (3, true, "host unreachable"));
}

/// Routes by the sum of a packet's ports, as a router does that shares traffic among two ways.
struct Share;

impl Middlebox for Share {
    fn incoming(&mut self, _: Instant, port: Port, packet: &mut Transit) -> Decision {
        let sum = packet.payload()[..4].iter().map(|byte| u32::from(*byte)).sum::<u32>();
        let by = if sum.is_multiple_of(2) { "100.64.0.2" } else { "100.64.0.6" };
        match port {
            Port(0) => Decision::To(by.parse().unwrap(), Box::new("shared")),
            _ => Decision::Pass,
        }
    }
}

/// client ─ left ─┬─ upper ─ upper2 ─┬─ right ─ server: the two ways have a different number of routers.
///                └─ lower ──────────┘
fn shared(classic: bool) -> Vec<(u8, String, Vec<u128>, String)> {
    let mut plan = Topology::new(Instant::now(), 7);
    plan.link("client", &format!("{CLIENT}/24"));
    let routers: [(&str, &[&str]); 4] = [
        ("upper", &["100.64.0.2/30", "100.64.0.9/30"]),
        ("upper2", &["100.64.0.10/30", "100.64.0.13/30"]),
        ("lower", &["100.64.0.6/30", "100.64.0.17/30"]),
        ("right", &["100.64.0.14/30", "100.64.0.18/30", "203.0.113.1/24"]),
    ];
    let cards = &["192.0.2.1/24", "100.64.0.1/30", "100.64.0.5/30"];
    plan.node("left", cards, Box::new(Router::new().with(Box::new(Share))));
    for (name, cards) in routers {
        plan.node(name, cards, Box::new(Router::new()));
    }
    let server = barewire::services::Machine::new(vec![ip(SERVER)], 1);
    plan.node("server", &[&format!("{SERVER}/24")], Box::new(server));
    for (a, b) in [
        ("client", "left"),
        ("left", "upper"),
        ("left", "lower"),
        ("upper", "upper2"),
        ("lower", "right"),
        ("upper2", "right"),
        ("right", "server"),
    ] {
        plan.wire(a, b, Wire::ms(1));
    }
    let world = plan.build().unwrap();
    let (_, events) = trace(&mut world.link("client").unwrap(), Config { classic, ..config() });
    summary(&events)
}

/// With ports that change, a balancer shows hops of two ways at once, and one of them twice. With constant ports there
/// is one way.
#[test]
fn a_balancer_sees_one_flow() {
    let one_way = shared(false);
    assert!(one_way.iter().all(|(_, from, ..)| !from.contains(' ')), "{one_way:?}");
    let mixed = shared(true);
    assert!(mixed.iter().any(|(_, from, ..)| from.contains(' ')), "{mixed:?}");
}

/// All UDP probes have the same ports and different checksums, which are right; all echo requests have the same
/// checksum. So does what a balancer hashes.
#[test]
fn the_flow_is_constant() {
    for (method, constant) in [(Method::Udp(33_434), 0..4), (Method::Icmp, 0..6)] {
        for (config, payload_at) in [(config(), 20), (config_v6(), 40)] {
            let mut link = Written::new(|_: &[u8]| Vec::new());
            trace(&mut link, Config { method, max_hops: 30, wait: Duration::from_millis(1), ..config });
            let flows: BTreeSet<Vec<u8>> =
                link.sent.iter().map(|packet| packet[payload_at..][constant.clone()].to_vec()).collect();
            let whole: BTreeSet<Vec<u8>> =
                link.sent.iter().map(|packet| packet[payload_at..][..8].to_vec()).collect();
            assert_eq!((flows.len(), whole.len(), link.sent.len()), (1, 90, 90), "{method:?}");
            for packet in &link.sent {
                let verdict = Transit::parse(packet.clone()).unwrap().verdict();
                assert_eq!(verdict, barewire_packet::checksum::Verdict::Correct);
            }
        }
    }
}

#[test]
fn the_largest_packet_that_passes() {
    for (config, router) in [(config(), "100.64.1.2"), (config_v6(), "2001:db8:2::2")] {
        let config = Config { finds_mtu: true, size: 1500, queries: 1, ..config };
        let world = way(Router::new(), Router::new(), Wire::ms(12).mtu(1300));
        let (traceroute, events) = trace(&mut world.link("client").unwrap(), config);
        assert_eq!(events[2], Event::Narrower { hop: 3, from: ip(router), size: 1300 });
        let sizes: Vec<_> = hops(&events).iter().map(|hop| (hop.hop, hop.size, hop.is_last)).collect();
        assert_eq!(sizes, [(1, 1500, false), (2, 1500, false), (3, 1300, true)]);
        assert_eq!(traceroute.size(), 1300);
    }
}

/// A router of before RFC 1191 does not say its MTU: the next smaller one of its table is tried.
#[test]
fn a_router_that_does_not_say_its_mtu() {
    let answers = |packet: &[u8]| {
        let kind = if packet.len() > 1006 {
            ErrorKind { kind: 3, code: 4, word: 0 }
        } else {
            ErrorKind { kind: 3, code: 3, word: 0 }
        };
        let from = ip(if packet.len() > 1006 { "192.0.2.1" } else { SERVER });
        vec![(1, error_packet(from, ip(CLIENT), kind, packet))]
    };
    let config = Config { finds_mtu: true, size: 1500, queries: 1, ..config() };
    let (traceroute, events) = trace(&mut Written::new(answers), config);
    let sizes: Vec<_> = events
        .iter()
        .filter_map(|event| if let Event::Narrower { size, .. } = event { Some(*size) } else { None })
        .collect();
    assert_eq!((sizes, traceroute.size()), (vec![1492, 1006], 1006));
}

/// An MTU larger than the packet, or smaller than any wire's, is not believed (RFC 1191 §3).
#[test]
fn an_mtu_that_cannot_be() {
    for told in [0, 20, 67, 1500, 9000, 0xffff] {
        let answers = move |packet: &[u8]| {
            let (kind, from) = if packet.len() > 600 {
                (ErrorKind { kind: 3, code: 4, word: told }, "192.0.2.1")
            } else {
                (ErrorKind { kind: 3, code: 3, word: 0 }, SERVER)
            };
            vec![(1, error_packet(ip(from), ip(CLIENT), kind, packet))]
        };
        let config = Config { finds_mtu: true, size: 1500, queries: 1, ..config() };
        let (traceroute, _) = trace(&mut Written::new(answers), config);
        assert_eq!(traceroute.size(), 508, "told {told}");
    }
}

/// Answers that are late, or come twice, are counted, and told once.
#[test]
fn late_and_doubled() {
    let answers = |packet: &[u8]| {
        let kind = ErrorKind { kind: 11, code: 0, word: 0 };
        let answer = error_packet(ip("192.0.2.1"), ip(CLIENT), kind, packet);
        vec![(1, answer.clone()), (2, answer.clone()), (1500, answer)]
    };
    let config = Config { wait: Duration::from_secs(1), max_hops: 2, in_flight: 1, ..config() };
    let (traceroute, events) = trace(&mut Written::new(answers), config);
    assert_eq!(hops(&events).len(), 2);
    assert_eq!(traceroute.counts().answered, 6);
    assert!(traceroute.counts().late >= 5, "{:?}", traceroute.counts());
}

/// What quotes another packet, or too little of ours, changes nothing.
#[test]
fn forged_and_short_quotes() {
    let forgeries: [Forge; 7] = [
        |probe| probe[..27].to_vec(),
        |probe| probe[..19].to_vec(),
        |probe| with(probe, 15),
        |probe| with(probe, 19),
        |probe| with(probe, 21),
        |probe| with(probe, 23),
        // A checksum that no probe has.
        |probe| with(probe, 26),
    ];
    for (at, forge) in forgeries.into_iter().enumerate() {
        let answers = move |packet: &[u8]| {
            let kind = ErrorKind { kind: 3, code: 1, word: 0 };
            vec![(1, error_packet(ip("192.0.2.1"), ip(CLIENT), kind, &forge(packet)))]
        };
        let config = Config { max_hops: 1, queries: 1, wait: Duration::from_secs(1), ..config() };
        let (traceroute, events) = trace(&mut Written::new(answers), config);
        assert_eq!(summary(&events), [row(1, "", &[], "silence")], "forgery {at}");
        let counts = traceroute.counts();
        assert_eq!(counts.strange + counts.unread, 1, "forgery {at}");
    }
}

fn with(probe: &[u8], changed: usize) -> Vec<u8> {
    let mut probe = probe.to_vec();
    probe[changed] ^= 0xff;
    probe
}

/// RFC 4950 §4: a label stack of one entry, label 16014, class 1, TTL 1, after a quote of 128 bytes.
#[test]
fn labels_of_mpls() {
    let answers = |packet: &[u8]| {
        let mut message = vec![11, 0, 0, 0, 0, 32, 0, 0];
        message.extend_from_slice(packet);
        message.resize(8 + 128, 0);
        // Version 2, checksum, then one object: length 8, class 1, C-type 1.
        let mut extension = vec![0x20, 0, 0, 0, 0, 8, 1, 1, 0x03, 0xe8, 0xe3, 0x01];
        let sum = barewire_packet::checksum::checksum(&extension).to_be_bytes();
        extension[2..4].copy_from_slice(&sum);
        message.extend(extension);
        let sum = barewire_packet::checksum::checksum(&message).to_be_bytes();
        message[2..4].copy_from_slice(&sum);
        let (from, to) = (ip("192.0.2.1"), ip(CLIENT));
        let mut answer = Vec::new();
        barewire_packet::ip::write_header(from, to, 1, message.len(), &mut answer);
        answer.extend(message);
        vec![(1, answer)]
    };
    let config = Config { max_hops: 1, queries: 1, ..config() };
    let (_, events) = trace(&mut Written::new(answers), config);
    let Outcome::Answered(answered) = &hops(&events)[0].outcomes[0] else { panic!("{events:?}") };
    let [Extension::Mpls(labels)] = &answered.extensions[..] else { panic!("{answered:?}") };
    assert_eq!(
        (labels[0].label, labels[0].class, labels[0].is_last, labels[0].time_to_live),
        (16_014, 1, true, 1)
    );
    assert_eq!(answered.extensions[0].to_string(), "MPLS label 16014 (class 1, TTL 1)");
    assert_eq!(answered.what, What::Error(Kind { version: Version::V4, kind: 11, code: 0 }));
}

/// A SYN-ACK of the host is answered with a reset, whose number is the one that was acknowledged.
#[test]
fn an_open_port_is_reset() {
    use barewire_tcp::{Flags, Segment, SeqNumber};

    let answers = |packet: &[u8]| {
        let Said::Segment { ports, seq, flags: Flags::SYN, .. } = Answer::parse(packet).unwrap().said else {
            return Vec::new();
        };
        let ack = Segment {
            seq: SeqNumber(77),
            ack: SeqNumber(seq) + 1,
            flags: Flags::SYN | Flags::ACK,
            ..Segment::empty(ports.1, ports.0)
        };
        vec![(1, ack.ip_packet(ip(SERVER), ip(CLIENT)))]
    };
    let mut link = Written::new(answers);
    let config = Config { method: Method::Tcp(80), queries: 1, in_flight: 1, ..config() };
    let (_, events) = trace(&mut link, config);
    assert_eq!(summary(&events), [row(1, SERVER, &[1], "SynAck")]);
    let [syn, reset] = &link.sent[..] else { panic!("{:?}", link.sent) };
    let (Said::Segment { seq: first, .. }, Said::Segment { seq, flags, .. }) =
        (Answer::parse(syn).unwrap().said, Answer::parse(reset).unwrap().said)
    else {
        panic!("two segments");
    };
    assert_eq!((seq, flags), (first.wrapping_add(1), Flags::RST));
}
