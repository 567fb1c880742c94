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

use std::collections::VecDeque;
use std::time::Instant;

use crate::body::{Incoming, Outgoing};
use crate::chunked::Piece;
use crate::error::{Error, Problem};
use crate::framing::{Body, Framing};
use crate::grammar;
use crate::head::{self, Rules};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::message::{Request, Response, Version};
use crate::persistence::persists;
use crate::section::At;
use crate::stream::{HeadFinder, Stream};
use crate::write;

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

    /// Takes bytes that came from the client. What they say comes out of [`Connection::event`].
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let mut stream = std::mem::take(&mut self.stream);
        let result = stream.feed(bytes, |input| self.step(input));
        self.stream = stream;
        if let Err(error) = result {
            return self.fail(error);
        }
        let waiting = self.stream.held();
        if matches!(self.receiving, Receiving::Done) && waiting > self.limits.ahead {
            let problem = Problem::TooFarAhead(self.limits.ahead);
            return self.fail(Error::new(self.stream.end_offset(), problem));
        }
        if matches!(self.receiving, Receiving::Head(_)) && waiting > 0 && self.head_by.is_none() {
            self.head_by = self.limits.head_timeout.map(|timeout| now + timeout);
        }
        Ok(())
    }

    /// The client closed its side. Between requests, and behind the last one, it may.
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.closed = true;
        let problem = match &self.receiving {
            Receiving::Head(_) if self.stream.held() == 0 => return Ok(()),
            Receiving::Head(_) => Problem::EndsEarly,
            Receiving::Body(incoming) => match incoming.close(true) {
                Ok(()) => return Ok(()),
                Err(problem) => problem,
            },
            Receiving::Done | Receiving::Tunnel => return Ok(()),
        };
        self.fail(Error::new(self.stream.end_offset(), problem))
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether the client holds its body back until it is sent a 100 response (RFC 9110 §10.1.1).
    pub fn expects_continue(&self) -> bool {
        self.asked.expects_continue && self.answering == Answering::Idle
    }

    /// Answers. `body` says what the response's body will be; the fields that declare it, and `Connection`, are added
    /// where they are missing. Gives the framing as the client will find it: to HEAD, and with 204 and 304, no body
    /// follows whatever `body` was; for an HTTP/1.0 client, which knows no chunks, the body goes on until the close.
    /// If the framing says that there is no body the response is then complete; else [`Connection::body`] and
    /// [`Connection::finish`] follow.
    ///
    /// A 1xx status (not 101) may be sent any number of times before the one final response.
    pub fn respond(&mut self, response: &Response, body: Body) -> Result<Framing, Error> {
        match self.answering {
            Answering::Idle => {}
            Answering::Waiting if self.failed.is_some() => {}
            _ => return Err(Error::misuse(Problem::OutOfTurn("there is no request to answer"))),
        }
        let mut response = response.clone();
        if response.is_informational() {
            self.check_informational(&response, body)?;
        }
        let final_response = !response.is_informational() || response.status == 101;
        let body = match body {
            Body::Chunked if self.asked.version < Version::HTTP_1_1 => Body::UntilClose,
            other => other,
        };
        self.declare(&mut response, body)?;
        let persists = self.persistence(&mut response, body);
        // The same function that the client will ask decides what is sent.
        let framing = Framing::of_response(&self.asked.method, &response, false).map_err(Error::misuse)?;
        write::response_head(&response, &mut self.out)?;

        self.asked.expects_continue = false;
        if final_response {
            self.persists = persists;
            self.outgoing = Outgoing::new(framing.body);
            let empty = matches!(framing.body, Body::None | Body::Length(0));
            self.answering = if empty { Answering::Done } else { Answering::Body };
            if response.status == 101 || framing.rule == 2 {
                self.tunnel()?;
            }
        }
        Ok(framing)
    }

    /// Sends some of the response's body. More than was declared is refused.
    pub fn body(&mut self, data: &[u8]) -> Result<(), Error> {
        if self.answering == Answering::Done && data.is_empty() {
            return Ok(());
        }
        if self.answering != Answering::Body {
            return Err(Error::misuse(Problem::OutOfTurn("no response body is being sent")));
        }
        self.outgoing.write(data, &mut self.out)
    }

    /// Ends the response's body. Fewer bytes than declared are refused: the client would wait for the rest.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.finish_with(&Headers::new())
    }

    /// Ends the response's body, which is chunked, with a trailer section.
    pub fn finish_with(&mut self, trailers: &Headers) -> Result<(), Error> {
        match self.answering {
            Answering::Body => self.outgoing.finish(trailers, &mut self.out)?,
            Answering::Done if trailers.is_empty() => {}
            _ => return Err(Error::misuse(Problem::OutOfTurn("no response is being sent"))),
        }
        self.answering = Answering::Done;
        Ok(())
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

    /// One step of the receiving machine: how many bytes it took, or `None` if it needs more.
    fn step(&mut self, input: &[u8]) -> Result<Option<usize>, At> {
        match &mut self.receiving {
            Receiving::Head(finder) => {
                // RFC 9112 §2.2: ignore at least one empty line before a request; one is enough.
                match input {
                    _ if self.skipped_line => {}
                    [] | [b'\r'] => return Ok(None),
                    [b'\r', b'\n', ..] => {
                        self.skipped_line = true;
                        return Ok(Some(2));
                    }
                    _ => self.skipped_line = true,
                }
                let rules = Rules::requests(&self.limits);
                match finder.find(input, self.limits.head, rules, head::check_request_line)? {
                    Some(length) => self.head(&input[..length]).map(|()| Some(length)),
                    None => Ok(None),
                }
            }
            Receiving::Body(incoming) => {
                let (taken, piece) = incoming.read(input)?;
                match piece {
                    Some(Piece::Data(data)) => self.events.push_back(Event::Data(data.to_vec())),
                    Some(Piece::End(trailers)) => {
                        if !trailers.is_empty() {
                            self.events.push_back(Event::Trailers(trailers));
                        }
                        self.events.push_back(Event::End);
                        self.receiving = Receiving::Done;
                    }
                    None if taken == 0 => return Ok(None),
                    None => {}
                }
                Ok(Some(taken))
            }
            Receiving::Tunnel if !input.is_empty() => {
                self.events.push_back(Event::Tunnel(input.to_vec()));
                Ok(Some(input.len()))
            }
            // What comes now belongs to the next request, or to a tunnel that is not answered yet.
            Receiving::Done | Receiving::Tunnel => Ok(None),
        }
    }

    /// A whole head has come.
    fn head(&mut self, bytes: &[u8]) -> Result<(), At> {
        let (head, _) =
            head::read_request(bytes, &self.limits).map_err(|error| (error.offset, error.problem))?;
        let request = head.to_request();
        check_host(&request).map_err(|why| (0, why))?;
        let tolerated = self.limits.tolerate.length_beside_coding;
        let framing = Framing::of_request(&request, tolerated).map_err(|why| (0, why))?;
        let modern = request.version >= Version::HTTP_1_1;
        self.asked = Asked {
            method: request.method.clone(),
            version: request.version,
            upgrade: modern && request.headers.contains("Upgrade"),
            expects_continue: modern
                && request.headers.has("Expect", "100-continue")
                && !matches!(framing.body, Body::None | Body::Length(0)),
            persists: match framing.rule {
                3 => Err("a message with both Content-Length and Transfer-Encoding is followed by a close"),
                _ => persists(request.version, &request.headers),
            },
        };
        self.head_by = None;
        self.receiving = Receiving::Body(Incoming::new(framing.body, &self.limits));
        self.answering = Answering::Idle;
        self.events.push_back(Event::Request { head: request, framing });
        Ok(())
    }

    /// From here on nobody reads requests: what the client sent ahead is for the tunnel.
    fn tunnel(&mut self) -> Result<(), Error> {
        self.receiving = Receiving::Tunnel;
        let mut stream = std::mem::take(&mut self.stream);
        let result = stream.feed(&[], |input| self.step(input));
        self.stream = stream;
        result
    }

    /// RFC 9110 §15.2: no 1xx for an HTTP/1.0 client; §7.8: a switch must have been offered.
    fn check_informational(&self, response: &Response, body: Body) -> Result<(), Error> {
        let problem = match response.status {
            _ if self.asked.version < Version::HTTP_1_1 => {
                Problem::OutOfTurn("an HTTP/1.0 client knows no 1xx responses")
            }
            _ if body != Body::None => Problem::ContradictsBody("a 1xx response has no body"),
            101 if !self.asked.upgrade => Problem::UnaskedUpgrade,
            101 if !matches!(self.receiving, Receiving::Done) => {
                Problem::OutOfTurn("the request must be complete before its connection can switch")
            }
            _ => return Ok(()),
        };
        Err(Error::misuse(problem))
    }

    /// Adds the fields that declare the body.
    fn declare(&self, response: &mut Response, body: Body) -> Result<(), Error> {
        let tunnel = self.asked.method == "CONNECT" && (200..300).contains(&response.status);
        if response.is_informational() || response.status == 204 || tunnel {
            // RFC 9110 §8.6, RFC 9112 §6.1: these may not even speak of a body.
            let speaks =
                ["Content-Length", "Transfer-Encoding"].iter().any(|name| response.headers.contains(name));
            if body != Body::None || speaks {
                let why = "a 1xx or 204 response, or a 2xx response to CONNECT, cannot declare a body";
                return Err(Error::misuse(Problem::ContradictsBody(why)));
            }
            return Ok(());
        }
        let says_none = self.asked.method != "HEAD" && response.status != 304;
        write::declare(&mut response.headers, body, says_none)
    }

    /// Decides whether the connection outlives this response, and says so in it (RFC 9112 §9.3, §9.6).
    fn persistence(&self, response: &mut Response, body: Body) -> Result<(), &'static str> {
        if response.is_informational() {
            return Ok(());
        }
        let until_close =
            if body == Body::UntilClose { Err("the body ends with the connection") } else { Ok(()) };
        let persists = self
            .persists
            .and(self.asked.persists)
            .and(until_close)
            .and(persists(response.version, &response.headers));
        if persists.is_err() && !response.headers.has("Connection", "close") {
            response.headers.push("Connection", "close");
        }
        // An HTTP/1.0 client has to be told what an HTTP/1.1 client takes for granted.
        let old = self.asked.version < Version::HTTP_1_1;
        if persists.is_ok() && old && !response.headers.has("Connection", "keep-alive") {
            response.headers.push("Connection", "keep-alive");
        }
        persists
    }
}

/// RFC 9112 §3.2: exactly one Host in an HTTP/1.1 request, at most one in any, and a valid one.
fn check_host(request: &Request) -> Result<(), Problem> {
    let mut hosts = request.headers.get_all("Host");
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err(Problem::SeveralHosts);
    }
    match host {
        None if request.version >= Version::HTTP_1_1 => Err(Problem::NoHost),
        Some(host) if !grammar::is_authority(&host.value) => Err(Problem::BadHost),
        _ => Ok(()),
    }
}
