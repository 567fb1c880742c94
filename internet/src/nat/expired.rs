//! What a NAT remembers of sessions that have expired: only so that the note on a packet that comes too late can say
//! so.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::ends::Ends;
use super::session::Session;

/// How many are remembered; the oldest is forgotten first.
const MOST_REMEMBERED: usize = 1_000;

/// When a session ended, and how long no packet had kept it alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// When its time was over.
    pub at: Instant,
    /// How long it had been idle then.
    pub idle: Duration,
}

/// The last sessions that have expired, by their ends: an inside socket and an external one are never the same.
#[derive(Debug, Default)]
pub(super) struct Memory {
    by_ends: HashMap<Ends, Expired>,
    order: VecDeque<[Ends; 2]>,
}

impl Memory {
    pub(super) fn add(&mut self, session: &Session, at: Instant) {
        let expired = Expired { at, idle: at - session.last };
        let ends = [session.there(), session.back()];
        for ends in ends {
            self.by_ends.insert(ends, expired);
        }
        self.order.push_back(ends);
        if self.order.len() > MOST_REMEMBERED {
            for ends in self.order.pop_front().into_iter().flatten() {
                self.by_ends.remove(&ends);
            }
        }
    }

    pub(super) fn get(&self, ends: Ends) -> Option<Expired> {
        self.by_ends.get(&ends).copied()
    }
}
