//! The server's side of a connection: requests in, responses out, one after the other (RFC 9112 §9).
//!
//! # Theory of operation
//!
//! The client's two machines, seen from the other end:
//!
//! ```text
//! receiving  Head ──request──▶ Body ──its end──▶ Done               or Tunnel, by the answer
//! answering  Idle ──respond()──▶ Body ──finish()──▶ Done            1xx leave it Idle;
//!                                                                   no body: straight to Done
//! ```
//!
//! An answer may start as soon as the request's head is there. When both are Done, [`Connection::next_cycle`] starts
//! them again, with the requests that the client sent ahead (pipelining: they are answered one by one, in their order),
//! or says that the connection ends here ([`Connection::persistence`]). After a broken request no other request is
//! read, but an answer can still be sent: [`Reason::status_hint`] knows which status fits. The core does no I/O. It
//! keeps the contract of the five verbs, which stands on the front page of [`barewire_dissect`].
//!
//! `server/receiving.rs` has the receiving machine, `server/answering.rs` the answering one. Left out: what a request
//! means (RFC 9110), which is the caller's work. Tested in `tests/server.rs` and `tests/cuts.rs`.

mod answering;
mod receiving;

use barewire_dissect::Refused;
use std::collections::VecDeque;
use std::time::Instant;

use crate::body::{BodyDecoder, BodyEncoder};
use crate::config::Config;
use crate::content::Content;
use crate::framing::{Body, Framing};
use crate::head::HeadReader;
use crate::headers::Headers;
use crate::message::{Request, Version};
use crate::persistence::Persistence;
use crate::reason::{Reason, misuse};
use crate::received::Received;

/// What happened on a server's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The head of a request. [`Connection::respond`] may be called from here on.
    Request {
        /// The request line and the fields.
        head: Request,
        /// Where its body ends, and why there.
        framing: Framing,
    },
    /// Some bytes came that [`Connection::read`] gives: content of the body, or bytes that the client sent after a
    /// request that was answered by 101, or by 2xx to CONNECT.
    Data,
    /// The fields after a chunked body. They are never merged into the header section (RFC 9112 §7.1.2).
    Trailers {
        /// Those that can be used.
        fields: Headers,
        /// Those that must not be: they frame, route or control a message, which is over (RFC 9110 §6.5.1).
        misplaced: Headers,
    },
    /// The request is complete.
    End,
}

#[derive(Debug, Clone)]
enum Receiving {
    Head(HeadReader),
    Body(BodyDecoder),
    Done,
    Tunnel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answering {
    /// There is no request to answer yet.
    Waiting,
    /// A request's head has come.
    Idle,
    Body,
    Done,
}

/// What has to be remembered of a request until its response is complete.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    version: Version,
    /// The protocols that the client offers to switch to.
    offered: Vec<String>,
    /// Whether the client waits for a 100 response before it sends its body.
    expects_continue: bool,
    persistence: Persistence,
}

impl Asked {
    /// What the answer to an unreadable request goes by.
    fn nothing() -> Asked {
        let persistence = Persistence::Closes("no request was read");
        let (version, offered) = (Version::HTTP_1_1, Vec::new());
        Asked { method: String::new(), version, offered, expects_continue: false, persistence }
    }
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
/// assert_eq!(head.target, "/hello");
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
    config: Config,
    receiving: Receiving,
    answering: Answering,
    asked: Asked,
    encoder: BodyEncoder,
    /// Whether the connection outlives the response that is being sent.
    persistence: Persistence,
    /// Whether the one empty line before a request was skipped.
    skipped_line: bool,
    out: Vec<u8>,
    received: Received,
    content: Content,
    events: VecDeque<Event>,
    head_by: Option<Instant>,
    /// The client has closed its sending side. It may still read (RFC 9112 §9.6, last paragraph).
    closed: bool,
    /// Why no more requests are read.
    failed: Option<Refused<Reason>>,
}

impl Connection {
    /// A connection that carried nothing yet.
    pub fn new(config: Config) -> Connection {
        Connection {
            config,
            receiving: Receiving::Head(HeadReader::default()),
            answering: Answering::Waiting,
            asked: Asked::nothing(),
            encoder: BodyEncoder::new(Body::None),
            persistence: Persistence::KeepsOpen,
            skipped_line: false,
            out: Vec::new(),
            received: Received::default(),
            content: Content::default(),
            events: VecDeque::new(),
            head_by: None,
            closed: false,
            failed: None,
        }
    }

    /// Takes bytes that came from the client.
    ///
    /// # Errors
    /// The bytes break a rule. No more requests are read, but an answer can still be sent.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| connection.take(now, bytes))
    }

    /// The client closed its sending side. It may do so between requests, and after the last one.
    ///
    /// # Errors
    /// A request is not complete. No more requests are read.
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(Connection::client_closed)
    }

    /// The bytes to send next, if any.
    pub fn transmit(&mut self, _now: Instant) -> Option<Vec<u8>> {
        if self.out.is_empty() { None } else { Some(std::mem::take(&mut self.out)) }
    }

    /// When [`Connection::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.head_by
    }

    /// Time has passed: a head is late.
    ///
    /// # Errors
    /// [`Reason::HeadTimeout`]: the head did not come in time. No more requests are read.
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| match connection.head_by {
            Some(by) if by <= now => Err(connection.received.refused_at_end("request", Reason::HeadTimeout)),
            _ => Ok(()),
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

    /// Goes on to the next request, which may have come already. `false`: the connection is to be closed, because one
    /// side said so, or because the request is not complete. RFC 9112 §9.3 wants all of it read before the next one.
    ///
    /// # Errors
    /// The response is not complete yet; or the next request, which has come already, is broken.
    pub fn next_cycle(&mut self, now: Instant) -> Result<bool, Refused<Reason>> {
        if self.answering != Answering::Done {
            return Err(misuse(Reason::OutOfTurn("the response is not complete yet")));
        }
        let more_may_come = !self.closed || self.received.held() > 0;
        let done = matches!(self.receiving, Receiving::Done);
        if !self.persistence.keeps_open() || !more_may_come || !done {
            return Ok(false);
        }
        self.receiving = Receiving::Head(HeadReader::default());
        self.answering = Answering::Waiting;
        self.asked = Asked::nothing();
        self.content.clear();
        self.skipped_line = false;
        self.receive(now, &[])?;
        if self.closed { self.receive_eof(now).map(|()| true) } else { Ok(true) }
    }

    /// Whether the connection outlives the response that was sent last, and why not. When it does not, the caller
    /// closes the connection after [`Connection::transmit`] has given its last bytes: first the sending side (RFC 9112
    /// §9.6).
    pub fn persistence(&self) -> Persistence {
        self.persistence
    }

    /// Whether the client keeps its body back until it gets a 100 response (RFC 9110 §10.1.1).
    pub fn expects_continue(&self) -> bool {
        self.asked.expects_continue && self.answering == Answering::Idle
    }

    /// One call that can end the reading of requests.
    fn unless_failed(
        &mut self,
        call: impl FnOnce(&mut Connection) -> Result<(), Refused<Reason>>,
    ) -> Result<(), Refused<Reason>> {
        if let Some(refused) = &self.failed {
            return Err(refused.clone());
        }
        call(self).inspect_err(|refused| {
            self.failed = Some(refused.clone());
            self.persistence = Persistence::Closes("the request was broken");
            self.head_by = None;
        })
    }
}
