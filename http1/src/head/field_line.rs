//! One line of a section (RFC 9112 §5), read in one straight pass that decides and refuses. The names for the annotated
//! tree are put on its parts afterwards, and only when somebody listens. Tested in `tests/clauses.rs`.

use std::ops::Range;

use barewire_dissect::{Located, Parsed, describe, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;

use super::fields::Rules;
use crate::grammar::{after_text, after_token, ends_line, is_space};
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

#[cold]
pub(super) fn wrong(place: usize, reason: Reason) -> Wrong {
    Box::new((place, reason))
}

/// Reads a line of this kind and its line end, and names its parts. Gives its parts, and what follows the line.
#[inline(always)]
pub(super) fn read<'a>(
    input: &'a [u8],
    kind: Kind,
    rules: &Rules,
    named: bool,
) -> Result<(Line, &'a [u8]), Wrong> {
    let mut line = Line::default();
    let read = read_parts(input, kind, rules, &mut line);
    if named {
        name_line(input, kind, &line, read.is_ok());
    }
    read.map(|rest| (line, rest))
}

/// The same for a folded line, out of the way of the loop that reads the others.
#[cold]
pub(super) fn read_folded<'a>(
    input: &'a [u8],
    rules: &Rules,
    named: bool,
) -> Result<(Line, &'a [u8]), Wrong> {
    read(input, Kind::Folded, rules, named)
}

/// Reads the empty line, and names it. Gives what follows it.
pub(super) fn read_end<'a>(input: &'a [u8], rules: &Rules, named: bool) -> Result<&'a [u8], Wrong> {
    let length = ends_line(input, rules.bare_lf).map_err(|why| wrong(0, why))?;
    if named {
        name_line(input, Kind::End, &Line { length, ..Line::default() }, true);
    }
    Ok(&input[length..])
}

/// Reads the parts of a line. What was found before a refusal stays in `line`. Gives what follows the line.
#[inline(always)]
fn read_parts<'a>(input: &'a [u8], kind: Kind, rules: &Rules, line: &mut Line) -> Result<&'a [u8], Wrong> {
    let place = |rest: &[u8]| input.len() - rest.len();
    let mut rest = input;
    // book: field-line
    // exercise: http03
    // instead: let end = input.iter().position(|&byte| byte == b'\n');
    // instead: line.text = end.ok_or_else(|| wrong(input.len(), Reason::EndsEarly))?;
    // instead: line.length = line.text + 1;
    // instead: if kind == Kind::Field {
    // instead:     line.name = input[..line.text].iter().position(|&byte| byte == b':').unwrap_or(line.text);
    // instead:     rest = &input[(line.name + 1).min(line.text)..];
    // instead: }
    // instead: line.value.start = place(after_spaces(rest));
    // instead: line.text -= input[line.value.start..line.text].ends_with(b"\r") as usize;
    // instead: line.value.end = line.value.start + input[line.value.start..line.text].trim_ascii_end().len();
    // instead: rest = &input[line.length..];
    if kind == Kind::Field {
        rest = after_token(input);
        line.name = place(rest);
        rest = after_colon(input, rest)?;
    }
    rest = after_spaces(rest);
    line.value.start = place(rest);
    rest = after_text(rest);
    line.text = place(rest);
    line.value.end = line.text;
    while line.value.end > line.value.start && is_space(&input[line.value.end - 1]) {
        line.value.end -= 1;
    }
    let line_end = ends_line(rest, rules.bare_lf).map_err(|why| wrong(line.text, why))?;
    rest = &rest[line_end..];
    line.length = place(rest);
    // exercise: end
    // book: end
    Ok(rest)
}

/// What follows the colon, which follows the name at once. `rest` is what follows the name.
#[inline]
fn after_colon<'a>(input: &[u8], rest: &'a [u8]) -> Result<&'a [u8], Wrong> {
    let name = input.len() - rest.len();
    match rest {
        [b':', after @ ..] if name > 0 => Ok(after),
        [byte, ..] => Err(not_a_colon(input, name, *byte)),
        [] => Err(wrong(name, Reason::EndsEarly)),
    }
}

/// What follows the white space at the start of `input`. There may be none.
#[inline]
fn after_spaces(mut input: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', after @ ..] = input {
        input = after;
    }
    input
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
pub(super) fn name_line(input: &[u8], kind: Kind, line: &Line, complete: bool) {
    let parts = |input| {
        let rest = name_parts(input, kind, line)?;
        if complete { Ok((rest, ())) } else { refuse(rest, Reason::EndsEarly) }
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
