//! A question that is worked on: where it stands in the algorithm of RFC 1034 §5.3.3, and who waits for it.
//!
//! A task is begun for a client, or for another task that needs the address of a server first. Everybody who asks the
//! same meanwhile waits for the same task, so that a forger gets one chance and not hundreds (RFC 5452 §5). Tested in
//! `tests/resolver`.

use std::net::SocketAddr;
use std::time::Instant;

use super::chain::Validation;
use super::config::Config;
use super::minimise::Minimiser;
use super::request::{Flags, RequestId};
use super::resolution::Answer;
use super::scrub::Link;
use super::slist::Slist;
use super::trace::{Decision, Purpose, Trace};
use crate::dnssec::{Effort, Security};
use crate::edns::ExtendedError;
use crate::name::Name;
use crate::question::Question;
use crate::rrset::RrSet;

/// A task of a resolver.
pub(super) type TaskId = u64;

/// One question that is worked on.
pub(super) struct Task {
    pub(super) id: TaskId,
    pub(super) question: Question,
    pub(super) flags: Flags,
    /// The task whose budget is spent: the one of the client's question.
    pub(super) root: TaskId,
    /// How many lookups this one is within.
    pub(super) depth: u32,
    pub(super) waiters: Vec<Waiter>,
    pub(super) children: Vec<Child>,
    /// SNAME: the name that is looked for now.
    pub(super) sname: Name,
    /// The aliases that lead to it.
    pub(super) links: Vec<Link>,
    /// Whether the cache was asked about it.
    pub(super) looked_up: bool,
    /// SLIST: the servers to ask.
    pub(super) slist: Option<Slist>,
    pub(super) minimiser: Minimiser,
    /// Whether the root's servers could not be asked which they are, so that the hints have to do.
    pub(super) unprimed: bool,
    /// The question that is in flight.
    pub(super) flight: Option<u64>,
    pub(super) referrals: u32,
    /// Whether it failed because of who asks, and not because of what is asked: the cache must not keep that.
    pub(super) by_context: bool,
    /// What proves something about aliases on the way: that a wildcard was the right one.
    pub(super) proofs: Vec<RrSet>,
    /// The same out of the cache, where it was found to be secure.
    pub(super) known_proofs: Vec<RrSet>,
    /// The validation of the answer, while it is under way.
    pub(super) validation: Option<Validation>,
    /// What came out of it.
    pub(super) security: Option<Security>,
    /// How much work the validation cost.
    pub(super) effort: Effort,
    /// The sets of the answer that came out of the cache, with what validation said of them before.
    pub(super) known: Vec<(RrSet, Security)>,
    /// The same for an answer out of the cache which says that there is nothing.
    pub(super) known_absent: Option<Security>,
    /// The server whose reply was heeded last, and those that said what cannot be proven.
    pub(super) heeded: Option<SocketAddr>,
    pub(super) distrusted: Vec<SocketAddr>,
    /// How often the question was asked again because of that. Then the cache is not asked.
    pub(super) second_chances: u32,
    pub(super) errors: Vec<ExtendedError>,
    pub(super) trace: Trace,
}

/// Who waits for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiter {
    Client(RequestId),
    Task(TaskId),
}

/// A task that another one waits for.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) id: TaskId,
    pub(super) purpose: Purpose,
    /// The server whose address is looked for.
    pub(super) server: Name,
    /// The step of the trace below which its steps belong.
    pub(super) step: usize,
}

/// What comes of a step.
pub(super) enum Progress {
    /// There is more to do.
    Again,
    /// A reply or another task has to come first.
    Waits,
    /// The question is answered.
    Over(Answer),
}

impl Task {
    pub(super) fn new(
        now: Instant,
        id: TaskId,
        question: Question,
        flags: Flags,
        waiter: Waiter,
        config: &Config,
    ) -> Task {
        Task {
            id,
            flags,
            root: id,
            depth: 0,
            waiters: vec![waiter],
            children: Vec::new(),
            sname: question.name.clone(),
            links: Vec::new(),
            looked_up: false,
            slist: None,
            minimiser: Minimiser::new(config.minimise, config.max_minimised),
            unprimed: false,
            flight: None,
            referrals: 0,
            by_context: false,
            proofs: Vec::new(),
            known_proofs: Vec::new(),
            validation: None,
            security: None,
            effort: Effort::default(),
            known: Vec::new(),
            known_absent: None,
            heeded: None,
            distrusted: Vec::new(),
            second_chances: 0,
            errors: Vec::new(),
            trace: Trace::new(now, config.max_steps, Decision::Asked(question.clone())),
            question,
        }
    }

    /// Notes a decision.
    pub(super) fn note(&mut self, now: Instant, decision: Decision) -> usize {
        self.trace.add(now, 0, decision)
    }

    /// The server that was heeded last is not asked any more for this question. If the answer came out of the cache, it
    /// is enough to ask. `false` if that would change nothing.
    pub(super) fn distrusts_one_more(&mut self) -> bool {
        match self.heeded.take() {
            Some(server) if self.distrusted.contains(&server) => false,
            Some(server) => {
                self.distrusted.push(server);
                true
            }
            None => self.second_chances == 1,
        }
    }

    /// Back to the first step, without what was learned on the way.
    pub(super) fn begin_again(&mut self, config: &Config) {
        (self.sname, self.slist, self.looked_up) = (self.question.name.clone(), None, true);
        self.minimiser = Minimiser::new(config.minimise, config.max_minimised);
        self.links.clear();
        self.proofs.clear();
        self.known_proofs.clear();
        self.known.clear();
        self.known_absent = None;
    }

    /// What is asked now: the question about the name that the aliases lead to.
    pub(super) fn asks(&self) -> Question {
        Question { name: self.sname.clone(), ..self.question.clone() }
    }
}
