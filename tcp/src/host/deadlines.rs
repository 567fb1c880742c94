//! The deadlines of all connections: a heap in which each connection knows its place.
//!
//! The retransmission timer starts anew with almost every ACK, so a deadline moves more often than it comes. Here a
//! move is a step or two up or down, and nothing is allocated. From a tree it is taken out, and put in again, which
//! cost 6 % of a transfer. Tested in `tests/host.rs`.

use std::time::Instant;

use crate::host::event::Handle;

/// Where a connection stands that has no deadline.
const NOWHERE: usize = usize::MAX;

/// When each connection wants to be called.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// Each is at or before the two at `2 * place + 1` and `2 * place + 2`: so the first is the earliest.
    heap: Vec<(Instant, Handle)>,
    /// The place of each connection in the heap, by its slot.
    places: Vec<usize>,
}

impl Deadlines {
    /// The deadline of a connection is now this one.
    pub(super) fn set(&mut self, handle: Handle, deadline: Option<Instant>) {
        match (self.place(handle), deadline) {
            (NOWHERE, None) => {}
            (NOWHERE, Some(deadline)) => self.add(deadline, handle),
            (place, Some(deadline)) => self.change(place, deadline),
            (place, None) => self.remove(place),
        }
    }

    /// The earliest of those that are not `outdated`.
    pub(super) fn earliest(&self, outdated: &impl Fn(Handle) -> bool) -> Option<Instant> {
        self.earliest_from(0, outdated)
    }

    /// The earliest at `place` and below it. It goes down only where something is outdated.
    fn earliest_from(&self, place: usize, outdated: &impl Fn(Handle) -> bool) -> Option<Instant> {
        let (deadline, handle) = *self.heap.get(place)?;
        if !outdated(handle) {
            return Some(deadline);
        }
        let below = [2 * place + 1, 2 * place + 2];
        below.into_iter().filter_map(|below| self.earliest_from(below, outdated)).min()
    }

    /// The connections that are due by `now`, in the order in which they were opened.
    pub(super) fn due(&self, now: Instant) -> Vec<Handle> {
        let mut due = Vec::new();
        let mut to_see = vec![0];
        while let Some(place) = to_see.pop() {
            if let Some((_, handle)) = self.heap.get(place).filter(|(deadline, _)| *deadline <= now) {
                due.push(*handle);
                to_see.extend([2 * place + 1, 2 * place + 2]);
            }
        }
        due.sort_unstable();
        due
    }

    fn place(&self, handle: Handle) -> usize {
        self.places.get(handle.slot as usize).copied().unwrap_or(NOWHERE)
    }

    fn add(&mut self, deadline: Instant, handle: Handle) {
        let slot = handle.slot as usize;
        if slot >= self.places.len() {
            self.places.resize(slot + 1, NOWHERE);
        }
        self.places[slot] = self.heap.len();
        self.heap.push((deadline, handle));
        self.rise(self.heap.len() - 1);
    }

    fn change(&mut self, place: usize, deadline: Instant) {
        if self.heap[place].0 != deadline {
            self.heap[place].0 = deadline;
            self.rise(place);
            self.sink(place);
        }
    }

    fn remove(&mut self, place: usize) {
        let last = self.heap.len() - 1;
        self.swap(place, last);
        if let Some((_, handle)) = self.heap.pop() {
            self.places[handle.slot as usize] = NOWHERE;
        }
        if place < last {
            self.rise(place);
            self.sink(place);
        }
    }

    /// Moves a connection up while it is due before the one above it.
    fn rise(&mut self, mut place: usize) {
        while place > 0 {
            let above = (place - 1) / 2;
            if self.heap[above] <= self.heap[place] {
                return;
            }
            self.swap(place, above);
            place = above;
        }
    }

    /// Moves a connection down while one of the two below it is due before it.
    fn sink(&mut self, mut place: usize) {
        loop {
            let below = [2 * place + 1, 2 * place + 2].into_iter().filter(|below| *below < self.heap.len());
            match below.min_by_key(|below| self.heap[*below]) {
                Some(below) if self.heap[below] < self.heap[place] => {
                    self.swap(place, below);
                    place = below;
                }
                _ => return,
            }
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        for place in [a, b] {
            self.places[self.heap[place].1.slot as usize] = place;
        }
    }
}
