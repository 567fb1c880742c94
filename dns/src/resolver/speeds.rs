//! What is remembered of servers: how fast they answer, and which of them do not have the zone that they are named for.
//!
//! [`Known`] is what an exchange learns of a server. A stub has a few servers, and a resolver asks thousands, so it
//! finds them by their address, and forgets the oldest news when there are too many. Tested in `tests/resolver`.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::Instant;

use crate::exchange::{FORGOTTEN_AFTER, Known};
use crate::name::Name;

/// How many servers are remembered, and how many that are lame.
const MOST: usize = 10_000;

/// What is remembered of servers.
#[derive(Default)]
pub(super) struct Speeds {
    servers: HashMap<SocketAddr, (Instant, Known)>,
    /// The same by the time of the last news.
    by_age: BTreeSet<(Instant, SocketAddr)>,
    /// Servers without the zone that they are named for, and since when.
    lame: HashMap<(SocketAddr, Name), Instant>,
}

impl Speeds {
    /// What is known of a server now.
    pub(super) fn of(&self, now: Instant, server: SocketAddr) -> Known {
        match self.servers.get(&server) {
            Some((heard, known)) if is_fresh(now, *heard) => known.clone(),
            // Without its cookie the server could be played by anybody.
            Some((_, known)) => Known { cookie: known.cookie.clone(), ..Known::default() },
            None => Known::default(),
        }
    }

    pub(super) fn remember(&mut self, now: Instant, server: SocketAddr, known: Known) {
        if let Some((heard, _)) = self.servers.insert(server, (now, known)) {
            self.by_age.remove(&(heard, server));
        }
        self.by_age.insert((now, server));
        if self.by_age.len() > MOST
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.servers.remove(&oldest);
        }
    }

    /// The server does not have this zone.
    pub(super) fn mark_lame(&mut self, now: Instant, server: SocketAddr, zone: &Name) {
        if self.lame.len() >= MOST {
            self.lame.retain(|_, since| is_fresh(now, *since));
        }
        if self.lame.len() < MOST {
            self.lame.insert((server, zone.clone()), now);
        }
    }

    pub(super) fn is_lame(&self, now: Instant, server: SocketAddr, zone: &Name) -> bool {
        // Most of the time nobody is: then the name is not copied.
        !self.lame.is_empty()
            && self.lame.get(&(server, zone.clone())).is_some_and(|since| is_fresh(now, *since))
    }
}

fn is_fresh(now: Instant, heard: Instant) -> bool {
    now.saturating_duration_since(heard) < FORGOTTEN_AFTER
}
