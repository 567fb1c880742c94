//! The connections of a host: by handle, by their two ends, and the line of those that may have something to send.

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use rand_core::Rng;

use crate::config::Config;
use crate::connection::event::ConnectionEvent;
use crate::connection::{Connection, Open};
use crate::error::Error;
use crate::host::backlogs::Backlogs;
use crate::host::connections::Connections;
use crate::host::ends::Ends;
use crate::host::event::{Event, Handle};
use crate::host::fast_open::FastOpen;
use crate::host::news::News;
use crate::host::schedule::Schedule;
use crate::host::spare::Spare;
use crate::isn::IsnGenerator;
use crate::note::ReceivedNote;
use crate::output::reply::Transmit;
use crate::segment::Segment;
use crate::seq::SeqNumber;
use crate::state::State;
use crate::syn_cookie::SynCookies;

/// By how much a connection begins above the last number of an old one, whose segments may still be on their way.
const ABOVE_THE_OLD: u32 = 65_537;

/// The connections of a host, and what new ones are made with.
pub(super) struct Table {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) config: Config,
    pub(super) rng: Box<dyn Rng + Send>,
    pub(super) isn: IsnGenerator,
    /// There from the first backlog on that overflows.
    pub(super) cookies: Option<SynCookies>,
    pub(super) fast_open: FastOpen,
    pub(super) connections: Connections,
    pub(super) ends: Ends,
    pub(super) backlogs: Backlogs,
    pub(super) reserved: BTreeSet<u16>,
    /// The one of them from which the last connection left.
    pub(super) last_reserved: u16,
    schedule: Schedule,
    spare: Spare,
    /// The connections that nobody would miss: [`Connection::has_nothing_left`].
    waiting: BTreeSet<Handle>,
    /// Resets that answer what belongs to nobody.
    pub(super) replies: VecDeque<Transmit>,
    news: News,
}

impl Table {
    pub(super) fn new(addresses: Vec<IpAddr>, config: Config, mut rng: Box<dyn Rng + Send>) -> Table {
        let isn = IsnGenerator::new(&mut *rng);
        let ends = Ends::new(isn.derived_secret(b"ends"));
        Table {
            addresses,
            config,
            rng,
            isn,
            cookies: None,
            fast_open: FastOpen::default(),
            connections: Connections::default(),
            ends,
            backlogs: Backlogs::default(),
            reserved: BTreeSet::new(),
            last_reserved: 0,
            schedule: Schedule::default(),
            spare: Spare::default(),
            waiting: BTreeSet::new(),
            replies: VecDeque::new(),
            news: News::default(),
        }
    }

    /// Whether there are as many connections as the configuration allows, and none that may give way.
    pub(super) fn is_full(&self) -> bool {
        self.connections.len() >= self.config.max_connections && self.waiting.is_empty()
    }

    /// Makes room for one more connection: where there are too many, the oldest of those that only wait end before
    /// their time, as in Linux. Else a client that lets the server close first, and does not close itself, could shut
    /// others out for minutes. Gives whether there is room now.
    pub(super) fn make_room(&mut self) -> bool {
        while self.connections.len() >= self.config.max_connections {
            let Some(handle) = self.waiting.pop_first() else { return false };
            self.with(handle, Connection::give_way);
            if self.connections.get(handle).is_some_and(|entry| entry.connection.is_finished()) {
                self.forget(handle);
            }
        }
        true
    }

    /// Opens a connection actively.
    pub(super) fn connect(
        &mut self,
        now: Instant,
        config: Config,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<Handle, Error> {
        if !self.make_room() {
            return Err(Error::TooManyConnections(self.config.max_connections));
        }
        let config = self.on_this_link(config);
        let mut connection = Connection::connect(now, self.open(now, config, local, remote));
        if config.fast_open {
            connection.set_fast_open(self.fast_open.servers.plan(now, local.ip(), remote));
        }
        Ok(self.add(local, remote, connection))
    }

    /// Opens a connection passively, for this SYN, and gives what there is to say about it. `before` is the number
    /// after the last one of a connection in TIME-WAIT whose place it takes: its own numbers lie above that (RFC 9293
    /// §3.6.1), as far as in Linux. A transfer of more than 250 kB/s outruns the clock of initial numbers.
    pub(super) fn listen(
        &mut self,
        now: Instant,
        (local, remote): (SocketAddr, SocketAddr),
        syn: &Segment<'_>,
        before: Option<SeqNumber>,
    ) -> (Handle, Option<ReceivedNote>) {
        let config = self.settings_at(local.port());
        let mut open = self.open(now, config, local, remote);
        open.iss = before.map_or(open.iss, |before| open.iss.latest(before + ABOVE_THE_OLD));
        let mut connection = Connection::listen(now, open);
        let mut note = None;
        if let Some(option) = syn.options.fast_open.filter(|_| config.fast_open) {
            let ends = (local, remote);
            let (plan, said) = self.fast_open.admit(now, &self.isn, ends, option, config.fast_open_backlog);
            connection.set_fast_open(plan);
            note = Some(said);
        }
        (self.add(local, remote, connection), note)
    }

    /// The settings of the connections that a port accepts.
    pub(super) fn settings_at(&self, port: u16) -> Config {
        self.on_this_link(self.backlogs.config(port).unwrap_or(self.config))
    }

    /// The settings of a connection, with packets that fit the link.
    fn on_this_link(&self, config: Config) -> Config {
        Config { mtu: config.mtu.min(self.config.mtu), ..config }
    }

    /// What a connection between these ends begins with.
    fn open(&mut self, now: Instant, config: Config, local: SocketAddr, remote: SocketAddr) -> Open {
        let iss = self.isn.isn(now, local, remote);
        Open { config, local, remote, iss, timestamp_offset: self.isn.timestamp_offset(now, local, remote) }
    }

    pub(super) fn add(&mut self, local: SocketAddr, remote: SocketAddr, connection: Connection) -> Handle {
        let handle = self.connections.add(connection);
        self.ends.insert(local, remote, handle);
        self.look_after(handle);
        handle
    }

    /// The next packet of any connection, each in its turn.
    pub(super) fn next_packet(&mut self, now: Instant) -> Option<Transmit> {
        if let Some(reply) = self.replies.pop_front() {
            return Some(reply);
        }
        while let Some(handle) = self.schedule.take_first() {
            let Some(entry) = self.connections.get_mut(handle) else { continue };
            entry.in_line = false;
            if let Some(transmit) = entry.connection.transmit(now) {
                // Back to the end of the line: no connection makes the others wait.
                self.schedule.queue(handle, entry);
                self.schedule.may_have_moved(handle, &self.connections);
                return Some(transmit);
            }
            if entry.connection.is_finished() {
                self.forget(handle);
            } else {
                self.schedule.may_have_moved(handle, &self.connections);
            }
        }
        None
    }

    /// The oldest event that was not taken yet.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        let event = self.news.take()?;
        if let Some(entry) = self.connections.get_mut(event.handle()) {
            entry.untaken.was_taken(&event);
        }
        Some(event)
    }

    /// The earliest deadline of all connections.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.schedule.earliest(&self.connections)
    }

    /// Does what is due by `now` in each connection.
    pub(super) fn on_deadline(&mut self, now: Instant) {
        for handle in self.schedule.due(now, &self.connections) {
            self.with(handle, |connection| connection.on_deadline(now));
        }
    }

    /// Reads from a connection, if there is one. Where nothing is read, nothing follows from it.
    pub(super) fn read(&mut self, handle: Handle, buffer: &mut [u8]) -> Option<usize> {
        let count = self.connections.get_mut(handle)?.connection.read(buffer);
        if count > 0 {
            self.look_after(handle);
        }
        Some(count)
    }

    /// Writes to a connection, if there is one. Where nothing is taken, nothing follows from it.
    pub(super) fn write(&mut self, handle: Handle, data: &[u8]) -> Option<Result<usize, Error>> {
        let taken = self.connections.get_mut(handle)?.connection.write(data);
        if taken != Ok(0) {
            self.look_after(handle);
        }
        Some(taken)
    }

    /// Does something with a connection, if there is one, and then collects what it has to tell.
    pub(super) fn with<T>(&mut self, handle: Handle, act: impl FnOnce(&mut Connection) -> T) -> Option<T> {
        let result = act(&mut self.connections.get_mut(handle)?.connection);
        self.look_after(handle);
        Some(result)
    }

    /// Collects the connection's events, and puts it in the line of those that may have something to send.
    fn look_after(&mut self, handle: Handle) {
        let Some(entry) = self.connections.get_mut(handle) else { return };
        while let Some(event) = entry.connection.event() {
            if let Some(learned) = entry.connection.take_learned() {
                let (local, remote) = entry.connection.ends();
                self.fast_open.servers.learn(local.ip(), remote, &learned);
            }
            let listens = entry.connection.is_passive().then(|| entry.connection.ends().0.port());
            let event = match event {
                // The user has had it since its SYN came.
                ConnectionEvent::Established if entry.connection.was_opened_fast() => None,
                event => host_event(event, handle, listens),
            };
            if let Some(event) = event {
                self.news.tell(event, &mut entry.untaken);
            }
        }
        if entry.connection.state() == State::Closed {
            // The ends may be used again at once.
            self.ends.remove(entry.connection.ends(), handle);
            self.waiting.remove(&handle);
        } else if entry.connection.has_nothing_left() {
            self.waiting.insert(handle);
        }
        self.backlogs.count(entry);
        self.fast_open.count(entry);
        self.schedule.queue(handle, entry);
        let gives_back = self.spare.note(handle, entry);
        if let Some(entry) = gives_back.and_then(|handle| self.connections.get_mut(handle)) {
            entry.keeps_memory = false;
            entry.connection.give_back_memory();
        }
        self.schedule.may_have_moved(handle, &self.connections);
    }

    fn forget(&mut self, handle: Handle) {
        self.schedule.forget(handle);
        self.connections.remove(handle);
    }
}

/// A connection's event as the host tells it. `listens` is the port of a connection that began in LISTEN.
fn host_event(event: ConnectionEvent, handle: Handle, listens: Option<u16>) -> Option<Event> {
    Some(match (event, listens) {
        (ConnectionEvent::Established | ConnectionEvent::FastOpened, Some(port)) => {
            Event::Accepted { port, handle }
        }
        (ConnectionEvent::Established | ConnectionEvent::FastOpened, None) => Event::Connected(handle),
        (ConnectionEvent::Readable, _) => Event::Readable(handle),
        (ConnectionEvent::Writable, _) => Event::Writable(handle),
        (ConnectionEvent::SoftError(error), _) => Event::SoftError { handle, error },
        (ConnectionEvent::PeerClosed, _) => Event::PeerClosed(handle),
        (ConnectionEvent::Refused, _) => Event::Refused(handle),
        (ConnectionEvent::Reset, _) => Event::Reset(handle),
        (ConnectionEvent::Unreachable, _) => Event::Unreachable(handle),
        (ConnectionEvent::TimedOut, _) => Event::TimedOut(handle),
        (ConnectionEvent::Closed, _) => Event::Closed(handle),
        // Nobody above has heard of this connection.
        (ConnectionEvent::BackToListen, _) => return None,
    })
}
