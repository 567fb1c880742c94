//! The chunked transfer coding (RFC 9112 §7.1): a body in chunks, each with its size in front.
//!
//! ```text
//! 5;note=hi\r\n   chunk-size, chunk-ext
//! Hello\r\n       chunk-data
//! 0\r\n           last-chunk
//! Digest: x\r\n   trailer-section
//! \r\n
//! ```
//!
//! [`Decoder`] reads such a body as it arrives; [`write_chunk`] and [`write_end`] write one. `chunked/grammar.rs` has
//! the ABNF. Extensions are checked against the grammar, limited and then dropped, as §7.1.1 tells a recipient that
//! knows none of them. Tested in `tests/chunked.rs`.

mod grammar;

pub(crate) use grammar::{chunked_body, exactly};

use barewire_dissect::{Refused, finish};

use crate::config::Limits;
use crate::head::{Rules, SectionReader};
use crate::headers::Headers;
use crate::reason::{Reason, misuse};
use crate::received::LineFinder;
use crate::trailers::only_in_heads;
use crate::write::{self, Added};

/// A piece of a body, on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes of the content.
    Data(&'a [u8]),
    /// The end, with the fields after the last chunk. A body that is not chunked has none.
    End(Headers),
}

/// Reads a chunked body.
#[derive(Debug, Clone)]
pub struct Decoder {
    state: State,
    line: LineFinder,
    trailers: SectionReader,
    /// How many bytes of extensions may still come.
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
    /// Before the CRLF after chunk-data.
    DataEnd,
    /// In the trailer section.
    Trailers,
    /// After the last CRLF.
    Done,
}

impl Decoder {
    /// A decoder before the first chunk.
    pub fn new(limits: &Limits) -> Decoder {
        Decoder {
            state: State::Header,
            line: LineFinder::default(),
            trailers: SectionReader::default(),
            extensions: limits.chunk_extensions,
            limits: *limits,
        }
    }

    /// Reads from the start of `input`. Gives how many bytes it took, and a piece if there is one. When it took none
    /// and has no piece, it needs more bytes after those in `input`.
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
    ///
    /// # Errors
    /// The first byte that breaks a rule, as an offset in `input`.
    pub fn read<'a>(&mut self, input: &'a [u8]) -> Result<(usize, Option<Piece<'a>>), Refused<Reason>> {
        let mut taken = 0;
        loop {
            let rest = &input[taken..];
            let here = |refused: Refused<Reason>| Refused { offset: taken + refused.offset, ..refused };
            // book: chunks
            // exercise: http01
            // instead: return Ok((taken + rest.len(), (!rest.is_empty()).then_some(Piece::Data(rest))));
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
                    self.state = after_data(left - length as u64);
                    return Ok((taken + length, Some(Piece::Data(&rest[..length]))));
                }
                State::DataEnd => match data_end(rest).map_err(here)? {
                    Some(length) => (self.state, taken) = (State::Header, taken + length),
                    None => return Ok((taken, None)),
                },
                State::Trailers => {
                    return match self.trailers(rest).map_err(here)? {
                        Some((length, trailers)) => Ok((taken + length, Some(Piece::End(trailers)))),
                        None => Ok((taken, None)),
                    };
                }
                State::Done => return Ok((taken, None)),
            }
            // exercise: end
            // book: end
        }
    }

    /// "read chunk-size, chunk-ext (if any), and CRLF". Gives the length of the line.
    fn header(&mut self, input: &[u8]) -> Result<Option<usize>, Refused<Reason>> {
        let refused = |offset, reason| Refused { what: "chunk header", offset, reason };
        let limit = self.limits.chunk_line;
        // A peer that does not send chunks at all is refused by its first byte.
        if let Some(&byte) = input.first().filter(|byte| !byte.is_ascii_hexdigit()) {
            return Err(refused(0, Reason::ChunkSize(byte)));
        }
        let line = self.line.find(input, limit, Reason::ChunkLineTooLong(limit));
        let length = match line {
            Ok(Some(length)) => length,
            Ok(None) => return Ok(None),
            // The line is read all the same: what is wrong in it first counts.
            Err(Refused { reason: Reason::BareLf, offset, .. }) => offset + 1,
            Err(line) => return Err(refused(line.offset, line.reason)),
        };
        let line = &input[..length];
        let (header, _) = finish("chunk header", line, grammar::chunk_header(line))?;
        let left = self.extensions.checked_sub(header.extensions);
        let too_long = Reason::ExtensionsTooLong(self.limits.chunk_extensions);
        self.extensions = left.ok_or_else(|| refused(0, too_long))?;
        self.state = if header.size == 0 { State::Trailers } else { State::Data(header.size) };
        Ok(Some(length))
    }

    /// The trailer section and the CRLF after it. Gives their length too.
    fn trailers(&mut self, input: &[u8]) -> Result<Option<(usize, Headers)>, Refused<Reason>> {
        let limit = self.limits.trailers;
        let section = input.get(..limit).unwrap_or(input);
        match self.trailers.read(section, &Rules::trailers(&self.limits))? {
            Some(length) => {
                self.state = State::Done;
                Ok(Some((length, self.trailers.take_headers(section))))
            }
            None if section.len() == limit => {
                let reason = Reason::SectionTooLong(limit);
                Err(Refused { what: "trailer section", offset: limit, reason })
            }
            None => Ok(None),
        }
    }

    /// Goes on after `missing` bytes that will never come, if all of them are data of one chunk. Else `false`.
    pub(crate) fn skip(&mut self, missing: u64) -> bool {
        match self.state {
            State::Data(left) if missing <= left => {
                self.state = after_data(left - missing);
                true
            }
            _ => false,
        }
    }
}

/// The state when `left` bytes of a chunk's data are still to come.
fn after_data(left: u64) -> State {
    if left == 0 { State::DataEnd } else { State::Data(left) }
}

/// The length of the CRLF after chunk-data. `None` when more bytes are needed.
fn data_end(input: &[u8]) -> Result<Option<usize>, Refused<Reason>> {
    match finish("chunk", input, grammar::data_end(input)) {
        Ok((end, _)) => Ok(Some(end.len())),
        Err(Refused { reason: Reason::EndsEarly, .. }) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// Appends `data` to `out` as one chunk. When `data` is empty, nothing is written: a chunk of size zero would end the
/// body.
pub fn write_chunk(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// Appends the last chunk and the trailer section to `out`.
///
/// # Errors
/// A trailer that the grammar does not allow, or that must stand in the head (RFC 9110 §6.5.1). Then nothing is
/// appended.
pub fn write_end(trailers: &Headers, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    // exercise: http07
    // instead: out.extend_from_slice(b"0\r\n\r\n");
    let misplaced = trailers.iter().find_map(|field| Some((&field.name, only_in_heads(&field.name)?)));
    if let Some((name, does)) = misplaced {
        return Err(misuse(Reason::MisplacedTrailer { name: name.as_str().into(), does }));
    }
    write::whole(out, |out| {
        out.extend_from_slice(b"0\r\n");
        write::fields(trailers, Added::default(), out)
    })?;
    // exercise: end
    Ok(())
}
