//! What a resolver found out: the answer as data, and how it came by it.
//!
//! The records of a section stand as RRsets, because a client that did not ask for signatures gets none. Tested in
//! `tests/resolver`.

use std::sync::Arc;

use super::trace::Trace;
use crate::dnssec::Security;
use crate::edns::{EdnsOption, ExtendedError};
use crate::message::Message;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record::Record;
use crate::rrset::RrSet;

/// The answer to a question of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    /// What was asked.
    pub question: Question,
    /// What there is to answer. All who have asked the same share it.
    pub answer: Arc<Answer>,
    /// What validation says of it. `None`: nothing was to be validated, because there are no trust anchors, or because
    /// of [`Flags::checking_disabled`](super::Flags).
    pub security: Option<Security>,
    /// What is to be said about the answer, above all why there is none (RFC 8914).
    pub errors: Vec<ExtendedError>,
    /// How it was found, decision by decision. All who have asked the same share it.
    pub trace: Arc<Trace>,
}

/// A response code, and the sections of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// NOERROR, NXDOMAIN, SERVFAIL, or NOTIMP.
    pub rcode: Rcode,
    /// The aliases in the order in which they lead on, and then the records asked for.
    pub answers: Vec<RrSet>,
    /// SOA of a negative answer, and what proves it.
    pub authorities: Vec<RrSet>,
}

impl Answer {
    /// A response code without records.
    pub fn empty(rcode: Rcode) -> Answer {
        Answer { rcode, answers: Vec::new(), authorities: Vec::new() }
    }

    /// The records of the answer section, without signatures.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.answers.iter().flat_map(|set| &set.records)
    }
}

impl Resolution {
    /// The response to a client's query. RA is set. With DO the signatures are there, and the records that prove what
    /// does not exist (RFC 4035 §3.2.1). The extended errors are there if the query has EDNS.
    pub fn response_to(&self, query: &Message) -> Message {
        let mut response = Message::response_to(query);
        let dnssec = query.edns.as_ref().is_some_and(|edns| edns.dnssec_ok);
        (response.header.ra, response.header.rcode) = (true, self.answer.rcode);
        // AD is for clients that show by DO or AD that they know it (RFC 6840 §5.7 and §5.8).
        let is_secure = self.security.as_ref().is_some_and(Security::is_secure);
        response.header.ad = is_secure && (dnssec || query.header.ad);
        response.answers = self.section(&self.answer.answers, dnssec);
        response.authorities = self.section(&self.answer.authorities, dnssec);
        if let Some(edns) = &mut response.edns {
            edns.dnssec_ok = dnssec;
            edns.options = self.errors.iter().cloned().map(EdnsOption::ExtendedError).collect();
        }
        response
    }

    fn section(&self, sets: &[RrSet], dnssec: bool) -> Vec<Record> {
        let shown = |set: &&RrSet| {
            let rtype = set.rtype();
            dnssec || rtype == Some(self.question.rtype) || rtype.is_some_and(|rtype| !proves(rtype))
        };
        let records = |set: &RrSet| {
            let signatures = if dnssec { set.signatures.clone() } else { Vec::new() };
            set.records.iter().cloned().chain(signatures).collect::<Vec<_>>()
        };
        sets.iter().filter(shown).flat_map(records).collect()
    }
}

/// Whether records of this type only prove something, so that a client without DNSSEC has no use for them.
fn proves(rtype: crate::RecordType) -> bool {
    use crate::RecordType;
    matches!(rtype, RecordType::NSEC | RecordType::NSEC3 | RecordType::DS)
}
