//! A host: many connections at one set of addresses, still without I/O.
//!
//! It finds the connection of an incoming segment by its two ends (RFC 9293 §3.3.1), makes new ones for listeners
//! and for [`Host::connect`], answers what belongs to nobody with a reset (§3.10.7.1), and hands on what the
//! connections want sent, when they want waking, and what they have to tell.
//!
//! A connection in SYN-RECEIVED takes a place in its listener's backlog. Beyond the backlog a SYN is answered by a
//! cookie ([`Config::syn_cookies`]). Tested in `tests/host.rs`.

mod backlogs;
mod connections;
mod cookies;
mod deadlines;
mod demultiplex;
mod ends;
pub(crate) mod event;
mod fast_open;
mod icmp;
mod news;
mod ports;
mod schedule;
mod spare;
mod table;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use rand_core::Rng;

use crate::config::Config;
use crate::connection::Connection;
use crate::error::Error;
use crate::fast_open::Servers;
use crate::keep_alive::KeepAlive;
use crate::note::ReceivedNote;
use crate::output::reply::Transmit;
use crate::state::State;
use crate::variables::Variables;
use table::Table;

pub use event::{Event, Handle};

/// The TCP of one host.
pub struct Host {
    table: Table,
}

/// The five verbs.
impl Host {
    /// A packet arrived from the link. Gives what there is to say about it: mostly nothing. A packet that is damaged,
    /// or not for this host, is dropped ([`ReceivedNote::Dropped`]), and harms no connection.
    pub fn receive(&mut self, now: Instant, ip_packet: &[u8]) -> Option<ReceivedNote> {
        demultiplex::packet_arrives(&mut self.table, now, ip_packet)
    }

    /// The next packet to send, if any. To be asked until it gives none.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        self.table.next_packet(now)
    }

    /// When to call [`Host::on_deadline`], if ever. While there is something to transmit, it may be too early.
    pub fn deadline(&self) -> Option<Instant> {
        self.table.deadline()
    }

    /// Does what is due by `now`.
    pub fn on_deadline(&mut self, now: Instant) {
        self.table.on_deadline(now);
    }

    /// What happened since the last call, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.table.next_event()
    }
}

/// Opening connections, and the ports they leave from.
impl Host {
    /// A host with these addresses. The generator gives its secret and its ports.
    pub fn new(addresses: Vec<IpAddr>, config: Config, rng: Box<dyn Rng + Send>) -> Host {
        Host { table: Table::new(addresses, config, rng) }
    }

    /// Opens a connection to `remote` from an ephemeral port. [`Event::Connected`], [`Event::Refused`] or
    /// [`Event::TimedOut`] follows. With [`Config::fast_open`], what is written before the next [`Host::transmit`]
    /// leaves with the SYN, once a cookie of the server is known.
    ///
    /// # Errors
    /// [`Error::BadDestination`], [`Error::NoAddress`], [`Error::NoPort`], [`Error::TooManyConnections`].
    pub fn connect(&mut self, now: Instant, remote: SocketAddr) -> Result<Handle, Error> {
        self.connect_with(now, remote, self.table.config)
    }

    /// As [`Host::connect`], with settings of its own.
    ///
    /// # Errors
    /// As there.
    pub fn connect_with(
        &mut self,
        now: Instant,
        remote: SocketAddr,
        config: Config,
    ) -> Result<Handle, Error> {
        let local = ports::local_address_for(&self.table, remote)?;
        let port = ports::ephemeral_port(&mut self.table, local, remote)?;
        self.table.connect(now, config, SocketAddr::new(local, port), remote)
    }

    /// As [`Host::connect`], from an address of the caller's choice (RFC 9293 §3.9.1.1). It must be one of the host's.
    ///
    /// # Errors
    /// As there.
    pub fn connect_at(&mut self, now: Instant, local: IpAddr, remote: SocketAddr) -> Result<Handle, Error> {
        let of_one_family = ports::local_address_for(&self.table, remote)?.is_ipv4() == local.is_ipv4();
        if !of_one_family || !self.table.addresses.contains(&local) {
            return Err(Error::NoAddress(remote));
        }
        let port = ports::ephemeral_port(&mut self.table, local, remote)?;
        self.table.connect(now, self.table.config, SocketAddr::new(local, port), remote)
    }

    /// As [`Host::connect_with`]. Where a Fast Open cookie of the server is known ([`Config::fast_open`]), the SYN
    /// waits for the first write, and takes its text along. Linux's option TCP_FASTOPEN_CONNECT does the same. Where
    /// the server speaks first, nothing is written, and [`Host::let_syn_go`] is needed.
    ///
    /// # Errors
    /// As there.
    pub fn connect_on_write(
        &mut self,
        now: Instant,
        remote: SocketAddr,
        config: Config,
    ) -> Result<Handle, Error> {
        let handle = self.connect_with(now, remote, config)?;
        self.table.with(handle, Connection::wait_for_text);
        Ok(handle)
    }

    /// What it has learned of servers for Fast Open.
    pub fn servers(&self) -> &Servers {
        &self.table.fast_open.servers
    }

    /// What another host with the same address has learned of servers: from now on this one knows it.
    pub fn knows_servers(&mut self, servers: Servers) {
        self.table.fast_open.servers = servers;
    }

    /// A SYN that waits for the first write leaves without text.
    pub fn let_syn_go(&mut self, handle: Handle) {
        self.table.with(handle, Connection::let_syn_go);
    }

    /// Whether the SYN of the connection waits for the first write.
    pub fn syn_waits(&self, handle: Handle) -> bool {
        self.get(handle).is_some_and(Connection::waits_for_text)
    }

    /// Opens a connection from a port of the caller's choice (see [`Host::reserve_port`]).
    ///
    /// # Errors
    /// [`Error::BadDestination`], [`Error::NoAddress`], [`Error::PortInUse`], [`Error::TooManyConnections`].
    pub fn connect_from(&mut self, now: Instant, port: u16, remote: SocketAddr) -> Result<Handle, Error> {
        let local = SocketAddr::new(ports::local_address_for(&self.table, remote)?, port);
        if ports::is_taken(&self.table, local, remote) {
            return Err(Error::PortInUse(port));
        }
        self.table.connect(now, self.table.config, local, remote)
    }

    /// From now on connections leave from `port`, and others so reserved, only. Where the kernel must be kept from
    /// answering ([`barewire_packet::link::raw`]), a port has to be guarded before it is used.
    pub fn reserve_port(&mut self, port: u16) {
        self.table.reserved.insert(port);
    }

    /// Listens on `port` at every address of the host; each connection comes as [`Event::Accepted`]. `backlog` is how
    /// many may be half open at once.
    ///
    /// # Errors
    /// [`Error::PortInUse`].
    pub fn listen(&mut self, port: u16, backlog: usize) -> Result<(), Error> {
        self.listen_with(port, backlog, self.table.config)
    }

    /// As [`Host::listen`]; the connections have settings of their own.
    ///
    /// # Errors
    /// As there.
    pub fn listen_with(&mut self, port: u16, backlog: usize, config: Config) -> Result<(), Error> {
        if self.table.backlogs.listens(port) {
            return Err(Error::PortInUse(port));
        }
        self.table.backlogs.open(port, backlog.max(1), config);
        Ok(())
    }

    /// Stops listening on `port`. Connections already made go on.
    pub fn stop_listening(&mut self, port: u16) {
        self.table.backlogs.close(port);
    }
}

/// What a connection's user does: reading, writing, closing.
impl Host {
    /// Copies out bytes that have arrived in order; 0 if there are none now. [`Host::peer_has_closed`] tells whether
    /// more will come.
    ///
    /// # Errors
    /// [`Error::NoConnection`] for a connection that is over and read to its end.
    pub fn read(&mut self, handle: Handle, buffer: &mut [u8]) -> Result<usize, Error> {
        self.table.read(handle, buffer).ok_or(Error::NoConnection)
    }

    /// Takes as much of `data` as there is room for, and says how much. [`Event::Writable`] follows a short write.
    ///
    /// # Errors
    /// [`Error::Closing`], [`Error::NoConnection`].
    pub fn write(&mut self, handle: Handle, data: &[u8]) -> Result<usize, Error> {
        self.table.write(handle, data).ok_or(Error::NoConnection)?
    }

    /// Closes our direction: a FIN follows what was written. Reading goes on.
    pub fn close(&mut self, handle: Handle) {
        self.table.with(handle, Connection::close);
    }

    /// Holds small segments of the connection back from now on, or not (Nagle: RFC 9293 §3.7.4).
    pub fn set_nagle(&mut self, handle: Handle, on: bool) {
        self.table.with(handle, |connection| connection.set_nagle(on));
    }

    /// Asks a silent peer whether it is still there, or does not (RFC 9293 §3.8.4).
    pub fn set_keep_alive(&mut self, handle: Handle, settings: Option<KeepAlive>) {
        self.table.with(handle, |connection| connection.set_keep_alive(settings));
    }

    /// What service the packets of a connection ask of routers from now on: six bits (RFC 9293 §3.9.1.9).
    pub fn set_differentiated_services(&mut self, handle: Handle, codepoint: u8) {
        self.table.with(handle, |connection| connection.set_differentiated_services(codepoint));
    }

    /// Gives the connection up when nothing new was acknowledged for so long (RFC 9293 §3.9.1).
    pub fn set_user_timeout(&mut self, handle: Handle, timeout: Option<Duration>) {
        self.table.with(handle, |connection| connection.set_user_timeout(timeout));
    }

    /// Resets the connection.
    pub fn abort(&mut self, handle: Handle) {
        self.table.with(handle, Connection::abort);
    }

    /// Closes, and lets go: nobody will read any more. The connection ends by itself, or by a reset if data still
    /// comes.
    pub fn release(&mut self, now: Instant, handle: Handle) {
        self.table.with(handle, |connection| connection.abandon(now));
    }
}

/// What can be asked about a host and its connections.
impl Host {
    /// The host's addresses.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.table.addresses
    }

    /// The configuration that new connections get.
    pub fn config(&self) -> &Config {
        &self.table.config
    }

    /// Keeps the packets of new connections to `mtu` bytes, if [`Config::mtu`] says more.
    pub fn limit_mtu(&mut self, mtu: usize) {
        self.table.config.mtu = self.table.config.mtu.min(mtu);
    }

    /// The connection's state; [`State::Closed`] for one that is over.
    pub fn state(&self, handle: Handle) -> State {
        self.get(handle).map_or(State::Closed, Connection::state)
    }

    /// The connection's variables, for printing. None when it is over.
    pub fn variables(&self, handle: Handle) -> Option<Variables> {
        self.get(handle).map(Connection::variables)
    }

    /// Local and remote end of the connection. None when it is over.
    pub fn ends(&self, handle: Handle) -> Option<(SocketAddr, SocketAddr)> {
        self.get(handle).map(Connection::ends)
    }

    /// The connection between these ends, if there is one.
    pub fn handle_of(&self, local: SocketAddr, remote: SocketAddr) -> Option<Handle> {
        self.table.ends.get(local, remote)
    }

    /// How many bytes are ready to be read.
    pub fn unread(&self, handle: Handle) -> usize {
        self.get(handle).map_or(0, Connection::unread)
    }

    /// Whether the peer has closed its direction: after what is unread, nothing follows.
    pub fn peer_has_closed(&self, handle: Handle) -> bool {
        self.get(handle).is_none_or(Connection::peer_has_closed)
    }

    /// How much memory the buffers of the connection hold beside their bytes. Of connections that were busy, and rest
    /// now, the last 128 keep it.
    pub fn spare_memory(&self, handle: Handle) -> usize {
        self.get(handle).map_or(0, Connection::spare_memory)
    }

    /// How often the host has looked a connection up, in all. A packet makes it look at its own connection a few times,
    /// however many others there are. A test counts that.
    pub fn connections_touched(&self) -> u64 {
        self.table.connections.touched()
    }

    fn get(&self, handle: Handle) -> Option<&Connection> {
        self.table.connections.get(handle).map(|entry| &entry.connection)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("addresses", &self.table.addresses)
            .field("connections", &self.table.connections.len())
            .field("listeners", &self.table.backlogs.ports().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
