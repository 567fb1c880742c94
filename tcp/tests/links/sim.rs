//! The same over a wire in process and in virtual time: the peer is our own TCP, driven by the world.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use barewire_internet::world::World;
use barewire_internet::{Node, Port, Topology, Transmit, Verdict, Wire};
use barewire_tcp::{Config, Event, Handle, Host, Stack};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::bytes::{hash_of, stream};
use crate::conversation::bytes;
use crate::our_end::{exchange, is_refused, is_reset, resets};
use crate::peer::{EXCHANGES, IS_RESET, OURS, REFUSES, RESETS, THEIRS};
use crate::room::Ends;

/// The peer: a host, and what is left to write on each connection.
struct Peer {
    host: Host,
    streams: BTreeMap<Handle, (u16, Vec<u8>)>,
    bytes: u64,
}

impl Peer {
    fn serve(&mut self) {
        while let Some(event) = self.host.event() {
            if let Event::Accepted { port, handle } = event {
                let text = if port == IS_RESET { b"hello".to_vec() } else { Vec::new() };
                self.streams.insert(handle, (port, text));
            }
        }
        let mut waste = [0; 1 << 16];
        for (handle, (port, unwritten)) in &mut self.streams {
            while matches!(self.host.read(*handle, &mut waste), Ok(1..)) {
                if *port == RESETS {
                    self.host.abort(*handle);
                }
            }
            if *port == EXCHANGES && self.host.peer_has_closed(*handle) {
                *unwritten = stream(THEIRS, self.bytes);
                *port = 0;
            }
            let taken = self.host.write(*handle, unwritten).unwrap_or(0);
            unwritten.drain(..taken);
            if *port == 0 && unwritten.is_empty() {
                self.host.close(*handle);
            }
        }
    }
}

impl Node for Peer {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        self.host.receive(now, &packet);
        self.serve();
        Verdict::Taken
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        self.serve();
        let packet = self.host.transmit(now)?.packet;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        self.host.deadline()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.serve();
    }
}

fn host(ends: Ends, at_peer: bool) -> Host {
    let address = if at_peer { ends.theirs } else { ends.ours };
    Host::new(vec![address], Config::default(), Box::new(ChaCha20Rng::seed_from_u64(at_peer.into())))
}

/// A world with the two ends, and a stack at ours.
fn world(ends: Ends, bytes: u64, wire: Wire) -> (World, Stack) {
    let mut peer = host(ends, true);
    [EXCHANGES, RESETS, IS_RESET].into_iter().for_each(|port| peer.listen(port, 4).unwrap());
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("us", &ends.ours.to_string());
    plan.node(
        "peer",
        &[&ends.theirs.to_string()],
        Box::new(Peer { host: peer, streams: BTreeMap::new(), bytes }),
    );
    plan.wire("us", "peer", wire);
    let world = plan.build().unwrap();
    let stack = Stack::new(Box::new(world.link("us").unwrap()), host(ends, false));
    (world, stack)
}

#[test]
fn the_simulated_wire() {
    for version in [4, 6] {
        let (ends, bytes) = (Ends::of("sim", version), bytes());
        let (world, stack) = world(ends, bytes, Wire::ms(1));
        let at = |port| (ends.theirs, port).into();
        let hashes = exchange(&stack, at(EXCHANGES), bytes, Duration::ZERO);
        assert_eq!(hashes, [OURS, THEIRS].map(|seed| hash_of(seed, bytes)));
        assert_eq!(is_reset(&stack, at(RESETS)), Err(std::io::ErrorKind::ConnectionReset));
        resets(&stack, at(IS_RESET));
        assert_eq!(is_refused(&stack, at(REFUSES)), Err(std::io::ErrorKind::ConnectionRefused));
        assert_eq!(world.counters().all_lost(), 0, "{}", world.counters());
    }
}

/// The queue before the wire has room for three packets.
#[test]
fn a_full_queue_of_the_simulated_wire() {
    for version in [4, 6] {
        let (ends, bytes) = (Ends::of("sim", version), 1_000_000);
        let (world, stack) = world(ends, bytes, Wire::ms(5).rate(100_000_000).queue(4500));
        let hashes = exchange(&stack, (ends.theirs, EXCHANGES).into(), bytes, Duration::ZERO);
        assert_eq!(hashes, [OURS, THEIRS].map(|seed| hash_of(seed, bytes)));
        assert!(world.counters().all_lost() > 0, "{}", world.counters());
    }
}
