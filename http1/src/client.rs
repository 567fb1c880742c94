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
//! When both are Done and both sides keep the connection open ([`Event::End`] says whether), `request()` starts them
//! again. The core does no I/O. It keeps the contract of the five verbs, which stands on the front page of
//! [`barewire_dissect`]: after an error the connection is over, and every call gives that error again.
//!
//! `client/sending.rs` has the sending machine, `client/receiving.rs` the receiving one. Left out: pipelining (RFC 9112
//! §9.3.2 makes it optional, and browsers do not do it) and retries (the caller decides). Tested in `tests/client.rs`
//! and `tests/cuts.rs`.

mod receiving;
mod sending;

use barewire_dissect::Refused;
use std::collections::VecDeque;
use std::time::Instant;

use crate::body::{BodyDecoder, BodyEncoder};
use crate::config::Config;
use crate::content::Content;
use crate::framing::{Body, Framing};
use crate::head::HeadReader;
use crate::headers::Headers;
use crate::message::Response;
use crate::persistence::Persistence;
use crate::reason::Reason;
use crate::received::Received;

/// What happened on a client's connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A 1xx response. Another response follows (RFC 9110 §15.2).
    Informational(Response),
    /// The head of the final response.
    Response {
        /// The status line and the fields. [`Response::transfer_codings`] says by what the content is still coded.
        head: Response,
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
    Head(HeadReader),
    Body(BodyDecoder),
    Done,
    Tunnel,
}

/// What `Expect: 100-continue` does to a body (RFC 9110 §10.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hold {
    /// The body goes out as it is given.
    Off,
    /// The body waits for a 100 response, or for the deadline.
    Waiting(Vec<u8>),
    /// A final response came first, so the body is never sent.
    Dropped,
}

/// What has to be remembered of a request until its response is complete.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    /// The protocols that the request offers to switch to.
    offered: Vec<String>,
    persistence: Persistence,
    /// How many 1xx responses have come.
    informational: usize,
    /// What the head of the response said about the connection.
    answer_persistence: Persistence,
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
/// assert_eq!((head.status, framing.rule), (200, 6));
/// assert_eq!(connection.event(), Some(Event::Data));
/// let mut buffer = [0; 100];
/// assert_eq!(connection.read(&mut buffer), 2);
/// assert_eq!(connection.event(), Some(Event::End(Persistence::KeepsOpen)));
/// # Ok::<(), barewire_dissect::Refused<barewire_http1::Reason>>(())
/// ```
#[derive(Debug)]
pub struct Connection {
    config: Config,
    sending: Sending,
    receiving: Receiving,
    asked: Asked,
    encoder: BodyEncoder,
    hold: Hold,
    out: Vec<u8>,
    received: Received,
    content: Content,
    events: VecDeque<Event>,
    /// Whether another request may follow once all is done.
    reusable: bool,
    continue_by: Option<Instant>,
    head_by: Option<Instant>,
    /// Why the connection is over.
    failed: Option<Refused<Reason>>,
}

impl Connection {
    /// A connection that carried nothing yet.
    pub fn new(config: Config) -> Connection {
        Connection {
            config,
            sending: Sending::Idle,
            receiving: Receiving::Idle,
            asked: Asked {
                method: String::new(),
                offered: Vec::new(),
                persistence: Persistence::KeepsOpen,
                informational: 0,
                answer_persistence: Persistence::KeepsOpen,
            },
            encoder: BodyEncoder::new(Body::None),
            hold: Hold::Off,
            out: Vec::new(),
            received: Received::default(),
            content: Content::default(),
            events: VecDeque::new(),
            reusable: true,
            continue_by: None,
            head_by: None,
            failed: None,
        }
    }

    /// Takes bytes that came from the server.
    ///
    /// # Errors
    /// The bytes break a rule. The connection is over.
    pub fn receive(&mut self, _now: Instant, bytes: &[u8]) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| connection.take(bytes))
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
        self.start_timers(now);
        if self.out.is_empty() { None } else { Some(std::mem::take(&mut self.out)) }
    }

    /// When [`Connection::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        [self.continue_by, self.head_by].into_iter().flatten().min()
    }

    /// Time has passed: a body stops waiting for 100, or a response is late.
    ///
    /// # Errors
    /// [`Reason::HeadTimeout`]: the response did not come in time. The connection is over.
    pub fn on_deadline(&mut self, now: Instant) -> Result<(), Refused<Reason>> {
        self.unless_failed(|connection| connection.deadlines_passed(now))
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Moves bytes that came to the start of `out`, and gives how many. [`Event::Data`] says that there are some. What
    /// was not read when the next request starts is dropped.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        self.content.read(out)
    }

    /// Whether the connection no longer speaks HTTP.
    pub(crate) fn is_tunnel(&self) -> bool {
        matches!(self.receiving, Receiving::Tunnel)
    }

    /// One call that can end the connection.
    fn unless_failed(
        &mut self,
        call: impl FnOnce(&mut Connection) -> Result<(), Refused<Reason>>,
    ) -> Result<(), Refused<Reason>> {
        if let Some(refused) = &self.failed {
            return Err(refused.clone());
        }
        call(self).inspect_err(|refused| {
            self.failed = Some(refused.clone());
            (self.continue_by, self.head_by) = (None, None);
        })
    }

    fn start_timers(&mut self, now: Instant) {
        if self.failed.is_some() {
            return;
        }
        let awaits_head = matches!(self.receiving, Receiving::Head(_));
        if matches!(self.hold, Hold::Waiting(_)) {
            self.continue_by.get_or_insert(now + self.config.continue_timeout);
        } else if awaits_head && self.sending == Sending::Done && self.head_by.is_none() {
            self.head_by = self.config.head_timeout.map(|timeout| now + timeout);
        }
    }

    fn deadlines_passed(&mut self, now: Instant) -> Result<(), Refused<Reason>> {
        if self.continue_by.is_some_and(|by| by <= now) {
            self.stop_waiting();
        }
        if self.head_by.is_some_and(|by| by <= now) {
            return Err(self.received.refused_at_end("response", Reason::HeadTimeout));
        }
        Ok(())
    }
}
