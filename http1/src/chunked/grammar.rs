//! The grammar of the chunked coding (RFC 9112 §7.1). The rule stands above each function. Tested in
//! `tests/chunked.rs`.

use barewire_dissect::{Parsed, computed, field_as, group, refuse, several};
use nom::Parser;

use crate::config::Limits;
use crate::grammar;
use crate::head::{self, Rules};
use crate::headers::Headers;
use crate::reason::Reason;
use crate::shown::{shown, shown_content};

/// The line in front of a chunk's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkHeader {
    /// The length of the data in bytes.
    pub(crate) size: u64,
    /// The length of the extensions in bytes.
    pub(crate) extensions: usize,
}

/// `chunk-size [ chunk-ext ] CRLF`
pub(crate) fn chunk_header(input: &[u8]) -> Parsed<'_, ChunkHeader, Reason> {
    let (at_extensions, size) =
        field_as("chunk-size", "hexadecimal", chunk_size, |size| format!("{size:#x} = {size}"))
            .parse(input)?;
    let mut input = at_extensions;
    while matches!(input, [b';' | b' ' | b'\t', ..]) {
        (input, _) =
            field_as("chunk-ext", "most recipients ignore it", chunk_extension, shown).parse(input)?;
    }
    let extensions = at_extensions.len() - input.len();
    if !matches!(input, [b'\r' | b'\n', ..] | []) {
        let after_size = extensions == 0;
        let reason = if after_size { Reason::ChunkSize(input[0]) } else { Reason::ChunkExtension(input[0]) };
        return refuse(input, reason);
    }
    let (input, _) = field_as("line end", "", line_end, shown).parse(input)?;
    Ok((input, ChunkHeader { size, extensions }))
}

/// The `CRLF` of a chunk's size. LF alone may be tolerated in heads, but not here.
fn line_end(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    match grammar::ends_line(input, false) {
        Ok(length) => Ok((&input[length..], &input[..length])),
        Err(Reason::BareLf) => refuse(input, Reason::ChunkLineLf),
        Err(reason) => refuse(input, reason),
    }
}

/// `chunk-size = 1*HEXDIG`
fn chunk_size(input: &[u8]) -> Parsed<'_, u64, Reason> {
    let digits = input.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits == 0 {
        return match input.first() {
            Some(&byte) => refuse(input, Reason::ChunkSize(byte)),
            None => refuse(input, Reason::EndsEarly),
        };
    }
    let size = input[..digits].iter().try_fold(0u64, |size, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        size.checked_mul(16)?.checked_add(u64::from(digit))
    });
    match size {
        Some(size) => Ok((&input[digits..], size)),
        None => refuse(input, Reason::ChunkTooLarge),
    }
}

/// One of `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`
fn chunk_extension(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let whole = input;
    let (input, _) = grammar::ows(input)?;
    let [b';', input @ ..] = input else { return refuse_extension(input) };
    let (input, _) = grammar::ows(input)?;
    let (input, _) = extension_token(input)?;
    let (value, _) = grammar::ows(input)?;
    let [b'=', value @ ..] = value else { return Ok((input, &whole[..whole.len() - input.len()])) };
    let (input, _) = grammar::ows(value)?;
    let (input, _) = match input {
        [b'"', ..] => grammar::quoted_string(input, Reason::ChunkExtension)?,
        _ => extension_token(input)?,
    };
    Ok((input, &whole[..whole.len() - input.len()]))
}

/// `chunk-ext-name = token`
fn extension_token(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    match input.first() {
        Some(&byte) if !grammar::is_tchar(byte) => refuse_extension(input),
        _ => grammar::token(input, "a chunk extension"),
    }
}

fn refuse_extension(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    match input.first() {
        Some(&byte) => refuse(input, Reason::ChunkExtension(byte)),
        None => refuse(input, Reason::EndsEarly),
    }
}

/// `trailer-section CRLF`, with `trailer-section = *( field-line CRLF )`
fn trailer_section<'a>(input: &'a [u8], limits: &Limits) -> Parsed<'a, Headers, Reason> {
    head::parsed(input, head::read_trailers(input, &Rules::trailers(limits)))
}

/// `chunked-body = *chunk last-chunk trailer-section CRLF`, whole, for the annotated tree. Gives the length of the
/// content.
pub(crate) fn chunked_body<'a>(mut input: &'a [u8], limits: &Limits) -> Parsed<'a, u64, Reason> {
    let mut length = 0u64;
    let mut extensions = 0;
    loop {
        let at = input;
        let goes_on = |line: &[u8]| line[0].is_ascii_hexdigit() && !line.contains(&b'\n');
        if input.get(..limits.chunk_line.max(1)).is_some_and(goes_on) {
            return refuse(&input[limits.chunk_line..], Reason::ChunkLineTooLong(limits.chunk_line));
        }
        let (rest, (size, extension)) = group("chunk", "", chunk).parse(input)?;
        extensions += extension;
        if extensions > limits.chunk_extensions {
            return refuse(at, Reason::ExtensionsTooLong(limits.chunk_extensions));
        }
        length = length.saturating_add(size);
        input = rest;
        if size == 0 {
            break;
        }
    }
    let (input, _) = group("trailer section", "", |input| trailer_section(input, limits)).parse(input)?;
    computed("content", "all chunks together", || several(length, "byte"));
    Ok((input, length))
}

/// `chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF`, or the last chunk, which has no data. Gives the sizes of
/// the data and of the extensions.
fn chunk(input: &[u8]) -> Parsed<'_, (u64, usize), Reason> {
    let (input, header) = chunk_header(input)?;
    if header.size == 0 {
        return Ok((input, (0, header.extensions)));
    }
    let data = |input| exactly(input, header.size);
    let (input, _) = field_as("chunk-data", "", data, shown_content).parse(input)?;
    let (input, _) = field_as("line end", "", data_end, shown).parse(input)?;
    Ok((input, (header.size, header.extensions)))
}

/// The CRLF after chunk-data.
pub(crate) fn data_end(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    match input {
        [b'\r', b'\n', rest @ ..] => Ok((rest, &input[..2])),
        [] | [b'\r'] => refuse(&input[input.len()..], Reason::EndsEarly),
        [b'\r', byte, ..] => refuse(&input[1..], Reason::ChunkEnd(*byte)),
        [byte, ..] => refuse(input, Reason::ChunkEnd(*byte)),
    }
}

/// `length` bytes, all of them.
pub(crate) fn exactly(input: &[u8], length: u64) -> Parsed<'_, &[u8], Reason> {
    match usize::try_from(length).ok().filter(|&length| length <= input.len()) {
        Some(length) => Ok((&input[length..], &input[..length])),
        None => refuse(&input[input.len()..], Reason::EndsEarly),
    }
}
