//! Whose turn it is: the connections that may have something to send, and the moments at which each wants to be called.
//!
//! A host with ten thousand idle connections does no more for a packet than one with ten. What the schedule knows about a
//! connection, it keeps in the connection's [`Entry`]. Tested in `tests/host.rs`.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

use crate::host::connections::Entry;
use crate::host::event::Handle;

/// The line, and the deadlines.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Each connection stands here at most once.
    line: VecDeque<Handle>,
    /// In the order of time.
    deadlines: BTreeSet<(Instant, Handle)>,
}

impl Schedule {
    /// Puts a connection at the end of the line, if it does not stand there yet.
    pub(super) fn queue(&mut self, handle: Handle, entry: &mut Entry) {
        if !std::mem::replace(&mut entry.in_line, true) {
            self.line.push_back(handle);
        }
    }

    /// Takes the connection whose turn it is. The caller notes that it has left the line.
    pub(super) fn take_first(&mut self) -> Option<Handle> {
        self.line.pop_front()
    }

    /// The deadline of a connection is now this one.
    pub(super) fn set_deadline(&mut self, handle: Handle, entry: &mut Entry, deadline: Option<Instant>) {
        if entry.deadline == deadline {
            return;
        }
        if let Some(before) = std::mem::replace(&mut entry.deadline, deadline) {
            self.deadlines.remove(&(before, handle));
        }
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, handle));
        }
    }

    /// The earliest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// The connections that are due by `now`, in the order in which they were opened.
    pub(super) fn due(&self, now: Instant) -> BTreeSet<Handle> {
        self.deadlines
            .iter()
            .take_while(|(deadline, _)| *deadline <= now)
            .map(|(_, handle)| *handle)
            .collect()
    }
}
