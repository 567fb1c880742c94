//! A scan: states by their answers, retries, the rate, the order, and answers that nobody asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire::probe::answer::{Answer, Said};
use barewire::probe::scan::{Because, Config, Finding, Scan, State, Target};
use barewire_internet::firewall::Firewall;
use barewire_internet::{Router, Wire};
use barewire_packet::icmp::{ErrorKind, error_packet};
use barewire_packet::link::Link;
use barewire_tcp::{Config as TcpConfig, Flags, Host, Segment, SeqNumber};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::internet::{CLIENT, CLIENT_V6, SERVER, SERVER_V6, Written, events, ip, pair, way};

/// What a forger makes of a SYN.
type Forge = fn(&[u8]) -> Vec<u8>;

fn config(ports: &[u16]) -> Config {
    Config::new(ip(CLIENT), ip(SERVER), ports.to_vec())
}

fn scan(link: &mut dyn Link, config: Config) -> (Scan, Vec<Finding>) {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut scan = Scan::new(link.now(), config, &mut rng);
    let found = events(link, &mut scan);
    (scan, found)
}

fn states(found: &[Finding]) -> BTreeMap<u16, State> {
    found.iter().map(|finding| (finding.port, finding.state)).collect()
}

/// A host that listens on these ports, 10 ms away.
fn listening(ports: &[u16]) -> impl FnMut(&[u8]) -> Vec<(u64, Vec<u8>)> + Send + use<> {
    let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
    let mut host = Host::new(vec![ip(SERVER)], TcpConfig::default(), rng);
    ports.iter().for_each(|port| host.listen(*port, 8).unwrap());
    let now = Instant::now();
    move |packet: &[u8]| {
        host.receive(now, packet);
        std::iter::from_fn(|| host.transmit(now)).map(|transmit| (10, transmit.packet)).collect()
    }
}

fn segment(packet: &[u8]) -> ((u16, u16), u32, u32, Flags) {
    match Answer::parse(packet).unwrap().said {
        Said::Segment { ports, seq, ack, flags } => (ports, seq, ack, flags),
        other => panic!("{other:?}"),
    }
}

#[test]
fn open_and_closed() {
    let mut link = Written::new(listening(&[80, 443]));
    let (scan, found) = scan(&mut link, config(&[22, 80, 443, 8080]));
    let wanted = [(22, State::Closed), (80, State::Open), (443, State::Open), (8080, State::Closed)];
    assert_eq!(states(&found), BTreeMap::from(wanted));
    assert!(
        found.iter().all(|finding| finding.time == Some(Duration::from_millis(10)) && finding.tries == 1)
    );
    let summary = scan.summary();
    assert_eq!((summary.open, summary.closed, summary.filtered, summary.probes), (2, 2, 0, 4));
    // Each SYN-ACK has its reset, the last one too.
    assert_eq!(summary.resets, 2);
    let flags: Vec<String> = link.sent.iter().map(|packet| segment(packet).3.to_string()).collect();
    assert_eq!(flags.iter().filter(|flags| *flags == "RST").count(), 2);
}

#[test]
fn over_ipv6() {
    let mut link = pair(Wire::ms(5));
    let config = Config::new(ip(CLIENT_V6), ip(SERVER_V6), vec![1, 2]);
    let (_, found) = scan(&mut link, config);
    assert_eq!(states(&found), BTreeMap::from([(1, State::Closed), (2, State::Closed)]));
}

/// What a firewall does is told apart by the answer: nothing, an ICMP error that says who sent it, or a reset.
#[test]
fn a_firewall_on_the_way() {
    let rules = "
        to 203.0.113.80 tcp 23 drop
        to 203.0.113.80 tcp 25 reject
        to 203.0.113.80 tcp 26 reject reset
        default accept
    ";
    let first = Router::new().with(Box::new(Firewall::parse(rules).unwrap()));
    let world = way(first, Router::new(), Wire::ms(12));
    let (scan, found) = scan(&mut world.link("client").unwrap(), config(&[23, 24, 25, 26]));
    let of = |port| found.iter().find(|finding| finding.port == port).unwrap();
    assert_eq!((of(23).state, of(23).because, of(23).tries), (State::Filtered, Because::Silence, 3));
    assert_eq!((of(24).state, of(24).because), (State::Closed, Because::Reset));
    assert_eq!((of(26).state, of(26).because), (State::Closed, Because::Reset));
    let Because::Error { from, kind } = of(25).because else { panic!("{found:?}") };
    assert_eq!(
        (of(25).state, from, kind.name().as_str()),
        (State::Filtered, ip("192.0.2.1"), "port unreachable")
    );
    assert_eq!(scan.summary().probes, 3 + 3);
}

/// A lost SYN, or a lost answer, is asked again: then the port is open, and its time is not known.
#[test]
fn retries_find_what_was_lost() {
    let (mut host, mut seen) = (listening(&[80]), 0);
    let mut link = Written::new(move |packet: &[u8]| {
        seen += 1;
        if seen <= 2 { Vec::new() } else { host(packet) }
    });
    let start = link.now();
    let (_, found) = scan(&mut link, config(&[80]));
    let [finding] = found[..] else { panic!("{found:?}") };
    assert_eq!((finding.state, finding.tries, finding.time), (State::Open, 3, None));
    assert_eq!(link.now() - start, Duration::from_millis(2010));
}

#[test]
fn silence_takes_all_tries() {
    for retries in [0, 1, 4] {
        let mut link = Written::new(|_: &[u8]| Vec::new());
        let (scan, found) = scan(&mut link, Config { retries, ..config(&[80]) });
        assert_eq!((found[0].state, found[0].tries), (State::Filtered, retries + 1));
        assert_eq!(
            (link.sent.len(), scan.summary().probes),
            (usize::from(retries) + 1, u64::from(retries) + 1)
        );
    }
}

/// No SYN leaves before its time.
#[test]
fn the_rate() {
    let mut link = Written::new(listening(&[]));
    let start = link.now();
    let ports: Vec<u16> = (1..=101).collect();
    let (scan, _) = scan(&mut link, Config { interval: Duration::from_millis(20), ..config(&ports) });
    assert_eq!(link.now() - start, Duration::from_millis(100 * 20 + 10));
    assert_eq!(scan.summary().duration(), Duration::from_millis(100 * 20 + 10));
}

#[test]
fn the_order_is_of_the_seed() {
    let order = |in_order| {
        let mut link = Written::new(listening(&[]));
        let ports: Vec<u16> = (1..=50).collect();
        scan(&mut link, Config { in_order, ..config(&ports) });
        link.sent.iter().map(|packet| segment(packet).0.1).collect::<Vec<u16>>()
    };
    let (shuffled, again, sorted) = (order(false), order(false), order(true));
    assert_eq!(shuffled, again);
    assert_eq!(sorted, (1..=50).collect::<Vec<u16>>());
    assert_ne!(shuffled, sorted);
    assert_eq!(shuffled.iter().copied().collect::<BTreeSet<u16>>().len(), 50);
}

#[test]
fn several_hosts() {
    let mut link = pair(Wire::ms(5));
    let targets = [SERVER, "203.0.113.81"].map(|host| Target { source: ip(CLIENT), destination: ip(host) });
    let config = Config { targets: targets.to_vec(), retries: 0, ..config(&[1, 2]) };
    let (scan, found) = scan(&mut link, config);
    let of =
        |host: IpAddr| found.iter().filter(move |finding| finding.host == host).map(|finding| finding.state);
    assert_eq!(of(ip(SERVER)).collect::<Vec<_>>(), [State::Closed; 2]);
    assert_eq!(of(ip("203.0.113.81")).collect::<Vec<_>>(), [State::Filtered; 2]);
    assert_eq!(scan.summary().known(), 4);
}

/// Somebody who has not seen the SYN cannot make a port look open or closed.
#[test]
fn forged_answers() {
    type Answer = fn(((u16, u16), u32)) -> Segment<'static>;
    let forgeries: [Answer; 6] = [
        // The right ports and a guess.
        |(ports, seq)| answer(ports, seq ^ 1, Flags::SYN | Flags::ACK),
        |(ports, seq)| answer(ports, seq.wrapping_sub(1), Flags::RST | Flags::ACK),
        // A reset that acknowledges nothing.
        |(ports, seq)| answer(ports, seq, Flags::RST),
        // Another port of ours; another port of the host.
        |((own, port), seq)| answer((own ^ 1, port), seq, Flags::SYN | Flags::ACK),
        |((own, port), seq)| answer((own, port ^ 1), seq, Flags::SYN | Flags::ACK),
        // An ACK of a connection that is not there.
        |(ports, seq)| answer(ports, seq, Flags::ACK),
    ];
    for (at, forge) in forgeries.into_iter().enumerate() {
        let answers = move |packet: &[u8]| {
            let (ports, seq, ..) = segment(packet);
            vec![(1, forge((ports, seq)).ip_packet(ip(SERVER), ip(CLIENT)))]
        };
        let (scan, found) = scan(&mut Written::new(answers), Config { retries: 0, ..config(&[80]) });
        assert_eq!(found[0].because, Because::Silence, "forgery {at}");
        assert_eq!((scan.summary().strange, scan.summary().resets), (1, 0), "forgery {at}");
    }
}

fn answer((own, port): (u16, u16), seq: u32, flags: Flags) -> Segment<'static> {
    Segment { seq: SeqNumber(9), ack: SeqNumber(seq) + 1, flags, ..Segment::empty(port, own) }
}

/// From another host; and errors that quote too little, or another sequence number.
#[test]
fn forged_errors() {
    let forgeries: [Forge; 4] = [
        |syn| syn[..27].to_vec(),
        |syn| {
            let mut quote = syn.to_vec();
            quote[24] ^= 1;
            quote
        },
        |syn| {
            let mut quote = syn.to_vec();
            quote[21] ^= 1;
            quote
        },
        |syn| {
            let mut quote = syn.to_vec();
            quote[19] ^= 1;
            quote
        },
    ];
    for (at, forge) in forgeries.into_iter().enumerate() {
        let answers = move |packet: &[u8]| {
            let kind = ErrorKind { kind: 3, code: 13, word: 0 };
            vec![(1, error_packet(ip("192.0.2.1"), ip(CLIENT), kind, &forge(packet)))]
        };
        let (scan, found) = scan(&mut Written::new(answers), Config { retries: 0, ..config(&[80]) });
        assert_eq!((found[0].because, scan.summary().strange), (Because::Silence, 1), "forgery {at}");
    }
}

/// An answer that comes twice counts once, and a SYN-ACK that is sent again gets another reset.
#[test]
fn doubled_answers() {
    let mut host = listening(&[80]);
    let mut link = Written::new(move |packet: &[u8]| {
        let answers = host(packet);
        answers.iter().chain(&answers).cloned().collect()
    });
    // The second port keeps the scan going.
    let (scan, found) =
        scan(&mut link, Config { in_order: true, interval: Duration::from_millis(50), ..config(&[80, 81]) });
    assert_eq!(states(&found), BTreeMap::from([(80, State::Open), (81, State::Closed)]));
    assert_eq!((scan.summary().again, scan.summary().resets), (1, 2));
}

/// The sequence numbers of two scans with different secrets have nothing in common.
#[test]
fn numbers_are_of_the_secret() {
    let numbers = |seed| {
        let mut link = Written::new(|_: &[u8]| Vec::new());
        let ports: Vec<u16> = (1..=20).collect();
        let mut scan = Scan::new(
            link.now(),
            Config { retries: 0, ..config(&ports) },
            &mut ChaCha8Rng::seed_from_u64(seed),
        );
        events(&mut link, &mut scan);
        link.sent.iter().map(|packet| segment(packet).1).collect::<BTreeSet<u32>>()
    };
    let (one, other) = (numbers(1), numbers(2));
    assert_eq!((one.len(), one.intersection(&other).count()), (20, 0));
}
