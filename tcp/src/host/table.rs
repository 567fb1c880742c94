//! The connections of a host: by handle, by their two ends, and the line of those that may have something to send.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use rand_core::Rng;

use crate::config::Config;
use crate::connection::Connection;
use crate::connection::event::ConnectionEvent;
use crate::error::Error;
use crate::host::event::{Event, Handle};
use crate::host::schedule::{Deadlines, Line};
use crate::isn::IsnGenerator;
use crate::output::reply::Transmit;
use crate::seq::SeqNumber;
use crate::state::State;

/// Two ends: local, remote.
pub(super) type FourTuple = (SocketAddr, SocketAddr);

/// The connections of a host, and what new ones are made with.
pub(super) struct Table {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) config: Config,
    pub(super) rng: Box<dyn Rng + Send>,
    isn: IsnGenerator,
    pub(super) connections: BTreeMap<Handle, Connection>,
    pub(super) tuples: BTreeMap<FourTuple, Handle>,
    /// By port: how many connections may be half open at once.
    pub(super) backlogs: BTreeMap<u16, usize>,
    pub(super) reserved: BTreeSet<u16>,
    next_handle: u64,
    /// Connections that may have something to send, each in its turn.
    busy: Line,
    /// When each connection wants to be called.
    deadlines: Deadlines,
    /// Resets that answer what belongs to nobody.
    pub(super) replies: VecDeque<Transmit>,
    pub(super) events: VecDeque<Event>,
}

impl Table {
    pub(super) fn new(addresses: Vec<IpAddr>, config: Config, mut rng: Box<dyn Rng + Send>) -> Table {
        let isn = IsnGenerator::new(&mut *rng);
        Table {
            addresses,
            config,
            rng,
            isn,
            connections: BTreeMap::new(),
            tuples: BTreeMap::new(),
            backlogs: BTreeMap::new(),
            reserved: BTreeSet::new(),
            next_handle: 0,
            busy: Line::default(),
            deadlines: Deadlines::default(),
            replies: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Whether there are as many connections as the configuration allows.
    pub(super) fn is_full(&self) -> bool {
        self.connections.len() >= self.config.max_connections
    }

    /// Opens a connection actively.
    pub(super) fn connect(
        &mut self,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<Handle, Error> {
        if self.is_full() {
            return Err(Error::TooManyConnections(self.config.max_connections));
        }
        let (iss, clock) = self.numbers(now, local, remote);
        let connection = Connection::connect(now, self.config, local, remote, iss, clock);
        Ok(self.add(local, remote, connection))
    }

    /// Opens a connection passively.
    pub(super) fn listen(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) -> Handle {
        let (iss, clock) = self.numbers(now, local, remote);
        let connection = Connection::listen(now, self.config, local, remote, iss, clock);
        self.add(local, remote, connection)
    }

    fn numbers(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) -> (SeqNumber, u32) {
        (self.isn.isn(now, local, remote), self.isn.timestamp_offset(local, remote))
    }

    fn add(&mut self, local: SocketAddr, remote: SocketAddr, connection: Connection) -> Handle {
        let handle = Handle(self.next_handle);
        self.next_handle += 1;
        self.tuples.insert((local, remote), handle);
        self.deadlines.set(handle, connection.deadline());
        self.connections.insert(handle, connection);
        self.busy.push(handle);
        handle
    }

    /// The next packet of any connection, each in its turn.
    pub(super) fn next_packet(&mut self, now: Instant) -> Option<Transmit> {
        if let Some(reply) = self.replies.pop_front() {
            return Some(reply);
        }
        while let Some(handle) = self.busy.pop() {
            let Some(connection) = self.connections.get_mut(&handle) else { continue };
            let transmit = connection.transmit(now);
            self.deadlines.set(handle, connection.deadline());
            if transmit.is_some() {
                // Back to the end of the line: no connection makes the others wait.
                self.busy.push(handle);
                return transmit;
            }
            if connection.is_finished() {
                self.deadlines.set(handle, None);
                self.connections.remove(&handle);
            }
        }
        None
    }

    /// The earliest deadline of all connections.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    /// Does what is due by `now` in each connection.
    pub(super) fn on_deadline(&mut self, now: Instant) {
        for handle in self.deadlines.due(now) {
            self.with(handle, |connection| connection.on_deadline(now));
        }
    }

    /// Does something with a connection, if there is one, and then collects what it has to tell.
    pub(super) fn with<T>(&mut self, handle: Handle, act: impl FnOnce(&mut Connection) -> T) -> Option<T> {
        let result = act(self.connections.get_mut(&handle)?);
        self.look_after(handle);
        Some(result)
    }

    /// Collects the connection's events, and puts it in the line of those that may have something to send.
    fn look_after(&mut self, handle: Handle) {
        let Some(connection) = self.connections.get_mut(&handle) else { return };
        let (tuple, passive) = (connection.ends(), connection.is_passive());
        while let Some(event) = connection.event() {
            let event = host_event(event, handle, passive.then_some(tuple.0.port()));
            if event.is_some() && self.events.back() != event.as_ref() {
                self.events.extend(event);
            }
        }
        if connection.state() == State::Closed && self.tuples.get(&tuple) == Some(&handle) {
            // The ends may be used again at once.
            self.tuples.remove(&tuple);
        }
        self.deadlines.set(handle, connection.deadline());
        self.busy.push(handle);
    }
}

/// A connection's event as the host tells it. `listens` is the port of a connection that began in LISTEN.
fn host_event(event: ConnectionEvent, handle: Handle, listens: Option<u16>) -> Option<Event> {
    Some(match (event, listens) {
        (ConnectionEvent::Established, Some(port)) => Event::Accepted { port, handle },
        (ConnectionEvent::Established, None) => Event::Connected(handle),
        (ConnectionEvent::Readable, _) => Event::Readable(handle),
        (ConnectionEvent::Writable, _) => Event::Writable(handle),
        (ConnectionEvent::PeerClosed, _) => Event::PeerClosed(handle),
        (ConnectionEvent::Refused, _) => Event::Refused(handle),
        (ConnectionEvent::Reset, _) => Event::Reset(handle),
        (ConnectionEvent::TimedOut, _) => Event::TimedOut(handle),
        (ConnectionEvent::Closed, _) => Event::Closed(handle),
        // Nobody above has heard of this connection.
        (ConnectionEvent::BackToListen, _) => return None,
    })
}
