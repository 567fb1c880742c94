//! Whose turn it is: the connections that may have something to send, and the moments at which each wants to be called.
//!
//! Every packet that comes or goes may move its connection's deadline. It is noted once, when the connection leaves the
//! line with nothing more to send. A host with ten thousand idle connections does no more for a packet than one with
//! ten. Tested in `tests/host.rs`.

use std::collections::VecDeque;

use crate::host::connections::{Connections, Entry};
use crate::host::deadlines::Deadlines;
use crate::host::event::Handle;

/// The line, and the deadlines.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Each connection stands here at most once.
    line: VecDeque<Handle>,
    pub(super) deadlines: Deadlines,
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

    /// The connections in line.
    pub(super) fn line(&self) -> impl Iterator<Item = Handle> {
        self.line.iter().copied()
    }

    /// Notes the deadlines of the connections in line, which may have moved.
    pub(super) fn note_deadlines(&mut self, connections: &Connections) {
        for handle in &self.line {
            let deadline = connections.get(*handle).and_then(|entry| entry.connection.deadline());
            self.deadlines.set(*handle, deadline);
        }
    }
}
