//! How a lookup can fail, each in a sentence that says what was seen and by which rule it counts.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::Ignored;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rtype::Rcode;

/// Why a lookup has no answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// There is no server to ask.
    NoServers,
    /// The query was run again after its end.
    AlreadyOver,
    /// A server that knows says that the name does not exist: NXDOMAIN.
    NoSuchName {
        /// The question.
        question: Question,
        /// The name that does not exist: the question's, or what that is an alias of.
        missing: Name,
        /// Who says so.
        server: SocketAddr,
        /// The whole reply.
        message: Box<Message>,
    },
    /// The name exists, but has no record of this type.
    NoData {
        /// The question.
        question: Question,
        /// The name that has none: the question's, or what that is an alias of.
        canonical: Name,
        /// Who says so.
        server: SocketAddr,
        /// The whole reply.
        message: Box<Message>,
    },
    /// The name is an alias of an alias, and so on, in a circle or for too long.
    AliasChain {
        /// The question.
        question: Question,
        /// The alias where following ended.
        alias: Name,
        /// Whose reply it was.
        server: SocketAddr,
    },
    /// No server gave a usable answer in the time there was.
    NoAnswer {
        /// The question.
        question: Question,
        /// The time there was.
        after: Duration,
        /// Each server that was asked, and what came of it.
        servers: Vec<(SocketAddr, Trouble)>,
    },
    /// Every server failed before the time was up.
    ServersFailed {
        /// The question.
        question: Question,
        /// Each server, and what was wrong with it.
        servers: Vec<(SocketAddr, Trouble)>,
    },
}

/// What is wrong with a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// It did not answer.
    Silent {
        /// The last wait for it.
        waited: Duration,
    },
    /// It answered with an error.
    Rcode(Rcode),
    /// It does not recurse, but names other servers to ask.
    Referral,
    /// It cannot be reached.
    Unreachable(String),
    /// What it sent over TCP is not a reply to the question.
    Unusable(Ignored),
    /// It says that its answer is too long even for TCP.
    TruncatedOverTcp,
}

impl Error {
    /// Whether time ran out, as opposed to an answer that says no.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Error::NoAnswer { .. })
    }

    /// Whether the answer was that the name, or the record, is not there.
    pub fn is_negative(&self) -> bool {
        matches!(self, Error::NoSuchName { .. } | Error::NoData { .. })
    }

    /// The rule behind it: an RFC and its section.
    pub fn rule(&self) -> &'static str {
        match self {
            Error::NoServers | Error::AlreadyOver => "RFC 1035 §7.2",
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
            Error::AliasChain { question, alias, server } => write!(
                f,
                "the aliases of {} in the reply of {server} do not end: followed as far as {alias}, one of a circle or \
                 of more than {} ({rule})",
                question.name,
                super::answer::MAX_ALIASES
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

fn each(f: &mut fmt::Formatter<'_>, servers: &[(SocketAddr, Trouble)]) -> fmt::Result {
    for (index, (server, trouble)) in servers.iter().enumerate() {
        let comma = if index == 0 { "" } else { "; " };
        write!(f, "{comma}{server} {trouble}")?;
    }
    Ok(())
}

/// What the server did, to follow its address.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Silent { waited } => write!(f, "gave no answer after {:.1} s", waited.as_secs_f64()),
            Trouble::Rcode(rcode) => write!(f, "answered {}", rcode.name()),
            Trouble::Referral => write!(f, "does not recurse: it only named other servers (RA is 0)"),
            Trouble::Unreachable(why) => write!(f, "cannot be reached: {why}"),
            Trouble::Unusable(why) => write!(f, "sent something else over TCP: {why}"),
            Trouble::TruncatedOverTcp => write!(f, "truncated its answer even over TCP"),
        }
    }
}
