//! The server's receiving machine: requests, in the states that [`server`](super) draws.
//!
//! RFC 9112 §2.2 (what may stand before a request), §3.2 (Host), §6.3 (where it ends). Tested in `tests/server.rs` and
//! `tests/cuts.rs`.

use std::time::Instant;

use super::{Answering, Asked, Connection, Event, Receiving};
use crate::body::Incoming;
use crate::chunked::Piece;
use crate::error::{Error, Problem};
use crate::framing::{Body, Framing};
use crate::grammar;
use crate::head::{self, Rules};
use crate::message::{Request, Version};
use crate::persistence::persists;
use crate::section::At;

impl Connection {
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

    /// One step of the receiving machine: how many bytes it took, or `None` if it needs more.
    fn step(&mut self, input: &[u8]) -> Result<Option<usize>, At> {
        match &mut self.receiving {
            Receiving::Head(_) => self.find_head(input),
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

    /// RFC 9112 §2.2: ignore at least one empty line before a request. One is enough.
    fn find_head(&mut self, input: &[u8]) -> Result<Option<usize>, At> {
        match input {
            [] => return Ok(None),
            _ if self.skipped_line => {}
            [b'\r'] => return Ok(None),
            [b'\r', b'\n', ..] => {
                self.skipped_line = true;
                return Ok(Some(2));
            }
            _ => self.skipped_line = true,
        }
        let Receiving::Head(finder) = &mut self.receiving else { return Ok(None) };
        let rules = Rules::requests(&self.limits);
        match finder.find(input, self.limits.head, rules, head::check_request_line)? {
            Some(length) => self.head(&input[..length]).map(|()| Some(length)),
            None => Ok(None),
        }
    }

    /// A whole head has come.
    fn head(&mut self, bytes: &[u8]) -> Result<(), At> {
        let (head, _) =
            head::read_request(bytes, &self.limits).map_err(|error| (error.offset, error.problem))?;
        let request = head.to_request();
        check_host(&request).map_err(|why| (0, why))?;
        let tolerated = self.limits.tolerate.length_beside_coding;
        let framing = Framing::of_request(&request, tolerated)
            .map_err(|why| (head::framing_at(&head.fields, bytes), why))?;
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
    pub(super) fn tunnel(&mut self) -> Result<(), Error> {
        self.receiving = Receiving::Tunnel;
        let mut stream = std::mem::take(&mut self.stream);
        let result = stream.feed(&[], |input| self.step(input));
        self.stream = stream;
        result
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
