//! Heads as the bytes that came, and the places of their parts in them. Framing, persistence, Host and Expect are
//! decided on this form. It borrows its bytes; [`RequestHead::into_owned`] copies them, and nothing else. A caller that
//! wants text of its own asks for it with [`RequestHead::to_request`]. Tested in `tests/clauses.rs`.

use std::borrow::Cow;
use std::fmt;

use super::fields::{Fields, Span, Spans};
use crate::message::{Request, Response, Version};
use crate::target::authority_of;

/// The head of a request, as slices of the bytes it was read from.
///
/// ```
/// use barewire_http1::{Config, head};
///
/// let bytes = b"GET /hello HTTP/1.1\r\nHost: example.test\r\n\r\n";
/// let (head, _) = head::read_request(bytes, &Config::default()).unwrap();
/// assert_eq!((head.method(), head.target()), ("GET", "/hello"));
/// assert_eq!(head.fields().iter().next().unwrap().value, b"example.test");
/// assert_eq!(head.to_request().headers.get("host").as_deref(), Some("example.test"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) line: RequestLine,
    pub(super) fields: Vec<Spans>,
}

/// The head of a response, as slices of the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) line: StatusLine,
    pub(super) fields: Vec<Spans>,
}

/// What a request line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RequestLine {
    pub(super) method: Span,
    pub(super) target: Span,
    pub(super) version: Version,
}

/// What a status line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatusLine {
    pub(super) version: Version,
    pub(super) status: u16,
    pub(super) reason: Span,
}

impl RequestHead<'_> {
    /// `GET`: a token.
    pub fn method(&self) -> &str {
        text(self.line.method, &self.bytes)
    }

    /// `/hello`: printable ASCII, in one of the four forms of RFC 9112 §3.2.
    pub fn target(&self) -> &str {
        text(self.line.target, &self.bytes)
    }

    /// The version of the sender.
    pub fn version(&self) -> Version {
        self.line.version
    }

    /// The fields, in order.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(&self.bytes, &self.fields)
    }

    /// All bytes of the head, with the empty line at its end.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whom the client asks, as [`Request::authority`] says it.
    pub fn authority(&self) -> &str {
        let host = self.fields().iter().find(|field| field.name.eq_ignore_ascii_case(b"Host"));
        let target = self.line.target.in_bytes(&self.bytes);
        authority_of(self.method().as_bytes(), target, host.map(|field| field.value))
    }

    /// The same head with bytes of its own.
    pub fn into_owned(self) -> RequestHead<'static> {
        let RequestHead { bytes, line, fields } = self;
        RequestHead { bytes: Cow::Owned(bytes.into_owned()), line, fields }
    }

    /// The same as a value, each part with text of its own. Folded lines are joined.
    pub fn to_request(&self) -> Request {
        Request {
            method: self.method().to_owned(),
            target: self.target().to_owned(),
            version: self.version(),
            headers: self.fields().to_headers(),
        }
    }
}

impl ResponseHead<'_> {
    /// The version of the sender.
    pub fn version(&self) -> Version {
        self.line.version
    }

    /// 100 to 999.
    pub fn status(&self) -> u16 {
        self.line.status
    }

    /// The reason phrase. It may be empty, and it need not be UTF-8.
    pub fn reason(&self) -> &[u8] {
        self.line.reason.in_bytes(&self.bytes)
    }

    /// The fields, in order.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(&self.bytes, &self.fields)
    }

    /// All bytes of the head, with the empty line at its end.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether this is a 1xx response. Another response follows it (RFC 9110 §15.2), except after 101.
    pub fn is_informational(&self) -> bool {
        (100..200).contains(&self.status())
    }

    /// The same head with bytes of its own.
    pub fn into_owned(self) -> ResponseHead<'static> {
        let ResponseHead { bytes, line, fields } = self;
        ResponseHead { bytes: Cow::Owned(bytes.into_owned()), line, fields }
    }

    /// The same as a value, each part with text of its own. Folded lines are joined.
    pub fn to_response(&self) -> Response {
        Response {
            version: self.version(),
            status: self.status(),
            reason: String::from_utf8_lossy(self.reason()).into_owned(),
            headers: self.fields().to_headers(),
        }
    }
}

/// The request line.
impl fmt::Display for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method(), self.target(), self.version())
    }
}

/// The status line.
impl fmt::Display for ResponseHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.version(), self.status(), String::from_utf8_lossy(self.reason()))
    }
}

/// The parser lets only ASCII into methods and targets.
fn text(span: Span, bytes: &[u8]) -> &str {
    str::from_utf8(span.in_bytes(bytes)).unwrap_or_default()
}
