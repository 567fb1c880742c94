//! What a driver needs of a network: to send a message, and to wait for the next one from anybody.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use crate::stub::{Protocol, Transmit};

/// What carries messages to servers and back, and knows the time.
///
/// Several questions are under way over one transport, and only [`receive`](Transport::receive) waits.
/// `driver/sockets.rs` shows how that is done with sockets that never block.
pub trait Transport {
    /// The time.
    fn now(&self) -> Instant;

    /// Sends a message, or begins to: it does not wait for a connection.
    ///
    /// # Errors
    /// Its server cannot be reached.
    fn send(&mut self, transmit: &Transmit) -> io::Result<()>;

    /// Waits until `deadline` for a message of any server. `None` if none came.
    ///
    /// # Errors
    /// [`Unreachable`]: one server cannot be reached, and the error says which. The others may still answer.
    fn receive(&mut self, deadline: Instant) -> Result<Option<Received>, Unreachable>;
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What carried it.
    pub protocol: Protocol,
    /// The address and port it came from.
    pub from: SocketAddr,
    /// The DNS message. For TCP it is without the length before it.
    pub bytes: Vec<u8>,
}

/// A server cannot be reached: an ICMP error came, or its connection was refused, reset or closed.
#[derive(Debug)]
pub struct Unreachable {
    /// How it was asked.
    pub protocol: Protocol,
    /// The server.
    pub to: SocketAddr,
    /// The ID of the question whose connection is over, if only that is known: the server may answer others. `None`: it
    /// holds for each question to the server.
    pub question: Option<u16>,
    /// What happened, in words.
    pub why: io::Error,
}

impl std::error::Error for Unreachable {}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be reached over {}: {}", self.to, self.protocol, self.why)
    }
}
