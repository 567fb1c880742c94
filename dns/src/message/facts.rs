//! What a message says, as values that a program can compare: is it a reply, to which question, and with what result?
//!
//! [`Outcome`] is what the last three are read from. Tested in `tests/message.rs` and `tests/outcome.rs`.

use std::net::IpAddr;

use super::Message;
use crate::outcome::Outcome;
use crate::question::Question;

impl Message {
    /// Whether this is a response. If not, it is a query.
    pub fn is_response(&self) -> bool {
        self.header.qr
    }

    /// The question that is asked, or answered. Some servers leave it out of an error.
    pub fn question(&self) -> Option<&Question> {
        self.questions.first()
    }

    /// Whether the answer did not fit, so that the client has to ask again over TCP.
    pub fn is_truncated(&self) -> bool {
        self.header.tc
    }

    /// The addresses in the answer section, of A and AAAA records alike, in the order of the message.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.answers.iter().filter_map(|record| record.data.address())
    }

    /// What the response says to its own question; `None` without one.
    pub fn outcome(&self) -> Option<Outcome> {
        Some(Outcome::of(self, self.question()?))
    }

    /// Whether the response sends the client to other servers.
    pub fn is_referral(&self) -> bool {
        matches!(self.outcome(), Some(Outcome::Referral(_) | Outcome::Lame(_)))
    }

    /// For how many seconds the client may remember a negative answer (RFC 2308 §5). `None` if it is not one, or has no
    /// SOA record.
    pub fn negative_ttl(&self) -> Option<u32> {
        self.outcome()?.negative_ttl()
    }
}
