//! A bounded table whose entries end at a time: the connections of a firewall, the sessions of a NAT, the flows of a
//! balancer.
//!
//! A box takes out what has ended before it looks at a packet ([`Timed::expire`]); so what it finds has not ended. To
//! keep an entry longer costs nothing but a write. The order of the ends is only looked at when one is due.
//!
//! Tested in `tests/firewall.rs`, `tests/nat/` and `tests/balancer.rs`.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::time::Instant;

/// The table. At most `most` entries are in it.
pub(crate) struct Timed<K, V> {
    most: usize,
    entries: HashMap<K, Entry<V>>,
    /// One note for each entry, at its end or before it.
    notes: BTreeSet<(Instant, K)>,
}

struct Entry<V> {
    value: V,
    until: Instant,
    noted: Instant,
}

impl<K: Copy + Eq + Hash + Ord, V> Timed<K, V> {
    pub(crate) fn new(most: usize) -> Timed<K, V> {
        Timed { most, entries: HashMap::new(), notes: BTreeSet::new() }
    }

    /// The entry. Call [`Timed::expire`] first.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// The entry, to be changed. Call [`Timed::expire`] first.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Gives an entry another end.
    pub(crate) fn keep_until(&mut self, key: K, until: Instant) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.until = until;
        if until < entry.noted {
            self.notes.remove(&(entry.noted, key));
            self.notes.insert((until, key));
            entry.noted = until;
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.remove(key)?;
        self.notes.remove(&(entry.noted, *key));
        Some(entry.value)
    }

    /// Whether another entry has room. Call [`Timed::expire`] first.
    pub(crate) fn has_room(&self) -> bool {
        self.entries.len() < self.most
    }

    /// Adds an entry, or replaces it. False: the table is full.
    pub(crate) fn insert(&mut self, key: K, value: V, until: Instant) -> bool {
        self.remove(&key);
        if !self.has_room() {
            return false;
        }
        self.entries.insert(key, Entry { value, until, noted: until });
        self.notes.insert((until, key))
    }

    /// Takes out one entry that has ended, with its end. To be asked until it gives none.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<(V, Instant)> {
        while let Some((noted, key)) = self.notes.first().copied().filter(|(noted, _)| *noted <= now) {
            let until = self.entries.get(&key).map_or(noted, |entry| entry.until);
            if until <= now {
                return self.remove(&key).map(|value| (value, until));
            }
            self.notes.remove(&(noted, key));
            self.notes.insert((until, key));
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.noted = until;
            }
        }
        None
    }

    /// The entries that have not ended, in order, each with its end.
    pub(crate) fn sorted(&self, now: Instant) -> Vec<(K, &V, Instant)> {
        let alive = self.entries.iter().filter(|(_, entry)| entry.until > now);
        let mut all: Vec<_> = alive.map(|(key, entry)| (*key, &entry.value, entry.until)).collect();
        all.sort_by_key(|(key, ..)| *key);
        all
    }
}
