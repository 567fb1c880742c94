//! How zones stand that were asked for before, and which answers were bogus, each for as long as that holds.
//!
//! A zone's keys hold for as long as its DNSKEY and DS records and the signatures over them. A broken chain is believed
//! for a minute, so that a zone that nobody can prove is not asked for over and over (RFC 4035 §4.7, RFC 9520 §3.2).
//! Each list has a bound, and what ends first goes. Tested in `tests/resolver`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::standing::Standing;
use crate::dnssec::Broken;
use crate::name::Name;
use crate::record_type::RecordType;

/// How many zones, and how many broken answers, are remembered.
const MOST: usize = 10_000;

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
        self.zones.put(now, zone.clone(), standing, seconds);
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
        self.answers.put(now, (name.clone(), rtype), broken, BROKEN);
    }
}

/// Values that end, at most [`MOST`] of them.
struct Expiring<K, V> {
    values: BTreeMap<K, (Instant, V)>,
    by_end: BTreeSet<(Instant, K)>,
}

impl<K: Ord, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Expiring { values: BTreeMap::new(), by_end: BTreeSet::new() }
    }
}

impl<K: Ord + Clone, V> Expiring<K, V> {
    fn get(&self, now: Instant, key: &K) -> Option<&V> {
        let (until, value) = self.values.get(key)?;
        (*until > now).then_some(value)
    }

    fn put(&mut self, now: Instant, key: K, value: V, seconds: u32) {
        let until = now + Duration::from_secs(seconds.into());
        if let Some((before, _)) = self.values.insert(key.clone(), (until, value)) {
            self.by_end.remove(&(before, key.clone()));
        }
        self.by_end.insert((until, key));
        if self.values.len() > MOST
            && let Some((_, first)) = self.by_end.pop_first()
        {
            self.values.remove(&first);
        }
    }
}
