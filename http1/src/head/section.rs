//! A section of field lines, read as it comes: each line once, as soon as it is there (RFC 9112 §5). Tested in
//! `tests/clauses.rs` and `tests/cuts.rs`.

use barewire_dissect::{Refused, listening};

use super::field_line::{self, Kind, Line, Wrong, wrong};
use super::fields::{Fields, Rules, Span, Spans};
use super::next_line::NextLine;
use crate::headers::Headers;
use crate::reason::Reason;

/// How many fields a head usually has, at the most. There is room for more.
const USUAL: usize = 16;

/// A section that is being read.
#[derive(Debug, Clone, Default)]
pub(crate) struct SectionReader {
    fields: Vec<Spans>,
    next: NextLine,
}

impl SectionReader {
    /// A section that begins at this byte of the input.
    pub(crate) fn at(at: usize) -> SectionReader {
        SectionReader { fields: Vec::with_capacity(USUAL), next: NextLine::at(at) }
    }

    /// Reads the lines that have come. `input` is the same each time, with more at its end. Gives the end of the
    /// section, after its empty line, once that is there.
    pub(crate) fn read(&mut self, input: &[u8], rules: &Rules) -> Result<Option<usize>, Refused<Reason>> {
        if !self.next.is_worth_reading(input) {
            return Ok(None);
        }
        // Two calls make two loops. The one without names has nothing of them, not even the question.
        if listening() { self.read_lines(input, rules, true) } else { self.read_lines(input, rules, false) }
    }

    #[inline(always)]
    fn read_lines(
        &mut self,
        input: &[u8],
        rules: &Rules,
        named: bool,
    ) -> Result<Option<usize>, Refused<Reason>> {
        let mut text = input.get(self.next.at..).unwrap_or_default();
        loop {
            let at = input.len() - text.len();
            text = match self.read_line(at, text, rules, named) {
                Ok((Kind::End, rest)) => return Ok(Some(input.len() - rest.len())),
                Ok((Kind::Field | Kind::Folded, rest)) => rest,
                Err(wrong) => return self.stop(at, input, rules, *wrong),
            };
        }
    }

    /// Reads one line, and keeps what it says. Gives its kind, and what follows it.
    #[inline(always)]
    fn read_line<'a>(
        &mut self,
        at: usize,
        text: &'a [u8],
        rules: &Rules,
        named: bool,
    ) -> Result<(Kind, &'a [u8]), Wrong> {
        let kind = self.kind(text, rules)?;
        let rest = match kind {
            Kind::Field => {
                let (line, rest) = field_line::read(text, Kind::Field, rules, named)?;
                self.keep(at, &line);
                rest
            }
            Kind::Folded => {
                let (line, rest) = field_line::read_folded(text, rules, named)?;
                self.extend(at, &line);
                rest
            }
            Kind::End => field_line::read_end(text, rules, named)?,
        };
        Ok((kind, rest))
    }

    /// Something is wrong in the line at `at`. It counts if the line has ended, or if its first bytes show it. Else
    /// more has to come. Those bytes hold no line end, so nothing is kept of them.
    #[cold]
    fn stop(
        &mut self,
        at: usize,
        input: &[u8],
        rules: &Rules,
        (place, reason): (usize, Reason),
    ) -> Result<Option<usize>, Refused<Reason>> {
        let text = &input[at..];
        let judged = self.next.judged(text);
        let mut early = || self.read_line(at, judged, rules, false);
        let counts = judged.len() == text.len() || early().is_err_and(|early| early.1 != Reason::EndsEarly);
        if counts && reason != Reason::EndsEarly {
            return Err(Refused { what: "line", offset: at + place, reason });
        }
        self.next.wait_for(at, input);
        Ok(None)
    }

    /// What the next line is, by its first byte.
    #[inline(always)]
    fn kind(&self, text: &[u8], rules: &Rules) -> Result<Kind, Wrong> {
        match text.first() {
            Some(b'\r' | b'\n') => Ok(Kind::End),
            Some(b' ' | b'\t') => self.folded(rules),
            Some(_) if self.fields.len() < rules.fields => Ok(Kind::Field),
            Some(_) => Err(wrong(0, Reason::TooManyFields(rules.fields))),
            None => Err(wrong(0, Reason::EndsEarly)),
        }
    }

    /// A line that begins with white space continues the one before it, where that is allowed.
    #[cold]
    fn folded(&self, rules: &Rules) -> Result<Kind, Wrong> {
        match rules.folded {
            _ if self.fields.is_empty() && rules.are_trailers => Err(wrong(0, Reason::SpaceBeforeTrailers)),
            _ if self.fields.is_empty() => Err(wrong(0, Reason::SpaceBeforeFields)),
            false => Err(wrong(0, Reason::ObsFold)),
            true => Ok(Kind::Folded),
        }
    }

    #[inline]
    fn keep(&mut self, at: usize, line: &Line) {
        self.fields.push(Spans {
            name: Span::new(at, at + line.name),
            value: Span::new(at + line.value.start, at + line.value.end),
        });
    }

    /// The value of the last field goes on in this line.
    fn extend(&mut self, at: usize, line: &Line) {
        if let Some(field) = self.fields.last_mut() {
            field.value.extend_to(at + line.value.end);
        }
    }

    /// Nothing more will come: the last line is read once more, with all that is there of it.
    pub(crate) fn read_again(&mut self) {
        self.next.read_again();
    }

    /// The fields that were read, by their places in the input. The next section is read with a new reader.
    pub(crate) fn take_fields(&mut self) -> Vec<Spans> {
        std::mem::take(&mut self.fields)
    }

    /// The fields that were read from `bytes`, as values.
    pub(crate) fn take_headers(&mut self, bytes: &[u8]) -> Headers {
        Fields::new(bytes, &self.take_fields()).to_headers()
    }
}
