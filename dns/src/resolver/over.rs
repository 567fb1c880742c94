//! How a task ends: with an answer, or with SERVFAIL and the reason (RFC 8914).

use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

use super::Resolver;
use super::event::Event;
use super::reading::Reading;
use super::resolution::{Answer, Resolution};
use super::slist::Slist;
use super::task::{Task, TaskId, Waiter};
use super::trace::{Budget, Decision};
use super::work::Timer;
use crate::edns::ExtendedError;
use crate::rcode::Rcode;

/// "No Reachable Authority" (RFC 8914 §4.23).
const NO_REACHABLE_AUTHORITY: u16 = 22;

/// "Other Error" (RFC 8914 §4.1).
const OTHER: u16 = 0;

/// How many servers an extended error tells of.
const MOST_TOLD: usize = 8;

impl Resolver {
    /// A task is over: all who wait for it are told, and what it still waited for is given up.
    pub(super) fn over(&mut self, now: Instant, mut task: Task, answer: Answer) {
        let sets = answer.answers.len() + answer.authorities.len();
        task.note(now, Decision::Answered { rcode: answer.rcode, sets });
        task.trace.ended(now, 0);
        if answer.rcode == Rcode::SERVFAIL && !task.by_context {
            self.store.cache.put_failure(now, &task.question.name, task.question.rtype);
        }
        if let Some(purse) = self.work.purses.get(&task.id) {
            self.work.timers.remove(&(purse.until, Timer::Task(task.id)));
        }
        self.work.forget(&task);
        for child in &task.children {
            self.give_up(child.id, task.id);
        }
        for waiter in &task.waiters {
            if let Waiter::Task(waiting) = *waiter {
                self.hand_over(now, waiting, &task, &answer);
            }
        }
        self.tell_clients(task, answer);
    }

    /// Thousands may have asked the same, and each of them costs little.
    fn tell_clients(&mut self, task: Task, answer: Answer) {
        let (answer, trace) = (Arc::new(answer), Arc::new(task.trace));
        for waiter in &task.waiters {
            let Waiter::Client(id) = *waiter else { continue };
            let resolution = Resolution {
                question: task.question.clone(),
                answer: Arc::clone(&answer),
                security: task.security.clone(),
                errors: task.errors.clone(),
                trace: Arc::clone(&trace),
            };
            self.work.events.push_back(Event::Resolved(id, Box::new(resolution)));
        }
    }

    /// A task does not wait for another one any more. If nobody else does, that one ends too, and so on.
    fn give_up(&mut self, needed: TaskId, by: TaskId) {
        let mut open = vec![(needed, by)];
        while let Some((needed, by)) = open.pop() {
            let Some(task) = self.work.tasks.get_mut(&needed) else { continue };
            task.waiters.retain(|waiter| *waiter != Waiter::Task(by));
            if task.waiters.is_empty()
                && let Some(task) = self.work.remove(needed)
            {
                open.extend(task.children.iter().map(|child| (child.id, needed)));
            }
        }
    }

    /// A budget of a task is spent, while others run.
    pub(super) fn out_of(&mut self, now: Instant, id: TaskId, budget: Budget) {
        if let Some(mut task) = self.work.tasks.remove(&id) {
            let answer = self.spent(now, &mut task, budget);
            self.over(now, task, answer);
        }
    }

    /// SERVFAIL, because a budget is spent.
    pub(super) fn spent(&mut self, now: Instant, task: &mut Task, budget: Budget) -> Answer {
        let decision = Decision::Spent(budget, self.limit(budget));
        let text = decision.to_string();
        task.note(now, decision);
        // Somebody else may ask with a purse that is full.
        task.by_context |= task.depth > 0 || budget == Budget::Tasks;
        self.fail(task, OTHER, text)
    }

    pub(super) fn limit(&self, budget: Budget) -> u32 {
        let config = &self.config;
        match budget {
            Budget::Queries => config.max_queries,
            Budget::Targets => config.max_targets,
            Budget::TargetsOfZone => config.max_targets_of_zone,
            Budget::MissingTargets => config.max_missing_targets,
            Budget::Depth => config.max_depth,
            Budget::Aliases => config.max_aliases,
            Budget::Referrals => config.max_referrals,
            Budget::Tries => config.max_tries,
            Budget::Time => config.total.as_millis().try_into().unwrap_or(u32::MAX),
            Budget::Tasks => config.max_tasks.try_into().unwrap_or(u32::MAX),
        }
    }

    /// SERVFAIL, because no server of the zone is left to ask.
    pub(super) fn nobody_left(&mut self, task: &mut Task, slist: &Slist) -> Answer {
        let mut text = format!("no server of {} is of use:", slist.zone);
        for server in slist.servers.iter().take(MOST_TOLD) {
            if server.addresses.is_empty() {
                let _ = write!(text, " {} has no known address;", server.name);
            }
            for address in server.addresses.iter().take(MOST_TOLD) {
                let last = address.last.unwrap_or(Reading::Silent);
                let _ = write!(text, " {} ({}) {last};", server.name, address.at.ip());
            }
        }
        self.fail(task, NO_REACHABLE_AUTHORITY, text.trim_end_matches(';').to_owned())
    }

    /// SERVFAIL, and why.
    pub(super) fn fail(&mut self, task: &mut Task, code: u16, text: String) -> Answer {
        task.errors.push(ExtendedError { code, text: text.into_bytes() });
        Answer::empty(Rcode::SERVFAIL)
    }
}
