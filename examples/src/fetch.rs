//! The main job: resolve, connect, handshake, exchange.
//!
//! ```text
//!   name ──DNS──▶ address ──TCP──▶ stream ──TLS──▶ secret stream ──HTTP──▶ page
//! ```
//!
//! [`Fetch`] is the job without I/O: one state machine with the five verbs of the [contract](barewire_dissect). A
//! program on a host of the toy internet holds it ([`OnHost`]), and so does [`fetch`], which blocks and is the same
//! code over every [`Network`](crate::network::Network). Neither knows the command line. [`Session`] is the part after
//! "connected" alone, for a program that keeps its connections. [`Redirects`] decides what comes after a response, and
//! [`follow`] fetches page after page until one is the answer.
//!
//! ```text
//!            new ── the URL, the job or /etc/hosts knows the address ──┐
//!             │ ask DNS                                                │
//!          Resolve ─────────────────── an answer ────────────────────▶ │
//!             │                                                        ▼
//!             │                              ┌─ not connected ───── Connect
//!             │                              └─ the next address ─▶    │ connected
//!             │                    no address is left                  ├────────────┐ http
//!             │                              │                     Handshake ──▶ Exchange
//!             ▼                              ▼                         ▼          ▼   │
//!           Over ◀─────────────────────────────────────────────────────┴──────────┘   ▼
//!             ▲                                                                   Finished
//!             └──────────────────────────────── close ────────────────────────────────┘
//! ```
//!
//! Each state carries what it needs and what the one before it found: only a session whose handshake is done gets into
//! `Exchange`. The transitions are the functions of one `impl` block below, in this order.
//!
//! Tested in `tests/fetch_core` by hand, in `tests/offline.rs` over the toy internet, and in `tests/live` against
//! real servers.

mod driver;
mod event;
mod input;
mod job;
mod on_host;
mod page;
pub mod pool;
mod redirect;
mod resolve;
mod session;
mod sink;
mod visit;

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_tls13::Config;

pub use event::Event;
pub use input::{Given, Input, Output};
pub use job::{Job, Resolve};
pub use on_host::{Call, KeptOnHost, OnHost};
pub use page::Page;
pub use redirect::{Limit, Redirects, location};
pub use session::Session;
pub use sink::{Sink, Standing};
pub use visit::{Hop, Visit, fetch, follow};

use crate::failure::{Failure, Step};
use crate::network::{Names, time_left};
use resolve::{Resolving, Start};

/// A page that is being fetched.
///
/// Take the [`event`](Fetch::event)s and do what [`transmit`](Fetch::transmit) says until both give `None`. Wait for
/// input or for the [`deadline`](Fetch::deadline), and hand in what came. After [`Event::Finished`] the connection is
/// the holder's: [`close`](Fetch::close) ends it, and [`into_session`](Fetch::into_session) keeps it for more.
pub struct Fetch {
    job: Job,
    given: Given,
    started: Instant,
    /// When name, TCP and TLS are to be done.
    connect_by: Option<Instant>,
    /// When all is to be done.
    finish_by: Option<Instant>,
    state: State,
    outputs: VecDeque<Output>,
    events: VecDeque<Event>,
}

/// The states of the figure.
enum State {
    Resolve(Box<Resolving>),
    Connect {
        to: SocketAddr,
        others: VecDeque<SocketAddr>,
    },
    Handshake(Box<Session>),
    Exchange(Box<Session>),
    Finished(Box<Session>),
    /// It failed or was closed. The bytes that came before that can still be read.
    Over(Option<Box<Session>>),
}

/// The five verbs.
impl Fetch {
    /// Something happened outside.
    pub fn receive(&mut self, now: Instant, input: Input<'_>) {
        match (&mut self.state, input) {
            (State::Resolve(resolving), Input::Reply { protocol, from, bytes }) => {
                resolving.receive(now, protocol, from, bytes);
            }
            (State::Resolve(resolving), Input::Unreachable { protocol, to, why }) => {
                resolving.unreachable(protocol, to, why);
            }
            (State::Connect { .. }, Input::Connected) => self.connected(now),
            (State::Connect { .. }, Input::NotConnected(why)) => self.not_connected(now, why),
            (State::Handshake(session) | State::Exchange(session) | State::Finished(session), input) => {
                session.take(now, input);
            }
            _ => {}
        }
        self.go_on(now);
    }

    /// What to do next, if anything.
    pub fn transmit(&mut self, now: Instant) -> Option<Output> {
        if let Some(output) = self.outputs.pop_front() {
            return Some(output);
        }
        match &mut self.state {
            State::Resolve(resolving) => resolving.transmit(now).map(Output::Ask),
            State::Handshake(session) | State::Exchange(session) | State::Finished(session) => {
                session.transmit(now).map(Output::Write)
            }
            State::Connect { .. } | State::Over(_) => None,
        }
    }

    /// When to call [`Fetch::on_deadline`], if ever.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Resolve(resolving) => resolving.deadline(),
            State::Connect { .. } | State::Handshake(_) => self.connect_by,
            State::Exchange(session) => session.deadline().into_iter().chain(self.finish_by).min(),
            State::Finished(_) | State::Over(_) => None,
        }
    }

    /// It is that time.
    pub fn on_deadline(&mut self, now: Instant) {
        let is_past = |limit: Option<Instant>| limit.is_some_and(|limit| limit <= now);
        match &mut self.state {
            State::Resolve(resolving) => resolving.on_deadline(now),
            State::Connect { to, .. } if is_past(self.connect_by) => {
                let why = late(&format!("{to} has not answered our SYN in the time allowed"));
                self.outputs.push_back(Output::Release);
                self.not_connected(now, why);
            }
            State::Handshake(session) if is_past(self.connect_by) => {
                session.fail(late("the time allowed ran out in the TLS handshake"));
            }
            State::Exchange(session) if is_past(self.finish_by) => {
                session.fail(late("the time allowed ran out before the response was complete"));
            }
            State::Exchange(session) => session.on_deadline(now),
            _ => {}
        }
        self.go_on(now);
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}

/// What a holder does.
impl Fetch {
    /// Begins a job. `names` are asked for the host, unless the job knows its address.
    pub fn new(now: Instant, job: Job, names: &Names, given: Given) -> Fetch {
        let mut fetch = Fetch::idle(now, job, given);
        let (job, rng) = (&fetch.job, &mut *fetch.given.rng);
        match Resolving::start(now, job, names, fetch.connect_by, rng) {
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

    fn idle(now: Instant, job: Job, given: Given) -> Fetch {
        let finish_by = job.max_time.map(|limit| now + limit);
        let connect_by = job.connect_timeout.map(|limit| now + limit).into_iter().chain(finish_by).min();
        let (outputs, events) = (VecDeque::new(), VecDeque::new());
        let state = State::Over(None);
        Fetch { job, given, started: now, connect_by, finish_by, state, outputs, events }
    }

    /// Moves some of the body to the start of `out`, and gives how many bytes. [`Event::Data`] says that there are
    /// some.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        match &mut self.state {
            State::Exchange(session) | State::Finished(session) | State::Over(Some(session)) => {
                session.read(out)
            }
            State::Resolve(_) | State::Connect { .. } | State::Handshake(_) | State::Over(None) => 0,
        }
    }

    /// Ends it: with a goodbye after [`Event::Finished`], and at once before.
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
            State::Connect { .. } => {
                self.outputs.push_back(Output::Release);
                State::Over(None)
            }
            State::Resolve(_) => State::Over(None),
            State::Over(session) => State::Over(session),
        }
    }

    /// The connection, for more requests over the same stream; `None` before [`Event::Finished`]. Read the body first.
    pub fn into_session(self) -> Option<Session> {
        match self.state {
            State::Finished(session) => Some(*session),
            _ => None,
        }
    }
}

/// The transitions of the figure.
impl Fetch {
    /// Looks whether the present step has come to its end.
    fn go_on(&mut self, now: Instant) {
        if let State::Resolve(resolving) = &mut self.state {
            match resolving.outcome(now, &mut *self.given.rng, &mut self.events) {
                Some(Ok(addresses)) => self.resolved(now, addresses),
                Some(Err(failure)) => self.fail(now, failure),
                None => {}
            }
        }
        while let State::Handshake(session) | State::Exchange(session) = &mut self.state
            && let Some(event) = session.event()
        {
            match event {
                Event::Failed(failure) => self.fail(now, failure),
                event => self.said(now, event),
            }
        }
    }

    /// Resolve ─▶ Connect.
    fn resolved(&mut self, now: Instant, addresses: Vec<IpAddr>) {
        let port = self.job.url.port;
        let others: VecDeque<_> = addresses.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        self.events.push_back(Event::Resolved(others.iter().copied().collect()));
        self.connect_to_next(now, others, Failure::new(Step::Resolve, "the name has no address"));
    }

    /// Connect ─▶ Connect: this address has failed.
    fn not_connected(&mut self, now: Instant, why: Failure) {
        if let State::Connect { to, others } = std::mem::replace(&mut self.state, State::Over(None)) {
            self.events.push_back(Event::NotConnected(to, why.clone()));
            self.connect_to_next(now, others, why);
        }
    }

    /// The next address has its turn. When none is left, the last failure is the one of the fetch.
    fn connect_to_next(&mut self, now: Instant, mut others: VecDeque<SocketAddr>, mut why: Failure) {
        while let Some(to) = others.pop_front() {
            match time_left(now, self.connect_by) {
                Ok(_) => {
                    self.outputs.push_back(Output::Connect(to));
                    self.state = State::Connect { to, others };
                    return;
                }
                Err(error) => why = Failure::io(Step::Connect, &error),
            }
        }
        self.fail(now, why);
    }

    /// Connect ─▶ Handshake, or Exchange over plain HTTP.
    fn connected(&mut self, now: Instant) {
        let State::Connect { to, .. } = self.state else { return };
        self.events.push_back(Event::Connected(to));
        if !self.job.url.https {
            return self.exchange(now, Box::new(Session::plain().tolerating(self.job.tolerate)));
        }
        let config = Config {
            alpn: vec![b"http/1.1".to_vec()],
            trust: self.job.trust.clone(),
            key_log: self.given.key_log.take(),
            ..Config::new(
                &self.job.url.host,
                self.given.wall_clock + now.saturating_duration_since(self.started),
            )
        };
        match Session::secure(now, config, &mut *self.given.rng) {
            Ok(session) => self.state = State::Handshake(Box::new(session.tolerating(self.job.tolerate))),
            Err(failure) => {
                self.outputs.push_back(Output::Release);
                self.fail(now, failure);
            }
        }
    }

    /// Handshake ─▶ Exchange: the request.
    fn exchange(&mut self, now: Instant, mut session: Box<Session>) {
        let body = self.job.body.as_deref().unwrap_or_default();
        let asked = session.request(&self.job.request(), body);
        self.state = State::Exchange(session);
        if let Err(failure) = asked {
            self.fail(now, failure);
        }
    }

    /// Handshake ─▶ Exchange ─▶ Finished.
    fn said(&mut self, now: Instant, event: Event) {
        self.events.push_back(event.clone());
        match (std::mem::replace(&mut self.state, State::Over(None)), event) {
            (State::Handshake(session), Event::HandshakeDone(_)) => self.exchange(now, session),
            (State::Exchange(session), Event::Finished(_)) => self.state = State::Finished(session),
            (same, _) => self.state = same,
        }
    }

    /// Any state ─▶ Over. What TLS still has to say, an alert, is written before the stream is let go.
    fn fail(&mut self, now: Instant, failure: Failure) {
        self.events.push_back(Event::Failed(failure));
        self.state = match std::mem::replace(&mut self.state, State::Over(None)) {
            State::Handshake(mut session) | State::Exchange(mut session) => {
                self.write_rest(now, &mut session);
                self.outputs.push_back(Output::Release);
                State::Over(Some(session))
            }
            _ => State::Over(None),
        };
    }

    fn write_rest(&mut self, now: Instant, session: &mut Session) {
        self.outputs.extend(std::iter::from_fn(|| session.transmit(now)).map(Output::Write));
    }
}

fn late(what: &str) -> Failure {
    Failure::new(Step::Timeout, what)
}
