//! What a connection has to tell.

/// What a connection has to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// The handshake is done.
    Established,
    /// The SYN brought a Fast Open cookie that is right, and the user need not wait for the handshake to be done
    /// (RFC 7413 §4.2.2).
    FastOpened,
    /// There are bytes to read.
    Readable,
    /// There is room to write again, after a write that was cut short.
    Writable,
    /// The peer has sent its FIN: after the bytes that are there, no more will come.
    PeerClosed,
    /// The peer answered our SYN with a reset: nobody listens there.
    Refused,
    /// The peer reset the connection.
    Reset,
    /// An ICMP error says that the connection cannot be made.
    Unreachable,
    /// The peer answers no more.
    TimedOut,
    /// The connection is over: both directions are closed, and TIME-WAIT has passed.
    Closed,
    /// A connection that never got beyond the handshake is given up, and its listener goes on: RFC 9293 §3.10.7.4.
    BackToListen,
}
