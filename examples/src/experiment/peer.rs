//! A host's own TCP, as the programs on it use it.

use std::io;
use std::net::SocketAddr;

use super::row::Row;

/// A connection of a [`Peer`]: the first one is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection(pub usize);

/// A host's own TCP: ours in the toy internet, the kernel's in the lab. A call waits for what it asks for, a second at
/// the most: virtual in the toy internet, real in the lab.
pub trait Peer {
    /// Listens on a port, with room for so many connections that are not accepted yet.
    ///
    /// # Errors
    /// The port is taken.
    fn listen(&mut self, port: u16, backlog: u16) -> io::Result<()>;

    /// Whether ports that are opened from now on answer with SYN cookies when their backlog is full.
    ///
    /// # Errors
    /// What the system says.
    fn use_syn_cookies(&mut self, on: bool) -> io::Result<()>;

    /// The next connection that is open at a port of ours, and where it comes from.
    ///
    /// # Errors
    /// What the system says.
    fn accept(&mut self) -> io::Result<Option<(Connection, SocketAddr)>>;

    /// Opens a connection from this port.
    ///
    /// # Errors
    /// Nobody listens there, or nobody answers.
    fn connect(&mut self, port: u16, to: SocketAddr) -> io::Result<Connection>;

    /// Sends text.
    ///
    /// # Errors
    /// The connection is over.
    fn write(&mut self, connection: Connection, text: &[u8]) -> io::Result<()>;

    /// The text that has come. Empty: the peer has closed its side.
    ///
    /// # Errors
    /// The connection was reset ([`io::ErrorKind::ConnectionReset`]); nothing came ([`io::ErrorKind::TimedOut`]).
    fn read(&mut self, connection: Connection) -> io::Result<Vec<u8>>;

    /// Says that no more text follows (FIN).
    ///
    /// # Errors
    /// The connection is over.
    fn close(&mut self, connection: Connection) -> io::Result<()>;

    /// The sockets at the ports that were opened here, as `ss -tan` lists them.
    ///
    /// # Errors
    /// What the system says.
    fn sockets(&mut self) -> io::Result<Vec<Row>>;
}
