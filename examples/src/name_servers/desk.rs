//! One name server, and the desk from which it is run: the server answers, and somebody at the desk edits its zones.
//!
//! Tested in `tests/authorities.rs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use barewire_dns::Message;
use barewire_dns::authority::Authority;
use barewire_dns::stub::Protocol;

use crate::services::Program;
use crate::services::program::{Arrived, Sockets};
use crate::services::stage::Fault;
use crate::services::zones;

/// The port of DNS.
const PORT: u16 = 53;

/// What is done to a reply.
pub(super) type Change = Box<dyn FnMut(&mut Message) + Send>;

/// The desk. Clones are the same one: one is the program of the host.
#[derive(Clone)]
pub(super) struct Desk(Arc<Mutex<Served>>);

struct Served {
    begin: Instant,
    zones: Vec<String>,
    server: Authority,
    /// Since the beginning.
    silent: Option<(Duration, Duration)>,
    change: Option<Change>,
    asked: u64,
}

impl Desk {
    pub(super) fn new(begin: Instant, zones: &[&str]) -> Result<Desk, Fault> {
        let (server, zones) = (zones::read(zones)?, zones.iter().map(ToString::to_string).collect());
        let served = Served { begin, zones, server, silent: None, change: None, asked: 0 };
        Ok(Desk(Arc::new(Mutex::new(served))))
    }

    fn served(&self) -> MutexGuard<'_, Served> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one of its zones has this text, which is replaced.
    pub(super) fn edit(&self, from: &str, to: &str) -> Result<bool, Fault> {
        let mut served = self.served();
        let found = served.zones.iter().any(|zone| zone.contains(from));
        if found {
            let edited: Vec<String> = served.zones.iter().map(|zone| zone.replace(from, to)).collect();
            let texts: Vec<&str> = edited.iter().map(String::as_str).collect();
            served.server = zones::read(&texts)?;
            served.zones = edited;
        }
        Ok(found)
    }

    pub(super) fn silence(&self, from: Duration, until: Duration) {
        self.served().silent = Some((from, until));
    }

    pub(super) fn change(&self, change: Change) {
        self.served().change = Some(change);
    }

    pub(super) fn asked(&self) -> u64 {
        self.served().asked
    }
}

impl Served {
    /// The replies to a query.
    fn answer(&mut self, now: Instant, query: &[u8]) -> Vec<Vec<u8>> {
        self.asked += 1;
        let time = now.saturating_duration_since(self.begin);
        if self.silent.is_some_and(|(from, until)| (from..until).contains(&time)) {
            return Vec::new();
        }
        let replies: Vec<Vec<u8>> = self.server.answer(query, Protocol::Udp).collect();
        let Some(change) = &mut self.change else { return replies };
        let changed = |reply: Vec<u8>| {
            let mut message = Message::parse(&reply).ok()?;
            change(&mut message);
            message.encode().ok()
        };
        replies.into_iter().filter_map(changed).collect()
    }
}

impl Program for Desk {
    fn datagram(&mut self, now: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        if datagram.local.port() != PORT {
            return false;
        }
        for reply in self.served().answer(now, datagram.payload) {
            sockets.send_datagram(datagram.local, datagram.remote, &reply, None);
        }
        true
    }
}
