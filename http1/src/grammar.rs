//! The small pieces of the grammar, each with its ABNF rule above it (RFC 9110 Appendix A, RFC 9112 Appendix A).
//!
//! Every function takes the input, and gives the rest of it and what was read. It refuses the first byte that does not
//! fit, with its place. Left out: the grammar inside field values, because each field defines its own. Tested in
//! `tests/clauses.rs` and `tests/httparse.rs`.

use barewire_dissect::{Parsed, refuse};

use crate::reason::Reason;
use crate::run::{after_run, outside, small_letters};
use crate::target::target_length;

/// `tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA`
#[inline]
pub(crate) fn is_tchar(byte: u8) -> bool {
    TCHAR[byte as usize]
}

/// A table, because each byte of each field name is looked up in it.
static TCHAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z'
                | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*'
                | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        );
        byte += 1;
    }
    table
};

/// `field-vchar / SP / HTAB`, with `field-vchar = VCHAR / obs-text` and `obs-text = %x80-FF`: what may stand in
/// field values and reason phrases.
pub(crate) fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

/// What follows the token at the start of `input`, which may be empty.
#[inline(always)]
pub(crate) fn after_token(input: &[u8]) -> &[u8] {
    after_run(input, |word| outside(word, b'-', b'-') & outside(small_letters(word), b'a', b'z'), is_tchar)
}

/// What follows the text at the start of `input`.
#[inline(always)]
pub(crate) fn after_text(input: &[u8]) -> &[u8] {
    after_run(input, |word| outside(word, b' ', b'~'), is_text)
}

/// `token = 1*tchar`. `what` is its name in errors.
#[inline]
pub(crate) fn token<'a>(input: &'a [u8], what: &'static str) -> Parsed<'a, &'a [u8], Reason> {
    let length = input.len() - after_token(input).len();
    match (length, input.first()) {
        (0, Some(&byte)) => refuse(input, Reason::NotAToken { what, byte }),
        (0, None) => refuse(input, Reason::EndsEarly),
        _ => Ok((&input[length..], &input[..length])),
    }
}

/// `SP / HTAB`
#[inline]
pub(crate) fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `OWS = *( SP / HTAB )`
#[inline]
pub(crate) fn ows(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let length = input.iter().take_while(|byte| is_space(byte)).count();
    Ok((&input[length..], &input[..length]))
}

/// The one `SP` between the parts of a start line. `other` makes the reason from another byte.
#[inline]
pub(crate) fn sp(input: &[u8], other: fn(u8) -> Reason) -> Parsed<'_, &[u8], Reason> {
    match input {
        [b' ', rest @ ..] => Ok((rest, &input[..1])),
        [] => refuse(input, Reason::EndsEarly),
        [byte, ..] => refuse(input, other(*byte)),
    }
}

/// The end of a start line: `CRLF`, or LF alone where that is tolerated. `other` makes the reason from a byte that
/// cannot stand there.
#[inline]
pub(crate) fn line_end(input: &[u8], lf_alone: bool, other: fn(u8) -> Reason) -> Parsed<'_, &[u8], Reason> {
    match ends_line(input, lf_alone) {
        Ok(length) => Ok((&input[length..], &input[..length])),
        Err(Reason::ControlByte(byte)) => refuse(input, other(byte)),
        Err(reason) => refuse(input, reason),
    }
}

/// The length of the line end at the start of `input`, which follows a field value.
#[inline]
// book: line-end
pub(crate) fn ends_line(input: &[u8], lf_alone: bool) -> Result<usize, Reason> {
    match input {
        [b'\r', b'\n', ..] => Ok(2),
        [b'\n', ..] if lf_alone => Ok(1),
        _ => Err(not_a_line_end(input)),
    }
}

#[cold]
fn not_a_line_end(input: &[u8]) -> Reason {
    match input {
        [b'\n', ..] => Reason::BareLf,
        [] | [b'\r'] => Reason::EndsEarly,
        [b'\r', ..] => Reason::BareCr,
        [byte, ..] => Reason::ControlByte(*byte),
    }
}
// book: end

/// `reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )`, and the same bytes of a field value: as many as there are.
/// There may be none.
#[inline]
pub(crate) fn text(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let rest = after_text(input);
    Ok((rest, &input[..input.len() - rest.len()]))
}

/// `HTTP-version = HTTP-name "/" DIGIT "." DIGIT`, `HTTP-name = %s"HTTP"`. Gives major and minor.
#[inline(always)]
pub(crate) fn http_version(input: &[u8]) -> Parsed<'_, (u8, u8), Reason> {
    match input {
        [b'H', b'T', b'T', b'P', b'/', major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9', rest @ ..] => {
            Ok((rest, (major - b'0', minor - b'0')))
        }
        _ => not_a_version(input),
    }
}

#[cold]
fn not_a_version(input: &[u8]) -> Parsed<'_, (u8, u8), Reason> {
    match input {
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9'] | [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.'] => {
            refuse(&input[input.len()..], Reason::EndsEarly)
        }
        _ if b"HTTP/".starts_with(input) => refuse(&input[input.len()..], Reason::EndsEarly),
        _ => refuse(input, Reason::BadVersion),
    }
}

/// `status-code = 3DIGIT`. RFC 9110 §15 has no code below 100. Some servers use codes above 599.
pub(crate) fn status_code(input: &[u8]) -> Parsed<'_, u16, Reason> {
    match input {
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] => {
            let digit = |byte: &u8| u16::from(byte - b'0');
            Ok((rest, digit(a) * 100 + digit(b) * 10 + digit(c)))
        }
        [] | [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] => refuse(&input[input.len()..], Reason::EndsEarly),
        _ => refuse(input, Reason::BadStatus),
    }
}

/// `request-target`: its bytes. `target.rs` has their table, and looks at the form. `any`: all printable ASCII.
pub(crate) fn target(input: &[u8], any: bool) -> Parsed<'_, &[u8], Reason> {
    let length = target_length(input, any);
    match (length, input.get(length)) {
        (0, Some(&byte)) => refuse(input, Reason::TargetByte(byte)),
        (_, Some(b' ')) => Ok((&input[length..], &input[..length])),
        (_, Some(&byte)) => refuse(&input[length..], Reason::TargetByte(byte)),
        (_, None) => refuse(&input[length..], Reason::EndsEarly),
    }
}

/// `quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE`. `broken` makes the reason from the byte that does not
/// fit.
pub(crate) fn quoted_string(input: &[u8], broken: fn(u8) -> Reason) -> Parsed<'_, &[u8], Reason> {
    let mut escaped = false;
    for (index, &byte) in input.iter().enumerate().skip(1) {
        match byte {
            _ if !is_text(byte) => return refuse(&input[index..], broken(byte)),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Ok((&input[index + 1..], &input[..=index])),
            _ => {}
        }
    }
    refuse(&input[input.len()..], Reason::EndsEarly)
}
