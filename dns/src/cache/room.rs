//! The room that a cache has: entries by their key, and the bound on their bytes.
//!
//! When there is no more room, the entry goes that was not used for the longest time. Each use gives an entry the next
//! number, and a second map has the keys by these numbers: its first one is the entry to go, and nothing is searched.
//! The entry that expires first would be the wrong choice: somebody who fills the cache with records of his own gives
//! them long TTLs, and would drive out all others. What many people ask for, he cannot drive out.
//!
//! What has expired is not looked for either. It is not used any more, so its turn comes. Tested in `tests/cache`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::entry::Entry;
use super::key::Key;

/// How many entries whose time is over are passed over in a search: so a search stays cheap.
const MOST_OVER: usize = 4;

/// Entries, and who is next to go.
#[derive(Debug)]
pub(super) struct Room {
    entries: BTreeMap<Key, Entry>,
    by_use: BTreeMap<u64, Key>,
    last_use: u64,
    bytes: usize,
    most: usize,
    evicted: u64,
}

impl Room {
    pub(super) fn new(most: usize) -> Room {
        Room { entries: BTreeMap::new(), by_use: BTreeMap::new(), last_use: 0, bytes: 0, most, evicted: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// What holds now.
    pub(super) fn get(&self, now: Instant, key: &Key) -> Option<&Entry> {
        self.entries.get(key).filter(|entry| entry.is_live(now))
    }

    /// All that hold now, in order.
    pub(super) fn all(&self, now: Instant) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter().filter(move |(_, entry)| entry.is_live(now))
    }

    /// What holds now and stands at this key or, on the same shelf, nearest before it. Few entries between may be over.
    pub(super) fn at_or_before(&self, now: Instant, key: &Key) -> Option<(&Key, &Entry)> {
        let before = self.entries.range(..=key).rev().take(MOST_OVER);
        let mut before = before.take_while(|(there, _)| there.shelf == key.shelf);
        before.find(|(_, entry)| entry.is_live(now))
    }

    /// The entry was used: it is the last to go.
    pub(super) fn touch(&mut self, key: &Key) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        self.last_use += 1;
        let before = std::mem::replace(&mut entry.used, self.last_use);
        if let Some(key) = self.by_use.remove(&before) {
            self.by_use.insert(self.last_use, key);
        }
    }

    /// Puts an entry in, in the place of another with the same key. False if it is larger than the room.
    pub(super) fn put(&mut self, key: Key, mut entry: Entry) -> bool {
        let charge = entry.charge(&key);
        if charge > self.most {
            return false;
        }
        self.remove(&key);
        self.bytes += charge;
        while self.bytes > self.most {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            self.remove(&oldest);
            self.evicted += 1;
        }
        self.last_use += 1;
        entry.used = self.last_use;
        self.by_use.insert(entry.used, key.clone());
        self.entries.insert(key, entry);
        true
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.by_use.remove(&entry.used);
        self.bytes = self.bytes.saturating_sub(entry.charge(key));
        Some(entry)
    }

    /// Changes an entry, and its charge.
    pub(super) fn change(&mut self, key: &Key, change: impl FnOnce(&mut Entry)) {
        if let Some(mut entry) = self.remove(key) {
            change(&mut entry);
            self.put(key.clone(), entry);
        }
    }
}
