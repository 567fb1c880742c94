//! Reading one direction of a connection: what its next bytes are. The client, the server and the observer read with
//! this one machine, by the table of [`machines`](crate::machines). Tested in `tests/cuts.rs`.

use barewire_dissect::Refused;

use crate::body::BodyDecoder;
use crate::chunked::Piece;
use crate::config::Config;
use crate::framing::Body;
use crate::head::{Head, HeadReader, Rules};
use crate::headers::Headers;
use crate::machines::receiving::{Action, Input, State, TABLE};
use crate::message::Role;
use crate::reason::Reason;

/// One direction, while it is read.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    state: State,
    /// What the last transition said about the bytes that come.
    action: Action,
    /// Which messages come.
    role: Role,
    reader: HeadReader,
    body: BodyDecoder,
    /// How many empty lines may stand before a head, and how many of them may still come.
    most_empty_lines: u32,
    empty_lines: u32,
}

/// What the next bytes are. The first number is how many of them were taken.
#[derive(Debug)]
pub(crate) enum NextBytes<'a> {
    /// More bytes are needed than there are.
    NeedsMore,
    /// They are for later.
    Kept,
    /// Nothing that anybody has to know.
    Nothing(usize),
    Head(usize, Head<'a>),
    /// Content, or bytes of another protocol.
    Data(usize, &'a [u8]),
    /// The end of a body, with its trailers.
    End(usize, Headers),
    /// They answer no request.
    Unasked(usize),
}

impl Receiver {
    /// A machine for messages of this role, between two messages, that passes over so many empty lines before each.
    pub(crate) fn new(role: Role, most_empty_lines: u32) -> Receiver {
        let (reader, body) = (HeadReader::default(), BodyDecoder::none());
        let (state, action) = (State::Idle, Action::Keep);
        Receiver { state, action, role, reader, body, most_empty_lines, empty_lines: 0 }
    }

    /// An observer's machine, which does not know yet where in a message its first byte stands.
    pub(crate) fn lost(role: Role) -> Receiver {
        Receiver { state: State::Lost, action: Action::Drop, ..Receiver::new(role, u32::MAX) }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// The body that is being read.
    pub(crate) fn body(&self) -> &BodyDecoder {
        &self.body
    }

    pub(crate) fn body_mut(&mut self) -> &mut BodyDecoder {
        &mut self.body
    }

    /// Whether what comes next is the end of a body, and takes no bytes.
    pub(crate) fn is_at_end_of_body(&self) -> bool {
        self.state == State::Body && self.body.is_whole()
    }

    /// Goes where the table leads, and does what it says. `false`: the table has no such row, and nothing changes.
    pub(crate) fn go(&mut self, input: Input) -> bool {
        let Some((next, action)) = TABLE.next(self.state, input) else { return false };
        (self.state, self.action) = (next, action);
        match action {
            Action::ReadHead => {
                self.reader = HeadReader::default();
                self.empty_lines = self.most_empty_lines;
            }
            // The body is over, and with it what its chunks needed.
            Action::Keep => self.body = BodyDecoder::none(),
            _ => {}
        }
        true
    }

    /// A head framed its body in this way.
    pub(crate) fn frame(&mut self, body: Body, config: &Config) {
        self.body = BodyDecoder::new(body, config);
    }

    /// What the bytes at the start of `input` are.
    pub(crate) fn read<'a>(
        &mut self,
        input: &'a [u8],
        config: &Config,
    ) -> Result<NextBytes<'a>, Refused<Reason>> {
        match self.action {
            Action::ReadHead => self.read_head(input, config),
            Action::ReadBody => self.read_body(input),
            Action::Keep if self.role == Role::Response => Ok(unasked(input)),
            Action::Keep => Ok(NextBytes::Kept),
            _ if input.is_empty() => Ok(NextBytes::NeedsMore),
            Action::Await => {
                self.go(Input::Wanted);
                Ok(NextBytes::Nothing(0))
            }
            Action::PassOn => Ok(NextBytes::Data(input.len(), input)),
            Action::Drop => Ok(NextBytes::Nothing(input.len())),
        }
    }

    fn read_head<'a>(&mut self, input: &'a [u8], config: &Config) -> Result<NextBytes<'a>, Refused<Reason>> {
        match input {
            [] => return Ok(NextBytes::NeedsMore),
            [b'\r'] if self.empty_lines > 0 => return Ok(NextBytes::NeedsMore),
            [b'\r', b'\n', ..] if self.empty_lines > 0 => {
                self.empty_lines -= 1;
                return Ok(NextBytes::Nothing(2));
            }
            _ => {}
        }
        let Some(length) = self.reader.read(input, &self.rules(config))? else {
            return Ok(NextBytes::NeedsMore);
        };
        let head = self.reader.take_head(&input[..length]);
        Ok(head.map_or(NextBytes::NeedsMore, |head| NextBytes::Head(length, head)))
    }

    fn read_body<'a>(&mut self, input: &'a [u8]) -> Result<NextBytes<'a>, Refused<Reason>> {
        Ok(match self.body.read(input)? {
            (taken, Some(Piece::Data(data))) => NextBytes::Data(taken, data),
            (taken, Some(Piece::End(trailers))) => NextBytes::End(taken, trailers),
            (0, None) => NextBytes::NeedsMore,
            (taken, None) => NextBytes::Nothing(taken),
        })
    }

    /// Why a head is refused that ends with `input`, because nothing follows. What is wrong in its last line counts
    /// first.
    pub(crate) fn cut_head(&mut self, input: &[u8], config: &Config) -> Refused<Reason> {
        let rules = &self.rules(config);
        self.reader.refused_at_end(input, rules, Reason::EndsEarly)
    }

    /// Whether the start line of the head that is being read is good.
    pub(crate) fn has_start_line(&self) -> bool {
        self.reader.has_start_line()
    }

    pub(crate) fn rules(&self, config: &Config) -> Rules {
        match self.role {
            Role::Request => Rules::requests(config),
            Role::Response => Rules::responses(config),
        }
    }
}

/// RFC 9112 §9.2: bytes between two responses answer no request. Empty lines do no harm.
fn unasked(input: &[u8]) -> NextBytes<'_> {
    match input {
        [] | [b'\r'] => NextBytes::NeedsMore,
        [b'\r', b'\n', ..] => NextBytes::Nothing(2),
        _ => NextBytes::Unasked(input.len()),
    }
}
