//! The validation of one answer: which of its sets were checked, what they are worth, and what is still to be proven.

use std::collections::BTreeMap;

use super::standing::{Standing, denies};
use crate::dnssec::{Insecure, Security, Verified};
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::resolver::alias::dname_target;
use crate::resolver::resolution::Answer;
use crate::rrset::RrSet;

/// What a record set is worth.
pub(super) enum Worth {
    /// It is signed.
    Secure(Box<Verified>),
    /// It need not be signed.
    Insecure(Insecure),
    /// It is out of the cache, and was found to be secure before.
    Known,
}

/// What is known of a set of the answer, so that the cache can keep that too.
pub(super) struct Verdict {
    pub(super) set: RrSet,
    pub(super) security: Security,
    pub(super) seconds: u32,
}

/// A name that stands for the wildcard below another one, in a zone.
pub(super) struct Expanded {
    pub(super) name: Name,
    pub(super) encloser: Name,
    pub(super) zone: Name,
}

/// A validation under way.
pub(in crate::resolver) struct Validation {
    pub(super) answer: Answer,
    /// What was asked for on the way: DS and DNSKEY records, or what came instead.
    pub(in crate::resolver) fetched: BTreeMap<(Name, RecordType), Answer>,
    /// How zones stand that were looked at.
    pub(super) standings: BTreeMap<Name, Standing>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) expanded: Vec<Expanded>,
    /// The name and type of which the answer says that there is nothing.
    pub(super) absent: Option<(Name, RecordType)>,
    insecure: Option<Insecure>,
    /// The same of what it says of `absent` alone.
    absent_insecure: Option<Insecure>,
    /// Something was not asked for on the way, because a budget was spent.
    pub(in crate::resolver) starved: bool,
    next_answer: usize,
    next_proof: usize,
    proofs: Vec<(RrSet, Verified)>,
    /// Sets beside the answer that need not be signed.
    unsigned: Vec<RrSet>,
}

impl Validation {
    pub(in crate::resolver) fn of(question: &Question, answer: Answer) -> Validation {
        Validation {
            absent: absent(question, &answer),
            answer,
            fetched: BTreeMap::new(),
            standings: BTreeMap::new(),
            verdicts: Vec::new(),
            expanded: Vec::new(),
            insecure: None,
            absent_insecure: None,
            starved: false,
            next_answer: 0,
            next_proof: 0,
            proofs: Vec::new(),
            unsigned: Vec::new(),
        }
    }

    /// The next set of the answer section. A CNAME that follows from the DNAME before it is made here, and has no
    /// signature (RFC 6672 §5.3.1).
    pub(super) fn next_answer(&mut self) -> Option<RrSet> {
        let sets = &self.answer.answers;
        while let Some(set) = sets.get(self.next_answer) {
            let before = self.next_answer.checked_sub(1).and_then(|before| sets.get(before));
            if !before.is_some_and(|before| follows(set, before)) {
                return Some(set.clone());
            }
            self.next_answer += 1;
        }
        None
    }

    pub(super) fn took_answer(&mut self, set: &RrSet, worth: Worth) {
        let place = self.next_answer;
        self.next_answer += 1;
        let (security, seconds) = match worth {
            Worth::Known => return,
            Worth::Insecure(insecure) => {
                self.insecure.get_or_insert(insecure.clone());
                (Security::Insecure(insecure), u32::MAX)
            }
            Worth::Secure(verified) => {
                let (Verified { zone, ttl, expanded_from, .. }, name) = (*verified, set.name());
                if let (Some(encloser), Some(name)) = (expanded_from, name.cloned()) {
                    self.expanded.push(Expanded { name, encloser, zone });
                }
                (Security::Secure, ttl)
            }
        };
        if let Some(set) = self.answer.answers.get_mut(place) {
            *set = set.with_ttl_up_to(seconds);
        }
        self.verdicts.push(Verdict { set: set.clone(), security, seconds });
    }

    /// The next set of the authority section, if the answer needs a proof. What proves nothing that is needed is taken
    /// away.
    pub(super) fn next_proof(&mut self) -> Option<RrSet> {
        if self.absent.is_none() && self.expanded.is_empty() {
            self.answer.authorities.clear();
        }
        self.answer.authorities.get(self.next_proof).cloned()
    }

    pub(super) fn took_proof(&mut self, set: RrSet, worth: Worth) {
        let place = self.next_proof;
        self.next_proof += 1;
        match worth {
            Worth::Known => {}
            // It does not make the answer insecure: it may have come from anywhere.
            Worth::Insecure(_) => self.unsigned.push(set),
            Worth::Secure(verified) => {
                if let Some(shown) = self.answer.authorities.get_mut(place) {
                    *shown = shown.with_ttl_up_to(verified.ttl);
                }
                self.proofs.push((set, *verified));
            }
        }
    }

    /// That there is nothing is insecure because of this, and so is the answer; the first reason counts.
    pub(super) fn absent_insecure(&mut self, insecure: Insecure) {
        self.absent_insecure.get_or_insert(insecure.clone());
        self.insecure.get_or_insert(insecure);
    }

    /// The records of a name are signed, and yet their proof is not whole.
    pub(super) fn lower(&mut self, name: &Name, insecure: Insecure) {
        for verdict in self.verdicts.iter_mut().filter(|verdict| verdict.set.name() == Some(name)) {
            verdict.security = Security::Insecure(insecure.clone());
        }
        self.insecure.get_or_insert(insecure);
    }

    /// AD speaks of the authority section too (RFC 4035 §3.2.3): with a secure answer nothing unsigned is given out.
    pub(super) fn leave_out_unsigned(&mut self) {
        if self.insecure.is_none() {
            self.answer.authorities.retain(|set| !self.unsigned.contains(set));
        }
    }

    /// Sets beside the answer whose signatures hold: SOA, NSEC, NSEC3.
    pub(super) fn proven(&self) -> &[(RrSet, Verified)] {
        &self.proofs
    }

    /// NSEC and NSEC3 records whose signatures hold.
    pub(super) fn proofs(&self) -> Vec<(&RrSet, &Verified)> {
        let denials = self.proofs.iter().filter(|(set, _)| denies(set));
        denials.map(|(set, verified)| (set, verified)).collect()
    }

    /// The zone whose proofs can say something about a name: the nearest one.
    pub(super) fn zone_of_proofs(&self, name: &Name) -> Option<Name> {
        let proofs = self.proofs();
        let zones = proofs.iter().map(|(_, verified)| &verified.zone);
        zones.filter(|zone| name.is_within(zone)).max_by_key(|zone| zone.labels().count()).cloned()
    }

    /// What came to prove something, for people to look at.
    pub(super) fn evidence(&self) -> Vec<RrSet> {
        self.answer.authorities.clone()
    }

    /// The whole is as secure as its weakest part.
    pub(super) fn security(&self) -> Security {
        self.insecure.clone().map_or(Security::Secure, Security::Insecure)
    }

    /// How secure it is that there is nothing. An alias that leads there says nothing of that.
    pub(super) fn absent_security(&self) -> Security {
        self.absent_insecure.clone().map_or(Security::Secure, Security::Insecure)
    }

    /// The sets beside the answer that a part of it may be kept with: to a secure part belongs nothing unsigned.
    pub(super) fn beside(&self, part: &Security) -> Vec<RrSet> {
        let all = self.answer.authorities.iter();
        all.filter(|set| !part.is_secure() || !self.unsigned.contains(set)).cloned().collect()
    }

    /// For how many seconds its proofs hold.
    pub(super) fn seconds(&self) -> u32 {
        self.answer.authorities.iter().map(RrSet::ttl).min().unwrap_or(0)
    }
}

/// The name and type of which an answer says that there is nothing, after all aliases.
fn absent(question: &Question, answer: &Answer) -> Option<(Name, RecordType)> {
    let (mut name, rtype) = (question.name.clone(), question.rtype);
    let any = rtype == RecordType::ANY;
    for set in &answer.answers {
        if set.name() == Some(&name) && (any || set.rtype() == Some(rtype)) {
            return None;
        }
        if let Some(RData::Cname(target)) = set.records.first().map(|record| &record.data)
            && set.name() == Some(&name)
        {
            name = target.clone();
        }
    }
    (answer.rcode == Rcode::NXDOMAIN || answer.rcode == Rcode::NOERROR).then_some((name, rtype))
}

/// Whether a set is the CNAME that follows from a DNAME.
fn follows(set: &RrSet, dname: &RrSet) -> bool {
    let (Some(name), Some(RData::Cname(target))) = (set.name(), set.records.first().map(|one| &one.data))
    else {
        return false;
    };
    let below = dname.name().is_some_and(|owner| name != owner && name.is_within(owner));
    below && dname.rtype() == Some(RecordType::DNAME) && dname_target(dname, name).as_ref() == Some(target)
}
