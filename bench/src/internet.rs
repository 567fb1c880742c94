//! An internet in virtual time: what a packet costs, in a small world and in a large one with the same traffic.
//!
//! ```text
//!   10 core routers in a ring ── 10 routers each, in the large world 29 ── hosts: 100, or 1,000
//! ```
//!
//! The unit is an event: a packet that arrives at a node, be it a router that passes it on or a host. 10,000
//! conversations run at the same time, each between two hosts. In the first subject hosts only exchange datagrams, so
//! that wires, routers and the agenda of the world are weighed; in the second they are hosts of `barewire-tcp`.
//!
//! No other program does this, so we compare two worlds of our own: "ours" is the large one, and "theirs" is the small
//! one. In the lines with "100 talk" the large world has the conversations of the small one, on the same paths: their
//! ratio says what a node costs that neither sends nor passes on anything.

mod chat;
mod map;
mod tcp;

use barewire_internet::{Counters, Node, World};

use crate::measure::{Comparison, Stopwatch, Unit};
use map::{LARGE, Map, QUIET, SMALL};

/// How many conversations run at the same time.
const CONVERSATIONS: usize = 10_000;

/// Makes the host of this number, as one of so many.
type MakeHost = fn(&Map, usize) -> Box<dyn Node>;

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let subjects: [(&str, MakeHost, &Map); 4] = [
        ("datagrams", chat::host, &LARGE),
        ("datagrams", chat::host, &QUIET),
        ("TCP", tcp::host, &LARGE),
        ("TCP", tcp::host, &QUIET),
    ];
    subjects.into_iter().map(|(name, host, large)| line(name, host, large, rounds)).collect()
}

fn line(name: &str, host: MakeHost, large: &Map, rounds: usize) -> Comparison {
    let quiet = if large.talking < large.hosts { format!(", {} talk", large.talking) } else { String::new() };
    Comparison::run(
        format!("Internet, {name}, {} routers, {} hosts{quiet}", large.routers(), large.hosts),
        format!("{} routers, {} hosts", SMALL.routers(), SMALL.hosts),
        Unit::Events,
        rounds,
        || an_event(large, host),
        || an_event(&SMALL, host),
    )
}

/// Nanoseconds an event. The world is drawn and built off the clock.
fn an_event(map: &Map, host: MakeHost) -> f64 {
    let (world, mut watch) = (map.build(host), Stopwatch::default());
    watch.run(|| world.run_for(map::LONG_ENOUGH));
    watch.per(check(map, &world).delivered)
}

/// No packet was lost, and all conversations came to their end.
fn check(map: &Map, world: &World) -> Counters {
    let counters = world.counters();
    assert_eq!((counters.under_way(), counters.all_lost(), counters.dropped), (0, 0, 0), "{counters}");
    let done = |host| {
        let tables = world.tables(&map.name(host)).expect("a host");
        tables[0].rows[0][0].parse::<usize>().expect("a number")
    };
    assert_eq!((0..map.hosts).map(done).sum::<usize>(), CONVERSATIONS);
    counters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_conversations_come_to_their_end() {
        for (host, least) in [(chat::host as MakeHost, chat::PACKETS), (tcp::host, tcp::LEAST_PACKETS)] {
            for map in [&SMALL, &LARGE, &QUIET] {
                let world = map.build(host);
                world.run_for(map::LONG_ENOUGH);
                // Each packet passes two routers at least.
                assert!(check(map, &world).delivered >= 3 * least, "{}", world.counters());
            }
        }
    }
}
