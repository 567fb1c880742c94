//! What a message says, as values that a program can compare: is it a reply, to which question, and with what result?
//!
//! Left out: aliases. [`stub::Answer`](crate::stub::Answer) follows them. Tested in `tests/message.rs`.

use std::net::IpAddr;

use super::Message;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;

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

    /// Whether the response sends the client to other servers: no answer, no error, and in the authority section the
    /// names of the servers of a zone below. A negative answer has SOA there (RFC 2308 §2.1 and §2.2).
    pub fn is_referral(&self) -> bool {
        let has = |rtype| self.authorities.iter().any(|record| record.rtype() == rtype);
        let empty = self.header.rcode == Rcode::NOERROR && self.answers.is_empty() && !self.header.aa;
        empty && has(RecordType::NS) && !has(RecordType::SOA)
    }

    /// For how many seconds the client may remember a negative answer: the lower of SOA's MINIMUM and its TTL
    /// (RFC 2308 §5). `None` without SOA: it must not be cached.
    pub fn negative_ttl(&self) -> Option<u32> {
        self.authorities.iter().find_map(|record| match &record.data {
            RData::Soa(soa) => Some(soa.minimum.min(record.ttl_seconds())),
            _ => None,
        })
    }
}
