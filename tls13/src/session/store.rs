//! Where sessions wait for a later connection. Each is given out once (RFC 8446 §C.4). Tested in
//! `tests/resumption.rs`.

use std::collections::VecDeque;

use super::{Session, Wanted};

/// Keeps sessions for later connections.
pub trait SessionStore {
    /// Keeps a session.
    fn insert(&mut self, session: Session);

    /// Takes out the newest session that fits: server name, application protocol, hash, trust, time. It is not in the
    /// store afterwards.
    fn take(&mut self, wanted: &Wanted<'_>) -> Option<Session>;
}

/// A store in memory, with a bound: a server decides how many tickets it sends.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    /// The oldest first.
    sessions: VecDeque<Session>,
    most: usize,
    most_per_server: usize,
}

impl Default for MemoryStore {
    /// 256 sessions, 8 of each server.
    fn default() -> MemoryStore {
        MemoryStore::new(256, 8)
    }
}

impl MemoryStore {
    /// A store for at most `most` sessions, and `most_per_server` of each server.
    pub fn new(most: usize, most_per_server: usize) -> MemoryStore {
        MemoryStore { sessions: VecDeque::new(), most, most_per_server }
    }

    /// The sessions that wait, the oldest first.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.iter()
    }

    /// Drops the oldest session of `server_name` while there are too many of it, and then the oldest of all.
    fn make_room(&mut self, server_name: &str) {
        let of_server = |session: &Session| session.server_name == server_name;
        while self.sessions.iter().filter(|session| of_server(session)).count() > self.most_per_server {
            let Some(oldest) = self.sessions.iter().position(of_server) else { return };
            self.sessions.remove(oldest);
        }
        while self.sessions.len() > self.most {
            self.sessions.pop_front();
        }
    }
}

impl SessionStore for MemoryStore {
    fn insert(&mut self, session: Session) {
        // The time of the newest ticket is the only clock here.
        let now = session.received;
        self.sessions.retain(|kept| kept.is_alive(now) || kept.received > now);
        let server_name = session.server_name.clone();
        if session.lifetime > 0 {
            self.sessions.push_back(session);
        }
        self.make_room(&server_name);
    }

    fn take(&mut self, wanted: &Wanted<'_>) -> Option<Session> {
        let newest = self.sessions.iter().rposition(|session| session.fits(wanted).is_ok())?;
        self.sessions.remove(newest)
    }
}
