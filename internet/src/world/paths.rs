//! Who leads where: the cheapest ways from every router to every prefix, found from the map of wires.
//!
//! This stands in for routing protocols (OSPF, BGP). It is none of them: it knows the whole map. What a packet meets is
//! the same: the longest prefix, then the least cost, and news that takes time.
//!
//! Tested in `tests/routes.rs`.

use std::cmp::Reverse;
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
    /// The networks at hand of each router: an address in one of them that no neighbour has does not exist.
    pub(crate) at_hand: Vec<BTreeSet<Prefix>>,
}

/// A way from a node, and how many wires away the node is that announced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) route: Route,
    pub(crate) distance: u32,
}

impl Map {
    /// All prefixes that some router must know.
    pub(crate) fn prefixes(&self) -> BTreeSet<Prefix> {
        let at_hand = self.at_hand.iter().flatten();
        self.announced.keys().chain(self.neighbours.keys()).chain(at_hand).copied().collect()
    }

    /// The way of each node to `prefix`.
    pub(crate) fn ways(&self, prefix: Prefix) -> Vec<Option<Way>> {
        let nobody = Origins::new();
        let far = self.cheapest(self.announced.get(&prefix).unwrap_or(&nobody), false);
        let near = self.cheapest(self.neighbours.get(&prefix).unwrap_or(&nobody), true);
        let at_hand = Way { route: Route { port: None, cost: 0 }, distance: 0 };
        let has = |node: usize| self.at_hand.get(node).is_some_and(|networks| networks.contains(&prefix));
        let both = near.into_iter().zip(far).enumerate();
        both.map(|(node, (near, far))| if has(node) { Some(at_hand) } else { near.or(far) }).collect()
    }

    /// The cheapest way of each node to any of `origins` (Dijkstra's algorithm, from the origins on). Neighbours are
    /// asked only as far as the first router.
    fn cheapest(&self, origins: &Origins, only_neighbours: bool) -> Vec<Option<Way>> {
        let mut ways: Vec<Option<Way>> = vec![None; self.kinds.len()];
        let mut done = vec![false; self.kinds.len()];
        let mut next = BinaryHeap::new();
        let is_origin = |node| origins.iter().any(|(origin, _)| *origin == node);
        for (origin, port) in origins {
            let leads = |hop: &&Hop| port.is_none_or(|port| hop.port == port);
            for hop in self.hops[*origin].iter().filter(leads).filter(|hop| !is_origin(hop.to.0)) {
                next.push(Reverse((hop.cost, 1, hop.to)));
            }
        }
        while let Some(Reverse((cost, distance, (node, port)))) = next.pop() {
            if std::mem::replace(&mut done[node], true) {
                continue;
            }
            ways[node] = Some(Way { route: Route { port: Some(port), cost }, distance });
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
