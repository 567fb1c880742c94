//! Whose turn it is: the connections that may have something to send, and the moments at which each wants to be called.
//!
//! A host with ten thousand idle connections does no more for a packet than one with ten. Tested in `tests/host.rs`.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Instant;

use crate::host::event::Handle;

/// A line in which each connection stands once.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiting: VecDeque<Handle>,
    inside: HashSet<Handle>,
}

impl Line {
    /// Puts a connection at the end of the line, if it does not stand there yet.
    pub(super) fn push(&mut self, handle: Handle) {
        if self.inside.insert(handle) {
            self.waiting.push_back(handle);
        }
    }

    /// Takes the connection whose turn it is.
    pub(super) fn pop(&mut self) -> Option<Handle> {
        let handle = self.waiting.pop_front()?;
        self.inside.remove(&handle);
        Some(handle)
    }
}

/// The deadlines of all connections, in the order of time.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    in_order: BTreeSet<(Instant, Handle)>,
    of: HashMap<Handle, Instant>,
}

impl Deadlines {
    /// The deadline of a connection is now this one.
    pub(super) fn set(&mut self, handle: Handle, deadline: Option<Instant>) {
        let before = match deadline {
            Some(deadline) => self.of.insert(handle, deadline),
            None => self.of.remove(&handle),
        };
        if before == deadline {
            return;
        }
        if let Some(before) = before {
            self.in_order.remove(&(before, handle));
        }
        if let Some(deadline) = deadline {
            self.in_order.insert((deadline, handle));
        }
    }

    /// The earliest.
    pub(super) fn next(&self) -> Option<Instant> {
        self.in_order.first().map(|(deadline, _)| *deadline)
    }

    /// The connections that are due by `now`, in the order in which they were opened.
    pub(super) fn due(&self, now: Instant) -> BTreeSet<Handle> {
        self.in_order.iter().take_while(|(deadline, _)| *deadline <= now).map(|(_, handle)| *handle).collect()
    }
}
