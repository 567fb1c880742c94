//! The client's receiving machine: responses, in the states that [`client`](super) draws.
//!
//! RFC 9112 §9.2 pairs each response with the one request that waits; §6.3 says where it ends; §9.3 whether the
//! connection goes on. Tested in `tests/client.rs` and `tests/cuts.rs`.

use super::{Connection, Event, Hold, Receiving, Sending};
use crate::body::BodyDecoder;
use crate::chunked::Piece;
use crate::framing::Framing;
use crate::head::{HeadReader, ResponseHead, Rules};
use crate::message::Response;
use crate::persistence::Persistence;
use crate::reason::Reason;
use crate::trailers::sorted;
use crate::upgrade::check_switch;
use barewire_dissect::Refused;

impl Connection {
    /// Takes bytes that came from the server.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Refused<Reason>> {
        let mut received = std::mem::take(&mut self.received);
        let result = received.feed("response", bytes, |input| self.step(input));
        self.received = received;
        result
    }

    /// The server closed the connection. `clean`: in the proper way of its transport.
    pub(super) fn closed(&mut self, clean: bool) -> Result<(), Refused<Reason>> {
        self.reusable = false;
        let nothing_came = self.received.held() == 0 && self.asked.informational == 0;
        let result = match &mut self.receiving {
            Receiving::Idle | Receiving::Done | Receiving::Tunnel => return Ok(()),
            Receiving::Head(_) if nothing_came => Err(Reason::EmptyReply),
            Receiving::Head(reader) => {
                let rules = Rules::responses(&self.config);
                let refused = reader.refused_at_end(self.received.bytes(), rules, Reason::EndsEarly);
                return Err(self.received.refused_in("response", refused));
            }
            Receiving::Body(decoder) => decoder.close(clean),
        };
        result.map_err(|reason| self.received.refused_at_end("response", reason))?;
        self.end(Persistence::Closes("the body ended with the connection"));
        Ok(())
    }

    /// One step of the receiving machine: how many bytes it took, or `None` if it needs more.
    fn step(&mut self, input: &[u8]) -> Result<Option<usize>, Refused<Reason>> {
        match &mut self.receiving {
            Receiving::Idle | Receiving::Done => unasked(input),
            // Empty lines after a response do no harm before the next request, so neither after it: how soon the next
            // request is queued decides nothing.
            Receiving::Head(_) if input == b"\r" => Ok(None),
            Receiving::Head(_) if input.starts_with(b"\r\n") => Ok(Some(2)),
            Receiving::Head(reader) => {
                let Some(length) = reader.read(input, Rules::responses(&self.config))? else {
                    return Ok(None);
                };
                let Some(head) = reader.response(&input[..length]) else { return Ok(None) };
                self.head(&head).map(|()| Some(length))
            }
            Receiving::Body(decoder) => {
                let (taken, piece) = decoder.read(input)?;
                match piece {
                    Some(Piece::Data(data)) => self.data(data),
                    Some(Piece::End(trailers)) => {
                        if !trailers.is_empty() {
                            let (fields, misplaced) = sorted(trailers);
                            self.events.push_back(Event::Trailers { fields, misplaced });
                        }
                        return Ok(Some(taken + self.complete(&input[taken..])));
                    }
                    None if taken == 0 => return Ok(None),
                    None => {}
                }
                Ok(Some(taken))
            }
            Receiving::Tunnel if input.is_empty() => Ok(None),
            Receiving::Tunnel => {
                self.data(input);
                Ok(Some(input.len()))
            }
        }
    }

    fn data(&mut self, data: &[u8]) {
        self.content.push(data);
        if self.events.back() != Some(&Event::Data) {
            self.events.push_back(Event::Data);
        }
    }

    /// A whole head has come. It is decided on as slices.
    fn head(&mut self, head: &ResponseHead<'_>) -> Result<(), Refused<Reason>> {
        let refused = |offset, reason| Refused { what: "response head", offset, reason };
        if head.is_informational() && head.status != 101 {
            return self.informational(head.to_response());
        }
        if head.status == 101 {
            check_switch(&self.asked.offered, &head.fields)
                .map_err(|reason| refused(head.fields.value_at("Upgrade"), reason))?;
        }
        let tolerated = self.config.tolerate.length_beside_coding;
        let start = (head.version, head.status);
        let framing = Framing::of_response_head(&self.asked.method, start, &head.fields, tolerated)
            .map_err(|reason| refused(head.fields.framing_at(), reason))?;
        if matches!(self.hold, Hold::Waiting(_)) {
            self.hold = Hold::Dropped;
        }
        (self.continue_by, self.head_by) = (None, None);
        let tunnel = head.status == 101 || framing.rule == 2;
        self.asked.answer_persistence = match framing.rule {
            3 => Persistence::CONTRADICTION,
            _ => Persistence::after(head.version, &head.fields),
        };
        self.events.push_back(Event::Response { head: head.to_response(), framing });
        if tunnel {
            self.reusable = false;
            self.receiving = Receiving::Tunnel;
            self.events.push_back(Event::Tunnel);
        } else {
            self.receiving = Receiving::Body(BodyDecoder::new(framing.body, &self.config));
        }
        Ok(())
    }

    fn informational(&mut self, response: Response) -> Result<(), Refused<Reason>> {
        self.asked.informational += 1;
        let limit = self.config.limits.informational;
        if self.asked.informational > limit {
            let reason = Reason::TooManyInformational(limit);
            return Err(Refused { what: "response head", offset: 0, reason });
        }
        if response.status == 100 {
            self.stop_waiting();
        }
        self.events.push_back(Event::Informational(response));
        self.receiving = Receiving::Head(HeadReader::default());
        Ok(())
    }

    /// The response is complete, and `rest` came after it. Gives how many bytes of `rest` are dropped: all, because
    /// they answer no request (RFC 9112 §6.3, last paragraph).
    fn complete(&mut self, rest: &[u8]) -> usize {
        let extra = !only_empty_lines(rest);
        let answered_early = self.sending == Sending::Body || self.hold == Hold::Dropped;
        self.end(if extra {
            Persistence::Closes("bytes that answer no request came after the response, and were dropped")
        } else if answered_early {
            Persistence::Closes("the response came before the request's body was sent")
        } else {
            self.asked.persistence.and(self.asked.answer_persistence)
        });
        if extra { rest.len() } else { 0 }
    }

    fn end(&mut self, persistence: Persistence) {
        self.reusable = persistence.keeps_open();
        self.events.push_back(Event::End(persistence));
        self.receiving = Receiving::Done;
    }
}

/// RFC 9112 §9.2: bytes that answer no request are an error. Empty lines are not.
fn unasked(input: &[u8]) -> Result<Option<usize>, Refused<Reason>> {
    match input {
        [] | [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => Ok(Some(2)),
        _ => Err(Refused { what: "response", offset: 0, reason: Reason::UnaskedBytes }),
    }
}

fn only_empty_lines(mut input: &[u8]) -> bool {
    while let [b'\r', b'\n', rest @ ..] = input {
        input = rest;
    }
    matches!(input, [] | [b'\r'])
}
