//! A response that is being filled, section by section.
//!
//! An RRset is added whole, with its signatures if the client set DO (RFC 4035 §3.1.1), and never twice.

use super::claim::Claim;
use super::zone::Zone;
use crate::edns::Edns;
use crate::message::Message;
use crate::name::Name;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// A response.
pub(crate) struct Response {
    pub(super) message: Message,
    /// The client wants DNSSEC's records.
    dnssec: bool,
    /// How many of the additional records, from the first on, a referral cannot do without (RFC 9471 §3).
    pub(super) glue: usize,
}

impl Response {
    /// A response that is whole.
    pub(crate) fn whole(message: Message) -> Response {
        let dnssec = message.edns.as_ref().is_some_and(|edns| edns.dnssec_ok);
        Response { message, dnssec, glue: 0 }
    }

    /// An empty response to a query.
    pub(super) fn new(query: &Message, udp_size: u16) -> Response {
        let dnssec = query.edns.as_ref().is_some_and(|edns| edns.dnssec_ok);
        let mut message = Message::response_to(query);
        message.edns = message.edns.map(|_| our_edns(Some(query), udp_size));
        Response { message, dnssec, glue: 0 }
    }

    pub(super) fn answer(&mut self, owner: &Name, set: &RrSet) {
        add(&mut self.message.answers, owner, set, self.dnssec);
    }

    /// Adds a record that is not in the zone, and so without a signature.
    pub(super) fn answer_made_up(&mut self, record: Record) {
        self.message.answers.push(record);
    }

    pub(super) fn authority(&mut self, owner: &Name, set: &RrSet) {
        add(&mut self.message.authorities, owner, set, self.dnssec);
    }

    /// The same for what only a client that checks signatures can use.
    pub(super) fn for_dnssec(&mut self, owner: &Name, set: &RrSet) {
        if self.dnssec {
            self.authority(owner, set);
        }
    }

    pub(super) fn additional(&mut self, owner: &Name, set: &RrSet) {
        let Message { answers, additionals, .. } = &mut self.message;
        if !set.records.first().is_some_and(|record| holds(answers, owner, record.rtype())) {
            add(additionals, owner, set, self.dnssec);
        }
    }

    /// The additional records so far are glue that a referral needs.
    pub(super) fn additional_is_glue(&mut self) {
        self.glue = self.message.additionals.len();
    }

    /// Adds what proves a claim, if the client wants proofs.
    pub(super) fn proof(&mut self, zone: &Zone, claim: Claim<'_>) {
        zone.prove(claim).into_iter().for_each(|(owner, set)| self.for_dnssec(owner, set));
    }

    /// Whether the answer section has an alias of this name.
    pub(super) fn has_alias_of(&self, name: &Name) -> bool {
        holds(&self.message.answers, name, RecordType::CNAME)
    }

    /// The hosts that the answer names, and whose addresses a client will want next: "additional section processing"
    /// (RFC 1035 §3.3.9 and §3.3.11, RFC 2782, RFC 9460 §4.1).
    pub(super) fn hosts_in_answer(&self) -> Vec<Name> {
        self.message.answers.iter().filter_map(host).cloned().collect()
    }
}

/// The host that a record leads to.
pub(super) fn host(record: &Record) -> Option<&Name> {
    match &record.data {
        RData::Ns(host) => Some(host),
        RData::Mx(mx) => Some(&mx.exchange),
        RData::Srv(srv) => Some(&srv.target),
        // RFC 9460 §2.5: the root stands for the owner.
        RData::Svcb(svcb) | RData::Https(svcb) if svcb.target.is_root() => Some(&record.name),
        RData::Svcb(svcb) | RData::Https(svcb) => Some(&svcb.target),
        _ => None,
    }
}

/// Our OPT record: what we take over UDP, and DO as in the query, which RFC 3225 §3 has copied.
pub(super) fn our_edns(query: Option<&Message>, udp_size: u16) -> Edns {
    let dnssec_ok = query.and_then(|query| query.edns.as_ref()).is_some_and(|edns| edns.dnssec_ok);
    Edns { dnssec_ok, ..Edns::new(udp_size) }
}

/// Adds an RRset whose owner is written as `owner`: as it was asked for, or as the wildcard stands for.
fn add(section: &mut Vec<Record>, owner: &Name, set: &RrSet, dnssec: bool) {
    let Some(rtype) = set.records.first().map(Record::rtype) else { return };
    if holds(section, owner, rtype) {
        return;
    }
    let signatures = set.signatures.iter().filter(|_| dnssec);
    let named = |record: &Record| Record { name: owner.clone(), ..record.clone() };
    section.extend(set.records.iter().chain(signatures).map(named));
}

fn holds(section: &[Record], owner: &Name, rtype: RecordType) -> bool {
    section.iter().any(|record| record.rtype() == rtype && record.name == *owner)
}
