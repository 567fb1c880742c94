//! Field lines, and the empty line that ends them (RFC 9112 §5). Tested in `tests/clauses.rs`.

use barewire_dissect::{Parsed, describe, field_as, group, listening, offset_of, refuse};
use nom::Parser;

use crate::config::Config;
use crate::grammar;
use crate::headers::Headers;
use crate::reason::Reason;
use crate::shown::shown;

/// A field line, as slices of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldLine<'a> {
    /// The name: a token.
    pub name: &'a [u8],
    /// The value without the whitespace around it. In a response it may be folded over several lines.
    pub value: &'a [u8],
}

/// What a section of fields may look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// How many fields at most.
    pub(crate) fields: usize,
    /// Whether LF alone ends a line.
    pub(crate) bare_lf: bool,
    /// Whether lines may be folded.
    pub(crate) folded: bool,
}

impl Rules {
    pub(crate) fn requests(config: &Config) -> Rules {
        let tolerate = config.tolerate;
        Rules { fields: config.limits.fields, bare_lf: tolerate.bare_lf, folded: tolerate.obs_fold }
    }

    pub(crate) fn responses(config: &Config) -> Rules {
        Rules { folded: true, ..Rules::requests(config) }
    }
}

/// `*( field-line CRLF ) CRLF`: the fields and the empty line.
pub(crate) fn fields(mut input: &[u8], rules: Rules) -> Parsed<'_, Vec<FieldLine<'_>>, Reason> {
    let mut lines = Vec::with_capacity(16);
    loop {
        match input {
            [b'\r', b'\n', ..] | [b'\n', ..] => break,
            [b' ' | b'\t', ..] if lines.is_empty() => return refuse(input, Reason::SpaceBeforeFields),
            [b' ' | b'\t', ..] => return refuse(input, Reason::ObsFold),
            _ if lines.len() == rules.fields => return refuse(input, Reason::TooManyFields(rules.fields)),
            _ => {}
        }
        let (rest, line) = group("field line", "", |input| field_line(input, rules)).parse(input)?;
        lines.push(line);
        input = rest;
    }
    let end = |input| grammar::line_end(input, rules.bare_lf);
    let (input, _) = field_as("empty line", "ends the section", end, shown).parse(input)?;
    Ok((input, lines))
}

/// `field-line = field-name ":" OWS field-value OWS`, and the CRLF after it.
#[inline]
fn field_line(input: &[u8], rules: Rules) -> Parsed<'_, FieldLine<'_>, Reason> {
    // exercise: http03
    // instead: let Some(end) = input.iter().position(|&byte| byte == b'\n') else {
    // instead:     return refuse(input, Reason::EndsEarly);
    // instead: };
    // instead: let colon = input[..end].iter().position(|&byte| byte == b':').unwrap_or(end);
    // instead: let value = input[colon..end].strip_prefix(b":").unwrap_or_default();
    // instead: let line = FieldLine { name: input[..colon].trim_ascii(), value: value.trim_ascii() };
    // instead: Ok((&input[end + 1..], line))
    let name = |input| grammar::token(input, "the field name");
    let (input, name) = field_as("field name", "case does not matter", name, shown).parse(input)?;
    let (input, _) = field_as("colon", "", colon, shown).parse(input)?;
    let (input, _) = optional("OWS", "optional whitespace", input, grammar::ows)?;
    let (input, value) = optional("field value", "", input, |input| field_value(input, rules))?;
    let (input, _) = optional("OWS", "optional whitespace", input, grammar::ows)?;
    let (input, _) = line_end(input, rules)?;
    describe(|| format!("{}: {}", shown(&name), shown(&value)));
    Ok((input, FieldLine { name, value }))
    // exercise: end
}

#[inline]
fn colon(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    match input {
        [b':', rest @ ..] => Ok((rest, &input[..1])),
        [b' ' | b'\t', ..] => refuse(input, Reason::SpaceBeforeColon),
        [byte, ..] => refuse(input, Reason::MissingColon(*byte)),
        [] => refuse(input, Reason::EndsEarly),
    }
}

/// `field-value = *field-content`, up to the last byte that is not whitespace. Where folding is allowed, over several
/// lines (`obs-fold = OWS CRLF RWS`).
#[inline]
fn field_value(input: &[u8], rules: Rules) -> Parsed<'_, &[u8], Reason> {
    let (mut rest, line) = grammar::text(input)?;
    let mut end = trimmed(line).len();
    while let Some(next) = next_fold(rest, rules) {
        let (after, line) = grammar::text(next)?;
        // A folded line that is all whitespace belongs to the value too, up to its CRLF.
        end = input.len() - next.len() + trimmed(line).len();
        rest = after;
    }
    Ok((&input[end..], &input[..end]))
}

/// The line after this line end, if it continues the value before it.
#[inline]
fn next_fold(input: &[u8], rules: Rules) -> Option<&[u8]> {
    if !rules.folded {
        return None;
    }
    let (next, _) = grammar::line_end(input, rules.bare_lf).ok()?;
    matches!(next, [b' ' | b'\t', ..]).then_some(next)
}

/// Without the spaces and tabs at the end.
#[inline]
fn trimmed(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    &value[..end]
}

#[inline]
pub(crate) fn line_end(input: &[u8], rules: Rules) -> Parsed<'_, &[u8], Reason> {
    field_as("line end", "", |input| grammar::line_end(input, rules.bare_lf), shown).parse(input)
}

/// Reads a part that may be empty, and names it only when it is not empty: an empty leaf tells a reader nothing.
#[inline]
pub(crate) fn optional<'a>(
    name: &'static str,
    comment: &'static str,
    input: &'a [u8],
    mut part: impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8], Reason>,
) -> Parsed<'a, &'a [u8], Reason> {
    let (rest, value) = part(input)?;
    if value.is_empty() || !listening() {
        return Ok((rest, value));
    }
    field_as(name, comment, part, shown).parse(input)
}

/// Where the field stands that decides where the body ends, for an error about that: the last Content-Length or
/// Transfer-Encoding. `whole` is the head that the fields were read from. Without such a field it is its start.
pub(crate) fn framing_at(fields: &[FieldLine<'_>], whole: &[u8]) -> usize {
    let frames = |field: &&FieldLine<'_>| {
        [&b"Content-Length"[..], b"Transfer-Encoding"]
            .iter()
            .any(|name| field.name.eq_ignore_ascii_case(name))
    };
    let field = fields.iter().rfind(frames);
    field.map_or(0, |field| offset_of(whole, field.name))
}

/// The fields with text of their own. Folded lines are joined.
pub(crate) fn to_headers(lines: &[FieldLine<'_>]) -> Headers {
    let mut headers = Headers::new();
    for line in lines {
        headers.push(String::from_utf8_lossy(line.name), unfolded(line.value));
    }
    headers
}

/// The value on one line: each obs-fold becomes one space (RFC 9112 §5.2).
fn unfolded(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\n') {
        return value.to_vec();
    }
    let lines: Vec<&[u8]> = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    lines.join(&b' ').trim_ascii().to_vec()
}
