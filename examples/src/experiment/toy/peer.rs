//! A host's TCP on the toy ground, with the calls that programs use.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use barewire_tcp::{Config, Event, Handle, State};

use super::host::Host;
use super::{Inside, Toy};
use crate::experiment::peer::{Connection, Peer};
use crate::experiment::row::Row;

/// How long a call waits, in virtual time.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long packets that are under way need at the most.
const QUIET: Duration = Duration::from_millis(20);

/// A host's TCP.
pub(in super::super) struct ToyPeer {
    toy: Toy,
    place: usize,
    six: bool,
    syn_cookies: bool,
    connections: Vec<Handle>,
    /// Which of them were reset.
    reset: Vec<Handle>,
    /// Those that came in, and wait to be accepted.
    waiting: Vec<(Handle, SocketAddr)>,
}

impl ToyPeer {
    pub(super) fn new(toy: Toy, place: usize, six: bool) -> ToyPeer {
        let syn_cookies = Config::default().syn_cookies;
        ToyPeer {
            toy,
            place,
            six,
            syn_cookies,
            connections: Vec::new(),
            reset: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Lets time pass until `found` is content with the host, and a second at the most.
    fn wait<T>(
        &mut self,
        patience: Duration,
        mut found: impl FnMut(&mut ToyPeer, &mut Host) -> Option<T>,
    ) -> Option<T> {
        let toy = self.toy.clone();
        let mut inside = toy.lock();
        let (deadline, place) = (inside.world.now() + patience, self.place);
        inside.run(deadline, |inside: &mut Inside| {
            let host = &mut inside.hosts[place];
            while let Some(event) = host.tcp.event() {
                self.notes(&event, host);
            }
            found(self, host)
        })
    }

    fn notes(&mut self, event: &Event, host: &Host) {
        match event {
            Event::Accepted { handle, .. } => {
                let ends = host.tcp.ends(*handle);
                self.waiting.extend(ends.map(|(_, remote)| (*handle, remote)));
            }
            Event::Reset(handle) => self.reset.push(*handle),
            _ => (),
        }
    }

    fn handle(&self, connection: Connection) -> io::Result<Handle> {
        self.connections.get(connection.0).copied().ok_or_else(|| ErrorKind::NotConnected.into())
    }
}

impl Peer for ToyPeer {
    fn listen(&mut self, port: u16, backlog: u16) -> io::Result<()> {
        let place = self.place;
        let host = &mut self.toy.lock().hosts[place];
        host.listens.push(port);
        let config = Config { syn_cookies: self.syn_cookies, ..*host.tcp.config() };
        host.tcp.listen_with(port, backlog.into(), config).map_err(io::Error::other)
    }

    fn use_syn_cookies(&mut self, on: bool) -> io::Result<()> {
        self.syn_cookies = on;
        Ok(())
    }

    fn accept(&mut self) -> io::Result<Option<(Connection, SocketAddr)>> {
        let found = self.wait(PATIENCE, |peer, _| (!peer.waiting.is_empty()).then(|| peer.waiting.remove(0)));
        Ok(found.map(|(handle, remote)| {
            self.connections.push(handle);
            (Connection(self.connections.len() - 1), remote)
        }))
    }

    fn connect(&mut self, port: u16, to: SocketAddr) -> io::Result<Connection> {
        let handle = {
            let mut inside = self.toy.lock();
            let now = inside.world.now();
            inside.hosts[self.place].tcp.connect_from(now, port, to).map_err(io::Error::other)?
        };
        let opened = self.wait(PATIENCE, |_, host| match host.tcp.state(handle) {
            State::SynSent | State::SynReceived => None,
            state => Some(state),
        });
        match opened {
            Some(State::Established) => {
                self.connections.push(handle);
                Ok(Connection(self.connections.len() - 1))
            }
            Some(_) => Err(ErrorKind::ConnectionRefused.into()),
            None => {
                self.toy.lock().hosts[self.place].tcp.abort(handle);
                Err(ErrorKind::TimedOut.into())
            }
        }
    }

    fn write(&mut self, connection: Connection, text: &[u8]) -> io::Result<()> {
        let handle = self.handle(connection)?;
        let written = self.toy.lock().hosts[self.place].tcp.write(handle, text);
        written.map_err(io::Error::other)?;
        self.wait(QUIET, |_, _| None::<()>);
        Ok(())
    }

    fn read(&mut self, connection: Connection) -> io::Result<Vec<u8>> {
        let handle = self.handle(connection)?;
        let found = self.wait(PATIENCE, |peer, host| {
            let mut text = vec![0; host.tcp.unread(handle)];
            if !text.is_empty() {
                let count = host.tcp.read(handle, &mut text).unwrap_or_default();
                text.truncate(count);
                return Some(Ok(text));
            }
            if peer.reset.contains(&handle) {
                return Some(Err(ErrorKind::ConnectionReset.into()));
            }
            host.tcp.peer_has_closed(handle).then(|| Ok(Vec::new()))
        });
        found.unwrap_or_else(|| Err(ErrorKind::TimedOut.into()))
    }

    fn close(&mut self, connection: Connection) -> io::Result<()> {
        let handle = self.handle(connection)?;
        self.toy.lock().hosts[self.place].tcp.close(handle);
        self.wait(QUIET, |_, _| None::<()>);
        Ok(())
    }

    fn sockets(&mut self) -> io::Result<Vec<Row>> {
        let six = self.six;
        let rows = self.wait(QUIET, |_, _| None::<Vec<Row>>);
        let inside = self.toy.lock();
        let host = &inside.hosts[self.place];
        let address = host.tcp.addresses().iter().copied().find(|address| address.is_ipv6() == six);
        let address = address.ok_or(ErrorKind::AddrNotAvailable)?;
        let listening = host.listens.iter().map(|port| {
            let local = SocketAddr::new(address, *port);
            Row { state: "LISTEN", local, remote: None }
        });
        let open = host.pairs.iter().filter_map(|(local, remote)| {
            let state = host.tcp.state(host.tcp.handle_of(*local, *remote)?);
            Some(Row { state: name(state)?, local: *local, remote: Some(*remote) })
        });
        Ok(rows.unwrap_or_default().into_iter().chain(listening).chain(open).collect())
    }
}

/// The name of a state in `ss`; a connection that is over is not in its table.
fn name(state: State) -> Option<&'static str> {
    Some(match state {
        State::Closed => return None,
        State::Listen => "LISTEN",
        State::SynSent => "SYN-SENT",
        State::SynReceived => "SYN-RECV",
        State::Established => "ESTAB",
        State::FinWait1 => "FIN-WAIT-1",
        State::FinWait2 => "FIN-WAIT-2",
        State::CloseWait => "CLOSE-WAIT",
        State::Closing => "CLOSING",
        State::LastAck => "LAST-ACK",
        State::TimeWait => "TIME-WAIT",
    })
}
