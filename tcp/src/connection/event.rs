//! What a connection has to tell.

use std::fmt;

use crate::icmp::IcmpError;

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
    /// Something is wrong, and the connection goes on.
    SoftError(SoftError),
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

/// What troubles a connection and does not end it: the ERROR_REPORT of RFC 9293 §3.9.1.8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoftError {
    /// Nothing has answered what was sent, and sent again three times: R1 of RFC 9293 §3.8.3.
    Unanswered,
    /// An ICMP error says that a packet did not get there (RFC 9293 §3.9.2.2). A router may say so for a while; anybody
    /// else may say so, too.
    Icmp(IcmpError),
}

impl fmt::Display for SoftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SoftError::Unanswered => {
                f.write_str("three retransmissions have not been answered (RFC 9293 §3.8.3)")
            }
            SoftError::Icmp(_) => {
                f.write_str("an ICMP error says that a packet did not get there (RFC 9293 §3.9.2.2)")
            }
        }
    }
}
