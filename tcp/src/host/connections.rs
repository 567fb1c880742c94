//! The connections of a host, each in a slot that its handle names.
//!
//! Every packet looks its connection up more than once, so that costs an index and a comparison. A slot is used again
//! when its connection is forgotten. The number in the handle is not, and tells an old handle from a new one. Tested in
//! `tests/host.rs`.

use std::cell::Cell;

use crate::connection::Connection;
use crate::host::event::Handle;
use crate::host::news::Untaken;

/// A connection, and what its host keeps about it.
pub(super) struct Entry {
    handle: Handle,
    pub(super) connection: Connection,
    /// Whether it stands in the line of those that may have something to send.
    pub(super) in_line: bool,
    /// The listener whose backlog it takes a place of.
    pub(super) half_open_at: Option<u16>,
    /// Whether it is counted as pending in Fast Open.
    pub(super) is_pending: bool,
    /// Whether it keeps the memory of its empty buffers.
    pub(super) keeps_memory: bool,
    /// What the user has yet to take of the events that come again and again.
    pub(super) untaken: Untaken,
}

/// All connections of a host.
#[derive(Default)]
pub(super) struct Connections {
    /// In boxes, so that making room for more slots does not move the connections.
    slots: Vec<Option<Box<Entry>>>,
    /// Slots whose connections are forgotten.
    free: Vec<u32>,
    /// How many connections there ever were.
    numbered: u64,
    /// How often a connection was looked up.
    touched: Cell<u64>,
}

impl Connections {
    /// Keeps a connection, and names it.
    pub(super) fn add(&mut self, connection: Connection) -> Handle {
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        let handle = Handle { number: self.numbered, slot };
        self.numbered += 1;
        let entry = Entry {
            handle,
            connection,
            in_line: false,
            half_open_at: None,
            is_pending: false,
            keeps_memory: false,
            untaken: Untaken::default(),
        };
        match self.slots.get_mut(slot as usize) {
            Some(free) => *free = Some(Box::new(entry)),
            None => self.slots.push(Some(Box::new(entry))),
        }
        handle
    }

    /// The connection of this name, unless it is forgotten.
    pub(super) fn get(&self, handle: Handle) -> Option<&Entry> {
        self.touched.set(self.touched.get() + 1);
        let entry = self.slots.get(handle.slot as usize)?.as_deref();
        entry.filter(|entry| entry.handle == handle)
    }

    /// The same, to change it.
    pub(super) fn get_mut(&mut self, handle: Handle) -> Option<&mut Entry> {
        *self.touched.get_mut() += 1;
        let entry = self.slots.get_mut(handle.slot as usize)?.as_deref_mut();
        entry.filter(|entry| entry.handle == handle)
    }

    /// Forgets a connection.
    pub(super) fn remove(&mut self, handle: Handle) {
        if self.get(handle).is_some() {
            self.slots[handle.slot as usize] = None;
            self.free.push(handle.slot);
        }
    }

    /// How often a connection was looked up. Every use of a connection begins with a look-up, and nothing goes through
    /// all of them. So this counts the work of a host.
    pub(super) fn touched(&self) -> u64 {
        self.touched.get()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
