//! Settings: how much a peer may send before this crate stops reading, how long it may take, and which deviations are
//! overlooked.
//!
//! HTTP itself sets no limits (RFC 9110 §2.3), so each recipient must. Tested in `tests/limits.rs`.

use std::time::Duration;

/// The settings of a connection.
#[derive(Debug, Clone)]
pub struct Config {
    /// How much a peer may send.
    pub limits: Limits,
    /// Which deviations are overlooked. None.
    pub tolerate: Tolerances,
    /// How long a head may take. A client counts from the end of its request, a server from the first byte of the
    /// head. `None`, the default, waits for ever.
    pub head_timeout: Option<Duration>,
    /// How long a body may rest: from one piece of it to the next. `None`, the default, waits for ever.
    pub body_timeout: Option<Duration>,
    /// How long a connection may rest between two messages, and before the first one. `None`, the default,
    /// waits for ever.
    pub idle_timeout: Option<Duration>,
    /// How long a client that sent `Expect: 100-continue` keeps its body back (RFC 9110 §10.1.1). 1 second.
    pub continue_timeout: Duration,
    /// How many requests a client may have sent whose answers are not complete (pipelining, RFC 9112 §9.3.2). 1: none
    /// is sent ahead.
    pub pipeline: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            limits: Limits::default(),
            tolerate: Tolerances::default(),
            head_timeout: None,
            body_timeout: None,
            idle_timeout: None,
            continue_timeout: Duration::from_secs(1),
            pipeline: 1,
        }
    }
}

/// How much a peer may send. Sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A head: start line, fields and the empty line. 64 KiB.
    pub head: usize,
    /// The method of a request. 64.
    pub method: usize,
    /// The target of a request. RFC 9112 §3 recommends to take request lines of 8000 bytes. 16 KiB.
    pub target: usize,
    /// Fields in a head, and again in a trailer section. 100.
    pub fields: usize,
    /// One chunk header line: size, extensions, CRLF. 4 KiB.
    pub chunk_line: usize,
    /// All chunk extensions of one body together. Without this limit a megabyte of extensions could come with ten
    /// bytes of content. 16 KiB.
    pub chunk_extensions: usize,
    /// The trailer section after a chunked body. 16 KiB.
    pub trailers: usize,
    /// 1xx responses to one request. 32.
    pub informational: usize,
    /// Requests that a client sent ahead (pipelining) and that the server core holds back. 64 KiB.
    pub ahead: usize,
    /// Content that the caller has not read. While so much waits, `receive` takes nothing. What waits may exceed it by
    /// the one piece that was taken last. No limit: a caller that sets one looks at what `receive` gives.
    pub unread: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: 64 << 10,
            method: 64,
            target: 16 << 10,
            fields: 100,
            chunk_line: 4 << 10,
            chunk_extensions: 16 << 10,
            trailers: 16 << 10,
            informational: 32,
            ahead: 64 << 10,
            unread: usize::MAX,
        }
    }
}

/// Deviations that RFC 9112 lets a recipient overlook. Each is off by default. With each of them two programs on the
/// path can read different messages in the same bytes (RFC 9112 §11.2, request smuggling).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tolerances {
    /// LF alone ends a line in a head, as RFC 9112 §2.2 allows. The danger: `X: a\nContent-Length: 5` is then two
    /// fields here, and one field to a neighbour that only knows CRLF. The two disagree on where the body ends.
    pub bare_lf: bool,
    /// Folded lines are joined in requests too, as RFC 9112 §5.2 allows. In responses they are always joined, because
    /// a client must. The danger: ` Transfer-Encoding: chunked` after a line is then a part of that line's value here,
    /// and a field to a neighbour that trims lines first.
    pub obs_fold: bool,
    /// A message with Content-Length and Transfer-Encoding is read by the Transfer-Encoding, and its connection is
    /// closed, as RFC 9112 §6.3 rule 3 allows. The danger: a neighbour that went by the Content-Length takes the rest
    /// of the chunks for the next request. That is the classic smuggling attack.
    pub length_beside_coding: bool,
    /// A target may hold any printable ASCII, and not only the characters of a URI and those that browsers send. The
    /// danger: two programs cut such a target at different places. For one of them `/a#b` ends at the `#`.
    pub any_target_byte: bool,
}
