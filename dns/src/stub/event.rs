//! What a query tells its caller. The text of an event is also the note of the message that follows from it.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::answer::Answer;
use super::error::Error;
use super::ignored::Ignored;
use super::trouble::Trouble;
use crate::rcode::Rcode;

/// Something that happened during a lookup.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The lookup is over, and this is the answer.
    Answer(Answer),
    /// The lookup is over without an answer.
    Failed(Error),
    /// A message came that is not a reply to what was asked. The wait goes on.
    Ignored {
        /// The address and port it came from.
        from: SocketAddr,
        /// What is wrong with it.
        why: Ignored,
    },
    /// The same server is asked again.
    Retransmit {
        /// The server.
        server: SocketAddr,
        /// Which retransmission it is, from 1.
        number: u32,
        /// How long the query waited for its answer.
        waited: Duration,
    },
    /// Another server is asked.
    NextServer {
        /// The one before.
        from: SocketAddr,
        /// The one to be asked now.
        to: SocketAddr,
        /// What was wrong with the one before.
        why: Trouble,
    },
    /// The same server is asked over TCP.
    TcpFallback {
        /// The server.
        server: SocketAddr,
        /// Why TCP.
        why: TcpReason,
    },
    /// The same server is asked without an OPT record.
    WithoutEdns {
        /// The server.
        server: SocketAddr,
        /// What the server answered to the query with an OPT record.
        rcode: Rcode,
    },
}

/// Why a question moves from UDP to TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpReason {
    /// The answer did not fit a datagram.
    Truncated,
    /// So many bad replies came that somebody may be guessing IDs.
    TooManyIgnored,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Answer(answer) => write!(f, "answer: {}", answer.message().summary()),
            Event::Failed(error) => write!(f, "failed: {error}"),
            Event::Ignored { from, why } => write!(f, "ignored a message from {from}: {why}"),
            Event::Retransmit { number, waited, .. } => {
                write!(f, "retransmission {number}: no answer after {:.1} s", waited.as_secs_f64())
            }
            Event::NextServer { from, why, .. } => write!(f, "next server: {from} {why}"),
            Event::TcpFallback { why: TcpReason::Truncated, .. } => {
                write!(f, "over TCP: the answer did not fit a UDP message (RFC 7766 §5)")
            }
            Event::TcpFallback { why: TcpReason::TooManyIgnored, .. } => {
                write!(f, "over TCP: too many bad replies, somebody may be guessing")
            }
            Event::WithoutEdns { rcode, .. } => {
                write!(f, "without EDNS: the server answered {} (RFC 6891 §7)", rcode.name())
            }
        }
    }
}
