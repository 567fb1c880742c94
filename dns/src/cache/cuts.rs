//! Zone cuts: which servers a zone has, as the zone above says (RFC 1034 §4.2.1).
//!
//! When the owner of a zone above takes a zone away, a resolver has to notice, and at the latest when the TTL is over
//! that the zone above gave. Zones that lived on in resolvers are called ghost domains (CVE-2012-1033,
//! CVE-2022-30698). Three rules keep them out:
//!
//! ```text
//!   test ──names──▶ evil.test ──names──▶ a.evil.test
//!         300 s                600 s                      until
//!   1  what evil.test says of its own servers is not a cut
//!   2  the same referral again, 200 s later: still      t + 300 s, the first expiry
//!   3  a cut that evil.test names holds no longer than   t + 300 s, the cut of evil.test itself
//! ```
//!
//! Glue and DS stand with their cut, each with its own TTL. Tested in `tests/cache/ghosts.rs`.

use std::time::Instant;

use super::Cache;
use super::entry::{Entry, Kind};
use super::found::{Cut, HeldCut, Learned, Put};
use super::key::Key;
use super::packed::{Part, pack};
use super::view::held_cut;
use crate::name::Name;
use crate::rrset::RrSet;

impl Cache {
    /// Keeps which servers a zone has, as a server of the zone above says. Only the root names its own servers: nobody
    /// stands above it (RFC 9609 §3).
    pub fn put_cut(&mut self, now: Instant, cut: &Cut, from: &Learned) -> Put {
        let (Some(zone), above) = (cut.ns.name(), &from.source.zone) else { return Put::Empty };
        let own = zone == above && !zone.is_root();
        let mut names = [&cut.ns].into_iter().chain(&cut.proofs).chain(&cut.glue).filter_map(RrSet::name);
        if own || !names.all(|name| name.is_within(above)) {
            return Put::NoSay;
        }
        let key = Key::cut(zone);
        let ttl = self.config.ttl(cut.ns.ttl());
        let Some(until) = self.bounded(now, self.until(now, ttl, from), &key, above) else {
            return Put::NoTime;
        };
        let proofs = cut.proofs.iter().map(|set| (Part::Proof, set));
        let glue = cut.glue.iter().map(|set| (Part::Glue, set));
        let sets = [(Part::Own, &cut.ns)].into_iter().chain(proofs).chain(glue);
        let Some(bytes) = pack(zone, sets) else { return Put::TooBig };
        let entry = Entry::new((now, until), Kind::Cut, bytes, Some(from));
        if self.room.put(key, entry) { Put::Kept } else { Put::TooBig }
    }

    /// The first expiry, and that of the zone above, are never prolonged. `None`: no time is left.
    fn bounded(&self, now: Instant, until: Instant, key: &Key, above: &Name) -> Option<Instant> {
        let first = self.room.get(now, key).map_or(until, |entry| entry.until);
        let of_above = match above.is_root() {
            true => until,
            false => self.room.get(now, &Key::cut(above))?.until,
        };
        Some(until.min(first).min(of_above)).filter(|until| *until > now)
    }

    /// The servers of a zone.
    pub fn cut(&mut self, now: Instant, zone: &Name) -> Option<HeldCut> {
        let key = Key::cut(zone);
        self.room.touch(&key);
        let entry = self.room.get(now, &key)?;
        held_cut(now, entry, &self.config)
    }

    /// The servers of a zone are asked for anew.
    pub fn forget_cut(&mut self, zone: &Name) {
        self.room.remove(&Key::cut(zone));
    }

    /// The servers of the deepest zone that is known to hold a name.
    pub fn deepest_cut(&mut self, now: Instant, name: &Name) -> Option<HeldCut> {
        name.ancestors().find_map(|zone| self.cut(now, &zone))
    }
}
