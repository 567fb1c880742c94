//! Start lines: the request line and the status line (RFC 9112 §3 and §4). Tested in `tests/clauses.rs`.

use barewire_dissect::{Parsed, describe, field, field_as, listening, refuse};
use nom::Parser;

use crate::grammar;
use crate::head::fields::Rules;
use crate::message::Version;
use crate::reason::Reason;
use crate::shown::shown;
use crate::target;

/// `request-line = method SP request-target SP HTTP-version`
pub(crate) fn request_line<'a>(
    whole: &'a [u8],
    rules: &Rules,
) -> Parsed<'a, (&'a [u8], &'a [u8], Version), Reason> {
    let method = |input| grammar::token(input, "the method");
    let (input, method) = field_as("method", "case matters", method, shown).parse(whole)?;
    if method.len() > rules.method {
        return refuse(&whole[rules.method..], Reason::MethodTooLong(rules.method));
    }
    let sp = |input| grammar::sp(input, Reason::NotASpace);
    let (input, _) = field_as("SP", "", sp, shown).parse(input)?;
    let at_target = input;
    let target = |input| grammar::target(input, rules.any_target_byte);
    let (input, target) =
        field_as("request target", "the URI without its host", target, shown).parse(input)?;
    if target.len() > rules.target {
        return refuse(&at_target[rules.target..], Reason::TargetTooLong(rules.target));
    }
    if let Err((at, reason)) = target::check_form(method, target) {
        return refuse(&at_target[at..], reason);
    }
    let (input, _) = field_as("SP", "", sp, shown).parse(input)?;
    let (input, version) = version(input)?;
    let (input, _) = line_end(input, rules.bare_lf, Reason::AfterVersion)?;
    describe(|| format!("{} {} {version}", shown(&method), shown(&target)));
    Ok((input, (method, target, version)))
}

/// `status-line = HTTP-version SP status-code SP [ reason-phrase ]`
pub(crate) fn status_line<'a>(
    input: &'a [u8],
    rules: &Rules,
) -> Parsed<'a, (Version, u16, &'a [u8]), Reason> {
    let sp = |input| grammar::sp(input, Reason::NotASpaceInStatusLine);
    let (input, version) = version(input)?;
    let (input, _) = field_as("SP", "", sp, shown).parse(input)?;
    let (input, status) = field("status code", class(input), grammar::status_code).parse(input)?;
    let (input, reason) = match input {
        // Many servers leave out the space before an empty reason phrase. That does no harm.
        [b'\r' | b'\n', ..] => (input, &input[..0]),
        _ => {
            let (input, _) = field_as("SP", "", sp, shown).parse(input)?;
            optional("reason phrase", "for people only", input, grammar::text)?
        }
    };
    let (input, _) = line_end(input, rules.bare_lf, Reason::ReasonPhraseByte)?;
    describe(|| format!("{version} {status} {}", shown(&reason)));
    Ok((input, (version, status, reason)))
}

/// What the first digit of a status code says (RFC 9110 §15).
fn class(input: &[u8]) -> &'static str {
    match input {
        [b'1', ..] => "informational: another response follows",
        [b'2', ..] => "successful",
        [b'3', ..] => "redirection",
        [b'4', ..] => "error of the client",
        [b'5', ..] => "error of the server",
        _ => "",
    }
}

#[inline(always)]
fn version(input: &[u8]) -> Parsed<'_, Version, Reason> {
    let version = |input| match grammar::http_version(input)? {
        (rest, (1, minor)) => Ok((rest, Version { minor })),
        (_, (major, _)) => refuse(input, Reason::OtherVersion(major)),
    };
    field("HTTP version", "of the sender", version).parse(input)
}

impl barewire_dissect::Show for Version {
    fn show(&self) -> String {
        self.to_string()
    }
}

#[inline(always)]
fn line_end(input: &[u8], lf_alone: bool, other: fn(u8) -> Reason) -> Parsed<'_, &[u8], Reason> {
    field_as("line end", "", |input| grammar::line_end(input, lf_alone, other), shown).parse(input)
}

/// Reads a part that may be empty, and names it only when it is not empty: an empty leaf tells a reader nothing.
fn optional<'a>(
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
