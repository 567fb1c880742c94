//! What a cache is told, and what it gives back.
//!
//! Tested in `tests/cache`.

use std::fmt;
use std::net::IpAddr;

use super::Credibility;
use crate::dnssec::Security;
use crate::rrset::RrSet;
use crate::{Name, RecordType};

/// Who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The server.
    pub server: IpAddr,
    /// The zone that it was asked as a server of. It has a say in names of this zone only.
    pub zone: Name,
}

/// How the cache knows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Who said it.
    pub source: Source,
    /// Where it stood in the reply.
    pub credibility: Credibility,
    /// What validation says of it; `None` if nobody has checked it yet.
    pub security: Option<Security>,
}

/// What there is of a name and a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// The records.
    Records(RrSet),
    /// The name exists, without records of the type. With SOA, and what proves it.
    NoData(Vec<RrSet>),
    /// The name does not exist. With SOA, and what proves it.
    NxDomain(Vec<RrSet>),
    /// The question was asked a moment ago, and there was no answer.
    Failure,
}

/// What the cache has about a name and a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What there is. The TTLs are the seconds that are left.
    pub data: Data,
    /// If the records are those of a wildcard: what proves that it is the right one.
    pub proofs: Vec<RrSet>,
    /// For how many seconds more it holds.
    pub left: u32,
    /// How many seconds ago it was learned.
    pub age: u32,
    /// How it is known; `None` for a failure, which the resolver found out by itself.
    pub learned: Option<Learned>,
}

/// The servers of a zone, as the zone above names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// Their names.
    pub ns: RrSet,
    /// DS, or what proves that there is none.
    pub proofs: Vec<RrSet>,
    /// Addresses of servers. They lead to the zone, and are never an answer (RFC 2181 §5.4.1).
    pub glue: Vec<RrSet>,
}

/// The servers of a zone, as the cache has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCut {
    /// The zone.
    pub zone: Name,
    /// Its servers. The TTLs are the seconds that are left; glue and proofs whose time is over are not there.
    pub cut: Cut,
    /// For how many seconds more the names of the servers hold.
    pub left: u32,
    /// How many seconds ago they were learned.
    pub age: u32,
    /// How they are known.
    pub learned: Option<Learned>,
}

/// Secure records that may prove that a name, or a type of it, does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spans {
    /// The zone that signed them.
    pub zone: Name,
    /// SOA of the zone.
    pub soa: RrSet,
    /// NSEC at the name or the nearest before it, and, if that is another, the same for the wildcard.
    pub spans: Vec<RrSet>,
    /// For how many seconds all of them hold (RFC 8198 §5.4).
    pub left: u32,
}

/// Whether something was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was.
    Kept,
    /// Its TTL is 0, or what it depends on is over.
    NoTime,
    /// There is something that is more credible (RFC 2181 §5.4.1); or, for a failure, an earlier one.
    LessCredible,
    /// The server has no say in it: a name is not in its zone, or a zone names its own servers.
    NoSay,
    /// It is more than the cache has room for, or more than 65,535 bytes.
    TooBig,
    /// There are no records; or no SOA, without which a negative answer is not kept (RFC 2308 §5).
    Empty,
}

/// An entry of the cache, to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name that it is about.
    pub name: Name,
    /// What it says.
    pub what: What,
    /// For how many seconds more it holds.
    pub left: u32,
    /// How many seconds ago it was learned.
    pub age: u32,
    /// How it is known; `None` for a failure.
    pub learned: Option<Learned>,
    /// How many bytes of memory it is charged.
    pub bytes: usize,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Which servers a zone has.
    Cut(Cut),
    /// What there is of the type. NXDOMAIN holds for all types.
    Answer(RecordType, Data),
    /// NSEC or SOA, with which others can be shown not to exist (RFC 8198).
    Denial(RrSet),
}

/// The kind of entry in one or two words: `A`, `no AAAA`, `NXDOMAIN`, `A failed`, `zone cut`.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Cut(_) => f.write_str("zone cut"),
            What::Denial(set) => write!(f, "{}, secure", set.rtype().unwrap_or(RecordType::NSEC).name()),
            What::Answer(rtype, Data::Records(_)) => f.write_str(&rtype.name()),
            What::Answer(rtype, Data::NoData(_)) => write!(f, "no {}", rtype.name()),
            What::Answer(_, Data::NxDomain(_)) => f.write_str("NXDOMAIN"),
            What::Answer(rtype, Data::Failure) => write!(f, "{} failed", rtype.name()),
        }
    }
}
