//! A section of field lines, read as it comes: each line once, as soon as it is there (RFC 9112 §5). Tested in
//! `tests/clauses.rs` and `tests/cuts.rs`.

use barewire_dissect::{Refused, listening, unrecorded};

use super::field_line::{self, Kind, Line, Wrong, name_line};
use super::fields::{Fields, Rules, Span, Spans};
use super::next_line::NextLine;
use crate::grammar::ends_line;
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
        SectionReader { fields: Vec::new(), next: NextLine::at(at) }
    }

    /// Reads the lines that have come. `input` is the same each time, with more at its end. Gives the end of the
    /// section, after its empty line, once that is there.
    pub(crate) fn read(&mut self, input: &[u8], rules: Rules) -> Result<Option<usize>, Refused<Reason>> {
        while self.next.is_worth_reading(input) {
            let at = self.next.at;
            let text = input.get(at..).unwrap_or_default();
            let mut line = Line::default();
            let read = self.read_line(text, rules, &mut line);
            let kind = match read.or_else(|wrong| self.judge(text, rules, wrong)) {
                Ok(kind) => kind,
                Err(wrong) if wrong.1 == Reason::EndsEarly => {
                    self.next.wait(input);
                    return Ok(None);
                }
                Err(wrong) => {
                    let (place, reason) = *wrong;
                    return Err(Refused { what: "line", offset: at + place, reason });
                }
            };
            self.next.go_on(line.length);
            match kind {
                Kind::Field => self.keep(at, &line),
                Kind::Folded => self.extend(at, &line),
                Kind::End => return Ok(Some(at + line.length)),
            }
        }
        Ok(None)
    }

    /// Reads one line, and names its parts if somebody listens.
    #[inline(always)]
    fn read_line(&self, text: &[u8], rules: Rules, line: &mut Line) -> Result<Kind, Wrong> {
        let kind = self.kind(text, rules)?;
        let read = match kind {
            Kind::End => {
                line.length = ends_line(text, rules.bare_lf).map_err(|reason| (0, reason))?;
                Ok(())
            }
            Kind::Field | Kind::Folded => field_line::read(text, kind, rules, line),
        };
        if listening() {
            name_line(text, kind, line, &read);
        }
        read.map(|()| kind)
    }

    /// Something is wrong in a line. While its end has not come, it counts only if the first bytes show it.
    #[cold]
    fn judge(&self, text: &[u8], rules: Rules, wrong: Wrong) -> Result<Kind, Wrong> {
        let judged = self.next.judged(text);
        if judged.len() == text.len() {
            return Err(wrong);
        }
        match unrecorded(|| self.read_line(judged, rules, &mut Line::default())) {
            Err(early) if early.1 != Reason::EndsEarly => Err(wrong),
            _ => Err((text.len(), Reason::EndsEarly).into()),
        }
    }

    /// What the next line is, by its first byte.
    #[inline]
    fn kind(&self, text: &[u8], rules: Rules) -> Result<Kind, Wrong> {
        let reason = match text.first() {
            Some(b'\r' | b'\n') => return Ok(Kind::End),
            Some(b' ' | b'\t') if self.fields.is_empty() && rules.are_trailers => Reason::SpaceBeforeTrailers,
            Some(b' ' | b'\t') if self.fields.is_empty() => Reason::SpaceBeforeFields,
            Some(b' ' | b'\t') if rules.folded => return Ok(Kind::Folded),
            Some(b' ' | b'\t') => Reason::ObsFold,
            Some(_) if self.fields.len() == rules.fields => Reason::TooManyFields(rules.fields),
            Some(_) => return Ok(Kind::Field),
            None => Reason::EndsEarly,
        };
        Err((0, reason).into())
    }

    #[inline]
    fn keep(&mut self, at: usize, line: &Line) {
        if self.fields.capacity() == 0 {
            self.fields.reserve(USUAL);
        }
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
