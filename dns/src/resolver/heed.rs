//! Step 4 of RFC 1034 §5.3.3: "Analyze the response".
//!
//! [`TABLE`](super::reading::TABLE) says what follows from a reply, and the functions here do it.

use std::time::Instant;

use super::Resolver;
use super::flight::Flight;
use super::reading::{Reading, Then};
use super::resolution::Answer;
use super::scrub::{Scrubbed, scrub};
use super::store::servers_in;
use super::task::Task;
use super::trace::{Budget, Decision, LeftBehind, Section};
use super::walk::is_priming;
use crate::cache::{Credibility, Cut, Learned, Source};
use crate::exchange::{End, Ending};
use crate::message::Message;
use crate::outcome::Outcome;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// How many record sets of one reply are noted in the trace.
const MOST_NOTED: usize = 64;

impl Resolver {
    /// An exchange is over.
    pub(super) fn landed(&mut self, now: Instant, id: u64, end: End) {
        let Some(flight) = self.work.land(id) else { return };
        let Some(mut task) = self.work.tasks.remove(&flight.task) else { return };
        task.flight = None;
        let (reading, scrubbed) = read(&end, &flight);
        self.remember_server(now, &flight, reading);
        note_reading(now, &mut task, &flight, reading);
        if let Some(scrubbed) = &scrubbed {
            note_records(now, &mut task, flight.step, scrubbed);
        }
        let id = task.id;
        task.heeded = Some(flight.exchange.server());
        let answer = self.heed(now, &mut task, &flight, reading, scrubbed).err();
        match answer.and_then(|answer| self.settle(&mut task, answer)) {
            Some(answer) => self.over(now, task, answer),
            None => {
                self.work.tasks.insert(id, task);
                self.work.runnable.push_back(id);
            }
        }
    }

    /// Keeps what the exchange has learned of the server. A referral is what a resolver looks for, and no failure.
    fn remember_server(&mut self, now: Instant, flight: &Flight, reading: Reading) {
        let (server, mut known) = (flight.exchange.server(), flight.exchange.known().clone());
        match reading {
            Reading::Referral => known.failures = 0,
            Reading::Lame | Reading::Recursing | Reading::Refused if !flight.shortened => {
                self.speeds.mark_lame(now, server, &flight.zone);
                known.failures = 0;
            }
            _ => {}
        }
        self.speeds.remember(now, server, known);
    }

    /// "4. Analyze the response". `Err` if the task is over.
    fn heed(
        &mut self,
        now: Instant,
        task: &mut Task,
        flight: &Flight,
        reading: Reading,
        scrubbed: Option<Scrubbed>,
    ) -> Result<(), Answer> {
        match (reading.then(flight.shortened), scrubbed) {
            // "a. if the response answers the question or contains a name error, cache the data as well as returning
            // it back to the client."
            (Then::Finish, Some(scrubbed)) => Err(self.finish(now, task, flight, &scrubbed)),
            (Then::LongerName, Some(scrubbed)) => {
                self.keep(now, flight, &scrubbed);
                task.minimiser.exists(&flight.sent.name);
                if let Some(slist) = &mut task.slist {
                    slist.useful(flight.exchange.server());
                }
                Ok(())
            }
            // "b. if the response contains a better delegation to other servers, cache the delegation information, and
            // go to step 2."
            (Then::Descend, Some(scrubbed)) => self.descend(now, task, flight, &scrubbed.cut),
            // "c. if the response shows a CNAME and that is not the answer itself, cache the CNAME, change the SNAME to
            // the canonical name in the CNAME RR and go to step 1."
            (Then::Follow, Some(scrubbed)) => {
                self.keep(now, flight, &scrubbed);
                task.proofs.extend(scrubbed.negative.into_iter().filter(is_denial));
                scrubbed.links.into_iter().try_for_each(|link| self.follow(now, task, link))
            }
            (Then::Fail, _) => {
                Err(self.fail(task, 0, format!("the aliases of {} do not end", task.question.name)))
            }
            (Then::FullName, _) => {
                task.note(now, Decision::FullName { because: reading });
                task.minimiser.give_up();
                Ok(())
            }
            // "d. if the response shows a servers failure or other bizarre contents, delete the server from the SLIST
            // and go back to step 3."
            (Then::NextServer, _) | (_, None) => {
                let (name, at) = (flight.server.clone(), flight.exchange.server());
                if let Some(slist) = &mut task.slist {
                    slist.cross_out(at, reading);
                }
                let why = LeftBehind::Replied(reading);
                task.note(now, Decision::CrossedOut { name, address: Some(at), why });
                Ok(())
            }
        }
    }

    /// The answer is there.
    fn finish(&mut self, now: Instant, task: &mut Task, flight: &Flight, scrubbed: &Scrubbed) -> Answer {
        self.keep(now, flight, scrubbed);
        let before = std::mem::take(&mut task.links);
        let links = before.into_iter().chain(scrubbed.links.iter().cloned());
        let mut answers: Vec<RrSet> = links.flat_map(|link| link.sets).collect();
        answers.extend(scrubbed.records.iter().cloned());
        let rcode = if scrubbed.records.is_empty() { scrubbed.message.header.rcode } else { Rcode::NOERROR };
        let mut authorities = std::mem::take(&mut task.proofs);
        authorities.extend(negative_sets(scrubbed, &task.asks()));
        Answer { rcode, answers, authorities }
    }

    /// The servers of a zone below are asked from now on.
    fn descend(&mut self, now: Instant, task: &mut Task, flight: &Flight, cut: &Cut) -> Result<(), Answer> {
        task.referrals = task.referrals.saturating_add(1);
        if task.referrals > self.config.max_referrals {
            return Err(self.spent(now, task, Budget::Referrals));
        }
        let Some(zone) = cut.ns.name().cloned() else { return Ok(()) };
        let (from, servers) = (flight.zone.clone(), servers_in(&cut.ns));
        let glue = cut.glue.iter().map(|set| set.records.len()).sum();
        self.store.cache.put_cut(now, cut, &learned(flight, Credibility::Additional));
        let mut slist = self.slist_of(now, &zone, &cut.ns, &cut.glue);
        slist.distrust(&task.distrusted);
        task.slist = Some(slist);
        task.note(now, Decision::Delegation { from, zone, servers, glue });
        Ok(())
    }

    /// Keeps what a reply says, for as long as it says.
    fn keep(&mut self, now: Instant, flight: &Flight, scrubbed: &Scrubbed) {
        let (question, header) = (&flight.sent, &scrubbed.message.header);
        let (of_answer, of_authority) = if header.aa {
            (Credibility::Authoritative, Credibility::Authority)
        } else {
            (Credibility::Answer, Credibility::Additional)
        };
        let from = learned(flight, of_answer);
        // A CNAME that follows from a DNAME is not kept: the DNAME says it for all names.
        let aliases = scrubbed.links.iter().filter_map(|link| link.sets.first());
        let proofs: Vec<RrSet> = scrubbed.negative.iter().filter(|set| is_denial(set)).cloned().collect();
        for set in aliases.chain(&scrubbed.records) {
            self.store.keep(now, set, if is_expanded(set) { &proofs } else { &[] }, &from);
        }
        if is_priming(question)
            && let Some(ns) = scrubbed.records.first()
        {
            self.store.cache.put_cut(now, &Cut { ns: ns.clone(), ..scrubbed.cut.clone() }, &from);
        }
        if Outcome::of(&scrubbed.message, question).negative_ttl().is_some() {
            let (name, rtype, proof) = (&scrubbed.at, question.rtype, &scrubbed.negative);
            let from = learned(flight, of_authority);
            self.store.cache.put_negative(now, name, rtype, header.rcode, proof, &from);
        }
    }
}

/// Who said it, and where it stood in the reply. It is not validated.
fn learned(flight: &Flight, credibility: Credibility) -> Learned {
    let source = Source { server: flight.exchange.server().ip(), zone: flight.zone.clone() };
    Learned { source, credibility, security: None }
}

/// What proves a negative answer, for no longer than it may be kept (RFC 2308 §5).
fn negative_sets(scrubbed: &Scrubbed, question: &Question) -> Vec<RrSet> {
    let ttl = Outcome::of(&scrubbed.message, question).negative_ttl().unwrap_or(u32::MAX);
    scrubbed.negative.iter().map(|set| set.with_ttl_up_to(ttl)).collect()
}

/// Whether the records stand for those of a wildcard: the signature counts fewer labels than the owner has
/// (RFC 4034 §3.1.3).
fn is_expanded(set: &RrSet) -> bool {
    let labels = set.name().map_or(0, |name| name.labels().filter(|label| *label != b"*").count());
    set.signatures.iter().any(|record| match &record.data {
        RData::Rrsig(rrsig) => usize::from(rrsig.labels) < labels,
        _ => false,
    })
}

/// Whether a set shows that something does not exist.
fn is_denial(set: &RrSet) -> bool {
    matches!(set.rtype(), Some(RecordType::NSEC | RecordType::NSEC3))
}

/// What a reply is worth, and what of it is believed.
fn read(end: &End, flight: &Flight) -> (Reading, Option<Scrubbed>) {
    match (&end.how, &end.message) {
        (Ending::Reply(_), Some(message)) => {
            let scrubbed = scrub(message, &flight.sent, &flight.zone);
            let outcome = Outcome::of(&scrubbed.message, &flight.sent).from_server_of(&flight.zone);
            (worth(&outcome, message), Some(scrubbed))
        }
        (Ending::Silence { .. } | Ending::Unreachable(_), _) => (Reading::Silent, None),
        _ => (Reading::Broken, None),
    }
}

/// What an outcome is worth to somebody who asked a server of the zone.
fn worth(outcome: &Outcome, message: &Message) -> Reading {
    let (aa, ra) = (message.header.aa, message.header.ra);
    match outcome {
        Outcome::Referral(_) => Reading::Referral,
        Outcome::Lame(_) => Reading::Lame,
        Outcome::Refused(_) => Reading::Refused,
        Outcome::ServerFailure(_) => Reading::ServerFailure,
        Outcome::Other(..) => Reading::OtherError,
        _ if !aa && ra => Reading::Recursing,
        Outcome::NoData(negative) if !aa && negative.soa.is_none() => Reading::Lame,
        Outcome::Answer { .. } => Reading::Answer,
        Outcome::Alias { .. } => Reading::Alias,
        Outcome::EndlessAlias { .. } => Reading::EndlessAlias,
        Outcome::NoData(_) => Reading::NoData,
        Outcome::NxDomain(_) => Reading::NxDomain,
    }
}

fn note_reading(now: Instant, task: &mut Task, flight: &Flight, reading: Reading) {
    task.trace.ended(now, flight.step);
    let Some(step) = task.trace.steps.get_mut(flight.step) else { return };
    if let Decision::Query(query) = &mut step.decision {
        query.reading = Some(reading);
        query.round_trip = (reading != Reading::Silent).then_some(step.elapsed);
    }
}

/// Notes each record set of a reply: taken, or refused and why.
fn note_records(now: Instant, task: &mut Task, step: usize, scrubbed: &Scrubbed) {
    let taken = |sets: &[RrSet], section| {
        let decision = |set: &RrSet| {
            let (name, rtype) = (set.name()?.clone(), set.rtype()?);
            Some(Decision::Taken { name, rtype, records: set.records.len(), ttl: set.ttl(), section })
        };
        sets.iter().filter_map(decision).collect::<Vec<_>>()
    };
    let aliases: Vec<RrSet> = scrubbed.links.iter().flat_map(|link| link.sets.clone()).collect();
    let cut = [vec![scrubbed.cut.ns.clone()], scrubbed.cut.proofs.clone()].concat();
    let all = [
        taken(&aliases, Section::Answer),
        taken(&scrubbed.records, Section::Answer),
        taken(&scrubbed.negative, Section::Authority),
        taken(&cut, Section::Authority),
        taken(&scrubbed.cut.glue, Section::Additional),
    ];
    let refused = scrubbed.refused.iter().map(|refusal| Decision::Refused {
        name: refusal.name.clone(),
        rtype: refusal.rtype,
        section: refusal.section,
        why: refusal.why,
    });
    let mut decisions = all.into_iter().flatten().chain(refused);
    for decision in decisions.by_ref().take(MOST_NOTED) {
        task.trace.add(now, step, decision);
    }
    task.trace.left_out = task.trace.left_out.saturating_add(decisions.count());
}
