//! What secure NSEC records say about names that nobody asked for yet (RFC 8198).
//!
//! ```text
//!   a.test NSEC m.test        proves at once: no b.test, no c.test, ... , no l.test
//! ```
//!
//! A resolver with such a record need not ask about `c.test`: so a flood of invented names ends here. The cache only
//! finds the records; what they prove is judged elsewhere, by the rules for the records of any reply. They stand in
//! the order of names, so the record that may cover a name is the nearest before it.
//!
//! Left out: NSEC3, and answers made from wildcards (RFC 8198 §5.2, §5.3). Tested in `tests/cache/denial.rs`.

use std::time::Instant;

use super::Cache;
use super::entry::{Entry, Kind};
use super::found::{Learned, Put, Spans};
use super::key::Key;
use super::packed::{Part, pack};
use super::view::records;
use crate::dnssec::Security;
use crate::name::Name;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

impl Cache {
    /// Keeps NSEC or SOA of a zone. It has to be secure, and signed by the zone of the server: without that a record
    /// would deny names of others. Nobody else checks it again.
    pub fn put_denial(&mut self, now: Instant, set: &RrSet, from: &Learned) -> Put {
        let (Some(name), zone) = (set.name(), &from.source.zone) else { return Put::Empty };
        let key = match set.rtype() {
            Some(RecordType::NSEC) => Key::span(name),
            Some(RecordType::SOA) if name == zone => Key::start(name),
            _ => return Put::NoSay,
        };
        if !name.is_within(zone) || from.security != Some(Security::Secure) || !is_signed_by(set, zone) {
            return Put::NoSay;
        }
        let ttl = match set.records.first().map(|record| &record.data) {
            Some(RData::Soa(soa)) => set.ttl().min(soa.minimum),
            _ => set.ttl(),
        };
        let until = self.until(now, self.config.negative_ttl(ttl), from);
        if until <= now {
            return Put::NoTime;
        }
        let Some(bytes) = pack(name, [(Part::Own, set)]) else { return Put::TooBig };
        let entry = Entry::new((now, until), Kind::Denial, bytes, Some(from));
        if self.room.put(key, entry) { Put::Kept } else { Put::TooBig }
    }

    /// The secure records that may prove that a name, or a type of it, does not exist. Whether they do is not said.
    pub fn spans(&mut self, now: Instant, name: &Name) -> Option<Spans> {
        let start =
            name.ancestors().map(|zone| Key::start(&zone)).find(|key| self.room.get(now, key).is_some())?;
        let soa = self.used(now, &start)?;
        let zone = soa.name()?.clone();
        let first = self.span_for(now, name, &zone)?;
        let encloser = encloser(name, &first)?;
        let wildcard = encloser.child(b"*").and_then(|wildcard| self.span_for(now, &wildcard, &zone));
        let mut spans = vec![first];
        spans.extend(wildcard.filter(|wildcard| wildcard.name() != spans.first().and_then(RrSet::name)));
        let left = spans.iter().map(RrSet::ttl).fold(soa.ttl(), u32::min);
        Some(Spans { zone, soa, spans, left })
    }

    /// The NSEC record of the zone at a name, or the nearest before it.
    fn span_for(&mut self, now: Instant, name: &Name, zone: &Name) -> Option<RrSet> {
        let key = self.room.at_or_before(now, &Key::span(name))?.0.clone();
        let set = self.used(now, &key)?;
        is_signed_by(&set, zone).then_some(set)
    }

    /// The records of an entry, which is used now.
    fn used(&mut self, now: Instant, key: &Key) -> Option<RrSet> {
        self.room.touch(key);
        records(now, self.room.get(now, key)?)
    }
}

/// Whether all signatures are of the zone, and made for this owner. What a wildcard was expanded to does not count.
fn is_signed_by(set: &RrSet, zone: &Name) -> bool {
    // A wildcard's own `*` is not counted (RFC 4034 §3.1.3).
    let counted = |name: &Name| name.labels().count() - usize::from(name.labels().next() == Some(b"*"));
    let labels = set.name().map_or(0, counted);
    let is_own = |data: &RData| match data {
        RData::Rrsig(rrsig) => rrsig.signer == *zone && usize::from(rrsig.labels) == labels,
        _ => false,
    };
    !set.signatures.is_empty() && set.signatures.iter().all(|record| is_own(&record.data))
}

/// The deepest name above this one, or itself, that the record shows to exist: one that its owner or the next name has
/// in common with it (RFC 4592 §3.3.1).
fn encloser(name: &Name, span: &RrSet) -> Option<Name> {
    let record = span.records.first()?;
    let RData::Nsec(nsec) = &record.data else { return None };
    name.ancestors().find(|above| record.name.is_within(above) || nsec.next.is_within(above))
}
