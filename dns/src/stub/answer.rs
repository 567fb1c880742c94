//! The answer in a reply: the records asked for, at the name asked for or at what that is an alias of
//! (RFC 1034 §3.6.2).
//!
//! The records of the answer section may stand in any order, so aliases are followed by looking for the
//! name each time.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{Error, Protocol};
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::record::Record;
use crate::rtype::{Rcode, RecordType};

/// How many aliases are followed before a chain counts as endless.
pub(super) const MAX_ALIASES: usize = 16;

/// What a lookup found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    message: Message,
    server: SocketAddr,
    protocol: Protocol,
    elapsed: Duration,
    /// The aliases that were followed, as indices into the answer section.
    aliases: Vec<usize>,
    /// The records asked for, likewise. At least one.
    records: Vec<usize>,
    canonical: Name,
}

impl Answer {
    pub(super) fn new(
        question: &Question,
        message: Message,
        server: SocketAddr,
        protocol: Protocol,
        elapsed: Duration,
    ) -> Result<Answer, Error> {
        let mut canonical = question.name.clone();
        let mut aliases = Vec::new();
        let records = loop {
            let records = find(&message, &canonical, |rtype| {
                rtype == question.rtype || question.rtype == RecordType::ANY
            });
            if !records.is_empty() {
                break records;
            }
            let Some(&alias) = find(&message, &canonical, |rtype| rtype == RecordType::CNAME).first() else {
                return Err(negative(question, canonical, server, message));
            };
            let target = match message.answers.get(alias).map(|record| &record.data) {
                Some(crate::RData::Cname(target)) if aliases.len() < MAX_ALIASES => target.clone(),
                _ => return Err(Error::AliasChain { question: question.clone(), alias: canonical, server }),
            };
            aliases.push(alias);
            canonical = target;
        };
        Ok(Answer { message, server, protocol, elapsed, aliases, records, canonical })
    }

    /// The whole reply.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Who answered.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// Over what.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// From the first query to this answer.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The records asked for, at least one.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter_map(|&index| self.message.answers.get(index))
    }

    /// The CNAME records that lead from the name asked for to the one that the records are at.
    pub fn aliases(&self) -> impl Iterator<Item = &Record> {
        self.aliases.iter().filter_map(|&index| self.message.answers.get(index))
    }

    /// The addresses in the records asked for, in the server's order.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.records().filter_map(|record| record.data.address()).collect()
    }

    /// The name that the records are at: the one asked for, or what that is an alias of.
    pub fn canonical_name(&self) -> &Name {
        &self.canonical
    }

    /// For how many seconds all of this may be remembered: the lowest TTL on the way.
    pub fn ttl(&self) -> u32 {
        self.aliases().chain(self.records()).map(Record::ttl_seconds).min().unwrap_or(0)
    }
}

/// Where the answer section has records of these types at `name`.
fn find(message: &Message, name: &Name, wanted: impl Fn(RecordType) -> bool) -> Vec<usize> {
    let answers = message.answers.iter().enumerate();
    answers
        .filter(|(_, record)| wanted(record.rtype) && record.name == *name)
        .map(|(index, _)| index)
        .collect()
}

/// NXDOMAIN is about the last name of the chain, not about the one asked for (RFC 6604 §3).
fn negative(question: &Question, last: Name, server: SocketAddr, message: Message) -> Error {
    let (question, nxdomain) = (question.clone(), message.rcode() == Rcode::NXDOMAIN);
    let message = Box::new(message);
    if nxdomain {
        Error::NoSuchName { question, missing: last, server, message }
    } else {
        Error::NoData { question, canonical: last, server, message }
    }
}
