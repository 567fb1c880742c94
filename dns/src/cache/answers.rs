//! Answers: what there is of a name and a type, or that there is nothing.
//!
//! Two entries that say different things are compared first by what a signature proves, then by the place where they
//! stood (RFC 2181 §5.4.1). What is worth less never replaces what is worth more and still holds. NXDOMAIN is one entry
//! for all types of the name (RFC 2308 §5). Tested in `tests/cache`.

use std::time::{Duration, Instant};

use super::Cache;
use super::entry::{Entry, Kind};
use super::found::{Held, Learned, Put};
use super::key::Key;
use super::packed::{Part, pack};
use super::view::held;
use crate::dnssec::Security;
use crate::name::Name;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

impl Cache {
    /// What there is of a name and a type, if that is known. To look is a use: what is used stays longest.
    pub fn get(&mut self, now: Instant, name: &Name, rtype: RecordType) -> Option<Held> {
        let key = self.find(now, Key::answer(name, rtype))?;
        self.room.touch(&key);
        held(now, self.room.get(now, &key)?)
    }

    /// The key of the entry that answers: of the name and the type, or NXDOMAIN of the name. A failure comes last.
    fn find(&self, now: Instant, own: Key) -> Option<Key> {
        let missing = own.missing();
        let kind = |key| self.room.get(now, key).map(|entry| entry.kind);
        match (kind(&own), kind(&missing)) {
            (None | Some(Kind::Failure), Some(_)) => Some(missing),
            (Some(_), _) => Some(own),
            (None, None) => None,
        }
    }

    /// Keeps records.
    pub fn put(&mut self, now: Instant, set: &RrSet, from: &Learned) -> Put {
        self.put_expanded(now, set, &[], from)
    }

    /// Keeps records that a wildcard stands for, with what proves that no nearer name exists (RFC 4035 §5.3.4).
    pub fn put_expanded(&mut self, now: Instant, set: &RrSet, proofs: &[RrSet], from: &Learned) -> Put {
        let (Some(name), Some(rtype)) = (set.name(), set.rtype()) else { return Put::Empty };
        let until = self.until(now, self.config.ttl(set.ttl()), from);
        let proofs = proofs.iter().map(|set| (Part::Proof, set));
        let Some(bytes) = pack(name, [(Part::Own, set)].into_iter().chain(proofs)) else {
            return Put::TooBig;
        };
        let entry = Entry::new((now, until), Kind::Records, bytes, Some(from));
        self.put_answer(now, name, rtype, entry, from)
    }

    /// Keeps a negative answer: NODATA (`rcode` is NOERROR) or NXDOMAIN. `proof` is the authority section of the reply:
    /// SOA and, if the zone is signed, NSEC or NSEC3. The answer holds for the lower of SOA's MINIMUM and its TTL
    /// (RFC 2308 §5).
    pub fn put_negative(
        &mut self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
        rcode: Rcode,
        proof: &[RrSet],
        from: &Learned,
    ) -> Put {
        let Some(ttl) = negative_ttl(proof) else { return Put::Empty };
        let until = self.until(now, self.config.negative_ttl(ttl), from);
        let Some(bytes) = pack(name, proof.iter().map(|set| (Part::Proof, set))) else { return Put::TooBig };
        let kind = if rcode == Rcode::NXDOMAIN { Kind::NxDomain } else { Kind::NoData };
        self.put_answer(now, name, rtype, Entry::new((now, until), kind, bytes, Some(from)), from)
    }

    /// Keeps that a question has just failed, so that it is not asked again at once (RFC 9520 §3.2). It never takes the
    /// place of an answer, nor of an earlier failure: else somebody who asks again and again would prolong it for ever.
    pub fn put_failure(&mut self, now: Instant, name: &Name, rtype: RecordType) -> Put {
        let until = now + Duration::from_secs(self.config.failure_ttl().into());
        let key = Key::answer(name, rtype);
        if self.find(now, key.clone()).is_some() {
            return Put::LessCredible;
        }
        let Some(bytes) = pack(name, []) else { return Put::TooBig };
        self.put_entry(now, key, Entry::new((now, until), Kind::Failure, bytes, None))
    }

    /// Validation has said something about what [`get`](Cache::get) gives, and that it may be kept for so many seconds
    /// from now on (RFC 4035 §5.3.3). What is bogus is kept for a short time (RFC 4035 §4.7).
    pub fn judge(&mut self, now: Instant, name: &Name, rtype: RecordType, security: Security, most: u32) {
        let Some(key) = self.find(now, Key::answer(name, rtype)) else { return };
        let most = if security.is_bogus() { most.min(self.config.bogus_ttl) } else { most };
        self.room.change(&key, |entry| {
            entry.until = entry.until.min(now + Duration::from_secs(most.into()));
            entry.judge(Some(security));
        });
    }

    /// What is kept of a name and a type is asked for anew.
    pub fn forget(&mut self, name: &Name, rtype: RecordType) {
        let own = Key::answer(name, rtype);
        self.room.remove(&own.missing());
        self.room.remove(&own);
    }

    /// Puts an entry in, and takes away what it contradicts: NXDOMAIN, or what there is of the name.
    fn put_answer(
        &mut self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
        entry: Entry,
        from: &Learned,
    ) -> Put {
        if !name.is_within(&from.source.zone) {
            return Put::NoSay;
        }
        let own = Key::answer(name, rtype);
        let missing = own.missing();
        let (key, rival) = if entry.kind == Kind::NxDomain { (missing, own) } else { (own, missing) };
        if self.is_worth_more(now, &rival, &entry) {
            return Put::LessCredible;
        }
        let put = self.put_entry(now, key, entry);
        if put == Put::Kept {
            self.room.remove(&rival);
        }
        put
    }

    fn put_entry(&mut self, now: Instant, key: Key, entry: Entry) -> Put {
        if self.is_worth_more(now, &key, &entry) {
            return Put::LessCredible;
        }
        if !entry.is_live(now) {
            return Put::NoTime;
        }
        if self.room.put(key, entry) { Put::Kept } else { Put::TooBig }
    }

    /// Whether what is there now is worth more than an entry.
    fn is_worth_more(&self, now: Instant, there: &Key, entry: &Entry) -> bool {
        self.room.get(now, there).is_some_and(|there| there.rank() > entry.rank())
    }

    /// Until when something holds that was learned now.
    pub(super) fn until(&self, now: Instant, ttl: u32, from: &Learned) -> Instant {
        let bogus = from.security.as_ref().is_some_and(Security::is_bogus);
        let ttl = if bogus { ttl.min(self.config.bogus_ttl) } else { ttl };
        now + Duration::from_secs(ttl.into())
    }
}

/// The lower of SOA's MINIMUM and its TTL (RFC 2308 §5).
fn negative_ttl(proof: &[RrSet]) -> Option<u32> {
    let minimum = |set: &RrSet| match &set.records.first()?.data {
        RData::Soa(soa) => Some(soa.minimum.min(set.ttl())),
        _ => None,
    };
    proof.iter().find_map(minimum)
}
