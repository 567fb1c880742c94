//! The authority and the additional section: what proves a negative answer, or where to go on.

use std::collections::HashSet;

use super::parts::{Refusal, refusal, sets_of};
use crate::cache::Cut;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::resolver::trace::{RefusedBecause, Section};
use crate::rrset::RrSet;

/// How many servers of one zone are kept. The root has 13.
const MOST_SERVERS: usize = 32;

/// How many records that prove something are kept: a denial has three NSEC3 at most (RFC 5155 §7.2.2), SOA, and DS.
const MOST_PROOFS: usize = 16;

/// The sections beside the answer, in a reply of a server of one zone.
pub(super) struct Beside<'r> {
    zone: &'r Name,
    question: &'r Question,
    refused: &'r mut Vec<Refusal>,
}

impl<'r> Beside<'r> {
    pub(super) fn new(zone: &'r Name, question: &'r Question, refused: &'r mut Vec<Refusal>) -> Beside<'r> {
        Beside { zone, question, refused }
    }

    /// What the authority section proves about the name `at`, and the zone cut that it names.
    pub(super) fn authority(
        &mut self,
        reply: &Message,
        at: &Name,
        finds: bool,
        direct: bool,
    ) -> (Vec<RrSet>, Cut) {
        let (class, mut cut) = (self.question.class, Cut::default());
        let sets = sets_of(&reply.authorities, class, Section::Authority, self.refused);
        let negative = sets.iter().any(|set| set.rtype() == Some(RecordType::SOA));
        let mut proofs = Vec::new();
        // book: only-referrals
        let refers = direct && !finds && !negative && !reply.header.aa;
        for set in sets {
            let why = match self.refuses(&set, at) {
                Some(why) => why,
                None if set.rtype() == Some(RecordType::NS) => {
                    if refers && cut.ns.records.is_empty() && self.is_on_the_way(&set) {
                        cut.ns = capped(set);
                        continue;
                    }
                    if refers { RefusedBecause::NotOnTheWay } else { RefusedBecause::NoUse }
                }
                None if finds && set.rtype() == Some(RecordType::SOA) => RefusedBecause::NoUse,
                None if proofs.len() >= MOST_PROOFS => RefusedBecause::TooMany,
                None => {
                    proofs.push(set);
                    continue;
                }
            };
            self.refused.extend(refusal(&set, Section::Authority, why));
        }
        // book: end
        if cut.ns.records.is_empty() {
            return (proofs, cut);
        }
        cut.proofs = proofs;
        (Vec::new(), cut)
    }

    /// Why a set of the authority section is not taken, whatever the reply says otherwise.
    fn refuses(&self, set: &RrSet, at: &Name) -> Option<RefusedBecause> {
        // book: refuses
        // exercise: dns11
        // instead: let _ = (set, at);
        // instead: None
        let name = set.name()?;
        match set.rtype()? {
            _ if !name.is_within(self.zone) => Some(RefusedBecause::OutOfZone),
            RecordType::SOA if !at.is_within(name) => Some(RefusedBecause::NotOnTheWay),
            RecordType::DS if !at.is_within(name) => Some(RefusedBecause::NotOnTheWay),
            RecordType::SOA | RecordType::NS | RecordType::DS | RecordType::NSEC | RecordType::NSEC3 => None,
            _ => Some(RefusedBecause::NoUse),
        }
        // exercise: end
        // book: end
    }

    /// Whether the zone of these servers lies below the server's own, and the name asked for lies in it.
    fn is_on_the_way(&self, set: &RrSet) -> bool {
        set.name().is_some_and(|zone| zone != self.zone && self.question.name.is_within(zone))
    }

    /// The addresses of servers.
    pub(super) fn glue(&mut self, reply: &Message, ns: &RrSet) -> Vec<RrSet> {
        let servers: HashSet<&Name> = ns.records.iter().filter_map(|record| server(&record.data)).collect();
        let sets = sets_of(&reply.additionals, self.question.class, Section::Additional, self.refused);
        let zone = self.zone;
        // book: glue
        // exercise: dns12
        // instead: let _ = (zone, servers);
        // instead: sets
        let mut glue = Vec::new();
        for set in sets {
            let (name, rtype) = (set.name(), set.rtype());
            let why = match name {
                Some(name) if !name.is_within(zone) => RefusedBecause::OutOfZone,
                Some(name) if !servers.contains(name) => RefusedBecause::NotAServer,
                _ if !matches!(rtype, Some(RecordType::A | RecordType::AAAA)) => RefusedBecause::NoUse,
                _ => {
                    glue.push(capped(set));
                    continue;
                }
            };
            self.refused.extend(refusal(&set, Section::Additional, why));
        }
        glue
        // exercise: end
        // book: end
    }
}

/// The name of a server.
fn server(data: &RData) -> Option<&Name> {
    match data {
        RData::Ns(server) => Some(server),
        _ => None,
    }
}

/// The set with as many records as anybody needs.
fn capped(mut set: RrSet) -> RrSet {
    set.records.truncate(MOST_SERVERS);
    set
}
