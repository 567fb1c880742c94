//! Hosts for the scenes of these tests: a program over our TCP, plain HTTP by hand, and a box that rewrites sources.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_internet::router::{Decision, Middlebox};
use barewire_internet::{Node, Note, Port, Transmit, Verdict};
use barewire_packet::transit::Transit;
use barewire_tcp::{Config, Event, Handle, Host};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// What a program does with its host.
pub(crate) trait Program: Send {
    fn event(&mut self, host: &mut Host, now: Instant, event: Event);
    /// What is due: bytes to write at a moment.
    fn due(&mut self, _host: &mut Host, _now: Instant) {}
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// A host with a program.
pub(crate) struct Machine<P> {
    host: Host,
    program: P,
}

impl<P: Program> Machine<P> {
    pub(crate) fn new(address: &str, listens: Option<u16>, program: P) -> Box<Machine<P>> {
        let address = address.parse().expect("an address");
        let seed = match address {
            std::net::IpAddr::V4(address) => u64::from(address.to_bits()),
            std::net::IpAddr::V6(address) => address.to_bits() as u64,
        };
        let rng = Box::new(ChaCha20Rng::seed_from_u64(seed));
        let mut host = Host::new(vec![address], Config::default(), rng);
        if let Some(port) = listens {
            host.listen(port, 16).expect("a free port");
        }
        Box::new(Machine { host, program })
    }

    fn run(&mut self, now: Instant) {
        while let Some(event) = self.host.event() {
            self.program.event(&mut self.host, now, event);
        }
        self.program.due(&mut self.host, now);
    }
}

impl<P: Program> Node for Machine<P> {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let note = self.host.receive(now, &packet);
        self.run(now);
        note.map_or(Verdict::Taken, |note| Verdict::Noted(Box::new(note)))
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let barewire_tcp::Transmit { packet, note } = self.host.transmit(now)?;
        Some(Transmit { port: Port(0), packet, note: note.map(|note| Box::new(note) as Note) })
    }

    fn deadline(&self) -> Option<Instant> {
        self.host.deadline().into_iter().chain(self.program.deadline()).min()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.run(now);
    }
}

/// Reads all that has come.
pub(crate) fn take(host: &mut Host, handle: Handle) -> Vec<u8> {
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = host.read(handle, &mut buffer) {
        all.extend_from_slice(&buffer[..count]);
    }
    all
}

/// Where the first head ends, if it is there whole.
fn head_ends(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// A client: a request on one connection at each of these moments.
pub(crate) struct Client {
    pub(crate) server: SocketAddr,
    pub(crate) requests: Vec<(Instant, &'static str)>,
    pub(crate) handle: Option<Handle>,
    pub(crate) open: bool,
    pub(crate) unsent: Vec<u8>,
}

impl Client {
    pub(crate) fn new(server: &str, requests: &[(Instant, &'static str)]) -> Client {
        let server = server.parse().expect("an address and a port");
        Client { server, requests: requests.to_vec(), handle: None, open: false, unsent: Vec::new() }
    }
}

impl Program for Client {
    fn event(&mut self, host: &mut Host, _: Instant, event: Event) {
        match event {
            Event::Connected(_) => self.open = true,
            Event::Readable(handle) => drop(take(host, handle)),
            Event::PeerClosed(handle) => host.close(handle),
            _ => {}
        }
    }

    fn due(&mut self, host: &mut Host, now: Instant) {
        let is_due = |requests: &[(Instant, &str)]| requests.first().is_some_and(|(at, _)| *at <= now);
        if is_due(&self.requests) && self.handle.is_none() {
            self.handle = host.connect(now, self.server).ok();
        }
        let Some(handle) = self.handle.filter(|_| self.open) else { return };
        while is_due(&self.requests) {
            let (_, path) = self.requests.remove(0);
            self.unsent.extend(format!("GET {path} HTTP/1.1\r\nHost: a.test\r\n\r\n").bytes());
        }
        let taken = host.write(handle, &self.unsent).unwrap_or(0);
        self.unsent.drain(..taken);
    }

    fn deadline(&self) -> Option<Instant> {
        self.requests.first().map(|(at, _)| *at).filter(|_| self.open || self.handle.is_none())
    }
}

/// An origin: it thinks for a while, and answers with so many bytes.
pub(crate) struct Origin {
    pub(crate) thinks: Duration,
    pub(crate) length: usize,
    /// A field of the head: `Server-Timing: app;dur=50.0`.
    pub(crate) field: &'static str,
    pub(crate) waiting: BTreeMap<Handle, Vec<u8>>,
    pub(crate) plan: Vec<(Instant, Handle)>,
    pub(crate) unsent: BTreeMap<Handle, Vec<u8>>,
}

impl Origin {
    pub(crate) fn new(thinks: u64, length: usize, field: &'static str) -> Origin {
        let (thinks, waiting) = (Duration::from_millis(thinks), BTreeMap::new());
        Origin { thinks, length, field, waiting, plan: Vec::new(), unsent: BTreeMap::new() }
    }
}

impl Program for Origin {
    fn event(&mut self, host: &mut Host, now: Instant, event: Event) {
        match event {
            Event::Readable(handle) => {
                let waiting = self.waiting.entry(handle).or_default();
                waiting.extend(take(host, handle));
                while let Some(end) = head_ends(waiting) {
                    waiting.drain(..end);
                    self.plan.push((now + self.thinks, handle));
                }
            }
            Event::PeerClosed(handle) => host.close(handle),
            _ => {}
        }
    }

    fn due(&mut self, host: &mut Host, now: Instant) {
        while self.plan.first().is_some_and(|(at, _)| *at <= now) {
            let (_, handle) = self.plan.remove(0);
            let field = if self.field.is_empty() { String::new() } else { format!("{}\r\n", self.field) };
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{field}\r\n", self.length);
            let unsent = self.unsent.entry(handle).or_default();
            unsent.extend(head.bytes());
            unsent.extend(std::iter::repeat_n(b'x', self.length));
        }
        for (handle, bytes) in &mut self.unsent {
            let taken = host.write(*handle, bytes).unwrap_or(0);
            bytes.drain(..taken);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.plan.first().map(|(at, _)| *at)
    }
}

/// A proxy: for each request it asks the origin over one connection, which it keeps. It hands answers on once they are
/// whole, after it has thought about a request for a while.
pub(crate) struct Proxy {
    pub(crate) origin: SocketAddr,
    pub(crate) thinks: Duration,
    pub(crate) upstream: Option<Handle>,
    pub(crate) open: bool,
    pub(crate) asking: Vec<u8>,
    pub(crate) plan: Vec<(Instant, Handle, Vec<u8>)>,
    pub(crate) clients: Vec<Handle>,
    pub(crate) waiting: BTreeMap<Handle, Vec<u8>>,
    pub(crate) answer: Vec<u8>,
    pub(crate) unsent: BTreeMap<Handle, Vec<u8>>,
}

impl Proxy {
    pub(crate) fn new(origin: &str, thinks: u64) -> Proxy {
        Proxy {
            origin: origin.parse().expect("an address and a port"),
            thinks: Duration::from_millis(thinks),
            upstream: None,
            open: false,
            asking: Vec::new(),
            plan: Vec::new(),
            clients: Vec::new(),
            waiting: BTreeMap::new(),
            answer: Vec::new(),
            unsent: BTreeMap::new(),
        }
    }

    /// An answer of the origin that is whole goes to the client that waits longest.
    fn hand_on(&mut self) {
        let Some(head) = head_ends(&self.answer) else { return };
        let text = String::from_utf8_lossy(&self.answer[..head]).into_owned();
        let length = text.split("Content-Length: ").nth(1).and_then(|rest| rest.split('\r').next());
        let end = head + length.expect("a length").parse::<usize>().expect("a number");
        if self.answer.len() >= end {
            let whole: Vec<u8> = self.answer.drain(..end).collect();
            self.unsent.entry(self.clients.remove(0)).or_default().extend(whole);
        }
    }
}

impl Program for Proxy {
    fn event(&mut self, host: &mut Host, now: Instant, event: Event) {
        match event {
            Event::Connected(_) => self.open = true,
            Event::Readable(handle) if Some(handle) == self.upstream => {
                self.answer.extend(take(host, handle));
                self.hand_on();
            }
            Event::Readable(handle) => {
                let waiting = self.waiting.entry(handle).or_default();
                waiting.extend(take(host, handle));
                while let Some(end) = head_ends(waiting) {
                    self.plan.push((now + self.thinks, handle, waiting.drain(..end).collect()));
                }
            }
            Event::PeerClosed(handle) => host.close(handle),
            _ => {}
        }
    }

    fn due(&mut self, host: &mut Host, now: Instant) {
        while self.plan.first().is_some_and(|(at, ..)| *at <= now) {
            let (_, client, request) = self.plan.remove(0);
            self.clients.push(client);
            self.asking.extend(request);
            if self.upstream.is_none() {
                self.upstream = host.connect(now, self.origin).ok();
            }
        }
        if let Some(upstream) = self.upstream.filter(|_| self.open) {
            let taken = host.write(upstream, &self.asking).unwrap_or(0);
            self.asking.drain(..taken);
        }
        for (handle, bytes) in &mut self.unsent {
            let taken = host.write(*handle, bytes).unwrap_or(0);
            bytes.drain(..taken);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.plan.first().map(|(at, ..)| *at)
    }
}

/// A box that gives packets of one host another source, as a NAT does, and answers to it the old destination.
pub(crate) struct Rewriter {
    pub(crate) inside: SocketAddr,
    pub(crate) outside: SocketAddr,
    pub(crate) port: Option<u16>,
}

impl Rewriter {
    pub(crate) fn new(inside: &str, outside: &str) -> Rewriter {
        let address = |text: &str| text.parse().expect("an address and a port");
        Rewriter { inside: address(inside), outside: address(outside), port: None }
    }
}

impl Middlebox for Rewriter {
    fn incoming(&mut self, _: Instant, _: Port, packet: &mut Transit) -> Decision {
        let Some(flow) = packet.flow().filter(|flow| flow.destination == self.outside) else {
            return Decision::Pass;
        };
        packet
            .set_destination(SocketAddr::new(self.inside.ip(), self.port.unwrap_or(flow.destination.port())));
        Decision::Pass
    }

    fn outgoing(&mut self, _: Instant, _: Port, packet: &mut Transit) -> Decision {
        let Some(flow) = packet.flow().filter(|flow| flow.source.ip() == self.inside.ip()) else {
            return Decision::Pass;
        };
        packet.set_source(self.outside);
        match self.port.replace(flow.source.port()) {
            Some(_) => Decision::Pass,
            None => Decision::Noted(Box::new(format!("mapped {} to {}", flow.source, self.outside))),
        }
    }
}
