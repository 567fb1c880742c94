//! One direction of an observed connection, while new bytes are looked at. Tested in `tests/observe.rs`.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Asked, Direction, Half, Lost, REMEMBERED, Seen, State, What};
use crate::body::Incoming;
use crate::chunked::Piece;
use crate::framing::Framing;
use crate::head::{self, Rules};
use crate::limits::Limits;
use crate::section::At;
use crate::stream::{StartLine, Stream};

/// An observer while it looks at one direction.
pub(super) struct Watch<'a> {
    pub(super) direction: Direction,
    pub(super) half: &'a mut Half,
    pub(super) limits: &'a Limits,
    pub(super) asked: &'a mut VecDeque<Asked>,
    pub(super) tunnel: &'a mut bool,
    pub(super) seen: Vec<Seen>,
}

impl Watch<'_> {
    pub(super) fn see(&mut self, range: Range<u64>, what: What) {
        self.seen.push(Seen { direction: self.direction, range, what });
    }

    pub(super) fn lose(&mut self, why: Lost) {
        self.half.state = State::Lost;
        self.half.stream = Stream::default();
        let next = self.half.next;
        self.see(next..next, What::Lost(why));
    }

    /// One step: how many bytes it took, or `None` if it needs more. `at` is the stream offset of `input`.
    pub(super) fn step(&mut self, input: &[u8], at: u64) -> Result<Option<usize>, At> {
        match &self.half.state {
            _ if input.is_empty() && !matches!(self.half.state, State::Body(_)) => Ok(None),
            // What is not followed is not held either.
            State::Lost => Ok(Some(input.len())),
            _ if *self.tunnel => {
                self.lose(Lost::Tunnel);
                Ok(Some(input.len()))
            }
            State::Head(_) => self.head(input, at),
            State::Body(_) => self.body(input, at),
        }
    }

    fn head(&mut self, input: &[u8], at: u64) -> Result<Option<usize>, At> {
        let State::Head(finder) = &mut self.half.state else { return Ok(None) };
        // Empty lines between messages are nobody's (RFC 9112 §2.2).
        match input {
            [b'\r'] => return Ok(None),
            [b'\r', b'\n', ..] => return Ok(Some(2)),
            _ => {}
        }
        let (rules, start_line): (Rules, StartLine) = match self.direction {
            Direction::ToServer => (Rules::requests(self.limits), head::check_request_line),
            Direction::ToClient => (Rules::responses(self.limits), head::check_status_line),
        };
        let Some(length) = finder.find(input, self.limits.head, rules, start_line)? else { return Ok(None) };
        let range = at..at + length as u64;
        match self.direction {
            Direction::ToServer => self.request(&input[..length], range)?,
            Direction::ToClient => self.response(&input[..length], range)?,
        }
        Ok(Some(length))
    }

    fn body(&mut self, input: &[u8], at: u64) -> Result<Option<usize>, At> {
        let State::Body(incoming) = &mut self.half.state else { return Ok(None) };
        let (taken, piece) = incoming.read(input)?;
        let got = incoming.got();
        let end = at + taken as u64;
        match piece {
            Some(Piece::Data(data)) => {
                let range = end - data.len() as u64..end;
                self.see(range, What::Body { chunk: data.to_vec(), so_far: got });
            }
            Some(Piece::End(trailers)) => {
                if !trailers.is_empty() {
                    self.see(at..end, What::Trailers(trailers));
                }
                self.see(end..end, What::End { content: got });
                self.half.state = State::default();
            }
            None if taken == 0 => return Ok(None),
            None => {}
        }
        Ok(Some(taken))
    }

    fn request(&mut self, bytes: &[u8], range: Range<u64>) -> Result<(), At> {
        let (head, _) =
            head::read_request(bytes, self.limits).map_err(|error| (error.offset, error.problem))?;
        let request = head.to_request();
        let framing = Framing::of_request(&request, false);
        let asked = Asked { method: request.method.clone(), upgrade: request.headers.contains("Upgrade") };
        self.see(range, What::RequestHead(request));
        if self.asked.len() == REMEMBERED {
            self.lose(Lost::TooManyRequests);
            return Ok(());
        }
        // Even a request whose body has no end that can be known is answered.
        self.asked.push_back(asked);
        let framing = framing.map_err(|why| (head::framing_at(&head.fields, bytes), why))?;
        self.half.state = State::Body(Incoming::new(framing.body, self.limits));
        Ok(())
    }

    fn response(&mut self, bytes: &[u8], range: Range<u64>) -> Result<(), At> {
        let (head, _) =
            head::read_response(bytes, self.limits).map_err(|error| (error.offset, error.problem))?;
        let at = head::framing_at(&head.fields, bytes);
        let head = head.to_response();
        let Some(asked) = self.asked.front() else {
            self.lose(Lost::NoRequest);
            return Ok(());
        };
        let framing = Framing::of_response(&asked.method, &head, false).map_err(|why| (at, why))?;
        *self.tunnel = framing.rule == 2 || (head.status == 101 && asked.upgrade);
        let again = head.is_informational() && head.status != 101;
        if !again {
            self.asked.pop_front();
        }
        self.half.state = match again || *self.tunnel {
            true => State::default(),
            false => State::Body(Incoming::new(framing.body, self.limits)),
        };
        self.see(range, What::ResponseHead { head, framing });
        Ok(())
    }
}
