//! Other questions that have to be answered first: the address of a server, or which servers the root has.
//!
//! This is where a stranger can have a resolver work for nothing: a delegation can name a hundred servers without
//! addresses, in zones that name a hundred servers each (NXNSAttack). So an address is looked for only when there is
//! none to ask, two servers at a time, and within three budgets: for the zone, for the client's question, and for names
//! that do not exist. Two zones whose servers are in each other's would wait for each other for ever: that is a circle,
//! and such a server is left behind.

use std::time::Instant;

use super::Resolver;
use super::request::Flags;
use super::resolution::Answer;
use super::slist::{Lookup, Slist, usable};
use super::store::addresses_in;
use super::task::{Child, Progress, Task, TaskId, Waiter};
use super::trace::{Budget, Decision, LeftBehind, Purpose};
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record_type::RecordType;

/// So many servers' addresses are looked for at a time.
const AT_A_TIME: usize = 2;

/// Why another question cannot be answered first.
pub(super) enum Denied {
    /// It waits for this one.
    Circle,
    /// A budget is spent.
    Spent(Budget),
}

impl Resolver {
    /// Begins to look for addresses of servers; `Over` if none can be found.
    pub(super) fn find_addresses(&mut self, now: Instant, task: &mut Task, slist: &mut Slist) -> Progress {
        while task.children.len() < AT_A_TIME {
            let Some(server) = slist.without_address() else { break };
            let name = server.name.clone();
            server.lookup = if self.config.ipv4 { Lookup::A } else { Lookup::Aaaa };
            let lookup = server.lookup;
            slist.targets = slist.targets.saturating_add(1);
            if slist.targets > self.config.max_targets_of_zone {
                task.note(now, Decision::Spent(Budget::TargetsOfZone, self.config.max_targets_of_zone));
                break;
            }
            if let Some(budget) = self.spend_target(task) {
                return Progress::Over(self.spent(now, task, budget));
            }
            self.look_for_address(now, task, slist, &name, lookup);
        }
        if task.children.is_empty() { Progress::Over(self.nobody_left(task, slist)) } else { Progress::Waits }
    }

    /// Counts a server name that is looked up; gives back the budget that is spent.
    fn spend_target(&mut self, task: &Task) -> Option<Budget> {
        let purse = self.work.purses.get_mut(&task.root)?;
        purse.targets = purse.targets.saturating_add(1);
        (purse.targets > self.config.max_targets).then_some(Budget::Targets)
    }

    /// Begins a lookup of one type of address. If that cannot be, the server is left behind.
    fn look_for_address(
        &mut self,
        now: Instant,
        task: &mut Task,
        slist: &mut Slist,
        name: &Name,
        lookup: Lookup,
    ) {
        let rtype = if lookup == Lookup::A { RecordType::A } else { RecordType::AAAA };
        let question = Question { name: name.clone(), rtype, class: task.question.class };
        let denied = match self.need(now, task, question, Purpose::ServerAddress, name) {
            Ok(()) => return,
            Err(denied) => denied,
        };
        task.by_context = true;
        if let Some(server) = slist.server(name) {
            server.lookup = Lookup::Done;
        }
        let name = name.clone();
        task.note(
            now,
            match denied {
                Denied::Circle => Decision::CrossedOut { name, address: None, why: LeftBehind::Circle },
                Denied::Spent(budget) => Decision::Spent(budget, self.limit(budget)),
            },
        );
    }

    /// Waits for the answer to another question.
    pub(super) fn need(
        &mut self,
        now: Instant,
        task: &mut Task,
        question: Question,
        purpose: Purpose,
        server: &Name,
    ) -> Result<(), Denied> {
        // With trust anchors, what a task needs is not validated as an answer to a client: the chain checks it itself.
        let checking_disabled = task.flags.checking_disabled || self.anchors.is_some();
        let flags = Flags { checking_disabled };
        let key = (question.clone(), flags);
        let there = self.work.by_question.get(&key).copied();
        // The task itself is not among the others now: it may be the one that is needed.
        if there.is_some_and(|there| there == task.id || self.work.waits_for(there, task.id)) {
            return Err(Denied::Circle);
        }
        let depth = task.depth + u32::from(purpose == Purpose::ServerAddress);
        if depth > self.config.max_depth {
            return Err(Denied::Spent(Budget::Depth));
        }
        if there.is_none() && self.work.tasks.len() >= self.config.max_tasks {
            return Err(Denied::Spent(Budget::Tasks));
        }
        let step = task.note(now, Decision::Needs { purpose, question: question.clone() });
        let waiter = Waiter::Task(task.id);
        let id = match there.and_then(|there| self.work.tasks.get_mut(&there)) {
            Some(child) => {
                child.waiters.push(waiter);
                child.id
            }
            None => {
                let id = self.work.next();
                let child = Task::new(now, id, question, flags, waiter, &self.config);
                self.work.add(Task { root: task.root, depth, ..child });
                id
            }
        };
        task.children.push(Child { id, purpose, server: server.clone(), step });
        Ok(())
    }

    /// A task that others wait for is over.
    pub(super) fn hand_over(&mut self, now: Instant, to: TaskId, from: &Task, answer: &Answer) {
        let Some(mut task) = self.work.tasks.remove(&to) else { return };
        while let Some(place) = task.children.iter().position(|child| child.id == from.id) {
            let child = task.children.remove(place);
            task.trace.graft(child.step, &from.trace);
            task.trace.ended(now, child.step);
            match child.purpose {
                Purpose::Priming => task.unprimed = true,
                Purpose::Chain => {
                    let key = (from.question.name.clone(), from.question.rtype);
                    if let Some(validation) = &mut task.validation {
                        validation.starved |= from.by_context && answer.rcode == Rcode::SERVFAIL;
                        validation.fetched.insert(key, answer.clone());
                    }
                }
                Purpose::ServerAddress => self.take_address(now, &mut task, &child.server, from, answer),
            }
        }
        self.work.runnable.push_back(to);
        self.work.tasks.insert(to, task);
    }

    /// The lookup of a server's address is over: it has some, or the other type is looked for, or it has none.
    fn take_address(&mut self, now: Instant, task: &mut Task, name: &Name, from: &Task, answer: &Answer) {
        let Some(mut slist) = task.slist.take() else { return };
        let addresses = usable(addresses_in(&answer.answers), &self.config);
        task.by_context |= from.by_context && addresses.is_empty();
        let (found, missing) = (!addresses.is_empty(), answer.rcode == Rcode::NXDOMAIN);
        let again = from.question.rtype == RecordType::A && self.config.ipv6 && !missing && !found;
        if let Some(server) = slist.server(name) {
            addresses.into_iter().for_each(|address| server.add(address));
            server.lookup = if again { Lookup::Aaaa } else { Lookup::Done };
        }
        if again {
            self.look_for_address(now, task, &mut slist, name, Lookup::Aaaa);
        } else if !found {
            let why = if missing { LeftBehind::NoSuchName } else { LeftBehind::NoAddress };
            task.note(now, Decision::CrossedOut { name: name.clone(), address: None, why });
        }
        if missing && let Some(purse) = self.work.purses.get_mut(&task.root) {
            purse.missing = purse.missing.saturating_add(1);
        }
        task.slist = Some(slist);
    }
}
