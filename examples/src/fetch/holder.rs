//! What a holder of a [`Fetch`] does beside the five verbs: begin it, read the body, give that of the request, end it.
//!
//! Tested in `tests/fetch_core`.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Instant;

use super::input::{Given, Output};
use super::job::Job;
use super::limits::Clock;
use super::pool::Reached;
use super::resolve::{Resolving, Start};
use super::session::Session;
use super::{Fetch, State};
use crate::network::Names;

/// What a holder does.
impl Fetch {
    /// Begins a job. `names` are asked for the host, unless the job knows its address.
    pub fn new(now: Instant, job: Job, names: &Names, given: Given) -> Fetch {
        let mut fetch = Fetch::idle(now, job, given);
        let (job, rng) = (&fetch.job, &mut *fetch.given.rng);
        match Resolving::start(now, job, names, rng) {
            Ok(Start::Known(addresses)) => fetch.resolved(now, addresses),
            Ok(Start::Asking(resolving)) => fetch.state = State::Resolve(resolving),
            Err(failure) => fetch.fail(now, failure),
        }
        fetch.go_on(now);
        fetch
    }

    /// Begins a job at a host whose addresses are known: DNS is not needed.
    pub fn to(now: Instant, addresses: Vec<IpAddr>, job: Job, given: Given) -> Fetch {
        let mut fetch = Fetch::idle(now, job, given);
        fetch.resolved(now, addresses);
        fetch
    }

    /// Begins a job over a connection that was kept: it starts with the request.
    pub fn over(now: Instant, session: Session, job: Job, given: Given) -> Fetch {
        let mut fetch = Fetch::idle(now, job, given);
        fetch.exchange(now, Box::new(session));
        fetch.go_on(now);
        fetch
    }

    fn idle(now: Instant, job: Job, given: Given) -> Fetch {
        let (outputs, events) = (VecDeque::new(), VecDeque::new());
        let clock = Clock::new(now, job.limits.clone());
        Fetch { job, given, started: now, clock, state: State::Over(None), outputs, events }
    }

    /// The same fetch, whose limit for everything counts from an earlier moment: that of the first hop.
    pub fn counting_from(mut self, began: Instant) -> Fetch {
        self.clock.count_from(began);
        self
    }

    /// Moves some of the body to the start of `out`, and gives how many bytes.
    /// [`Event::Data`](super::Event::Data) says that there are some.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        match &mut self.state {
            State::Exchange(session) | State::Finished(session) | State::Over(Some(session)) => {
                session.read(out)
            }
            State::Resolve(_) | State::Connect { .. } | State::Tunnel(_) | State::Handshake(_) => 0,
            State::Over(None) => 0,
        }
    }

    /// How far the exchange came, for a holder that would send the request again: see [`retry`](super::pool::retry).
    pub fn reached(&self) -> Reached {
        match &self.state {
            State::Exchange(session) | State::Finished(session) | State::Over(Some(session)) => {
                session.reached()
            }
            State::Resolve(_) | State::Connect { .. } | State::Tunnel(_) | State::Handshake(_) => {
                Reached::NotSent
            }
            State::Over(None) => Reached::NotSent,
        }
    }

    /// Whether the next piece of [`Job::upload`] is wanted.
    pub fn wants_body(&self) -> bool {
        matches!(&self.state, State::Exchange(session) if session.wants_body())
    }

    /// The next piece of the body that was wanted; an empty one ends it. It is a failure if the length is not the one
    /// that was announced.
    pub fn send_body(&mut self, now: Instant, piece: &[u8]) {
        let State::Exchange(session) = &mut self.state else { return };
        let given = if piece.is_empty() { session.end_body() } else { session.body(piece) };
        if let Err(failure) = given {
            session.fail(failure);
        }
        self.go_on(now);
    }

    /// How many bytes of the request's body were handed out.
    pub fn uploaded(&self) -> u64 {
        match &self.state {
            State::Exchange(session) | State::Finished(session) | State::Over(Some(session)) => {
                session.uploaded()
            }
            _ => 0,
        }
    }

    /// Ends it: with a goodbye after [`Event::Finished`](super::Event::Finished), and at once before.
    pub fn close(&mut self, now: Instant) {
        self.state = match std::mem::replace(&mut self.state, State::Over(None)) {
            State::Finished(mut session) => {
                session.close();
                self.write_rest(now, &mut session);
                self.outputs.push_back(Output::Close);
                State::Over(Some(session))
            }
            State::Handshake(session) | State::Exchange(session) => {
                self.outputs.push_back(Output::Release);
                State::Over(Some(session))
            }
            State::Connect { .. } | State::Tunnel(_) => {
                self.outputs.push_back(Output::Release);
                State::Over(None)
            }
            State::Resolve(_) => State::Over(None),
            State::Over(session) => State::Over(session),
        }
    }

    /// Whether it has finished, and the connection can carry another request.
    pub fn stays_open(&self) -> bool {
        matches!(&self.state, State::Finished(session) if session.is_ready())
    }

    /// The connection, for more requests over the same stream. Read the body first. `None` before
    /// [`Event::Finished`](super::Event::Finished).
    pub fn into_session(self) -> Option<Session> {
        match self.state {
            State::Finished(session) => Some(*session),
            _ => None,
        }
    }
}
