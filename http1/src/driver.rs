//! Blocking helpers: a connection over anything that is [`Read`] and [`Write`].
//!
//! [`exchange`] sends one request and reads the head of its response; the body is then a [`Read`]. [`next_request`] and
//! [`answer`] do the same for a server. Any caller of the cores does these steps, in this order, so the code is meant
//! to be read. Left out: timeouts, because the stream has them (`set_read_timeout`) and they come back as its
//! [`std::io::Error`]; and waiting for `100 Continue`, because a blocking driver cannot wait for two things. It sends
//! the body at once, as RFC 9110 §10.1.1 allows. Tested in `tests/driver.rs`.

mod body_reader;
mod error;

pub use body_reader::BodyReader;
pub use error::Error;

use barewire_dissect::Refused;
use std::io::{self, Read, Write};
use std::time::Instant;

use crate::client::{self, Event};
use crate::framing::{Body, Framing};
use crate::message::{Request, Response};
use crate::reason::{Kind, Reason};
use crate::server;

/// Sends `request` with `body`, and reads until the head of the final response is there.
///
/// When `body` is empty the request has no body, unless it declares chunks. The body of the response is read through
/// the [`BodyReader`]. The connection takes another request when that has been read to its end.
///
/// # Errors
/// The request must not be sent, the response is broken, or the stream failed.
pub fn exchange<'a, S: Read + Write>(
    stream: &'a mut S,
    connection: &'a mut client::Connection,
    request: &Request,
    body: &[u8],
) -> Result<(Response, Framing, BodyReader<'a, S>), Error> {
    connection.request_whole(request, body)?;
    let bytes = connection.transmit(Instant::now()).unwrap_or_default();
    let sent = send(stream, &bytes)?;
    let mut reader = BodyReader::new(stream, connection);
    loop {
        match reader.next_event() {
            Ok(Event::Informational(head)) => reader.informational.push(head.to_response()),
            Ok(Event::Response { head, framing }) => return Ok((head.to_response(), framing, reader)),
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

/// Whether reading found only that the connection is gone. If it found more, such as a TLS alert or a broken answer,
/// then that says more than "the rest of the request could not be sent".
fn says_nothing(error: &Error) -> bool {
    match error {
        Error::Http(refused) => refused.reason.kind() == Kind::Empty,
        Error::Io(error) => is_gone(error.kind()),
    }
}

fn is_gone(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset)
}

/// Sends `bytes`. The inner error says that the server closed the connection. It may have answered before (RFC 9112
/// §9.5), so that error counts only when there is no answer.
fn send(stream: &mut impl Write, bytes: &[u8]) -> io::Result<io::Result<()>> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if !is_gone(error.kind()) => Err(error),
        result => Ok(result),
    }
}

/// Reads one request with its whole body, of at most `limit` bytes, from `stream`. `None`: the client closed the
/// connection instead.
///
/// # Errors
/// The request is broken, its body is longer than `limit`, or the stream failed.
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
                server::Event::Request { head, framing } => {
                    // Before the client is told to go on.
                    if matches!(framing.body, Body::Length(length) if length > limit as u64) {
                        return Err(too_long(limit).into());
                    }
                    request = Some(head.to_request());
                }
                server::Event::Data => keep_content(connection, &mut body, limit)?,
                server::Event::Trailers { .. } | server::Event::Tunnel => {}
                server::Event::End(_) => return Ok(request.map(|request| (request, body))),
            }
        }
        if connection.expects_continue() {
            connection.respond(&Response::new(100), Body::None)?;
            flush(stream, connection)?;
        }
        match stream.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Io(error)),
            Ok(0) => {
                connection.receive_eof(Instant::now())?;
                return Ok(None);
            }
            Ok(length) => {
                let mut untaken = &buffer[..length];
                while !untaken.is_empty() {
                    let taken = connection.receive(Instant::now(), untaken)?;
                    untaken = &untaken[taken..];
                    keep_content(connection, &mut body, limit)?;
                }
            }
        }
    }
}

/// Moves the content that came to the end of `body`.
fn keep_content(
    connection: &mut server::Connection,
    body: &mut Vec<u8>,
    limit: usize,
) -> Result<(), Refused<Reason>> {
    let content = connection.content();
    if body.len() + content.len() > limit {
        return Err(too_long(limit));
    }
    body.extend_from_slice(content);
    let length = content.len();
    connection.consume(length);
    Ok(())
}

fn too_long(limit: usize) -> Refused<Reason> {
    Refused { what: "request", offset: limit, reason: Reason::ContentTooLong(limit) }
}

/// Answers the request that was read last with `body`, and goes on to the next one. `false`: the connection is to be
/// closed.
///
/// # Errors
/// The response must not be sent, or the stream failed.
pub fn answer<S: Write>(
    stream: &mut S,
    connection: &mut server::Connection,
    response: &Response,
    body: &[u8],
) -> Result<bool, Error> {
    let chunked = response.headers.has("Transfer-Encoding", "chunked");
    // RFC 9110 §8.6: the length in a 304 response is that of a 200 response, and 204 has none.
    let bodiless = matches!(response.status, 204 | 304) || response.is_informational();
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
