//! A host: many connections behind one set of addresses, still without I/O.
//!
//! It finds the connection of an incoming segment by its four-tuple (RFC 9293 §3.3.1), makes new ones for listeners
//! and for [`Host::connect`], answers what belongs to nobody with a reset (§3.10.7.1), and hands on what the
//! connections want sent, when they want waking, and what they have to tell.
//!
//! Left out: SYN cookies; a connection in SYN-RECEIVED takes a place in its listener's backlog, and beyond
//! the backlog SYNs are dropped. Tested in `tests/host.rs`.

mod demultiplex;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use rand_core::Rng;

use crate::config::Config;
use crate::connection::{Connection, ConnectionEvent};
use crate::error::Error;
use crate::isn::IsnGenerator;
use crate::output::Transmit;
use crate::state::State;
use crate::tcb::Variables;

/// Names a connection of a [`Host`]. Never used twice by the same host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(u64);

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What a host has to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A connection that was asked for is open.
    Connected(Handle),
    /// Somebody has connected to a port that is listened on.
    Accepted {
        /// The port.
        port: u16,
        /// The new connection.
        handle: Handle,
    },
    /// There are bytes to read.
    Readable(Handle),
    /// There is room to write, after a write that was cut short.
    Writable(Handle),
    /// The peer will send no more: after what is there to be read, the end.
    PeerClosed(Handle),
    /// The peer reset the connection.
    Reset(Handle),
    /// The peer did not answer, however often it was asked.
    TimedOut(Handle),
    /// Nobody listens there: the peer answered our SYN with a reset.
    Refused(Handle),
    /// The connection is over, in good order. The handle is forgotten when its last byte has been read.
    Closed(Handle),
}

/// Two ends: local, remote.
type FourTuple = (SocketAddr, SocketAddr);

#[derive(Debug)]
struct Listener {
    backlog: usize,
}

/// The TCP of one host.
pub struct Host {
    addresses: Vec<IpAddr>,
    config: Config,
    rng: Box<dyn Rng + Send>,
    isn: IsnGenerator,
    connections: BTreeMap<Handle, Connection>,
    tuples: BTreeMap<FourTuple, Handle>,
    listeners: BTreeMap<u16, Listener>,
    reserved: BTreeSet<u16>,
    next_handle: u64,
    /// Connections that may have something to send, each in its turn.
    busy: VecDeque<Handle>,
    /// Resets for what belongs to nobody.
    replies: VecDeque<Transmit>,
    events: VecDeque<Event>,
    receive_note: &'static str,
}

impl Host {
    /// A host with these addresses. The generator gives its secret and its ports.
    pub fn new(addresses: Vec<IpAddr>, config: Config, mut rng: Box<dyn Rng + Send>) -> Host {
        let isn = IsnGenerator::new(&mut *rng);
        Host {
            addresses,
            config,
            rng,
            isn,
            connections: BTreeMap::new(),
            tuples: BTreeMap::new(),
            listeners: BTreeMap::new(),
            reserved: BTreeSet::new(),
            next_handle: 0,
            busy: VecDeque::new(),
            replies: VecDeque::new(),
            events: VecDeque::new(),
            receive_note: "",
        }
    }

    /// The host's addresses.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// The configuration that new connections get.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Keeps the packets of new connections to `mtu` bytes, if [`Config::mtu`] says more.
    pub fn limit_mtu(&mut self, mtu: usize) {
        self.config.mtu = self.config.mtu.min(mtu);
    }

    /// Opens a connection to `remote` from an ephemeral port. [`Event::Connected`], [`Event::Refused`] or
    /// [`Event::TimedOut`] follows.
    ///
    /// # Errors
    /// [`Error::NoAddress`], [`Error::NoPort`], [`Error::TooManyConnections`].
    pub fn connect(&mut self, now: Instant, remote: SocketAddr) -> Result<Handle, Error> {
        let local = self.local_address_for(remote)?;
        let port = self.ephemeral_port(local, remote)?;
        self.open(now, SocketAddr::new(local, port), remote)
    }

    /// Opens a connection from a port of the caller's choice (see [`Host::reserve_port`]).
    ///
    /// # Errors
    /// [`Error::NoAddress`], [`Error::PortInUse`], [`Error::TooManyConnections`].
    pub fn connect_from(&mut self, now: Instant, port: u16, remote: SocketAddr) -> Result<Handle, Error> {
        let local = SocketAddr::new(self.local_address_for(remote)?, port);
        if self.tuples.contains_key(&(local, remote)) || self.listeners.contains_key(&port) {
            return Err(Error::PortInUse(port));
        }
        self.open(now, local, remote)
    }

    /// Has connections leave from `port`, and others so reserved, only: where the kernel must be kept from answering
    /// ([`crate::link::raw`]), a port has to be guarded before it is used.
    pub fn reserve_port(&mut self, port: u16) {
        self.reserved.insert(port);
    }

    /// Lets go of a reserved port.
    pub fn release_port(&mut self, port: u16) {
        self.reserved.remove(&port);
    }

    fn open(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) -> Result<Handle, Error> {
        if self.connections.len() >= self.config.max_connections {
            return Err(Error::TooManyConnections(self.config.max_connections));
        }
        let iss = self.isn.isn(now, local, remote);
        let clock = self.isn.timestamp_offset(local, remote);
        Ok(self.add(Connection::connect(now, self.config, local, remote, iss, clock)))
    }

    fn add(&mut self, connection: Connection) -> Handle {
        let handle = Handle(self.next_handle);
        self.next_handle += 1;
        self.tuples.insert((connection.local, connection.remote), handle);
        self.connections.insert(handle, connection);
        self.busy.push_back(handle);
        handle
    }

    /// Listens on `port` at every address of the host; each connection comes as [`Event::Accepted`]. `backlog` is how many
    /// may be half open at once.
    ///
    /// # Errors
    /// [`Error::PortInUse`].
    pub fn listen(&mut self, port: u16, backlog: usize) -> Result<(), Error> {
        if self.listeners.contains_key(&port) {
            return Err(Error::PortInUse(port));
        }
        self.listeners.insert(port, Listener { backlog: backlog.max(1) });
        Ok(())
    }

    /// Stops listening on `port`. Connections already made go on.
    pub fn stop_listening(&mut self, port: u16) {
        self.listeners.remove(&port);
    }

    /// The next packet to send, if any. To be asked until it gives none.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        if let Some(reply) = self.replies.pop_front() {
            return Some(reply);
        }
        while let Some(handle) = self.busy.pop_front() {
            let Some(connection) = self.connections.get_mut(&handle) else { continue };
            if let Some(transmit) = connection.transmit(now) {
                // Back to the end of the line: no connection holds the others up.
                self.busy.push_back(handle);
                return Some(transmit);
            }
            self.forget_if_finished(handle);
        }
        None
    }

    /// When to call [`Host::on_deadline`], if ever.
    pub fn deadline(&self) -> Option<Instant> {
        self.connections.values().filter_map(Connection::deadline).min()
    }

    /// Does what is due by `now`.
    pub fn on_deadline(&mut self, now: Instant) {
        let due = |connection: &Connection| connection.deadline().is_some_and(|deadline| deadline <= now);
        let handles: Vec<Handle> = self
            .connections
            .iter()
            .filter(|(_, connection)| due(connection))
            .map(|(handle, _)| *handle)
            .collect();
        for handle in handles {
            if let Some(connection) = self.connections.get_mut(&handle) {
                connection.on_deadline(now);
            }
            self.look_after(handle);
        }
    }

    /// What happened since the last call, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Copies out bytes that have arrived in order; 0 if there are none now. [`Host::peer_has_closed`] tells whether more
    /// will come.
    ///
    /// # Errors
    /// [`Error::NoConnection`] for a connection that is over and read to its end.
    pub fn read(&mut self, handle: Handle, buffer: &mut [u8]) -> Result<usize, Error> {
        let count = self.connections.get_mut(&handle).ok_or(Error::NoConnection)?.read(buffer);
        self.look_after(handle);
        Ok(count)
    }

    /// Takes as much of `data` as there is room for, and says how much. [`Event::Writable`] follows a short write.
    ///
    /// # Errors
    /// [`Error::Closing`], [`Error::NoConnection`].
    pub fn write(&mut self, handle: Handle, data: &[u8]) -> Result<usize, Error> {
        let taken = self.connections.get_mut(&handle).ok_or(Error::NoConnection)?.write(data)?;
        self.look_after(handle);
        Ok(taken)
    }

    /// Closes our direction: a FIN follows what was written. Reading goes on.
    pub fn close(&mut self, handle: Handle) {
        self.with(handle, Connection::close);
    }

    /// Resets the connection.
    pub fn abort(&mut self, handle: Handle) {
        self.with(handle, Connection::abort);
    }

    /// Closes, and lets go: nobody will read any more. The connection ends by itself, or by a reset if data still comes.
    pub fn release(&mut self, now: Instant, handle: Handle) {
        self.with(handle, |connection| connection.abandon(now));
    }

    fn with(&mut self, handle: Handle, act: impl FnOnce(&mut Connection)) {
        if let Some(connection) = self.connections.get_mut(&handle) {
            act(connection);
            self.look_after(handle);
        }
    }

    /// The connection's state; [`State::Closed`] for one that is over.
    pub fn state(&self, handle: Handle) -> State {
        self.connections.get(&handle).map_or(State::Closed, Connection::state)
    }

    /// The connection's variables, for printing. None when it is over.
    pub fn variables(&self, handle: Handle) -> Option<Variables> {
        self.connections.get(&handle).map(Connection::variables)
    }

    /// Local and remote end of the connection. None when it is over.
    pub fn ends(&self, handle: Handle) -> Option<(SocketAddr, SocketAddr)> {
        self.connections.get(&handle).map(|connection| (connection.local, connection.remote))
    }

    /// The connection between these ends, if there is one.
    pub fn handle_of(&self, local: SocketAddr, remote: SocketAddr) -> Option<Handle> {
        self.tuples.get(&(local, remote)).copied()
    }

    /// How many bytes are ready to be read.
    pub fn unread(&self, handle: Handle) -> usize {
        self.connections.get(&handle).map_or(0, Connection::unread)
    }

    /// Whether the peer has closed its direction: after what is unread, nothing follows.
    pub fn peer_has_closed(&self, handle: Handle) -> bool {
        self.connections.get(&handle).is_none_or(Connection::peer_has_closed)
    }

    /// Collects the connection's events, and puts it in the line of those that may have something to send.
    fn look_after(&mut self, handle: Handle) {
        let Some(connection) = self.connections.get_mut(&handle) else { return };
        while let Some(event) = connection.event() {
            let event = match event {
                ConnectionEvent::Established if connection.passive => {
                    Event::Accepted { port: connection.local.port(), handle }
                }
                ConnectionEvent::Established => Event::Connected(handle),
                ConnectionEvent::Readable => Event::Readable(handle),
                ConnectionEvent::Writable => Event::Writable(handle),
                ConnectionEvent::PeerClosed => Event::PeerClosed(handle),
                ConnectionEvent::Refused => Event::Refused(handle),
                ConnectionEvent::Reset => Event::Reset(handle),
                ConnectionEvent::TimedOut => Event::TimedOut(handle),
                ConnectionEvent::Closed => Event::Closed(handle),
                // It never was a connection to anybody above.
                ConnectionEvent::BackToListen => continue,
            };
            if self.events.back() != Some(&event) {
                self.events.push_back(event);
            }
        }
        if connection.state() == State::Closed {
            // The ends may be used again at once.
            let tuple = (connection.local, connection.remote);
            if self.tuples.get(&tuple) == Some(&handle) {
                self.tuples.remove(&tuple);
            }
        }
        if !self.busy.contains(&handle) {
            self.busy.push_back(handle);
        }
    }

    fn forget_if_finished(&mut self, handle: Handle) {
        if self.connections.get(&handle).is_some_and(|connection| connection.is_finished()) {
            self.connections.remove(&handle);
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("addresses", &self.addresses)
            .field("connections", &self.connections.len())
            .field("listeners", &self.listeners.keys())
            .finish_non_exhaustive()
    }
}
