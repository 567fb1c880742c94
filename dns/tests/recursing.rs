//! The loop around a resolver, over the kernel's sockets: three authorities on loopback addresses of their own, one
//! port for all. Linux has all of 127.0.0.0/8 at hand; elsewhere there is one loopback address, and a walk needs three.
#![cfg(target_os = "linux")]

mod served;

use std::collections::BTreeSet;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use barewire_dns::authority::{Authority, Config as Served};
use barewire_dns::driver::{Received, Sockets, Transport, Unreachable, resolve, turn};
use barewire_dns::exchange::{Protocol, Transmit};
use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolution, Resolver};
use barewire_dns::{Class, Message, Name, Question, Rcode, RecordType, frame};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use served::zone;

const ROOT: &str = "$ORIGIN .\n$TTL 3600\n@ SOA a.root.test. joe 1 1 1 1 300\n@ NS a.root.test.\n\
    a.root.test. A 127.0.0.1\ntest. NS ns.nic.test.\nns.nic.test. A 127.0.0.2\n";
/// The first server of `half` is a port where nobody listens.
const TEST: &str = "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 127.0.0.2\n\
    example NS ns.example\nns.example A 127.0.0.3\nhalf NS gone.half\nhalf NS ns.half\ngone.half A 127.0.0.4\n\
    ns.half A 127.0.0.3\n";
const EXAMPLE: &str = "$ORIGIN example.test.\n$TTL 300\n@ SOA ns joe 1 1 1 1 60\n@ NS ns\nns A 127.0.0.3\n\
    www A 203.0.113.80\n";
const HALF: &str = "$ORIGIN half.test.\n$TTL 300\n@ SOA ns joe 1 1 1 1 60\n@ NS ns\nns A 127.0.0.3\n\
    www A 203.0.113.81\n";

/// A far end: what each server was asked, and over which protocol.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<(IpAddr, Protocol)>>>);

impl Asked {
    fn note(&self, server: IpAddr, protocol: Protocol) {
        self.0.lock().unwrap().push((server, protocol));
    }

    fn taken(&self) -> Vec<(IpAddr, Protocol)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Serves these zones at an address, over UDP and TCP.
fn serve(last: u8, port: u16, zones: &[&str], asked: &Asked) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), port));
    let tcp = TcpListener::bind(address).ok()?;
    let at = tcp.local_addr().unwrap();
    let udp = UdpSocket::bind(at).ok()?;
    let mut server = Authority::new(Served::default());
    zones.iter().for_each(|text| assert!(server.add(zone(text)).is_none()));
    let (server, of_tcp) = (Arc::new(server), asked.clone());
    let (over_udp, of_udp) = (server.clone(), asked.clone());
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = udp.recv_from(&mut buffer) {
            of_udp.note(at.ip(), Protocol::Udp);
            for reply in over_udp.answer(&buffer[..length], Protocol::Udp) {
                udp.send_to(&reply, from).unwrap();
            }
        }
    });
    std::thread::spawn(move || {
        for stream in tcp.incoming() {
            let (mut stream, mut length) = (stream.unwrap(), [0; 2]);
            stream.read_exact(&mut length).unwrap();
            let mut query = vec![0; u16::from_be_bytes(length).into()];
            stream.read_exact(&mut query).unwrap();
            of_tcp.note(at.ip(), Protocol::Tcp);
            for reply in server.answer(&query, Protocol::Tcp) {
                stream.write_all(&frame(&reply).unwrap()).unwrap();
            }
        }
    });
    Some(at.port())
}

/// The three servers, on a port that is free at all three.
fn internet(example: &[&str]) -> (Resolver, Asked) {
    let asked = Asked::default();
    let port = loop {
        let Some(port) = serve(1, 0, &[ROOT], &asked) else { continue };
        let others = [serve(2, port, &[TEST], &asked), serve(3, port, example, &asked)];
        if others.iter().all(Option::is_some) {
            break port;
        }
    };
    let hints = Hints::parse(b". 1 NS a.root.test.\na.root.test. 1 A 127.0.0.1\n").unwrap();
    let config = Config { port, ..Config::default() };
    let seed = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let rng = Box::new(ChaCha8Rng::seed_from_u64(seed));
    (Resolver::new(Instant::now(), SystemTime::now(), config, hints, None, rng), asked)
}

fn question(name: &str, rtype: RecordType) -> Question {
    Question { name: Name::parse_text(name).unwrap(), rtype, class: Class::IN }
}

fn ask(resolver: &mut Resolver, name: &str, rtype: RecordType) -> Box<Resolution> {
    let question = question(name, rtype);
    resolve(resolver, question, Flags::default(), &mut Sockets::new()).expect("a resolution")
}

#[test]
fn the_walk_and_then_the_cache() {
    let (mut resolver, asked) = internet(&[EXAMPLE]);
    let first = ask(&mut resolver, "www.example.test", RecordType::A);
    let data: Vec<String> = first.answer.records().map(|record| record.data.to_string()).collect();
    assert_eq!((first.answer.rcode, &data[..]), (Rcode::NOERROR, &["203.0.113.80".to_owned()][..]));
    let of = asked.taken();
    for last in 1..=3 {
        let server = IpAddr::from([127, 0, 0, last]);
        assert!(of.contains(&(server, Protocol::Udp)), "{server} was not asked: {of:?}");
    }
    let second = ask(&mut resolver, "WWW.example.test", RecordType::A);
    assert_eq!(second.answer.records().count(), 1);
    assert_eq!((second.trace.queries().count(), asked.taken()), (0, Vec::new()));
}

/// The kernel reports the ICMP error at once, and the other server is asked long before any wait would be over.
#[test]
fn a_closed_port_is_left_behind() {
    let (mut resolver, _) = internet(&[EXAMPLE, HALF]);
    for turn in 0..8 {
        let name = format!("n{turn}.half.test");
        assert_eq!(ask(&mut resolver, &name, RecordType::A).answer.rcode, Rcode::NXDOMAIN, "{name}");
    }
    assert_eq!(ask(&mut resolver, "www.half.test", RecordType::A).answer.records().count(), 1);
}

#[test]
fn an_answer_that_is_too_long_comes_over_tcp() {
    let long: String = (0..40).map(|line| format!("big TXT \"{line:0>90}\"\n")).collect();
    let (mut resolver, asked) = internet(&[&format!("{EXAMPLE}{long}")]);
    let resolution = ask(&mut resolver, "big.example.test", RecordType::TXT);
    assert_eq!(resolution.answer.records().count(), 40);
    assert!(asked.taken().contains(&(IpAddr::from([127, 0, 0, 3]), Protocol::Tcp)));
}

/// Several questions at a time, turn by turn, as a server does it. There is room for the sockets of all of them: none
/// is closed before its reply, so none is asked again.
#[test]
fn many_questions_over_one_loop() {
    let (mut resolver, asked) = internet(&[EXAMPLE]);
    ask(&mut resolver, "www.example.test", RecordType::A);
    asked.taken();
    let mut sockets = Sockets::new().with_room(128);
    let names = (0..100).map(|number| format!("n{number}.example.test"));
    let mut open: Vec<_> = names
        .map(|name| resolver.ask(Instant::now(), question(&name, RecordType::A), Flags::default()))
        .collect();
    let far = Instant::now() + Duration::from_secs(60);
    while !open.is_empty() {
        while let Some(Event::Resolved(id, resolution)) = resolver.event() {
            assert_eq!(resolution.answer.rcode, Rcode::NXDOMAIN);
            open.retain(|open| *open != id);
        }
        assert!(Instant::now() < far, "{} are open", open.len());
        if !open.is_empty() {
            turn(&mut resolver, &mut sockets, far);
        }
    }
    assert_eq!(asked.taken(), vec![(IpAddr::from([127, 0, 0, 3]), Protocol::Udp); 100]);
}

#[test]
fn a_waker_ends_a_wait_once() {
    let mut sockets = Sockets::new();
    let waker = sockets.waker().unwrap();
    let far = Instant::now() + Duration::from_secs(60);
    let woken = Arc::new(AtomicUsize::new(0));
    let count = woken.clone();
    std::thread::spawn(move || {
        count.fetch_add(1, Ordering::SeqCst);
        waker.wake();
        waker.wake();
    });
    assert!(matches!(sockets.receive(far), Ok(None)));
    assert_eq!(woken.load(Ordering::SeqCst), 1);
    assert!(Instant::now() < far);
    // Both calls may have come before that wait was over, or one of them after it. Then the second wait takes that one.
    let soon = Instant::now() + Duration::from_millis(200);
    let waits =
        std::iter::repeat_with(|| sockets.receive(soon).unwrap()).take_while(|_| Instant::now() < soon);
    assert!(waits.count() <= 1);
}

/// A resolver whose servers are all silent ends, too: with SERVFAIL, after the time that its settings name.
#[test]
fn silence_has_an_end() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let hints = Hints::parse(b". 1 NS a.root.test.\na.root.test. 1 A 127.0.0.1\n").unwrap();
    let port = silent.local_addr().unwrap().port();
    let config = Config { port, total: Duration::from_millis(300), ..Config::default() };
    let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
    let mut resolver = Resolver::new(Instant::now(), SystemTime::now(), config, hints, None, rng);
    let resolution = ask(&mut resolver, "www.example.test", RecordType::A);
    assert_eq!(resolution.answer.rcode, Rcode::SERVFAIL);
    let mut buffer = [0; 2048];
    let (length, _) = silent.recv_from(&mut buffer).unwrap();
    assert!(Message::parse(&buffer[..length]).is_ok_and(|query| !query.header.rd));
}

/// A network in which time stands still. Messages cannot be sent, or each brings an ICMP error.
struct Broken {
    now: Instant,
    cannot_send: bool,
    sent: Vec<Transmit>,
    received: usize,
}

impl Transport for Broken {
    fn now(&self) -> Instant {
        self.now
    }

    fn send(&mut self, transmit: &Transmit) -> io::Result<()> {
        self.sent.push(transmit.clone());
        if self.cannot_send { Err(io::Error::other("no route")) } else { Ok(()) }
    }

    fn receive(&mut self, _: Instant) -> Result<Option<Received>, Unreachable> {
        self.received += 1;
        let Some(Transmit { protocol, to, .. }) = self.sent.get(self.received - 1).cloned() else {
            panic!("a wait, and nothing was sent");
        };
        Err(Unreachable { protocol, to, question: None, why: io::Error::other("nobody listens") })
    }
}

/// Errors of the network are heeded at once: nobody waits for a server that cannot be reached.
#[test]
fn errors_of_the_network_are_not_waited_for() {
    for cannot_send in [true, false] {
        let hints = ". 1 NS a.root.test.\n. 1 NS b.root.test.\na.root.test. 1 A 192.0.2.1\nb.root.test. 1 A 192.0.2.2\n";
        let (hints, now) = (Hints::parse(hints.as_bytes()).unwrap(), Instant::now());
        let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
        let mut resolver = Resolver::new(now, SystemTime::now(), Config::default(), hints, None, rng);
        let mut network = Broken { now, cannot_send, sent: Vec::new(), received: 0 };
        let asked = question("www.example.test", RecordType::A);
        let resolution = resolve(&mut resolver, asked, Flags::default(), &mut network).expect("an end");
        assert_eq!(resolution.answer.rcode, Rcode::SERVFAIL);
        let to: BTreeSet<SocketAddr> = network.sent.iter().map(|sent| sent.to).collect();
        assert_eq!(to.len(), 2, "both were asked");
        assert_eq!(network.received, if cannot_send { 0 } else { network.sent.len() });
    }
}
