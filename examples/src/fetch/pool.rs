//! Which connections are kept, which of them carries the next request, and which are closed: a [`Pool`] without I/O.
//!
//! ```text
//!             lease: no idle connection,     give_back: it stays open
//!             and fewer than six are open       ────────────────▶
//!   nothing ────────────────────────────▶  Leased              Idle
//!                                             │  ◀───────────    │
//!                                             │      lease       │
//!             lost, or give_back: it closes   │                  │ lost: the server has closed
//!   nothing ◀─────────────────────────────────┴──────────────────┘ Event::Close: idle too long
//! ```
//!
//! The pool knows numbers: what a [`ConnectionId`] stands for (a stream, and the session over it) is the holder's. A
//! connection serves one [`Origin`] (RFC 9110 §4.3.1). Of several idle ones the one that was used last carries the next
//! request, because its server has had the least time to close it. RFC 9112 §9.4 asks clients to limit their
//! connections; six is the number of browsers.
//!
//! [`retry`] says whether a request may be sent again, [`backoff`] how long to wait before it is.
//!
//! Left out: opening connections before they are asked for, and one pool for several threads. Tested in
//! `tests/pool.rs`.

pub mod backoff;
pub mod retry;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

pub use backoff::Backoff;
pub use retry::{Budget, Reached, Verdict};

/// The settings of a [`Pool`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Connections to one origin at the same time, idle ones among them. 6.
    pub per_origin: usize,
    /// Idle connections to all origins together. 32.
    pub idle: usize,
    /// How long a connection is kept without a request. 90 seconds.
    pub idle_time: Duration,
}

impl Default for Config {
    fn default() -> Config {
        Config { per_origin: 6, idle: 32, idle_time: Duration::from_secs(90) }
    }
}

/// What a connection can serve: requests to one origin, or through one proxy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Whether TLS lies over the stream. Its certificate was proved for `host`.
    pub https: bool,
    /// The host, in lower case. For plain HTTP through a proxy it is the proxy, which serves all of them.
    pub host: String,
    /// The port of that host.
    pub port: u16,
    /// The proxy in between, as `host:port`.
    pub proxy: Option<String>,
}

/// A connection of the pool. A number is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// What carries a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// This connection was kept.
    Kept(ConnectionId),
    /// A new connection, which is to be opened.
    New(ConnectionId),
    /// Nothing now: all connections to the origin are busy. One that is given back or lost makes room.
    Wait,
}

/// What the pool wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Close this connection. The pool has forgotten it.
    Close(ConnectionId, Why),
}

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody used it for [`Config::idle_time`].
    Idle,
    /// More were idle than [`Config::idle`].
    TooMany,
    /// A connection of its origin had to be a new one, and all places were taken.
    MakesRoom,
}

/// The connections of a client.
///
/// ```
/// use std::time::Instant;
/// use barewire::fetch::pool::{Config, Lease, Origin, Pool};
///
/// let now = Instant::now();
/// let origin = Origin { https: true, host: "a.test".into(), port: 443, proxy: None };
/// let mut pool = Pool::new(Config::default());
/// let Lease::New(first) = pool.lease(now, &origin) else { panic!() };
/// pool.give_back(now, first, true);
/// assert_eq!(pool.lease(now, &origin), Lease::Kept(first));
/// ```
#[derive(Debug)]
pub struct Pool {
    config: Config,
    connections: BTreeMap<ConnectionId, Connection>,
    next: u64,
    events: VecDeque<Event>,
}

#[derive(Debug)]
struct Connection {
    origin: Origin,
    /// Since when nobody has used it. `None`: it is leased.
    idle_since: Option<Instant>,
}

/// The verbs: time, and what is to be done.
impl Pool {
    /// When to call [`Pool::on_deadline`], if ever.
    pub fn deadline(&self) -> Option<Instant> {
        let since = self.connections.values().filter_map(|one| one.idle_since);
        since.min().map(|since| since + self.config.idle_time)
    }

    /// It is that time: connections that were idle for too long are closed.
    pub fn on_deadline(&mut self, now: Instant) {
        let limit = self.config.idle_time;
        let late = |one: &Connection| one.idle_since.is_some_and(|since| since + limit <= now);
        let late: Vec<_> = self.connections.iter().filter(|(_, one)| late(one)).map(|(id, _)| *id).collect();
        late.into_iter().for_each(|id| self.close(id, Why::Idle));
    }

    /// What is to be done, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}

/// What a holder does.
impl Pool {
    /// A pool without connections.
    pub fn new(config: Config) -> Pool {
        Pool { config, connections: BTreeMap::new(), next: 0, events: VecDeque::new() }
    }

    /// What carries a request to `origin`: an idle connection, else a new one, if there is a place for it.
    pub fn lease(&mut self, now: Instant, origin: &Origin) -> Lease {
        self.on_deadline(now);
        let idle = self.connections.iter_mut().filter(|(_, one)| one.origin == *origin);
        let latest = idle.filter(|(_, one)| one.idle_since.is_some()).max_by_key(|(_, one)| one.idle_since);
        match latest {
            Some((id, one)) => {
                one.idle_since = None;
                Lease::Kept(*id)
            }
            None => self.open(origin),
        }
    }

    /// The same, but never a kept connection: for a request that was lost on one (RFC 9112 §9.3.1). An idle connection
    /// makes room for it.
    pub fn lease_new(&mut self, now: Instant, origin: &Origin) -> Lease {
        self.on_deadline(now);
        let mine = self.connections.iter().filter(|(_, one)| one.origin == *origin);
        let oldest = mine.clone().filter(|(_, one)| one.idle_since.is_some());
        let oldest = oldest.min_by_key(|(_, one)| one.idle_since).map(|(id, _)| *id);
        if mine.count() >= self.config.per_origin
            && let Some(id) = oldest
        {
            self.close(id, Why::MakesRoom);
        }
        self.open(origin)
    }

    /// A lease is over. `stays_open`: the connection can carry another request (RFC 9112 §9.3). If not, the holder
    /// closes it, and the pool forgets it.
    pub fn give_back(&mut self, now: Instant, id: ConnectionId, stays_open: bool) {
        match self.connections.get_mut(&id) {
            Some(one) if stays_open => one.idle_since = Some(now),
            _ => return self.lost(id),
        }
        let idle = self.connections.iter().filter(|(_, one)| one.idle_since.is_some());
        let oldest = idle.clone().min_by_key(|(_, one)| one.idle_since).map(|(id, _)| *id);
        if idle.count() > self.config.idle
            && let Some(oldest) = oldest
        {
            self.close(oldest, Why::TooMany);
        }
    }

    /// The connection is gone: it was not opened, it broke, or the server closed it.
    pub fn lost(&mut self, id: ConnectionId) {
        self.connections.remove(&id);
    }

    /// How many connections there are.
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    fn open(&mut self, origin: &Origin) -> Lease {
        let open = self.connections.values().filter(|one| one.origin == *origin).count();
        if open >= self.config.per_origin {
            return Lease::Wait;
        }
        let id = ConnectionId(self.next);
        self.next += 1;
        self.connections.insert(id, Connection { origin: origin.clone(), idle_since: None });
        Lease::New(id)
    }

    fn close(&mut self, id: ConnectionId, why: Why) {
        self.connections.remove(&id);
        self.events.push_back(Event::Close(id, why));
    }
}
