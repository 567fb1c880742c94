//! The server's side of a connection: requests in, responses out, one after the other (RFC 9112 §9).
//!
//! # Theory of operation
//!
//! The client's two machines, seen from the other end:
//!
//! ```text
//! receiving  Head ──request──▶ Body ──its end──▶ Done               or Tunnel, by the answer
//! answering  Idle ──respond()──▶ Body ──finish()──▶ Done            1xx leave it Idle; no body: straight to Done
//! ```
//!
//! An answer may start as soon as the request's head is there. When both are Done, [`Connection::next_cycle`] starts
//! them anew, with the requests that the client sent ahead (pipelining, answered one by one in their order), or says
//! that the connection ends here ([`Connection::should_close`]). After a broken request no other one is read, but an
//! answer can still be sent; [`Error::status_hint`] knows which status fits.
//!
//! Left out: what a request means (RFC 9110); the caller routes it. Tested in `tests/server.rs` and `tests/cuts.rs`.

mod answering;
mod receiving;

use std::collections::VecDeque;
use std::time::Instant;

use crate::body::{Incoming, Outgoing};
use crate::error::{Error, Problem};
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::message::{Request, Version};
use crate::stream::{HeadFinder, Stream};

/// What happened on a server's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The head of a request. [`Connection::respond`] may be called from here on.
    Request {
        /// The head.
        head: Request,
        /// Where its body ends, and why there.
        framing: Framing,
    },
    /// Some of the body's content.
    Data(Vec<u8>),
    /// The fields behind a chunked body.
    Trailers(Headers),
    /// The request is complete.
    End,
    /// Bytes that the client sent behind a request that was answered by 101, or by 2xx to CONNECT.
    Tunnel(Vec<u8>),
}

#[derive(Debug, Clone)]
enum Receiving {
    Head(HeadFinder),
    Body(Incoming),
    Done,
    Tunnel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answering {
    /// No request to answer yet.
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
    upgrade: bool,
    /// Whether the client waits for a 100 response before it sends its body.
    expects_continue: bool,
    persists: Result<(), &'static str>,
}

impl Asked {
    /// What an answer to an unreadable request goes by.
    fn nothing() -> Asked {
        let persists = Err("no request was read");
        let version = Version::HTTP_1_1;
        Asked { method: String::new(), version, upgrade: false, expects_continue: false, persists }
    }
}

/// A server's connection.
///
/// ```
/// use std::time::Instant;
/// use barewire_http1::{Body, Limits, Response, server::{Connection, Event}};
///
/// let now = Instant::now();
/// let mut connection = Connection::new(Limits::default());
/// connection.receive(now, b"GET /hello HTTP/1.1\r\nHost: example.test\r\n\r\n")?;
/// let Some(Event::Request { head, .. }) = connection.event() else { panic!() };
/// assert_eq!(head.target, "/hello");
///
/// connection.respond(&Response::new(200), Body::Length(2))?;
/// connection.body(b"hi")?;
/// connection.finish()?;
/// assert_eq!(connection.transmit(now).unwrap(), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
/// assert!(connection.next_cycle(now)?);
/// # Ok::<(), barewire_http1::Error>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    limits: Limits,
    receiving: Receiving,
    answering: Answering,
    asked: Asked,
    outgoing: Outgoing,
    /// Why the connection ends with this response, if it does.
    persists: Result<(), &'static str>,
    /// Whether the one empty line before a request was skipped.
    skipped_line: bool,
    out: Vec<u8>,
    stream: Stream,
    events: VecDeque<Event>,
    head_by: Option<Instant>,
    /// The client has closed its sending side. It may still read (RFC 9112 §9.6, last paragraph).
    closed: bool,
    failed: Option<Error>,
}

impl Connection {
    /// A connection that carried nothing yet.
    pub fn new(limits: Limits) -> Connection {
        Connection {
            limits,
            receiving: Receiving::Head(HeadFinder::default()),
            answering: Answering::Waiting,
            asked: Asked::nothing(),
            outgoing: Outgoing::new(Body::None),
            persists: Ok(()),
            skipped_line: false,
            out: Vec::new(),
            stream: Stream::default(),
            events: VecDeque::new(),
            head_by: None,
            closed: false,
            failed: None,
        }
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether the client holds its body back until it is sent a 100 response (RFC 9110 §10.1.1).
    pub fn expects_continue(&self) -> bool {
        self.asked.expects_continue && self.answering == Answering::Idle
    }

    /// The bytes to send next, if any.
    pub fn transmit(&mut self, _now: Instant) -> Option<Vec<u8>> {
        if self.out.is_empty() { None } else { Some(std::mem::take(&mut self.out)) }
    }

    /// When [`Connection::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.head_by
    }

    /// Time has passed: a head was due ([`Problem::HeadTimeout`]).
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Error> {
        if self.head_by.is_some_and(|by| by <= now) {
            return self.fail(Error::new(self.stream.end_offset(), Problem::HeadTimeout));
        }
        Ok(())
    }

    /// Goes on to the next request, which may have come already. `false`: the connection is to be closed, because one
    /// side said so, or because the request is not complete: RFC 9112 §9.3 wants all of it read before the next.
    ///
    /// Out of turn while the response is not complete.
    pub fn next_cycle(&mut self, now: Instant) -> Result<bool, Error> {
        if self.answering != Answering::Done {
            return Err(Error::misuse(Problem::OutOfTurn("the response is not complete yet")));
        }
        let more_may_come = !self.closed || self.stream.held() > 0;
        if self.should_close() || !more_may_come || !matches!(self.receiving, Receiving::Done) {
            return Ok(false);
        }
        self.receiving = Receiving::Head(HeadFinder::default());
        self.answering = Answering::Waiting;
        self.asked = Asked::nothing();
        self.skipped_line = false;
        self.receive(now, &[])?;
        if self.closed { self.receive_eof(now).map(|()| true) } else { Ok(true) }
    }

    /// Whether the response is complete and the connection is to be closed behind it: first the sending side, once
    /// [`Connection::transmit`] has no more (RFC 9112 §9.6).
    pub fn should_close(&self) -> bool {
        self.answering == Answering::Done
            && self.persists.is_err()
            && !matches!(self.receiving, Receiving::Tunnel)
    }

    fn fail<T>(&mut self, error: Error) -> Result<T, Error> {
        self.failed = Some(error.clone());
        self.persists = Err("the request was broken");
        self.head_by = None;
        Err(error)
    }
}
