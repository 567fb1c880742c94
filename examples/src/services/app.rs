//! What a web server serves: a request arrives, a response is planned, in steps that take virtual time.
//!
//! The pump ([`HttpServer`](super::HttpServer)) of TCP, TLS and HTTP stands once. An `App` sees requests and says what
//! to answer, and may itself be a client of other hosts. Tested in `tests/services.rs`.

use std::net::SocketAddr;
use std::time::Instant;

use barewire_http1::{Body, Headers, Request, Response};
use barewire_tcp::{Event, Handle};

use super::program::{Arrived, Sockets};

/// Which request an answer is for: its connection, and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId {
    /// The connection from the client.
    pub connection: Handle,
    /// 0 for the first request of a connection.
    pub number: u64,
}

/// A request that has arrived whole.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The request line and the fields.
    pub head: Request,
    /// The content.
    pub body: Vec<u8>,
    /// The client's end of the connection, as the server sees it.
    pub client: SocketAddr,
    /// Whether it came over TLS.
    pub secure: bool,
    /// Whether it came as early data and the client has not proved yet that it is there: it may be a copy of another
    /// request (RFC 8470 §3).
    pub early: bool,
}

/// One step of an answer.
#[derive(Debug)]
pub enum Say {
    /// The head of the response, and how its body will be framed.
    Head(Response, Body),
    /// Some of the body.
    Piece(Vec<u8>),
    /// The end of the response.
    End,
    /// The end of a chunked response, with a trailer section (RFC 9112 §7.1.2).
    EndWith(Headers),
    /// The connection is reset, in the middle of whatever it was.
    Abort,
}

/// What a web server serves.
pub trait App: Send {
    /// A request has arrived.
    fn request(&mut self, now: Instant, sockets: &mut Sockets, id: RequestId, request: Incoming);

    /// The next step of any answer that is due at `now`. Asked until it gives none.
    fn say(&mut self, now: Instant) -> Option<(RequestId, Say)>;

    /// The client of this request is gone: nobody waits for the answer.
    fn gone(&mut self, _now: Instant, _sockets: &mut Sockets, _id: RequestId) {}

    /// When something is due, if ever.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Something happened to a TCP connection of this machine, maybe one that the app opened.
    fn tcp(&mut self, _now: Instant, _sockets: &mut Sockets, _event: &Event) {}

    /// A datagram arrived. False: it is not for this app.
    fn datagram(&mut self, _now: Instant, _sockets: &mut Sockets, _datagram: &Arrived<'_>) -> bool {
        false
    }

    /// Does what is possible and due at `now`.
    fn turn(&mut self, _now: Instant, _sockets: &mut Sockets) {}
}
