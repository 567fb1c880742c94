//! What an exchange tells its owner. The text of an event is also the note of the message that follows from it.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_dissect::Refused;

use super::end::End;
use super::ignored::Ignored;
use crate::rcode::Rcode;
use crate::reason::Reason;

/// Something that happened during an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message came that is not a reply to what was asked. The wait goes on.
    Ignored {
        /// The address and port it came from.
        from: SocketAddr,
        /// What is wrong with it.
        why: Ignored,
    },
    /// The question is sent again.
    Retransmit {
        /// The server.
        server: SocketAddr,
        /// Which retransmission it is, from 1. Over TCP they are counted anew.
        number: u32,
        /// How long the query waited for its answer.
        waited: Duration,
    },
    /// The question is sent again, over TCP.
    TcpFallback {
        /// The server.
        server: SocketAddr,
        /// Why TCP.
        why: TcpReason,
    },
    /// The question is sent again, without an OPT record.
    WithoutEdns {
        /// The server.
        server: SocketAddr,
        /// What the server answered to the query with an OPT record.
        rcode: Rcode,
    },
    /// The question is sent again, with the cookie that the server has just given.
    NewCookie {
        /// The server.
        server: SocketAddr,
    },
    /// The exchange is over.
    Over(Box<End>),
}

/// Why a question moves from UDP to TCP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TcpReason {
    /// The answer did not fit a datagram.
    Truncated,
    /// The reply breaks off without TC, or breaks a rule, and matches the question. A fragment may be missing.
    Broken(Refused<Reason>),
    /// The reply repeats the question in other case than it was sent in: somebody may be guessing, or the server does
    /// not keep the case.
    WrongCase,
    /// Only replies without a cookie came, from a server that has sent one before: they are forged, or the server has
    /// changed.
    NoCookie,
    /// The server refuses the cookie that it has just given.
    BadCookie,
    /// So many bad replies came that somebody may be guessing IDs.
    TooManyIgnored,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Ignored { from, why } => write!(f, "ignored a message from {from}: {why}"),
            Event::Retransmit { number, waited, .. } => {
                write!(f, "retransmission {number}: no answer after {:.1} s", waited.as_secs_f64())
            }
            Event::TcpFallback { why, .. } => write!(f, "over TCP: {why}"),
            Event::WithoutEdns { rcode, .. } => {
                write!(f, "without EDNS: the server answered {} (RFC 6891 §7)", rcode.name())
            }
            Event::NewCookie { .. } => {
                write!(f, "with the server's new cookie: it answered BADCOOKIE (RFC 7873 §5.3)")
            }
            Event::Over(end) => write!(f, "{} {end}", end.server),
        }
    }
}

impl fmt::Display for TcpReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpReason::Truncated => write!(f, "the answer did not fit a UDP message (RFC 7766 §5)"),
            TcpReason::Broken(why) => write!(f, "the answer is broken: {why}"),
            TcpReason::WrongCase => {
                write!(f, "the reply does not repeat the case of the question, so it may be forged")
            }
            TcpReason::NoCookie => write!(f, "the replies have no cookie, so they may be forged"),
            TcpReason::BadCookie => {
                write!(f, "the server answered BADCOOKIE to its own cookie (RFC 7873 §5.3)")
            }
            TcpReason::TooManyIgnored => write!(f, "too many bad replies, somebody may be guessing"),
        }
    }
}
