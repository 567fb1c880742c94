//! What several tests share: hosts, addresses, and a server that answers.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod need;
pub(crate) mod recorder;
pub(crate) mod script;
pub(crate) mod wire;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use barewire_internet::{Node, Note, Port, Topology, Transmit, Verdict, Wire, World};
use barewire_tcp::{Config, Event, Handle, Host, Stack};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub(crate) const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
pub(crate) const SERVER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 80);
pub(crate) const PORT: u16 = 7;

pub(crate) fn server_address() -> SocketAddr {
    SocketAddr::new(SERVER.into(), PORT)
}

pub(crate) fn host(address: IpAddr, config: Config, seed: u64) -> Host {
    Host::new(vec![address], config, Box::new(ChaCha20Rng::seed_from_u64(seed)))
}

/// The application of a [`HostNode`]. It is called for each event of its host.
pub(crate) type Application = Box<dyn FnMut(&mut Host, Instant, Event) + Send>;

/// A [`Host`] as a node of an internet, with an application that answers its events.
pub(crate) struct HostNode {
    host: Host,
    application: Application,
}

impl HostNode {
    pub(crate) fn new(host: Host, application: Application) -> HostNode {
        HostNode { host, application }
    }

    fn run(&mut self, now: Instant) {
        while let Some(event) = self.host.event() {
            (self.application)(&mut self.host, now, event);
        }
    }
}

impl Node for HostNode {
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
        self.host.deadline()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.run(now);
    }
}

/// Two hosts on one wire: the client is driven from outside, the server is this node.
pub(crate) fn wired(server: HostNode, wire: Wire, seed: u64) -> World {
    let mut plan = Topology::new(Instant::now(), seed);
    plan.link("client", &CLIENT.to_string());
    plan.node("server", &[&SERVER.to_string()], Box::new(server));
    plan.wire("client", "server", wire);
    plan.build().expect("two hosts and a wire")
}

/// Two hosts on one wire, both driven from outside.
pub(crate) fn two_links(wire: Wire, seed: u64) -> World {
    let mut plan = Topology::new(Instant::now(), seed);
    plan.link("client", &CLIENT.to_string());
    plan.link("server", &SERVER.to_string());
    plan.wire("client", "server", wire);
    plan.build().expect("two hosts and a wire")
}

/// The stack of the client, on its end of the wire.
pub(crate) fn client_stack(world: &World, config: Config, seed: u64) -> Stack {
    let link = world.link("client").expect("a link");
    Stack::new(Box::new(link), host(CLIENT.into(), config, seed))
}

/// A client's stack, and a server that sends back whatever it gets and closes when the client does.
pub(crate) fn echo_internet(config: Config, wire: Wire, seed: u64) -> (World, Stack) {
    let mut server = host(SERVER.into(), config, seed ^ 1);
    server.listen(PORT, 16).expect("a free port");
    let world = wired(HostNode::new(server, echo()), wire, seed);
    let stack = client_stack(&world, config, seed ^ 2);
    (world, stack)
}

/// An application that echoes, holding what it could not write yet.
pub(crate) fn echo() -> Application {
    let mut held: std::collections::BTreeMap<Handle, Vec<u8>> = Default::default();
    Box::new(move |host, _, event| {
        let handle = match event {
            Event::Readable(handle) | Event::Writable(handle) | Event::PeerClosed(handle) => handle,
            Event::Closed(handle) | Event::Reset(handle) | Event::TimedOut(handle) => {
                held.remove(&handle);
                return;
            }
            _ => return,
        };
        let waiting = held.entry(handle).or_default();
        let mut buffer = [0; 4096];
        loop {
            if !waiting.is_empty() {
                let taken = host.write(handle, waiting).unwrap_or(0);
                waiting.drain(..taken);
            }
            if !waiting.is_empty() {
                return;
            }
            match host.read(handle, &mut buffer) {
                Ok(count @ 1..) => waiting.extend_from_slice(&buffer[..count]),
                _ => break,
            }
        }
        if host.peer_has_closed(handle) {
            host.close(handle);
        }
    })
}

/// `length` bytes that are not the same everywhere.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}
