//! The client's side of a connection: requests out, responses in, one after the other (RFC 9112 §9).
//!
//! # Theory of operation
//!
//! Two machines share a connection: the sending machine is the client's own, and the receiving machine is that of all
//! who read ([`machines`](crate::machines) has their tables). Between them stand the requests whose answers are not
//! complete, in their order: RFC 9112 §9.2 pairs each response with the oldest of them.
//!
//! When both machines are idle and both sides keep the connection open ([`Event::End`] says whether), `request()`
//! starts them again; with [`Config::pipeline`] also before that. The core does no I/O. It keeps the contract of the
//! five verbs, which stands on the front page of [`barewire_dissect`]: after an error the connection is over, and every
//! call gives that error again.
//!
//! `client/sending.rs` writes requests, `client/receiving.rs` reads responses, `client/asked.rs` is what is remembered
//! of a request. Left out: retries. The caller decides, and [`Connection::unanswered`] tells it what left. Tested in
//! `tests/client.rs`, `tests/pipeline.rs`, `tests/timeouts.rs` and `tests/cuts.rs`.

mod asked;
mod receiving;
mod sending;

use barewire_dissect::Refused;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::body::BodyEncoder;
use crate::config::Config;
use crate::content::Content;
use crate::framing::{Body, Framing};
use crate::head::ResponseHead;
use crate::headers::Headers;
use crate::machines::receiving::{Input, State};
use crate::machines::sending::{self as machine, Sending};
use crate::message::Role;
use crate::persistence::Persistence;
use crate::reason::Reason;
use crate::received::Received;
use crate::receiving::Receiver;
use crate::timer::{Timer, Waits};
use asked::Asked;

/// What happened on a client's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A 1xx response. Another response follows (RFC 9110 §15.2).
    Informational(ResponseHead<'static>),
    /// The head of the final response.
    Response {
        /// The status line and the fields. [`Response::transfer_codings`](crate::Response::transfer_codings) says by
        /// what the content is still coded.
        head: ResponseHead<'static>,
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
    /// The response is complete. Says whether the connection can carry another request (RFC 9112 §9.3).
    End(Persistence),
    /// The connection no longer speaks HTTP, because the response is 101, or 2xx to CONNECT (RFC 9110 §7.8, §9.3.6).
    /// Bytes that come after the response are [`Event::Data`].
    Tunnel,
    /// The server sent bytes that answer no request ([`Reason::UnaskedBytes`]). They are dropped, with all that
    /// follows, and the connection takes no other request (RFC 9112 §9.2).
    Unasked(Refused<Reason>),
}

/// A client's connection.
///
/// ```
/// use std::time::Instant;
/// use barewire_http1::{Body, Config, Persistence, Request, client::{Connection, Event}};
///
/// let now = Instant::now();
/// let mut connection = Connection::new(Config::default());
/// connection.request(&Request::get("example.test", "/"), Body::None)?;
/// assert_eq!(connection.transmit(now).unwrap(), b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n");
///
/// connection.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")?;
/// let Some(Event::Response { head, framing }) = connection.event() else { panic!() };
/// assert_eq!((head.status(), framing.rule), (200, 6));
/// assert_eq!(connection.event(), Some(Event::Data));
/// let mut buffer = [0; 100];
/// assert_eq!(connection.read(&mut buffer), 2);
/// assert_eq!(connection.event(), Some(Event::End(Persistence::KeepsOpen)));
/// # Ok::<(), barewire_dissect::Refused<barewire_http1::Reason>>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    config: Arc<Config>,
    sending: Sending,
    /// What the last transition said about the bytes that the caller gives.
    bytes: machine::Action,
    receiver: Receiver,
    /// The requests whose answers are not complete, oldest first.
    asked: VecDeque<Asked>,
    encoder: BodyEncoder,
    /// The body, or its beginning, that waits for a 100 response.
    held: Vec<u8>,
    out: Vec<u8>,
    /// How many bytes [`Connection::transmit`] has given.
    transmitted: u64,
    received: Received,
    content: Content,
    events: VecDeque<Event>,
    persistence: Persistence,
    timer: Timer,
    /// Why the connection is over.
    failed: Option<Box<Refused<Reason>>>,
}

impl Connection {
    /// A connection that carried nothing yet. Many connections can share one [`Arc`] of settings.
    pub fn new(config: impl Into<Arc<Config>>) -> Connection {
        // Before a response empty lines do as little harm as after one: how soon a request is queued decides nothing.
        let receiver = Receiver::new(Role::Response, u32::MAX);
        Connection {
            config: config.into(),
            sending: Sending::Idle,
            bytes: machine::Action::Send,
            receiver,
            asked: VecDeque::new(),
            encoder: BodyEncoder::new(Body::None),
            held: Vec::new(),
            out: Vec::new(),
            transmitted: 0,
            received: Received::default(),
            content: Content::default(),
            events: VecDeque::new(),
            persistence: Persistence::KeepsOpen,
            timer: Timer::default(),
            failed: None,
        }
    }

    /// Takes bytes that came from the server, and gives how many: all, unless more content waits to be read than
    /// [`Limits::unread`](crate::Limits::unread) allows. Then the caller reads,
    /// and calls again: with the rest, or with no bytes.
    ///
    /// # Errors
    /// The bytes break a rule. The connection is over.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
        self.unless_failed(|connection| connection.take(now, bytes))
    }

    /// The server closed the connection in the proper way of its transport (TCP: FIN, TLS: close_notify).
    ///
    /// # Errors
    /// A response is not complete. The connection is over.
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| connection.closed(true))
    }

    /// The connection ended without a proper close (TLS: no close_notify). Then anybody on the path may have cut off a
    /// body that only the close ends (RFC 9112 §9.8), so such a body is an error.
    ///
    /// # Errors
    /// A response is not complete. The connection is over.
    pub fn receive_incomplete_close(&mut self, _now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| connection.closed(false))
    }

    /// The bytes to send next, if any.
    pub fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.timer.wait(self.waits(), now, &self.config);
        if self.out.is_empty() {
            return None;
        }
        self.transmitted += self.out.len() as u64;
        Some(std::mem::take(&mut self.out))
    }

    /// When [`Connection::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.timer.deadline()
    }

    /// Time has passed: a body stops waiting for 100, or a response is late.
    ///
    /// # Errors
    /// [`Reason::HeadTimeout`], [`Reason::BodyTimeout`] or [`Reason::IdleTimeout`]: what was waited for did not come in
    /// time. The connection is over.
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| match connection.timer.passed(now).map(Waits::reason) {
            Some(Some(late)) => Err(connection.received.refused_at_end("response", late)),
            Some(None) => {
                connection.stop_waiting();
                Ok(())
            }
            None => Ok(()),
        })
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        if let Some(Event::Response { .. }) = event {
            self.content.next_message();
        }
        self.rest();
        event
    }

    /// Moves bytes that came to the start of `out`, and gives how many. [`Event::Data`] says that there are some. What
    /// was not read when the next [`Event::Response`] is taken is dropped.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let length = self.content.read(out);
        self.rest();
        length
    }

    /// The bytes that [`Connection::read`] would move, where they are. [`Connection::consume`] says how many were used.
    pub fn content(&self) -> &[u8] {
        self.content.waiting()
    }

    /// So many bytes of [`Connection::content`] were used.
    pub fn consume(&mut self, length: usize) {
        self.content.consume(length);
        self.rest();
    }

    /// Between two exchanges no memory is held: a connection that rests is small.
    fn rest(&mut self) {
        if self.asked.is_empty() && self.events.is_empty() && self.receiver.state() == State::Idle {
            self.content.rest();
            (self.asked, self.events) = (VecDeque::new(), VecDeque::new());
        }
    }

    /// Whether the connection can carry another request, as far as this is known, and why not.
    pub fn persistence(&self) -> Persistence {
        self.persistence
    }

    /// The requests whose answers are not complete, oldest first: how many bytes of each have left, head and framing
    /// included. One of which no byte left was surely not processed, and can be sent again (RFC 9112 §9.3.1). It can be
    /// asked after an error too.
    pub fn unanswered(&self) -> impl Iterator<Item = u64> {
        let next = self.asked.iter().skip(1).map(|asked| asked.begins);
        let ends = next.chain([self.transmitted + self.out.len() as u64]);
        self.asked
            .iter()
            .zip(ends)
            .map(|(asked, ends)| self.transmitted.min(ends).saturating_sub(asked.begins))
    }

    /// Whether the connection no longer speaks HTTP.
    pub(crate) fn is_tunnel(&self) -> bool {
        self.receiver.state() == State::Tunnel
    }

    /// One call that can end the connection.
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
            self.persistence = Persistence::Closes("the connection broke a rule, or was late");
            self.timer.stop();
        })
    }

    /// What the connection waits for now.
    fn waits(&self) -> Option<Waits> {
        match (self.sending, self.receiver.state()) {
            (_, State::Closed | State::Lost | State::Tunnel) => None,
            (Sending::Held | Sending::HeldWhole, _) => Some(Waits::Continue),
            // Then the server waits for the caller.
            (_, State::Body) if self.is_full() => None,
            (_, State::Body) => Some(Waits::Body),
            (Sending::Idle, State::Head) => Some(Waits::Head),
            (_, State::Head) if self.asked.len() > 1 => Some(Waits::Head),
            (Sending::Idle, State::Idle) => Some(Waits::Rest),
            _ => None,
        }
    }
}
