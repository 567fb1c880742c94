//! What will happen, in the order of its time; of two things at the same moment the one that was noted first. Tested in
//! `tests/world.rs` and `tests/relay.rs`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// A heap of moments. What happens then lies beside it, so that only small entries are moved.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    moments: BinaryHeap<Reverse<(Instant, u64, usize)>>,
    items: Vec<Option<T>>,
    free: Vec<usize>,
    next_number: u64,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Agenda<T> {
        Agenda { moments: BinaryHeap::new(), items: Vec::new(), free: Vec::new(), next_number: 0 }
    }

    /// Notes that `item` happens at `when`.
    pub(crate) fn add(&mut self, when: Instant, item: T) {
        let place = self.free.pop().unwrap_or(self.items.len());
        match self.items.get_mut(place) {
            Some(empty) => *empty = Some(item),
            None => self.items.push(Some(item)),
        }
        self.moments.push(Reverse((when, self.next_number, place)));
        self.next_number += 1;
    }

    /// How much is noted.
    pub(crate) fn len(&self) -> usize {
        self.moments.len()
    }

    /// The moment at which something happens next.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.moments.peek().map(|Reverse((when, ..))| *when)
    }

    /// Takes out what happens next, and when.
    pub(crate) fn pop(&mut self) -> Option<(Instant, T)> {
        let Reverse((when, _, place)) = self.moments.pop()?;
        let item = self.items.get_mut(place)?.take()?;
        self.free.push(place);
        Some((when, item))
    }
}
