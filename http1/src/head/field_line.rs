//! One line of a section (RFC 9112 §5), read in one straight pass that decides and refuses. The names for the annotated
//! tree are put on its parts afterwards, and only when somebody listens. Tested in `tests/clauses.rs`.

use std::ops::Range;

use barewire_dissect::{Located, Parsed, describe, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;

use super::fields::Rules;
use crate::grammar::{ends_line, is_space, text_length, token_length};
use crate::reason::Reason;
use crate::shown::shown;

/// What a line of a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `field-name ":" OWS field-value OWS`
    Field,
    /// It continues the value of the field before it: `obs-fold = OWS CRLF RWS`.
    Folded,
    /// The empty line that ends the section.
    End,
}

/// The parts of a line, as places in it. After a refusal those are there that were read before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// The name begins the line. Only a field has one.
    pub(super) name: usize,
    pub(super) value: Range<usize>,
    /// The line without its line end.
    text: usize,
    /// The line with its line end.
    pub(super) length: usize,
}

/// What is wrong, and where in the line. In a box, because what is right is then small, and is handed on in registers.
pub(super) type Wrong = Box<(usize, Reason)>;

/// Reads a line of this kind, and its line end.
#[inline(always)]
pub(super) fn read(input: &[u8], kind: Kind, rules: Rules, line: &mut Line) -> Result<(), Wrong> {
    let mut at = 0;
    // book: field-line
    // exercise: http03
    // instead: line.text = input.iter().position(|&byte| byte == b'\n').ok_or((input.len(), Reason::EndsEarly))?;
    // instead: if kind == Kind::Field {
    // instead:     line.name = input[..line.text].iter().position(|&byte| byte == b':').unwrap_or(line.text);
    // instead:     at = (line.name + 1).min(line.text);
    // instead: }
    // instead: at += spaces(input[at..line.text].iter());
    // instead: line.text -= input[at..line.text].ends_with(b"\r") as usize;
    // instead: line.value = at..line.text - spaces(input[at..line.text].iter().rev());
    // instead: line.length = 1 + input.iter().position(|&byte| byte == b'\n').unwrap_or_default();
    if kind == Kind::Field {
        line.name = token_length(input);
        at = colon_after_name(input, line.name)? + 1;
    }
    at += spaces(input[at..].iter());
    line.text = at + text_length(&input[at..]);
    line.value = at..line.text - spaces(input[at..line.text].iter().rev());
    line.length =
        line.text + ends_line(&input[line.text..], rules.bare_lf).map_err(|why| (line.text, why))?;
    // exercise: end
    // book: end
    Ok(())
}

/// How many of the first of these bytes are white space.
#[inline]
fn spaces<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.take_while(|byte| is_space(byte)).count()
}

/// The place of the colon, which follows the name at once.
#[inline]
fn colon_after_name(input: &[u8], name: usize) -> Result<usize, Wrong> {
    match input.get(name) {
        Some(b':') if name > 0 => Ok(name),
        Some(&byte) => Err(not_a_colon(input, name, byte)),
        None => Err((name, Reason::EndsEarly).into()),
    }
}

#[cold]
fn not_a_colon(input: &[u8], name: usize, byte: u8) -> Wrong {
    let in_name = Reason::NotAToken { what: "the field name", byte };
    let after_spaces = input[name..].iter().find(|byte| !is_space(byte));
    Box::new(match (byte, after_spaces) {
        _ if name == 0 => (0, in_name),
        (b' ' | b'\t', Some(b':')) => (name, Reason::SpaceBeforeColon),
        (b' ' | b'\t', Some(b'\r' | b'\n')) => (name, Reason::MissingColon(byte)),
        // Words, where one name should stand: `PHP Warning: ...`.
        (b' ' | b'\t', Some(_)) => (name, in_name),
        (b' ' | b'\t', None) => (input.len(), Reason::EndsEarly),
        _ => (name, Reason::MissingColon(byte)),
    })
}

/// Names the parts of a line that was read. One that was refused is a group that is not complete.
#[cold]
pub(super) fn name_line(input: &[u8], kind: Kind, line: &Line, read: &Result<(), Wrong>) {
    let parts = |input| {
        let rest = name_parts(input, kind, line)?;
        if read.is_ok() { Ok((rest, ())) } else { refuse(rest, Reason::EndsEarly) }
    };
    // What matters is in the tree then; nobody reads on from here.
    let _: Parsed<'_, (), Reason> = match kind {
        Kind::Field => group("field line", "", parts).parse(input),
        Kind::Folded => group("folded line", "", parts).parse(input),
        Kind::End => field_as("empty line", "ends the section", take(line.length), shown)
            .parse(input)
            .map(|(rest, _)| (rest, ())),
    };
}

/// The parts as fields of the tree, in the order of their bytes. Those that are empty tell a reader nothing.
fn name_parts<'a>(
    input: &'a [u8],
    kind: Kind,
    line: &Line,
) -> Result<&'a [u8], nom::Err<Located<'a, Reason>>> {
    let Line { name, value, text, length } = line;
    let has_colon = kind == Kind::Field && *text > 0;
    let parts = [
        ("field name", "case does not matter", *name),
        ("colon", "", name + usize::from(has_colon)),
        ("OWS", "optional whitespace", value.start),
        ("field value", "", value.end),
        ("OWS", "optional whitespace", *text),
        ("line end", "", *length),
    ];
    let (mut rest, mut at) = (input, 0);
    for (name, comment, end) in parts {
        if end > at {
            (rest, _) = field_as(name, comment, take(end - at), shown).parse(rest)?;
            at = end;
        }
    }
    if *length > 0 && kind == Kind::Field {
        describe(|| format!("{}: {}", shown(&&input[..*name]), shown(&&input[value.clone()])));
    }
    Ok(rest)
}
