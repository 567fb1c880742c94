//! The walk's side of the [`Cache`]: what it keeps, and in which form it wants it back.
//!
//! Which record counts, how long it holds and who has to go is the cache's to say. Tested in `tests/resolver`.

use std::net::IpAddr;
use std::time::Instant;

use crate::cache::{Cache, Config, Cut, Data, Learned};
use crate::dnssec::Security;
use crate::name::Name;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// Answers and zone cuts.
pub(super) struct Store {
    pub(super) cache: Cache,
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
    pub(super) fn new(config: Config) -> Store {
        Store { cache: Cache::new(config) }
    }

    /// What is kept, and for how many seconds more. The TTLs in it are those seconds.
    pub(super) fn get(&mut self, now: Instant, name: &Name, rtype: RecordType) -> Option<(Kept, u32)> {
        self.find(now, name, rtype).map(|(kept, left, _)| (kept, left))
    }

    /// The same, with what validation said of it.
    pub(super) fn find(
        &mut self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
    ) -> Option<(Kept, u32, Option<Security>)> {
        let held = self.cache.get(now, name, rtype)?;
        let kept = match held.data {
            Data::Records(set) => Kept::Records(set, held.proofs),
            Data::NoData(sets) => Kept::Negative(Rcode::NOERROR, sets),
            Data::NxDomain(sets) => Kept::Negative(Rcode::NXDOMAIN, sets),
            Data::Failure => Kept::Failure,
        };
        Some((kept, held.left, held.learned.and_then(|learned| learned.security)))
    }

    pub(super) fn keep(&mut self, now: Instant, set: &RrSet, proofs: &[RrSet], from: &Learned) {
        self.cache.put_expanded(now, set, proofs, from);
    }

    /// Validation says something of these records, and for how long that holds at the most. What the cache has of the
    /// name and type may be something else, that nobody has checked: then it stays unchecked.
    pub(super) fn judge(
        &mut self,
        now: Instant,
        (set, proofs): (&RrSet, &[RrSet]),
        security: Security,
        most: u32,
    ) {
        let (Some(name), Some(rtype)) = (set.name(), set.rtype()) else { return };
        let is_proof = |kept: &RrSet| proofs.iter().any(|proof| kept.is_same(proof));
        if let Some((Kept::Records(kept, of_wildcard), _)) = self.get(now, name, rtype)
            && kept.is_same(set)
            && of_wildcard.iter().all(is_proof)
        {
            self.cache.judge(now, name, rtype, security, most);
        }
    }

    /// The same for an answer that says that there is nothing, and what it has to prove that.
    pub(super) fn judge_absent(
        &mut self,
        now: Instant,
        (name, rtype): (&Name, RecordType),
        (rcode, proofs): (Rcode, &[RrSet]),
        security: Security,
        most: u32,
    ) {
        let is_proof = |kept: &RrSet| proofs.iter().any(|proof| kept.is_same(proof));
        if let Some((Kept::Negative(kept_rcode, kept), _)) = self.get(now, name, rtype)
            && kept_rcode == rcode
            && kept.iter().all(is_proof)
        {
            self.cache.judge(now, name, rtype, security, most);
        }
    }

    /// What was kept is asked for anew. DS stands with the cut, too.
    pub(super) fn forget(&mut self, name: &Name, rtype: RecordType) {
        self.cache.forget(name, rtype);
        if rtype == RecordType::DS {
            self.cache.forget_cut(name);
        }
    }

    /// The servers of a zone.
    pub(super) fn cut(&mut self, now: Instant, zone: &Name) -> Option<Cut> {
        Some(self.cache.cut(now, zone)?.cut)
    }

    /// The addresses of a host that are kept as answers.
    pub(super) fn addresses(&mut self, now: Instant, host: &Name) -> Vec<IpAddr> {
        let mut of_type = |rtype| match self.get(now, host, rtype) {
            Some((Kept::Records(set, _), _)) => addresses_in(&[set]),
            _ => Vec::new(),
        };
        [of_type(RecordType::A), of_type(RecordType::AAAA)].concat()
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
