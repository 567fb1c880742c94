//! What a query tells its caller. Each event reads as the note of the message it led to.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::{Answer, Error, Trouble};
use crate::question::Question;
use crate::rtype::{Opcode, Rcode};

/// Something that happened during a lookup.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The lookup is over: here is what was asked for.
    Answer(Answer),
    /// The lookup is over without it.
    Failed(Error),
    /// A message came that is not a reply to what was asked. The wait goes on.
    Ignored {
        /// Its source.
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
        /// How long its answer was waited for.
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
        /// Why.
        why: TcpReason,
    },
    /// The same server is asked without an OPT record.
    WithoutEdns {
        /// The server.
        server: SocketAddr,
        /// What it answered to the one with it.
        rcode: Rcode,
    },
}

/// Why a question moves from UDP to TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpReason {
    /// The answer did not fit a datagram.
    Truncated,
    /// So many bad replies came that somebody may be guessing.
    TooManyIgnored,
}

/// Why a message is not taken for the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ignored {
    /// It comes from an address and port, or over a protocol, that was not asked.
    WrongSource,
    /// Its ID is not the query's.
    WrongId {
        /// The ID it has.
        got: u16,
    },
    /// It is a query itself.
    NotAResponse,
    /// It answers another kind of query.
    WrongOpcode {
        /// The kind.
        got: Opcode,
    },
    /// It answers another question.
    WrongQuestion {
        /// Which; `None` if it repeats none, or several.
        got: Option<Question>,
    },
    /// It breaks a rule.
    Malformed(crate::Error),
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

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ignored::WrongSource => write!(f, "nobody was asked there; RFC 5452 §9.1 has the address match"),
            Ignored::WrongId { got } => {
                write!(f, "its ID {got:#06x} is not the query's; RFC 5452 §9.1 has it match")
            }
            Ignored::NotAResponse => write!(f, "QR is 0, so it is a query; a reply has 1 (RFC 1035 §4.1.1)"),
            Ignored::WrongOpcode { got } => {
                write!(f, "its opcode is {}, not the query's (RFC 1035 §4.1.1)", got.name())
            }
            Ignored::WrongQuestion { got: Some(got) } => write!(
                f,
                "it answers {}? {}, which was not asked; RFC 5452 §9.1 has the question match",
                got.rtype.name(),
                got.name
            ),
            Ignored::WrongQuestion { got: None } => {
                write!(f, "it does not repeat the one question asked; RFC 5452 §9.1 has it match")
            }
            Ignored::Malformed(error) => write!(f, "{error}"),
        }
    }
}
