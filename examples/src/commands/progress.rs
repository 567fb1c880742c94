//! A line on the terminal that tells how far long work is: on standard error, and only if somebody sits there.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How long to be silent, and how long between two lines.
const QUIET: Duration = Duration::from_millis(500);

/// The line. It is wiped when the work is done.
pub(super) struct Progress {
    next: Instant,
    shown: bool,
    terminal: bool,
}

impl Progress {
    /// Work begins.
    pub(super) fn new() -> Progress {
        Progress { next: Instant::now() + QUIET, shown: false, terminal: io::stderr().is_terminal() }
    }

    /// Shows how far it is, unless that was shown just now.
    pub(super) fn show(&mut self, how_far: impl FnOnce() -> String) {
        if !self.terminal || Instant::now() < self.next {
            return;
        }
        (self.next, self.shown) = (Instant::now() + QUIET, true);
        anstream::eprint!("\r  {} ", how_far());
        // A line that cannot be shown is not a reason to stop.
        let _ = io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            anstream::eprint!("\r{:40}\r", "");
        }
    }
}

/// How much of a whole that is, if it is known: `, 12 %`.
pub(super) fn share(part: u64, whole: Option<u64>) -> String {
    match whole {
        Some(whole) if whole > 0 => format!(", {} %", (part.saturating_mul(100) / whole).min(100)),
        _ => String::new(),
    }
}
