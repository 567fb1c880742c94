//! The engine of a world: nodes, wires, the clock. What happens in which order is in `run.rs`.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::Instant;

use barewire_packet::link::Way;

use super::change::Change;
use super::news::News;
use super::paths::{Hop, Map};
use crate::agenda::Agenda;
use crate::counters::Counters;
use crate::later::later;
use crate::node::{Node, Note, Port, Transmit};
use crate::tamper::{Tamper, Tampering, flip};
use crate::tap::{Passing, Seen, Tap};
use crate::wire::{Lane, Lost, Passage, Wire};

/// Everything that a world is.
pub(crate) struct Engine {
    pub(crate) now: Instant,
    pub(crate) stations: Vec<Station>,
    pub(crate) lines: Vec<Line>,
    pub(crate) map: Map,
    pub(crate) counters: Counters,
    pub(crate) losses: Vec<Box<dyn Tap>>,
    pub(super) agenda: Agenda<Happening>,
    pub(super) news: News,
    /// At how many links a packet waits to be read.
    pub(super) links_with_packets: usize,
    stations_by_name: HashMap<String, usize>,
    lines_by_name: HashMap<String, usize>,
}

/// A node and its wires.
pub(crate) struct Station {
    pub(crate) name: String,
    pub(crate) inhabitant: Inhabitant,
    /// Which end of which line is plugged into each port.
    pub(crate) ports: Vec<(usize, Side)>,
    pub(crate) taps: Vec<Box<dyn Tap>>,
    pub(crate) tamper: Option<Box<dyn Tamper>>,
    /// The name of each port for a tap.
    pub(crate) places: Vec<String>,
    pub(crate) off: bool,
    /// The moments for which the agenda has a note to wake the node, the earliest last.
    pub(super) wakes: Vec<Instant>,
}

/// What stands at a place.
pub(crate) enum Inhabitant {
    /// A state machine that the world runs.
    Node(Box<dyn Node>),
    /// A link that is driven from outside: the packets that wait for it.
    Link(VecDeque<Vec<u8>>),
}

/// One of the two ends of a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

impl Side {
    pub(crate) fn other(self) -> Side {
        match self {
            Side::A => Side::B,
            Side::B => Side::A,
        }
    }
}

/// A wire that is plugged in.
pub(crate) struct Line {
    pub(crate) name: String,
    /// From A to B, and from B to A.
    pub(crate) wires: [Wire; 2],
    /// Node and port at the ends A and B.
    pub(crate) ends: [(usize, Port); 2],
    /// What happens on it, each way.
    pub(crate) lanes: [Lane; 2],
    pub(crate) up: bool,
    /// How often it went down: what was under way then does not arrive.
    pub(crate) times_down: u32,
}

/// What the agenda has notes of.
pub(super) enum Happening {
    /// A packet comes out at the end `side` of a line.
    Arrives {
        line: usize,
        side: Side,
        packet: Vec<u8>,
        times_down: u32,
    },
    /// A node may want to be woken.
    Wakes(usize),
    /// News of a route reaches a router.
    Learns(super::news::Learned),
    Changes(Change),
}

impl Station {
    pub(crate) fn new(
        name: String,
        inhabitant: Inhabitant,
        ports: Vec<(usize, Side)>,
        places: Vec<String>,
    ) -> Station {
        let (taps, wakes) = (Vec::new(), Vec::new());
        Station { name, inhabitant, ports, taps, tamper: None, places, off: false, wakes }
    }

    /// What is done to a packet at this node. Bits are inverted at once.
    pub(super) fn tamper(&mut self, way: Way, packet: &mut [u8]) -> Tampering {
        let unread = match &self.inhabitant {
            Inhabitant::Link(waiting) => waiting.len(),
            Inhabitant::Node(_) => 0,
        };
        let Some(tamper) = &mut self.tamper else { return Tampering::default() };
        let done = tamper.packet(way, unread, packet);
        done.flip.iter().for_each(|bit| flip(packet, *bit));
        done
    }

    pub(super) fn tell(&mut self, now: Instant, port: Port, way: Way, packet: &[u8], note: Option<&Note>) {
        let place = self.places.get(port.0).map_or("", String::as_str);
        let note = note.map(|note| note.as_ref() as &dyn fmt::Display);
        for tap in &mut self.taps {
            tap.packet(&Passing { now, place, what: Seen::Passes(way), packet, note });
        }
    }
}

impl Engine {
    pub(crate) fn new(start: Instant, stations: Vec<Station>, lines: Vec<Line>, map: Map) -> Engine {
        let names = |names: &mut dyn Iterator<Item = &String>| {
            names.enumerate().map(|(place, name)| (name.clone(), place)).collect()
        };
        Engine {
            now: start,
            stations_by_name: names(&mut stations.iter().map(|station| &station.name)),
            lines_by_name: names(&mut lines.iter().map(|line| &line.name)),
            stations,
            lines,
            map,
            counters: Counters::default(),
            losses: Vec::new(),
            agenda: Agenda::new(),
            news: News::default(),
            links_with_packets: 0,
        }
    }

    /// The place of the node of this name.
    pub(crate) fn station(&self, name: &str) -> Option<usize> {
        self.stations_by_name.get(name).copied()
    }

    /// The place of the wire of this name.
    pub(crate) fn line(&self, name: &str) -> Option<usize> {
        self.lines_by_name.get(name).copied()
    }

    /// What the wire at a station's first port carries.
    pub(super) fn mtu(&self, station: usize) -> usize {
        let plugged = self.stations.get(station).and_then(|station| station.ports.first());
        let line = plugged.and_then(|(line, side)| Some((self.lines.get(*line)?, side)));
        line.map_or(usize::MAX, |(line, side)| line.wires[*side as usize].mtu)
    }

    /// Notes that every node is asked for its first packets and its first deadline as soon as time begins. Taps that
    /// are added before that see these packets, too.
    pub(crate) fn begin(&mut self) {
        (0..self.stations.len()).for_each(|station| self.agenda.add(self.now, Happening::Wakes(station)));
    }

    /// The wires of each node that carry something, as routers see them: they are up, and both ends are on.
    pub(super) fn hops(&self) -> Vec<Vec<Hop>> {
        let is_on = |(station, _): &(usize, Port)| self.stations.get(*station).is_some_and(|at| !at.off);
        let hop = |(line, side): &(usize, Side), port| {
            let line = self.lines.get(*line).filter(|line| line.up && line.ends.iter().all(is_on))?;
            let to = line.ends[side.other() as usize];
            Some(Hop { port: Port(port), to, cost: line.wires[0].cost })
        };
        let of = |station: &Station| {
            station.ports.iter().enumerate().filter_map(|(port, end)| hop(end, port)).collect()
        };
        self.stations.iter().map(of).collect()
    }

    /// A packet leaves `station` by `port`.
    pub(crate) fn send(&mut self, station: usize, transmit: Transmit) {
        let Transmit { port, mut packet, note } = transmit;
        let now = self.now;
        let Some(from) = self.stations.get_mut(station) else { return };
        self.counters.sent += 1;
        let plugged = from.ports.get(port.0).copied();
        if from.off {
            return self.lose(plugged.map(|(line, _)| line), &packet, Lost::Off);
        }
        from.tell(now, port, Way::Sent, &packet, note.as_ref());
        let Tampering { drop, delay, .. } = from.tamper(Way::Sent, &mut packet);
        if drop {
            return self.lose(plugged.map(|(line, _)| line), &packet, Lost::Taken);
        }
        let Some((index, side)) = plugged else { return self.lose(None, &packet, Lost::NoWire) };
        let Some(line) = self.lines.get_mut(index) else { return self.lose(None, &packet, Lost::NoWire) };
        if !line.up {
            return self.lose(Some(index), &packet, Lost::Down);
        }
        match line.lanes[side as usize].pass(&line.wires[side as usize], now, &mut packet) {
            Passage::Lost(lost) => self.lose(Some(index), &packet, lost),
            Passage::Arrives { at, again, held_back, corrupted } => {
                let delay = delay.unwrap_or_default();
                let times_down = line.times_down;
                let arrives =
                    |packet| Happening::Arrives { line: index, side: side.other(), packet, times_down };
                self.counters.reordered += u64::from(held_back);
                self.counters.corrupted += u64::from(corrupted);
                if let Some(again) = again {
                    self.counters.duplicated += 1;
                    self.agenda.add(later(again, delay), arrives(packet.clone()));
                }
                self.agenda.add(later(at, delay), arrives(packet));
            }
        }
    }

    /// A packet ends on a wire.
    pub(super) fn lose(&mut self, line: Option<usize>, packet: &[u8], lost: Lost) {
        self.counters.count(lost);
        let place = line.and_then(|line| self.lines.get(line)).map_or("no wire", |line| line.name.as_str());
        for tap in &mut self.losses {
            tap.packet(&Passing { now: self.now, place, what: Seen::Lost, packet, note: Some(&lost) });
        }
    }
}
