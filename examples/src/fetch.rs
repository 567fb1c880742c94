//! The main job: resolve, connect, handshake, exchange.
//!
//! ```text
//!   name ──DNS──▶ address ──TCP──▶ stream ──TLS──▶ secret stream ──HTTP──▶ page
//! ```
//!
//! [`Fetch`] is the job without I/O: one state machine with the five verbs of the [contract](barewire_dissect). A
//! program on a host of the toy internet holds it ([`OnHost`]), and so does [`fetch`], which blocks and is the same
//! code over every [`Network`](crate::network::Network). Neither knows the command line. [`Session`] is the part after
//! "connected" alone, for a program that keeps its connections. [`Redirects`] decides what comes after a response, the
//! [`pool`] which connection carries it, and [`visit`](fn@visit) fetches page after page until each URL has its answer.
//!
//! ```text
//!            new ── the URL, the job or /etc/hosts knows the address ──┐
//!             │ ask DNS                                                │
//!          Resolve ─────────────────── an answer ────────────────────▶ │
//!             │                                                        ▼
//!             │                              ┌─ not connected ───── Connect
//!             │                              └─ the next address ─▶    │ connected
//!             │                    no address is left                  │
//!             │                              │        ┌─ a proxy, https ┼────────────┐ http
//!             │                              │        ▼                 ▼            │
//!             │                              │     Tunnel ────────▶ Handshake ──▶ Exchange
//!             ▼                              ▼        ▼                ▼          ▼   │
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
mod errand;
mod event;
mod holder;
mod hop;
mod input;
mod job;
mod limits;
mod on_host;
mod page;
pub mod pool;
mod proxy;
mod redirect;
mod resolve;
mod retries;
mod retry_after;
mod session;
mod sessions;
mod sink;
mod transfer;
mod transitions;
mod undo;
mod upload;
mod visit;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

pub use errand::Errand;
pub use event::Event;
pub use hop::{Hop, Visit};
pub use input::{Given, Input, Output};
pub use job::{Job, Resolve};
pub use limits::Limits;
pub use on_host::{Call, KeptOnHost, OnHost};
pub use page::{Page, Undone};
pub use proxy::{Direct, Proxy};
pub use redirect::{Limit, Redirects, location};
pub use retries::{Attempt, Cause, Retries};
pub use session::Session;
pub use sessions::Sessions;
pub use sink::{Sink, Standing};
pub use upload::{Source, Upload};
pub use visit::{Config, fetch, follow, visit};

use limits::Clock;
use resolve::Resolving;

/// A page that is being fetched.
///
/// Take the [`event`](Fetch::event)s and do what [`transmit`](Fetch::transmit) says until both give `None`. Wait for
/// input or for the [`deadline`](Fetch::deadline), and hand in what came. After [`Event::Finished`] the connection is
/// the holder's: [`close`](Fetch::close) ends it, and [`into_session`](Fetch::into_session) keeps it for more.
pub struct Fetch {
    job: Job,
    given: Given,
    started: Instant,
    clock: Clock,
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
    /// A proxy is asked for a tunnel.
    Tunnel(Box<Session>),
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
            (State::Resolve(resolving), Input::Unreachable { protocol, to, question, why }) => {
                resolving.unreachable(now, protocol, to, question, &why);
            }
            (State::Connect { .. }, Input::Connected) => self.connected(now),
            (State::Connect { .. }, Input::NotConnected(why)) => self.not_connected(now, why),
            (
                State::Tunnel(session)
                | State::Handshake(session)
                | State::Exchange(session)
                | State::Finished(session),
                input,
            ) => session.take(now, input),
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
            State::Tunnel(session)
            | State::Handshake(session)
            | State::Exchange(session)
            | State::Finished(session) => session.transmit(now).map(Output::Write),
            State::Connect { .. } | State::Over(_) => None,
        }
    }

    /// When to call [`Fetch::on_deadline`], if ever.
    pub fn deadline(&self) -> Option<Instant> {
        let own = match &self.state {
            State::Resolve(resolving) => resolving.deadline(),
            State::Exchange(session) => session.deadline(),
            State::Connect { .. } | State::Tunnel(_) | State::Handshake(_) => None,
            State::Finished(_) | State::Over(_) => return None,
        };
        own.into_iter().chain(self.clock.deadline()).min()
    }

    /// It is that time.
    pub fn on_deadline(&mut self, now: Instant) {
        match (&mut self.state, &self.clock) {
            (State::Resolve(resolving), _) => {
                // What the lookup says of its own end says more than a limit that ends at the same moment.
                resolving.on_deadline(now);
                self.go_on(now);
                if let State::Resolve(resolving) = &self.state
                    && let Some(late) = self.clock.check(now, || resolving.waits_for())
                {
                    self.fail(now, late);
                }
            }
            (State::Connect { to, .. }, clock) => {
                if let Some(late) = clock.check(now, || format!("{to} has not answered our SYN")) {
                    self.outputs.push_back(Output::Release);
                    self.not_connected(now, late);
                }
            }
            (State::Tunnel(session), clock) => {
                let late = clock.check(now, || "the proxy has not answered our CONNECT".to_owned());
                late.into_iter().for_each(|late| session.fail(late));
            }
            (State::Handshake(session), clock) => {
                let late = clock.check(now, || "the TLS handshake is not done".to_owned());
                late.into_iter().for_each(|late| session.fail(late));
            }
            (State::Exchange(session), clock) => {
                match clock.check(now, || "the response is not complete".to_owned()) {
                    Some(late) => session.fail(late),
                    None => session.on_deadline(now),
                }
            }
            _ => {}
        }
        self.go_on(now);
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}
