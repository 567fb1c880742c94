//! How an observer loses its place in one direction, and finds it again: gaps, broken messages, and the search for the
//! next head. Tested in `tests/lost.rs`.

use barewire_dissect::{Direction, Refused};

use super::follow::Follow;
use super::half::Search;
use super::recognise::{Recognised, begins_with_known_method, looks_like_http1};
use super::requests::Waiting;
use super::seen::{Lost, Protocol, What};
use crate::machines::receiving::{Input, State};
use crate::reason::Reason;
use crate::received::Step;

impl Follow<'_> {
    /// Bytes are missing, from `had` up to `got`.
    pub(super) fn gap(&mut self, had: u64, got: u64) {
        let missing = got - had;
        let inside = match self.half.receiver.state() {
            State::Body => {
                let inside = self.half.receiver.body_mut().skip(missing);
                self.half.body.unsure &= !inside;
                self.half.body.missing += if inside { missing } else { 0 };
                inside
            }
            State::Closed => return,
            _ => self.tunnel.is_some(),
        };
        if !inside {
            self.give_up();
        }
        self.half.received.restart_at(got);
        self.see(had..got, What::Lost(Lost::Gap { had, got, inside }));
    }

    /// The message that is being read cannot be read further, and where it ends is not known.
    pub(super) fn broken(&mut self, refused: Refused<Reason>) {
        let start = self.half.received.offset() as u64;
        let end = self.half.next.unwrap_or(start);
        self.give_up();
        self.half.received.restart_at(end);
        self.see(start..end, What::Lost(Lost::Broken(refused)));
    }

    /// A line of a head is broken. If the start line is good, the rest of the head belongs to it.
    pub(super) fn broken_line(
        &mut self,
        refused: Refused<Reason>,
        input: &[u8],
        at: u64,
    ) -> Result<Step, Refused<Reason>> {
        if !self.half.receiver.has_start_line() {
            let is_unasked = self.direction == Direction::ToClient && self.requests.are_all_answered();
            return Err(if is_unasked {
                Refused { offset: 0, reason: Reason::UnaskedBytes, ..refused }
            } else {
                refused
            });
        }
        match end_of_head(input, refused.offset) {
            None if input.len() < self.half.receiver.rules(self.config).limit => Ok(Step::NeedsMore),
            None => Err(refused),
            Some(length) => {
                self.broken_head(&input[..length], at + length as u64);
                self.lost_head(refused, length, at);
                Ok(Step::Took(length))
            }
        }
    }

    /// The end of this head is known, so the next message may begin right after it.
    pub(super) fn lost_head(&mut self, refused: Refused<Reason>, length: usize, at: u64) {
        let offset = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(refused.offset);
        let refused = Refused { what: self.what(), offset, ..refused };
        self.see(at..at + length as u64, What::Lost(Lost::Broken(refused)));
        self.half.search = Search { told: true, ..Search::default() };
        self.half.receiver.go(Input::Broken);
    }

    /// A head that ends at `end`, and cannot be read. A request is answered all the same, and a response was an answer.
    fn broken_head(&mut self, bytes: &[u8], end: u64) {
        match self.direction {
            Direction::ToServer => self.asked(Waiting::broken(bytes, self.config), end),
            Direction::ToClient => self.requests.answered(),
        }
    }

    /// Looks for the next head from here on. A request that had begun will be answered. A response that had begun was
    /// the answer to a request.
    fn give_up(&mut self) {
        let state = self.half.receiver.state();
        let in_head = state == State::Head && self.half.received.held() > 0;
        let held = self.half.received.held() as u64;
        let search = match self.half.search {
            // What may have been the beginning of a head is not counted, like that of a head.
            search if state == State::Lost && (search.told || search.skipped > 0) => {
                search.skipping(held, self.half.received.offset() as u64)
            }
            _ => Search::default(),
        };
        match self.direction {
            Direction::ToServer if in_head => {
                let request = Waiting::broken(self.half.received.bytes(), self.config);
                self.asked(request, self.half.next.unwrap_or_default());
            }
            Direction::ToClient if in_head => self.requests.answered(),
            _ => {}
        }
        if self.direction == Direction::ToClient {
            self.requests.response_ended();
        }
        self.half.search = Search { told: true, missed: true, ..search };
        self.half.receiver.go(Input::Broken);
    }

    /// Looks for the start of a message: at the start of the piece that came last, or of the bytes that wait.
    pub(super) fn search(&mut self, search: Search, input: &[u8], at: u64) -> Step {
        let waiting = input.len().saturating_sub(self.piece);
        let like = |bytes| looks_like_http1(bytes, self.direction);
        let fresh_start = waiting > 0 && like(&input[waiting..]) == Recognised::Yes;
        // In the middle of a body, a line that comes whole is better than one that began earlier. But "C" and "ONNECT"
        // are one method.
        let known = begins_with_known_method;
        let whole_is_better = !search.told || (known(input) && !known(&input[waiting..]));
        match like(input) {
            _ if fresh_start && !whole_is_better => self.skip(search, waiting, at),
            Recognised::No if fresh_start => self.skip(search, waiting, at),
            Recognised::No => self.skip(search, input.len(), at),
            _ if input.starts_with(b"\r\n") && search.told => self.skip(search, 2, at),
            _ if input.starts_with(b"\r\n") => Step::Took(2),
            Recognised::NotYet => Step::NeedsMore,
            Recognised::Yes => {
                self.skipped(search, at);
                let missed = search.skipped > 0 || search.missed;
                if missed && self.direction == Direction::ToClient {
                    self.requests.keep_newest();
                }
                self.half.receiver.go(Input::Expected);
                Step::Took(0)
            }
            Recognised::Http2 => {
                self.skipped(search, at);
                self.begin_tunnel(Protocol::Http2, at);
                Step::Took(0)
            }
        }
    }

    /// These bytes are not the start of a message.
    fn skip(&mut self, search: Search, bytes: usize, at: u64) -> Step {
        if !search.told {
            self.see(at..at, What::Lost(Lost::Middle));
        }
        self.half.search = Search { told: true, ..search.skipping(bytes as u64, at) };
        Step::Took(bytes)
    }

    /// The search ends at byte `end`. Says how many bytes were not read, if any.
    pub(super) fn skipped(&mut self, search: Search, end: u64) {
        if search.skipped > 0 {
            self.see(search.from..end, What::Skipped { bytes: search.skipped });
        }
    }
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
