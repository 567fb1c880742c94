//! An entry as somebody outside sees it: its records again, with the TTLs that are left. Tested in `tests/cache`.

use std::time::Instant;

use super::config::Config;
use super::entry::{Entry, Kind};
use super::found::{Cut, Data, Held, HeldCut};
use super::packed::{Part, unpack};
use crate::rrset::RrSet;

/// What there is of a name and a type; `None` for a zone cut, which is not an answer.
pub(super) fn held(now: Instant, entry: &Entry) -> Option<Held> {
    let (left, age) = (entry.left(now), entry.age(now));
    let (_, sets) = unpack(&entry.bytes)?;
    let mut sets = sets.into_iter().map(|(_, set)| set);
    let mut proofs = Vec::new();
    let data = match entry.kind {
        Kind::Records => {
            let own = with_ttl(sets.next()?, left);
            proofs.extend(sets.map(|set| counted_down(set, age, left)));
            Data::Records(own)
        }
        Kind::NoData => Data::NoData(sets.map(|set| counted_down(set, age, left)).collect()),
        Kind::NxDomain => Data::NxDomain(sets.map(|set| counted_down(set, age, left)).collect()),
        Kind::Failure => Data::Failure,
        Kind::Cut | Kind::Denial => return None,
    };
    Some(Held { data, proofs, left, age, learned: entry.learned_from() })
}

/// A set of a proof. It may be over before the proof is: then its TTL is 0.
fn counted_down(set: RrSet, age: u32, left: u32) -> RrSet {
    let ttl = set.ttl().saturating_sub(age).min(left);
    with_ttl(set, ttl)
}

/// The records that an entry is about.
pub(super) fn records(now: Instant, entry: &Entry) -> Option<RrSet> {
    let (_, set) = unpack(&entry.bytes)?.1.into_iter().next()?;
    Some(with_ttl(set, entry.left(now)))
}

/// A zone cut. Proofs and glue whose own time is over are not there.
pub(super) fn held_cut(now: Instant, entry: &Entry, config: &Config) -> Option<HeldCut> {
    let (left, age) = (entry.left(now), entry.age(now));
    let (zone, sets) = unpack(&entry.bytes)?;
    let mut cut = Cut::default();
    for (part, set) in sets {
        let ttl = config.ttl(set.ttl()).saturating_sub(age);
        match part {
            Part::Own => cut.ns = with_ttl(set, left),
            Part::Proof if ttl > 0 => cut.proofs.push(with_ttl(set, ttl.min(left))),
            Part::Glue if ttl > 0 => cut.glue.push(with_ttl(set, ttl.min(left))),
            Part::Proof | Part::Glue => {}
        }
    }
    Some(HeldCut { zone, cut, left, age, learned: entry.learned_from() })
}

/// A set with this TTL. The signatures get it too (RFC 4034 §3).
fn with_ttl(mut set: RrSet, ttl: u32) -> RrSet {
    set.records.iter_mut().chain(&mut set.signatures).for_each(|record| record.ttl = ttl);
    set
}
