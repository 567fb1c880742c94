//! Keep-alives: asking a silent peer whether it is still there (RFC 9293 §3.8.4). They are off by default.
//!
//! The question is a segment without text whose number is one too low. The peer cannot accept it, so it answers with
//! an ACK; a peer that has forgotten the connection answers with a reset.
//!
//! Tested in `tests/life.rs`.

use std::time::{Duration, Instant};

/// When a silent peer is asked, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive {
    /// After how much silence. RFC 9293 §3.8.4 wants two hours at least as the default.
    pub idle: Duration,
    /// How long to wait for an answer before it is asked again.
    pub interval: Duration,
    /// After how many questions without an answer the connection is given up.
    pub probes: u32,
}

impl Default for KeepAlive {
    /// Linux's numbers: two hours, then every 75 s, nine times.
    fn default() -> KeepAlive {
        KeepAlive { idle: Duration::from_secs(7200), interval: Duration::from_secs(75), probes: 9 }
    }
}

/// How long a peer has been silent, and how often it was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Silence {
    /// When it was heard last, or asked.
    since: Instant,
    asked: u32,
    /// A question is to leave now.
    pub(crate) question_is_due: bool,
}

impl Silence {
    /// The peer was heard just now.
    pub(crate) fn new(now: Instant) -> Silence {
        Silence { since: now, asked: 0, question_is_due: false }
    }

    /// When to ask. `None`: later than the clock can count.
    pub(crate) fn deadline(&self, settings: KeepAlive) -> Option<Instant> {
        self.since.checked_add(if self.asked == 0 { settings.idle } else { settings.interval })
    }

    /// The silence has lasted too long. False: the peer was asked often enough.
    pub(crate) fn ask(&mut self, now: Instant, settings: KeepAlive) -> bool {
        self.since = now;
        self.asked += 1;
        self.question_is_due = self.asked <= settings.probes;
        self.question_is_due
    }
}
