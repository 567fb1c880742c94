//! One direction of an observed connection, while new bytes of it are read: by the receiving machine, which the cores
//! read with too ([`machines`](crate::machines)). An observer does three things that they do not: it begins where it
//! does not know its place, it goes on after a message that is broken, and it doubts a body when it has not seen the
//! request.
//!
//! Tested in `tests/observe.rs` and `tests/lost.rs`.

use std::ops::Range;

use barewire_dissect::{Direction, Refused};

use super::half::{Half, ObservedBody};
use super::recognise::{Recognised, looks_like_http1};
use super::requests::{Requests, Waiting};
use super::seen::{Lost, Protocol, Seen, What};
use crate::config::Config;
use crate::framing::{Body, Framing};
use crate::head::{Fields, Head, RequestHead, ResponseHead};
use crate::headers::Headers;
use crate::machines::receiving::{Input, State};
use crate::message::Response;
use crate::reason::Reason;
use crate::received::Step;
use crate::receiving::NextBytes;

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
            let step = self.step(input, at)?;
            at = at.saturating_add(step.taken() as u64);
            Ok(step)
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
        let reason = match self.half.receiver.state() {
            State::Body if self.half.body.unsure => None,
            State::Body => self.half.receiver.body().close(true).err(),
            State::Head if held > 0 && self.tunnel.is_none() => Some(Reason::EndsEarly),
            State::Lost => {
                let search = self.half.search.skipping(held, self.half.received.offset() as u64);
                self.skipped(search, next);
                None
            }
            _ => None,
        };
        match reason {
            Some(reason) => {
                self.half.cut = Some(match self.half.receiver.state() {
                    State::Body => (self.half.receiver.body().got(), Some(self.half.body.framing)),
                    _ => (held, None),
                });
                self.broken(self.half.received.refused_at_end(self.what(), reason));
            }
            None => self.end(next),
        }
        self.half.receiver.go(Input::StreamEnds);
    }

    pub(super) fn what(&self) -> &'static str {
        match self.direction {
            Direction::ToServer => "request",
            Direction::ToClient => "response",
        }
    }

    pub(super) fn see(&mut self, range: Range<u64>, what: What) {
        self.seen.push(Seen { direction: self.direction, range, what });
    }

    /// One step: what the bytes at the start of `input` are. They stand at `at` of the stream.
    fn step(&mut self, input: &[u8], at: u64) -> Result<Step, Refused<Reason>> {
        let between = matches!(self.half.receiver.state(), State::Lost | State::Head);
        if between && self.tunnel.is_some() && !input.is_empty() {
            self.half.receiver.go(Input::Switched);
        }
        match self.half.receiver.state() {
            State::Lost if !input.is_empty() => return Ok(self.search(self.half.search, input, at)),
            State::Body if self.half.body.unsure => match looks_like_http1(input, self.direction) {
                Recognised::NotYet => return Ok(Step::NeedsMore),
                Recognised::Yes => {
                    self.end(at);
                    return Ok(Step::Took(0));
                }
                Recognised::No | Recognised::Http2 => self.half.body.unsure = false,
            },
            _ => {}
        }
        match self.half.receiver.read(input, self.config) {
            Ok(read) => Ok(self.told(read, at)),
            Err(refused) if self.half.receiver.state() == State::Head => self.broken_line(refused, input, at),
            Err(refused) => Err(refused),
        }
    }

    /// What was read is told.
    fn told(&mut self, read: NextBytes<'_>, at: u64) -> Step {
        match read {
            NextBytes::NeedsMore | NextBytes::Kept => Step::NeedsMore,
            NextBytes::Nothing(taken) | NextBytes::Unasked(taken) => Step::Took(taken),
            NextBytes::Head(taken, head) => {
                let range = at..at + taken as u64;
                let result = match head {
                    Head::Request(head) => self.request(&head, range),
                    Head::Response(head) => self.response(&head, range),
                };
                if let Err(refused) = result {
                    self.lost_head(refused, taken, at);
                }
                Step::Took(taken)
            }
            NextBytes::Data(taken, data) => {
                let (length, end) = (data.len() as u64, at + taken as u64);
                let what = match self.half.receiver.state() {
                    State::Tunnel => What::TunnelBytes { length },
                    _ => What::Body { length, so_far: self.half.receiver.body().got() },
                };
                self.see(end - length..end, what);
                Step::Took(taken)
            }
            NextBytes::End(taken, trailers) => {
                self.trailers(trailers, at..at + taken as u64);
                Step::Took(taken)
            }
        }
    }

    fn trailers(&mut self, trailers: Headers, range: Range<u64>) {
        let end = range.end;
        if !trailers.is_empty() {
            self.see(range, What::Trailers(trailers));
        }
        self.end(end);
    }

    /// The message that is being read ends at `offset`, and the next one is expected.
    pub(super) fn end(&mut self, offset: u64) {
        if self.half.receiver.state() == State::Body {
            let (content, missing) = (self.half.receiver.body().got(), self.half.body.missing);
            self.see(offset..offset, What::End { content, missing });
            self.half.receiver.go(Input::Ended);
            self.half.receiver.go(Input::Expected);
        }
        if self.direction == Direction::ToClient {
            self.requests.response_ended();
        }
    }

    /// A refusal has its offset in the head.
    fn request(&mut self, head: &RequestHead<'_>, range: Range<u64>) -> Result<(), Refused<Reason>> {
        let tolerated = self.config.tolerate.length_beside_coding;
        let fields = head.fields();
        let framing = Framing::of_request_head(head.version(), &fields, tolerated);
        // Even a request whose end is not known is answered.
        let request = head.to_request();
        self.asked(Waiting::of(&request), range.end);
        self.see(range, What::RequestHead(request));
        self.begin_body(framing.map_err(|reason| refused_framing(&fields, reason))?, false);
        Ok(())
    }

    /// A refusal has its offset in the head.
    fn response(&mut self, head: &ResponseHead<'_>, range: Range<u64>) -> Result<(), Refused<Reason>> {
        let response = head.to_response();
        let asked = self.requests.next();
        let (start, fields) = ((head.version(), head.status()), head.fields());
        let tolerated = self.config.tolerate.length_beside_coding;
        let framing = Framing::of_response_head(asked.method(), start, &fields, tolerated);
        let tunnel = switches_to(&response, &framing, &asked);
        let is_final = !response.is_informational() || tunnel.is_some();
        if is_final {
            self.requests.answered();
        }
        let (end, unsure) = (range.end, asked.is_unsure());
        let framing_seen = framing.as_ref().ok().copied();
        self.see(range, What::ResponseHead { head: response, framing: framing_seen, to: asked.asked });
        let framing = framing.map_err(|reason| refused_framing(&fields, reason))?;
        match tunnel {
            Some(protocol) => self.begin_tunnel(protocol, end),
            None if is_final => self.begin_body(framing, unsure),
            None => {
                self.half.receiver.go(Input::Interim);
            }
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
        let unsure = unsure && !matches!(framing.body, Body::None | Body::Length(0));
        self.half.body = ObservedBody { framing, unsure, missing: 0 };
        self.half.receiver.frame(framing.body, self.config);
        self.half.receiver.go(Input::Final);
    }

    pub(super) fn begin_tunnel(&mut self, protocol: Protocol, at: u64) {
        self.see(at..at, What::Tunnel(protocol.clone()));
        *self.tunnel = Some(protocol);
        self.half.receiver.go(Input::Switched);
    }
}

/// The place of the field that decided.
fn refused_framing(fields: &Fields<'_>, reason: Reason) -> Refused<Reason> {
    Refused { what: "head", offset: fields.framing_at(&reason), reason }
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
