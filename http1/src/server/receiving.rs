//! How a server reads: the receiving machine says what the bytes are, and here is what they mean for the server.
//!
//! RFC 9112 §3.2 (Host), §6.3 (where the request ends), §9.3 (what the client says about the connection). Tested in
//! `tests/server.rs` and `tests/cuts.rs`.

use std::time::Instant;

use barewire_dissect::Refused;

use super::{Connection, Event};
use crate::authority::{Wrong, authority};
use crate::framing::Framing;
use crate::head::{Head, RequestHead};
use crate::headers::{Headers, Lookup};
use crate::machines::answering::Happened;
use crate::machines::receiving::{Input, State};
use crate::message::Version;
use crate::reason::Reason;
use crate::received::Step;
use crate::receiving::NextBytes;
use crate::server::asked::Asked;
use crate::trailers::sorted;

impl Connection {
    /// Takes bytes that came from the client.
    pub(super) fn take(&mut self, now: Instant, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
        let taken = self.feed(bytes)?;
        let (waiting, ahead) = (self.received.held(), self.config.limits.ahead);
        let state = self.receiver.state();
        if matches!(state, State::Idle | State::MaySwitch) && waiting > ahead {
            return Err(self.received.refused_at_end("request", Reason::TooFarAhead(ahead)));
        }
        if state == State::Body && taken > 0 {
            self.timer.stop();
        }
        self.timer.wait(self.waits(), now, &self.config);
        Ok(taken)
    }

    /// The end of the stream is met when all that came before it is read.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
        let mut received = std::mem::take(&mut self.received);
        let result = received.feed("request", bytes, |input| self.step(input));
        self.received = received;
        let taken = result?;
        if self.received.has_ended() && !self.is_full() {
            self.stream_ends()?;
        }
        Ok(taken)
    }

    /// The client closed its sending side. It may still read (RFC 9112 §9.6, last paragraph).
    fn stream_ends(&mut self) -> Result<(), Refused<Reason>> {
        let refused = match self.receiver.state() {
            State::Head if self.received.held() > 0 => {
                let refused = self.receiver.cut_head(self.received.bytes(), &self.config);
                Some(self.received.refused_in("request", refused))
            }
            State::Held | State::Body => {
                let cut = self.receiver.body().close(true).err();
                cut.map(|reason| self.received.refused_at_end("request", reason))
            }
            // A request must be answered before the bytes after it are read, and before their end.
            State::Idle | State::MaySwitch => return Ok(()),
            _ => None,
        };
        refused.map_or(Ok(()), Err)?;
        self.receiver.go(Input::StreamEnds);
        Ok(())
    }

    /// One step: what the bytes at the start of `input` are, and what follows from it.
    fn step(&mut self, input: &[u8]) -> Result<Step, Refused<Reason>> {
        if self.is_full() {
            return Ok(Step::Full);
        }
        Ok(Step::Took(match self.receiver.read(input, &self.config)? {
            NextBytes::NeedsMore | NextBytes::Kept => return Ok(Step::NeedsMore),
            NextBytes::Head(taken, Head::Request(head)) => self.head(head).map(|()| taken)?,
            // The receiver was made for requests, and all that comes asks for an answer.
            NextBytes::Nothing(taken)
            | NextBytes::Head(taken, Head::Response(_))
            | NextBytes::Unasked(taken) => taken,
            NextBytes::Data(taken, data) => {
                self.data(data);
                taken
            }
            NextBytes::End(taken, trailers) => {
                self.complete(trailers);
                taken
            }
        }))
    }

    /// Whether nothing is taken until the caller reads. The end of a body that is whole takes nothing.
    pub(super) fn is_full(&self) -> bool {
        self.content.unread() >= self.config.limits.unread.max(1) && !self.receiver.is_at_end_of_body()
    }

    fn data(&mut self, data: &[u8]) {
        self.content.push(data);
        if self.events.back() != Some(&Event::Data) {
            self.events.push_back(Event::Data);
        }
    }

    /// A whole head has come. It is decided on as slices.
    fn head(&mut self, head: RequestHead<'_>) -> Result<(), Refused<Reason>> {
        let refused = |offset, reason| Refused { what: "request head", offset, reason };
        check_host(&head).map_err(|(offset, reason)| refused(offset, reason))?;
        let tolerated = self.config.tolerate.length_beside_coding;
        let fields = head.fields();
        let framing = Framing::of_request_head(head.version(), &fields, tolerated)
            .map_err(|reason| refused(fields.framing_at(&reason), reason))?;
        self.asked = Asked::new(&head, framing);
        self.receiver.frame(framing.body, &self.config);
        self.receiver.go(if self.asked.holds_body { Input::FinalHeld } else { Input::Final });
        self.go_answering(Happened::Request);
        self.events.push_back(Event::Request { head: head.into_owned(), framing });
        Ok(())
    }

    /// The request is complete.
    fn complete(&mut self, trailers: Headers) {
        if !trailers.is_empty() {
            let (fields, misplaced) = sorted(trailers);
            self.events.push_back(Event::Trailers { fields, misplaced });
        }
        self.receiver.go(if self.asked.may_switch() { Input::EndedOffer } else { Input::Ended });
        self.events.push_back(Event::End(self.asked.persistence));
    }
}

/// RFC 9112 §3.2: exactly one Host in an HTTP/1.1 request, at most one in any, and a valid one.
fn check_host(head: &RequestHead<'_>) -> Result<(), (usize, Reason)> {
    let fields = head.fields();
    let mut hosts = fields.values("Host");
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err((fields.place_of(&["Host"]), Reason::SeveralHosts));
    }
    let Some(host) = host else {
        return if head.version() >= Version::HTTP_1_1 { Err((0, Reason::NoHost)) } else { Ok(()) };
    };
    let wrong = |wrong: Wrong| (fields.value_at("Host") + wrong.place(), Reason::BadHost);
    authority(&host).map(|_| ()).map_err(wrong)
}
