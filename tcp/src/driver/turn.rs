//! A lock that threads get in the order in which they ask for it.
//!
//! The thread that has just let go of a std mutex may take it again at once. A thread that waits for packets in a
//! loop would so keep all others out. Here each thread draws a ticket, as at a counter.

#[cfg(test)]
mod tests;

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A value that threads use in turns.
pub(super) struct Turns<T> {
    counter: Mutex<Counter>,
    called: Condvar,
    value: Mutex<T>,
}

#[derive(Default)]
struct Counter {
    next_ticket: u64,
    serving: u64,
}

/// The right to use the value, until dropped.
pub(super) struct Turn<'a, T> {
    turns: &'a Turns<T>,
    // An Option, so that it can be dropped before the next ticket is called.
    value: Option<MutexGuard<'a, T>>,
}

impl<T> Turns<T> {
    pub(super) fn new(value: T) -> Turns<T> {
        Turns { counter: Mutex::default(), called: Condvar::new(), value: Mutex::new(value) }
    }

    /// Waits until it is the caller's turn.
    pub(super) fn take(&self) -> Turn<'_, T> {
        let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = counter.next_ticket;
        counter.next_ticket += 1;
        while counter.serving != ticket {
            counter = self.called.wait(counter).unwrap_or_else(PoisonError::into_inner);
        }
        drop(counter);
        Turn { turns: self, value: Some(self.value.lock().unwrap_or_else(PoisonError::into_inner)) }
    }

    /// Waits, without a turn, until another thread has had one. False when `patience` ran out first.
    pub(super) fn wait_for_another(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = counter.serving;
        while counter.serving == seen {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            counter = self.called.wait_timeout(counter, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // Only `drop` takes the guard out.
        self.value.as_ref().expect("the guard is there until drop")
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("the guard is there until drop")
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        let mut counter = self.turns.counter.lock().unwrap_or_else(PoisonError::into_inner);
        counter.serving += 1;
        drop(counter);
        self.turns.called.notify_all();
    }
}
