//! A random internet, its traffic, and what changes in it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use barewire_internet::router::echo_reply;
use barewire_internet::{Change, Loss, Node, Note, Port, Router, Topology, Transmit, Verdict, Wire, World};
use barewire_packet::checksum;
use barewire_packet::transit::Transit;
use barewire_packet::udp;
use barewire_tcp::{Config, KeepAlive};

use crate::common::*;
use crate::talker::{self, Plan, Talker, Talks};

/// Random numbers: a linear congruential generator, of which the high bits are good enough here.
pub(crate) struct Roll(u64);

impl Roll {
    pub(crate) fn new(seed: u64) -> Roll {
        Roll(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5555_5555_5555_5555)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// Prefixes that routers announce and withdraw. Not all of what lies in them is theirs.
const PREFIXES: [&str; 3] = ["10.0.0.0/9", "10.0.1.0/25", "2001:db8:1::/65"];

enum Kind {
    Router,
    Switch,
    /// Driven by the test.
    Link,
    /// Sends back what it gets.
    Mirror,
    /// Has our TCP.
    Talker,
}

struct Station {
    name: String,
    kind: Kind,
    /// The number of each network it is in.
    networks: Vec<usize>,
}

pub(crate) struct Drawing {
    stations: Vec<Station>,
    wires: Vec<(usize, usize, Wire, Wire)>,
    networks: usize,
    says: Vec<Says>,
}

/// A talker says something to another, by one version of IP.
struct Says {
    from: usize,
    to: usize,
    v4: bool,
    after: Duration,
    size: usize,
}

impl Drawing {
    pub(crate) fn new(roll: &mut Roll) -> Drawing {
        let mut drawing = Drawing { stations: Vec::new(), wires: Vec::new(), networks: 0, says: Vec::new() };
        let routers = 1 + roll.below(8) as usize;
        for router in 0..routers {
            drawing.add("r", Kind::Router, Vec::new());
            // A tree, and some wires more.
            if router > 0 {
                drawing.join_routers(roll, router);
            }
            if router > 1 && roll.one_in(2) {
                drawing.join_routers(roll, router);
            }
        }
        // Networks of hosts: a wire to a router, or a switch, or two in a row.
        while drawing.stations.len() < 28 && (drawing.stations.len() < routers + 4 || !roll.one_in(8)) {
            let (router, network) = (roll.below(routers as u64) as usize, drawing.network());
            drawing.stations[router].networks.push(network);
            let mut at = router;
            for _ in 0..roll.below(3) {
                let switch = drawing.add("s", Kind::Switch, vec![network]);
                drawing.join(roll, at, switch);
                at = switch;
            }
            let hosts = if at == router { 1 } else { 1 + roll.below(4) };
            for _ in 0..hosts.min(30 - drawing.stations.len() as u64) {
                let kind = match roll.below(4) {
                    _ if drawing.links().count() == 0 => Kind::Link,
                    0 | 1 => Kind::Link,
                    2 => Kind::Mirror,
                    _ => Kind::Talker,
                };
                let host = drawing.add("h", kind, vec![network]);
                drawing.join(roll, at, host);
            }
        }
        drawing.talk(roll);
        drawing
    }

    /// Some talkers have something to say to others, before the world changes and meanwhile.
    fn talk(&mut self, roll: &mut Roll) {
        let talkers: Vec<usize> =
            (0..self.stations.len()).filter(|at| matches!(self.stations[*at].kind, Kind::Talker)).collect();
        for _ in 0..if talkers.len() > 1 { 2 + roll.below(10) } else { 0 } {
            let (from, to) = (*roll.pick(&talkers), *roll.pick(&talkers));
            let after = Duration::from_micros(roll.below(3_000_000));
            let (v4, size) = (roll.one_in(2), roll.below(20_000) as usize);
            if from != to {
                self.says.push(Says { from, to, v4, after, size });
            }
        }
        self.says.sort_by_key(|says| says.after);
    }

    fn add(&mut self, letter: &str, kind: Kind, networks: Vec<usize>) -> usize {
        let name = format!("{letter}{}", self.stations.len());
        self.stations.push(Station { name, kind, networks });
        self.stations.len() - 1
    }

    fn network(&mut self) -> usize {
        self.networks += 1;
        self.networks
    }

    fn join_routers(&mut self, roll: &mut Roll, router: usize) {
        let (other, network) = (roll.below(router as u64) as usize, self.network());
        self.stations[router].networks.push(network);
        self.stations[other].networks.push(network);
        self.join(roll, router, other);
    }

    fn join(&mut self, roll: &mut Roll, a: usize, b: usize) {
        let (there, back) = (wire(roll), wire(roll));
        self.wires.push((a, b, there, back));
    }

    pub(crate) fn build(&self, seed: u64, start: Instant, talks: &Talks) -> World {
        let mut plan = Topology::new(start, seed);
        for (number, station) in self.stations.iter().enumerate() {
            let card = |network: &usize| {
                format!("{}/24 {}/64", address(*network, number, true), address(*network, number, false))
            };
            let cards: Vec<String> = station.networks.iter().map(card).collect();
            let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
            match station.kind {
                Kind::Router => plan.node(&station.name, &cards, Box::new(Router::new())),
                Kind::Switch => plan.switch(&station.name, cards[0]),
                Kind::Link => plan.link(&station.name, cards[0]),
                Kind::Mirror => plan.node(&station.name, &cards, Box::<Mirror>::default()),
                Kind::Talker => {
                    plan.node(&station.name, &cards, Box::new(self.talker(number, seed, start, talks)))
                }
            }
        }
        for (a, b, there, back) in &self.wires {
            let (a, b) = (&self.stations[*a].name, &self.stations[*b].name);
            plan.wire_each_way(a, b, there.clone(), back.clone());
        }
        plan.build().unwrap_or_else(|error| panic!("seed {seed}: {error}"))
    }

    fn talker(&self, number: usize, seed: u64, start: Instant, talks: &Talks) -> Talker {
        let at = |number: usize, v4| ip(&address(self.stations[number].networks[0], number, v4));
        let says = self.says.iter().filter(|says| says.from == number).map(|says| {
            let said = (0..says.size as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
            (start + says.after, (at(says.to, says.v4), talker::PORT).into(), said)
        });
        // Packets are small enough for every wire. A peer that has given up is found out.
        let keep_alive = Some(KeepAlive { idle: Duration::from_secs(3600), ..KeepAlive::default() });
        let config = Config { mtu: 576, keep_alive, ..Config::default() };
        let addresses = vec![at(number, true), at(number, false)];
        Talker::new(addresses, config, seed ^ (number as u64) << 32, says.collect::<Plan>(), talks.clone())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.stations.iter().map(|station| station.name.as_str())
    }

    pub(crate) fn links(&self) -> impl Iterator<Item = &str> {
        let links = self.stations.iter().filter(|station| matches!(station.kind, Kind::Link));
        links.map(|station| station.name.as_str())
    }

    /// A packet from one of the links to a host, to a router, or to nobody.
    pub(crate) fn packet(&self, roll: &mut Roll, number: u32) -> (String, Vec<u8>) {
        let links: Vec<usize> =
            (0..self.stations.len()).filter(|at| matches!(self.stations[*at].kind, Kind::Link)).collect();
        let others: Vec<usize> =
            (0..self.stations.len()).filter(|at| !matches!(self.stations[*at].kind, Kind::Switch)).collect();
        let (from, to, v4) = (*roll.pick(&links), *roll.pick(&others), roll.one_in(2));
        let source = address(self.stations[from].networks[0], from, v4);
        let destination = match roll.below(20) {
            0 => address(self.stations[to].networks[0], 200, v4),
            1 => address(250, 1, v4),
            _ => address(*roll.pick(&self.stations[to].networks), to, v4),
        };
        let size = if roll.one_in(4) { roll.below(1100) } else { roll.below(100) } as usize;
        let mut data = number.to_be_bytes().to_vec();
        data.extend((0..size).map(|at| at as u8));
        let packet = if roll.one_in(4) {
            request(&source, &destination, size)
        } else {
            udp::ip_packet((ip(&source), 40000).into(), (ip(&destination), 7).into(), &data)
        };
        let packet = if v4 && roll.one_in(2) { may_be_cut(packet, number as u16) } else { packet };
        let hops = if roll.one_in(5) { 1 + roll.below(5) } else { 64 };
        (self.stations[from].name.clone(), with_hops(packet, hops as u8))
    }

    /// All that makes up for such changes: every wire and every node works, and routes lead where the map says.
    pub(crate) fn heals(&self) -> Vec<Change> {
        let name = |at: usize| self.stations[at].name.clone();
        let wires = self.wires.iter().map(|(a, b, ..)| Change::Up(format!("{}-{}", name(*a), name(*b))));
        let nodes = (0..self.stations.len()).map(|at| Change::On(name(at)));
        let withdraw = |(at, prefix): (usize, &str)| Change::Withdraw {
            node: name(at),
            prefix: prefix.parse().unwrap(),
            each_hop: Duration::ZERO,
        };
        let announced = (0..self.stations.len()).flat_map(|at| PREFIXES.map(|prefix| (at, prefix)));
        wires.chain(nodes).chain(announced.map(withdraw)).chain([Change::Converge]).collect()
    }

    /// Something that changes in the world.
    pub(crate) fn change(&self, roll: &mut Roll) -> Change {
        let (a, b, ..) = roll.pick(&self.wires);
        // Two wires between the same routers: only the first is meant.
        let name = format!("{}-{}", self.stations[*a].name, self.stations[*b].name);
        let node = roll.pick(&self.stations).name.clone();
        let each_hop = Duration::from_millis(roll.below(200));
        let prefix = roll.pick(&PREFIXES).parse().unwrap();
        match roll.below(8) {
            0 => Change::Down(name),
            1 | 2 => Change::Up(name),
            3 => Change::Wire(name, wire(roll)),
            4 if roll.one_in(2) => Change::Off(node),
            4 | 5 => Change::On(node),
            6 if roll.one_in(2) => Change::Announce { node, prefix, each_hop },
            6 => Change::Withdraw { node, prefix, each_hop },
            _ => Change::Converge,
        }
    }
}

fn address(network: usize, station: usize, v4: bool) -> String {
    if v4 {
        format!("10.0.{network}.{}", station + 1)
    } else {
        format!("2001:db8:{network:x}::{:x}", station + 1)
    }
}

fn wire(roll: &mut Roll) -> Wire {
    let mut wire = Wire::with_delay(Duration::from_micros(roll.below(20_000))).cost(1 + roll.below(4) as u32);
    if roll.one_in(3) {
        wire = wire.rate(50_000 + roll.below(2_000_000)).queue(500 + roll.below(5_000) as usize);
    }
    if roll.one_in(4) {
        wire.jitter = Duration::from_micros(roll.below(5000));
    }
    wire.loss = match roll.below(6) {
        0 => Loss::Random(0.1),
        1 => Loss::Bursts { enter: 0.05, leave: 0.3, lost: 0.8 },
        _ => Loss::None,
    };
    let mut faults = [0.0; 3];
    faults.iter_mut().for_each(|fault| *fault = if roll.one_in(6) { 0.05 } else { 0.0 });
    [wire.duplicate, wire.reorder, wire.corrupt] = faults;
    if roll.one_in(6) { wire.mtu(600 + roll.below(900) as usize) } else { wire }
}

/// A host that sends back each datagram, and answers echo requests.
#[derive(Default)]
struct Mirror {
    waiting: VecDeque<Vec<u8>>,
}

impl Node for Mirror {
    fn receive(&mut self, _: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let packet = match Transit::parse(packet) {
            Ok(packet) => packet,
            Err(refused) => return Verdict::Dropped(Box::new(refused) as Note),
        };
        if let wrong @ checksum::Verdict::Wrong { .. } = packet.verdict()
            && !packet.is_fragment()
        {
            return Verdict::Dropped(Box::new(wrong));
        }
        let reply = match packet.protocol() {
            17 if !packet.is_fragment() && packet.payload().len() >= 12 => {
                let (from, to) = ((packet.destination(), 7).into(), (packet.source(), 40000).into());
                // Sent back once: who mirrors a mirror would do so for ever.
                let is_question = packet.flow().is_some_and(|flow| flow.destination.port() == 7);
                is_question.then(|| udp::ip_packet(from, to, &packet.payload()[8..]))
            }
            _ => echo_reply(&packet),
        };
        self.waiting.extend(reply);
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        let packet = self.waiting.pop_front()?;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}
}
