//! Changes take effect: wires go down, nodes are switched off, prefixes are announced. How the news of them spreads is
//! in `spread.rs`.

use std::time::Instant;

use super::change::Change;
use super::engine::{Engine, Happening, Inhabitant};
use crate::wire::{Lane, Wire};

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
            Change::Wire(name, wire) => self.set_wire(name, wire),
            Change::Off(node) => self.switch(node, true),
            Change::On(node) => self.switch(node, false),
            Change::Announce { node, prefix, each_hop } => {
                if let Some(origin) = self.station(node) {
                    self.map.announced.entry(*prefix).or_default().insert((origin, None));
                    self.spread(*prefix, origin, *each_hop);
                }
            }
            Change::Withdraw { node, prefix, each_hop } => {
                if let (Some(origin), Some(origins)) =
                    (self.station(node), self.map.announced.get_mut(prefix))
                {
                    origins.remove(&(origin, None));
                    self.spread(*prefix, origin, *each_hop);
                }
            }
            Change::Converge => self.converge(),
        }
    }

    fn set_up(&mut self, name: &str, up: bool) {
        let Some(line) = self.line(name).and_then(|line| self.lines.get_mut(line)) else { return };
        if line.up && !up {
            line.times_down += 1;
            line.lanes.iter_mut().for_each(Lane::clear);
        }
        line.up = up;
    }

    /// A wire becomes another one. The nodes at its ends learn what it carries.
    fn set_wire(&mut self, name: &str, wire: &Wire) {
        let Some(line) = self.line(name).and_then(|line| self.lines.get_mut(line)) else { return };
        line.wires = [wire.clone(), wire.clone()];
        for (at, port) in line.ends {
            if let Some(Inhabitant::Node(node)) = self.stations.get_mut(at).map(|at| &mut at.inhabitant) {
                node.mtu_changed(port, wire.mtu);
            }
        }
    }

    fn switch(&mut self, name: &str, off: bool) {
        if let Some(at) = self.station(name) {
            self.stations[at].off = off;
            // Whatever became due meanwhile is due now.
            self.collect(at);
        }
    }
}
