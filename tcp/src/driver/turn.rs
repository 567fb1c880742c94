//! A lock that threads get in the order in which they ask for it.
//!
//! The thread that has just let go of a std mutex may take it again at once. A thread that waits for packets in a
//! loop would so keep all others out. Here each thread draws a ticket, as at a counter.
//!
//! Of many threads that wait for something one is the [`Lead`]: it waits for packets. The others wait for news, without
//! a turn. If each of them waited for packets in its turn, a thread would get its own only after all of those waits.

#[cfg(test)]
mod tests;

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A value that threads use in turns.
pub(super) struct Turns<T> {
    counter: Mutex<Counter>,
    /// Who waits for a ticket hears one of these. One for all would wake all of them each time.
    called: [Condvar; BELLS],
    news_came: Condvar,
    value: Mutex<T>,
}

/// More threads than that may wait. Then some hear a call that is for another one.
const BELLS: usize = 64;

#[derive(Default)]
struct Counter {
    next_ticket: u64,
    serving: u64,
    /// How many turns have changed something.
    news: u64,
    /// How many leads there are: a thread of the stack's own leads beside the one that did so before it came.
    leads: u32,
}

/// The right to use the value, until dropped.
pub(super) struct Turn<'a, T> {
    turns: &'a Turns<T>,
    // An Option, so that it can be dropped before the next ticket is called.
    value: Option<MutexGuard<'a, T>>,
    /// Whether something may have changed that another thread waits for.
    is_news: bool,
    /// How much news there was when the turn began.
    seen: u64,
}

/// Being the one thread that waits for packets, until dropped. Then another one has to.
pub(super) struct Lead<'a, T> {
    turns: &'a Turns<T>,
}

impl<T> Turns<T> {
    pub(super) fn new(value: T) -> Turns<T> {
        Turns {
            counter: Mutex::default(),
            called: [const { Condvar::new() }; BELLS],
            news_came: Condvar::new(),
            value: Mutex::new(value),
        }
    }

    /// Waits until it is the caller's turn.
    pub(super) fn take(&self) -> Turn<'_, T> {
        let mut counter = self.counter();
        let ticket = counter.next_ticket;
        counter.next_ticket += 1;
        while counter.serving != ticket {
            counter = self.bell(ticket).wait(counter).unwrap_or_else(PoisonError::into_inner);
        }
        let seen = counter.news;
        drop(counter);
        let value = Some(self.value.lock().unwrap_or_else(PoisonError::into_inner));
        Turn { turns: self, value, is_news: true, seen }
    }

    /// As [`Turns::take`], for somebody who changes nothing.
    pub(super) fn look(&self) -> Turn<'_, T> {
        let mut turn = self.take();
        turn.changed_nothing();
        turn
    }

    /// Makes the caller, who has a turn, the lead, or lets it be that, unless another thread is.
    pub(super) fn lead_alone<'a>(&'a self, lead: Option<Lead<'a, T>>) -> Option<Lead<'a, T>> {
        let lead = lead.filter(|_| self.counter().leads == 1);
        let is_led = self.counter().leads > 0;
        if is_led { lead } else { Some(self.lead()) }
    }

    /// Makes the caller the lead. Another one makes room, once it is asked.
    pub(super) fn lead(&self) -> Lead<'_, T> {
        self.counter().leads += 1;
        Lead { turns: self }
    }

    fn bell(&self, ticket: u64) -> &Condvar {
        &self.called[(ticket % BELLS as u64) as usize]
    }

    fn counter(&self) -> MutexGuard<'_, Counter> {
        self.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Turn<'_, T> {
    /// Nothing has changed in this turn that another thread could wait for.
    pub(super) fn changed_nothing(&mut self) {
        self.is_news = false;
    }

    /// Something has changed.
    pub(super) fn changed_something(&mut self) {
        self.is_news = true;
    }

    /// Ends the turn, and waits until something has changed since it began: by another thread, or in this turn. False
    /// when `patience` ran out first; without one it waits for as long as that takes.
    pub(super) fn wait_for_news(self, patience: Option<Duration>) -> bool {
        let (turns, seen) = (self.turns, self.seen);
        drop(self);
        let end = patience.and_then(|patience| Instant::now().checked_add(patience));
        let mut counter = turns.counter();
        while counter.news == seen {
            counter = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return false,
                Some(left) => {
                    turns.news_came.wait_timeout(counter, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => turns.news_came.wait(counter).unwrap_or_else(PoisonError::into_inner),
            };
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
        let mut counter = self.turns.counter();
        counter.serving += 1;
        counter.news += u64::from(self.is_news);
        let next = self.turns.bell(counter.serving);
        drop(counter);
        next.notify_all();
        if self.is_news {
            self.turns.news_came.notify_all();
        }
    }
}

impl<T> Drop for Lead<'_, T> {
    fn drop(&mut self) {
        let mut counter = self.turns.counter();
        counter.leads -= 1;
        // One of those who wait for news has to lead now.
        counter.news += 1;
        drop(counter);
        self.turns.news_came.notify_all();
    }
}
