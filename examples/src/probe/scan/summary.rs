//! What a scan counts.

use std::time::{Duration, Instant};

use super::{Finding, State};

/// The counts of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    began: Instant,
    ended: Instant,
    /// Ports that are open.
    pub open: u64,
    /// Ports that are closed.
    pub closed: u64,
    /// Ports that are filtered.
    pub filtered: u64,
    /// SYNs that were sent.
    pub probes: u64,
    /// Resets that were sent.
    pub resets: u64,
    /// Answers about ports of which all was known.
    pub again: u64,
    /// Packets that fitted no SYN: of others on this host, or forged.
    pub strange: u64,
    /// Packets that could not be read, or had a wrong checksum, or were of another kind.
    pub unread: u64,
}

impl Summary {
    pub(super) fn new(now: Instant) -> Summary {
        Summary {
            began: now,
            ended: now,
            open: 0,
            closed: 0,
            filtered: 0,
            probes: 0,
            resets: 0,
            again: 0,
            strange: 0,
            unread: 0,
        }
    }

    pub(super) fn count(&mut self, now: Instant, finding: &Finding) {
        self.ended = now;
        match finding.state {
            State::Open => self.open += 1,
            State::Closed => self.closed += 1,
            State::Filtered => self.filtered += 1,
        }
    }

    /// How many ports are known.
    pub fn known(&self) -> u64 {
        self.open + self.closed + self.filtered
    }

    /// How long it took, up to the last port.
    pub fn duration(&self) -> Duration {
        self.ended.saturating_duration_since(self.began)
    }
}
