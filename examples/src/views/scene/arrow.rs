//! The arrow of a journey: from the host that sent it over those that passed it on, to where it ended.

use super::columns::Columns;
use crate::story::{End, Journey, Scene};

/// The lines of the hosts, with nothing between them.
pub(super) fn rails(columns: &Columns) -> String {
    let mut rails: Vec<char> = vec![' '; columns.width()];
    (0..columns.count()).for_each(|index| rails[index * columns.step] = '│');
    rails.into_iter().collect()
}

/// The lines of the hosts, with the arrow of a journey. `rightwards`: where it goes, if nothing else tells.
pub(super) fn arrow(scene: &Scene, columns: &Columns, journey: &Journey, rightwards: bool) -> String {
    let mut rail: Vec<char> = rails(columns).chars().collect();
    let mut put = |at: usize, cell: char| {
        if let Some(place) = rail.get_mut(at) {
            *place = cell;
        }
    };
    let edge = columns.width() - 2;
    let stops: Vec<usize> = journey.stops.iter().filter_map(|stop| columns.place(scene.host(stop))).collect();
    let unseen = columns.beyond().unwrap_or(edge);
    let from = stops.first().copied().filter(|_| journey.has_sender()).unwrap_or(unseen);
    let last = stops.last().copied().unwrap_or(from);
    let towards = journey.destination.as_deref().and_then(|host| columns.place(host));
    let half = |from: usize, to: usize| from.min(to) + from.abs_diff(to) / 2;
    let next = towards.unwrap_or(if rightwards { edge.max(last) } else { 0 });
    let (to, head) = match &journey.end {
        End::Arrived => (last, None),
        End::Beyond => (unseen, None),
        End::Missing => (half(last, step_towards(columns, last, next)), Some('?')),
        End::Lost { place, .. } => {
            let place = lost_at(columns, scene, place, last);
            (place.unwrap_or_else(|| half(last, step_towards(columns, last, next))), Some('╳'))
        }
    };
    if from == to {
        // Between two hosts without a line of their own: it is drawn where it was seen.
        put(last, head.unwrap_or('○'));
        return rail.into_iter().collect();
    }
    let (left, right) = (from.min(to), from.max(to));
    (left + 1..right).for_each(|at| put(at, '─'));
    stops.iter().filter(|at| (left + 1..right).contains(at)).for_each(|at| put(*at, '┼'));
    put(from, if from < to { '├' } else { '┤' });
    match head {
        Some(head) => put(to, head),
        None if from < to => put(to - 1, '▶'),
        None => put(to + 1, '◀'),
    }
    rail.into_iter().collect()
}

/// The line of the next host on the way to `target`.
fn step_towards(columns: &Columns, from: usize, target: usize) -> usize {
    match target {
        target if target > from => (from + columns.step).min(target),
        target => from.saturating_sub(columns.step).max(target),
    }
}

/// Where a packet ended whose last stop was at `last`: on the line of a host, or in the middle of a wire.
fn lost_at(columns: &Columns, scene: &Scene, place: &str, last: usize) -> Option<usize> {
    let own =
        |host: &str| columns.hosts.iter().position(|known| known == host).map(|index| index * columns.step);
    if let Some(at) = own(place) {
        return Some(at);
    }
    // A wire has the names of both its ends, and a name can have a hyphen.
    let is_end = |host: &&String| {
        let rest = place.strip_prefix(host.as_str());
        let before = place.strip_suffix(host.as_str());
        rest.is_some_and(|rest| rest.starts_with('-')) || before.is_some_and(|before| before.ends_with('-'))
    };
    let places: Vec<usize> = scene.hosts.iter().filter(is_end).filter_map(|host| own(host)).collect();
    match places[..] {
        [one, other] => Some((one + other) / 2),
        [one] if one != last => Some((one + last) / 2),
        _ => None,
    }
}
