//! The news of a route spreads from router to router, and takes its time. Tested in `tests/routes.rs`.

use std::time::Duration;

use super::engine::{Engine, Happening, Inhabitant};
use super::news::Learned;
use crate::later::later;
use crate::prefix::Prefix;
use crate::routes::Route;

impl Engine {
    /// All routers learn the ways of the map as it is now, at once. What is still on its way to them counts no more.
    pub(crate) fn converge(&mut self) {
        self.map.hops = self.hops();
        self.news.converge();
        for prefix in self.map.prefixes() {
            let ways = self.map.ways(prefix);
            for station in 0..self.stations.len() {
                self.set_route(station, prefix, ways.get(&station).map(|way| way.route));
            }
        }
    }

    /// The news of a prefix spreads from the node `origin`: each router learns its way, the later the farther away it
    /// is from there.
    pub(super) fn spread(&mut self, prefix: Prefix, origin: usize, each_hop: Duration) {
        let number = self.news.next();
        let (ways, from_origin) = (self.map.ways(prefix), self.map.ways_to_node(origin));
        for station in 0..self.stations.len() {
            let route = ways.get(&station).map(|way| way.route);
            let learned = Learned { station, prefix, route, number };
            let after = each_hop.saturating_mul(from_origin.get(&station).map_or(0, |way| way.distance));
            if after.is_zero() {
                self.learn(learned);
            } else {
                self.agenda.add(later(self.now, after), Happening::Learns(learned));
            }
        }
    }

    /// A router hears news.
    pub(super) fn learn(&mut self, learned: Learned) {
        if self.news.is_new(&learned) {
            self.set_route(learned.station, learned.prefix, learned.route);
        }
    }

    fn set_route(&mut self, station: usize, prefix: Prefix, route: Option<Route>) {
        if let Some(Inhabitant::Node(node)) = self.stations.get_mut(station).map(|at| &mut at.inhabitant)
            && let Some(routes) = node.routes()
        {
            match route {
                Some(route) => routes.set(prefix, route),
                None => routes.remove(prefix),
            }
        }
    }
}
