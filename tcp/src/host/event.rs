//! What a host has to tell, and the names of its connections.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use crate::connection::event::SoftError;

/// Names a connection of a [`Host`](crate::Host). Never used twice by the same host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle {
    /// Counted from 0, in the order in which the connections were opened.
    pub(super) number: u64,
    /// Where the host keeps the connection.
    pub(super) slot: u32,
}

impl fmt::Debug for Handle {
    /// Where it is kept is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.number)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.number)
    }
}

/// What a host has to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A connection that was asked for is open.
    Connected(Handle),
    /// A peer has connected to a port that is listened on.
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
    /// Something is wrong with a connection, and it goes on (RFC 9293 §3.9.1.8).
    SoftError {
        /// The connection.
        handle: Handle,
        /// What is wrong.
        error: SoftError,
    },
    /// The peer will send no more: after what is there to be read, the end.
    PeerClosed(Handle),
    /// The peer reset the connection.
    Reset(Handle),
    /// The peer did not answer, however often it was asked.
    TimedOut(Handle),
    /// The connection cannot be made: an ICMP error says so.
    Unreachable(Handle),
    /// Nobody listens there: the peer answered our SYN with a reset.
    Refused(Handle),
    /// The connection is over, in good order. The handle is forgotten when its last byte has been read.
    Closed(Handle),
}

impl Event {
    /// The connection that it is about.
    pub fn handle(&self) -> Handle {
        match *self {
            Event::Connected(handle)
            | Event::Accepted { handle, .. }
            | Event::SoftError { handle, .. }
            | Event::Readable(handle)
            | Event::Writable(handle)
            | Event::PeerClosed(handle)
            | Event::Reset(handle)
            | Event::TimedOut(handle)
            | Event::Unreachable(handle)
            | Event::Refused(handle)
            | Event::Closed(handle) => handle,
        }
    }

    /// The bad end of a connection to `remote`, as an error of std's kind. `None` for all other events.
    pub fn as_error(&self, remote: SocketAddr) -> Option<io::Error> {
        let (kind, text) = match self {
            Event::Refused(_) => (
                io::ErrorKind::ConnectionRefused,
                format!(
                    "{remote} answered our SYN with a reset: nobody listens on that port (RFC 9293 §3.10.7.1)"
                ),
            ),
            Event::Reset(_) => (
                io::ErrorKind::ConnectionReset,
                format!("{remote} reset the connection: it does not know it, or does not want it any more"),
            ),
            Event::Unreachable(_) => (
                io::ErrorKind::HostUnreachable,
                format!("{remote} cannot be reached: an ICMP error says so (RFC 5927 §5.2)"),
            ),
            Event::TimedOut(_) => (
                io::ErrorKind::TimedOut,
                format!("{remote} does not answer, however often it is asked (RFC 9293 §3.8.3)"),
            ),
            _ => return None,
        };
        Some(io::Error::new(kind, text))
    }
}
