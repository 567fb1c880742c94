//! Heads: the start line, the fields, and the empty line that ends them (RFC 9112 §2.1, §3 to §5).
//!
//! ```text
//! GET /hello HTTP/1.1\r\n      start line     head/start_line.rs
//! Host: example.test\r\n       field line     head/fields.rs
//! \r\n                         empty line
//! ```
//!
//! A head is read line by line, as its bytes come, and each line once (`head/reader.rs`). What comes out are slices of
//! those bytes, so a head costs one list of places. [`RequestHead::to_request`] and [`ResponseHead::to_response`] make
//! values that own their text.
//!
//! The parsers are stricter than most, because two readers of one message must agree on it: a line ends with CRLF, one
//! space separates the parts of a start line, no whitespace stands before a colon, and requests are not folded
//! ([`Tolerances`](crate::Tolerances) names what can be overlooked). In two places they accept what all others accept:
//! the space after a status code may be missing when no reason phrase follows, and the folded lines of a response are
//! joined (RFC 9112 §5.2 makes a client do that). Tested in `tests/clauses.rs`, and against httparse in
//! `tests/httparse.rs`.

mod field_line;
mod fields;
mod next_line;
mod reader;
mod section;
mod slices;
mod start_line;

pub(crate) use fields::Rules;
pub use fields::{FieldLine, Fields};
pub(crate) use reader::{Head, HeadReader};
pub(crate) use section::SectionReader;
pub use slices::{RequestHead, ResponseHead};

use barewire_dissect::{Parsed, Refused, refuse};

use crate::config::Config;
use crate::headers::Headers;
use crate::reason::Reason;

/// Reads the head of a request from the start of `bytes`. Gives the head and its length in bytes.
///
/// ```
/// use barewire_http1::{Config, Reason, head};
///
/// let bytes = b"GET /hello HTTP/1.1\r\nHost: example.test\r\n\r\nthe next bytes";
/// let (head, length) = head::read_request(bytes, &Config::default()).unwrap();
/// assert_eq!((head.method(), head.target()), ("GET", "/hello"));
/// assert_eq!(&bytes[length..], b"the next bytes");
/// ```
///
/// # Errors
/// The first byte that breaks a rule, as an offset in `bytes`.
pub fn read_request<'a>(
    bytes: &'a [u8],
    config: &Config,
) -> Result<(RequestHead<'a>, usize), Refused<Reason>> {
    match read(bytes, &Rules::requests(config))? {
        Some((Head::Request(head), length)) => Ok((head, length)),
        _ => Err(Refused { what: "request head", offset: bytes.len(), reason: Reason::EndsEarly }),
    }
}

/// Reads the head of a response from the start of `bytes`. Gives the head and its length in bytes.
///
/// # Errors
/// The first byte that breaks a rule, as an offset in `bytes`.
pub fn read_response<'a>(
    bytes: &'a [u8],
    config: &Config,
) -> Result<(ResponseHead<'a>, usize), Refused<Reason>> {
    match read(bytes, &Rules::responses(config))? {
        Some((Head::Response(head), length)) => Ok((head, length)),
        _ => Err(Refused { what: "response head", offset: bytes.len(), reason: Reason::EndsEarly }),
    }
}

/// A whole head, and its length. `None`: it is not complete.
fn read<'a>(bytes: &'a [u8], rules: &Rules) -> Result<Option<(Head<'a>, usize)>, Refused<Reason>> {
    let mut reader = HeadReader::default();
    let Some(length) = reader.read(bytes, rules)? else { return Ok(None) };
    Ok(reader.take_head(&bytes[..length]).map(|head| (head, length)))
}

/// A read as a parser of the annotated tree gives it: what it made of `input`, and the rest.
pub(crate) fn parsed<T>(input: &[u8], read: Result<(T, usize), Refused<Reason>>) -> Parsed<'_, T, Reason> {
    match read {
        Ok((value, length)) => Ok((input.get(length..).unwrap_or_default(), value)),
        Err(refused) => refuse(input.get(refused.offset..).unwrap_or_default(), refused.reason),
    }
}

/// `trailer-section CRLF`, whole.
pub(crate) fn read_trailers(bytes: &[u8], rules: &Rules) -> Result<(Headers, usize), Refused<Reason>> {
    let mut reader = SectionReader::default();
    let section = bytes.get(..rules.limit).unwrap_or(bytes);
    let length = reader.read(section, rules)?;
    let reason =
        if section.len() == rules.limit { Reason::SectionTooLong(rules.limit) } else { Reason::EndsEarly };
    let refused = Refused { what: "trailer section", offset: section.len(), reason };
    length.map(|length| (reader.take_headers(section), length)).ok_or(refused)
}
