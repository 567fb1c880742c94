//! Blocking helpers: a connection over anything that is [`Read`] and [`Write`].
//!
//! [`exchange`] sends one request and reads the head of its response; the body is then a [`Read`]. [`answer`] is its
//! counterpart for a server. They do what any caller of the cores does, in the order in which it is done, and are
//! meant to be read. Left out: timeouts, which are the stream's (`set_read_timeout`) and come back as its
//! [`io::Error`]; and waiting for `100 Continue`: a blocking driver cannot wait for two things, so it sends the body
//! at once, as RFC 9110 §10.1.1 allows. Tested in `tests/driver.rs`.

use std::fmt;
use std::io::{self, Read, Write};
use std::time::Instant;

use crate::client::{self, Event};
use crate::error::Problem;
use crate::framing::{Body, Framing};
use crate::headers::Headers;
use crate::message::{Request, Response};
use crate::server;

/// What can stop an exchange.
#[derive(Debug)]
pub enum Error {
    /// A message was broken, cut off, or never came; [`Kind`](crate::Kind) tells these apart.
    Http(crate::Error),
    /// The stream failed. Its kind is kept: `TimedOut`, `ConnectionReset`, …
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Http(error) => error.fmt(f),
            Error::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Http(error) => Some(error),
            Error::Io(error) => Some(error),
        }
    }
}

impl From<crate::Error> for Error {
    fn from(error: crate::Error) -> Error {
        Error::Http(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

/// An [`io::Error`] for callers of [`Read`]; [`Error::from_io`] gets the original back.
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        match error {
            Error::Io(error) => error,
            Error::Http(error) => {
                let kind = match error.kind() {
                    crate::Kind::Empty | crate::Kind::Truncated => io::ErrorKind::UnexpectedEof,
                    crate::Kind::Late => io::ErrorKind::TimedOut,
                    crate::Kind::Broken => io::ErrorKind::InvalidData,
                    crate::Kind::Misuse => io::ErrorKind::InvalidInput,
                };
                io::Error::new(kind, error)
            }
        }
    }
}

impl Error {
    /// The error that a [`BodyReader`] gave as an [`io::Error`].
    pub fn from_io(error: io::Error) -> Error {
        match error.downcast::<crate::Error>() {
            Ok(error) => Error::Http(error),
            Err(error) => Error::Io(error),
        }
    }
}

/// Sends `request` with `body`, and reads until the head of the final response is there.
///
/// An empty `body` is no body, unless the request declares chunks. The body of the response is read through the
/// [`BodyReader`]; the connection takes another request when that has been read to its end.
pub fn exchange<'a, S: Read + Write>(
    stream: &'a mut S,
    connection: &'a mut client::Connection,
    request: &Request,
    body: &[u8],
) -> Result<(Response, Framing, BodyReader<'a, S>), Error> {
    let declared = match body {
        _ if request.headers.has("Transfer-Encoding", "chunked") => Body::Chunked,
        [] => Body::None,
        body => Body::Length(body.len() as u64),
    };
    let framing = connection.request(request, declared)?;
    connection.stop_waiting();
    if !matches!(framing.body, Body::None | Body::Length(0)) {
        connection.body(body)?;
        connection.finish()?;
    }
    let bytes = connection.transmit(Instant::now()).unwrap_or_default();
    let sent = send(stream, &bytes)?;
    let mut reader = BodyReader::new(stream, connection);
    loop {
        match reader.next_event() {
            Ok(Event::Informational(response)) => reader.informational.push(response),
            Ok(Event::Response { head, framing }) => return Ok((head, framing, reader)),
            Ok(other) => reader.keep(other),
            Err(error) => {
                if says_nothing(&error) {
                    sent?;
                }
                return Err(error);
            }
        }
    }
}

/// Whether reading, too, found no more than that the connection is gone. An alert of TLS or a broken answer says more
/// than that the rest of the request could not be sent.
fn says_nothing(error: &Error) -> bool {
    match error {
        Error::Http(error) => error.kind() == crate::Kind::Empty,
        Error::Io(error) => is_gone(error.kind()),
    }
}

fn is_gone(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset)
}

/// Sends `bytes`. The inner error is that the server closed: it may have answered first (RFC 9112 §9.5), so only
/// when there is no answer is that what went wrong.
fn send(stream: &mut impl Write, bytes: &[u8]) -> io::Result<io::Result<()>> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if !is_gone(error.kind()) => Err(error),
        result => Ok(result),
    }
}

/// How a response ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Whether the connection can carry another request.
    pub reusable: bool,
    /// Why, or why not.
    pub why: String,
}

/// The body of a response. `Ok(0)` is its true end; a body that was cut off is an error, which
/// [`Error::from_io`] takes out of the [`io::Error`].
#[derive(Debug)]
pub struct BodyReader<'a, S> {
    stream: &'a mut S,
    connection: &'a mut client::Connection,
    buffer: Vec<u8>,
    /// Content that was not given to the caller yet, from `read` on.
    data: Vec<u8>,
    read: usize,
    informational: Vec<Response>,
    trailers: Headers,
    end: Option<End>,
    tunnel: Option<Vec<u8>>,
    failed: Option<crate::Error>,
}

impl<'a, S: Read + Write> BodyReader<'a, S> {
    fn new(stream: &'a mut S, connection: &'a mut client::Connection) -> BodyReader<'a, S> {
        BodyReader {
            stream,
            connection,
            buffer: vec![0; 16 << 10],
            data: Vec::new(),
            read: 0,
            informational: Vec::new(),
            trailers: Headers::new(),
            end: None,
            tunnel: None,
            failed: None,
        }
    }

    /// Reads the rest of the body.
    pub fn read_all(&mut self) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        self.read_to_end(&mut body).map_err(Error::from_io)?;
        Ok(body)
    }

    /// The 1xx responses that came before the final one.
    pub fn informational(&self) -> &[Response] {
        &self.informational
    }

    /// The trailer section. Empty before the body's end, and mostly behind it.
    pub fn trailers(&self) -> &Headers {
        &self.trailers
    }

    /// How the response ended. `None` before its end.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// The bytes that came behind a response that turned the connection into a tunnel; the stream carries the rest.
    /// `None` when it did not.
    pub fn tunnel(&self) -> Option<&[u8]> {
        self.tunnel.as_deref()
    }

    /// The next event, for which bytes are read if need be. An error comes behind the events that came before it.
    fn next_event(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.connection.event() {
                return Ok(event);
            }
            if let Some(error) = self.failed.clone() {
                return Err(Error::Http(error));
            }
            let now = Instant::now();
            let result = match self.stream.read(&mut self.buffer) {
                Ok(0) => self.connection.receive_eof(now),
                Ok(length) => self.connection.receive(now, &self.buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
                // TLS without close_notify: only the framing knows whether something is missing.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.connection.receive_incomplete_close(now)
                }
                Err(error) => return Err(Error::Io(error)),
            };
            self.failed = result.and_then(|()| self.connection.on_deadline(now)).err();
        }
    }

    fn keep(&mut self, event: Event) {
        match event {
            Event::Data(data) => (self.data, self.read) = (data, 0),
            Event::Trailers(trailers) => self.trailers = trailers,
            Event::End { reusable, why } => self.end = Some(End { reusable, why }),
            Event::Tunnel(bytes) => self.tunnel.get_or_insert_default().extend_from_slice(&bytes),
            Event::Informational(_) | Event::Response { .. } => {}
        }
    }
}

impl<S: Read + Write> Read for BodyReader<'_, S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.read == self.data.len() && self.end.is_none() && self.tunnel.is_none() && !out.is_empty() {
            let event = self.next_event()?;
            self.keep(event);
        }
        let left = self.data.get(self.read..).unwrap_or_default();
        let length = left.len().min(out.len());
        out[..length].copy_from_slice(&left[..length]);
        self.read += length;
        Ok(length)
    }
}

/// Reads one request with its whole body from `stream`, of at most `limit` bytes. `None`: the client closed instead,
/// or the connection ends with the last response.
pub fn next_request<S: Read + Write>(
    stream: &mut S,
    connection: &mut server::Connection,
    limit: usize,
) -> Result<Option<(Request, Vec<u8>)>, Error> {
    let mut request = None;
    let mut body = Vec::new();
    let mut buffer = vec![0; 16 << 10];
    loop {
        while let Some(event) = connection.event() {
            match event {
                server::Event::Request { head, .. } => request = Some(head),
                server::Event::Data(data) if body.len() + data.len() > limit => {
                    return Err(crate::Error::new(0, Problem::ContentTooLong(limit)).into());
                }
                server::Event::Data(data) => body.extend_from_slice(&data),
                server::Event::Trailers(_) | server::Event::Tunnel(_) => {}
                server::Event::End => return Ok(request.map(|request| (request, body))),
            }
        }
        if connection.expects_continue() {
            connection.respond(&Response::new(100), Body::None)?;
            flush(stream, connection)?;
        }
        match stream.read(&mut buffer)? {
            0 => {
                connection.receive_eof(Instant::now())?;
                return Ok(None);
            }
            length => connection.receive(Instant::now(), &buffer[..length])?,
        }
    }
}

/// Answers the request at hand with `body`, and goes on to the next. `false`: the connection is to be closed.
pub fn answer<S: Write>(
    stream: &mut S,
    connection: &mut server::Connection,
    response: &Response,
    body: &[u8],
) -> Result<bool, Error> {
    let chunked = response.headers.has("Transfer-Encoding", "chunked");
    let bodiless = response.status == 204 || response.is_informational();
    let declared = match body.len() {
        _ if chunked => Body::Chunked,
        0 if bodiless => Body::None,
        length => Body::Length(length as u64),
    };
    let framing = connection.respond(response, declared)?;
    if !matches!(framing.body, Body::None | Body::Length(0)) {
        connection.body(body)?;
        connection.finish()?;
    }
    flush(stream, connection)?;
    Ok(connection.next_cycle(Instant::now())?)
}

fn flush<S: Write>(stream: &mut S, connection: &mut server::Connection) -> Result<(), Error> {
    if let Some(bytes) = connection.transmit(Instant::now()) {
        stream.write_all(&bytes)?;
        stream.flush()?;
    }
    Ok(())
}
