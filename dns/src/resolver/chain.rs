//! The chain of trust to an answer: each record set of it is checked, from a trust anchor down (RFC 4035 §5).
//!
//! ```text
//!   www.example.test A, RRSIG by example.test     the answer: which zone has signed it?
//!     └── keys of example.test                    DNSKEY: asked for
//!           └── DS of example.test, by test       it came with the referral
//!                 └── keys of test                DNSKEY: asked for
//!                       └── DS of test, by .
//!                             └── keys of .       DNSKEY: asked for; DS: the trust anchor
//! ```
//!
//! The chain is found from below: the signature over a set names the zone that signed it, and the signature over the DS
//! records of that zone names the zone above. So no zone is asked for that is not in the chain. `standing.rs` finds out
//! how a zone stands, `keyring.rs` remembers it, and this file goes through the answer. What a proof is worth is for
//! [`dnssec`](crate::dnssec) to say; what it lacks is asked for as a task of its own, and then the answer's turn comes
//! again.
//!
//! A part of an answer that is bogus may be forged, or broken on one server alone. So the question is asked once more,
//! and the server that said so is not asked again. Tested in `tests/resolver` and `tests/recursion`.

mod find;
mod keyring;
mod standing;
mod validation;

use std::time::{Instant, SystemTime};

use self::find::Look;
pub(super) use self::keyring::Keyring;
use self::standing::{Standing, Stop, side, signer};
pub(super) use self::validation::Validation;
use self::validation::Worth;
use super::Resolver;
use super::resolution::Answer;
use super::task::{Progress, Task};
use super::trace::{Decision, Purpose, TrustLink};
use crate::cache::{Credibility, Learned, Source};
use crate::dnssec::{Broken, Claim, Flaw, Insecure, Security, deny};
use crate::edns::ExtendedError;
use crate::name::Name;
use crate::rcode::Rcode;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// How often a question is asked again because its answer was bogus.
const SECOND_CHANCES: u32 = 2;

impl Resolver {
    /// The time of day.
    pub(super) fn wall(&self, now: Instant) -> SystemTime {
        self.wall + now.saturating_duration_since(self.begun)
    }

    /// Whether the answer to this task is validated. Those of tasks that other tasks wait for are not: what the chain
    /// needs of them it checks itself, and the address of a server needs no proof.
    pub(super) fn validates(&self, task: &Task) -> bool {
        self.anchors.is_some() && !task.flags.checking_disabled
    }

    /// An answer was found. `None` if it has to be validated first.
    pub(super) fn settle(&self, task: &mut Task, mut answer: Answer) -> Option<Answer> {
        let says_something = matches!(answer.rcode, Rcode::NOERROR | Rcode::NXDOMAIN);
        if !self.validates(task) || !says_something {
            answer.authorities.append(&mut task.known_proofs);
            return Some(answer);
        }
        task.validation = Some(Validation::of(&task.question, answer));
        None
    }

    /// Goes on with the validation of a task's answer, until it has to wait.
    pub(super) fn validate(&mut self, now: Instant, task: &mut Task, mut validation: Validation) -> Progress {
        let Some(anchors) = self.anchors.clone() else { return Progress::Over(validation.answer) };
        let mut look = Look { now, task, anchors: &anchors, validation: &mut validation };
        match self.check(&mut look) {
            Ok(()) => Progress::Over(self.checked(now, task, validation)),
            Err(Stop::Broken(broken, records)) => {
                self.broke(now, task, (*broken, records), validation.starved)
            }
            Err(Stop::Needs(question)) => {
                let key = (question.name.clone(), question.rtype);
                let root = Name::root();
                let waits = self.need(now, task, question, Purpose::Chain, &root).is_ok();
                if !waits {
                    validation.starved = true;
                    validation.fetched.insert(key, Answer::empty(Rcode::SERVFAIL));
                }
                task.validation = Some(validation);
                if waits { Progress::Waits } else { Progress::Again }
            }
        }
    }

    /// Each set of the answer, each set that proves something, and then what they have to prove.
    fn check(&mut self, look: &mut Look<'_>) -> Result<(), Stop> {
        while let Some(set) = look.validation.next_answer() {
            let worth = self.worth(look, &set)?;
            look.validation.took_answer(&set, worth);
        }
        while let Some(set) = look.validation.next_proof() {
            let worth = self.worth(look, &set)?;
            look.validation.took_proof(set, worth);
        }
        for expanded in std::mem::take(&mut look.validation.expanded) {
            let claim = Claim::Expanded { name: &expanded.name, encloser: &expanded.encloser };
            if let Some(insecure) = self.deny(look, claim, &expanded.zone)? {
                look.validation.lower(&expanded.name, insecure);
            }
        }
        match look.validation.absent.clone() {
            Some((name, rtype)) => self.check_absent(look, &name, rtype),
            None => Ok(()),
        }
    }

    /// Whether a record set is signed by the zone that it names; if it is not signed, whether it need not be.
    fn worth(&mut self, look: &mut Look<'_>, set: &RrSet) -> Result<Worth, Stop> {
        let root = Name::root();
        let (Some(owner), Some(rtype)) = (set.name(), set.rtype()) else {
            return Err(Stop::at(set, &root, Flaw::NotOneSet));
        };
        // A reply may bring other records of a name and type that the cache had a part of the answer for.
        match look.task.known.iter().find(|(known, _)| known.is_same(set)) {
            Some((_, Security::Insecure(insecure))) => return Ok(Worth::Insecure(insecure.clone())),
            Some(_) => return Ok(Worth::Known),
            None => {}
        }
        let anchor = match look.anchors.above(owner) {
            Ok((zone, _)) => zone,
            Err(insecure) => return Ok(Worth::Insecure(insecure)),
        };
        let signer = signer(set, anchor);
        let standing = match signer {
            Some(signer) => self.standing(look, signer)?,
            None => self.place(look, &side(owner, rtype))?,
        };
        match (standing, signer) {
            (Standing::Signed(keys), Some(_)) => {
                let verified = self.verified(look, set, &keys)?;
                let (name, zone) = (owner.clone(), keys.zone().clone());
                let (key_tag, seconds) = (verified.key_tag, verified.ttl);
                look.note(TrustLink::Signed { name, rtype, zone, key_tag, seconds });
                Ok(Worth::Secure(Box::new(verified)))
            }
            (Standing::Signed(keys), None) => Err(Stop::at(set, keys.zone(), Flaw::NoSignature)),
            (Standing::Unsigned(insecure), _) => Ok(Worth::Insecure(insecure)),
            (Standing::Broken(broken), _) => Err(Stop::broken(broken, vec![set.clone()])),
            (Standing::NotAZone, _) => {
                let signer = signer.unwrap_or(anchor);
                Err(Stop::at(set, signer, Flaw::Signer { signer: Box::new(signer.clone()) }))
            }
        }
    }

    /// The answer says that there is nothing.
    fn check_absent(&mut self, look: &mut Look<'_>, name: &Name, rtype: RecordType) -> Result<(), Stop> {
        match &look.task.known_absent {
            Some(Security::Insecure(insecure)) => {
                look.validation.absent_insecure(insecure.clone());
                return Ok(());
            }
            Some(_) => return Ok(()),
            None => {}
        }
        if let Err(insecure) = look.anchors.above(name) {
            look.validation.absent_insecure(insecure);
            return Ok(());
        }
        let claim = match look.validation.answer.rcode {
            Rcode::NXDOMAIN => Claim::Name { name },
            _ => Claim::Type { name, rtype },
        };
        match look.validation.zone_of_proofs(name) {
            Some(zone) => {
                if let Some(insecure) = self.deny(look, claim, &zone)? {
                    look.validation.absent_insecure(insecure);
                }
                Ok(())
            }
            // That a record beside it need not be signed, or an alias before it, says nothing of this name.
            None => self.unproven(look, name, rtype),
        }
    }

    /// Checks that something is shown not to exist. Where the proof is not whole, this gives back why.
    fn deny(&self, look: &mut Look<'_>, claim: Claim<'_>, zone: &Name) -> Result<Option<Insecure>, Stop> {
        let proven = deny(claim, &look.validation.proofs(), zone, &mut look.task.effort);
        let denied = proven.map_err(|broken| Stop::broken(broken, look.validation.evidence()))?;
        let rtype = match claim {
            Claim::Name { .. } | Claim::Expanded { .. } => None,
            _ => Some(claim.rtype()),
        };
        look.note(TrustLink::Absent { name: claim.name().clone(), rtype, zone: zone.clone() });
        Ok(denied.insecure)
    }

    /// Nothing that is signed says that there is nothing. Is the name in a zone that need not sign?
    fn unproven(&mut self, look: &mut Look<'_>, name: &Name, rtype: RecordType) -> Result<(), Stop> {
        let broken = match self.place(look, &side(name, rtype))? {
            Standing::Unsigned(insecure) => {
                look.validation.absent_insecure(insecure);
                return Ok(());
            }
            Standing::Broken(broken) => broken,
            Standing::Signed(keys) => {
                Broken { zone: keys.zone().clone(), owner: name.clone(), rtype, reason: Flaw::NoDenial }
            }
            Standing::NotAZone => {
                Broken { zone: Name::root(), owner: name.clone(), rtype, reason: Flaw::NoDenial }
            }
        };
        Err(Stop::broken(broken, look.validation.evidence()))
    }

    /// The answer is secure, or insecure. The cache keeps that with it.
    fn checked(&mut self, now: Instant, task: &mut Task, mut validation: Validation) -> Answer {
        validation.leave_out_unsigned();
        let security = validation.security();
        for verdict in &validation.verdicts {
            let (security, seconds) = (verdict.security.clone(), verdict.seconds);
            let beside = validation.beside(&security);
            self.store.judge(now, (&verdict.set, &beside), security, seconds);
        }
        let absent = validation.absent.as_ref().filter(|_| task.known_absent.is_none());
        if let Some((name, rtype)) = absent {
            let security = validation.absent_security();
            let beside = validation.beside(&security);
            let said = (validation.answer.rcode, &beside[..]);
            self.store.judge_absent(now, (name, *rtype), said, security, validation.seconds());
        }
        self.keep_denials(now, task, &validation);
        if let Some(code) = security.extended_error() {
            task.errors.push(ExtendedError { code, text: security.to_string().into_bytes() });
        }
        task.note(now, Decision::Verdict(Box::new(security.clone())));
        task.security = Some(security);
        let mut answer = validation.answer;
        answer.authorities.append(&mut task.known_proofs);
        answer
    }

    /// What was proven not to exist need not be asked about (RFC 8198).
    fn keep_denials(&mut self, now: Instant, task: &Task, validation: &Validation) {
        let Some(server) = task.heeded.filter(|_| self.config.aggressive_nsec) else { return };
        for (set, verified) in
            validation.proven().iter().filter(|(_, verified)| verified.expanded_from.is_none())
        {
            let source = Source { server: server.ip(), zone: verified.zone.clone() };
            let security = Some(Security::Secure);
            let from = Learned { source, credibility: Credibility::Authority, security };
            self.store.cache.put_denial(now, &set.with_ttl_up_to(verified.ttl), &from);
        }
    }

    /// A link of the chain is broken. The question is asked once more; after that, it ends with SERVFAIL.
    fn broke(
        &mut self,
        now: Instant,
        task: &mut Task,
        (broken, records): (Broken, Vec<RrSet>),
        starved: bool,
    ) -> Progress {
        task.note(now, Decision::Broken(Box::new(broken.clone()), records));
        task.second_chances = task.second_chances.saturating_add(1);
        if task.second_chances <= SECOND_CHANCES && task.distrusts_one_more() {
            self.store.forget(&broken.owner, broken.rtype);
            task.begin_again(&self.config);
            return Progress::Again;
        }
        let (question, zone) = (task.question.clone(), broken.owner.clone());
        // Others may ask about this zone: it is not at fault where the zones of the aliases before it, which are looked
        // at first, took all the work, or where a budget was spent.
        let is_at_fault = !matches!(broken.reason, Flaw::TooMuchWork(_)) || question.name.is_within(&zone);
        if is_at_fault && !starved && matches!(broken.rtype, RecordType::DS | RecordType::DNSKEY) {
            self.keyring.keep_zone(now, &zone, Standing::Broken(broken.clone()), 0);
        }
        if !starved {
            self.keyring.keep_answer(now, &question.name, question.rtype, broken.clone());
        }
        Progress::Over(self.bogus(now, task, broken))
    }

    /// SERVFAIL for a broken chain. The cache keeps no failure: who sets CD gets the answer (RFC 4035 §3.2.2).
    pub(super) fn bogus(&mut self, now: Instant, task: &mut Task, broken: Broken) -> Answer {
        task.by_context = true;
        let (code, text) = (broken.extended_error(), broken.to_string());
        let security = Security::Bogus(broken);
        task.note(now, Decision::Verdict(Box::new(security.clone())));
        task.security = Some(security);
        self.fail(task, code, text)
    }
}
