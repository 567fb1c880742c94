//! What a sniffer counted: every frame is in one of these numbers.
//!
//! Tested in `tests/sniff`.

use std::collections::BTreeMap;
use std::fmt;

use barewire_dissect::{count, several};

use crate::story::Uncounted;

/// Reasons that are told apart.
const MOST_REASONS: usize = 64;

/// The counts of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that were heard, or read from a file.
    pub received: u64,
    /// Those of them that the filter took.
    pub matched: u64,
    /// Those of them that have a row.
    pub shown: u64,
    /// Those that were taken and have no row, by reason.
    pub without_row: BTreeMap<String, u64>,
    /// Frames that the system dropped because they came faster than they were taken. `None`: it does not say, or they
    /// were read from a file.
    pub dropped: Option<u64>,
    /// Conversations that were forgotten so that others fit in.
    pub forgotten: u64,
}

impl Counts {
    /// A frame was taken, and has a row, or none for this reason.
    pub(super) fn told(&mut self, without: Option<&Uncounted>) {
        let Some(reason) = without else {
            self.shown += 1;
            return;
        };
        let reason = reason.to_string();
        let full = self.without_row.len() >= MOST_REASONS && !self.without_row.contains_key(&reason);
        *self.without_row.entry(if full { "other".to_owned() } else { reason }).or_default() += 1;
    }
}

/// One sentence.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} received, ", several(self.received, "frame"))?;
        write!(f, "{} taken by the filter, {} shown", count(self.matched), count(self.shown))?;
        if let Some(dropped) = self.dropped {
            write!(f, ", {} dropped by the kernel", count(dropped))?;
        }
        for (reason, frames) in &self.without_row {
            write!(f, "; {} not followed: {reason}", count(*frames))?;
        }
        if self.forgotten > 0 {
            write!(f, "; {} forgotten to make room", several(self.forgotten, "conversation"))?;
        }
        Ok(())
    }
}
