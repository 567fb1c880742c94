//! One reply, and what the resolver does about it: step 4 of RFC 1034 §5.3.3 as a table.
//!
//! [`Outcome`](crate::Outcome) says what a reply says; [`Reading`] says what it is worth to a resolver that asked a
//! server of one zone, and [`TABLE`] what follows. The walk looks each reply up here, so the table cannot differ from
//! what the code does. A question with a shortened name (RFC 9156) has a column of its own: its answer only says
//! whether there is something at that name, and an error may only mean that the server is not used to such questions.
//!
//! ```text
//!   reply            to the full name     to a shortened name        RFC 1034 §5.3.3
//!   Answer           Finish               LongerName                 step 4a
//!   NoData           Finish               LongerName                 step 4a
//!   NxDomain         Finish               FullName                   step 4a
//!   Referral         Descend              Descend                    step 4b
//!   Alias            Follow               FullName                   step 4c
//!   EndlessAlias     Fail                 FullName                   step 4c
//!   Refused          NextServer           FullName                   step 4d
//!   ServerFailure    NextServer           FullName                   step 4d
//!   OtherError       NextServer           FullName                   step 4d
//!   Lame             NextServer           NextServer                 step 4d
//!   Recursing        NextServer           NextServer                 step 4d
//!   Silent           NextServer           NextServer                 step 4d
//!   Broken           NextServer           NextServer                 step 4d
//! ```
//!
//! Tested in `tests/resolver`, which draws this figure from the table.

use std::fmt;

/// What a reply is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reading {
    /// The records asked for.
    Answer,
    /// The name exists, without such a record.
    NoData,
    /// The name does not exist.
    NxDomain,
    /// The servers of a zone below.
    Referral,
    /// An alias of a name that the server may say nothing about.
    Alias,
    /// Aliases in a circle.
    EndlessAlias,
    /// REFUSED.
    Refused,
    /// SERVFAIL.
    ServerFailure,
    /// Another response code.
    OtherError,
    /// The servers of a zone above, or beside, or nothing at all: the server does not have the zone.
    Lame,
    /// An answer of another resolver: AA is 0 and RA is 1, so it comes from a cache.
    Recursing,
    /// No reply in time, or no way there.
    Silent,
    /// A reply that cannot be read, or that breaks off even over TCP.
    Broken,
}

/// What follows from a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The answer is there.
    Finish,
    /// Look for the name that the alias leads to.
    Follow,
    /// Ask the servers of the zone below.
    Descend,
    /// Ask the same servers for a name with one label more.
    LongerName,
    /// Ask the same servers for the full name.
    FullName,
    /// Cross the server out, and ask another one.
    NextServer,
    /// There is no answer.
    Fail,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What came.
    pub reading: Reading,
    /// What follows, if the full name was asked for.
    pub full: Then,
    /// What follows, if a shortened name was.
    pub shortened: Then,
    /// The step of RFC 1034 §5.3.3.
    pub step: &'static str,
}

const fn row(reading: Reading, full: Then, shortened: Then, step: &'static str) -> Row {
    Row { reading, full, shortened, step }
}

// book: table
/// What follows from each reply.
pub const TABLE: [Row; 13] = [
    row(Reading::Answer, Then::Finish, Then::LongerName, "step 4a"),
    row(Reading::NoData, Then::Finish, Then::LongerName, "step 4a"),
    row(Reading::NxDomain, Then::Finish, Then::FullName, "step 4a"),
    row(Reading::Referral, Then::Descend, Then::Descend, "step 4b"),
    row(Reading::Alias, Then::Follow, Then::FullName, "step 4c"),
    row(Reading::EndlessAlias, Then::Fail, Then::FullName, "step 4c"),
    row(Reading::Refused, Then::NextServer, Then::FullName, "step 4d"),
    row(Reading::ServerFailure, Then::NextServer, Then::FullName, "step 4d"),
    row(Reading::OtherError, Then::NextServer, Then::FullName, "step 4d"),
    row(Reading::Lame, Then::NextServer, Then::NextServer, "step 4d"),
    row(Reading::Recursing, Then::NextServer, Then::NextServer, "step 4d"),
    row(Reading::Silent, Then::NextServer, Then::NextServer, "step 4d"),
    row(Reading::Broken, Then::NextServer, Then::NextServer, "step 4d"),
];
// book: end

impl Reading {
    /// What follows from it.
    pub fn then(self, shortened: bool) -> Then {
        let row = TABLE.iter().find(|row| row.reading == self);
        row.map_or(Then::NextServer, |row| if shortened { row.shortened } else { row.full })
    }
}

/// What the server did; the text comes after its name.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reading::Answer => "answered",
            Reading::NoData => "has no such record there",
            Reading::NxDomain => "says that the name does not exist",
            Reading::Referral => "names the servers of a zone below",
            Reading::Alias => "names an alias",
            Reading::EndlessAlias => "has aliases that lead in a circle",
            Reading::Refused => "answered REFUSED",
            Reading::ServerFailure => "answered SERVFAIL",
            Reading::OtherError => "answered with an error",
            Reading::Lame => "is lame: it does not have the zone (RFC 1912 §2.8)",
            Reading::Recursing => "is a resolver, and no server of the zone: AA is 0 and RA is 1",
            Reading::Silent => "was silent, or cannot be reached",
            Reading::Broken => "sent a reply that cannot be read",
        })
    }
}
