//! How long each phase of a fetch may take, and which limit ran out.
//!
//! ```text
//!   Resolve        Connect                Handshake      Exchange
//!   ├── name ──┤   ├── tcp, each address ┤├─── tls ────┤
//!   ├────────────────── connecting ────────────────────┤
//!   ├────────────────────────────── total ─────────────────────────────┤
//! ```
//!
//! Over a kept connection there is `total` alone. Tested in `tests/fetch_core`.

use std::fmt;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Step};

/// The limits of a job. `None`: as long as it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// For the name.
    pub name: Option<Duration>,
    /// For each address, until it takes the connection; and for a proxy, until the tunnel is open.
    pub tcp: Option<Duration>,
    /// For the TLS handshake.
    pub tls: Option<Duration>,
    /// For these three together.
    pub connecting: Option<Duration>,
    /// For everything, with all redirects.
    pub total: Option<Duration>,
}

impl Limits {
    /// What is usual: 5 s for the name, 10 s each for TCP and TLS, 30 s in all, or 300 s for an upload.
    pub fn usual(is_upload: bool) -> Limits {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let total = seconds(if is_upload { 300 } else { 30 });
        Limits { name: seconds(5), tcp: seconds(10), tls: seconds(10), connecting: None, total }
    }
}

/// A phase that has a limit of its own, or is under one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Name,
    Tcp,
    Tunnel,
    Tls,
    Exchange,
}

/// One of the limits. Its words are those of a sentence about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Name,
    Tcp,
    Tls,
    Connecting,
    Total,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Which::Name => "the name",
            Which::Tcp => "TCP",
            Which::Tls => "TLS",
            Which::Connecting => "name, TCP and TLS",
            Which::Total => "the whole fetch",
        })
    }
}

impl Which {
    /// The flag that sets it.
    fn flag(self) -> &'static str {
        match self {
            Which::Name => "--dns-timeout",
            Which::Tcp => "--tcp-timeout",
            Which::Tls => "--tls-timeout",
            Which::Connecting => "--connect-timeout",
            Which::Total => "--max-time",
        }
    }
}

/// The limits of a fetch, and since when they count.
#[derive(Debug)]
pub(super) struct Clock {
    limits: Limits,
    /// When the fetch began.
    began: Instant,
    /// When the first fetch of several began, which `total` counts from.
    all_began: Instant,
    phase: Phase,
    phase_began: Instant,
}

impl Clock {
    pub(super) fn new(now: Instant, limits: Limits) -> Clock {
        Clock { limits, began: now, all_began: now, phase: Phase::Name, phase_began: now }
    }

    /// `total` counts from an earlier moment: that of the first hop.
    pub(super) fn count_from(&mut self, began: Instant) {
        self.all_began = began;
    }

    /// A phase begins, or begins again with another address.
    pub(super) fn begin(&mut self, now: Instant, phase: Phase) {
        (self.phase, self.phase_began) = (phase, now);
    }

    /// The limits that hold in this phase: which, since when, and how long.
    fn limits(&self) -> impl Iterator<Item = (Which, Instant, Duration)> {
        let own = match self.phase {
            Phase::Name => (Which::Name, self.limits.name),
            Phase::Tcp | Phase::Tunnel => (Which::Tcp, self.limits.tcp),
            Phase::Tls => (Which::Tls, self.limits.tls),
            Phase::Exchange => (Which::Total, None),
        };
        let connecting = self.limits.connecting.filter(|_| self.phase != Phase::Exchange);
        let all = [
            (own.0, self.phase_began, own.1),
            (Which::Connecting, self.began, connecting),
            (Which::Total, self.all_began, self.limits.total),
        ];
        all.into_iter().filter_map(|(which, since, limit)| Some((which, since, limit?)))
    }

    /// When the first of them runs out.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.limits().map(|(_, since, limit)| since + limit).min()
    }

    /// The failure that says which of them has run out, if one has. `what` has not happened.
    pub(super) fn check(&self, now: Instant, what: impl FnOnce() -> String) -> Option<Failure> {
        let past = self.limits().filter(|(_, since, limit)| *since + *limit <= now);
        let (which, _, limit) = past.min_by_key(|(_, since, limit)| *since + *limit)?;
        let (seconds, flag) = (limit.as_secs_f64(), which.flag());
        let text = format!("{}; the time for {which}, {seconds} s, ran out ({flag})", what());
        Some(Failure::new(Step::Timeout, text))
    }

    /// Whether a limit that the next address is under, too, has run out.
    pub(super) fn leaves_no_time(&self, now: Instant) -> bool {
        let shared = self.limits().filter(|(which, ..)| *which != Which::Tcp);
        shared.into_iter().any(|(_, since, limit)| since + limit <= now)
    }
}
