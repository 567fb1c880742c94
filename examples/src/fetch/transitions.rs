//! The transitions of a [`Fetch`], in the order of the figure above its states.
//!
//! Tested in `tests/fetch_core`.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_tls13::Config;

use super::event::Event;
use super::input::Output;
use super::limits::Phase;
use super::session::Session;
use super::{Fetch, State};
use crate::failure::{Failure, Step};

/// The transitions of the figure.
impl Fetch {
    /// Looks whether the present step has come to its end.
    pub(super) fn go_on(&mut self, now: Instant) {
        if let State::Resolve(resolving) = &mut self.state {
            match resolving.outcome(&mut self.events) {
                Some(Ok(addresses)) => self.resolved(now, addresses),
                // curl tells a proxy without an address from a server without one.
                Some(Err(failure)) if failure.step == Step::Resolve && self.job.via().is_some() => {
                    self.fail(now, Failure { step: Step::ResolveProxy, ..failure });
                }
                Some(Err(failure)) => self.fail(now, failure),
                None => {}
            }
        }
        while let State::Tunnel(session) | State::Handshake(session) | State::Exchange(session) =
            &mut self.state
            && let Some(event) = session.event()
        {
            match event {
                // A proxy that closes, or talks nonsense, says as little as one that refuses.
                Event::Failed(failure)
                    if matches!(failure.step, Step::EmptyReply | Step::Unspoken | Step::WeirdReply)
                        && matches!(self.state, State::Tunnel(_)) =>
                {
                    self.fail(now, Failure { step: Step::BrokenReply, ..failure });
                }
                Event::Failed(failure) => self.fail(now, failure),
                event if matches!(self.state, State::Tunnel(_)) => self.proxy_said(now, event),
                event => self.said(now, event),
            }
        }
    }

    /// Resolve ─▶ Connect.
    pub(super) fn resolved(&mut self, now: Instant, addresses: Vec<IpAddr>) {
        let (_, port) = self.job.peer();
        let others: VecDeque<_> = addresses.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        self.events.push_back(Event::Resolved(others.iter().copied().collect()));
        self.connect_to_next(now, others, Failure::new(Step::Resolve, "the name has no address"));
    }

    /// Connect ─▶ Connect: this address has failed.
    pub(super) fn not_connected(&mut self, now: Instant, why: Failure) {
        if let State::Connect { to, others } = std::mem::replace(&mut self.state, State::Over(None)) {
            self.events.push_back(Event::NotConnected(to, why.clone()));
            self.connect_to_next(now, others, why);
        }
    }

    /// The next address has its turn. When none is left, the last failure is the one of the fetch.
    fn connect_to_next(&mut self, now: Instant, mut others: VecDeque<SocketAddr>, why: Failure) {
        let next = others.pop_front().filter(|_| !self.clock.leaves_no_time(now));
        let Some(to) = next else { return self.fail(now, why) };
        self.clock.begin(now, Phase::Tcp);
        self.outputs.push_back(Output::Connect(to));
        self.state = State::Connect { to, others };
    }

    /// Connect ─▶ Tunnel, Handshake, or Exchange over plain HTTP.
    pub(super) fn connected(&mut self, now: Instant) {
        let State::Connect { to, .. } = self.state else { return };
        self.events.push_back(Event::Connected(to));
        if !self.job.url.https {
            return self.exchange(now, Box::new(Session::plain().tolerating(self.job.tolerate)));
        }
        let Some(request) = self.job.tunnel() else { return self.handshake(now, &[]) };
        let mut session = Session::plain();
        let asked = session.request(&request, b"");
        self.clock.begin(now, Phase::Tunnel);
        self.state = State::Tunnel(Box::new(session));
        asked.err().into_iter().for_each(|failure| self.fail(now, failure));
    }

    /// Tunnel ─▶ Handshake, when the proxy has answered CONNECT with 2xx (RFC 9110 §9.3.6).
    fn proxy_said(&mut self, now: Instant, event: Event) {
        match event {
            Event::Head { response, .. } if (200..300).contains(&response.status) => {
                self.events.push_back(Event::Tunneled(response));
            }
            Event::Head { response, .. } => {
                let status = format!("{} {}", response.status, response.reason);
                let text = format!("the proxy answered {} to CONNECT", status.trim_end());
                self.events.push_back(Event::Tunneled(response));
                self.fail(now, Failure::new(Step::BrokenReply, text));
            }
            Event::Tunnel => {
                let State::Tunnel(session) = &mut self.state else { return };
                // A server that speaks first: its bytes came with the answer of the proxy.
                let mut early = vec![0; 4096];
                let length = session.read(&mut early);
                self.handshake(now, &early[..length]);
            }
            _ => {}
        }
    }

    /// Connect or Tunnel ─▶ Handshake. `early` has come from the server already.
    fn handshake(&mut self, now: Instant, early: &[u8]) {
        let mut config = Config {
            alpn: vec![b"http/1.1".to_vec()],
            groups: self.job.groups.clone(),
            trust: self.job.trust.clone(),
            key_log: self.given.key_log.take(),
            ledger: self.given.ledger.take(),
            ..Config::new(
                &self.job.url.host,
                self.given.wall_clock + now.saturating_duration_since(self.started),
            )
        };
        config.pre_shared_key = self.job.sessions.as_ref().and_then(|sessions| sessions.take(&config));
        config.replayable_early_data = self.job.is_early();
        match Session::secure(now, config, &mut *self.given.rng) {
            Ok(session) => {
                self.clock.begin(now, Phase::Tls);
                let mut session = session.tolerating(self.job.tolerate);
                if self.job.is_early()
                    && let Err(failure) = session.request_early(now, &self.job.request())
                {
                    self.outputs.push_back(Output::Release);
                    return self.fail(now, failure);
                }
                if !early.is_empty() {
                    session.receive(now, early);
                }
                self.state = State::Handshake(Box::new(session));
            }
            Err(failure) => {
                self.outputs.push_back(Output::Release);
                self.fail(now, failure);
            }
        }
    }

    /// Handshake ─▶ Exchange: the request.
    pub(super) fn exchange(&mut self, now: Instant, mut session: Box<Session>) {
        self.clock.begin(now, Phase::Exchange);
        let asked = match &self.job.upload {
            _ if session.has_asked_early() => Ok(()),
            Some(upload) => session.request_with(&self.job.request(), upload.length),
            None => session.request(&self.job.request(), self.job.body.as_deref().unwrap_or_default()),
        };
        self.state = State::Exchange(session);
        if let Err(failure) = asked {
            self.fail(now, failure);
        }
    }

    /// Handshake ─▶ Exchange ─▶ Finished.
    fn said(&mut self, now: Instant, event: Event) {
        self.events.push_back(event.clone());
        if let (Event::Tls(barewire_tls13::Event::Ticket(session)), Some(sessions)) =
            (&event, &self.job.sessions)
        {
            sessions.insert((**session).clone());
        }
        match (std::mem::replace(&mut self.state, State::Over(None)), event) {
            (State::Handshake(session), Event::HandshakeDone(_)) => self.exchange(now, session),
            (State::Exchange(session), Event::Finished(_)) => self.state = State::Finished(session),
            (same, _) => self.state = same,
        }
    }

    /// Any state ─▶ Over. What TLS still has to say, an alert, is written before the stream is let go.
    pub(super) fn fail(&mut self, now: Instant, failure: Failure) {
        self.events.push_back(Event::Failed(failure));
        self.state = match std::mem::replace(&mut self.state, State::Over(None)) {
            State::Handshake(mut session) | State::Exchange(mut session) => {
                self.write_rest(now, &mut session);
                self.outputs.push_back(Output::Release);
                State::Over(Some(session))
            }
            State::Tunnel(_) => {
                self.outputs.push_back(Output::Release);
                State::Over(None)
            }
            _ => State::Over(None),
        };
    }

    pub(super) fn write_rest(&mut self, now: Instant, session: &mut Session) {
        self.outputs.extend(std::iter::from_fn(|| session.transmit(now)).map(Output::Write));
    }
}
