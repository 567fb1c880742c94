//! Changes take effect: wires go down, nodes are switched off, the news of a route spreads.

use std::time::{Duration, Instant};

use super::change::Change;
use super::engine::{Engine, Happening, Inhabitant};
use crate::prefix::Prefix;
use crate::routes::Route;

impl Engine {
    /// Notes that something changes at `when`.
    pub(crate) fn change_at(&mut self, when: Instant, change: Change) {
        self.agenda.add(when.max(self.now), Happening::Changes(change));
    }

    /// Something changes now. A name that is not there changes nothing: names were checked when the change was noted.
    pub(crate) fn change(&mut self, change: &Change) {
        match change {
            Change::Down(wire) => self.set_up(wire, false),
            Change::Up(wire) => self.set_up(wire, true),
            Change::Wire(name, wire) => {
                for line in self.lines.iter_mut().filter(|line| line.name == *name) {
                    line.wires = [wire.clone(), wire.clone()];
                }
            }
            Change::Off(node) => self.switch(node, true),
            Change::On(node) => self.switch(node, false),
            Change::Announce { node, prefix, each_hop } => {
                if let Some(origin) = self.station(node) {
                    self.map.announced.entry(*prefix).or_default().insert((origin, None));
                    self.spread(*prefix, *each_hop);
                }
            }
            Change::Withdraw { node, prefix, each_hop } => {
                if let (Some(origin), Some(origins)) =
                    (self.station(node), self.map.announced.get_mut(prefix))
                {
                    origins.remove(&(origin, None));
                    self.spread(*prefix, *each_hop);
                }
            }
            Change::Converge => self.converge(),
        }
    }

    /// The place of the node of this name.
    pub(crate) fn station(&self, name: &str) -> Option<usize> {
        self.stations.iter().position(|station| station.name == name)
    }

    fn set_up(&mut self, name: &str, up: bool) {
        for line in self.lines.iter_mut().filter(|line| line.name == name) {
            line.times_down += u32::from(line.up && !up);
            line.up = up;
        }
    }

    fn switch(&mut self, name: &str, off: bool) {
        if let Some(at) = self.station(name) {
            self.stations[at].off = off;
            // Whatever became due meanwhile is due now.
            self.collect(at);
        }
    }

    /// All routers learn the ways of the map as it is now.
    pub(crate) fn converge(&mut self) {
        self.map.hops = self.hops();
        for prefix in self.map.prefixes() {
            self.spread(prefix, Duration::ZERO);
        }
    }

    /// The news of a prefix spreads: each router learns its way, the later the farther away it is.
    fn spread(&mut self, prefix: Prefix, each_hop: Duration) {
        for (station, way) in self.map.ways(prefix).into_iter().enumerate() {
            let route = way.map(|way| way.route);
            let after = each_hop * way.map_or(0, |way| way.distance);
            if after.is_zero() {
                self.learn(station, prefix, route);
            } else {
                self.agenda.add(self.now + after, Happening::Learns { station, prefix, route });
            }
        }
    }

    /// A router learns a way, or forgets it.
    pub(super) fn learn(&mut self, station: usize, prefix: Prefix, route: Option<Route>) {
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
