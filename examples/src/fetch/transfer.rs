//! One URL of a run, from its job to its answer: hop after hop, and again where a kept connection was closed.
//!
//! ```text
//!   Waits ──begin──▶ Runs ──answer, or failure──▶ Over
//!     ▲               │ a redirect, or a request    │ another attempt was asked for
//!     ├───────────────┘ that was lost               ▼
//!     └────────────────────────────────────────── Pauses
//! ```
//!
//! Tested in `tests/curl_flags.rs` over the toy internet, and in `tests/live` beside curl.

mod next;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::driver::running::Running;
use super::driver::{Begun, Driver, Proved};
use super::errand::Errand;
use super::event::Event;
use super::hop::{Hop, Visit};
use super::job::Job;
use super::page::Page;
use super::pool::{Budget, ConnectionId};
use super::redirect::Redirects;
use super::sink::{Sink, Standing};
use super::undo::Undo;
use super::upload::{PIECE, Reading};
use crate::failure::Failure;
use crate::network::Network;

/// Pieces of a body in one turn: so what comes is read, and other fetches have their turns.
const PIECES: usize = 16;

/// One URL of a run.
pub(super) struct Transfer<'s> {
    /// What was asked for: where each attempt begins.
    errand: Errand<'s>,
    /// The job of the present hop.
    job: Job,
    redirects: Redirects,
    /// Whether some of the request's body was read.
    has_read: bool,
    /// When the run began, the first attempt, and this one.
    run_began: Instant,
    first_began: Instant,
    began: Instant,
    visit: Visit,
    state: State,
}

enum State {
    /// For a connection. `fresh`: for a new one.
    Waits {
        fresh: bool,
    },
    /// For the time of the next attempt.
    Pauses {
        until: Instant,
    },
    Runs(Box<Exchange>),
    Over,
}

/// A hop under way.
struct Exchange {
    running: Box<Running>,
    id: ConnectionId,
    began: Instant,
    proved: Option<Proved>,
    /// The body of the request, where it is read while it is sent.
    upload: Option<Reading>,
    /// The job that the response leads to, once its head has come; `None`: it is the answer.
    next: Option<Result<Option<Job>, Failure>>,
    undo: Undo,
}

impl Exchange {
    /// Gives the request's body as far as the stream takes it. Whether anything was given.
    fn send_body(&mut self, network: &mut dyn Network) -> Result<bool, Failure> {
        let Some(upload) = &mut self.upload else { return Ok(false) };
        let mut buffer = [0; PIECE];
        let mut given = false;
        for _ in 0..PIECES {
            if !self.running.wants_body() {
                break;
            }
            self.running.send_body(network, upload.next(&mut buffer)?);
            given = true;
        }
        Ok(given)
    }

    fn is_answer(&self) -> bool {
        matches!(self.next, Some(Ok(None)))
    }
}

impl<'s> Transfer<'s> {
    /// A job that waits for its turn, in a run that began at `run_began`.
    pub(super) fn new(now: Instant, run_began: Instant, errand: Errand<'s>) -> Transfer<'s> {
        let (job, redirects) = (errand.job.clone(), errand.redirects.clone());
        let visit = Visit { began: now.saturating_duration_since(run_began), ..Visit::to(job.url.clone()) };
        let state = State::Waits { fresh: false };
        Transfer {
            errand,
            job,
            redirects,
            has_read: false,
            run_began,
            first_began: now,
            began: now,
            visit,
            state,
        }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// What came of it.
    pub(super) fn end(mut self, network: &mut dyn Network) -> Visit {
        self.errand.sink.over(&mut self.visit, network.trace(), network.now());
        self.visit
    }

    /// Whether it waits for DNS.
    pub(super) fn is_resolving(&self) -> bool {
        matches!(&self.state, State::Runs(exchange) if exchange.running.is_resolving())
    }

    /// The fetch that runs.
    pub(super) fn running(&mut self) -> Option<&mut Running> {
        match &mut self.state {
            State::Runs(exchange) => Some(&mut exchange.running),
            State::Waits { .. } | State::Pauses { .. } | State::Over => None,
        }
    }

    /// When its next attempt begins, if it waits for that.
    pub(super) fn pauses_until(&self) -> Option<Instant> {
        match self.state {
            State::Pauses { until } => Some(until),
            _ => None,
        }
    }

    /// Does all that can be done now. Whether anything happened.
    pub(super) fn turn(&mut self, driver: &mut Driver<'_>, budget: &mut Budget) -> bool {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Waits { fresh } => self.begin(driver, fresh),
            State::Pauses { until } if until <= driver.network.now() => {
                self.begin_again(driver.network.now());
                true
            }
            State::Pauses { until } => {
                self.state = State::Pauses { until };
                false
            }
            State::Runs(mut exchange) => {
                let moved = exchange.running.turn(driver.network);
                match exchange.send_body(driver.network) {
                    Ok(sent) => self.hear(driver, exchange, budget) || moved || sent,
                    Err(failure) => {
                        self.hop_is_over(driver, exchange, Err(failure), budget);
                        true
                    }
                }
            }
            State::Over => false,
        }
    }

    /// Waits ─▶ Runs.
    fn begin(&mut self, driver: &mut Driver<'_>, fresh: bool) -> bool {
        let (before, began) = (driver.network.trace().frames(), driver.network.now());
        let upload = self.job.upload.as_ref().map(|upload| Reading::of(upload, self.has_read));
        let upload = match upload.transpose() {
            Ok(upload) => upload,
            Err(failure) => {
                self.visit.failure = Some(failure);
                return true;
            }
        };
        let Some(Begun { running, id, kept }) = driver.begin(&self.job, self.began, fresh) else {
            self.state = State::Waits { fresh };
            return false;
        };
        let line = kept.as_ref().and_then(|_| running.line());
        self.visit.hops.push(Hop {
            url: self.job.url.clone(),
            request: self.job.request(),
            uploaded: 0,
            addresses: Vec::new(),
            connected: kept.as_ref().map(|known| known.address),
            ends: line.and_then(|line| line.ends),
            kept: kept.is_some(),
            tunnel: None,
            page: None,
            frames: (before, before),
            took: Duration::ZERO,
        });
        self.state = State::Runs(Box::new(Exchange {
            running,
            id,
            began,
            proved: kept,
            upload,
            next: None,
            undo: Undo::nothing(),
        }));
        true
    }

    /// The events of a hop, in their order: resolve, connect, handshake, head, body.
    fn hear(&mut self, driver: &mut Driver<'_>, mut exchange: Box<Exchange>, budget: &mut Budget) -> bool {
        let mut heard = false;
        while let Some(event) = exchange.running.fetch.event() {
            heard = true;
            match self.take(driver, &mut exchange, event) {
                Ok(false) => {}
                Ok(true) => {
                    budget.went_well();
                    self.hop_is_over(driver, exchange, Ok(()), budget);
                    return true;
                }
                Err(failure) => {
                    self.hop_is_over(driver, exchange, Err(failure), budget);
                    return true;
                }
            }
        }
        self.state = State::Runs(exchange);
        heard
    }

    /// One event. True: the response is complete.
    fn take(
        &mut self,
        driver: &mut Driver<'_>,
        exchange: &mut Exchange,
        event: Event,
    ) -> Result<bool, Failure> {
        let Some(hop) = self.visit.hops.last_mut() else { return Ok(true) };
        Proved::hear(&mut exchange.proved, &event);
        match event {
            Event::Resolved(addresses) => {
                hop.addresses = addresses.iter().map(SocketAddr::ip).collect();
                driver.resolved(self.job.peer().0, &addresses);
            }
            Event::Connected(address) => {
                hop.connected = Some(address);
                hop.ends = exchange.running.line().and_then(|line| line.ends);
            }
            Event::Tunneled(head) => {
                // As curl does, -i shows it before the answer of the server.
                self.errand.sink.head(hop.tunnel.insert(head), Standing::Interim)?;
            }
            Event::Informational(head) => self.errand.sink.head(&head, Standing::Interim)?,
            Event::Head { response, framing } => {
                let tls =
                    exchange.proved.as_ref().filter(|_| !hop.kept).and_then(|proved| proved.tls.as_ref());
                let next = match self.job.after_too_early(tls, &response) {
                    Some(job) => Ok(Some(job)),
                    None => self.redirects.next(&self.job, &response),
                };
                self.visit.redirects = self.redirects.followed;
                exchange.next = Some(next);
                if exchange.is_answer() {
                    exchange.undo = Undo::of(self.job.compressed, &response);
                }
                if let Some(Proved { address, tls }) = exchange.proved.clone() {
                    let page = hop.page.insert(Page::begun(address, tls, response, framing));
                    let standing = if exchange.is_answer() { Standing::Answer } else { Standing::LeadsOn };
                    self.errand.sink.head(&page.response, standing)?;
                }
            }
            Event::Trailers { fields, misplaced } => {
                self.read_body(exchange)?;
                let Some(hop) = self.visit.hops.last_mut() else { return Ok(true) };
                if let Some(page) = &mut hop.page {
                    // Nobody here acts on them, so all are shown.
                    page.trailers = fields;
                    misplaced.iter().for_each(|field| page.trailers.push(&*field.name, field.value.clone()));
                    if exchange.is_answer() {
                        self.errand.sink.trailers(&page.trailers)?;
                    }
                }
            }
            Event::Failed(failure) => {
                self.read_body(exchange)?;
                return Err(failure);
            }
            Event::Finished(_) | Event::Tunnel => {
                self.read_body(exchange)?;
                return exchange.undo.end().map(|()| true);
            }
            _ => {}
        }
        self.read_body(exchange)?;
        Ok(false)
    }

    /// Moves what has come of the body to where it belongs; that of a redirect belongs nowhere.
    fn read_body(&mut self, exchange: &mut Exchange) -> Result<(), Failure> {
        let is_answer = exchange.is_answer();
        let Some(page) = self.visit.hops.last_mut().and_then(|hop| hop.page.as_mut()) else { return Ok(()) };
        let mut buffer = [0; 16 << 10];
        while let length @ 1.. = exchange.running.fetch.read(&mut buffer) {
            page.length += length as u64;
            let sink = if is_answer { Some(&mut *self.errand.sink as &mut dyn Sink) } else { None };
            exchange.undo.body(&buffer[..length], page, sink)?;
        }
        Ok(())
    }
}
