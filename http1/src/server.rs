//! The server's side of a connection: requests in, responses out, one after the other (RFC 9112 §9).
//!
//! # Theory of operation
//!
//! Two machines share a connection: the answering machine is the server's own, and the receiving machine is that of all
//! who read ([`machines`](crate::machines) has their tables).
//!
//! An answer may start as soon as the request's head is there. When it is complete, [`Connection::next_cycle`] goes on
//! with the requests that the client sent ahead (pipelining: they are answered one by one, in their order), or says
//! that the connection ends here ([`Connection::persistence`]). After a broken request no other request is read, but an
//! answer can still be sent: [`Reason::status_hint`] knows which status fits. The core does no I/O. It keeps the
//! contract of the five verbs, which stands on the front page of [`barewire_dissect`].
//!
//! `server/receiving.rs` reads requests, `server/answering.rs` writes answers, `server/asked.rs` is what is remembered
//! of a request. Left out: what a request means (RFC 9110), which is the caller's work. Tested in `tests/server.rs`,
//! `tests/timeouts.rs` and `tests/cuts.rs`.

mod answering;
mod asked;
mod receiving;

use barewire_dissect::Refused;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::body::BodyEncoder;
use crate::config::Config;
use crate::content::Content;
use crate::framing::{Body, Framing};
use crate::head::RequestHead;
use crate::headers::Headers;
use crate::machines::answering::{Answering, Happened};
use crate::machines::receiving::{Input, State};
use crate::message::Role;
use crate::persistence::Persistence;
use crate::reason::{Reason, misuse};
use crate::received::Received;
use crate::receiving::Receiver;
use crate::timer::{Timer, Waits};
use asked::Asked;

/// What happened on a server's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The head of a request. [`Connection::respond`] may be called from here on.
    Request {
        /// The request line and the fields.
        head: RequestHead<'static>,
        /// Where its body ends, and why there.
        framing: Framing,
    },
    /// Some bytes came that [`Connection::read`] gives: content of the body, or bytes of the tunnel.
    Data,
    /// The fields after a chunked body. They are never merged into the header section (RFC 9112 §7.1.2).
    Trailers {
        /// Those that can be used.
        fields: Headers,
        /// Those that must not be: they frame, route or control a message, which is over (RFC 9110 §6.5.1).
        misplaced: Headers,
    },
    /// The request is complete. Says whether the client lets the connection carry another one (RFC 9112 §9.3).
    End(Persistence),
    /// The connection no longer speaks HTTP, because the answer was 101, or 2xx to CONNECT (RFC 9110 §7.8, §9.3.6).
    /// Bytes that come after the request are [`Event::Data`].
    Tunnel,
}

/// A server's connection.
///
/// ```
/// use std::time::Instant;
/// use barewire_http1::{Body, Config, Response, server::{Connection, Event}};
///
/// let now = Instant::now();
/// let mut connection = Connection::new(Config::default());
/// connection.receive(now, b"GET /hello HTTP/1.1\r\nHost: example.test\r\n\r\n")?;
/// let Some(Event::Request { head, .. }) = connection.event() else { panic!() };
/// assert_eq!(head.target(), "/hello");
///
/// connection.respond(&Response::new(200), Body::Length(2))?;
/// connection.body(b"hi")?;
/// connection.finish()?;
/// let sent = connection.transmit(now).unwrap();
/// assert_eq!(sent, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
/// assert!(connection.next_cycle(now)?);
/// # Ok::<(), barewire_dissect::Refused<barewire_http1::Reason>>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    config: Arc<Config>,
    answering: Answering,
    receiver: Receiver,
    /// The request that is read or answered.
    asked: Asked,
    encoder: BodyEncoder,
    /// Whether the connection outlives the response that is being sent.
    persistence: Persistence,
    out: Vec<u8>,
    received: Received,
    content: Content,
    events: VecDeque<Event>,
    timer: Timer,
    /// Why no more requests are read.
    failed: Option<Box<Refused<Reason>>>,
}

impl Connection {
    /// A connection that carried nothing yet. Many connections can share one [`Arc`] of settings.
    pub fn new(config: impl Into<Arc<Config>>) -> Connection {
        // RFC 9112 §2.2: a server passes over at least one empty line before a request. This one passes over one.
        let mut receiver = Receiver::new(Role::Request, 1);
        receiver.go(Input::Expected);
        Connection {
            config: config.into(),
            answering: Answering::Waiting,
            receiver,
            asked: Asked::nothing(),
            encoder: BodyEncoder::new(Body::None),
            persistence: Persistence::KeepsOpen,
            out: Vec::new(),
            received: Received::default(),
            content: Content::default(),
            events: VecDeque::new(),
            timer: Timer::default(),
            failed: None,
        }
    }

    /// Takes bytes that came from the client, and gives how many: all, unless more content waits to be read than
    /// [`Limits::unread`](crate::Limits::unread) allows. Then the caller reads,
    /// and calls again: with the rest, or with no bytes.
    ///
    /// # Errors
    /// The bytes break a rule. No more requests are read, but an answer can still be sent.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
        self.unless_failed(|connection| connection.take(now, bytes))
    }

    /// The client closed its sending side. It may do so between requests, and after the last one.
    ///
    /// # Errors
    /// A request is not complete. No more requests are read.
    pub fn receive_eof(&mut self, now: Instant) -> Result<(), Refused<Reason>> {
        self.received.end();
        self.receive(now, &[]).map(|_| ())
    }

    /// The bytes to send next, if any.
    pub fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.timer.wait(self.waits(), now, &self.config);
        if self.out.is_empty() { None } else { Some(std::mem::take(&mut self.out)) }
    }

    /// When [`Connection::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.timer.deadline()
    }

    /// Time has passed: a request is late.
    ///
    /// # Errors
    /// [`Reason::HeadTimeout`], [`Reason::BodyTimeout`] or [`Reason::IdleTimeout`]: what was waited for did not come in
    /// time. No more requests are read.
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| match connection.timer.passed(now).and_then(Waits::reason) {
            Some(late) => Err(connection.received.refused_at_end("request", late)),
            None => Ok(()),
        })
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Moves bytes that came to the start of `out`, and gives how many. [`Event::Data`] says that there are some. What
    /// was not read when [`Connection::next_cycle`] goes on is dropped.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        self.content.read(out)
    }

    /// The bytes that [`Connection::read`] would move, where they are. [`Connection::consume`] says how many were used.
    pub fn content(&self) -> &[u8] {
        self.content.waiting()
    }

    /// So many bytes of [`Connection::content`] were used.
    pub fn consume(&mut self, length: usize) {
        self.content.consume(length);
    }

    /// Goes on to the next request, which may have come already. `false`: the connection is to be closed, because one
    /// side said so, or because the request is not complete. RFC 9112 §9.3 wants all of it read before the next one.
    ///
    /// # Errors
    /// The response is not complete yet; or the next request, which has come already, is broken.
    pub fn next_cycle(&mut self, now: Instant) -> Result<bool, Refused<Reason>> {
        if self.answering != Answering::Done {
            return Err(misuse(Reason::OutOfTurn("the response is not complete yet")));
        }
        if !self.persistence.keeps_open() || !self.receiver.go(Input::Expected) {
            return Ok(false);
        }
        self.go_answering(Happened::NextCycle);
        self.receive(now, &[])?;
        if self.events.is_empty() {
            // A connection that rests is small.
            self.events = VecDeque::new();
        }
        Ok(self.receiver.state() != State::Closed)
    }

    /// Whether the connection outlives the response that was sent last, and why not. When it does not, the caller
    /// closes the connection after [`Connection::transmit`] has given its last bytes: first the sending side (RFC 9112
    /// §9.6).
    pub fn persistence(&self) -> Persistence {
        self.persistence
    }

    /// Whether the client keeps its body back until it gets a 100 response (RFC 9110 §10.1.1).
    pub fn expects_continue(&self) -> bool {
        self.receiver.state() == State::Held && self.answering == Answering::Due
    }

    /// One call that can end the reading of requests.
    fn unless_failed<T>(
        &mut self,
        call: impl FnOnce(&mut Connection) -> Result<T, Refused<Reason>>,
    ) -> Result<T, Refused<Reason>> {
        if let Some(refused) = &self.failed {
            return Err(Refused::clone(refused));
        }
        call(self).inspect_err(|refused| {
            self.failed = Some(Box::new(refused.clone()));
            self.receiver.go(Input::Broken);
            self.go_answering(Happened::Broken);
            self.persistence = Persistence::Closes("the request was broken");
            self.timer.stop();
        })
    }

    /// What the connection waits for now.
    fn waits(&self) -> Option<Waits> {
        match self.receiver.state() {
            State::Head if self.received.held() == 0 => Some(Waits::Rest),
            State::Head => Some(Waits::Head),
            // Then the client waits for the caller.
            State::Body if self.is_full() => None,
            State::Body => Some(Waits::Body),
            _ => None,
        }
    }
}
