//! How a lookup can fail. Each sentence says what was seen, and which rule makes it a failure.
//!
//! Tested in `tests/stub`.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::exchange::{End, Ending};
use crate::message::Message;
use crate::name::Name;
use crate::outcome::Outcome;
use crate::question::Question;

/// Why a lookup has no answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// There is no server to ask.
    NoServers,
    /// A zone transfer is not a lookup: it has many messages, and its records are not an answer about a name.
    Transfer {
        /// The question.
        question: Question,
    },
    /// The query was run again after it had ended.
    AlreadyOver,
    /// A server says that the name does not exist: NXDOMAIN.
    NoSuchName {
        /// The question.
        question: Question,
        /// The name that does not exist: the name asked for, or the last name of its aliases.
        missing: Box<Name>,
        /// The server that says so.
        server: SocketAddr,
        /// The whole reply.
        message: Box<Message>,
    },
    /// The name exists, but has no record of this type.
    NoData {
        /// The question.
        question: Question,
        /// The name without such a record: the name asked for, or the last name of its aliases.
        canonical: Box<Name>,
        /// The server that says so.
        server: SocketAddr,
        /// The whole reply.
        message: Box<Message>,
    },
    /// The name is an alias of an alias, and so on, in a circle or for too long.
    AliasChain {
        /// The question.
        question: Question,
        /// The alias where following ended.
        alias: Box<Name>,
        /// How many aliases were followed.
        followed: usize,
        /// The server whose reply it was.
        server: SocketAddr,
    },
    /// No server gave a usable answer in time.
    NoAnswer {
        /// The question.
        question: Question,
        /// How long the lookup was allowed to take.
        after: Duration,
        /// Each server that was asked, and what it made of the question.
        servers: Vec<End>,
    },
    /// Every server failed before the time was up.
    ServersFailed {
        /// The question.
        question: Question,
        /// Each server, and what it made of the question.
        servers: Vec<End>,
    },
}

impl Error {
    /// Whether time ran out. Otherwise somebody answered, or all servers failed early.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Error::NoAnswer { .. })
    }

    /// Whether a server answered that the name, or the record, does not exist.
    pub fn is_negative(&self) -> bool {
        matches!(self, Error::NoSuchName { .. } | Error::NoData { .. })
    }

    /// Whether a server answered SERVFAIL, and none was better.
    pub fn is_server_failure(&self) -> bool {
        let (Error::ServersFailed { servers, .. } | Error::NoAnswer { servers, .. }) = self else {
            return false;
        };
        servers.iter().any(|end| matches!(end.how, Ending::Reply(Outcome::ServerFailure(_))))
    }

    /// The rule that makes it a failure: an RFC and its section.
    pub fn rule(&self) -> &'static str {
        match self {
            Error::NoServers | Error::AlreadyOver => "RFC 1035 §7.2",
            Error::Transfer { .. } => "RFC 5936 §2",
            Error::NoSuchName { .. } => "RFC 2308 §2.1",
            Error::NoData { .. } => "RFC 2308 §2.2",
            Error::AliasChain { .. } => "RFC 1034 §5.2.2",
            Error::NoAnswer { .. } => "RFC 1035 §4.2.1",
            Error::ServersFailed { .. } => "RFC 1035 §4.1.1",
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule();
        match self {
            Error::NoServers => write!(f, "there is no name server to ask ({rule})"),
            Error::Transfer { question } => {
                let rtype = question.rtype.name();
                write!(f, "{rtype}? {} is a zone transfer, which no lookup can do ({rule})", question.name)
            }
            Error::AlreadyOver => write!(f, "this query has ended before; each asks once ({rule})"),
            Error::NoSuchName { question, missing, server, .. } => {
                write!(f, "{missing} does not exist: {server} answered NXDOMAIN")?;
                via_alias(f, question, missing)?;
                write!(f, "; by {rule} that holds for every type of record")
            }
            Error::NoData { question, canonical, server, .. } => {
                let rtype = question.rtype.name();
                write!(f, "{canonical} has no {rtype} record: {server} answered NOERROR without one")?;
                via_alias(f, question, canonical)?;
                write!(f, "; by {rule} the name exists, and may have records of other types")
            }
            Error::AliasChain { question, alias, followed, server } => write!(
                f,
                "the aliases of {} in the replies of {server} do not end: followed as far as {alias}, one of a circle \
                 or of more than {followed} ({rule})",
                question.name,
            ),
            Error::NoAnswer { question, after, servers } => {
                let (rtype, name) = (question.rtype.name(), &question.name);
                write!(f, "nobody answered {rtype}? {name} within {:.1} s ({rule}): ", after.as_secs_f64())?;
                each(f, servers)
            }
            Error::ServersFailed { question, servers } => {
                let (rtype, name) = (question.rtype.name(), &question.name);
                write!(f, "no server could answer {rtype}? {name} ({rule}): ")?;
                each(f, servers)
            }
        }
    }
}

fn via_alias(f: &mut fmt::Formatter<'_>, question: &Question, last: &Name) -> fmt::Result {
    if question.name == *last { Ok(()) } else { write!(f, " ({} is an alias of it)", question.name) }
}

fn each(f: &mut fmt::Formatter<'_>, servers: &[End]) -> fmt::Result {
    for (index, end) in servers.iter().enumerate() {
        let comma = if index == 0 { "" } else { "; " };
        write!(f, "{comma}{} {end}", end.server)?;
    }
    Ok(())
}
