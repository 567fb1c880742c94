//! How zones stand that were asked for before, and which answers were bogus, each for as long as that holds.
//!
//! A zone's keys hold for as long as its DNSKEY and DS records and the signatures over them. A broken chain is believed
//! for a minute, so that a zone that nobody can prove is not asked for over and over (RFC 4035 §4.7, RFC 9520 §3.2).
//! Each list has a bound in entries and in bytes, because a zone can have 64 KB of keys. What ends first goes. Tested
//! below, and in `tests/resolver`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::standing::Standing;
use crate::dnssec::Broken;
use crate::name::Name;
use crate::rdata::Dnskey;
use crate::record_type::RecordType;

/// How many zones, and how many broken answers, are remembered.
const MOST: usize = 10_000;

/// How many bytes the keys of zones, or the names of broken answers, may take.
const MOST_BYTES: usize = 8 << 20;

/// The longest that a zone is remembered: an hour. Then DS is looked at again.
const LONGEST: u32 = 3600;

/// For how many seconds a broken chain is believed to be broken. unbound's `val-bogus-ttl` is the same.
const BROKEN: u32 = 60;

/// What is remembered.
#[derive(Default)]
pub(in crate::resolver) struct Keyring {
    zones: Expiring<Name, Standing>,
    answers: Expiring<(Name, RecordType), Broken>,
}

impl Keyring {
    pub(in crate::resolver) fn zone(&self, now: Instant, zone: &Name) -> Option<&Standing> {
        self.zones.get(now, zone)
    }

    pub(super) fn keep_zone(&mut self, now: Instant, zone: &Name, standing: Standing, seconds: u32) {
        let seconds = if matches!(standing, Standing::Broken(_)) { BROKEN } else { seconds.min(LONGEST) };
        let bytes = zone.as_wire().len() + weight(&standing);
        self.zones.put(now, zone.clone(), (standing, bytes), seconds);
    }

    /// Why the answer to a question was bogus a short while ago.
    pub(in crate::resolver) fn answer(
        &self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
    ) -> Option<&Broken> {
        self.answers.get(now, &(name.clone(), rtype))
    }

    pub(super) fn keep_answer(&mut self, now: Instant, name: &Name, rtype: RecordType, broken: Broken) {
        let bytes = name.as_wire().len() + size_of::<Broken>();
        self.answers.put(now, (name.clone(), rtype), (broken, bytes), BROKEN);
    }
}

/// How many bytes a standing takes.
fn weight(standing: &Standing) -> usize {
    let keys = match standing {
        Standing::Signed(keys) => keys.keys(),
        _ => &[],
    };
    size_of::<Standing>() + keys.iter().map(|key| size_of::<Dnskey>() + key.key.len()).sum::<usize>()
}

/// Values that end, at most [`MOST`] of them, and at most [`MOST_BYTES`].
struct Expiring<K, V> {
    /// Each with its end and its bytes.
    values: BTreeMap<K, (Instant, usize, V)>,
    by_end: BTreeSet<(Instant, K)>,
    bytes: usize,
}

impl<K: Ord, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Expiring { values: BTreeMap::new(), by_end: BTreeSet::new(), bytes: 0 }
    }
}

impl<K: Ord + Clone, V> Expiring<K, V> {
    fn get(&self, now: Instant, key: &K) -> Option<&V> {
        let (until, _, value) = self.values.get(key)?;
        (*until > now).then_some(value)
    }

    fn put(&mut self, now: Instant, key: K, (value, bytes): (V, usize), seconds: u32) {
        let until = now + Duration::from_secs(seconds.into());
        self.remove(&key);
        self.bytes += bytes;
        self.values.insert(key.clone(), (until, bytes, value));
        self.by_end.insert((until, key));
        while self.values.len() > MOST || self.bytes > MOST_BYTES {
            let Some((_, first)) = self.by_end.first().cloned() else { return };
            self.remove(&first);
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some((until, bytes, _)) = self.values.remove(key) {
            self.bytes -= bytes;
            self.by_end.remove(&(until, key.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thousand zones of a stranger with 64 KB of keys each drive each other out.
    #[test]
    fn what_is_remembered_has_a_bound_in_bytes_and_in_number() {
        let now = Instant::now();
        for (each, kept) in [(64 << 10, MOST_BYTES / (64 << 10)), (100, MOST)] {
            let mut values = Expiring::default();
            for number in 0..20_000_u32 {
                values.put(now, number, (number, each), 60 + number);
                values.put(now, number, (number, each), 61 + number);
                assert!(values.bytes <= MOST_BYTES, "{} bytes", values.bytes);
            }
            assert_eq!((values.values.len(), values.by_end.len(), values.bytes), (kept, kept, kept * each));
            assert_eq!(values.get(now, &19_999), Some(&19_999), "what ends last is there");
        }
    }
}
