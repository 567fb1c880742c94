//! The chunked transfer coding (RFC 9112 §7.1): a body as a row of chunks, each with its size in front.
//!
//! ```text
//! 5;note=hi\r\n   chunk-size, chunk-ext
//! Hello\r\n       chunk-data
//! 0\r\n           last-chunk
//! Digest: x\r\n   trailer-section
//! \r\n
//! ```
//!
//! [`Decoder`] takes a body apart as it arrives; [`write_chunk`] and [`write_end`] put one together. Extensions are
//! checked against the grammar, limited and dropped, as §7.1.1 tells a recipient that knows none of them.
//! Tested in `tests/chunked.rs`.

use barewire_dissect::{computed, field_as, finish, group, refuse};
use nom::Parser;

use crate::error::Problem;
use crate::grammar::{self, Parsed};
use crate::head::{self, Rules, shown, shown_content};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::section::{At, Scanner, at};
use crate::write;

/// A piece of a body, on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Content.
    Data(&'a [u8]),
    /// The end, with the fields behind the last chunk. Empty for all bodies that are not chunked.
    End(Headers),
}

/// Takes a chunked body apart.
#[derive(Debug, Clone)]
pub struct Decoder {
    state: State,
    scanner: Scanner,
    /// Bytes that extensions may still take.
    extensions: usize,
    limits: Limits,
}

/// Where the decoder is, in the order of RFC 9112 §7.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before chunk-size.
    Header,
    /// In chunk-data, with this many bytes left.
    Data(u64),
    /// Before the CRLF behind chunk-data.
    DataEnd,
    /// In the trailer section.
    Trailers,
    /// Behind the last CRLF.
    Done,
}

impl Decoder {
    /// A decoder before the first chunk.
    pub fn new(limits: &Limits) -> Decoder {
        Decoder {
            state: State::Header,
            scanner: Scanner::default(),
            extensions: limits.chunk_extensions,
            limits: limits.clone(),
        }
    }

    /// Reads from the start of `input`. Gives how many bytes it took, and a piece if there is one. When it took none
    /// and has no piece it needs more bytes, behind those in `input`. An error has its offset in `input`.
    ///
    /// ```
    /// use barewire_http1::{Limits, chunked::{Decoder, Piece}};
    ///
    /// let mut decoder = Decoder::new(&Limits::default());
    /// let body = b"5\r\nHello\r\n0\r\n\r\n";
    /// let (taken, piece) = decoder.read(body).unwrap();
    /// assert_eq!(piece, Some(Piece::Data(b"Hello")));
    /// let (last, piece) = decoder.read(&body[taken..]).unwrap();
    /// assert_eq!((&body[taken..taken + last], piece), (&b"\r\n0\r\n"[..], None));
    /// let (_, piece) = decoder.read(&body[taken + last..]).unwrap();
    /// assert!(matches!(piece, Some(Piece::End(_))));
    /// ```
    pub fn read<'a>(&mut self, input: &'a [u8]) -> Result<(usize, Option<Piece<'a>>), (usize, Problem)> {
        let mut taken = 0;
        loop {
            let rest = &input[taken..];
            let here = |(at, problem): At| (taken + at, problem);
            match self.state {
                State::Header => match self.header(rest).map_err(here)? {
                    // The trailer section starts a step of its own, so that its place is known.
                    Some(length) if self.state == State::Trailers => return Ok((taken + length, None)),
                    Some(length) => taken += length,
                    None => return Ok((taken, None)),
                },
                State::Data(left) => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    if length == 0 {
                        return Ok((taken, None));
                    }
                    let left = left - length as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                    return Ok((taken + length, Some(Piece::Data(&rest[..length]))));
                }
                State::DataEnd => match data_end(rest) {
                    Ok(true) => (self.state, taken) = (State::Header, taken + 2),
                    Ok(false) => return Ok((taken, None)),
                    Err(at) => return Err(here(at)),
                },
                State::Trailers => {
                    return match self.trailers(rest).map_err(here)? {
                        Some((length, trailers)) => Ok((taken + length, Some(Piece::End(trailers)))),
                        None => Ok((taken, None)),
                    };
                }
                State::Done => return Ok((taken, None)),
            }
        }
    }

    /// "read chunk-size, chunk-ext (if any), and CRLF". Gives the length of the line.
    fn header(&mut self, input: &[u8]) -> Result<Option<usize>, At> {
        let limit = self.limits.chunk_line;
        // Whoever does not send chunks at all is found out by the first byte.
        if let Some(&byte) = input.first().filter(|byte| !byte.is_ascii_hexdigit()) {
            return Err((0, Problem::ChunkSize(byte)));
        }
        let line = self.scanner.line(input, limit, false).map_err(|(at, problem)| match problem {
            Problem::SectionTooLong(_) => (at, Problem::ChunkLineTooLong(limit)),
            other => (at, other),
        })?;
        let Some(length) = line else { return Ok(None) };
        let line = &input[..length];
        let (header, _) = finish("chunk header", line, chunk_header(line)).map_err(at)?;
        let left = self.extensions.checked_sub(header.extensions);
        self.extensions = left.ok_or((0, Problem::ExtensionsTooLong(self.limits.chunk_extensions)))?;
        self.scanner = Scanner::default();
        self.state = if header.size == 0 { State::Trailers } else { State::Data(header.size) };
        Ok(Some(length))
    }

    /// The trailer section and the CRLF behind it. Gives their length too.
    fn trailers(&mut self, input: &[u8]) -> Result<Option<(usize, Headers)>, At> {
        let end = self.scanner.section(input, self.limits.trailers, false)?;
        let Some(length) = end else { return Ok(None) };
        let section = &input[..length];
        let (lines, _) =
            finish("trailer section", section, trailer_section(section, &self.limits)).map_err(at)?;
        self.state = State::Done;
        Ok(Some((length, head::to_headers(&lines))))
    }
}

/// The CRLF behind chunk-data: `false` when more bytes are needed.
fn data_end(input: &[u8]) -> Result<bool, At> {
    match input {
        [b'\r', b'\n', ..] => Ok(true),
        [] | [b'\r'] => Ok(false),
        [b'\r', byte, ..] => Err((1, Problem::ChunkEnd(*byte))),
        [byte, ..] => Err((0, Problem::ChunkEnd(*byte))),
    }
}

/// What stands in front of a chunk's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkHeader {
    /// The length of the data.
    pub(crate) size: u64,
    /// The length of the extensions.
    pub(crate) extensions: usize,
}

/// `chunk-size [ chunk-ext ] CRLF`
pub(crate) fn chunk_header(input: &[u8]) -> Parsed<'_, ChunkHeader> {
    let (at_extensions, size) =
        field_as("chunk-size", "hexadecimal", chunk_size, |size| format!("{size:#x} = {size}"))
            .parse(input)?;
    let mut input = at_extensions;
    while matches!(input, [b';' | b' ' | b'\t', ..]) {
        (input, _) = field_as("chunk-ext", "nobody has to know it", chunk_extension, shown).parse(input)?;
    }
    let extensions = at_extensions.len() - input.len();
    if !matches!(input, [b'\r' | b'\n', ..] | []) {
        return refuse(input, Problem::ChunkSize(input[0]));
    }
    let (input, _) = field_as("line end", "", grammar::crlf, shown).parse(input)?;
    Ok((input, ChunkHeader { size, extensions }))
}

/// `chunk-size = 1*HEXDIG`
fn chunk_size(input: &[u8]) -> Parsed<'_, u64> {
    let digits = input.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits == 0 {
        return match input.first() {
            Some(&byte) => refuse(input, Problem::ChunkSize(byte)),
            None => refuse(input, Problem::EndsEarly),
        };
    }
    let size = input[..digits].iter().try_fold(0u64, |size, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        size.checked_mul(16)?.checked_add(u64::from(digit))
    });
    match size {
        Some(size) => Ok((&input[digits..], size)),
        None => refuse(input, Problem::ChunkTooLarge),
    }
}

/// One of `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`
fn chunk_extension(input: &[u8]) -> Parsed<'_, &[u8]> {
    let whole = input;
    let (input, _) = grammar::ows(input)?;
    let [b';', input @ ..] = input else { return refuse_extension(input) };
    let (input, _) = grammar::ows(input)?;
    let (input, _) = extension_token(input)?;
    let (value, _) = grammar::ows(input)?;
    let [b'=', value @ ..] = value else { return Ok((input, &whole[..whole.len() - input.len()])) };
    let (input, _) = grammar::ows(value)?;
    let (input, _) = match input {
        [b'"', ..] => grammar::quoted_string(input, Problem::ChunkExtension)?,
        _ => extension_token(input)?,
    };
    Ok((input, &whole[..whole.len() - input.len()]))
}

/// `chunk-ext-name = token`
fn extension_token(input: &[u8]) -> Parsed<'_, &[u8]> {
    match input.first() {
        Some(&byte) if !grammar::is_tchar(byte) => refuse_extension(input),
        _ => grammar::token(input, "a chunk extension"),
    }
}

fn refuse_extension(input: &[u8]) -> Parsed<'_, &[u8]> {
    match input.first() {
        Some(&byte) => refuse(input, Problem::ChunkExtension(byte)),
        None => refuse(input, Problem::EndsEarly),
    }
}

/// `trailer-section CRLF`, with `trailer-section = *( field-line CRLF )`
pub(crate) fn trailer_section<'a>(input: &'a [u8], limits: &Limits) -> Parsed<'a, Vec<head::FieldLine<'a>>> {
    let rules = Rules { fields: limits.fields, bare_lf: false, folded: false };
    head::fields(input, rules)
}

/// `chunked-body = *chunk last-chunk trailer-section CRLF`, whole, for the annotated tree. Gives the content's length.
pub(crate) fn chunked_body<'a>(mut input: &'a [u8], limits: &Limits) -> Parsed<'a, u64> {
    let mut length = 0u64;
    let mut extensions = 0;
    loop {
        let at = input;
        let (rest, (size, extension)) = group("chunk", "", chunk).parse(input)?;
        extensions += extension;
        if extensions > limits.chunk_extensions {
            return refuse(at, Problem::ExtensionsTooLong(limits.chunk_extensions));
        }
        length = length.saturating_add(size);
        input = rest;
        if size == 0 {
            break;
        }
    }
    let (input, _) = group("trailer section", "", |input| trailer_section(input, limits)).parse(input)?;
    computed("content", "all chunks together", || format!("{length} bytes"));
    Ok((input, length))
}

/// `chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF`, or the last chunk, which has no data. Gives the sizes of
/// the data and of the extensions.
fn chunk(input: &[u8]) -> Parsed<'_, (u64, usize)> {
    let (input, header) = chunk_header(input)?;
    if header.size == 0 {
        return Ok((input, (0, header.extensions)));
    }
    let data = |input| exactly(input, header.size);
    let (input, _) = field_as("chunk-data", "", data, shown_content).parse(input)?;
    if let Err((at, problem)) = data_end(input) {
        return refuse(&input[at..], problem);
    }
    let (input, _) = field_as("line end", "", grammar::crlf, shown).parse(input)?;
    Ok((input, (header.size, header.extensions)))
}

/// `length` bytes, all of them.
pub(crate) fn exactly(input: &[u8], length: u64) -> Parsed<'_, &[u8]> {
    match usize::try_from(length).ok().filter(|&length| length <= input.len()) {
        Some(length) => Ok((&input[length..], &input[..length])),
        None => refuse(&input[input.len()..], Problem::EndsEarly),
    }
}

/// Appends `data` to `out` as one chunk. Of no data nothing is written: a chunk of size zero would be the end.
pub fn write_chunk(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// Appends the last chunk and the trailer section to `out`. Trailers that must not be written are refused, and then
/// nothing is.
pub fn write_end(trailers: &Headers, out: &mut Vec<u8>) -> Result<(), crate::Error> {
    let mut section = b"0\r\n".to_vec();
    write::fields(trailers, &mut section)?;
    out.extend_from_slice(&section);
    Ok(())
}
