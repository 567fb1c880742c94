//! Heads: the start line, the fields, and the empty line that ends them (RFC 9112 §2.1, §3 to §5).
//!
//! ```text
//! GET /hello HTTP/1.1\r\n      start line     head/start_line.rs
//! Host: example.test\r\n       field line     head/fields.rs
//! \r\n                         empty line
//! ```
//!
//! The parsers take a buffer that holds a whole head and give slices of it, so a head costs one list of fields.
//! [`RequestHead::to_request`] and [`ResponseHead::to_response`] make values that own their text.
//!
//! The parsers are stricter than most, because two readers of one message must agree on it: a line ends with CRLF, one
//! space separates the parts of a start line, no whitespace stands before a colon, and requests are not folded
//! ([`Tolerances`](crate::Tolerances) names what can be overlooked). In two places they accept what all others accept:
//! the space after a status code may be missing when no reason phrase follows, and the folded lines of a response are
//! joined (RFC 9112 §5.2 makes a client do that). Tested in `tests/clauses.rs`, and against httparse in
//! `tests/httparse.rs`.

mod fields;
mod start_line;

pub use fields::FieldLine;
pub(crate) use fields::{Rules, fields, framing_at, to_headers};
pub(crate) use start_line::{check_request_line, check_status_line, method};

use barewire_dissect::{Parsed, Refused, finish, group};
use nom::Parser;

use crate::config::Config;
use crate::message::{Request, Response, Version};
use crate::reason::Reason;

/// The head of a request, as slices of the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    /// A token.
    pub method: &'a [u8],
    /// Printable ASCII, in one of the four forms of RFC 9112 §3.2.
    pub target: &'a [u8],
    /// The version of the sender.
    pub version: Version,
    /// The fields, in order.
    pub fields: Vec<FieldLine<'a>>,
}

/// The head of a response, as slices of the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    /// The version of the sender.
    pub version: Version,
    /// 100 to 999.
    pub status: u16,
    /// The reason phrase. It may be empty.
    pub reason: &'a [u8],
    /// The fields, in order.
    pub fields: Vec<FieldLine<'a>>,
}

/// Reads the head of a request from the start of `bytes`. Gives the head and its length in bytes.
///
/// ```
/// use barewire_http1::{Config, Reason, head};
///
/// let bytes = b"GET /hello HTTP/1.1\r\nHost: example.test\r\n\r\nthe next bytes";
/// let (head, length) = head::read_request(bytes, &Config::default()).unwrap();
/// assert_eq!((head.method, head.target), (&b"GET"[..], &b"/hello"[..]));
/// assert_eq!(&bytes[length..], b"the next bytes");
/// ```
///
/// # Errors
/// The first byte that breaks a rule, as an offset in `bytes`.
pub fn read_request<'a>(
    bytes: &'a [u8],
    config: &Config,
) -> Result<(RequestHead<'a>, usize), Refused<Reason>> {
    let (head, rest) = finish("request head", bytes, request_head(bytes, Rules::requests(config)))?;
    Ok((head, bytes.len() - rest.len()))
}

/// Reads the head of a response from the start of `bytes`. Gives the head and its length in bytes.
///
/// # Errors
/// The first byte that breaks a rule, as an offset in `bytes`.
pub fn read_response<'a>(
    bytes: &'a [u8],
    config: &Config,
) -> Result<(ResponseHead<'a>, usize), Refused<Reason>> {
    let (head, rest) = finish("response head", bytes, response_head(bytes, Rules::responses(config)))?;
    Ok((head, bytes.len() - rest.len()))
}

/// `request-line *( field-line CRLF ) CRLF`
pub(crate) fn request_head(input: &[u8], rules: Rules) -> Parsed<'_, RequestHead<'_>, Reason> {
    let line = |input| start_line::request_line(input, rules);
    let (input, (method, target, version)) =
        group("request line", "what the client asks for", line).parse(input)?;
    let (input, fields) = group("header section", "", |input| fields(input, rules)).parse(input)?;
    Ok((input, RequestHead { method, target, version, fields }))
}

/// `status-line *( field-line CRLF ) CRLF`
pub(crate) fn response_head(input: &[u8], rules: Rules) -> Parsed<'_, ResponseHead<'_>, Reason> {
    let line = |input| start_line::status_line(input, rules);
    let (input, (version, status, reason)) =
        group("status line", "how the request went", line).parse(input)?;
    let (input, fields) = group("header section", "", |input| fields(input, rules)).parse(input)?;
    Ok((input, ResponseHead { version, status, reason, fields }))
}

impl RequestHead<'_> {
    /// The same with text of its own.
    pub fn to_request(&self) -> Request {
        Request {
            method: String::from_utf8_lossy(self.method).into_owned(),
            target: String::from_utf8_lossy(self.target).into_owned(),
            version: self.version,
            headers: to_headers(&self.fields),
        }
    }
}

impl ResponseHead<'_> {
    /// The same with text of its own. Folded lines are joined.
    pub fn to_response(&self) -> Response {
        Response {
            version: self.version,
            status: self.status,
            reason: String::from_utf8_lossy(self.reason).into_owned(),
            headers: to_headers(&self.fields),
        }
    }
}
