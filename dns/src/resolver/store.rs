//! What the walk keeps: answers for as long as their TTL, and the servers of zones as their parents named them.
//!
//! An answer and a zone cut are kept apart. Only the zone above sets a cut, and nothing that the zone itself says can
//! replace or prolong it: else a zone that was taken away could keep itself alive (ghost domains, CVE-2012-1033). Glue
//! stands with its cut, and is never an answer (RFC 2181 §5.4.1). Both have a bound: then what expires first goes.
//!
//! Tested in `tests/resolver`.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::scrub::Cut;
use crate::dnssec::Security;
use crate::name::Name;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// How many entries of each kind are kept.
const MOST: usize = 20_000;

/// The longest that anything is kept: a day.
const LONGEST: u32 = 86_400;

/// The longest that something that does not exist is kept: three hours (RFC 2308 §5).
const LONGEST_NEGATIVE: u32 = 10_800;

/// How long a failure is kept (RFC 2308 §7 allows five minutes): 5 s.
const FAILURE: u32 = 5;

/// Answers and zone cuts.
#[derive(Default)]
pub(super) struct Store {
    answers: HashMap<(Name, RecordType), (Instant, Kept)>,
    /// What validation said of an answer. Of those that are not here it said nothing yet.
    judged: HashMap<(Name, RecordType), Security>,
    cuts: HashMap<Name, (Instant, Cut)>,
    by_end: BTreeSet<(Instant, Name, RecordType)>,
    cuts_by_end: BTreeSet<(Instant, Name)>,
}

/// What is kept about a name and a type.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// Records; and if they are those of a wildcard, what proves that it is the right one.
    Records(RrSet, Vec<RrSet>),
    /// NODATA or NXDOMAIN, with SOA and what proves it.
    Negative(Rcode, Vec<RrSet>),
    Failure,
}

impl Store {
    /// What is kept, and for how many seconds more. The TTLs in it are those seconds.
    pub(super) fn get(&self, now: Instant, name: &Name, rtype: RecordType) -> Option<(Kept, u32)> {
        let (until, kept) = self.answers.get(&self.found(now, name, rtype)?)?;
        let left = seconds_left(now, *until);
        let kept = match kept {
            Kept::Records(set, proofs) => Kept::Records(set.with_ttl_up_to(left), up_to(left, proofs)),
            Kept::Negative(rcode, sets) => Kept::Negative(*rcode, up_to(left, sets)),
            Kept::Failure => Kept::Failure,
        };
        Some((kept, left))
    }

    pub(super) fn keep(&mut self, now: Instant, set: RrSet, proofs: Vec<RrSet>) {
        if let (Some(name), Some(rtype)) = (set.name().cloned(), set.rtype()) {
            let ttl = set.ttl().min(LONGEST);
            self.put(now, name, rtype, ttl, Kept::Records(set, proofs));
        }
    }

    /// Keeps that something does not exist, for the lower of SOA's MINIMUM and its TTL (RFC 2308 §5).
    pub(super) fn keep_negative(
        &mut self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
        rcode: Rcode,
        ttl: u32,
        sets: Vec<RrSet>,
    ) {
        let rtype = if rcode == Rcode::NXDOMAIN { RecordType::ANY } else { rtype };
        self.put(now, name.clone(), rtype, ttl.min(LONGEST_NEGATIVE), Kept::Negative(rcode, sets));
    }

    /// What validation said of what is kept.
    pub(super) fn security(&self, now: Instant, name: &Name, rtype: RecordType) -> Option<&Security> {
        self.judged.get(&self.found(now, name, rtype)?)
    }

    /// What is given out for a name and a type. NXDOMAIN holds for all types; it is kept under ANY.
    fn found(&self, now: Instant, name: &Name, rtype: RecordType) -> Option<(Name, RecordType)> {
        let keys = [rtype, RecordType::ANY].map(|rtype| (name.clone(), rtype));
        keys.into_iter().find(|key| self.answers.get(key).is_some_and(|(until, _)| *until > now))
    }

    /// Validation says something of what is kept, and for how long that holds at the most.
    pub(super) fn judge(
        &mut self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
        security: Security,
        most: u32,
    ) {
        let Some(key) = self.found(now, name, rtype) else { return };
        if let Some((kept, left)) = self.get(now, &key.0, key.1) {
            self.put(now, key.0.clone(), key.1, left.min(most), kept);
            self.judged.insert(key, security);
        }
    }

    /// What was kept is asked for anew.
    pub(super) fn forget(&mut self, name: &Name, rtype: RecordType) {
        let key = (name.clone(), rtype);
        self.judged.remove(&key);
        if rtype == RecordType::DS
            && let Some((until, _)) = self.cuts.remove(name)
        {
            self.cuts_by_end.remove(&(until, name.clone()));
        }
        if let Some((until, _)) = self.answers.remove(&key) {
            self.by_end.remove(&(until, key.0, key.1));
        }
    }

    pub(super) fn keep_failure(&mut self, now: Instant, name: &Name, rtype: RecordType) {
        if self.get(now, name, rtype).is_none() {
            self.put(now, name.clone(), rtype, FAILURE, Kept::Failure);
        }
    }

    fn put(&mut self, now: Instant, name: Name, rtype: RecordType, ttl: u32, kept: Kept) {
        if ttl == 0 {
            return;
        }
        let until = now + Duration::from_secs(ttl.into());
        self.judged.remove(&(name.clone(), rtype));
        if let Some((before, _)) = self.answers.insert((name.clone(), rtype), (until, kept)) {
            self.by_end.remove(&(before, name.clone(), rtype));
        }
        self.by_end.insert((until, name, rtype));
        if self.answers.len() > MOST
            && let Some((_, name, rtype)) = self.by_end.pop_first()
        {
            let key = (name, rtype);
            self.answers.remove(&key);
            self.judged.remove(&key);
        }
    }

    /// Keeps the servers of a zone as the zone above named them, with their glue. It holds until a part of it expires.
    pub(super) fn keep_cut(&mut self, now: Instant, cut: &Cut) {
        let sets = [&cut.ns].into_iter().chain(&cut.glue);
        let ttl = sets.map(RrSet::ttl).min().unwrap_or(0).min(LONGEST);
        let Some(zone) = cut.ns.name().cloned().filter(|_| ttl > 0) else { return };
        let until = now + Duration::from_secs(ttl.into());
        if let Some((before, _)) = self.cuts.insert(zone.clone(), (until, cut.clone())) {
            self.cuts_by_end.remove(&(before, zone.clone()));
        }
        self.cuts_by_end.insert((until, zone));
        if self.cuts.len() > MOST
            && let Some((_, zone)) = self.cuts_by_end.pop_first()
        {
            self.cuts.remove(&zone);
        }
    }

    /// The servers of a zone.
    pub(super) fn cut(&self, now: Instant, zone: &Name) -> Option<&Cut> {
        let (until, cut) = self.cuts.get(zone)?;
        (*until > now).then_some(cut)
    }

    /// The addresses of a host that are kept as answers.
    pub(super) fn addresses(&self, now: Instant, host: &Name) -> Vec<IpAddr> {
        let of_type = |rtype| match self.get(now, host, rtype) {
            Some((Kept::Records(set, _), _)) => addresses_in(&[set]),
            _ => Vec::new(),
        };
        [RecordType::A, RecordType::AAAA].into_iter().flat_map(of_type).collect()
    }
}

/// The addresses in record sets.
pub(super) fn addresses_in(sets: &[RrSet]) -> Vec<IpAddr> {
    sets.iter().flat_map(|set| &set.records).filter_map(|record| record.data.address()).collect()
}

/// The names of servers in an NS set.
pub(super) fn servers_in(ns: &RrSet) -> Vec<Name> {
    let name = |data: &RData| match data {
        RData::Ns(server) => Some(server.clone()),
        _ => None,
    };
    ns.records.iter().filter_map(|record| name(&record.data)).collect()
}

/// The sets with a TTL of at most so many seconds.
fn up_to(seconds: u32, sets: &[RrSet]) -> Vec<RrSet> {
    sets.iter().map(|set| set.with_ttl_up_to(seconds)).collect()
}

fn seconds_left(now: Instant, until: Instant) -> u32 {
    let left = until.saturating_duration_since(now);
    u32::try_from(left.as_secs()).unwrap_or(u32::MAX)
}
