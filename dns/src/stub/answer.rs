//! The answer of a lookup: the records asked for, at the name asked for or at the name it is an alias of
//! (RFC 1034 §3.6.2).
//!
//! [`Outcome`](crate::Outcome) finds them in a reply. Tested in `tests/stub` and `tests/captures.rs`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::exchange::Protocol;
use crate::message::Message;
use crate::name::Name;
use crate::record::Record;

/// What a lookup found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub(super) message: Message,
    pub(super) server: SocketAddr,
    pub(super) protocol: Protocol,
    pub(super) elapsed: Duration,
    /// The CNAME records that were followed, of all replies.
    pub(super) aliases: Vec<Record>,
    /// The records asked for, at least one.
    pub(super) records: Vec<Record>,
    pub(super) canonical: Name,
}

impl Answer {
    /// The whole reply; the last one, if the target of an alias had to be asked for.
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
        self.records.iter()
    }

    /// The CNAME records that lead from the name asked for to the one that the records are at.
    pub fn aliases(&self) -> impl Iterator<Item = &Record> {
        self.aliases.iter()
    }

    /// The addresses in the records asked for, in the server's order.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.records().filter_map(|record| record.data.address()).collect()
    }

    /// The name that the records are at: the name asked for, or the last name of its aliases.
    pub fn canonical_name(&self) -> &Name {
        &self.canonical
    }

    /// AD: the server says that it validated the answer with DNSSEC (RFC 4035 §3.2.3). It is worth as much as the path
    /// to the server.
    pub fn is_authenticated(&self) -> bool {
        self.message.header.ad
    }

    /// For how many seconds the answer may be remembered: the lowest TTL of its aliases and records.
    pub fn ttl(&self) -> u32 {
        self.aliases().chain(self.records()).map(Record::ttl_seconds).min().unwrap_or(0)
    }
}
