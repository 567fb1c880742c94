//! One direction of an observed connection, while new bytes of it are read.
//!
//! ```text
//!               ┌──────────────── End ────────────────┐
//!               ▼                                     │
//! Searching ──▶ Head ──head──▶ Body ──────────────────┘      Head, at 101 or 2xx to CONNECT:
//!     ▲          │              │                            a tunnel, for ever
//!     └──────────┴── broken, ───┘  and at the start
//!                    gap
//! ```
//!
//! Tested in `tests/observe.rs` and `tests/lost.rs`.

use std::ops::Range;

use barewire_dissect::{Direction, Refused};

use super::half::{At, Half, ObservedBody, Search};
use super::recognise::{Recognised, looks_like_http1};
use super::requests::{Requests, Waiting};
use super::seen::{Lost, Protocol, Seen, What};
use crate::body::BodyDecoder;
use crate::chunked::Piece;
use crate::config::Config;
use crate::framing::{Body, Framing};
use crate::head::{Fields, RequestHead, ResponseHead, Rules};
use crate::message::Response;
use crate::reason::Reason;

/// An observer while it reads one direction.
pub(super) struct Follow<'a> {
    pub(super) direction: Direction,
    pub(super) half: &'a mut Half,
    pub(super) config: &'a Config,
    pub(super) requests: &'a mut Requests,
    pub(super) tunnel: &'a mut Option<Protocol>,
    /// How many bytes came last.
    pub(super) piece: usize,
    pub(super) seen: Vec<Seen>,
}

impl Follow<'_> {
    /// Bytes that stand at `offset` of the stream. They are new, and may come after a gap.
    pub(super) fn receive(&mut self, offset: u64, bytes: &[u8]) {
        match self.half.next {
            None => self.half.received.restart_at(offset),
            Some(had) if had < offset => self.gap(had, offset),
            Some(_) => {}
        }
        self.half.next = Some(offset.saturating_add(bytes.len() as u64));
        self.piece = bytes.len();
        let mut received = std::mem::take(&mut self.half.received);
        let mut at = received.offset() as u64;
        let what = self.what();
        let result = received.feed(what, bytes, |input| {
            let taken = self.step(input, at)?;
            at = at.saturating_add(taken.unwrap_or(0) as u64);
            Ok(taken)
        });
        self.half.received = received;
        if let Err(refused) = result {
            self.broken(refused);
        }
    }

    /// The stream ends here.
    pub(super) fn close(&mut self) {
        let held = self.half.received.held() as u64;
        let next = self.half.next.unwrap_or_default();
        let reason = match &self.half.at {
            At::Body(body) if body.unsure => None,
            At::Body(body) => body.decoder.close(true).err(),
            At::Head(_) if held > 0 && self.tunnel.is_none() => Some(Reason::EndsEarly),
            At::Searching(search) => {
                self.skipped(search.skipping(held, self.half.received.offset() as u64), next);
                None
            }
            At::Head(_) | At::Closed => None,
        };
        match reason {
            Some(reason) => self.broken(self.half.received.refused_at_end(self.what(), reason)),
            None => self.end(next),
        }
        self.half.at = At::Closed;
    }

    fn what(&self) -> &'static str {
        match self.direction {
            Direction::ToServer => "request",
            Direction::ToClient => "response",
        }
    }

    pub(super) fn see(&mut self, range: Range<u64>, what: What) {
        self.seen.push(Seen { direction: self.direction, range, what });
    }

    /// One step: how many bytes it took, or `None` if it needs more. `at` is the stream offset of `input`.
    fn step(&mut self, input: &[u8], at: u64) -> Result<Option<usize>, Refused<Reason>> {
        match &self.half.at {
            At::Body(_) => self.body(input, at),
            _ if input.is_empty() => Ok(None),
            At::Closed => Ok(Some(input.len())),
            _ if self.tunnel.is_some() => {
                let length = input.len() as u64;
                self.see(at..at + length, What::TunnelBytes { length });
                Ok(Some(input.len()))
            }
            At::Searching(search) => Ok(self.search(*search, input, at)),
            // Empty lines between messages belong to neither (RFC 9112 §2.2).
            At::Head(_) if input == b"\r" => Ok(None),
            At::Head(_) if input.starts_with(b"\r\n") => Ok(Some(2)),
            At::Head(_) => self.head(input, at),
        }
    }

    fn head(&mut self, input: &[u8], at: u64) -> Result<Option<usize>, Refused<Reason>> {
        let At::Head(reader) = &mut self.half.at else { return Ok(None) };
        let rules = match self.direction {
            Direction::ToServer => Rules::requests(self.config),
            Direction::ToClient => Rules::responses(self.config),
        };
        let (length, result) = match reader.read(input, rules) {
            Ok(None) => return Ok(None),
            Ok(Some(length)) => {
                let (bytes, range) = (&input[..length], at..at + length as u64);
                let (request, response) = (reader.request(bytes), reader.response(bytes));
                let result = request.map(|head| self.request(&head, range.clone()));
                let result = result.or_else(|| response.map(|head| self.response(&head, range)));
                (length, result.unwrap_or(Ok(())))
            }
            // The start line is good, so the rest of the head belongs to it.
            Err(refused) if reader.has_start_line() => match end_of_head(input, refused.offset) {
                None if input.len() < rules.limit => return Ok(None),
                None => return Err(refused),
                Some(length) => {
                    self.broken_head(&input[..length], at + length as u64);
                    (length, Err(refused))
                }
            },
            Err(refused) => return Err(refused),
        };
        if let Err(refused) = result {
            // The end of this head is known, so the next message may begin right after it.
            let offset = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(refused.offset);
            let refused = Refused { what: self.what(), offset, ..refused };
            self.see(at..at + length as u64, What::Lost(Lost::Broken(refused)));
            self.half.at = At::Searching(Search { told: true, ..Search::default() });
        }
        Ok(Some(length))
    }

    /// A head that ends at `end`, and cannot be read. A request is answered all the same, and a response was an answer.
    fn broken_head(&mut self, bytes: &[u8], end: u64) {
        match self.direction {
            Direction::ToServer => self.asked(Waiting::broken(bytes, self.config), end),
            Direction::ToClient => self.requests.answered(),
        }
    }

    fn body(&mut self, input: &[u8], at: u64) -> Result<Option<usize>, Refused<Reason>> {
        let At::Body(body) = &mut self.half.at else { return Ok(None) };
        if body.unsure {
            match looks_like_http1(input, self.direction) {
                Recognised::NotYet => return Ok(None),
                Recognised::Yes => {
                    self.end(at);
                    return Ok(Some(0));
                }
                Recognised::No | Recognised::Http2 => body.unsure = false,
            }
        }
        let (taken, piece) = body.decoder.read(input)?;
        let so_far = body.decoder.got();
        let end = at + taken as u64;
        match piece {
            Some(Piece::Data(data)) => {
                let length = data.len() as u64;
                self.see(end - length..end, What::Body { length, so_far });
            }
            Some(Piece::End(trailers)) => {
                if !trailers.is_empty() {
                    self.see(at..end, What::Trailers(trailers));
                }
                self.end(end);
            }
            None if taken == 0 => return Ok(None),
            None => {}
        }
        Ok(Some(taken))
    }

    /// The message that is being read ends at `offset`.
    fn end(&mut self, offset: u64) {
        if let At::Body(body) = &self.half.at {
            let (content, missing) = (body.decoder.got(), body.missing);
            self.see(offset..offset, What::End { content, missing });
        }
        self.half.at = At::head();
        if self.direction == Direction::ToClient {
            self.requests.response_ended();
        }
    }

    /// A refusal has its offset in the head.
    fn request(&mut self, head: &RequestHead<'_>, range: Range<u64>) -> Result<(), Refused<Reason>> {
        let tolerated = self.config.tolerate.length_beside_coding;
        let framing = Framing::of_request_head(head.version, &head.fields, tolerated);
        // Even a request whose end is not known is answered.
        let request = head.to_request();
        self.asked(Waiting::of(&request), range.end);
        self.see(range, What::RequestHead(request));
        self.begin_body(framing.map_err(|reason| refused_framing(&head.fields, reason))?, false);
        Ok(())
    }

    /// A refusal has its offset in the head.
    fn response(&mut self, head: &ResponseHead<'_>, range: Range<u64>) -> Result<(), Refused<Reason>> {
        let response = head.to_response();
        let asked = self.requests.next();
        let (start, tolerated) = ((head.version, head.status), self.config.tolerate.length_beside_coding);
        let framing = Framing::of_response_head(asked.method(), start, &head.fields, tolerated);
        let tunnel = switches_to(&response, &framing, &asked);
        let is_final = !response.is_informational() || tunnel.is_some();
        if is_final {
            self.requests.answered();
        }
        let (end, unsure) = (range.end, asked.is_unsure());
        let framing_seen = framing.as_ref().ok().copied();
        self.see(range, What::ResponseHead { head: response, framing: framing_seen, to: asked.asked });
        let framing = framing.map_err(|reason| refused_framing(&head.fields, reason))?;
        match tunnel {
            Some(protocol) => self.begin_tunnel(protocol, end),
            None if is_final => self.begin_body(framing, unsure),
            None => self.half.at = At::head(),
        }
        Ok(())
    }

    pub(super) fn asked(&mut self, request: Waiting, at: u64) {
        if self.requests.push(request) {
            self.see(at..at, What::Lost(Lost::TooManyRequests));
        }
    }

    /// `unsure`: the request is not known, so there may be no body.
    fn begin_body(&mut self, framing: Framing, unsure: bool) {
        let decoder = BodyDecoder::new(framing.body, self.config);
        let unsure = unsure && !matches!(framing.body, Body::None | Body::Length(0));
        self.half.at = At::Body(ObservedBody { decoder, framing, unsure, missing: 0 });
    }

    pub(super) fn begin_tunnel(&mut self, protocol: Protocol, at: u64) {
        self.see(at..at, What::Tunnel(protocol.clone()));
        *self.tunnel = Some(protocol);
        self.half.at = At::head();
    }
}

/// The place of the field that decided.
fn refused_framing(fields: &Fields<'_>, reason: Reason) -> Refused<Reason> {
    Refused { what: "head", offset: fields.framing_at(), reason }
}

/// Where a head ends of which a line is broken: after the next empty line.
fn end_of_head(input: &[u8], from: usize) -> Option<usize> {
    let lines = input.get(from..)?.split_inclusive(|&byte| byte == b'\n').skip(1);
    let mut end = from + input[from..].iter().position(|&byte| byte == b'\n')? + 1;
    for line in lines.take_while(|line| line.ends_with(b"\n")) {
        end += line.len();
        if matches!(line, b"\r\n" | b"\n") {
            return Some(end);
        }
    }
    None
}

/// What the connection carries after this response, if it is no longer HTTP.
fn switches_to(response: &Response, framing: &Result<Framing, Reason>, asked: &Waiting) -> Option<Protocol> {
    if response.status == 101 {
        let name = response.headers.list("Upgrade").into_iter().next().unwrap_or_default();
        return Some(Protocol::named(&name));
    }
    let connected = framing.as_ref().is_ok_and(|framing| framing.rule == 2);
    connected.then(|| Protocol::Connect(asked.target.clone()))
}
