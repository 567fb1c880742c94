//! What a response says to a question: the one reading of a reply, as data.
//!
//! Whether a server answered, named an alias, or sent its client elsewhere does not stand in one field. It follows from
//! the response code and from what stands in which section. RFC 1034 §4.3.2 tells how a server fills them, and RFC 2308
//! §2 how to tell the replies without an answer apart:
//!
//! ```text
//!   RCODE      answer section          authority section      outcome
//!   NOERROR    the records asked for   -                      Answer
//!   NOERROR    CNAME                   no SOA                 Alias
//!   NOERROR    CNAME, or nothing       SOA                    NoData
//!   NOERROR    nothing                 NS of a zone below     Referral
//!   NOERROR    nothing                 NS of another zone     Lame
//!   NOERROR    nothing                 nothing                NoData
//!   NXDOMAIN   CNAME, or nothing       -                      NxDomain, of the last name
//!   other      -                       -                      Refused, ServerFailure, Other
//! ```
//!
//! The stub and [`Message::summary`] read replies with it. Left out: DNAME, because a server puts the CNAME that
//! follows from it beside it (RFC 6672 §3.1). Tested in `tests/outcome.rs`, `tests/stub` and `tests/hostile_servers`.

mod chain;
mod referral;

pub use self::chain::MAX_ALIASES;
pub use self::referral::Referral;

use self::chain::{Chain, follow};
use crate::edns::{EdnsOption, ExtendedError};
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record::Record;

/// What a response says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The records asked for.
    Answer {
        /// The CNAME records that lead from the name asked for to the one that the records are at.
        aliases: Vec<Record>,
        /// The records, at least one.
        records: Vec<Record>,
        /// The name that the records are at.
        canonical: Name,
    },
    /// The name is an alias of a name that the response says nothing about: ask for that one (RFC 1034 §5.2.2).
    Alias {
        /// The CNAME records on the way, at least one.
        aliases: Vec<Record>,
        /// The last name.
        target: Name,
        /// The servers of a zone that the target is in, if the response names them.
        referral: Option<Referral>,
    },
    /// The aliases lead in a circle, or there are more than [`MAX_ALIASES`].
    EndlessAlias {
        /// The CNAME records that were followed.
        aliases: Vec<Record>,
        /// Where following ended.
        at: Name,
    },
    /// The name exists, and has no record of this type.
    NoData(Negative),
    /// The name does not exist.
    NxDomain(Negative),
    /// Other servers know more.
    Referral(Referral),
    /// The server names other servers that do not bring the question closer to its answer: those of the root, or of a
    /// zone that the name is not in. Such a server has no business with the zone (RFC 1912 §2.8).
    Lame(Referral),
    /// REFUSED: the server does not answer this client, or not this question.
    Refused(Vec<ExtendedError>),
    /// SERVFAIL, and what the server says about the reason.
    ServerFailure(Vec<ExtendedError>),
    /// Another response code.
    Other(Rcode, Vec<ExtendedError>),
}

/// Something does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negative {
    /// The CNAME records that lead to the name.
    pub aliases: Vec<Record>,
    /// The name that it is about: the name asked for, or the last of its aliases (RFC 6604 §3).
    pub name: Name,
    /// The SOA record of the zone that says so.
    pub soa: Option<Record>,
}

impl Negative {
    /// For how many seconds the client may remember it: the lower of SOA's MINIMUM and its TTL (RFC 2308 §5). `None`
    /// without SOA: it must not be cached.
    pub fn ttl(&self) -> Option<u32> {
        // book: negative-ttl
        // exercise: dns13
        // instead: self.soa.as_ref().map(|record| record.ttl)
        let record = self.soa.as_ref()?;
        let RData::Soa(soa) = &record.data else { return None };
        Some(soa.minimum.min(record.ttl_seconds()))
        // exercise: end
        // book: end
    }
}

impl Outcome {
    /// Reads a response to `question`.
    ///
    /// ```
    /// use barewire_dns::{Message, Name, Outcome, RData, Record, RecordType};
    /// let query = Message::query(1, Name::parse_text("www.example.test")?, RecordType::A);
    /// let mut reply = Message::response_to(&query);
    /// let server = RData::Ns(Name::parse_text("ns.example.test")?);
    /// reply.authorities.push(Record::new(Name::parse_text("example.test")?, 3600, server));
    /// let Outcome::Referral(referral) = Outcome::of(&reply, &query.questions[0]) else { panic!() };
    /// assert_eq!(referral.zone.to_string(), "example.test");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(message: &Message, question: &Question) -> Outcome {
        match message.header.rcode {
            Rcode::NOERROR => no_error(message, question),
            Rcode::NXDOMAIN => match follow(message, question) {
                Chain::Records { aliases, records, canonical } => {
                    Outcome::Answer { aliases, records, canonical }
                }
                Chain::Endless { aliases, at } => Outcome::EndlessAlias { aliases, at },
                Chain::Nothing { aliases, at } => Outcome::NxDomain(negative(message, aliases, at)),
            },
            Rcode::REFUSED => Outcome::Refused(extended_errors(message)),
            Rcode::SERVFAIL => Outcome::ServerFailure(extended_errors(message)),
            rcode => Outcome::Other(rcode, extended_errors(message)),
        }
    }

    /// The same, when the server that was asked is one of `zone`: a referral that does not lead below that zone leads
    /// nowhere new, and the server is lame.
    pub fn from_server_of(self, zone: &Name) -> Outcome {
        match self {
            Outcome::Referral(referral) if !referral.leads_below(zone) => Outcome::Lame(referral),
            other => other,
        }
    }

    /// For how many seconds a negative outcome may be remembered; `None` for the others, and without SOA.
    pub fn negative_ttl(&self) -> Option<u32> {
        match self {
            Outcome::NoData(negative) | Outcome::NxDomain(negative) => negative.ttl(),
            _ => None,
        }
    }
}

/// A response without an error: the records, an alias, servers, or nothing.
fn no_error(message: &Message, question: &Question) -> Outcome {
    match follow(message, question) {
        Chain::Records { aliases, records, canonical } => Outcome::Answer { aliases, records, canonical },
        Chain::Endless { aliases, at } => Outcome::EndlessAlias { aliases, at },
        Chain::Nothing { aliases, at } => nothing(message, negative(message, aliases, at)),
    }
}

// book: nothing
/// No record of the type that was asked for. Only the zone of a name can say that the name has none: without the SOA
/// record of that zone, nobody said anything about the target of an alias.
fn nothing(message: &Message, negative: Negative) -> Outcome {
    let referral = Referral::of(message);
    if !negative.aliases.is_empty() && negative.soa.is_none() {
        let Negative { aliases, name: target, .. } = negative;
        let referral = referral.filter(|referral| referral.concerns(&target));
        return Outcome::Alias { aliases, target, referral };
    }
    // A server with authority for the name does not send anybody away.
    match referral.filter(|_| negative.aliases.is_empty() && !message.header.aa) {
        Some(referral) if referral.concerns(&negative.name) => Outcome::Referral(referral),
        Some(referral) => Outcome::Lame(referral),
        None => Outcome::NoData(negative),
    }
}
// book: end

fn negative(message: &Message, aliases: Vec<Record>, name: Name) -> Negative {
    let of_its_zone = |record: &&Record| matches!(record.data, RData::Soa(_)) && name.is_within(&record.name);
    let soa = message.authorities.iter().find(of_its_zone).cloned();
    Negative { aliases, name, soa }
}

fn extended_errors(message: &Message) -> Vec<ExtendedError> {
    let options = message.edns.iter().flat_map(|edns| &edns.options);
    options
        .filter_map(|option| match option {
            EdnsOption::ExtendedError(error) => Some(error.clone()),
            _ => None,
        })
        .collect()
}
