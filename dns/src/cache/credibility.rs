//! How much a record is worth, by the place where it stood (RFC 2181 §5.4.1).
//!
//! ```text
//!   the place                                                     the rank
//!   answer section, AA set                                        Authoritative   the highest
//!   authority section, AA set                                     Authority
//!   answer section, AA not set                                    Answer
//!   authority section, AA not set: a referral; additional section Additional      the lowest
//! ```
//!
//! RFC 2181 has three ranks more, for a server that loads zones; a resolver loads none. Tested in `tests/cache`.

use std::fmt;

/// How much a record is worth; a higher rank is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Credibility {
    /// "Additional information", and "data from the authority section of a non-authoritative answer": glue, and the
    /// servers that a referral names. RFC 2181 forbids to answer with it.
    Additional,
    /// "Data from the answer section of a non-authoritative answer".
    Answer,
    /// "Data from the authority section of an authoritative answer".
    Authority,
    /// "Authoritative data included in the answer section of an authoritative reply".
    Authoritative,
}

/// One word.
impl fmt::Display for Credibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Credibility::Additional => "additional",
            Credibility::Answer => "answer",
            Credibility::Authority => "authority",
            Credibility::Authoritative => "authoritative",
        })
    }
}
