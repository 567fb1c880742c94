//! The toy internet: a client, a resolver and some web servers, in this process and in virtual time.
//!
//! ```text
//!                       ┌──── 10.0.0.53     resolver, 10 ms away
//!   client 10.0.0.2 ────┤
//!                       └──── 203.0.113.80  www.example.test and its neighbours, --rtt away
//! ```
//!
//! The packets are real IPv4 packets, and the servers see what the client sends and nothing else. Same seed, same
//! packets at the same times, key material aside.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use barewire_dns::RecordType;
use barewire_dns::driver::{Received, Transport, Unreachable};
use barewire_dns::resolver::Trace as Decisions;
use barewire_dns::stub::{Protocol, Transmit};
use barewire_internet::{Node, Port, Transmit as Sent, Verdict, Wire, World};
use barewire_packet::udp;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Host, Stack};
use barewire_tls13::Trust;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rustls::ServerConnection;

use super::stack_streams::{StackStreams, TraceTap};
use super::{Names, Network, Streams};
use crate::failure::{Failure, Step};
use crate::services::breakage::Hand;
use crate::services::certificates::{self, Flavour};
use crate::services::crowd::Diary;
#[cfg(not(target_family = "wasm"))]
use crate::services::recursor::Recursor;
use crate::services::stage::{Fault, Set, Stage};
use crate::services::walks::Walks;
use crate::services::zones;
use crate::trace::Trace;

pub use crate::services::certificates::{epoch as clock, root_pem};

const CLIENT: &str = "10.0.0.2";
/// The address of its resolver.
pub const RESOLVER: &str = "10.0.0.53";
/// One way to the resolver.
const TO_RESOLVER: Duration = Duration::from_millis(5);
/// Bits a second on every path: 1500 bytes take 0.12 ms.
const RATE: u64 = 100_000_000;

/// What stands at an address.
enum Site {
    Web(Flavour),
    /// A host that serves nothing: its kernel answers a SYN with RST.
    Closed,
    /// Packets vanish.
    Silent,
}

const SITES: [(&str, u8, Site); 9] = [
    ("www.example.test", 80, Site::Web(Flavour::Honest)),
    ("expired.example.test", 81, Site::Web(Flavour::Expired)),
    ("wrong.example.test", 82, Site::Web(Flavour::WrongName)),
    ("untrusted.example.test", 83, Site::Web(Flavour::Untrusted)),
    ("retry.example.test", 84, Site::Web(Flavour::OnlyP256)),
    ("closed.example.test", 85, Site::Closed),
    ("silent.example.test", 86, Site::Silent),
    ("early.example.test", 87, Site::Web(Flavour::EarlyData)),
    ("late.example.test", 88, Site::Web(Flavour::RefusesEarlyData)),
];

/// What can be chosen about the toy internet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToyOptions {
    /// Seed of all randomness but key material.
    pub seed: u64,
    /// Round-trip time to the web servers.
    pub round_trip: Duration,
    /// Probability that a packet to or from a web server is lost.
    pub loss: f64,
    /// Whether the resolver knows nothing yet but the root's servers, so that the first question costs a walk. Its
    /// packets are seen then.
    pub cold: bool,
}

impl Default for ToyOptions {
    fn default() -> Self {
        ToyOptions { seed: 1, round_trip: Duration::from_millis(50), loss: 0.0, cold: false }
    }
}

/// A simulated internet, from the seat of the host that fetches.
pub struct Toy {
    about: String,
    names: Names,
    /// The end that datagrams leave from, but for its port.
    address: IpAddr,
    stack: Stack,
    streams: StackStreams<Stack>,
    rng: ChaCha8Rng,
    start: Instant,
    trace: Trace,
    world: World,
    diaries: BTreeMap<String, Diary>,
    hand: Hand,
    walks: Walks,
}

impl Toy {
    /// Sets the usual one up: the stage in the figure above.
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn new(options: ToyOptions) -> Result<Toy, Fault> {
        Toy::on(Stage::new(options.seed), options)
    }

    /// Sets the usual one up on this stage, which may be broken.
    ///
    /// # Errors
    /// The breakage names a host that is not there.
    pub fn on(stage: Stage, options: ToyOptions) -> Result<Toy, Fault> {
        let ToyOptions { seed, round_trip, loss, cold } = options;
        let cold = if cold { "cold resolver" } else { "resolver" };
        let loss = if loss > 0.0 { format!(", {} % lost each way", loss * 100.0) } else { String::new() };
        let far = round_trip.as_secs_f64() * 1000.0;
        let about = format!("the toy internet (seed {seed}): {cold} 10 ms away, server {far} ms away{loss}");
        Toy::seated(first_page(stage, options)?, about)
    }

    /// Takes the seat on a stage that is set. Packets that pass the seat go into the stage's trace.
    ///
    /// # Errors
    /// Never, unless the program has a bug.
    pub fn seated(set: Set, about: String) -> Result<Toy, Fault> {
        let Set { world, trace, seat, fast_open, mut rng, start, diaries, hand, walks } = set;
        let address = *seat.addresses.first().ok_or("a seat needs an address")?;
        let reached = |family: &RecordType| {
            seat.addresses.iter().any(|address| address.is_ipv4() == (*family == RecordType::A))
        };
        let families = [RecordType::A, RecordType::AAAA].into_iter().filter(reached).collect();
        let tcp = Box::new(ChaCha8Rng::seed_from_u64(rng.next_u64()));
        let host = Host::new(seat.addresses, Config { fast_open, ..Config::default() }, tcp);
        let stack = Stack::new(Box::new(world.link(&seat.name)?), host);
        stack.set_tap(Box::new(TraceTap(trace.clone())));
        let names = Names::of_server(seat.resolver).reaching(families);
        let streams = StackStreams::new(stack.clone());
        Ok(Toy { about, names, address, stack, streams, rng, start, trace, world, diaries, hand, walks })
    }

    /// The internet around the seat.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What the crowd on the host of this name lived through.
    ///
    /// # Errors
    /// There is no such crowd.
    pub fn diary(&self, name: &str) -> Result<&Diary, Fault> {
        self.diaries.get(name).ok_or_else(|| format!("no crowd is called {name:?}").into())
    }

    /// The first address of the seat.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// When time began here.
    pub fn begin(&self) -> Instant {
        self.start
    }

    /// The TCP of the seat.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// What the toy client trusts: the toy internet's own authority.
    pub fn trust(&self) -> Result<Trust, Box<dyn std::error::Error>> {
        Ok(Trust::Pem(root_pem()?.into_bytes()))
    }

    /// UDP across the toy internet, for the DNS driver.
    pub fn udp(&self) -> ToyUdp {
        ToyUdp { stack: self.stack.clone(), address: self.address, asked: None }
    }
}

/// The toy web server's end of a TLS connection to `name`, by rustls.
pub fn server(name: &str) -> Result<ServerConnection, Box<dyn std::error::Error>> {
    let flavour = SITES.iter().find_map(|(known, _, site)| match site {
        Site::Web(flavour) if *known == name => Some(*flavour),
        _ => None,
    });
    let flavour = flavour.unwrap_or(Flavour::Honest);
    Ok(ServerConnection::new(Arc::new(certificates::server_config(name, flavour)?))?)
}

fn address(last: u8) -> String {
    format!("203.0.113.{last}")
}

/// The stage of the first page: a star around one switch.
pub(crate) fn first_page(mut stage: Stage, options: ToyOptions) -> Result<Set, Fault> {
    let near = Wire::with_delay(TO_RESOLVER).rate(RATE);
    let far = Wire::with_delay(options.round_trip / 2).rate(RATE).loss(options.loss);
    stage.plan().switch("core", "0.0.0.0/0");
    stage.seat("client", CLIENT, RESOLVER)?;
    stage.wire("client", "core", Wire::default());
    resolver(&mut stage, options)?;
    stage.wire("core", "resolver", near);
    for (name, last, site) in &SITES {
        match site {
            Site::Web(flavour) => stage.web(name, &address(*last), name, *flavour)?,
            Site::Closed => stage.host(name, &address(*last), Vec::new())?,
            Site::Silent => stage.plan().node(name, &[&address(*last)], Box::new(Nobody)),
        }
        stage.wire("core", name, far.clone());
    }
    // Last, so that the wires before them have the same losses with and without them. In the page they are left out:
    // its resolver asks nobody, and their code would make it a twentieth larger.
    if cfg!(not(target_family = "wasm")) {
        zones::on(&mut stage, "core", RATE)?;
    }
    stage.set()
}

/// The resolver: it walks from the root down, or has walked before time began.
#[cfg(not(target_family = "wasm"))]
fn resolver(stage: &mut Stage, options: ToyOptions) -> Result<(), Fault> {
    let begin = if options.cold { Recursor::cold } else { Recursor::warm };
    let recursor = begin(stage.start(), certificates::epoch(), stage.seed())?;
    let recursor = recursor.noting(stage.walks().clone());
    stage.host("resolver", RESOLVER, vec![Box::new(recursor)])?;
    if options.cold {
        stage.watch(&["resolver"]);
    }
    Ok(())
}

/// The resolver of the page: it has a table of the hosts, because one that walks would not fit in.
#[cfg(target_family = "wasm")]
fn resolver(stage: &mut Stage, _: ToyOptions) -> Result<(), Fault> {
    let known = SITES.map(|(name, last, _)| (name, address(last)));
    let mut known: Vec<(&str, &str)> =
        known.iter().map(|(name, address)| (*name, address.as_str())).collect();
    // The hosts of `example.test.zone` that serve no pages of their own, so that the resolver says what the zone says.
    known.extend([
        ("example.test", "203.0.113.80 2001:db8:113::80"),
        ("mail.example.test", "203.0.113.25"),
        ("ns1.example.test", "203.0.113.53"),
        ("ns2.example.test", "203.0.113.54"),
    ]);
    stage.resolver("resolver", RESOLVER, &known)
}

/// Swallows every packet.
struct Nobody;

impl Node for Nobody {
    fn receive(&mut self, _: Instant, _: Port, _: Vec<u8>) -> Verdict {
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Sent> {
        None
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}
}

impl Network for Toy {
    fn describe(&self) -> String {
        self.about.clone()
    }

    fn now(&self) -> Instant {
        self.stack.now()
    }

    fn wall_clock(&self) -> SystemTime {
        certificates::epoch() + (self.now() - self.start)
    }

    fn rng(&mut self) -> &mut dyn Rng {
        &mut self.rng
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn names(&self) -> &Names {
        &self.names
    }

    fn transport(&mut self) -> Box<dyn Transport> {
        Box::new(self.udp())
    }

    fn complaints(&self) -> Vec<String> {
        self.hand.undone()
    }

    fn walks(&self) -> Vec<(Duration, Decisions)> {
        let walks = self.walks.all().into_iter();
        walks.map(|walk| (walk.begun.saturating_duration_since(self.start), walk)).collect()
    }

    fn streams(&mut self) -> &mut dyn Streams {
        &mut self.streams
    }
}

/// UDP over the toy internet, for the DNS driver.
pub struct ToyUdp {
    stack: Stack,
    address: IpAddr,
    /// The server that was asked last.
    asked: Option<SocketAddr>,
}

impl Transport for ToyUdp {
    fn now(&self) -> Instant {
        self.stack.now()
    }

    fn send(&mut self, transmit: &Transmit) -> io::Result<()> {
        if transmit.protocol == Protocol::Tcp {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "the toy internet's resolver speaks UDP only",
            ));
        }
        let from = SocketAddr::new(self.address, transmit.source_port);
        self.asked = Some(transmit.to);
        self.stack.send_packet(&udp::ip_packet(from, transmit.to, &transmit.bytes), &transmit.note)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Option<Received>, Unreachable> {
        // If the whole network fails, it fails for the server that was asked last. Nobody waits without having asked.
        let Some(to) = self.asked else { return Ok(None) };
        let failed = |why| Unreachable { protocol: Protocol::Udp, to, question: None, why };
        while let Some(packet) = self.stack.receive_other(Some(deadline)).map_err(failed)? {
            if let Ok(Packet { ip, payload: Payload::Udp(datagram), .. }) = Packet::parse(&packet) {
                let from = SocketAddr::new(ip.header.source(), datagram.source_port);
                return Ok(Some(Received {
                    protocol: Protocol::Udp,
                    from,
                    bytes: datagram.payload.to_vec(),
                }));
            }
        }
        Ok(None)
    }
}

/// Setting up the toy internet fails only if the program has a bug.
pub fn failure(error: &dyn std::error::Error) -> Failure {
    Failure::new(Step::Usage, format!("the toy internet could not be set up: {error}"))
}
