//! A head that is read as it comes: the start line, then the fields, each line once, as soon as it is there. So what is
//! wrong is refused at once, and not when a head ends that may never end. Tested in `tests/cuts.rs` and
//! `tests/limits.rs`.

use std::borrow::Cow;

use barewire_dissect::{Parsed, Refused, finish, group, grouped, listening, refuse, unrecorded};
use nom::Parser;

use super::fields::{Rules, Span};
use super::next_line::NextLine;
use super::section::SectionReader;
use super::slices::{RequestHead, RequestLine, ResponseHead, StatusLine};
use super::start_line::{request_line, status_line};
use crate::message::Role;
use crate::reason::Reason;

/// A head that is being read.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeadReader {
    start: Option<Start>,
    line: NextLine,
    section: SectionReader,
}

/// A head of either kind.
#[derive(Debug)]
pub(crate) enum Head<'a> {
    Request(RequestHead<'a>),
    Response(ResponseHead<'a>),
}

/// What a start line says.
#[derive(Debug, Clone, Copy)]
enum Start {
    Request(RequestLine),
    Response(StatusLine),
}

impl HeadReader {
    /// Reads what has come of a head. `input` begins with it, and is the same each time, with more at its end. Gives
    /// the length of the head once it is complete. The limit of a head is in `rules`.
    pub(crate) fn read(&mut self, input: &[u8], rules: &Rules) -> Result<Option<usize>, Refused<Reason>> {
        let searched = input.get(..rules.limit).unwrap_or(input);
        let read = self.read_lines(searched, rules)?;
        let start_line = rules.start_line.min(rules.limit);
        let (limit, too_long): (usize, fn(usize) -> Reason) = match (self.start, rules.role) {
            (None, Role::Request) => (start_line, Reason::StartLineTooLong),
            (None, Role::Response) => (start_line, Reason::StatusLineTooLong),
            (Some(_), _) => (rules.limit, Reason::SectionTooLong),
        };
        if read.is_some() || searched.len() < limit {
            return Ok(read);
        }
        Err(self.refused_at_end(&searched[..limit], rules, too_long(limit)))
    }

    /// No more bytes follow `input`, for this reason. What is wrong in its last line counts first.
    pub(crate) fn refused_at_end(&mut self, input: &[u8], rules: &Rules, reason: Reason) -> Refused<Reason> {
        self.line.read_again();
        self.section.read_again();
        match self.read_lines(input, rules) {
            Err(refused) => refused,
            Ok(_) => Refused { what: "head", offset: input.len(), reason },
        }
    }

    fn read_lines(&mut self, input: &[u8], rules: &Rules) -> Result<Option<usize>, Refused<Reason>> {
        if self.start.is_none() && !self.read_start(input, rules)? {
            return Ok(None);
        }
        if !listening() {
            return self.section.read(input, rules);
        }
        let begin = input.get(self.line.at..).unwrap_or_default();
        let mut result = Ok(None);
        let section = |_| {
            result = self.section.read(input, rules);
            match &result {
                Ok(Some(end)) => Ok((&input[*end..], ())),
                Ok(None) => refuse(&input[input.len()..], Reason::EndsEarly),
                Err(refused) => refuse(&input[refused.offset..], refused.reason.clone()),
            }
        };
        let _ = group("header section", "", section).parse(begin);
        result
    }

    /// Reads the start line. `false`: it is not complete.
    fn read_start(&mut self, input: &[u8], rules: &Rules) -> Result<bool, Refused<Reason>> {
        if !self.line.is_worth_reading(input) {
            return Ok(false);
        }
        let read = finish("start line", input, start(input, rules)).map_err(|refused| {
            // While its end has not come, only its first bytes are judged.
            let judged = self.line.judged(input);
            if judged.len() == input.len() {
                return refused;
            }
            let early = finish("start line", judged, unrecorded(|| start(judged, rules)));
            early.err().unwrap_or(Refused { reason: Reason::EndsEarly, ..refused })
        });
        match read {
            Ok((start, rest)) => {
                self.line.go_on(input.len() - rest.len());
                self.section = SectionReader::at(self.line.at);
                self.start = Some(start);
                Ok(true)
            }
            Err(Refused { reason: Reason::EndsEarly, .. }) => {
                self.line.wait(input);
                Ok(false)
            }
            Err(refused) => Err(refused),
        }
    }

    /// The head that was read, of which these are the bytes. The next head is read with a new reader.
    pub(crate) fn take_head<'a>(&mut self, bytes: &'a [u8]) -> Option<Head<'a>> {
        let (bytes, fields) = (Cow::Borrowed(bytes), self.section.take_fields());
        Some(match self.start? {
            Start::Request(line) => Head::Request(RequestHead { bytes, line, fields }),
            Start::Response(line) => Head::Response(ResponseHead { bytes, line, fields }),
        })
    }

    /// Whether the start line was read.
    pub(crate) fn has_start_line(&self) -> bool {
        self.start.is_some()
    }

    /// The method of a request whose first line could be read, if not more.
    pub(crate) fn method<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        match self.start {
            Some(Start::Request(line)) => Some(line.method.in_bytes(bytes)),
            _ => None,
        }
    }
}

fn start<'a>(input: &'a [u8], rules: &Rules) -> Parsed<'a, Start, Reason> {
    let span = |part| Span::of(input, part);
    match rules.role {
        Role::Request => {
            let (rest, (method, target, version)) =
                grouped("request line", "what the client asks for", input, |input| {
                    request_line(input, rules)
                })?;
            Ok((rest, Start::Request(RequestLine { method: span(method), target: span(target), version })))
        }
        Role::Response => {
            let (rest, (version, status, reason)) =
                grouped("status line", "how the request went", input, |input| status_line(input, rules))?;
            Ok((rest, Start::Response(StatusLine { version, status, reason: span(reason) })))
        }
    }
}
