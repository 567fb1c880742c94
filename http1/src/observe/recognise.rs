//! Do these bytes begin an HTTP/1.x message? Asked of bytes that could be anything: by a reader of captures before it
//! makes an observer, and by the observer when it has lost its place. Tested in `tests/recognise.rs`.

use barewire_dissect::Direction;

use crate::grammar::{is_tchar, is_text};

/// What the first bytes of something look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// The start of an HTTP/1.x message. The message may still be broken.
    Yes,
    /// Something else.
    No,
    /// There are too few bytes to tell.
    NotYet,
    /// The start of an HTTP/2 connection: the client's preface, or the server's first SETTINGS frame (RFC 9113 §3.4).
    Http2,
}

/// A first line longer than this is not looked at to its end.
const LONGEST_LINE: usize = 8 << 10;

/// The methods of RFC 9110 §9.3, and PATCH (RFC 5789).
const METHODS: [&[u8]; 9] =
    [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH"];

/// The first bytes of an HTTP/2 client (RFC 9113 §3.4). They look like a request, so that an HTTP/1.1 server refuses
/// them.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Whether `first_bytes`, which go in this direction, begin an HTTP/1.x message.
///
/// A response begins with `HTTP/1.`. A request begins with a known method and a path; or its first line begins with a
/// token and ends with an HTTP version. So the first lines of SMTP, FTP, RTSP or SIP are not taken for requests, and a
/// request with a broken first line is still recognised.
///
/// ```
/// use barewire_http1::observe::{Direction, Recognised, looks_like_http1};
///
/// assert_eq!(looks_like_http1(b"GET / HTTP/1.1\r\n", Direction::ToServer), Recognised::Yes);
/// let smtp = b"EHLO mail.example.test\r\n";
/// assert_eq!(looks_like_http1(smtp, Direction::ToServer), Recognised::No);
/// assert_eq!(looks_like_http1(b"HTTP", Direction::ToClient), Recognised::NotYet);
/// let http2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// assert_eq!(looks_like_http1(http2, Direction::ToServer), Recognised::Http2);
/// ```
pub fn looks_like_http1(first_bytes: &[u8], direction: Direction) -> Recognised {
    // RFC 9112 §2.2: empty lines may stand before a request.
    let mut bytes = first_bytes;
    while let [b'\r', b'\n', rest @ ..] = bytes {
        bytes = rest;
    }
    match (bytes, direction) {
        ([] | [b'\r'], _) => Recognised::NotYet,
        (_, Direction::ToServer) => like_request(bytes),
        (_, Direction::ToClient) => like_response(bytes),
    }
}

fn like_request(bytes: &[u8]) -> Recognised {
    if bytes.starts_with(HTTP2_PREFACE) {
        return Recognised::Http2;
    }
    let token = bytes.iter().position(|&byte| !is_tchar(byte)).unwrap_or(bytes.len());
    let (method, rest) = bytes.split_at(token);
    let line_end = bytes.iter().take(LONGEST_LINE).position(|&byte| byte == b'\n');
    match rest {
        _ if method.is_empty() => Recognised::No,
        [b' ', b'/', ..] if METHODS.contains(&method) => Recognised::Yes,
        _ => match line_end {
            Some(end) if is_line(&bytes[..end]) && ends_with_version(&bytes[..end]) => Recognised::Yes,
            None if is_line(bytes) && bytes.len() < LONGEST_LINE => Recognised::NotYet,
            _ => Recognised::No,
        },
    }
}

/// Whether these bytes begin with a method of RFC 9110, and the space after it.
pub(super) fn begins_with_known_method(bytes: &[u8]) -> bool {
    METHODS.iter().any(|method| bytes.strip_prefix(*method).is_some_and(|rest| rest.starts_with(b" ")))
}

pub(super) fn is_known_method(method: &[u8]) -> bool {
    METHODS.contains(&method)
}

/// Whether a line ends with `HTTP/` and a version.
fn ends_with_version(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    let at = line.len().saturating_sub(b"HTTP/1.1".len());
    matches!(&line[at..], [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'])
}

/// Whether these bytes could stand in a line of text.
fn is_line(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| is_text(byte) || byte == b'\r')
}

fn like_response(bytes: &[u8]) -> Recognised {
    let start = b"HTTP/1.";
    match bytes {
        _ if bytes.starts_with(start) => Recognised::Yes,
        _ if start.starts_with(bytes) => Recognised::NotYet,
        // Length, type SETTINGS, no flags, stream 0 (RFC 9113 §4.1, §6.5). A setting has six bytes.
        [0, 0, length, 4, 0, 0, 0, 0, 0, ..] if length % 6 == 0 => Recognised::Http2,
        _ if bytes.len() < 9 && [0, 0].starts_with(&bytes[..bytes.len().min(2)]) => Recognised::NotYet,
        _ => Recognised::No,
    }
}
