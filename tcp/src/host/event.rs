//! What a host has to tell, and the names of its connections.

use std::fmt;

/// Names a connection of a [`Host`](crate::Host). Never used twice by the same host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub(super) u64);

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
