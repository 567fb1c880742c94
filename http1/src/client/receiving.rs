//! The client's receiving machine: responses, in the states that [`client`](super) draws.
//!
//! RFC 9112 §9.2 pairs what comes with the one request that waits; §6.3 says where it ends; §9.3 whether the
//! connection goes on. Tested in `tests/client.rs` and `tests/cuts.rs`.

use std::time::Instant;

use super::{Connection, Event, Hold, Receiving, Sending};
use crate::body::Incoming;
use crate::chunked::Piece;
use crate::error::{Error, Problem};
use crate::framing::Framing;
use crate::head::{self, Rules};
use crate::message::Response;
use crate::persistence::persists;
use crate::section::At;
use crate::stream::HeadFinder;

impl Connection {
    /// Takes bytes that came from the server. What they say comes out of [`Connection::event`].
    pub fn receive(&mut self, _now: Instant, bytes: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let mut stream = std::mem::take(&mut self.stream);
        let result = stream.feed(bytes, |input| self.step(input));
        self.stream = stream;
        result.or_else(|error| self.fail(error))
    }

    /// The server closed the connection in the way that its transport has for that (FIN; under TLS, close_notify).
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Error> {
        self.closed(true)
    }

    /// The connection ended without a proper close (under TLS: no close_notify). A body that only the close ends
    /// may then have been cut off by anybody (RFC 9112 §9.8), and is an error.
    pub fn receive_incomplete_close(&mut self, _now: Instant) -> Result<(), Error> {
        self.closed(false)
    }

    fn closed(&mut self, clean: bool) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.reusable = false;
        let end = self.stream.end_offset();
        let nothing_came = self.stream.held() == 0 && self.asked.informational == 0;
        let result = match &self.receiving {
            Receiving::Idle | Receiving::Done | Receiving::Tunnel => return Ok(()),
            Receiving::Head(_) if nothing_came => Err(Problem::EmptyReply),
            Receiving::Head(_) => Err(Problem::EndsEarly),
            Receiving::Body(incoming) => incoming.close(clean),
        };
        match result {
            Ok(()) => {
                self.end(Err("the body ended with the connection"));
                Ok(())
            }
            Err(problem) => self.fail(Error::new(end, problem)),
        }
    }

    /// One step of the receiving machine: how many bytes it took, or `None` if it needs more.
    fn step(&mut self, input: &[u8]) -> Result<Option<usize>, At> {
        match &mut self.receiving {
            Receiving::Idle | Receiving::Done => unasked(input),
            Receiving::Head(finder) => {
                let rules = Rules::responses(&self.limits);
                match finder.find(input, self.limits.head, rules, head::check_status_line)? {
                    Some(length) => self.head(&input[..length]).map(|()| Some(length)),
                    None => Ok(None),
                }
            }
            Receiving::Body(incoming) => {
                let (taken, piece) = incoming.read(input)?;
                match piece {
                    Some(Piece::Data(data)) => self.events.push_back(Event::Data(data.to_vec())),
                    Some(Piece::End(trailers)) => {
                        if !trailers.is_empty() {
                            self.events.push_back(Event::Trailers(trailers));
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
                self.events.push_back(Event::Tunnel(input.to_vec()));
                Ok(Some(input.len()))
            }
        }
    }

    /// A whole head has come.
    fn head(&mut self, bytes: &[u8]) -> Result<(), At> {
        let (head, _) =
            head::read_response(bytes, &self.limits).map_err(|error| (error.offset, error.problem))?;
        let response = head.to_response();
        if response.is_informational() && response.status != 101 {
            return self.informational(response);
        }
        if response.status == 101 && !self.asked.upgrade {
            return Err((0, Problem::UnaskedUpgrade));
        }
        let tolerated = self.limits.tolerate.length_beside_coding;
        let framing = Framing::of_response(&self.asked.method, &response, tolerated)
            .map_err(|why| (head::framing_at(&head.fields, bytes), why))?;
        if matches!(self.hold, Hold::Waiting(_)) {
            self.hold = Hold::Dropped;
        }
        (self.continue_by, self.head_by) = (None, None);
        let tunnel = response.status == 101 || framing.rule == 2;
        self.asked.answer_persists = match framing.rule {
            3 => Err("a message with both Content-Length and Transfer-Encoding is followed by a close"),
            _ => persists(response.version, &response.headers),
        };
        self.events.push_back(Event::Response { head: response, framing });
        if tunnel {
            self.reusable = false;
            self.receiving = Receiving::Tunnel;
            self.events.push_back(Event::Tunnel(Vec::new()));
        } else {
            self.receiving = Receiving::Body(Incoming::new(framing.body, &self.limits));
        }
        Ok(())
    }

    fn informational(&mut self, response: Response) -> Result<(), At> {
        self.asked.informational += 1;
        if self.asked.informational > self.limits.informational {
            return Err((0, Problem::TooManyInformational(self.limits.informational)));
        }
        if response.status == 100 {
            self.stop_waiting();
        }
        self.events.push_back(Event::Informational(response));
        self.receiving = Receiving::Head(HeadFinder::default());
        Ok(())
    }

    /// The response is complete, and `rest` came behind it. Gives how much of that is dropped: all, since it
    /// answers nothing (RFC 9112 §6.3, last paragraph).
    fn complete(&mut self, rest: &[u8]) -> usize {
        let extra = !only_empty_lines(rest);
        let answered_early = self.sending == Sending::Body || self.hold == Hold::Dropped;
        self.end(match (self.asked.persists, self.asked.answer_persists) {
            _ if extra => Err("bytes that answer no request came behind the response, and were dropped"),
            _ if answered_early => Err("the response came before the request's body was sent"),
            (Err(why), _) | (_, Err(why)) => Err(why),
            _ => Ok(()),
        });
        if extra { rest.len() } else { 0 }
    }

    fn end(&mut self, persists: Result<(), &'static str>) {
        self.reusable = persists.is_ok();
        let why = persists.err().unwrap_or("both sides keep the connection open").to_owned();
        self.events.push_back(Event::End { reusable: self.reusable, why });
        self.receiving = Receiving::Done;
    }
}

/// RFC 9112 §9.2: bytes that answer no request are an error, but for empty lines.
fn unasked(input: &[u8]) -> Result<Option<usize>, At> {
    match input {
        [] | [b'\r'] => Ok(None),
        [b'\r', b'\n', ..] => Ok(Some(2)),
        _ => Err((0, Problem::UnaskedBytes)),
    }
}

fn only_empty_lines(mut input: &[u8]) -> bool {
    while let [b'\r', b'\n', rest @ ..] = input {
        input = rest;
    }
    matches!(input, [] | [b'\r'])
}
