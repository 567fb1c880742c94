//! Whether a fetch that ended badly is tried again because somebody asked for that: `--retry`, as curl has it.
//!
//! | what happened | tried again |
//! |---|---|
//! | time ran out, or the name of server or proxy was not resolved | yes |
//! | an answer with 408, 429, 500, 502, 503 or 504 | yes, after the time in Retry-After if it says one |
//! | the server refused the connection | with [`Retries::refused`] |
//! | any other failure | with [`Retries::all_failures`] |
//!
//! Who asks for it has decided that the request may be done twice, also a POST. What is sent again without being asked
//! for is another matter: see [`retry`](super::pool::retry). Both draw from one budget.
//!
//! Tested in `tests/retries.rs`, and beside curl in `tests/live`.

use std::fmt;
use std::time::{Duration, SystemTime};

use barewire_http1::Response;
use rand_core::Rng;

use super::hop::Visit;
use super::pool::Backoff;
use super::retry_after::retry_after;
use crate::failure::{Failure, Step};

/// How often, and after what, a fetch is tried again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retries {
    /// How often; 0 by default.
    pub most: u32,
    /// How long to wait each time, in place of the back-off.
    pub delay: Option<Duration>,
    /// No attempt begins later than this after the first one.
    pub max_time: Option<Duration>,
    /// Also where the server refuses the connection.
    pub refused: bool,
    /// Also after every other failure.
    pub all_failures: bool,
    /// How the waits grow.
    pub backoff: Backoff,
}

/// Why it is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// An answer of this status, and how long it asks us to wait.
    Status {
        /// The status code.
        status: u16,
        /// What Retry-After says.
        after: Option<Duration>,
    },
    /// Something failed that may go well the next time.
    Failure(Failure),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Status { status, after: None } => write!(f, "the server answered {status}"),
            Cause::Status { status, after: Some(after) } => {
                write!(f, "the server answered {status}, with Retry-After: {} s", after.as_secs())
            }
            Cause::Failure(failure) => failure.fmt(f),
        }
    }
}

/// Another attempt, and what led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What happened.
    pub cause: Cause,
    /// After which wait it begins.
    pub wait: Duration,
    /// How many more could follow it.
    pub left: u32,
}

impl Retries {
    /// The attempt that follows a visit. `repetition`: its number, from 1; `elapsed`: since the first attempt began.
    pub(super) fn next(
        &self,
        visit: &Visit,
        (repetition, elapsed): (u32, Duration),
        wall_clock: SystemTime,
        rng: &mut dyn Rng,
    ) -> Option<Attempt> {
        let in_time = |wait: Duration| self.max_time.is_none_or(|most| elapsed + wait < most);
        if repetition > self.most || !in_time(Duration::ZERO) {
            return None;
        }
        let cause = self.cause(visit, wall_clock)?;
        let wait = match &cause {
            // A server that says when knows more than we do; if that is too late, it is too late.
            Cause::Status { after: Some(after), .. } if !in_time(*after) => return None,
            Cause::Status { after: Some(after), .. } => *after,
            _ => self.delay.unwrap_or_else(|| self.backoff.wait(repetition, rng)),
        };
        Some(Attempt { cause, wait, left: self.most - repetition })
    }

    /// The table in the head of this file.
    fn cause(&self, visit: &Visit, wall_clock: SystemTime) -> Option<Cause> {
        match &visit.failure {
            None => self.status(visit, wall_clock),
            // -f makes a failure of an answer.
            Some(failure) if failure.step == Step::Status => {
                let status = self.status(visit, wall_clock);
                status.or_else(|| self.all_failures.then(|| Cause::Failure(failure.clone())))
            }
            Some(failure) => {
                let transient = matches!(failure.step, Step::Timeout | Step::Resolve | Step::ResolveProxy);
                let wanted = transient || self.refused && failure.is_refusal || self.all_failures;
                wanted.then(|| Cause::Failure(failure.clone()))
            }
        }
    }

    fn status(&self, visit: &Visit, wall_clock: SystemTime) -> Option<Cause> {
        let response: &Response = &visit.hops.last()?.page.as_ref()?.response;
        let transient = matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504);
        transient.then(|| Cause::Status {
            status: response.status,
            after: response.headers.get("Retry-After").and_then(|text| retry_after(&text, wall_clock)),
        })
    }
}
