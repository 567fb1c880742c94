//! The ports that are listened on, and how many connections are half open at each. They are counted, not looked for: a
//! flood of SYNs is when looking would hurt. Tested in `tests/host.rs`.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::host::connections::Entry;

/// The listeners by port.
#[derive(Debug, Default)]
pub(super) struct Backlogs {
    /// How many connections may be half open at once, and what settings they have.
    listeners: BTreeMap<u16, (usize, Config)>,
    /// How many are half open now. When a port is closed, some may still be half open.
    half_open: BTreeMap<u16, usize>,
}

impl Backlogs {
    /// Listens on a port.
    pub(super) fn open(&mut self, port: u16, size: usize, config: Config) {
        self.listeners.insert(port, (size, config));
    }

    /// The settings of the connections to a port. `None`: nobody listens there.
    pub(super) fn config(&self, port: u16) -> Option<Config> {
        self.listeners.get(&port).map(|(_, config)| *config)
    }

    /// Listens there no longer.
    pub(super) fn close(&mut self, port: u16) {
        self.listeners.remove(&port);
    }

    /// Whether somebody listens on the port.
    pub(super) fn listens(&self, port: u16) -> bool {
        self.listeners.contains_key(&port)
    }

    /// Whether all places of the port's backlog are taken. `None`: nobody listens there.
    pub(super) fn is_full(&self, port: u16) -> Option<bool> {
        let (size, _) = self.listeners.get(&port)?;
        Some(self.half_open.get(&port).is_some_and(|half_open| half_open >= size))
    }

    /// The ports.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        self.listeners.keys().copied()
    }

    /// Counts a connection that has become half open, or is so no longer.
    pub(super) fn count(&mut self, entry: &mut Entry) {
        let port = entry.connection.ends().0.port();
        let now = Some(port).filter(|port| entry.connection.is_half_open_at(*port));
        let before = std::mem::replace(&mut entry.half_open_at, now);
        if before == now {
            return;
        }
        if let Some(count) = before.and_then(|port| self.half_open.get_mut(&port)) {
            *count -= 1;
        }
        if let Some(port) = now {
            *self.half_open.entry(port).or_default() += 1;
        }
    }
}
