//! A program on a host of a simulated internet fetches a page, keeps the connection, and asks again: no thread, and
//! nothing blocks.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire::fetch::{Event, Fetch, Job, KeptOnHost, OnHost, Session};
use barewire::network::toy;
use barewire_dns::{Message, RData, Record};
use barewire_http1::Request;
use barewire_internet::{Node, Port, Topology, Transmit, Verdict, Wire};
use barewire_packet::udp;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{self as tcp, Config, Handle, Host};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rustls::ServerConnection;

use super::hand::{SERVER, given, job, names, said};
use super::steps::{server_reads, server_says};

/// The page /long, which TCP does not send at once.
const LONG: usize = 100_000;
/// Any other page: within the first congestion window (RFC 6928), so that an exchange is one round trip.
const SHORT: usize = 10_000;

fn host(address: &str, seed: u64) -> Host {
    let addresses = vec![address.parse().expect("an address")];
    Host::new(addresses, Config::default(), Box::new(ChaCha8Rng::seed_from_u64(seed)))
}

/// What the client's program saw.
#[derive(Debug, Default)]
struct Seen {
    lines: Vec<String>,
    body: Vec<u8>,
    /// Milliseconds at the end of each exchange.
    times: Vec<u128>,
}

/// Fetches one page, and after it two more over the same connection.
struct Client {
    host: Host,
    datagrams: VecDeque<Vec<u8>>,
    start: Instant,
    /// Whether the program has had its first turn.
    started: bool,
    doing: Doing,
    again: Vec<&'static str>,
    seen: Arc<Mutex<Seen>>,
}

enum Doing {
    Nothing,
    Fetching(Box<OnHost>),
    Asking(Box<KeptOnHost>),
}

/// Notes what was said; whether an exchange is complete.
fn note(
    seen: &mut Seen,
    event: impl FnOnce() -> Option<Event>,
    read: &mut dyn FnMut(&mut [u8]) -> usize,
) -> Option<bool> {
    let event = event()?;
    let mut buffer = [0; 1000];
    while let length @ 1.. = read(&mut buffer) {
        seen.body.extend_from_slice(&buffer[..length]);
    }
    if !matches!(event, Event::Data | Event::Tls(_)) {
        seen.lines.push(said(&event));
    }
    Some(matches!(event, Event::Finished(_)))
}

fn note_session(seen: &mut Seen, session: &mut Session) -> Option<bool> {
    let event = session.event();
    note(seen, || event, &mut |out| session.read(out))
}

impl Client {
    fn turn(&mut self, now: Instant) {
        self.started = true;
        let seen = self.seen.clone();
        let mut seen = seen.lock().expect("one thread");
        let mut is_finished = false;
        match &mut self.doing {
            Doing::Nothing => return,
            Doing::Fetching(fetching) => {
                let from = self.host.addresses()[0];
                let datagrams = &mut self.datagrams;
                fetching.turn(now, &mut self.host, &mut |question| {
                    let from = SocketAddr::new(from, question.source_port);
                    datagrams.push_back(udp::ip_packet(from, question.to, &question.bytes));
                });
                loop {
                    let event = fetching.fetch.event();
                    match note(&mut seen, || event, &mut |out| fetching.fetch.read(out)) {
                        Some(finished) => is_finished |= finished,
                        None => break,
                    }
                }
            }
            Doing::Asking(kept) => {
                kept.turn(now, &mut self.host);
                while let Some(finished) = note_session(&mut seen, &mut kept.session) {
                    is_finished |= finished;
                }
            }
        }
        if is_finished {
            seen.times.push((now - self.start).as_millis());
            self.next(now);
        }
    }

    /// Asks for the next page over the same connection, or ends it.
    fn next(&mut self, now: Instant) {
        let kept = match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Fetching(mut fetching) if self.again.is_empty() => {
                fetching.fetch.close(now);
                fetching.turn(now, &mut self.host, &mut |_| ());
                None
            }
            Doing::Fetching(fetching) => fetching.keep(now, &mut self.host),
            Doing::Asking(kept) => Some(*kept),
            Doing::Nothing => None,
        };
        let Some(mut kept) = kept else { return };
        let Some(target) = self.again.pop() else { return kept.close(now, &mut self.host) };
        kept.session.request(&Request::get("www.example.test", target), b"").expect("its turn");
        kept.turn(now, &mut self.host);
        self.doing = Doing::Asking(Box::new(kept));
    }
}

impl Node for Client {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        if let Ok(Packet { ip, payload: Payload::Udp(datagram), .. }) = Packet::parse(&packet) {
            let from = SocketAddr::new(ip.header.source(), datagram.source_port);
            if let Doing::Fetching(fetching) = &mut self.doing {
                assert!(fetching.datagram(now, datagram.destination_port, from, datagram.payload));
            }
        } else {
            self.host.receive(now, &packet);
        }
        while let Some(event) = self.host.event() {
            let is_known = match &mut self.doing {
                Doing::Fetching(fetching) => fetching.tcp(now, &mut self.host, &event),
                Doing::Asking(kept) => kept.tcp(now, &mut self.host, &event),
                Doing::Nothing => true,
            };
            // A connection that the fetch let go ends by itself.
            assert!(is_known || matches!(event, tcp::Event::Closed(_)), "{event:?}");
        }
        self.turn(now);
        Verdict::Taken
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let packet = self.datagrams.pop_front().or_else(|| Some(self.host.transmit(now)?.packet))?;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        let ours = match &self.doing {
            Doing::Nothing => None,
            // The first turn is due at once.
            Doing::Fetching(_) if !self.started => Some(self.start),
            Doing::Fetching(fetching) => fetching.deadline(),
            Doing::Asking(kept) => kept.deadline(),
        };
        ours.into_iter().chain(self.host.deadline()).min()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.turn(now);
    }
}

/// Answers each DNS question with one address.
struct Resolver(VecDeque<Vec<u8>>);

impl Node for Resolver {
    fn receive(&mut self, _: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let packet = Packet::parse(&packet).expect("a packet");
        let Payload::Udp(datagram) = packet.payload else { panic!("not UDP") };
        let query = Message::parse(datagram.payload).expect("a query");
        let mut reply = Message::response_to(&query);
        reply.header.ra = true;
        let name = query.questions[0].name.clone();
        reply.answers.push(Record::new(name, 300, RData::A([10, 0, 0, 80].into())));
        let end = |ip: IpAddr, port| SocketAddr::new(ip, port);
        let (here, there) = (
            end(packet.ip.header.destination(), datagram.destination_port),
            end(packet.ip.header.source(), datagram.source_port),
        );
        self.0.push_back(udp::ip_packet(here, there, &reply.encode().expect("a reply")));
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        Some(Transmit { port: Port(0), packet: self.0.pop_front()?, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}
}

/// Answers each request with a page, over TLS by rustls on port 443. It resets a connection that asks for /reset.
struct Server {
    host: Host,
    connections: BTreeMap<Handle, (Option<ServerConnection>, VecDeque<u8>)>,
    /// How many connections it has accepted, and how many of them have ended in order.
    counts: Arc<Mutex<(usize, usize)>>,
}

impl Server {
    fn serve(&mut self) {
        while let Some(event) = self.host.event() {
            if let tcp::Event::Closed(_) = event {
                self.counts.lock().expect("one thread").1 += 1;
            }
            if let tcp::Event::Accepted { port, handle } = event {
                self.counts.lock().expect("one thread").0 += 1;
                let mut tls = (port == 443).then(|| toy::server("www.example.test").expect("rustls"));
                tls.iter_mut().for_each(|tls| tls.set_buffer_limit(None));
                self.connections.insert(handle, (tls, VecDeque::new()));
            }
        }
        for (&handle, (tls, unsent)) in &mut self.connections {
            let mut buffer = [0; 5000];
            while let Ok(length @ 1..) = self.host.read(handle, &mut buffer) {
                let mut plain = buffer[..length].to_vec();
                if let Some(tls) = tls {
                    unsent.extend(server_says(tls, &plain));
                    plain = server_reads(tls);
                }
                let text = String::from_utf8_lossy(&plain).into_owned();
                if text.starts_with("GET /reset ") {
                    self.host.abort(handle);
                } else if text.starts_with("GET /close ") {
                    unsent.extend(b"HTTP/1.1 200 OK\r\n\r\nuntil the end");
                    while let Ok(taken @ 1..) = self.host.write(handle, unsent.as_slices().0) {
                        unsent.drain(..taken);
                    }
                    self.host.close(handle);
                } else if text.starts_with("GET ") {
                    let length = if text.starts_with("GET /long ") { LONG } else { SHORT };
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                    let page = [head.into_bytes(), vec![b'x'; length]].concat();
                    match tls {
                        Some(tls) => {
                            tls.writer().write_all(&page).expect("room");
                            unsent.extend(server_says(tls, &[]));
                        }
                        None => unsent.extend(page),
                    }
                }
            }
            while let Ok(taken @ 1..) = self.host.write(handle, unsent.as_slices().0) {
                unsent.drain(..taken);
            }
            if self.host.peer_has_closed(handle) {
                self.host.close(handle);
            }
        }
    }
}

impl Node for Server {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        self.host.receive(now, &packet);
        self.serve();
        Verdict::Taken
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        Some(Transmit { port: Port(0), packet: self.host.transmit(now)?.packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        self.host.deadline()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.serve();
    }
}

/// Runs a job on the client. Gives what its program saw, and the server's count of connections: accepted, ended in
/// order.
fn run(job: Job, again: &[&'static str], loss: f64) -> (Seen, (usize, usize)) {
    let start = Instant::now();
    let mut plan = Topology::new(start, 1);
    plan.switch("core", "10.0.0.0/24");
    let fetch = Fetch::new(start, job, &names(SERVER, ""), given());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let client = Client {
        host: host("10.0.0.2", 2),
        datagrams: VecDeque::new(),
        start,
        started: false,
        doing: Doing::Fetching(Box::new(OnHost::new(fetch))),
        again: again.to_vec(),
        seen: seen.clone(),
    };
    plan.node("client", &["10.0.0.2/24"], Box::new(client));
    plan.wire("client", "core", Wire::ms(1));
    plan.node("resolver", &["10.0.0.53/24"], Box::new(Resolver(VecDeque::new())));
    plan.wire("core", "resolver", Wire::ms(4));
    let counts = Arc::new(Mutex::new((0, 0)));
    let mut server = host("10.0.0.80", 80);
    for port in [80, 443] {
        server.listen(port, 16).expect("a free port");
    }
    let server = Server { host: server, connections: BTreeMap::new(), counts: counts.clone() };
    plan.node("server", &["10.0.0.80/24"], Box::new(server));
    plan.wire("core", "server", Wire::ms(9).loss(loss));
    let world = plan.build().expect("a plan");
    world.run_for(Duration::from_secs(120));
    let counters = world.counters();
    assert_eq!(counters.under_way(), 0, "everybody is done: {counters:?}");
    let counts = *counts.lock().expect("one thread");
    let seen = std::mem::take(&mut *seen.lock().expect("one thread"));
    (seen, counts)
}

const EXCHANGE: [&str; 2] = ["head 200 rule 6", "finished: both sides keep the connection open"];

#[test]
fn three_pages_over_one_plain_connection() {
    let (seen, counts) = run(job("http://www.example.test/"), &["/c", "/b"], 0.0);
    let begin = ["resolved 10.0.0.80:80", "connected to 10.0.0.80:80"];
    assert_eq!(seen.lines, [&begin[..], &EXCHANGE, &EXCHANGE, &EXCHANGE].concat());
    assert_eq!((seen.body.len(), counts), (3 * SHORT, (1, 1)));
    // DNS takes 10 ms, and each round trip to the server 20: TCP, and one for each page.
    assert_eq!(seen.times, [50, 70, 90]);
}

#[test]
fn three_pages_over_one_secure_connection_that_loses_packets() {
    let (seen, counts) = run(job("https://www.example.test/long"), &["/long", "/b"], 0.02);
    let begin =
        ["resolved 10.0.0.80:443", "connected to 10.0.0.80:443", "handshake done: TLS_AES_128_GCM_SHA256"];
    assert_eq!(seen.lines, [&begin[..], &EXCHANGE, &EXCHANGE, &EXCHANGE].concat());
    assert_eq!((seen.body.len(), counts), (2 * LONG + SHORT, (1, 1)));
}

#[test]
fn ends_that_tcp_reports() {
    let refused = run(job("http://www.example.test:81/"), &[], 0.0).0.lines;
    assert_eq!(refused[1], "not connected to 10.0.0.80:81: 7");
    assert!(refused[2].starts_with("failed 7: 10.0.0.80:81 answered our SYN with a reset"), "{refused:?}");
    let reset = run(job("http://www.example.test/reset"), &[], 0.0).0.lines;
    assert!(reset[2].starts_with("failed 56: 10.0.0.80:80 reset the connection"), "{reset:?}");
    // A kept connection that breaks says so as well.
    let later = run(job("http://www.example.test/"), &["/reset"], 0.0).0.lines;
    assert!(later[4].starts_with("failed 56: 10.0.0.80:80 reset the connection"), "{later:?}");
}

#[test]
fn a_deadline_of_the_fetch_wakes_the_host() {
    let mut job = job("http://www.example.test/");
    job.limits.connecting = Some(Duration::from_millis(15));
    let seen = run(job, &[], 0.0).0;
    assert_eq!(
        seen.lines,
        [
            "resolved 10.0.0.80:80",
            "not connected to 10.0.0.80:80: 28",
            "failed 28: 10.0.0.80:80 has not answered our SYN; the time for name, TCP and TLS, 0.015 s, ran out \
             (--connect-timeout)"
        ]
    );
}

#[test]
fn a_page_that_ends_with_the_connection() {
    let (seen, counts) = run(job("http://www.example.test/close"), &[], 0.0);
    let page = ["head 200 rule 8", "finished: the body ended with the connection"];
    assert_eq!(seen.lines[2..], page);
    assert_eq!((seen.body, counts), (b"until the end".to_vec(), (1, 1)));
    // Such a connection is not kept: there is no second exchange.
    let (seen, counts) = run(job("http://www.example.test/close"), &["/again"], 0.0);
    assert_eq!(seen.lines[2..], page);
    assert_eq!(counts, (1, 1));
}

#[test]
fn a_fetch_that_is_closed_ends_its_connection() {
    let (seen, counts) = run(job("https://www.example.test/"), &[], 0.0);
    assert_eq!(seen.lines[3..], EXCHANGE);
    assert_eq!(counts, (1, 1));
}
