//! The decision trace: everything that a resolver decided for one question, as data.
//!
//! ```text
//!   0.0 ms  asked for A? www.example.test
//!   0.0 ms    the cache has nothing about www.example.test
//!   0.0 ms    A? test to 192.0.2.1:53 (a.root.test), a server of the root: names ... below, 12 ms
//!  12.0 ms      taken: test NS, 2 records for 3600 s
//!  12.0 ms      refused: bank.test A: not in the zone of the server ...
//! ```
//!
//! A trace is a tree, kept as a list: each [`Step`] names the step that it belongs to. The steps of a lookup that was
//! needed on the way, such as that of a server's address, are below the step that tells why. Words are made when a
//! trace is shown, and never compared. Tested in `tests/resolver`.

mod decision;
mod show;
mod trust;

pub use self::trust::TrustLink;
use std::time::{Duration, Instant};

pub use self::decision::{
    Budget, Decision, Held, LeftBehind, Purpose, Query, RefusedBecause, Section, WhyServer,
};

/// What a resolver decided for one question, in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// When it began.
    pub begun: Instant,
    /// The steps. The first is the question, and all others are below it.
    pub steps: Vec<Step>,
    /// How many more steps there were: a trace is bounded
    /// ([`Config::max_steps`](super::Config::max_steps)).
    pub left_out: usize,
    pub(super) most: usize,
}

/// One decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The step that it belongs to; `None` for the first.
    pub parent: Option<usize>,
    /// When, counted from the begin of the trace.
    pub at: Duration,
    /// How long it took; zero if it took no time.
    pub elapsed: Duration,
    /// What was decided.
    pub decision: Decision,
}

impl Trace {
    pub(super) fn new(now: Instant, most: usize, first: Decision) -> Trace {
        let step = Step { parent: None, at: Duration::ZERO, elapsed: Duration::ZERO, decision: first };
        Trace { begun: now, steps: vec![step], left_out: 0, most }
    }

    /// Adds a step below another. It gives back the place of the new step; if there was no room, that of the last one.
    pub(super) fn add(&mut self, now: Instant, parent: usize, decision: Decision) -> usize {
        if self.steps.len() >= self.most {
            self.left_out = self.left_out.saturating_add(1);
            return self.steps.len().saturating_sub(1);
        }
        let at = now.saturating_duration_since(self.begun);
        self.steps.push(Step { parent: Some(parent), at, elapsed: Duration::ZERO, decision });
        self.steps.len() - 1
    }

    /// The step is over now.
    pub(super) fn ended(&mut self, now: Instant, step: usize) {
        let begun = self.begun;
        if let Some(step) = self.steps.get_mut(step) {
            step.elapsed = now.saturating_duration_since(begun).saturating_sub(step.at);
        }
    }

    /// Puts the steps of another trace below a step of this one.
    pub(super) fn graft(&mut self, parent: usize, other: &Trace) {
        let offset = other.begun.saturating_duration_since(self.begun);
        let base = self.steps.len();
        let room = self.most.saturating_sub(base);
        for step in other.steps.iter().take(room) {
            let below = step.parent.map_or(parent, |above| above + base);
            self.steps.push(Step { parent: Some(below), at: step.at + offset, ..step.clone() });
        }
        self.left_out += other.left_out + other.steps.len().saturating_sub(room);
    }

    /// The steps right below a step, in order.
    pub fn below(&self, step: usize) -> impl Iterator<Item = (usize, &Step)> {
        self.steps.iter().enumerate().filter(move |(_, each)| each.parent == Some(step))
    }

    /// The queries that were sent, in order.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.steps.iter().filter_map(|step| match &step.decision {
            Decision::Query(query) => Some(&**query),
            _ => None,
        })
    }
}
