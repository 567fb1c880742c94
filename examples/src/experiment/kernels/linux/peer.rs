//! A kernel's TCP, through sockets that were opened in its network namespace.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::sockets::sockets;
use crate::experiment::peer::{Connection, Peer};
use crate::experiment::row::Row;
use crate::lab::Host;

/// How long a call waits.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a packet that was sent just now needs at the most.
const QUIET: Duration = Duration::from_millis(30);

/// A kernel's TCP.
pub(super) struct KernelPeer {
    host: Host,
    six: bool,
    /// The ports that were opened here. Other programs of the lab have others.
    ports: Vec<u16>,
    listeners: Vec<TcpListener>,
    connections: Vec<TcpStream>,
}

impl KernelPeer {
    pub(super) fn new(host: Host, six: bool) -> KernelPeer {
        KernelPeer { host, six, ports: Vec::new(), listeners: Vec::new(), connections: Vec::new() }
    }

    /// A socket at the host, bound to this port.
    fn socket(&mut self, port: u16) -> io::Result<Socket> {
        self.ports.push(port);
        let (domain, any) = match self.six {
            true => (Domain::IPV6, IpAddr::from(Ipv6Addr::UNSPECIFIED)),
            false => (Domain::IPV4, IpAddr::from(Ipv4Addr::UNSPECIFIED)),
        };
        let socket = self.host.try_inside(|| Socket::new(domain, Type::STREAM, None))?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::new(any, port).into())?;
        Ok(socket)
    }

    fn keep(&mut self, stream: TcpStream) -> io::Result<Connection> {
        stream.set_read_timeout(Some(PATIENCE))?;
        self.connections.push(stream);
        Ok(Connection(self.connections.len() - 1))
    }

    fn stream(&mut self, connection: Connection) -> io::Result<&mut TcpStream> {
        self.connections.get_mut(connection.0).ok_or_else(|| ErrorKind::NotConnected.into())
    }
}

impl Drop for KernelPeer {
    /// Closes the connections, and waits until the other ends have heard of it. Links by hand that are closed after
    /// this one keep their kernels quiet so long.
    fn drop(&mut self) {
        self.connections.clear();
        self.listeners.clear();
        thread::sleep(QUIET);
    }
}

impl Peer for KernelPeer {
    fn listen(&mut self, port: u16, backlog: u16) -> io::Result<()> {
        let socket = self.socket(port)?;
        // The kernel takes one more than it is told (`inet_csk_reqsk_queue_is_full`).
        socket.listen(i32::from(backlog) - 1)?;
        socket.set_nonblocking(true)?;
        self.listeners.push(socket.into());
        Ok(())
    }

    fn use_syn_cookies(&mut self, on: bool) -> io::Result<()> {
        let value = if on { "1" } else { "0" };
        self.host.try_inside(|| fs::write("/proc/sys/net/ipv4/tcp_syncookies", value))
    }

    fn accept(&mut self) -> io::Result<Option<(Connection, SocketAddr)>> {
        let limit = Instant::now() + PATIENCE;
        while Instant::now() < limit {
            let accepted = self.listeners.iter().find_map(|listener| match listener.accept() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => None,
                outcome => Some(outcome),
            });
            if let Some(outcome) = accepted {
                let (stream, from) = outcome?;
                stream.set_nonblocking(false)?;
                return Ok(Some((self.keep(stream)?, from)));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(None)
    }

    fn connect(&mut self, port: u16, to: SocketAddr) -> io::Result<Connection> {
        let socket = self.socket(port)?;
        socket.connect_timeout(&to.into(), PATIENCE)?;
        self.keep(socket.into())
    }

    fn write(&mut self, connection: Connection, text: &[u8]) -> io::Result<()> {
        self.stream(connection)?.write_all(text)
    }

    fn read(&mut self, connection: Connection) -> io::Result<Vec<u8>> {
        thread::sleep(QUIET);
        let mut text = vec![0; 1 << 16];
        match self.stream(connection)?.read(&mut text) {
            Ok(count) => text.truncate(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
            Err(error) => return Err(error),
        }
        Ok(text)
    }

    fn close(&mut self, connection: Connection) -> io::Result<()> {
        self.stream(connection)?.shutdown(Shutdown::Write)
    }

    fn sockets(&mut self) -> io::Result<Vec<Row>> {
        thread::sleep(QUIET);
        let six = self.six;
        let mut rows = self.host.try_inside(|| sockets(six))?;
        rows.retain(|row| self.ports.contains(&row.local.port()));
        Ok(rows)
    }
}
