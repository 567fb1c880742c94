//! What a connection waits for, and until when: one thing at a time. Tested in `tests/timeouts.rs`.

use std::time::Instant;

use crate::config::Config;
use crate::reason::Reason;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// A client: for 100, before it sends its body.
    Continue,
    /// For a whole head.
    Head,
    /// For more of a body.
    Body,
    /// For anything: no message is under way.
    Rest,
}

impl Waits {
    /// Why the connection ends when it waited too long.
    pub(crate) fn reason(self) -> Option<Reason> {
        match self {
            Waits::Continue => None,
            Waits::Head => Some(Reason::HeadTimeout),
            Waits::Body => Some(Reason::BodyTimeout),
            Waits::Rest => Some(Reason::IdleTimeout),
        }
    }
}

/// The one deadline of a connection.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Timer {
    running: Option<(Waits, Option<Instant>)>,
}

impl Timer {
    /// The connection waits for this from now on. If it did before, the deadline stays.
    pub(crate) fn wait(&mut self, waits: Option<Waits>, now: Instant, config: &Config) {
        if self.running.map(|(running, _)| running) == waits {
            return;
        }
        self.running = waits.map(|waits| {
            let most = match waits {
                Waits::Continue => Some(config.continue_timeout),
                Waits::Head => config.head_timeout,
                Waits::Body => config.body_timeout,
                Waits::Rest => config.idle_timeout,
            };
            (waits, most.and_then(|most| now.checked_add(most)))
        });
    }

    /// Something came of what it waits for, or nothing more can: the next wait starts anew.
    pub(crate) fn stop(&mut self) {
        self.running = None;
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.running?.1
    }

    /// What did not come in time.
    pub(crate) fn passed(&self, now: Instant) -> Option<Waits> {
        let (waits, by) = self.running?;
        by.filter(|by| *by <= now).map(|_| waits)
    }
}
