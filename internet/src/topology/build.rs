//! From a drawing to a world: which network card a wire is plugged into, and what each router knows.

use std::collections::{BTreeMap, BTreeSet};

use super::drawing::{Drawing, Drawn, Joint};
use super::error::TopologyError;
use super::groups::Groups;
use crate::dice::Dice;
use crate::node::{Attachment, Port};
use crate::prefix::{Address, Prefix};
use crate::wire::Lane;
use crate::world::World;
use crate::world::engine::{Engine, Inhabitant, Line, Side, Station};
use crate::world::paths::{Kind, Map};

/// A drawing whose names are places.
struct Plan {
    nodes: Vec<Drawn>,
    places: BTreeMap<String, usize>,
    lines: Vec<Line>,
    /// The names that wires have.
    names: BTreeSet<String>,
    /// Which switches are joined to one network so far.
    switches: Groups,
    /// For each port of each node: its line, its end of it, and its network card.
    ports: Vec<Vec<(usize, Side, Option<usize>)>>,
}

/// Builds a world.
pub(super) fn build(drawing: Drawing) -> Result<World, TopologyError> {
    let Drawing { start, seed, nodes, wires, announced, kept, errors } = drawing;
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let ports = vec![Vec::new(); nodes.len()];
    let (places, names) = (places(&nodes)?, BTreeSet::new());
    let switches = Groups::new(nodes.len());
    let mut plan = Plan { places, nodes, lines: Vec::new(), names, switches, ports };
    for joint in wires {
        plan.join(joint, seed)?;
    }
    let mut map = plan.map(&kept);
    for (node, prefix) in announced {
        let node = plan.place(&node)?;
        map.announced.entry(prefix).or_default().insert((node, None));
    }
    let mut engine = plan.into_engine(start, map);
    engine.converge();
    engine.begin();
    Ok(World::new(engine))
}

/// The place of each name.
fn places(nodes: &[Drawn]) -> Result<BTreeMap<String, usize>, TopologyError> {
    let mut places = BTreeMap::new();
    for (place, node) in nodes.iter().enumerate() {
        if places.insert(node.name.clone(), place).is_some() {
            return Err(TopologyError::TwoOfOneName(node.name.clone()));
        }
    }
    Ok(places)
}

impl Plan {
    fn place(&self, name: &str) -> Result<usize, TopologyError> {
        self.places.get(name).copied().ok_or_else(|| TopologyError::NoSuchNode(name.to_owned()))
    }

    /// Plugs a wire into a network card of either node.
    fn join(&mut self, joint: Joint, seed: u64) -> Result<(), TopologyError> {
        let (a, b) = (self.place(&joint.a)?, self.place(&joint.b)?);
        if a == b {
            return Err(TopologyError::ToItself(joint.a));
        }
        for end in [a, b] {
            let Drawn { name, inhabitant, .. } = &self.nodes[end];
            if matches!(inhabitant, Inhabitant::Link(_)) && !self.ports[end].is_empty() {
                return Err(TopologyError::SecondWire(name.clone()));
            }
        }
        let (card_a, card_b) = (self.card(a, b)?, self.card(b, a)?);
        let name = self.name(&joint);
        if [a, b].iter().all(|end| self.nodes[*end].kind == Kind::Switch) && !self.switches.join(a, b) {
            return Err(TopologyError::RingOfSwitches(name));
        }
        let line = self.lines.len();
        let ends = [(a, Port(self.ports[a].len())), (b, Port(self.ports[b].len()))];
        self.ports[a].push((line, Side::A, card_a));
        self.ports[b].push((line, Side::B, card_b));
        let dice = |way| Lane::new(Dice::new(seed, 2 * line as u64 + way));
        self.lines.push(Line {
            name,
            wires: [joint.there, joint.back],
            ends,
            lanes: [dice(0), dice(1)],
            up: true,
            times_down: 0,
        });
        Ok(())
    }

    /// The name of a wire. The second one between the same nodes has a number; so has one between others whose names
    /// read the same, such as `a-b` and `c` after `a` and `b-c`.
    fn name(&mut self, joint: &Joint) -> String {
        let plain = format!("{}-{}", joint.a, joint.b);
        let mut name = plain.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{plain}-{number}");
        }
        name
    }

    /// Which network card of `node` a wire to `other` is plugged into.
    fn card(&self, node: usize, other: usize) -> Result<Option<usize>, TopologyError> {
        let networks =
            |card: &Vec<Address>| card.iter().map(|address| address.prefix()).collect::<BTreeSet<_>>();
        let (cards, others) = (&self.nodes[node].cards, &self.nodes[other].cards);
        let theirs: BTreeSet<Prefix> = others.iter().flat_map(networks).collect();
        let common = cards.iter().position(|card| !networks(card).is_disjoint(&theirs));
        // A card without addresses, and an address that is a network of its own, fit any wire.
        let has_network = |cards: &[Vec<Address>]| cards.iter().flatten().any(|address| !address.is_alone());
        if common.is_none() && cards.len() < 2 && !(has_network(cards) && has_network(others)) {
            return Ok(cards.first().map(|_| 0));
        }
        common.map(Some).ok_or_else(|| TopologyError::NoCommonNetwork {
            node: self.nodes[node].name.clone(),
            other: self.nodes[other].name.clone(),
        })
    }

    /// The map of the drawing: routers announce the networks of their cards, and every address has neighbours.
    fn map(&self, kept: &[Prefix]) -> Map {
        let kinds: Vec<Kind> = self.nodes.iter().map(|node| node.kind).collect();
        let mut map = Map { kinds, ..Map::default() };
        let is_kept = |network: Prefix| {
            kept.iter().any(|kept| kept.contains(network.network()) && kept.length() <= network.length())
        };
        for (place, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.kind != Kind::Switch) {
            for (port, (.., card)) in self.ports[place].iter().enumerate() {
                for address in card.and_then(|card| node.cards.get(card)).into_iter().flatten() {
                    let neighbour = (place, Some(Port(port)));
                    map.neighbours.entry(Prefix::only(address.address)).or_default().insert(neighbour);
                    if node.kind == Kind::Router {
                        map.at_hand.entry(address.prefix()).or_default().insert(place);
                    }
                    if node.kind == Kind::Router && !is_kept(address.prefix()) {
                        map.announced.entry(address.prefix()).or_default().insert((place, None));
                    }
                }
            }
        }
        map
    }

    /// Tells each node about its ports, and puts everything in its place.
    fn into_engine(self, start: std::time::Instant, map: Map) -> Engine {
        let Plan { nodes, lines, ports, .. } = self;
        let station = |(mut node, ports): (Drawn, Vec<(usize, Side, Option<usize>)>)| {
            if let Inhabitant::Node(inhabitant) = &mut node.inhabitant {
                for (port, (line, side, card)) in ports.iter().enumerate() {
                    let addresses = card.and_then(|card| node.cards.get(card)).cloned().unwrap_or_default();
                    let (mtu, wire) = (lines[*line].wires[*side as usize].mtu, lines[*line].name.clone());
                    inhabitant.attach(Port(port), Attachment { addresses, mtu, wire });
                }
            }
            let place = |(line, ..): &(usize, Side, Option<usize>)| match ports.len() {
                1 => node.name.clone(),
                _ => format!("{} ({})", node.name, lines[*line].name),
            };
            let places = ports.iter().map(place).collect();
            let ports = ports.iter().map(|(line, side, _)| (*line, *side)).collect();
            Station::new(node.name, node.inhabitant, ports, places)
        };
        let stations = nodes.into_iter().zip(ports).map(station).collect();
        Engine::new(start, stations, lines, map)
    }
}
