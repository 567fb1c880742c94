//! What can be decided: the kinds of steps of a trace.
//!
//! They hold names, types, addresses and numbers. `show.rs` makes sentences of them. Tested in `tests/resolver`.

use std::net::SocketAddr;
use std::time::Duration;

use super::trust::TrustLink;
use crate::dnssec::{Broken, Security};
use crate::exchange;
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record_type::RecordType;
use crate::resolver::reading::Reading;
use crate::rrset::RrSet;

/// One decision of a resolver.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// A question is begun.
    Asked(Question),
    /// Somebody asked the same before, and both wait for one answer.
    Joined(Question),
    /// The cache has something about the name (RFC 1034 §5.3.3, step 1).
    CacheHit {
        /// The name.
        name: Name,
        /// The type.
        rtype: RecordType,
        /// What it has.
        held: Held,
    },
    /// The cache has nothing about the name.
    CacheMiss {
        /// The name.
        name: Name,
        /// The type.
        rtype: RecordType,
    },
    /// The servers to ask: those of the nearest zone that is known (step 2).
    Servers {
        /// Their zone.
        zone: Name,
        /// Their names.
        names: Vec<Name>,
        /// How many addresses of them are known.
        addresses: usize,
        /// Whether they come from the root hints.
        hints: bool,
    },
    /// A server is asked (step 3).
    Query(Box<Query>),
    /// Something happened meanwhile: a retransmission, a retreat to TCP, a message that was not the reply.
    Exchange(exchange::Event),
    /// A record set of a reply is believed.
    Taken {
        /// Its owner.
        name: Name,
        /// Its type.
        rtype: RecordType,
        /// How many records it has.
        records: usize,
        /// For how many seconds.
        ttl: u32,
        /// Where it stands in the reply.
        section: Section,
    },
    /// A record set of a reply is not believed.
    Refused {
        /// Its owner.
        name: Name,
        /// Its type.
        rtype: RecordType,
        /// Where it stands in the reply.
        section: Section,
        /// Why it is not believed.
        why: RefusedBecause,
    },
    /// The servers of a zone below are known now (step 4b).
    Delegation {
        /// The zone of the server that says so.
        from: Name,
        /// The zone below.
        zone: Name,
        /// The names of its servers.
        servers: Vec<Name>,
        /// How many addresses came with them.
        glue: usize,
    },
    /// The name is an alias, and the other name is looked for (step 4c).
    Alias {
        /// The alias.
        from: Name,
        /// The name that it stands for.
        to: Name,
        /// CNAME or DNAME.
        by: RecordType,
    },
    /// Another question has to be answered first. Its steps are below this one.
    Needs {
        /// What for.
        purpose: Purpose,
        /// The question.
        question: Question,
    },
    /// A server is not asked any more about this zone (step 4d).
    CrossedOut {
        /// Its name.
        name: Name,
        /// Its address; `None` if none is known.
        address: Option<SocketAddr>,
        /// Why it is left behind.
        why: LeftBehind,
    },
    /// The full name is sent from now on, because of what a server said to a shortened one (RFC 9156 §2.3).
    FullName {
        /// What it said.
        because: Reading,
    },
    /// A budget is spent.
    Spent(Budget, u32),
    /// A link of the chain of trust holds.
    Trust(TrustLink),
    /// A link of the chain of trust is broken; and the records that it is about.
    Broken(Box<Broken>, Vec<RrSet>),
    /// What validation says of the whole answer.
    Verdict(Box<Security>),
    /// The question is answered.
    Answered {
        /// The response code.
        rcode: Rcode,
        /// How many record sets the answer has.
        sets: usize,
    },
}

/// A question that was put to a server.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The address of the server.
    pub server: SocketAddr,
    /// Its name.
    pub name: Name,
    /// The zone for which it is asked.
    pub zone: Name,
    /// What was sent, perhaps with a shortened name.
    pub sent: Question,
    /// Whether the name was shortened.
    pub shortened: bool,
    /// Why this server.
    pub why: WhyServer,
    /// How often it was sent, over any protocol.
    pub messages: u32,
    /// The time from the question to the reply; `None` while none is there.
    pub round_trip: Option<Duration>,
    /// What came of it; `None` while it is waited for.
    pub reading: Option<Reading>,
}

/// Why a server was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyServer {
    /// It is the only one left.
    Only,
    /// Nobody asked it yet, so its round trip should be found out.
    Unknown,
    /// A random one of so many whose round trips are about equally good; this is its own.
    Band(u32, Duration),
    /// The others failed; it was silent before, and may have recovered.
    Again,
}

/// What a cache holds about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Record sets of this type with so many records, for so many seconds.
    Records(usize, u32),
    /// An alias.
    Alias(u32),
    /// That there is no such record.
    NoData(u32),
    /// That there is no such name.
    NxDomain(u32),
    /// That its servers failed a short while ago.
    Failure(u32),
    /// NSEC records of the zone. They prove that the name, or the type at it, does not exist.
    Denied(u32),
}

/// A section of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The records asked for.
    Answer,
    /// Who has authority.
    Authority,
    /// What else may help.
    Additional,
}

/// Why a record is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusedBecause {
    /// It is not in the zone of the server that was asked: the server has no say in it (RFC 2181 §5.4.1).
    OutOfZone,
    /// It is not at the name asked for, and no alias leads to it.
    NotAsked,
    /// It is of a type that this section has no use for in such a reply.
    NoUse,
    /// It is of another class.
    OtherClass,
    /// It is an address of a host that the reply does not name as a server.
    NotAServer,
    /// The zone that it speaks of is not between the server's zone and the name asked for.
    NotOnTheWay,
    /// The reply has more servers for the zone than anybody needs.
    TooMany,
}

/// Why a server is left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftBehind {
    /// What it replied.
    Replied(Reading),
    /// Its address cannot be found out.
    NoAddress,
    /// Its name does not exist.
    NoSuchName,
    /// To find out its address one would have to ask it.
    Circle,
    /// What it said was bogus.
    Bogus,
}

/// What another question is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Which servers the root has now (RFC 9609 §3).
    Priming,
    /// The address of a server.
    ServerAddress,
    /// The chain of trust (RFC 4035 §5).
    Chain,
}

/// What is limited; the fields of [`Config`](crate::resolver::Config) have the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Budget {
    /// Messages for one question of a client.
    Queries,
    /// Server names for one question of a client.
    Targets,
    /// Server names of one delegation.
    TargetsOfZone,
    /// Server names that do not exist.
    MissingTargets,
    /// Lookups within lookups.
    Depth,
    /// Aliases that are followed.
    Aliases,
    /// Referrals that are followed.
    Referrals,
    /// Tries with the servers of one zone.
    Tries,
    /// Time, in seconds.
    Time,
    /// Questions at a time.
    Tasks,
}
