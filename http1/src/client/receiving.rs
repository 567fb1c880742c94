//! How a client reads: the receiving machine says what the bytes are, and here is what they mean for the client.
//!
//! RFC 9112 §9.2 pairs each response with the oldest request that waits; §6.3 says where it ends; §9.3 whether the
//! connection goes on. Tested in `tests/client.rs` and `tests/cuts.rs`.

use std::time::Instant;

use barewire_dissect::Refused;

use super::{Connection, Event};
use crate::framing::Framing;
use crate::head::{Head, ResponseHead};
use crate::headers::Headers;
use crate::machines::receiving::{Input, State};
use crate::machines::sending::{Happened, Sending};
use crate::persistence::Persistence;
use crate::reason::Reason;
use crate::received::Step;
use crate::receiving::NextBytes;
use crate::trailers::sorted;
use crate::upgrade::check_switch;

impl Connection {
    /// Takes bytes that came from the server.
    pub(super) fn take(&mut self, now: Instant, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
        let mut received = std::mem::take(&mut self.received);
        let mut at = received.offset();
        let result = received.feed("response", bytes, |input| {
            let step = self.step(input, at)?;
            at += step.taken();
            Ok(step)
        });
        self.received = received;
        if self.receiver.state() == State::Body && result.as_ref().is_ok_and(|taken| *taken > 0) {
            self.timer.stop();
        }
        self.timer.wait(self.waits(), now, &self.config);
        result
    }

    /// The server closed the connection. `clean`: in the proper way of its transport.
    pub(super) fn closed(&mut self, clean: bool) -> Result<(), Refused<Reason>> {
        // 1xx responses may have come: what was asked for has not begun.
        let nothing_came = self.received.held() == 0;
        match self.receiver.state() {
            State::Head if nothing_came => {
                return Err(self.received.refused_at_end("response", Reason::EmptyReply));
            }
            State::Head => {
                let refused = self.receiver.cut_head(self.received.bytes(), &self.config);
                return Err(self.received.refused_in("response", refused));
            }
            State::Body => {
                let end = self.receiver.body().close(clean);
                end.map_err(|reason| self.received.refused_at_end("response", reason))?;
                self.end(Persistence::Closes("the body ended with the connection"));
            }
            _ => {}
        }
        self.receiver.go(Input::StreamEnds);
        self.close_for("the server closed the connection");
        Ok(())
    }

    /// The connection takes no other request. The first reason counts.
    fn close_for(&mut self, why: &'static str) {
        self.persistence = self.persistence.and(Persistence::Closes(why));
    }

    /// One step: what the bytes at the start of `input` are, and what follows from it. They stand at `at` of the
    /// stream.
    fn step(&mut self, input: &[u8], at: usize) -> Result<Step, Refused<Reason>> {
        if self.is_full() {
            return Ok(Step::Full);
        }
        Ok(Step::Took(match self.receiver.read(input, &self.config)? {
            NextBytes::NeedsMore | NextBytes::Kept => return Ok(Step::NeedsMore),
            NextBytes::Nothing(taken) => taken,
            NextBytes::Head(taken, Head::Response(head)) => self.head(head).map(|()| taken)?,
            // The receiver was made for responses.
            NextBytes::Head(taken, Head::Request(_)) => taken,
            NextBytes::Data(taken, data) => {
                self.data(data);
                taken
            }
            NextBytes::End(taken, trailers) => {
                self.complete(trailers);
                taken
            }
            NextBytes::Unasked(taken) => {
                self.unasked(at);
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
    fn head(&mut self, head: ResponseHead<'_>) -> Result<(), Refused<Reason>> {
        let refused = |offset, reason| Refused { what: "response head", offset, reason };
        let holds_body = self.asked.len() == 1 && matches!(self.sending, Sending::Held | Sending::HeldWhole);
        let Some(asked) = self.asked.front_mut() else { return Ok(()) };
        if head.is_informational() && head.status() != 101 {
            return self.informational(head);
        }
        let fields = head.fields();
        if head.status() == 101 {
            check_switch(&asked.offered, &fields)
                .map_err(|reason| refused(fields.value_at("Upgrade"), reason))?;
            // The other protocol begins after the whole request: what is held could not be sent any more.
            if holds_body {
                return Err(refused(0, Reason::UpgradeBeforeContinue));
            }
        }
        let tolerated = self.config.tolerate.length_beside_coding;
        let start = (head.version(), head.status());
        let framing = Framing::of_response_head(asked.method, start, &fields, tolerated)
            .map_err(|reason| refused(fields.framing_at(&reason), reason))?;
        asked.answer_persistence = match framing.rule {
            3 => Persistence::CONTRADICTION,
            _ => Persistence::after(head.version(), &fields),
        };
        let switches = head.status() == 101 || framing.rule == 2;
        self.content.begin_message();
        self.events.push_back(Event::Response { head: head.into_owned(), framing });
        if self.asked.len() == 1 {
            self.go_sending(Happened::Answered);
        }
        if switches {
            self.asked.pop_front();
            self.receiver.go(Input::Switched);
            self.close_for("the connection carries another protocol");
            self.events.push_back(Event::Tunnel);
        } else {
            self.receiver.frame(framing.body, &self.config);
            self.receiver.go(Input::Final);
        }
        Ok(())
    }

    fn informational(&mut self, head: ResponseHead<'_>) -> Result<(), Refused<Reason>> {
        let limit = self.config.limits.informational;
        if let Some(asked) = self.asked.front_mut() {
            asked.informational += 1;
            if asked.informational > limit {
                let reason = Reason::TooManyInformational(limit);
                return Err(Refused { what: "response head", offset: 0, reason });
            }
        }
        if head.status() == 100 && self.asked.len() == 1 {
            self.stop_waiting();
        }
        self.events.push_back(Event::Informational(head.into_owned()));
        self.receiver.go(Input::Interim);
        Ok(())
    }

    /// The response is complete.
    fn complete(&mut self, trailers: Headers) {
        if !trailers.is_empty() {
            let (fields, misplaced) = sorted(trailers);
            self.events.push_back(Event::Trailers { fields, misplaced });
        }
        self.receiver.go(Input::Ended);
        let answered_early =
            self.sending == Sending::Dropped || (self.sending == Sending::Body && self.asked.len() == 1);
        let by_heads = self.asked.front().map(|asked| asked.persistence.and(asked.answer_persistence));
        self.end(match by_heads {
            _ if answered_early => {
                Persistence::Closes("the response came before the request's body was sent")
            }
            Some(persistence) => persistence,
            None => Persistence::KeepsOpen,
        });
    }

    /// The answer to the oldest request ends. The next one is expected, if there is one and the connection goes on.
    fn end(&mut self, persistence: Persistence) {
        self.asked.pop_front();
        self.persistence = self.persistence.and(persistence);
        self.events.push_back(Event::End(self.persistence));
        self.timer.stop();
        match self.asked.front().map(|next| next.begins) {
            Some(_) if self.persistence.keeps_open() => {
                self.receiver.go(Input::Expected);
            }
            Some(begins) => self.cease(begins),
            None => {}
        }
    }

    /// RFC 9112 §9.6: a client that was told of the close sends no more requests. What stands in the way out from byte
    /// `begins` of the stream on is not sent.
    fn cease(&mut self, begins: u64) {
        let before = begins.saturating_sub(self.transmitted);
        self.out.truncate(usize::try_from(before).unwrap_or(usize::MAX));
        self.go_sending(Happened::Closes);
    }

    /// Bytes came that answer no request (RFC 9112 §9.2).
    fn unasked(&mut self, at: usize) {
        let refused = Refused { what: "response", offset: at, reason: Reason::UnaskedBytes };
        self.receiver.go(Input::Unasked);
        self.close_for("the server sent bytes that answer no request");
        self.events.push_back(Event::Unasked(refused));
    }
}
