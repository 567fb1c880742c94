//! The client's side of a connection: requests out, responses in, one after the other (RFC 9112 §9).
//!
//! # Theory of operation
//!
//! Two small machines share a connection, one for what is sent and one for what is received:
//!
//! ```text
//! sending    Idle ──request()──▶ Body ──finish()──▶ Done            no body: straight to Done
//! receiving  Idle ──request()──▶ Head ──final response──▶ Body ──its end──▶ Done
//!                                 ▲ │                              101, or 2xx to CONNECT: Tunnel
//!                                 └─┘ 1xx
//! ```
//!
//! When both are Done and nothing speaks against it ([`Event::End`] says what did), `request()` starts them anew.
//! The core does no I/O: it is given bytes and the time, and gives back bytes ([`Connection::transmit`]), a deadline
//! and events. After an error it gives that error again for ever.
//!
//! Left out: pipelining (RFC 9112 §9.3.2 makes it optional; nobody does it) and retrying (the caller's decision).
//! Tested in `tests/client.rs` and `tests/cuts.rs`.

use std::collections::VecDeque;
use std::time::Instant;

use crate::body::{Incoming, Outgoing};
use crate::chunked::Piece;
use crate::error::{Error, Problem};
use crate::framing::{Body, Framing};
use crate::head::{self, Rules};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::message::{Request, Response, Version};
use crate::persistence::persists;
use crate::section::At;
use crate::stream::{HeadFinder, Stream};
use crate::write;

/// What happened on a client's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A 1xx response; another one follows (RFC 9110 §15.2).
    Informational(Response),
    /// The head of the final response.
    Response {
        /// The head.
        head: Response,
        /// Where its body ends, and why there.
        framing: Framing,
    },
    /// Some of the body's content.
    Data(Vec<u8>),
    /// The fields behind a chunked body. Never merged into the header section (RFC 9112 §7.1.2).
    Trailers(Headers),
    /// The response is complete.
    End {
        /// Whether the connection can carry another request.
        reusable: bool,
        /// Why, or why not (RFC 9112 §9.3).
        why: String,
    },
    /// The connection no longer speaks HTTP: bytes that came behind a 101 response or a 2xx response to CONNECT
    /// (RFC 9110 §7.8, §9.3.6). The first such event, perhaps empty, comes with the response.
    Tunnel(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    Idle,
    Body,
    Done,
}

#[derive(Debug, Clone)]
enum Receiving {
    Idle,
    Head(HeadFinder),
    Body(Incoming),
    Done,
    Tunnel,
}

/// What an Expect: 100-continue does to a body (RFC 9110 §10.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hold {
    /// The body goes out as it is given.
    Off,
    /// It waits for a 100 response, or for the deadline.
    Waiting(Vec<u8>),
    /// A final response came first: it is never sent.
    Dropped,
}

/// What has to be remembered of a request until its response is complete.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    upgrade: bool,
    persists: Result<(), &'static str>,
    /// How many 1xx responses have come.
    informational: usize,
    /// What the response's head said about the connection.
    answer_persists: Result<(), &'static str>,
}

/// A client's connection.
///
/// ```
/// use std::time::Instant;
/// use barewire_http1::{Body, Limits, Request, client::{Connection, Event}};
///
/// let now = Instant::now();
/// let mut connection = Connection::new(Limits::default());
/// connection.request(&Request::get("example.test", "/"), Body::None)?;
/// assert_eq!(connection.transmit(now).unwrap(), b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n");
///
/// connection.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")?;
/// let Some(Event::Response { head, framing }) = connection.event() else { panic!() };
/// assert_eq!((head.status, framing.rule), (200, 6));
/// assert_eq!(connection.event(), Some(Event::Data(b"hi".to_vec())));
/// assert!(matches!(connection.event(), Some(Event::End { reusable: true, .. })));
/// # Ok::<(), barewire_http1::Error>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    limits: Limits,
    sending: Sending,
    receiving: Receiving,
    asked: Asked,
    outgoing: Outgoing,
    hold: Hold,
    out: Vec<u8>,
    stream: Stream,
    events: VecDeque<Event>,
    /// Whether, once all is done, another request may follow.
    reusable: bool,
    continue_by: Option<Instant>,
    head_by: Option<Instant>,
    failed: Option<Error>,
}

impl Connection {
    /// A connection that carried nothing yet.
    pub fn new(limits: Limits) -> Connection {
        Connection {
            limits,
            sending: Sending::Idle,
            receiving: Receiving::Idle,
            asked: Asked {
                method: String::new(),
                upgrade: false,
                persists: Ok(()),
                informational: 0,
                answer_persists: Ok(()),
            },
            outgoing: Outgoing::new(Body::None),
            hold: Hold::Off,
            out: Vec::new(),
            stream: Stream::default(),
            events: VecDeque::new(),
            reusable: true,
            continue_by: None,
            head_by: None,
            failed: None,
        }
    }

    /// Starts a request whose body will be as `body` says, and gives its framing. Fields that declare the body are
    /// added where they are missing. Without a body the request is then complete; else [`Connection::body`] and
    /// [`Connection::finish`] follow.
    ///
    /// Refused, with nothing sent: anything that the grammar does not allow (so no header can be injected), fields
    /// that contradict `body`, a missing Host, and a request out of turn.
    pub fn request(&mut self, request: &Request, body: Body) -> Result<Framing, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if !self.is_ready() {
            return Err(Error::misuse(Problem::OutOfTurn("the connection cannot take a request now")));
        }
        let mut request = request.clone();
        check_host(&request)?;
        if body == Body::UntilClose || (body == Body::Chunked && request.version < Version::HTTP_1_1) {
            let why =
                "a request's body has a length, or chunks in HTTP/1.1: its close would cut the response off";
            return Err(Error::misuse(Problem::ContradictsBody(why)));
        }
        // RFC 9110 §8.6: a method that is about content says so when there is none.
        let says_none = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
        write::declare(&mut request.headers, body, says_none)?;
        // The same function that the server will ask decides what is sent.
        let framing = Framing::of_request(&request, false).map_err(Error::misuse)?;
        write::request_head(&request, &mut self.out)?;

        let empty = matches!(framing.body, Body::None | Body::Length(0));
        self.sending = if empty { Sending::Done } else { Sending::Body };
        self.receiving = Receiving::Head(HeadFinder::default());
        self.outgoing = Outgoing::new(framing.body);
        let waits = !empty && request.headers.has("Expect", "100-continue");
        self.hold = if waits { Hold::Waiting(Vec::new()) } else { Hold::Off };
        self.asked = Asked {
            upgrade: request.headers.contains("Upgrade"),
            persists: persists(request.version, &request.headers),
            method: request.method,
            informational: 0,
            answer_persists: Ok(()),
        };
        (self.continue_by, self.head_by) = (None, None);
        Ok(framing)
    }

    /// Whether [`Connection::request`] may be called.
    pub fn is_ready(&self) -> bool {
        let done = matches!(self.receiving, Receiving::Idle | Receiving::Done);
        self.failed.is_none() && self.sending != Sending::Body && done && self.reusable
    }

    /// Sends some of the request's body. More than was declared is refused.
    pub fn body(&mut self, data: &[u8]) -> Result<(), Error> {
        if self.sending == Sending::Done && data.is_empty() {
            return Ok(());
        }
        if self.sending != Sending::Body {
            return Err(Error::misuse(Problem::OutOfTurn("no request body is being sent")));
        }
        match &mut self.hold {
            Hold::Off => self.outgoing.write(data, &mut self.out),
            Hold::Waiting(held) => self.outgoing.write(data, held),
            Hold::Dropped => self.outgoing.write(data, &mut Vec::new()),
        }
    }

    /// Ends the request's body. Fewer bytes than declared are refused: the server would wait for the rest.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.finish_with(&Headers::new())
    }

    /// Ends the request's body, which is chunked, with a trailer section.
    pub fn finish_with(&mut self, trailers: &Headers) -> Result<(), Error> {
        match (self.sending, &mut self.hold) {
            (Sending::Idle, _) => {
                return Err(Error::misuse(Problem::OutOfTurn("no request is being sent")));
            }
            (Sending::Done, _) => {}
            (Sending::Body, Hold::Off) => self.outgoing.finish(trailers, &mut self.out)?,
            (Sending::Body, Hold::Waiting(held)) => self.outgoing.finish(trailers, held)?,
            (Sending::Body, Hold::Dropped) => self.outgoing.finish(trailers, &mut Vec::new())?,
        }
        self.sending = Sending::Done;
        Ok(())
    }

    /// Sends a body that waits for a 100 response now: the client may at any time (RFC 9110 §10.1.1).
    pub fn stop_waiting(&mut self) {
        self.continue_by = None;
        if let Hold::Waiting(held) = &mut self.hold {
            self.out.append(held);
            self.hold = Hold::Off;
        }
    }

    /// The bytes to send next, if any.
    pub fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        let awaits_head = matches!(self.receiving, Receiving::Head(_));
        if matches!(self.hold, Hold::Waiting(_)) {
            self.continue_by.get_or_insert(now + self.limits.continue_timeout);
        } else if awaits_head && self.sending == Sending::Done && self.head_by.is_none() {
            self.head_by = self.limits.head_timeout.map(|timeout| now + timeout);
        }
        if self.out.is_empty() { None } else { Some(std::mem::take(&mut self.out)) }
    }

    /// When [`Connection::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        [self.continue_by, self.head_by].into_iter().flatten().min()
    }

    /// Time has passed: a body stops waiting for 100, or a response was due ([`Problem::HeadTimeout`]).
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Error> {
        if self.continue_by.is_some_and(|by| by <= now) {
            self.stop_waiting();
        }
        if self.head_by.is_some_and(|by| by <= now) {
            self.head_by = None;
            return self.fail(Error::new(self.stream.end_offset(), Problem::HeadTimeout));
        }
        Ok(())
    }

    /// Takes bytes that came from the server. What they say comes out of [`Connection::event`].
    pub fn receive(&mut self, _now: Instant, bytes: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let mut stream = std::mem::take(&mut self.stream);
        let result = stream.feed(bytes, |input| self.step(input));
        self.stream = stream;
        result.or_else(|error| self.fail(error))
    }

    /// The server closed the connection in the way that its transport has for that (FIN; under TLS, close_notify).
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Error> {
        self.closed(true)
    }

    /// The connection ended without a proper close (under TLS: no close_notify). A body that only the close ends
    /// may then have been cut off by anybody (RFC 9112 §9.8), and is an error.
    pub fn receive_incomplete_close(&mut self, _now: Instant) -> Result<(), Error> {
        self.closed(false)
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn fail<T>(&mut self, error: Error) -> Result<T, Error> {
        self.failed = Some(error.clone());
        (self.continue_by, self.head_by) = (None, None);
        Err(error)
    }

    fn closed(&mut self, clean: bool) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.reusable = false;
        let end = self.stream.end_offset();
        let nothing_came = self.stream.held() == 0 && self.asked.informational == 0;
        let result = match &self.receiving {
            Receiving::Idle | Receiving::Done | Receiving::Tunnel => return Ok(()),
            Receiving::Head(_) if nothing_came => Err(Problem::EmptyReply),
            Receiving::Head(_) => Err(Problem::EndsEarly),
            Receiving::Body(incoming) => incoming.close(clean),
        };
        match result {
            Ok(()) => {
                self.end(Err("the body ended with the connection"));
                Ok(())
            }
            Err(problem) => self.fail(Error::new(end, problem)),
        }
    }

    /// One step of the receiving machine: how many bytes it took, or `None` if it needs more.
    fn step(&mut self, input: &[u8]) -> Result<Option<usize>, At> {
        match &mut self.receiving {
            Receiving::Idle | Receiving::Done => unasked(input),
            Receiving::Head(finder) => {
                let rules = Rules::responses(&self.limits);
                match finder.find(input, self.limits.head, rules, head::check_status_line)? {
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
                        return Ok(Some(taken + self.complete(&input[taken..])));
                    }
                    None if taken == 0 => return Ok(None),
                    None => {}
                }
                Ok(Some(taken))
            }
            Receiving::Tunnel if input.is_empty() => Ok(None),
            Receiving::Tunnel => {
                self.events.push_back(Event::Tunnel(input.to_vec()));
                Ok(Some(input.len()))
            }
        }
    }

    /// A whole head has come.
    fn head(&mut self, bytes: &[u8]) -> Result<(), At> {
        let (head, _) =
            head::read_response(bytes, &self.limits).map_err(|error| (error.offset, error.problem))?;
        let response = head.to_response();
        if response.is_informational() && response.status != 101 {
            return self.informational(response);
        }
        if response.status == 101 && !self.asked.upgrade {
            return Err((0, Problem::UnaskedUpgrade));
        }
        let tolerated = self.limits.tolerate.length_beside_coding;
        let framing =
            Framing::of_response(&self.asked.method, &response, tolerated).map_err(|why| (0, why))?;
        if matches!(self.hold, Hold::Waiting(_)) {
            self.hold = Hold::Dropped;
        }
        (self.continue_by, self.head_by) = (None, None);
        let tunnel = response.status == 101 || framing.rule == 2;
        self.asked.answer_persists = match framing.rule {
            3 => Err("a message with both Content-Length and Transfer-Encoding is followed by a close"),
            _ => persists(response.version, &response.headers),
        };
        self.events.push_back(Event::Response { head: response, framing });
        if tunnel {
            self.reusable = false;
            self.receiving = Receiving::Tunnel;
            self.events.push_back(Event::Tunnel(Vec::new()));
        } else {
            self.receiving = Receiving::Body(Incoming::new(framing.body, &self.limits));
        }
        Ok(())
    }

    fn informational(&mut self, response: Response) -> Result<(), At> {
        self.asked.informational += 1;
        if self.asked.informational > self.limits.informational {
            return Err((0, Problem::TooManyInformational(self.limits.informational)));
        }
        if response.status == 100 {
            self.stop_waiting();
        }
        self.events.push_back(Event::Informational(response));
        self.receiving = Receiving::Head(HeadFinder::default());
        Ok(())
    }

    /// The response is complete, and `rest` came behind it. Gives how much of that is dropped: all, since it
    /// answers nothing (RFC 9112 §6.3, last paragraph).
    fn complete(&mut self, rest: &[u8]) -> usize {
        let extra = !only_empty_lines(rest);
        let answered_early = self.sending == Sending::Body || self.hold == Hold::Dropped;
        self.end(match (self.asked.persists, self.asked.answer_persists) {
            _ if extra => Err("bytes that answer no request came behind the response, and were dropped"),
            _ if answered_early => Err("the response came before the request's body was sent"),
            (Err(why), _) | (_, Err(why)) => Err(why),
            _ => Ok(()),
        });
        if extra { rest.len() } else { 0 }
    }

    fn end(&mut self, persists: Result<(), &'static str>) {
        self.reusable = persists.is_ok();
        let why = persists.err().unwrap_or("both sides keep the connection open").to_owned();
        self.events.push_back(Event::End { reusable: self.reusable, why });
        self.receiving = Receiving::Done;
    }
}

/// RFC 9112 §9.2: bytes that answer no request are an error, but for empty lines.
fn unasked(input: &[u8]) -> Result<Option<usize>, At> {
    match input {
        [] | [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => Ok(Some(2)),
        _ => Err((0, Problem::UnaskedBytes)),
    }
}

/// RFC 9112 §3.2: exactly one Host in an HTTP/1.1 request, and a valid one.
fn check_host(request: &Request) -> Result<(), Error> {
    let count = request.headers.get_all("Host").count();
    let missing = count == 0 && request.version >= Version::HTTP_1_1;
    let bad = request.headers.get_all("Host").any(|field| !crate::grammar::is_authority(&field.value));
    if count > 1 || missing || bad {
        return Err(Error::misuse(Problem::Unwritable { what: "the Host of the request", byte: None }));
    }
    Ok(())
}

fn only_empty_lines(mut input: &[u8]) -> bool {
    while let [b'\r', b'\n', rest @ ..] = input {
        input = rest;
    }
    matches!(input, [] | [b'\r'])
}
