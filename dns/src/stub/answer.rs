//! The answer in a reply: the records asked for, at the name asked for or at the name it is an alias of
//! (RFC 1034 §3.6.2).
//!
//! The records of the answer section may stand in any order, so each step along the aliases looks
//! through all of them. Tested in `tests/stub.rs` and `tests/captures.rs`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::error::Error;
use super::transmit::Protocol;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;

/// How many aliases are followed. A longer chain counts as endless.
const MAX_ALIASES: usize = 16;

/// What a lookup found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    message: Message,
    server: SocketAddr,
    protocol: Protocol,
    elapsed: Duration,
    /// The CNAME records that were followed, as indices into the answer section.
    aliases: Vec<usize>,
    /// The records asked for, at least one, as indices into the answer section.
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
                Some(RData::Cname(target)) if aliases.len() < MAX_ALIASES => target.clone(),
                _ => {
                    let (question, followed) = (question.clone(), aliases.len());
                    return Err(Error::AliasChain { question, alias: canonical, followed, server });
                }
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

    /// The server that answered.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// What carried the answer.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The time from the first query to this answer.
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

    /// The name that the records are at: the name asked for, or the last name of its aliases.
    pub fn canonical_name(&self) -> &Name {
        &self.canonical
    }

    /// For how many seconds the answer may be remembered: the lowest TTL of its aliases and records.
    pub fn ttl(&self) -> u32 {
        self.aliases().chain(self.records()).map(Record::ttl_seconds).min().unwrap_or(0)
    }
}

/// The indices of the records in the answer section that have such a type and are at `name`.
fn find(message: &Message, name: &Name, wanted: impl Fn(RecordType) -> bool) -> Vec<usize> {
    let answers = message.answers.iter().enumerate();
    answers
        .filter(|(_, record)| wanted(record.rtype()) && record.name == *name)
        .map(|(index, _)| index)
        .collect()
}

/// A reply without the records asked for. NXDOMAIN is about the last name of the chain, not about the name asked for
/// (RFC 6604 §3).
fn negative(question: &Question, last: Name, server: SocketAddr, message: Message) -> Error {
    let (question, nxdomain) = (question.clone(), message.header.rcode == Rcode::NXDOMAIN);
    let message = Box::new(message);
    if nxdomain {
        Error::NoSuchName { question, missing: last, server, message }
    } else {
        Error::NoData { question, canonical: last, server, message }
    }
}
