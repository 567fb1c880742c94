//! The simulation's events, in the order of their time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::ip::IpPacket;

use crate::link::sim::node::Node;
use crate::link::sim::path::{Counters, Dice, Lane, Path};

/// The hosts, the packets under way, and the time.
pub(super) struct World {
    pub(super) now: Instant,
    pub(super) counters: Counters,
    places: Vec<Place>,
    by_address: BTreeMap<IpAddr, usize>,
    events: BinaryHeap<Reverse<Pending>>,
    /// Numbers the events, so that of two at the same time the older comes first.
    next_number: u64,
    dice: Dice,
    /// Who wants to know of each packet that vanishes.
    pub(super) on_loss: Option<OnLoss>,
}

/// Is told of each packet that vanishes on the way, and when.
pub type OnLoss = Box<dyn FnMut(Instant, &[u8]) + Send>;

struct Place {
    inhabitant: Inhabitant,
    path: Path,
    to_core: Lane,
    from_core: Lane,
}

/// What stands at the end of a path.
pub(super) enum Inhabitant {
    /// A state machine that the world runs.
    Node(Box<dyn Node>),
    /// A link that is driven from outside: the packets that wait for it.
    Link(VecDeque<Vec<u8>>),
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pending {
    time: Instant,
    number: u64,
    happening: Happening,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    /// A packet reaches the core.
    AtCore(Vec<u8>),
    /// A packet reaches the end of a path.
    AtHost(usize, Vec<u8>),
}

impl World {
    pub(super) fn new(start: Instant, seed: u64) -> World {
        World {
            now: start,
            counters: Counters::default(),
            places: Vec::new(),
            by_address: BTreeMap::new(),
            events: BinaryHeap::new(),
            next_number: 0,
            dice: Dice(seed),
            on_loss: None,
        }
    }

    pub(super) fn add(&mut self, addresses: Vec<IpAddr>, inhabitant: Inhabitant, path: Path) -> usize {
        let place = self.places.len();
        self.by_address.extend(addresses.into_iter().map(|address| (address, place)));
        self.places.push(Place { inhabitant, path, to_core: Lane::default(), from_core: Lane::default() });
        place
    }

    /// A packet leaves the host at `place`.
    pub(super) fn send(&mut self, place: usize, packet: Vec<u8>) {
        self.counters.sent += 1;
        let Some(from) = self.places.get_mut(place) else { return };
        let times = from.to_core.pass(&from.path, self.now, packet.len(), &mut self.dice, &mut self.counters);
        self.schedule(times, packet, Happening::AtCore);
    }

    fn schedule(&mut self, times: Vec<Instant>, packet: Vec<u8>, happening: impl Fn(Vec<u8>) -> Happening) {
        if let ([], Some(tell)) = (&times[..], &mut self.on_loss) {
            tell(self.now, &packet);
        }
        for time in times {
            let pending = Pending { time, number: self.next_number, happening: happening(packet.clone()) };
            self.next_number += 1;
            self.events.push(Reverse(pending));
        }
    }

    /// Runs until a packet waits at the link `place`, or `deadline` has come.
    pub(super) fn receive(&mut self, place: usize, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(Inhabitant::Link(waiting)) =
                self.places.get_mut(place).map(|place| &mut place.inhabitant)
                && let Some(packet) = waiting.pop_front()
            {
                return Ok(Some(packet));
            }
            let next = self.next_event();
            match (next, deadline) {
                (Some(next), deadline) if deadline.is_none_or(|deadline| next <= deadline) => self.step(next),
                (_, Some(deadline)) => {
                    self.now = self.now.max(deadline);
                    return Ok(None);
                }
                _ => {
                    let message = "nothing will ever happen: no packet is under way in the simulated internet, \
                                   no host waits for a moment, and the caller has set no deadline";
                    return Err(io::Error::new(io::ErrorKind::Deadlock, message));
                }
            }
        }
    }

    /// Runs until a packet waits at some link, or `deadline` has come.
    pub(super) fn run_until_packet(&mut self, deadline: Instant) {
        let waits =
            |place: &Place| matches!(&place.inhabitant, Inhabitant::Link(waiting) if !waiting.is_empty());
        while !self.places.iter().any(waits) {
            match self.next_event() {
                Some(next) if next <= deadline => self.step(next),
                _ => {
                    self.now = self.now.max(deadline);
                    return;
                }
            }
        }
    }

    fn next_event(&self) -> Option<Instant> {
        let packet = self.events.peek().map(|Reverse(pending)| pending.time);
        let deadlines = self.places.iter().filter_map(|place| match &place.inhabitant {
            Inhabitant::Node(node) => node.deadline(),
            Inhabitant::Link(_) => None,
        });
        packet.into_iter().chain(deadlines).min()
    }

    /// Moves time on to `next`, and does the one thing that happens then: a packet first, then the nodes that are due.
    fn step(&mut self, next: Instant) {
        self.now = self.now.max(next);
        if self.events.peek().is_some_and(|Reverse(pending)| pending.time <= self.now)
            && let Some(Reverse(pending)) = self.events.pop()
        {
            match pending.happening {
                Happening::AtCore(packet) => self.cross_core(packet),
                Happening::AtHost(place, packet) => self.deliver(place, packet),
            }
            return;
        }
        for place in 0..self.places.len() {
            let now = self.now;
            if let Some(Inhabitant::Node(node)) =
                self.places.get_mut(place).map(|place| &mut place.inhabitant)
                && node.deadline().is_some_and(|deadline| deadline <= now)
            {
                node.on_deadline(now);
                self.collect(place);
            }
        }
    }

    fn cross_core(&mut self, packet: Vec<u8>) {
        let destination = IpPacket::parse(&packet).ok().map(|packet| packet.header.destination());
        let place = destination.and_then(|address| self.by_address.get(&address).copied());
        let Some((place, to)) = place.and_then(|place| self.places.get_mut(place).map(|to| (place, to)))
        else {
            self.counters.no_such_host += 1;
            return;
        };
        let times = to.from_core.pass(&to.path, self.now, packet.len(), &mut self.dice, &mut self.counters);
        self.schedule(times, packet, |packet| Happening::AtHost(place, packet));
    }

    fn deliver(&mut self, place: usize, packet: Vec<u8>) {
        self.counters.delivered += 1;
        let now = self.now;
        match self.places.get_mut(place).map(|place| &mut place.inhabitant) {
            Some(Inhabitant::Node(node)) => {
                node.receive(now, &packet);
                self.collect(place);
            }
            Some(Inhabitant::Link(waiting)) => waiting.push_back(packet),
            None => {}
        }
    }

    /// Takes from a node what it wants sent.
    pub(super) fn collect(&mut self, place: usize) {
        let now = self.now;
        while let Some(Inhabitant::Node(node)) = self.places.get_mut(place).map(|place| &mut place.inhabitant)
            && let Some(packet) = node.transmit(now)
        {
            self.send(place, packet);
        }
    }
}
