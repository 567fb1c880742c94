//! Which hosts of a scene have a column, and where.

use std::collections::BTreeSet;

use crate::story::{End, Journey, Scene};
use crate::views::style::Style;

/// Columns at the most.
const MOST: usize = 10;
/// Columns of text between two lines of hosts: as many as there is room for.
const STEPS: [usize; 4] = [11, 10, 9, 8];
/// What the text of a row needs at the least: the layer, and a few words.
const TEXT: usize = 25;
/// What it takes to write a segment on one line. Columns are made narrower for it.
const SEGMENT: usize = 34;

/// The columns of a ladder.
pub(super) struct Columns {
    /// The hosts, in the order of the path.
    pub(super) hosts: Vec<String>,
    /// The name of one more column, for hosts that have none of their own.
    pub(super) others: Option<&'static str>,
    /// Hosts that packets pass, and that are not drawn.
    pub(super) left_out: Vec<String>,
    /// Columns of text from one host's line to the next.
    pub(super) step: usize,
}

impl Columns {
    /// For these journeys, in what `before` columns of text leave.
    pub(super) fn of(scene: &Scene, journeys: &[&Journey], style: &Style, before: usize) -> Columns {
        let stops =
            |journey: &&Journey| -> Vec<&str> { journey.stops.iter().map(|stop| scene.host(stop)).collect() };
        let passed: BTreeSet<&str> = journeys.iter().flat_map(stops).collect();
        let at_ends: BTreeSet<&str> = journeys.iter().flat_map(|journey| ends(scene, journey)).collect();
        let beyond = journeys.iter().any(|journey| is_open(journey));
        let mut hosts: Vec<String> =
            scene.hosts.iter().filter(|host| passed.contains(host.as_str())).cloned().collect();
        // The last column needs its line and a space.
        let room = style.width.saturating_sub(before + TEXT + 2);
        let most = (room / STEPS[3] + 1).min(MOST) - usize::from(beyond);
        let mut left_out = Vec::new();
        // A host that only passes packets on is left out first: arrows go over it.
        while hosts.len() > most
            && let Some(index) = hosts.iter().rposition(|host| !at_ends.contains(host.as_str()))
        {
            left_out.insert(0, hosts.remove(index));
        }
        let crowded = hosts.len() > most;
        if crowded {
            left_out.extend(hosts.split_off(most.saturating_sub(usize::from(!beyond)).max(1)));
        }
        let others = if crowded { Some("others") } else { beyond.then_some("unseen") };
        let gaps = (hosts.len() + usize::from(others.is_some())).saturating_sub(1).max(1);
        let step = STEPS.into_iter().find(|step| step * gaps + SEGMENT - TEXT <= room).unwrap_or(STEPS[3]);
        Columns { hosts, others, left_out, step }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.hosts.len() + usize::from(self.others.is_some())
    }

    /// Columns of text that all of them take.
    pub(super) fn width(&self) -> usize {
        self.step * self.count().saturating_sub(1) + 2
    }

    /// Where the line of a host is; for a host without one the line of the others, if there is one.
    pub(super) fn place(&self, host: &str) -> Option<usize> {
        let own = self.hosts.iter().position(|known| known == host).map(|index| index * self.step);
        own.or(self.beyond())
    }

    /// Where the line of those hosts is that have none.
    pub(super) fn beyond(&self) -> Option<usize> {
        self.others.map(|_| self.hosts.len() * self.step)
    }
}

/// The hosts at which a journey begins or ends.
fn ends<'a>(scene: &'a Scene, journey: &'a Journey) -> Vec<&'a str> {
    let lost = matches!(journey.end, End::Lost { .. });
    let last = journey.stops.last().filter(|_| !lost).map(|stop| scene.host(stop));
    let first = journey.stops.first().map(|stop| scene.host(stop));
    first.into_iter().chain(last).chain(journey.destination.as_deref()).collect()
}

/// Whether it comes from a host that is not seen, or goes there.
fn is_open(journey: &Journey) -> bool {
    journey.end == End::Beyond || !journey.has_sender() || journey.stops.is_empty()
}
