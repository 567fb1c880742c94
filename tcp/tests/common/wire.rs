//! Two hosts and a poor wire between them, in virtual time, with a capture at each end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_tcp::{Config, Event, Handle, Host, ReceivedNote, SentNote};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{CLIENT, PORT, SERVER, host, pattern, server_address};

/// What the wire does to packets. Chances are in thousandths.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wire {
    pub(crate) delay: Duration,
    pub(crate) loss: u32,
    pub(crate) reorder: u32,
    pub(crate) duplicate: u32,
}

/// A packet as an end saw it: when, its bytes, and what its sender said about it (nothing where it was received).
pub(crate) type Sighting = (Duration, Vec<u8>, Option<SentNote>);

/// What came of a run.
pub(crate) struct Run {
    /// What was seen at the client's end, and at the server's.
    pub(crate) captures: [Vec<Sighting>; 2],
    /// What went to the server, and to the client.
    pub(crate) streams: [Vec<u8>; 2],
}

/// When, a number, to which host, the packet.
type UnderWay = (Instant, u64, usize, Vec<u8>);

struct World {
    wire: Wire,
    start: Instant,
    now: Instant,
    hosts: [Host; 2],
    /// The earliest first.
    under_way: BinaryHeap<Reverse<UnderWay>>,
    number: u64,
    dice: ChaCha20Rng,
    captures: [Vec<Sighting>; 2],
    received: [Vec<u8>; 2],
    to_write: [Vec<u8>; 2],
}

/// The client connects, each end writes `length` bytes and closes. Runs until nothing more happens.
pub(crate) fn run(config: Config, wire: Wire, length: usize, seed: u64) -> Run {
    run_both(config, wire, [length, length], seed)
}

/// As [`run`], with what the client writes and what the server writes of different lengths.
pub(crate) fn run_both(config: Config, wire: Wire, lengths: [usize; 2], seed: u64) -> Run {
    let start = Instant::now();
    let mut hosts = [host(IpAddr::from(CLIENT), config, seed), host(IpAddr::from(SERVER), config, seed ^ 1)];
    hosts[1].listen(PORT, 4).expect("a free port");
    hosts[0].connect(start, server_address()).expect("a free port");
    let said = lengths.map(pattern);
    let mut world = World {
        wire,
        start,
        now: start,
        hosts,
        under_way: BinaryHeap::new(),
        number: 0,
        dice: ChaCha20Rng::seed_from_u64(seed),
        captures: Default::default(),
        received: Default::default(),
        to_write: said.clone(),
    };
    world.run();
    assert!(world.received == said, "seed {seed}: both streams arrive whole");
    Run { captures: world.captures, streams: said }
}

impl World {
    fn run(&mut self) {
        for _ in 0..1_000_000 {
            for end in 0..2 {
                self.serve(end);
            }
            let arrival = self.under_way.peek().map(|Reverse((time, ..))| *time);
            let deadlines = self.hosts.iter().filter_map(Host::deadline);
            let Some(next) = deadlines.chain(arrival).min() else { return };
            self.now = self.now.max(next);
            if arrival.is_some_and(|arrival| arrival <= self.now) {
                let Some(Reverse((_, _, end, packet))) = self.under_way.pop() else { return };
                self.captures[end].push((self.now - self.start, packet.clone(), None));
                let note = self.hosts[end].receive(self.now, &packet);
                assert!(!matches!(note, Some(ReceivedNote::Dropped(_))), "{note:?}");
            }
            for host in &mut self.hosts {
                host.on_deadline(self.now);
            }
        }
        panic!("it does not come to an end");
    }

    /// One end's application, and then its packets.
    fn serve(&mut self, end: usize) {
        while let Some(event) = self.hosts[end].event() {
            match event {
                Event::Connected(handle) | Event::Accepted { handle, .. } => self.write(end, handle),
                Event::Readable(handle) | Event::Writable(handle) => self.write(end, handle),
                _ => {}
            }
        }
        while let Some(transmit) = self.hosts[end].transmit(self.now) {
            self.captures[end].push((self.now - self.start, transmit.packet.clone(), transmit.note));
            self.send(1 - end, transmit.packet);
        }
    }

    fn write(&mut self, end: usize, handle: Handle) {
        let host = &mut self.hosts[end];
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = host.read(handle, &mut buffer) {
            self.received[1 - end].extend_from_slice(&buffer[..count]);
        }
        let rest = &mut self.to_write[end];
        if let Ok(taken) = host.write(handle, rest) {
            rest.drain(..taken);
        }
        if rest.is_empty() {
            host.close(handle);
        }
    }

    fn chance(&mut self, thousandths: u32) -> bool {
        self.dice.next_u32() % 1000 < thousandths
    }

    fn send(&mut self, to: usize, packet: Vec<u8>) {
        if self.chance(self.wire.loss) {
            return;
        }
        for _ in 0..1 + u32::from(self.chance(self.wire.duplicate)) {
            let late = if self.chance(self.wire.reorder) { self.wire.delay / 5 } else { Duration::ZERO };
            self.number += 1;
            self.under_way.push(Reverse((
                self.now + self.wire.delay + late,
                self.number,
                to,
                packet.clone(),
            )));
        }
    }
}
