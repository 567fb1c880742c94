//! Requests and responses as values: what a head says, without its bytes (RFC 9110 §6, RFC 9112 §3 and §4).
//!
//! These own their text. The form without copies, which the parser makes first, is [`crate::head`]. The body is not
//! part of either: it goes through a connection piece by piece. Tested in `tests/clauses.rs`.

use std::borrow::Cow;
use std::fmt;

use crate::headers::Headers;
use crate::target;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// From a client.
    Request,
    /// From a server, and not an answer to HEAD or CONNECT.
    Response,
}

/// `HTTP/1.x` (RFC 9112 §2.3).
///
/// A minor version above 1 is kept as it came, and treated as 1, because there is no higher one (RFC 9110 §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The digit after the dot.
    pub minor: u8,
}

impl Version {
    /// It has no chunked coding, and each request takes a connection of its own unless both sides say `keep-alive`.
    pub const HTTP_1_0: Version = Version { minor: 0 };
    /// The version that this crate sends.
    pub const HTTP_1_1: Version = Version { minor: 1 };
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP/1.{}", self.minor)
    }
}

/// The head of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`. Its case matters (RFC 9110 §9.1).
    pub method: String,
    /// `/index.html`, in one of the four forms of RFC 9112 §3.2.
    pub target: String,
    /// The version of the sender.
    pub version: Version,
    /// The header fields.
    pub headers: Headers,
}

impl Request {
    /// A request with the Host field that RFC 9112 §3.2 wants. It is the first field, as RFC 9110 §7.2 recommends.
    ///
    /// `host` is the authority of the URI, with its port if that is not the scheme's default.
    ///
    /// ```
    /// use barewire_http1::Request;
    ///
    /// let request = Request::new("POST", "www.example.test:8080", "/form").with("Accept", "*/*");
    /// assert_eq!(request.to_string(), "POST /form HTTP/1.1");
    /// ```
    pub fn new(method: impl Into<String>, host: &str, target: impl Into<String>) -> Request {
        let mut headers = Headers::new();
        headers.push("Host", host);
        Request { method: method.into(), target: target.into(), version: Version::HTTP_1_1, headers }
    }

    /// The request `GET target` to `host`.
    pub fn get(host: &str, target: impl Into<String>) -> Request {
        Request::new("GET", host, target)
    }

    /// Whom the client asks: host and port of the target URI, as RFC 9112 §3.3 puts it together. A target in
    /// absolute-form or authority-form says it, whatever Host says (§3.2.2). For the two other forms it is Host. Empty
    /// when nobody says it, or what Host says is not valid.
    ///
    /// ```
    /// use barewire_http1::Request;
    ///
    /// assert_eq!(Request::get("a.test:8080", "/").authority(), "a.test:8080");
    /// assert_eq!(Request::get("a.test", "http://b.test/").authority(), "b.test");
    /// ```
    pub fn authority(&self) -> &str {
        let host = self.headers.get_all("Host").next().map(|field| field.value.as_slice());
        target::authority_of(self.method.as_bytes(), self.target.as_bytes(), host)
    }

    /// The target as an origin server is asked for it: an absolute-form loses its scheme and authority (RFC 9112
    /// §3.2.1). Other forms stay as they are.
    pub fn origin_form(&self) -> Cow<'_, str> {
        target::origin_form(&self.method, &self.target)
    }

    /// What the client expects beside `100-continue`, the only expectation that HTTP defines. A server that does not
    /// know it may answer 417 (RFC 9110 §10.1.1), or go on as if it was not there.
    ///
    /// ```
    /// # use barewire_http1::Request;
    /// let request = Request::new("PUT", "a.test", "/").with("Expect", "100-Continue, tea=\"hot\"");
    /// assert_eq!(request.unknown_expectations(), ["tea=\"hot\""]);
    /// ```
    pub fn unknown_expectations(&self) -> Vec<String> {
        let mut expectations = self.headers.list("Expect");
        expectations.retain(|one| !one.eq_ignore_ascii_case("100-continue"));
        expectations
    }

    /// The same with one more field.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Request {
        self.headers.push(name, value);
        self
    }
}

/// The request line.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.target, self.version)
    }
}

/// The head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The version of the sender.
    pub version: Version,
    /// Three digits, 100 to 999 (RFC 9110 §15).
    pub status: u16,
    /// Text for people (RFC 9112 §4), often empty. Bytes that came and are not UTF-8 are shown as U+FFFD.
    pub reason: String,
    /// The header fields.
    pub headers: Headers,
}

impl Response {
    /// A response with this status, its usual reason phrase, and no fields.
    pub fn new(status: u16) -> Response {
        let reason = usual_reason(status).to_owned();
        Response { version: Version::HTTP_1_1, status, reason, headers: Headers::new() }
    }

    /// The same with one more field.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Response {
        self.headers.push(name, value);
        self
    }

    /// The transfer codings that the content still has when it is read, in the order in which they were applied.
    /// Chunked is undone, so it is not among them where it is the last one, and `identity` codes nothing. Almost always
    /// there are none.
    ///
    /// ```
    /// # use barewire_http1::Response;
    /// let response = Response::new(200).with("Transfer-Encoding", "gzip, chunked");
    /// assert_eq!(response.transfer_codings(), ["gzip"]);
    /// ```
    pub fn transfer_codings(&self) -> Vec<String> {
        let mut codings = self.headers.list("Transfer-Encoding");
        codings.pop_if(|last| last.eq_ignore_ascii_case("chunked"));
        codings.retain(|coding| !coding.eq_ignore_ascii_case("identity"));
        codings
    }

    /// Whether this is a 1xx response. Another response follows it (RFC 9110 §15.2), except after 101.
    pub fn is_informational(&self) -> bool {
        (100..200).contains(&self.status)
    }
}

/// The status line.
impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.version, self.status, self.reason)
    }
}

/// The phrases of RFC 9110 §15, and of 103 (RFC 8297), 425 (RFC 8470), 428, 429 and 431 (RFC 6585).
fn usual_reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        101 => "Switching Protocols",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}
