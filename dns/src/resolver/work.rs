//! What a resolver has in hand: tasks, questions in flight, timers.
//!
//! All of it is found by numbers, because tasks wait for each other in both directions. Tested in `tests/resolver`.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use super::event::Event;
use super::flight::Flight;
use super::purse::Purse;
use super::request::{Flags, RequestId};
use super::task::{Task, TaskId};
use crate::exchange::Protocol;
use crate::question::Question;

/// What is to be done at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// An exchange is to be woken.
    Flight(u64),
    /// The time of a client's question is over.
    Task(TaskId),
}

/// What a resolver has in hand.
#[derive(Default)]
pub(super) struct Work {
    pub(super) tasks: BTreeMap<TaskId, Task>,
    /// The task that looks for the answer to a question.
    pub(super) by_question: HashMap<(Question, Flags), TaskId>,
    /// By the task of the client's question.
    pub(super) purses: HashMap<TaskId, Purse>,
    pub(super) flights: BTreeMap<u64, Flight>,
    /// The questions in flight to each server, the oldest first.
    by_server: HashMap<SocketAddr, Vec<u64>>,
    pub(super) timers: BTreeSet<(Instant, Timer)>,
    /// Tasks that can go on.
    pub(super) runnable: VecDeque<TaskId>,
    /// Questions in flight that have something to send.
    pub(super) outbox: VecDeque<u64>,
    pub(super) events: VecDeque<Event>,
    last: u64,
}

impl Work {
    pub(super) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(super) fn next_request(&mut self) -> RequestId {
        RequestId(self.next())
    }

    pub(super) fn launch(&mut self, flight: Flight) -> u64 {
        let id = self.next();
        self.by_server.entry(flight.exchange.server()).or_default().push(id);
        self.flights.insert(id, flight);
        self.outbox.push_back(id);
        self.set_timer(id);
        id
    }

    pub(super) fn land(&mut self, id: u64) -> Option<Flight> {
        let flight = self.flights.remove(&id)?;
        if let Some(wake) = flight.wake {
            self.timers.remove(&(wake, Timer::Flight(id)));
        }
        let server = flight.exchange.server();
        if let Some(flights) = self.by_server.get_mut(&server) {
            flights.retain(|flight| *flight != id);
            if flights.is_empty() {
                self.by_server.remove(&server);
            }
        }
        Some(flight)
    }

    /// Puts the timer of a flight to its deadline.
    pub(super) fn set_timer(&mut self, id: u64) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        let wake = flight.exchange.deadline();
        if let Some(before) = std::mem::replace(&mut flight.wake, wake) {
            self.timers.remove(&(before, Timer::Flight(id)));
        }
        if let Some(wake) = wake {
            self.timers.insert((wake, Timer::Flight(id)));
        }
    }

    /// The question in flight that a message with this ID may answer. If its ID fits none, the oldest question to this
    /// server counts it as a bad reply.
    pub(super) fn expecting(&self, protocol: Protocol, from: SocketAddr, id: Option<u16>) -> Option<u64> {
        id.and_then(|id| self.with_id(protocol, from, id))
            .or_else(|| self.all_expecting(protocol, from).first().copied())
    }

    pub(super) fn with_id(&self, protocol: Protocol, from: SocketAddr, id: u16) -> Option<u64> {
        let has_id = |flight: &u64| self.flights.get(flight).is_some_and(|flight| flight.exchange.id() == id);
        self.all_expecting(protocol, from).into_iter().find(has_id)
    }

    pub(super) fn all_expecting(&self, protocol: Protocol, from: SocketAddr) -> Vec<u64> {
        let expects = |id: &u64| {
            let flight = self.flights.get(id);
            flight.is_some_and(|flight| flight.exchange.expects(protocol, from))
        };
        self.by_server.get(&from).into_iter().flatten().copied().filter(expects).collect()
    }

    /// Whether a question with this ID is in flight to this server.
    pub(super) fn has_id(&self, to: SocketAddr, id: u16) -> bool {
        let flights = self.by_server.get(&to).into_iter().flatten();
        flights.filter_map(|flight| self.flights.get(flight)).any(|flight| flight.exchange.id() == id)
    }

    /// Whether a task waits for another one, itself or through others.
    pub(super) fn waits_for(&self, task: TaskId, other: TaskId) -> bool {
        let (mut open, mut seen) = (vec![task], BTreeSet::new());
        while let Some(next) = open.pop() {
            if next == other {
                return true;
            }
            if seen.insert(next)
                && let Some(task) = self.tasks.get(&next)
            {
                open.extend(task.children.iter().map(|child| child.id));
            }
        }
        false
    }

    /// Adds a task, and has it go on.
    pub(super) fn add(&mut self, task: Task) {
        self.by_question.insert((task.question.clone(), task.flags), task.id);
        if let Some(purse) = self.purses.get_mut(&task.root) {
            purse.tasks += 1;
        }
        self.runnable.push_back(task.id);
        self.tasks.insert(task.id, task);
    }

    /// Takes a task away, and the question that it has in flight.
    pub(super) fn remove(&mut self, id: TaskId) -> Option<Task> {
        let task = self.tasks.remove(&id)?;
        self.forget(&task);
        Some(task)
    }

    /// What belongs to a task that is over.
    pub(super) fn forget(&mut self, task: &Task) {
        self.by_question.remove(&(task.question.clone(), task.flags));
        if let Some(flight) = task.flight {
            self.land(flight);
        }
        let spent = self.purses.get_mut(&task.root).is_some_and(|purse| {
            purse.tasks = purse.tasks.saturating_sub(1);
            purse.tasks == 0
        });
        if spent {
            self.purses.remove(&task.root);
        }
    }
}
