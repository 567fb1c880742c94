//! When a run ends, and when it is time for what is done now and then.

use std::time::{Duration, Instant};

/// How often the rest is looked after.
const OFTEN: Duration = Duration::from_millis(50);
/// How often drops are said.
const SELDOM: Duration = Duration::from_secs(1);
/// Frames between two looks at the clock.
const FRAMES: u32 = 64;

/// The bounds of a run, and its clock.
pub(super) struct Until {
    most: Option<u64>,
    end: Option<Instant>,
    now: Instant,
    looks: u32,
    rest: Instant,
    drops: Option<Instant>,
}

impl Until {
    /// A run that begins now.
    pub(super) fn new(most: Option<u64>, time: Option<Duration>) -> Until {
        let now = Instant::now();
        let end = time.and_then(|time| now.checked_add(time));
        Until { most, end, now, looks: 0, rest: now, drops: None }
    }

    /// Whether so many packets are enough.
    pub(super) fn is_enough(&self, packets: u64) -> bool {
        self.most.is_some_and(|most| packets >= most)
    }

    /// Whether its time is over.
    pub(super) fn is_late(&self) -> bool {
        self.end.is_some_and(|end| self.now >= end)
    }

    /// Whether the rest is to be looked after now. It is asked after each frame and each wait, and a look at the clock
    /// costs as much as a frame.
    pub(super) fn is_time_for_the_rest(&mut self) -> bool {
        self.looks += 1;
        let waited = self.now.elapsed() >= OFTEN;
        if !self.looks.is_multiple_of(FRAMES) && !waited {
            return false;
        }
        self.now = Instant::now();
        let due = self.now >= self.rest;
        if due {
            self.rest = self.now + OFTEN;
        }
        due
    }

    /// Whether drops are to be said now.
    pub(super) fn is_time_for_drops(&mut self) -> bool {
        let due = self.drops.is_none_or(|due| self.now >= due);
        if due {
            self.drops = Some(self.now + SELDOM);
        }
        due
    }
}
