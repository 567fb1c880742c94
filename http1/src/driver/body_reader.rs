//! The response of a blocking exchange, as it comes: its body is a [`Read`].

use barewire_dissect::Refused;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::time::Instant;

use super::error::Error;
use crate::client::{Connection, Event};
use crate::headers::Headers;
use crate::message::Response;
use crate::persistence::Persistence;
use crate::reason::Reason;

/// The body of a response. `Ok(0)` is its true end. A body that was cut off is an error, which [`Error::from_io`] takes
/// out of the [`io::Error`].
#[derive(Debug)]
pub struct BodyReader<'a, S> {
    stream: &'a mut S,
    connection: &'a mut Connection,
    buffer: Vec<u8>,
    /// The part of `buffer` that the connection has not taken yet.
    untaken: Range<usize>,
    pub(super) informational: Vec<Response>,
    trailers: Headers,
    misplaced: Headers,
    end: Option<Persistence>,
    failed: Option<Refused<Reason>>,
}

impl<'a, S: Read + Write> BodyReader<'a, S> {
    pub(super) fn new(stream: &'a mut S, connection: &'a mut Connection) -> BodyReader<'a, S> {
        BodyReader {
            stream,
            connection,
            buffer: vec![0; 16 << 10],
            untaken: 0..0,
            informational: Vec::new(),
            trailers: Headers::new(),
            misplaced: Headers::new(),
            end: None,
            failed: None,
        }
    }

    /// Reads the rest of the body.
    ///
    /// # Errors
    /// The body was cut off or broken, or the stream failed.
    pub fn read_all(&mut self) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        self.read_to_end(&mut body).map_err(Error::from_io)?;
        Ok(body)
    }

    /// The 1xx responses that came before the final one.
    pub fn informational(&self) -> &[Response] {
        &self.informational
    }

    /// The trailer section. It is empty before the body's end, and after it in most responses.
    pub fn trailers(&self) -> &Headers {
        &self.trailers
    }

    /// The fields in the trailer section that must not be used ([`Event::Trailers`]).
    pub fn misplaced_trailers(&self) -> &Headers {
        &self.misplaced
    }

    /// Whether the connection can carry another request. `None` before the body's end.
    pub fn end(&self) -> Option<Persistence> {
        self.end
    }

    /// Whether the response turned the connection into a tunnel. Then reading gives the bytes of the tunnel that came
    /// with the response, and `Ok(0)` after them. The stream carries the rest.
    pub fn is_tunnel(&self) -> bool {
        self.connection.is_tunnel()
    }

    /// The next event. Bytes are read from the stream when they are needed. An error comes after the events that came
    /// before it.
    pub(super) fn next_event(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.connection.event() {
                return Ok(event);
            }
            if let Some(refused) = self.failed.clone() {
                return Err(Error::Http(refused));
            }
            let now = Instant::now();
            if !self.untaken.is_empty() {
                self.give(now);
                continue;
            }
            let result = match self.stream.read(&mut self.buffer) {
                Ok(0) => self.connection.receive_eof(now),
                Ok(length) => {
                    self.untaken = 0..length;
                    continue;
                }
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

    /// Gives the connection what was read. It may leave some until its content is read.
    fn give(&mut self, now: Instant) {
        let taken = self.connection.receive(now, &self.buffer[self.untaken.clone()]);
        match taken.and_then(|taken| self.connection.on_deadline(now).map(|()| taken)) {
            Ok(taken) => self.untaken.start += taken,
            Err(refused) => {
                self.untaken = 0..0;
                self.failed = Some(refused);
            }
        }
    }

    pub(super) fn keep(&mut self, event: Event) {
        match event {
            Event::Trailers { fields, misplaced } => (self.trailers, self.misplaced) = (fields, misplaced),
            Event::End(persistence) => {
                self.end = Some(persistence);
                // Bytes after the end answer nothing, and the connection has to know of them (RFC 9112 §9.2).
                if !self.untaken.is_empty() {
                    self.give(Instant::now());
                }
            }
            Event::Unasked(refused) => self.failed = Some(refused),
            Event::Data | Event::Tunnel | Event::Informational(_) | Event::Response { .. } => {}
        }
    }
}

impl<S: Read + Write> Read for BodyReader<'_, S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.connection.read(out);
            if length > 0 || out.is_empty() || self.end.is_some() || self.is_tunnel() {
                return Ok(length);
            }
            let event = self.next_event()?;
            self.keep(event);
        }
    }
}
