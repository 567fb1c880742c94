//! Whose turn it is: the connections that may have something to send, and the moments at which each wants to be called.
//!
//! Every packet that comes or goes may move its connection's deadline. It is not noted each time. The connection to
//! which something happened last is kept in mind, and looked at when somebody asks, or when something happens to
//! another one. So a connection that sends a thousand packets in a row is noted once. And a host with ten thousand
//! connections, idle or in line, does no more for a packet than one with ten. Tested in `tests/host.rs`.

use std::cell::Cell;
use std::collections::VecDeque;
use std::time::Instant;

use crate::host::connections::{Connections, Entry};
use crate::host::deadlines::Deadlines;
use crate::host::event::Handle;

/// The line, and the deadlines.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Each connection stands here at most once.
    line: VecDeque<Handle>,
    deadlines: Deadlines,
    /// The connection whose deadline may have moved since it was noted.
    moved: Option<Moved>,
}

/// A connection to which something happened, and its deadline, once somebody has asked for that.
#[derive(Debug)]
struct Moved {
    handle: Handle,
    known: Cell<Option<Option<Instant>>>,
}

impl Moved {
    fn deadline(&self, connections: &Connections) -> Option<Instant> {
        let ask = || connections.get(self.handle)?.connection.deadline();
        let deadline = self.known.get().unwrap_or_else(ask);
        self.known.set(Some(deadline));
        deadline
    }
}

/// The line.
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
}

/// The deadlines.
impl Schedule {
    /// Something happened to the connection: its deadline may be another one now.
    pub(super) fn may_have_moved(&mut self, handle: Handle, connections: &Connections) {
        if !self.has_moved(handle) {
            self.note_moved(connections);
        }
        self.moved = Some(Moved { handle, known: Cell::new(None) });
    }

    /// The connection is forgotten, and has no deadline.
    pub(super) fn forget(&mut self, handle: Handle) {
        self.moved.take_if(|moved| moved.handle == handle);
        self.deadlines.set(handle, None);
    }

    /// The earliest deadline.
    pub(super) fn earliest(&self, connections: &Connections) -> Option<Instant> {
        let moved = self.moved.as_ref().and_then(|moved| moved.deadline(connections));
        let others = self.deadlines.earliest(&|handle| self.has_moved(handle));
        moved.into_iter().chain(others).min()
    }

    /// The connections that are due by `now`, in the order in which they were opened.
    pub(super) fn due(&mut self, now: Instant, connections: &Connections) -> Vec<Handle> {
        self.note_moved(connections);
        self.deadlines.due(now)
    }

    fn has_moved(&self, handle: Handle) -> bool {
        self.moved.as_ref().is_some_and(|moved| moved.handle == handle)
    }

    fn note_moved(&mut self, connections: &Connections) {
        if let Some(moved) = self.moved.take() {
            self.deadlines.set(moved.handle, moved.deadline(connections));
        }
    }
}
