//! What comes after a hop: the next one, the same one again, another attempt, or the end.
//!
//! Tested in `tests/connections.rs` and `tests/retries.rs`.

use std::time::Instant;

use super::{Exchange, State, Transfer};
use crate::failure::{Failure, Step};
use crate::fetch::driver::Driver;
use crate::fetch::hop::Visit;
use crate::fetch::pool::{Budget, Verdict, retry};

impl Transfer<'_> {
    /// Runs ─▶ Waits, where another hop follows, or ─▶ Over.
    pub(super) fn hop_is_over(
        &mut self,
        driver: &mut Driver<'_>,
        exchange: Box<Exchange>,
        result: Result<(), Failure>,
        budget: &mut Budget,
    ) {
        let Exchange { running, id, began, proved, upload, next, .. } = *exchange;
        self.has_read |= upload.is_some_and(|upload| upload.read > 0);
        let (reached, uploaded) = (running.reached(), running.fetch.uploaded());
        driver.end(running, id, proved);
        let now = driver.network.now();
        let Some(hop) = self.visit.hops.last_mut() else { return };
        hop.frames.1 = driver.network.trace().frames();
        hop.uploaded = uploaded;
        hop.took = now.saturating_duration_since(began);
        let method = &hop.request.method;
        match (result, next) {
            (Err(failure), _) if is_lost(&failure) && hop.kept => {
                let verdict = retry::verdict(method, reached, hop.kept);
                if verdict.again() && budget.draw() {
                    let lost = self.visit.hops.pop();
                    self.visit.lost.extend(lost);
                    self.state = State::Waits { fresh: true };
                    return;
                }
                let message = match verdict {
                    Verdict::MayBeDone => format!("{}; {verdict}", failure.message),
                    _ => failure.message,
                };
                self.fail(now, Failure { message, ..failure });
            }
            (Err(failure), _) | (Ok(()), Some(Err(failure))) => self.fail(now, failure),
            (Ok(()), Some(Ok(Some(next)))) => {
                self.job = next;
                self.state = State::Waits { fresh: false };
            }
            (Ok(()), Some(Ok(None)) | None) => self.visit.took = now.saturating_duration_since(self.began),
        }
        if self.is_over() {
            self.pause(driver, budget);
        }
    }

    /// Over ─▶ Pauses, where another attempt was asked for.
    fn pause(&mut self, driver: &mut Driver<'_>, budget: &mut Budget) {
        let now = driver.network.now();
        let so_far = (self.visit.retried + 1, now.saturating_duration_since(self.first_began));
        let wall_clock = driver.network.wall_clock();
        let attempt = self.errand.retries.next(&self.visit, so_far, wall_clock, driver.network.rng());
        let Some(attempt) = attempt.filter(|_| budget.draw()) else { return };
        match self.errand.sink.again(&attempt) {
            Ok(()) => self.state = State::Pauses { until: now + attempt.wait },
            Err(failure) => self.visit.failure = Some(failure),
        }
    }

    /// Pauses ─▶ Waits: all begins again.
    pub(super) fn begin_again(&mut self, now: Instant) {
        (self.job, self.redirects) = (self.errand.job.clone(), self.errand.redirects.clone());
        self.began = now;
        self.visit = Visit {
            retried: self.visit.retried + 1,
            began: now.saturating_duration_since(self.run_began),
            ..Visit::to(self.job.url.clone())
        };
        self.state = State::Waits { fresh: false };
    }

    fn fail(&mut self, now: Instant, failure: Failure) {
        self.visit.failure = Some(failure);
        self.visit.took = now.saturating_duration_since(self.began);
    }
}

/// Whether a failure says no more than that the connection is gone.
fn is_lost(failure: &Failure) -> bool {
    matches!(failure.step, Step::EmptyReply | Step::BrokenReply)
}
