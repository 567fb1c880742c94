//! Who leads where: the cheapest ways from every router to every prefix, found from the map of wires.
//!
//! This stands in for routing protocols (OSPF, BGP). It is none of them: it knows the whole map. What a packet meets is
//! the same: the longest prefix, then the least cost, and news that takes time.
//!
//! Tested in `tests/routes.rs`.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::node::Port;
use crate::prefix::Prefix;
use crate::routes::Route;

/// A wire as a router sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hop {
    /// The port by which the wire is left here.
    pub(crate) port: Port,
    /// The node at its other end, and the port there.
    pub(crate) to: (usize, Port),
    pub(crate) cost: u32,
}

/// What a node does with packets that are not for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing: it is a host.
    Host,
    /// It routes them.
    Router,
    /// It only joins wires: the nodes around it are neighbours.
    Switch,
}

/// Nodes that lead to a prefix, each by all of its ports or by one.
pub(crate) type Origins = BTreeSet<(usize, Option<Port>)>;

/// The map: nodes, wires, and who announces which prefix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    pub(crate) kinds: Vec<Kind>,
    /// The wires of each node that are up.
    pub(crate) hops: Vec<Vec<Hop>>,
    /// A prefix, and the nodes that say they lead to it.
    pub(crate) announced: BTreeMap<Prefix, Origins>,
    /// Single addresses, known to the neighbours only.
    pub(crate) neighbours: BTreeMap<Prefix, Origins>,
    /// The routers that have a network at hand: an address in it that no neighbour has does not exist.
    pub(crate) at_hand: BTreeMap<Prefix, BTreeSet<usize>>,
}

/// A way from a node, and how many wires away the node is that announced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) route: Route,
    pub(crate) distance: u32,
}

/// The ways to a prefix, by the node they start at. A node that is not there has none.
pub(crate) type Ways = BTreeMap<usize, Way>;

impl Map {
    /// All prefixes that some router must know.
    pub(crate) fn prefixes(&self) -> BTreeSet<Prefix> {
        let all = self.announced.keys().chain(self.neighbours.keys()).chain(self.at_hand.keys());
        all.copied().collect()
    }

    /// The ways to `prefix`. An address of a neighbour is nearer than one that is announced, and a network at hand
    /// nearer than both.
    pub(crate) fn ways(&self, prefix: Prefix) -> Ways {
        let mut ways = Ways::new();
        if let Some(origins) = self.announced.get(&prefix) {
            ways = self.cheapest(origins, false);
        }
        if let Some(origins) = self.neighbours.get(&prefix) {
            ways.extend(self.cheapest(origins, true));
        }
        let at_hand = Way { route: Route { port: None, cost: 0 }, distance: 0 };
        ways.extend(self.at_hand.get(&prefix).into_iter().flatten().map(|node| (*node, at_hand)));
        ways
    }

    /// The cheapest ways to the node `origin`, which say how far away each node is from there.
    pub(crate) fn ways_to_node(&self, origin: usize) -> Ways {
        self.cheapest(&Origins::from([(origin, None)]), false)
    }

    /// The cheapest ways to any of `origins` (Dijkstra's algorithm, from the origins on). Neighbours are asked only as
    /// far as the first router.
    fn cheapest(&self, origins: &Origins, only_neighbours: bool) -> Ways {
        let mut ways = Ways::new();
        let mut next = BinaryHeap::new();
        let is_origin = |node| origins.range((node, None)..=(node, Some(Port(usize::MAX)))).next().is_some();
        for (origin, port) in origins {
            let leads = |hop: &&Hop| port.is_none_or(|port| hop.port == port);
            let hops = self.hops.get(*origin).into_iter().flatten();
            for hop in hops.filter(leads).filter(|hop| !is_origin(hop.to.0)) {
                next.push(Reverse((hop.cost, 1, hop.to)));
            }
        }
        while let Some(Reverse((cost, distance, (node, port)))) = next.pop() {
            let Entry::Vacant(way) = ways.entry(node) else { continue };
            way.insert(Way { route: Route { port: Some(port), cost }, distance });
            let passes_on = match self.kinds[node] {
                Kind::Host => false,
                Kind::Router => !only_neighbours,
                Kind::Switch => true,
            };
            for hop in self.hops[node].iter().filter(|hop| passes_on && !is_origin(hop.to.0)) {
                next.push(Reverse((cost.saturating_add(hop.cost), distance + 1, hop.to)));
            }
        }
        ways
    }
}
