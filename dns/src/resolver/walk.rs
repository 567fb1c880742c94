//! Steps 1 and 2 of RFC 1034 §5.3.3: the cache, and the servers of the nearest zone that is known.
//!
//! Here a question begins, too, and here a task goes on from step to step until it has to wait.

use std::time::Instant;

use super::Resolver;
use super::purse::Purse;
use super::request::{Flags, RequestId};
use super::resolution::Answer;
use super::scrub::Link;
use super::slist::{Slist, usable};
use super::store::{Kept, addresses_in, servers_in};
use super::task::{Progress, Task, TaskId, Waiter};
use super::trace::{Budget, Decision, Held, Purpose};
use crate::class::Class;
use crate::dnssec::{Broken, Security};
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::resolver::alias::{dname_target, synthesised};
use crate::rrset::RrSet;

/// "Cached Error" (RFC 8914 §4.14).
const CACHED_ERROR: u16 = 13;

impl Resolver {
    /// A client's question: it joins the task that looks for the same, or begins one.
    pub(super) fn begin(&mut self, now: Instant, id: RequestId, question: Question, flags: Flags) {
        if let Some(task) = self.work.by_question.get(&(question.clone(), flags))
            && let Some(task) = self.work.tasks.get_mut(task)
        {
            task.note(now, Decision::Joined(question));
            task.waiters.push(Waiter::Client(id));
            return;
        }
        let (task, until) = (self.work.next(), now + self.config.total);
        let mut task = Task::new(now, task, question, flags, Waiter::Client(id), &self.config);
        let full = self.work.tasks.len() >= self.config.max_tasks;
        if task.question.class != Class::IN || is_no_set(task.question.rtype) {
            return self.over(now, task, Answer::empty(Rcode::NOTIMP));
        }
        if full {
            let answer = self.spent(now, &mut task, Budget::Tasks);
            return self.over(now, task, answer);
        }
        self.work.purses.insert(task.id, Purse::new(until));
        self.work.timers.insert((until, super::work::Timer::Task(task.id)));
        self.work.add(task);
    }

    /// Lets all tasks go on that can.
    pub(super) fn run(&mut self, now: Instant) {
        while let Some(id) = self.work.runnable.pop_front() {
            // While it runs, a task is not among the others: they may be changed then.
            let Some(mut task) = self.work.tasks.remove(&id) else { continue };
            match self.go(now, &mut task) {
                Some(answer) => self.over(now, task, answer),
                None => {
                    self.work.tasks.insert(id, task);
                }
            }
        }
    }

    /// Goes from step to step, until the task has to wait, or is over.
    fn go(&mut self, now: Instant, task: &mut Task) -> Option<Answer> {
        while task.flight.is_none() {
            let is_checked = task.validation.is_some();
            match self.step(now, task) {
                Progress::Again => {}
                Progress::Waits => return None,
                Progress::Over(answer) if is_checked => return Some(answer),
                Progress::Over(answer) => {
                    let answer = self.settle(task, answer);
                    if answer.is_some() {
                        return answer;
                    }
                }
            }
        }
        None
    }

    /// One step: the validation of the answer that is there, or one further to the answer.
    fn step(&mut self, now: Instant, task: &mut Task) -> Progress {
        if let Some(validation) = task.validation.take() {
            return self.validate(now, task, validation);
        }
        match self.look_up(now, task) {
            Progress::Again => match self.find_servers(now, task) {
                Progress::Again => self.ask_one(now, task),
                other => other,
            },
            other => other,
        }
    }

    /// "1. See if the answer is in local information, and if so return it to the client."
    fn look_up(&mut self, now: Instant, task: &mut Task) -> Progress {
        if let Some(broken) = self.was_bogus(now, task) {
            return Progress::Over(self.bogus(now, task, broken));
        }
        while !task.looked_up {
            task.looked_up = true;
            if task.second_chances > 0 {
                break;
            }
            let (name, rtype) = (task.sname.clone(), task.question.rtype);
            if let Some((kept, left, security)) = self.store.find(now, &name, rtype) {
                let is_known = security.is_some();
                match &kept {
                    Kept::Records(set, _) => knows(task, set, security),
                    _ => task.known_absent = security,
                }
                let held = match &kept {
                    Kept::Records(set, _) => Held::Records(set.records.len(), left),
                    Kept::Negative(Rcode::NXDOMAIN, _) => Held::NxDomain(left),
                    Kept::Negative(..) => Held::NoData(left),
                    Kept::Failure => Held::Failure(left),
                };
                task.note(now, Decision::CacheHit { name: name.clone(), rtype, held });
                if matches!(kept, Kept::Failure) {
                    return Progress::Over(self.fail(task, CACHED_ERROR, format!("{name} failed before")));
                }
                return Progress::Over(kept_answer(task, kept, is_known));
            }
            let Some((link, proofs, left, security)) = self.kept_alias(now, &name, rtype) else {
                if let Some((sets, left)) = self.denied_unasked(now, &name, rtype) {
                    task.note(now, Decision::CacheHit { name, rtype, held: Held::Denied(left) });
                    return Progress::Over(kept_answer(task, sets, false));
                }
                task.note(now, Decision::CacheMiss { name, rtype });
                break;
            };
            let is_known = security.is_some();
            if let Some(set) = link.sets.first() {
                knows(task, set, security);
            }
            if is_known { &mut task.known_proofs } else { &mut task.proofs }.extend(proofs);
            task.note(now, Decision::CacheHit { name, rtype: link.by(), held: Held::Alias(left) });
            if let Err(answer) = self.follow(now, task, link) {
                return Progress::Over(answer);
            }
        }
        Progress::Again
    }

    /// Why the answer to the question cannot be proven, if that was found out a short while ago.
    fn was_bogus(&self, now: Instant, task: &Task) -> Option<Broken> {
        let is_first = !task.looked_up && task.links.is_empty() && self.validates(task);
        let (name, rtype) = (&task.question.name, task.question.rtype);
        is_first.then(|| self.keyring.answer(now, name, rtype).cloned()).flatten()
    }

    /// CNAME of the name, or DNAME of a name above it.
    fn kept_alias(&mut self, now: Instant, name: &Name, rtype: RecordType) -> Option<KeptAlias> {
        let mut records = |name: &Name, rtype| match self.store.find(now, name, rtype) {
            Some((Kept::Records(set, proofs), left, security)) => Some((set, proofs, left, security)),
            _ => None,
        };
        if matches!(rtype, RecordType::CNAME | RecordType::ANY) {
            return None;
        }
        for above in name.ancestors().skip(1) {
            let Some((set, proofs, left, security)) = records(&above, RecordType::DNAME) else { continue };
            let to = dname_target(&set, name)?;
            let sets = vec![set.clone(), synthesised(&set, name, &to)];
            return Some((Link { from: name.clone(), to, sets }, proofs, left, security));
        }
        let (set, proofs, left, security) = records(name, RecordType::CNAME)?;
        let RData::Cname(to) = &set.records.first()?.data else { return None };
        let link = Link { from: name.clone(), to: to.clone(), sets: vec![set.clone()] };
        Some((link, proofs, left, security))
    }

    /// "c. [...] change the SNAME to the canonical name in the CNAME RR and go to step 1."
    pub(super) fn follow(&mut self, now: Instant, task: &mut Task, link: Link) -> Result<(), Answer> {
        let (from, to, by) = (link.from.clone(), link.to.clone(), link.by());
        task.note(now, Decision::Alias { from, to: to.clone(), by });
        task.links.push(link);
        let circle = task.links.iter().any(|link| link.from == to);
        if circle {
            return Err(self.fail(
                task,
                0,
                format!("the aliases of {} lead in a circle", task.question.name),
            ));
        }
        if task.links.len() > self.config.max_aliases as usize {
            return Err(self.spent(now, task, Budget::Aliases));
        }
        (task.sname, task.looked_up, task.slist) = (to, false, None);
        task.minimiser = super::minimise::Minimiser::new(self.config.minimise, self.config.max_minimised);
        Ok(())
    }

    /// "2. Find the best servers to ask."
    fn find_servers(&mut self, now: Instant, task: &mut Task) -> Progress {
        if task.slist.is_some() {
            return Progress::Again;
        }
        // DS of a zone stands in the zone above (RFC 4035 §3.1.4.1).
        let above = usize::from(task.question.rtype == RecordType::DS && !task.sname.is_root());
        let known = task.sname.ancestors().skip(above).find_map(|zone| self.known_servers(now, &zone));
        let hints = known.is_none();
        let slist = match known {
            Some(slist) => slist,
            None if task.unprimed || is_priming(&task.question) => self.sbelt(),
            None => return self.prime(now, task),
        };
        let mut slist = slist;
        slist.distrust(&task.distrusted);
        let (zone, names) = (slist.zone.clone(), slist.names());
        let addresses = slist.addresses().count();
        task.note(now, Decision::Servers { zone, names, addresses, hints });
        task.slist = Some(slist);
        Progress::Again
    }

    /// The servers of a zone, with the addresses that are known. A list is of no use if the zone itself would have to
    /// be asked for all of them: then the zone above has to name them again.
    fn known_servers(&mut self, now: Instant, zone: &Name) -> Option<Slist> {
        let cut = self.store.cut(now, zone)?;
        Some(self.slist_of(now, zone, &cut.ns, &cut.glue)).filter(|slist| !slist.is_circle())
    }

    pub(super) fn slist_of(&mut self, now: Instant, zone: &Name, ns: &RrSet, glue: &[RrSet]) -> Slist {
        let mut slist = Slist::new(zone.clone());
        for server in servers_in(ns) {
            let of_server: Vec<RrSet> =
                glue.iter().filter(|set| set.name() == Some(&server)).cloned().collect();
            let mut addresses = addresses_in(&of_server);
            if addresses.is_empty() {
                addresses = self.store.addresses(now, &server);
            }
            slist.add(server, usable(addresses, &self.config));
        }
        slist
    }

    /// SBELT: "a "safety belt" structure of the same form as SLIST, which is initialized from a configuration file"
    /// (RFC 1034 §5.3.2).
    fn sbelt(&self) -> Slist {
        let mut slist = Slist::new(Name::root());
        for (name, addresses) in self.hints.servers() {
            slist.add(name.clone(), usable(addresses.iter().copied(), &self.config));
        }
        slist
    }

    /// Asks the root which servers it has now, before anything else (RFC 9609 §3).
    fn prime(&mut self, now: Instant, task: &mut Task) -> Progress {
        let question = Question { name: Name::root(), rtype: RecordType::NS, class: Class::IN };
        let root = Name::root();
        match self.need(now, task, question, Purpose::Priming, &root) {
            Ok(()) => Progress::Waits,
            Err(_) => {
                task.unprimed = true;
                Progress::Again
            }
        }
    }

    /// The time of a client's question is over.
    pub(super) fn out_of_time(&mut self, now: Instant, id: TaskId) {
        let Some(mut task) = self.work.tasks.remove(&id) else { return };
        let answer = self.spent(now, &mut task, Budget::Time);
        self.over(now, task, answer);
    }
}

/// An alias out of the cache: the proofs that belong to it, for how many seconds, and what validation said of it.
type KeptAlias = (Link, Vec<RrSet>, u32, Option<Security>);

/// A set out of the cache becomes a part of the answer, with what validation said of it, if it said something.
fn knows(task: &mut Task, set: &RrSet, security: Option<Security>) {
    task.known.extend(security.map(|security| (set.clone(), security)));
}

/// What the cache keeps, as an answer.
fn kept_answer(task: &mut Task, kept: Kept, is_known: bool) -> Answer {
    let mut answers: Vec<RrSet> = task.links.iter().flat_map(|link| link.sets.clone()).collect();
    let (rcode, sets) = match kept {
        Kept::Records(set, proofs) => {
            answers.push(set);
            (Rcode::NOERROR, proofs)
        }
        Kept::Negative(rcode, sets) => (rcode, sets),
        Kept::Failure => return Answer::empty(Rcode::SERVFAIL),
    };
    if is_known { &mut task.known_proofs } else { &mut task.proofs }.extend(sets);
    Answer { rcode, answers, authorities: std::mem::take(&mut task.proofs) }
}

pub(super) fn is_priming(question: &Question) -> bool {
    question.rtype == RecordType::NS && question.name.is_root()
}

/// Whether a question is not for a record set: transfers, and signatures, which only go with what they sign (RFC 4035
/// §2.2).
fn is_no_set(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::AXFR | RecordType::IXFR | RecordType::RRSIG)
}
