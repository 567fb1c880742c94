//! One thing after the other: a packet arrives, a node's deadline comes, something changes.

use std::io;
use std::time::Instant;

use barewire_packet::link::Way;

use super::engine::{Engine, Happening, Inhabitant, Side};
use crate::later::later;
use crate::node::Verdict;
use crate::tamper::Tampering;
use crate::tap::{Passing, Seen};
use crate::wire::Lost;

/// How many packets wait at a link at the most, until somebody reads them: as much as 100 MB of the usual ones.
const MOST_UNREAD: usize = 1 << 16;

impl Engine {
    /// Runs until a packet waits at the link `place`, or `deadline` has come.
    pub(crate) fn receive(&mut self, place: usize, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(Inhabitant::Link(waiting)) = self.stations.get_mut(place).map(|at| &mut at.inhabitant)
                && let Some(packet) = waiting.pop_front()
            {
                self.links_with_packets -= usize::from(waiting.is_empty());
                return Ok(Some(packet));
            }
            if self.step(deadline) {
                continue;
            }
            let Some(deadline) = deadline else {
                let message = "nothing will ever happen: no packet is under way in this internet, no node waits for a \
                               moment, and the caller has set no deadline";
                return Err(io::Error::new(io::ErrorKind::Deadlock, message));
            };
            self.now = self.now.max(deadline);
            return Ok(None);
        }
    }

    /// Runs until a packet waits at some link, or `deadline` has come.
    pub(crate) fn run_until_packet(&mut self, deadline: Instant) {
        while self.links_with_packets == 0 {
            if !self.step(Some(deadline)) {
                self.now = self.now.max(deadline);
                return;
            }
        }
    }

    /// Runs until `deadline`.
    pub(crate) fn run_until(&mut self, deadline: Instant) {
        while self.step(Some(deadline)) {}
        self.now = self.now.max(deadline);
    }

    /// Moves time on to the next thing, and does it. False: nothing happens until `deadline`.
    fn step(&mut self, deadline: Option<Instant>) -> bool {
        let due = |next: &Instant| deadline.is_none_or(|deadline| *next <= deadline);
        if self.agenda.next().filter(due).is_none() {
            return false;
        }
        let Some((when, happening)) = self.agenda.pop() else { return false };
        self.now = self.now.max(when);
        match happening {
            Happening::Arrives { line, side, packet, times_down } => {
                self.arrive(line, side, packet, times_down)
            }
            Happening::Wakes(station) => self.wake(station, when),
            Happening::Learns(learned) => self.learn(learned),
            Happening::Changes(change) => self.change(&change),
        }
        true
    }

    /// A packet comes out of a wire.
    fn arrive(&mut self, line: usize, side: Side, mut packet: Vec<u8>, times_down: u32) {
        let Some((at, port)) = self.lines.get(line).map(|line| line.ends[side as usize]) else { return };
        let station = &mut self.stations[at];
        if self.lines[line].times_down != times_down {
            return self.lose(Some(line), &packet, Lost::Down);
        }
        if station.off {
            return self.lose(Some(line), &packet, Lost::Off);
        }
        if let Inhabitant::Link(waiting) = &station.inhabitant
            && waiting.len() >= MOST_UNREAD
        {
            let waiting = waiting.len();
            return self.lose(Some(line), &packet, Lost::Unread { waiting });
        }
        let now = self.now;
        let Tampering { drop, delay, .. } = station.tamper(Way::Received, &mut packet);
        if drop {
            return self.lose(Some(line), &packet, Lost::Taken);
        }
        if let Some(delay) = delay {
            let arrives = Happening::Arrives { line, side, packet, times_down };
            return self.agenda.add(later(now, delay), arrives);
        }
        self.counters.delivered += 1;
        // Taps need the packet after the node has taken it.
        let kept = (!station.taps.is_empty() || !self.losses.is_empty()).then(|| packet.clone());
        let kept = kept.as_deref().unwrap_or_default();
        let verdict = match &mut station.inhabitant {
            Inhabitant::Node(node) => node.receive(now, port, packet),
            Inhabitant::Link(waiting) => {
                self.links_with_packets += usize::from(waiting.is_empty());
                waiting.push_back(packet);
                Verdict::Taken
            }
        };
        match verdict {
            Verdict::Taken => station.tell(now, port, Way::Received, kept, None),
            Verdict::Noted(note) => station.tell(now, port, Way::Received, kept, Some(&note)),
            Verdict::Dropped(note) => {
                station.tell(now, port, Way::Received, kept, Some(&note));
                self.counters.dropped += 1;
                let (place, note) = (station.name.as_str(), Some(note.as_ref() as _));
                for tap in &mut self.losses {
                    tap.packet(&Passing { now, place, what: Seen::Lost, packet: kept, note });
                }
            }
        }
        self.collect(at);
    }

    /// A node may be due. Its deadline can have moved since this was noted.
    fn wake(&mut self, at: usize, when: Instant) {
        let now = self.now;
        let Some(station) = self.stations.get_mut(at) else { return };
        // The earliest note is the last in the list, and notes come in the order of their time.
        if station.wakes.last() == Some(&when) {
            station.wakes.pop();
        }
        if let Inhabitant::Node(node) = &mut station.inhabitant
            && node.deadline().is_some_and(|deadline| deadline <= now)
            && !station.off
        {
            node.on_deadline(now);
        }
        self.collect(at);
    }

    /// Takes from a node what it wants sent, and notes when it wants to be woken.
    pub(super) fn collect(&mut self, at: usize) {
        let now = self.now;
        if self.stations.get(at).is_none_or(|station| station.off) {
            return;
        }
        while let Some(Inhabitant::Node(node)) = self.stations.get_mut(at).map(|at| &mut at.inhabitant)
            && let Some(transmit) = node.transmit(now)
        {
            self.send(at, transmit);
        }
        let Some(station) = self.stations.get_mut(at) else { return };
        let Inhabitant::Node(node) = &station.inhabitant else { return };
        let Some(deadline) = node.deadline().map(|deadline| deadline.max(now)) else { return };
        // A note before the deadline is enough: when it comes, the node is asked again.
        if station.wakes.last().is_none_or(|noted| deadline < *noted) {
            station.wakes.push(deadline);
            self.agenda.add(deadline, Happening::Wakes(at));
        }
    }
}
