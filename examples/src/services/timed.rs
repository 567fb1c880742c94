//! Things that are due at a moment, in the order of their moments. Tested in `tests/services.rs`, through the apps.

use std::collections::BTreeMap;
use std::time::Instant;

/// A queue by time. Of two things at one moment the one that was added first comes first.
#[derive(Debug)]
pub(super) struct Timed<T> {
    things: BTreeMap<(Instant, u64), T>,
    added: u64,
}

impl<T> Default for Timed<T> {
    fn default() -> Timed<T> {
        Timed { things: BTreeMap::new(), added: 0 }
    }
}

impl<T> Timed<T> {
    /// Adds a thing that is due at `when`.
    pub(super) fn add(&mut self, when: Instant, thing: T) {
        self.things.insert((when, self.added), thing);
        self.added += 1;
    }

    /// Takes out the next thing that is due by `now`.
    pub(super) fn due(&mut self, now: Instant) -> Option<T> {
        let first = self.things.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// Takes out the next thing, due or not.
    pub(super) fn next(&mut self) -> Option<T> {
        self.things.pop_first().map(|(_, thing)| thing)
    }

    /// All things.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.things.values_mut()
    }

    /// When the next thing is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.things.first_key_value().map(|((when, _), _)| *when)
    }

    /// Forgets the things that this is not true of.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.things.retain(|_, thing| keep(thing));
    }
}
