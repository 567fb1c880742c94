//! The server's receiving machine: requests, in the states that [`server`](super) draws.
//!
//! RFC 9112 §2.2 (an empty line before a request), §3.2 (Host), §6.3 (where the request ends). Tested in
//! `tests/server.rs` and `tests/cuts.rs`.

use barewire_dissect::Refused;
use std::time::Instant;

use super::{Answering, Asked, Connection, Event, Receiving};
use crate::authority::{Wrong, authority};
use crate::body::BodyDecoder;
use crate::chunked::Piece;
use crate::framing::{Body, Framing};
use crate::head::{RequestHead, Rules};
use crate::headers::Lookup;
use crate::message::Version;
use crate::persistence::Persistence;
use crate::reason::Reason;
use crate::trailers::sorted;
use crate::upgrade::offered;

impl Connection {
    /// Takes bytes that came from the client.
    pub(super) fn take(&mut self, now: Instant, bytes: &[u8]) -> Result<(), Refused<Reason>> {
        self.feed(bytes)?;
        let (waiting, ahead) = (self.received.held(), self.config.limits.ahead);
        if matches!(self.receiving, Receiving::Done) && waiting > ahead {
            return Err(self.received.refused_at_end("request", Reason::TooFarAhead(ahead)));
        }
        if matches!(self.receiving, Receiving::Head(_)) && waiting > 0 && self.head_by.is_none() {
            self.head_by = self.config.head_timeout.map(|timeout| now + timeout);
        }
        Ok(())
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), Refused<Reason>> {
        let mut received = std::mem::take(&mut self.received);
        let result = received.feed("request", bytes, |input| self.step(input));
        self.received = received;
        result
    }

    /// The client closed its sending side.
    pub(super) fn client_closed(&mut self) -> Result<(), Refused<Reason>> {
        self.closed = true;
        let result = match &mut self.receiving {
            Receiving::Head(_) if self.received.held() == 0 => Ok(()),
            Receiving::Head(reader) => {
                let rules = Rules::requests(&self.config);
                let refused = reader.refused_at_end(self.received.bytes(), rules, Reason::EndsEarly);
                return Err(self.received.refused_in("request", refused));
            }
            Receiving::Body(decoder) => decoder.close(true),
            Receiving::Done | Receiving::Tunnel => Ok(()),
        };
        result.map_err(|reason| self.received.refused_at_end("request", reason))
    }

    /// One step of the receiving machine: how many bytes it took, or `None` if it needs more.
    fn step(&mut self, input: &[u8]) -> Result<Option<usize>, Refused<Reason>> {
        match &mut self.receiving {
            Receiving::Head(_) => self.find_head(input),
            Receiving::Body(decoder) => {
                let (taken, piece) = decoder.read(input)?;
                match piece {
                    Some(Piece::Data(data)) => self.data(data),
                    Some(Piece::End(trailers)) => {
                        if !trailers.is_empty() {
                            let (fields, misplaced) = sorted(trailers);
                            self.events.push_back(Event::Trailers { fields, misplaced });
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
                self.data(input);
                Ok(Some(input.len()))
            }
            // These bytes belong to the next request, or to a tunnel that is not answered yet.
            Receiving::Done | Receiving::Tunnel => Ok(None),
        }
    }

    fn data(&mut self, data: &[u8]) {
        self.content.push(data);
        if self.events.back() != Some(&Event::Data) {
            self.events.push_back(Event::Data);
        }
    }

    /// RFC 9112 §2.2: a server ignores at least one empty line before a request. This one ignores one.
    fn find_head(&mut self, input: &[u8]) -> Result<Option<usize>, Refused<Reason>> {
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
        let Receiving::Head(reader) = &mut self.receiving else { return Ok(None) };
        let Some(length) = reader.read(input, Rules::requests(&self.config))? else { return Ok(None) };
        let Some(head) = reader.request(&input[..length]) else { return Ok(None) };
        self.head(&head).map(|()| Some(length))
    }

    /// A whole head has come. It is decided on as slices.
    fn head(&mut self, head: &RequestHead<'_>) -> Result<(), Refused<Reason>> {
        let refused = |offset, reason| Refused { what: "request head", offset, reason };
        check_host(head).map_err(|(offset, reason)| refused(offset, reason))?;
        let tolerated = self.config.tolerate.length_beside_coding;
        let framing = Framing::of_request_head(head.version, &head.fields, tolerated)
            .map_err(|reason| refused(head.fields.framing_at(), reason))?;
        self.asked = asked(head, framing);
        self.head_by = None;
        self.receiving = Receiving::Body(BodyDecoder::new(framing.body, &self.config));
        self.answering = Answering::Idle;
        self.events.push_back(Event::Request { head: head.to_request(), framing });
        Ok(())
    }

    /// No more requests are read. The bytes that the client sent ahead are for the tunnel.
    pub(super) fn tunnel(&mut self) -> Result<(), Refused<Reason>> {
        self.receiving = Receiving::Tunnel;
        self.feed(&[])
    }
}

/// What the answer to this request will go by.
fn asked(head: &RequestHead<'_>, framing: Framing) -> Asked {
    let modern = head.version >= Version::HTTP_1_1;
    let has_body = !matches!(framing.body, Body::None | Body::Length(0));
    Asked {
        method: String::from_utf8_lossy(head.method).into_owned(),
        version: head.version,
        offered: offered(head.version, &head.fields),
        expects_continue: modern && has_body && head.fields.has_element("Expect", "100-continue"),
        persistence: match framing.rule {
            3 => Persistence::CONTRADICTION,
            _ => Persistence::after(head.version, &head.fields),
        },
    }
}

/// RFC 9112 §3.2: exactly one Host in an HTTP/1.1 request, at most one in any, and a valid one.
fn check_host(head: &RequestHead<'_>) -> Result<(), (usize, Reason)> {
    let mut hosts = head.fields.values("Host");
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err((head.fields.place_of(&["Host"]), Reason::SeveralHosts));
    }
    let Some(host) = host else {
        return if head.version >= Version::HTTP_1_1 { Err((0, Reason::NoHost)) } else { Ok(()) };
    };
    let wrong = |wrong: Wrong| (head.fields.value_at("Host") + wrong.place(), Reason::BadHost);
    authority(&host).map(|_| ()).map_err(wrong)
}
