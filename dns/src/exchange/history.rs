//! What is remembered of servers from one lookup to the next: how fast they answer, whether they do, and their cookies.
//!
//! RFC 1034 §5.3.3 has a resolver keep "historical data" to choose the best server first. [`History`] is a plain value:
//! its owner keeps it, hands it to the next lookup, and takes it back. Nothing of it is global.
//!
//! It decides two things:
//!
//! * How long the first wait for a server is. Known servers have RFC 6298's timeout, but never less than
//!   [`LEAST_WAIT`], or twice [`Config::first_wait`] at the most. Others have [`Config::first_wait`].
//! * Which server is asked first. That is the first one of the list whose wait is less than [`BAND`] above the best
//!   one, as in unbound: small differences do not change the order of resolv.conf(5). With `rotate` it is any
//!   of these. Each failure doubles what a server counts, so that one that is dead comes last.
//!
//! What is older than [`FORGOTTEN_AFTER`] does not count, so a server that was dead has another chance; only a cookie
//! stays. At most [`MAX_SERVERS`] are remembered. Tested in `tests/stub/history.rs`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::config::Config;
use super::cookie::Cookie;
use super::round_trip::RoundTrip;

/// The shortest first wait. A resolver answers in a millisecond what it has in its cache, and takes some hundred of
/// them for what it has not.
pub const LEAST_WAIT: Duration = Duration::from_millis(400);

/// Servers whose waits differ by less are equally good. The number is unbound's (RTT_BAND).
pub const BAND: Duration = Duration::from_millis(400);

/// How long news of a server counts. The number is unbound's (infra-host-ttl).
pub const FORGOTTEN_AFTER: Duration = Duration::from_secs(900);

/// How many servers are remembered. Another one takes the place of the one without news for longest.
pub const MAX_SERVERS: usize = 64;

/// What is remembered of servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The one with the oldest news first.
    servers: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    server: SocketAddr,
    /// When there was news of it.
    heard: Instant,
    known: Known,
}

/// What is known of one server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// How long it takes to answer over UDP; `None` if that was not measured yet.
    pub round_trip: Option<RoundTrip>,
    /// How often it failed since its last answer: silence, no way there, or an answer that helps nobody.
    pub failures: u32,
    /// The cookies, if it has sent one.
    pub cookie: Option<Cookie>,
}

impl Known {
    /// It answered; `sample` after the question, if that was sent once over UDP.
    pub(super) fn answered(&mut self, sample: Option<Duration>) {
        self.failures = 0;
        match (&mut self.round_trip, sample) {
            (Some(round_trip), Some(sample)) => round_trip.measured(sample),
            (none @ None, Some(sample)) => *none = Some(RoundTrip::of(sample)),
            (_, None) => {}
        }
    }

    /// It failed.
    pub(crate) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// How long to wait for its first answer.
    pub fn first_wait(&self, config: &Config) -> Duration {
        let least = LEAST_WAIT.min(config.first_wait);
        let wait = self.round_trip.map_or(config.first_wait, |round_trip| round_trip.timeout());
        wait.clamp(least, config.first_wait.saturating_mul(2))
    }

    /// What it counts when the best one is looked for. A server that nobody asked yet may be the best.
    pub(crate) fn counts(&self, config: &Config) -> Duration {
        let wait = match (self.round_trip, self.failures) {
            (None, 0) => LEAST_WAIT,
            (None, _) => config.first_wait,
            (Some(round_trip), _) => round_trip.timeout().max(LEAST_WAIT),
        };
        wait.saturating_mul(1 << self.failures.min(16))
    }
}

impl History {
    /// Nothing is known yet.
    pub fn new() -> History {
        History::default()
    }

    /// How many servers are remembered.
    pub fn len(&self) -> usize {
        self.servers.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// What is known of a server at this time.
    pub fn of(&self, now: Instant, server: SocketAddr) -> Known {
        let entry = self.servers.iter().find(|entry| entry.server == server);
        match entry {
            Some(Entry { heard, known, .. }) if now.saturating_duration_since(*heard) < FORGOTTEN_AFTER => {
                known.clone()
            }
            // Without its cookie the server could be played by anybody.
            Some(Entry { known, .. }) => Known { cookie: known.cookie.clone(), ..Known::default() },
            None => Known::default(),
        }
    }

    /// Remembers what is known of a server now. Where there are too many, the oldest news is forgotten.
    pub fn remember(&mut self, now: Instant, server: SocketAddr, known: Known) {
        self.servers.retain(|entry| entry.server != server);
        let place = self.servers.partition_point(|entry| entry.heard <= now);
        self.servers.insert(place, Entry { server, heard: now, known });
        if self.servers.len() > MAX_SERVERS {
            self.servers.remove(0);
        }
    }

    /// Takes over what another history has heard later.
    pub fn merge(&mut self, other: &History) {
        for Entry { server, heard, known } in &other.servers {
            let own = self.servers.iter().find(|entry| entry.server == *server);
            if own.is_none_or(|own| own.heard < *heard) {
                self.remember(*heard, *server, known.clone());
            }
        }
    }

    /// The servers in the order in which to ask them. With [`Config::rotate`], `turn` says which of the best begins.
    pub(crate) fn order(
        &self,
        now: Instant,
        servers: &[SocketAddr],
        config: &Config,
        turn: usize,
    ) -> Vec<SocketAddr> {
        let counts = |server: &SocketAddr| self.of(now, *server).counts(config);
        let best = servers.iter().map(counts).min().unwrap_or_default();
        let is_good = |server: &SocketAddr| counts(server) < best.saturating_add(BAND);
        let (mut good, mut rest): (Vec<SocketAddr>, Vec<SocketAddr>) =
            servers.iter().copied().partition(is_good);
        if config.rotate && !good.is_empty() {
            let turn = turn % good.len();
            good.rotate_left(turn);
        }
        // Without a sort of the library's: a list of servers is short, and the page has to stay small.
        while let Some(next) = (0..rest.len()).min_by_key(|index| counts(&rest[*index])) {
            good.push(rest.remove(next));
        }
        good
    }
}
