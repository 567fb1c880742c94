//! The walk from the root: our resolver against hickory-resolver's recursor, among the same servers in this process.
//!
//! A root, 10 zones below it and 1,000 below those, each with a server of its own, which hands out replies that were
//! made before. 1,000 questions come one after the other. *Cold*: nothing is known, and each asks for a name in another
//! zone. *Known zones*: a second name in each, which costs one message. *Warm*: the same names again. Nothing is
//! signed, and nobody validates. What huge and hostile replies cost is in [`huge`] and, for a resolver that validates,
//! in [`trap`]; there the peer is our own parser.

mod hickory;
mod huge;
mod ours;
mod signer;
mod trap;
mod world;

use self::hickory::Hickory;
use self::ours::Ours;
use self::world::{World, names};
use crate::measure::{Comparison, Stopwatch, Unit};

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let world = World::default();
    let (ours, theirs) = check(&world);
    let mut lines: Vec<Comparison> = [Lap::Cold, Lap::Known, Lap::Warm]
        .into_iter()
        .map(|lap| line(&world, lap, ours, theirs, rounds))
        .collect();
    lines.extend(huge::compare(rounds));
    lines.extend(trap::compare(rounds));
    lines
}

/// What is measured of the 3,000 questions to one resolver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lap {
    Cold,
    Known,
    Warm,
}

/// Messages for 1,000 questions of each lap.
type Sent = [u64; 3];

fn line(world: &World, lap: Lap, ours: Sent, theirs: Sent, rounds: usize) -> Comparison {
    let (ours, theirs) = (ours[lap as usize] as f64 / 1e3, theirs[lap as usize] as f64 / 1e3);
    let what = match lap {
        Lap::Cold => "cold",
        Lap::Known => "a new name in a known zone",
        Lap::Warm => "warm",
    };
    Comparison::run(
        format!("Resolver, a question, {what} (messages: {ours:.2}, {theirs:.2})"),
        "hickory-resolver, recursor",
        Unit::Microseconds,
        rounds,
        || {
            let mut resolver = Ours::new(world);
            laps(lap, |name| drop(resolver.resolve(name)))
        },
        || {
            let mut resolver = Hickory::new(world);
            laps(lap, |name| drop(resolver.resolve(name)))
        },
    )
}

/// Goes through the laps as far as the one that is measured, and gives the nanoseconds of one of its questions.
fn laps(measured: Lap, mut resolve: impl FnMut(&str)) -> f64 {
    for (lap, host) in [(Lap::Cold, "h1"), (Lap::Known, "h2"), (Lap::Warm, "h2")] {
        let (names, mut watch) = (names(host), Stopwatch::default());
        watch.run(|| names.iter().for_each(|name| resolve(name)));
        if lap == measured {
            return watch.per(names.len() as u64);
        }
    }
    f64::NAN
}

/// Both give the same addresses. How many messages each lap costs them.
fn check(world: &World) -> (Sent, Sent) {
    let (mut ours, mut theirs) = (Ours::new(world), Hickory::new(world));
    let (mut by_us, mut by_them) = (Sent::default(), Sent::default());
    for (lap, host) in ["h1", "h2", "h2"].into_iter().enumerate() {
        let before = (ours.sent, theirs.sent());
        for name in names(host) {
            let records = |records: Vec<String>| records.concat();
            let us = records(ours.resolve(&name).iter().map(|record| record.data.to_string()).collect());
            let them = records(theirs.resolve(&name).iter().map(|record| record.data.to_string()).collect());
            assert_eq!((us.as_str(), them.as_str()), ("203.0.113.80", "203.0.113.80"), "{name}");
        }
        (by_us[lap], by_them[lap]) = (ours.sent - before.0, theirs.sent() - before.1);
    }
    (by_us, by_them)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_give_the_same_addresses_and_the_third_time_nobody_is_asked() {
        let (ours, theirs) = check(&World::default());
        // The priming, a zone of the root, a zone of that, and the name.
        assert_eq!(ours, [1 + 10 + 2 * 1_000, 1_000, 0]);
        assert!(theirs[0] >= 2_000 && theirs[1] >= 1_000 && theirs[2] == 0, "{theirs:?}");
    }
}
