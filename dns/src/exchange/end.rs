//! How an exchange ends: what the server made of the question, as data.
//!
//! Its text comes after the server's address. It says only what happened: a server that sent something useless was not
//! silent.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_dissect::Refused;

use super::ignored::Ignored;
use super::transmit::Protocol;
use crate::edns::ExtendedError;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::reason::Reason;

/// How many extended errors are told. A message has room for 10,000 of them.
const MOST_SAID: usize = 8;

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The server.
    pub server: SocketAddr,
    /// What carried the last question.
    pub protocol: Protocol,
    /// The time from the begin of the exchange to its end.
    pub elapsed: Duration,
    /// What the server made of the question.
    pub how: Ending,
    /// The last message that belongs to the question, if one came, also when it was of no use.
    pub message: Option<Message>,
    /// What was ignored meanwhile: the first of each kind, and how many there were of it.
    pub ignored: Vec<(Ignored, u32)>,
}

/// What a server made of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It replied, and this is what the reply says.
    Reply(Outcome),
    /// No reply came in time.
    Silence {
        /// How long ago the question was last sent.
        waited: Duration,
    },
    /// It cannot be reached.
    Unreachable(String),
    /// It says that its answer is too long even for TCP.
    TruncatedOverTcp,
    /// Its reply breaks off, or breaks a rule, even over TCP.
    Broken(Refused<Reason>),
}

/// What the server did: the text comes after its address.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.how {
            Ending::Reply(outcome) => reply(f, outcome, self.recurses()),
            Ending::Silence { waited } => self.silence(f, *waited),
            Ending::Unreachable(why) => write!(f, "cannot be reached: {why}"),
            Ending::TruncatedOverTcp => write!(f, "truncated its answer even over TCP"),
            Ending::Broken(refused) => write!(f, "sent a broken answer even over TCP: {refused}"),
        }
    }
}

impl End {
    /// RA of the reply: whether the server says that it looks for the whole answer.
    fn recurses(&self) -> bool {
        self.message.as_ref().is_some_and(|message| message.header.ra)
    }

    /// No reply came. What came instead is said, unless it came from elsewhere.
    fn silence(&self, f: &mut fmt::Formatter<'_>, waited: Duration) -> fmt::Result {
        let waited = waited.as_secs_f64();
        let mut useless = self.ignored.iter().filter(|(why, _)| *why != Ignored::WrongSource).peekable();
        if let Some(message) = &self.message {
            let rcode = message.header.rcode;
            let usable = if useless.peek().is_some() { " usable" } else { "" };
            write!(f, "answered {rcode} at first, and then nothing{usable} within {waited:.1} s")?;
        } else {
            let usable = if useless.peek().is_some() { "usable " } else { "" };
            write!(f, "gave no {usable}answer after {waited:.1} s")?;
        }
        useless.try_for_each(|(why, count)| write!(f, "; ignored {}: {why}", times(*count)))
    }
}

fn reply(f: &mut fmt::Formatter<'_>, outcome: &Outcome, recurses: bool) -> fmt::Result {
    match outcome {
        Outcome::Answer { records, .. } => write!(f, "answered with records: {}", records.len()),
        Outcome::Alias { target, .. } => write!(f, "answered with an alias of {target}"),
        Outcome::EndlessAlias { at, .. } => write!(f, "answered with aliases that do not end at {at}"),
        Outcome::NoData(negative) => write!(f, "answered that {} has no such record", negative.name),
        Outcome::NxDomain(negative) => write!(f, "answered NXDOMAIN: {} does not exist", negative.name),
        Outcome::Referral(_) if !recurses => {
            write!(f, "does not recurse: it only named other servers (RA is 0)")
        }
        Outcome::Referral(referral) => write!(f, "only named the servers of {}", referral.zone),
        Outcome::Lame(referral) => {
            write!(
                f,
                "is lame: it named the servers of {}, which lead nowhere (RFC 1912 §2.8)",
                referral.zone
            )
        }
        Outcome::Refused(said) => error(f, "REFUSED", said),
        Outcome::ServerFailure(said) => error(f, "SERVFAIL", said),
        Outcome::Other(rcode, said) => error(f, &rcode.name(), said),
    }
}

/// A response code, and what the server says about it (RFC 8914).
fn error(f: &mut fmt::Formatter<'_>, rcode: &str, said: &[ExtendedError]) -> fmt::Result {
    write!(f, "answered {rcode}")?;
    for (index, error) in said.iter().take(MOST_SAID).enumerate() {
        write!(f, "{}{error}", if index == 0 { " (" } else { ", " })?;
    }
    match said.len().saturating_sub(MOST_SAID) {
        0 => f.write_str(if said.is_empty() { "" } else { ")" }),
        more => write!(f, ", and {more} more)"),
    }
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}
