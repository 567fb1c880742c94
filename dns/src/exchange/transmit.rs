//! What an exchange sends: the message, where it goes, and how long its answer is waited for.

use std::fmt;
use std::net::SocketAddr;
use std::time::Instant;

/// What carries a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// One message a datagram.
    Udp,
    /// A stream, in which each message follows its length in two bytes.
    Tcp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Protocol::Udp => "UDP",
            Protocol::Tcp => "TCP",
        })
    }
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// What carries it.
    pub protocol: Protocol,
    /// The server.
    pub to: SocketAddr,
    /// The port to send from. For UDP it is random, from 1024 up, and a retransmission to the same server has the
    /// same. For TCP it is 0: any.
    pub source_port: u16,
    /// The DNS message. For TCP it is without the length that goes before it.
    pub bytes: Vec<u8>,
    /// Why it is sent again: `retransmission 1: no answer after 1.0 s`. Empty the first time.
    pub note: String,
    /// Until when the sender waits for the answer, also over a connection that has to be opened first.
    pub deadline: Instant,
}
