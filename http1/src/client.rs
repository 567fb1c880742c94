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

mod receiving;

use std::collections::VecDeque;
use std::time::Instant;

use crate::body::{Incoming, Outgoing};
use crate::error::{Error, Problem};
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::message::{Request, Response, Version};
use crate::persistence::persists;
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

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn fail<T>(&mut self, error: Error) -> Result<T, Error> {
        self.failed = Some(error.clone());
        (self.continue_by, self.head_by) = (None, None);
        Err(error)
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
