//! The memory of connections that were busy, and rest now.
//!
//! A buffer that is empty again keeps its memory, because more bytes are mostly on their way: to free it each time, and
//! to take it again, cost up to 1.7 times the CPU. But ten thousand connections that were busy once would hold
//! gigabytes. So only the last ones keep it. Tested in `tests/host.rs`.

use std::collections::VecDeque;

use crate::host::connections::Entry;
use crate::host::event::Handle;

/// So many connections keep the memory of their empty buffers.
const MOST_KEEPERS: usize = 128;

/// A connection that holds less than that, in bytes, is not counted.
const SMALL: usize = 1 << 13;

/// The connections that keep it, the one that came first in front.
#[derive(Debug, Default)]
pub(super) struct Spare {
    keepers: VecDeque<Handle>,
}

impl Spare {
    /// Something happened to a connection: it may hold spare memory now. Gives the one that has to give its own back.
    pub(super) fn note(&mut self, handle: Handle, entry: &mut Entry) -> Option<Handle> {
        if entry.keeps_memory || entry.connection.spare_memory() < SMALL {
            return None;
        }
        entry.keeps_memory = true;
        self.keepers.push_back(handle);
        if self.keepers.len() > MOST_KEEPERS { self.keepers.pop_front() } else { None }
    }
}
