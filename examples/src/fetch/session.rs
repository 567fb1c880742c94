//! One connection to a server, from the open stream on: the TLS handshake, then HTTP, one exchange after the other.
//!
//! ```text
//!   plain() ─────────────────────────┐
//!                                    ▼
//!   secure() ──▶ Handshake ──▶ Plain or Secure ──request()──▶ ... ──▶ Finished
//!                    │           ▲   │                                   │
//!                    │           └───┼──── the connection is kept open ──┘
//!                    ▼               ▼
//!                  Failed     Failed or Closed
//! ```
//!
//! A [`Fetch`](super::Fetch) holds one. A program that keeps its connections holds a session alone, and asks again and
//! again over the same stream: nothing of it knows DNS or TCP. A request may be given before the handshake is done; it
//! waits.
//!
//! The five verbs return nothing: an error is the last event, after all that came before it (the contract is on the
//! front page of [`barewire_dissect`]). What was received stays in memory until it is read, so a holder that wants a
//! bound reads before it hands in more.
//!
//! Left out: writing into a tunnel.
//! Tested in `tests/fetch_core`.

mod early;
mod feed;
mod layers;
mod request;

use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use barewire_http1::{self as http1, client};
use barewire_tls13::{self as tls13, Client};
use rand_core::Rng;

use super::event::Event;
use super::input::Input;
use super::pool::Reached;
use crate::failure::{Failure, Step};
use feed::Feed;

/// One connection to a server.
///
/// ```
/// use std::time::Instant;
/// use barewire::fetch::{Event, Session};
/// use barewire_http1::Request;
///
/// let now = Instant::now();
/// let mut session = Session::plain();
/// for target in ["/a", "/b"] {
///     session.request(&Request::get("example.test", target), b"")?;
///     assert!(session.transmit(now).is_some_and(|bytes| bytes.starts_with(b"GET ")));
///     session.receive(now, b"HTTP/1.1 204 No Content\r\n\r\n");
///     assert!(matches!(session.event(), Some(Event::Head { .. })));
///     assert!(matches!(session.event(), Some(Event::Finished(_))));
/// }
/// # Ok::<(), barewire::failure::Failure>(())
/// ```
#[derive(Debug)]
pub struct Session {
    layer: Layer,
    http: client::Connection,
    /// Why the request could not be written. It counts only if the server says nothing that explains it (RFC 9112
    /// §9.5).
    unwritable: Option<io::Error>,
    end: End,
    /// Bytes of the present request that were handed out.
    sent: u64,
    /// Whether a byte came that answers it.
    heard: bool,
    /// How far its body is given.
    feed: Feed,
    /// Bytes of the body that were handed out.
    uploaded: u64,
    /// The request went out as early data, and its holder has not asked whether it did.
    asked_early: bool,
    /// What of it goes out after the handshake: what the ticket had no room for, or all that the server refused.
    unsent: Vec<u8>,
    /// What TLS said in its handshake, to be told.
    told: VecDeque<tls13::client::Event>,
}

/// What lies between the stream and HTTP.
#[derive(Debug)]
enum Layer {
    /// Nothing: plain HTTP.
    Plain,
    /// TLS that has proved nothing yet. HTTP waits.
    Handshake(Box<Client>),
    /// TLS after its handshake.
    Secure(Box<Client>),
}

/// Whether the session is over, and whether its holder knows.
#[derive(Debug)]
enum End {
    Open,
    Untold(Box<Event>),
    Told,
}

/// The five verbs.
impl Session {
    /// Takes bytes of the stream, cut anywhere.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) {
        if self.is_over() {
            return;
        }
        let error = match &mut self.layer {
            Layer::Plain => return self.take_content(now, bytes),
            Layer::Handshake(client) | Layer::Secure(client) => client.receive(now, bytes).err(),
        };
        self.after_tls(now, error);
    }

    /// The server's direction of the stream has ended.
    pub fn receive_eof(&mut self, now: Instant) {
        if self.is_over() {
            return;
        }
        let error = match &mut self.layer {
            Layer::Plain => return self.content_ends(now, true),
            Layer::Handshake(client) | Layer::Secure(client) => client.receive_eof(now).err(),
        };
        self.after_tls(now, error);
    }

    /// The stream broke while it was read. An [`io::ErrorKind::UnexpectedEof`] is an end without a goodbye.
    pub fn receive_break(&mut self, now: Instant, error: &io::Error) {
        match &self.layer {
            _ if self.is_over() => {}
            Layer::Handshake(_) => self.fail(Failure::io(Step::Tls, error)),
            _ if error.kind() == io::ErrorKind::UnexpectedEof => self.content_ends(now, false),
            _ if is_gone(error.kind()) => self.fail_without_answer(Failure::io(Step::BrokenReply, error)),
            _ => self.fail(Failure::io(Step::BrokenReply, error)),
        }
    }

    /// The stream does not take what was to be written. A server that closed may have answered before, so that ends
    /// nothing yet.
    pub fn write_failed(&mut self, error: io::Error) {
        match &self.layer {
            _ if self.is_over() => {}
            Layer::Handshake(_) => self.fail(Failure::io(Step::Tls, &error)),
            _ if is_gone(error.kind()) => self.unwritable = Some(self.unwritable.take().unwrap_or(error)),
            _ => self.fail(Failure::io(Step::BrokenReply, &error)),
        }
    }

    /// The bytes to write next, if any.
    pub fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        match &mut self.layer {
            Layer::Plain if matches!(self.end, End::Open) => {
                let bytes = self.http.transmit(now)?;
                self.handed_out(bytes.len());
                Some(bytes)
            }
            Layer::Plain => None,
            Layer::Handshake(client) => client.transmit(now),
            Layer::Secure(client) => {
                if let Some(bytes) = client.transmit(now) {
                    return Some(bytes);
                }
                if !self.unsent.is_empty() {
                    client.write(&std::mem::take(&mut self.unsent)).ok()?;
                    return client.transmit(now);
                }
                let bytes = self.http.transmit(now)?;
                // A client that is over takes nothing, and its error is an event already.
                client.write(&bytes).ok()?;
                let records = client.transmit(now);
                self.handed_out(bytes.len());
                records
            }
        }
    }

    /// When [`Session::on_deadline`] wants to be called.
    pub fn deadline(&self) -> Option<Instant> {
        if self.is_over() { None } else { self.http.deadline() }
    }

    /// It is that time.
    pub fn on_deadline(&mut self, now: Instant) {
        if !self.is_over()
            && let Err(refused) = self.http.on_deadline(now)
        {
            self.fail(Failure::http(http1::driver::Error::Http(refused)));
        }
    }

    /// What happened, oldest first: of the [`Event`]s those from [`Event::Tls`] on.
    pub fn event(&mut self) -> Option<Event> {
        if let Some(event) = self.tls_event().or_else(|| self.http_event()) {
            return Some(event);
        }
        match std::mem::replace(&mut self.end, End::Told) {
            End::Untold(event) => return Some(*event),
            same => self.end = same,
        }
        None
    }
}

/// What a holder does.
impl Session {
    /// A session over a stream to an `http` server.
    pub fn plain() -> Session {
        Session::over(Layer::Plain)
    }

    /// A session over a stream to an `https` server: the ClientHello is ready to be sent. HTTP/1.1 is to be among the
    /// protocols of the ALPN offer.
    ///
    /// # Errors
    /// The configuration cannot work.
    pub fn secure(now: Instant, config: tls13::Config, rng: &mut dyn Rng) -> Result<Session, Failure> {
        let client = Client::new(now, config, rng).map_err(|error| Failure::tls(&error))?;
        Ok(Session::over(Layer::Handshake(Box::new(client))))
    }

    fn over(layer: Layer) -> Session {
        let http = client::Connection::new(http1::Config::default());
        Session {
            layer,
            http,
            unwritable: None,
            end: End::Open,
            sent: 0,
            heard: false,
            feed: Feed::Done,
            uploaded: 0,
            asked_early: false,
            unsent: Vec::new(),
            told: VecDeque::new(),
        }
    }

    /// The same session, which overlooks these deviations of a response. To be called before anything is received.
    pub fn tolerating(mut self, tolerate: http1::Tolerances) -> Session {
        self.http = client::Connection::new(http1::Config { tolerate, ..http1::Config::default() });
        self
    }

    /// Whether [`Session::request`] may be called: no exchange is under way, and the connection is open.
    pub fn is_ready(&self) -> bool {
        !self.is_over() && self.unwritable.is_none() && self.http.is_ready()
    }

    /// How far the present exchange came. Bytes that were handed out count as sent.
    pub fn reached(&self) -> Reached {
        match (self.sent, self.heard) {
            (_, true) => Reached::Answered,
            (0, false) => Reached::NotSent,
            (_, false) => Reached::Unanswered,
        }
    }

    /// Moves some of the body to the start of `out`, and gives how many bytes. What was not read when the next request
    /// starts is dropped.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        self.http.read(out)
    }

    /// Says goodbye: over TLS, close_notify is ready to be sent. The stream is the holder's to close.
    pub fn close(&mut self) {
        if let Layer::Secure(client) = &mut self.layer {
            client.close();
        }
    }

    /// Takes an input that is about the stream.
    pub(super) fn take(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Bytes(bytes) => self.receive(now, bytes),
            Input::End => self.receive_eof(now),
            Input::Broken(error) => self.receive_break(now, &error),
            Input::Unwritable(error) => self.write_failed(error),
            _ => {}
        }
    }

    /// Ends the session with this failure.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.finish(Event::Failed(failure));
    }
}

/// Whether an error only says that the server closed the connection.
fn is_gone(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset)
}
