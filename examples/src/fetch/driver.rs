//! The connections of a run, over any [`Network`]: those in use, those that are kept, and those that say goodbye.
//!
//! ```text
//!               begin                     end: it can carry more
//!   Pool ─────────────────▶ Running ─────────────────────────────▶ Kept ──▶ Running ...
//!                              │ end                                 │ idle, or no longer wanted
//!                              └───────────────▶ Goodbye ◀───────────┘
//! ```
//!
//! Nothing here waits but [`Driver::wait`]. Which connection is used, and which is closed, the [`Pool`] says.
//!
//! Left out: lookups at the same time. One name is asked for after the other, and while DNS is waited for, TCP goes on,
//! but what it brings is read later. Tested in `tests/offline.rs` and `tests/curl_flags.rs` over the toy internet, and
//! in `tests/live` against real servers.

pub(super) mod line;
pub(super) mod running;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_tls13::Summary;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::Fetch;
use super::event::Event;
use super::input::Given;
use super::job::{Job, Resolve};
use super::pool::{self, ConnectionId, Lease, Pool};
use super::session::Session;
use crate::network::{Awaited, Network};
use line::Line;
use running::Running;

/// How long to wait for the server's end after ours.
const LINGER: Duration = Duration::from_secs(2);

/// The connections of a run.
pub(super) struct Driver<'n> {
    pub(super) network: &'n mut dyn Network,
    pool: Pool,
    /// Whether a connection may carry more than one request.
    keeps: bool,
    kept: BTreeMap<ConnectionId, Kept>,
    goodbyes: Vec<Goodbye>,
    /// What DNS said, for the time of this run.
    known: BTreeMap<String, Vec<IpAddr>>,
}

/// A connection that nobody uses now.
pub(super) struct Kept {
    session: Session,
    line: Line,
    proved: Proved,
}

/// What is known of a connection since it was opened.
#[derive(Debug, Clone)]
pub(super) struct Proved {
    /// Who took it.
    pub(super) address: SocketAddr,
    /// What its handshake proved; `None` over plain HTTP.
    pub(super) tls: Option<Summary>,
}

struct Goodbye {
    line: Line,
    finished: bool,
    /// When it is let go whatever the server does.
    until: Instant,
}

/// A fetch that has begun.
pub(super) struct Begun {
    pub(super) running: Box<Running>,
    pub(super) id: ConnectionId,
    /// What is known of its connection, where it was kept.
    pub(super) kept: Option<Proved>,
}

impl<'n> Driver<'n> {
    /// A run without connections.
    pub(super) fn new(network: &'n mut dyn Network, pool: pool::Config, keeps: bool) -> Driver<'n> {
        let (kept, known) = (BTreeMap::new(), BTreeMap::new());
        Driver { network, pool: Pool::new(pool), keeps, kept, goodbyes: Vec::new(), known }
    }

    /// Begins a job, over a kept connection if there is one and `fresh` does not forbid it. Its limit for everything
    /// counts from `began`. `None`: all connections to its origin are busy.
    pub(super) fn begin(&mut self, job: &Job, began: Instant, fresh: bool) -> Option<Begun> {
        let origin = job.origin();
        loop {
            let now = self.network.now();
            let lease = match fresh || !self.keeps {
                true => self.pool.lease_new(now, &origin),
                false => self.pool.lease(now, &origin),
            };
            self.close_what_the_pool_says();
            match lease {
                Lease::Wait => return None,
                Lease::New(id) => return Some(self.begin_new(job, began, id)),
                Lease::Kept(id) => {
                    if let Some(begun) = self.begin_over(job, began, id) {
                        return Some(begun);
                    }
                }
            }
        }
    }

    fn begin_new(&mut self, job: &Job, began: Instant, id: ConnectionId) -> Begun {
        let mut job = job.clone();
        let (host, port) = (job.peer().0.to_owned(), job.peer().1);
        if let Some(addresses) = self.known.get(&host).filter(|_| job.addresses().is_empty()) {
            let entry = |address: &IpAddr| Resolve { host: host.clone(), port, address: *address };
            job.resolve.extend(addresses.iter().map(entry));
        }
        let given = self.given();
        let fetch = Fetch::new(self.network.now(), job, self.network.names(), given).counting_from(began);
        let running = Box::new(Running::new(fetch, self.network.transport()));
        Begun { running, id, kept: None }
    }

    /// `None`: the server has closed it meanwhile.
    fn begin_over(&mut self, job: &Job, began: Instant, id: ConnectionId) -> Option<Begun> {
        // What has come until now may be its end.
        self.look_at(id);
        let Some(Kept { session, line, proved }) = self.kept.remove(&id) else {
            self.pool.lost(id);
            return None;
        };
        let given = self.given();
        let fetch = Fetch::over(self.network.now(), session, job.clone(), given).counting_from(began);
        Some(Begun { running: Box::new(Running::over(fetch, line)), id, kept: Some(proved) })
    }

    fn given(&mut self) -> Given {
        let mut seed = [0; 32];
        self.network.rng().fill_bytes(&mut seed);
        Given {
            wall_clock: self.network.wall_clock(),
            rng: Box::new(ChaCha8Rng::from_seed(seed)),
            key_log: Some(self.network.trace().key_log()),
            ledger: self.network.trace().ledger(),
        }
    }

    /// What DNS said of a host serves for the rest of the run.
    pub(super) fn resolved(&mut self, host: &str, addresses: &[SocketAddr]) {
        self.known.entry(host.to_owned()).or_insert_with(|| addresses.iter().map(SocketAddr::ip).collect());
    }

    /// A fetch is over. Its connection is kept, if it can carry more.
    pub(super) fn end(&mut self, running: Box<Running>, id: ConnectionId, proved: Option<Proved>) {
        let now = self.network.now();
        match proved.filter(|_| self.keeps && running.stays_open()) {
            Some(proved) => {
                if let Some((session, line)) = running.into_parts() {
                    self.kept.insert(id, Kept { session, line, proved });
                    self.pool.give_back(now, id, true);
                }
            }
            None => {
                self.pool.give_back(now, id, false);
                if let Some(line) = running.close(self.network) {
                    self.say_goodbye(line);
                }
            }
        }
        self.close_what_the_pool_says();
    }

    fn say_goodbye(&mut self, line: Line) {
        let until = self.network.now() + LINGER;
        self.goodbyes.push(Goodbye { line, finished: false, until });
    }

    fn close_what_the_pool_says(&mut self) {
        while let Some(pool::Event::Close(id, _)) = self.pool.event() {
            self.close_kept(id);
        }
    }

    fn close_kept(&mut self, id: ConnectionId) {
        let Some(Kept { mut session, mut line, .. }) = self.kept.remove(&id) else { return };
        session.close();
        while let Some(bytes) = session.transmit(self.network.now()) {
            line.queue(&bytes);
        }
        self.say_goodbye(line);
    }

    /// Reads what has come on a kept connection. One that can carry no request any more is closed.
    fn look_at(&mut self, id: ConnectionId) -> bool {
        let Some(Kept { session, line, .. }) = self.kept.get_mut(&id) else { return false };
        let now = self.network.now();
        let moved = line.turn(self.network.streams(), &mut |input| session.take(now, input));
        while let Some(bytes) = session.transmit(now) {
            line.queue(&bytes);
        }
        while session.event().is_some() {}
        if !session.is_ready() {
            self.pool.lost(id);
            self.close_kept(id);
        }
        moved
    }

    /// The turn of all connections that no fetch uses. Whether anything happened.
    pub(super) fn turn(&mut self) -> bool {
        let mut moved = false;
        for id in self.kept.keys().copied().collect::<Vec<_>>() {
            moved |= self.look_at(id);
        }
        self.pool.on_deadline(self.network.now());
        self.close_what_the_pool_says();
        self.go_on_with_goodbyes();
        moved
    }

    fn go_on_with_goodbyes(&mut self) {
        let now = self.network.now();
        for mut goodbye in std::mem::take(&mut self.goodbyes) {
            let over = goodbye.line.say_goodbye(self.network.streams(), &mut goodbye.finished);
            match over || goodbye.until <= now {
                true => goodbye.line.release(self.network.streams()),
                false => self.goodbyes.push(goodbye),
            }
        }
    }

    /// Waits until something can happen: to these fetches, to a kept connection, or at `deadline`.
    pub(super) fn wait(&mut self, running: &mut [&mut Running], deadline: Option<Instant>) {
        let fetches = running.iter().filter_map(|one| one.fetch.deadline());
        let goodbyes = self.goodbyes.iter().map(|one| one.until);
        let until = fetches.chain(goodbyes).chain(deadline).chain(self.pool.deadline()).min();
        if let Some(one) = running.iter_mut().find(|one| one.is_resolving()) {
            return one.wait_for_dns(self.network, until);
        }
        let used = running.iter().filter_map(|one| one.line());
        let kept = self.kept.values().map(|one| &one.line);
        let said = self.goodbyes.iter().map(|one| &one.line);
        let awaited: Vec<Awaited> = used.chain(kept).chain(said).filter_map(Line::awaited).collect();
        if let Err(error) = self.network.streams().wait(&awaited, until) {
            let now = self.network.now();
            running.iter_mut().for_each(|one| one.network_failed(now, &error));
            self.goodbyes.drain(..).for_each(|one| one.line.release(self.network.streams()));
        }
    }

    /// Closes all that is still open, and waits for the servers to do so too.
    pub(super) fn close(&mut self) {
        for id in self.kept.keys().copied().collect::<Vec<_>>() {
            self.pool.lost(id);
            self.close_kept(id);
        }
        self.go_on_with_goodbyes();
        while !self.goodbyes.is_empty() {
            self.wait(&mut [], None);
            self.go_on_with_goodbyes();
        }
    }
}

impl Proved {
    /// What an event says of a connection that is being opened.
    pub(super) fn hear(known: &mut Option<Proved>, event: &Event) {
        match (event, known) {
            (Event::Connected(address), known) => *known = Some(Proved { address: *address, tls: None }),
            (Event::HandshakeDone(summary), Some(known)) => known.tls = Some((**summary).clone()),
            _ => {}
        }
    }
}
