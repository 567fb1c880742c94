//! Limits: how much a peer may send before this crate stops listening, and which deviations it overlooks.
//!
//! HTTP itself sets no limits (RFC 9110 §2.3), so each recipient must. Tested in `tests/limits.rs`.

use std::time::Duration;

/// What a peer may send. All sizes in bytes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// A head: start line, fields and the empty line. 64 KiB.
    pub head: usize,
    /// Fields in a head, and again in a trailer section. 100.
    pub fields: usize,
    /// One chunk header line: size, extensions, CRLF. 4 KiB.
    pub chunk_line: usize,
    /// All chunk extensions of one body together, so that a megabyte of them cannot carry ten bytes of content
    /// unnoticed. 16 KiB.
    pub chunk_extensions: usize,
    /// The trailer section behind a chunked body. 16 KiB.
    pub trailers: usize,
    /// 1xx responses to one request. 32.
    pub informational: usize,
    /// Requests that a client sent ahead (pipelined) and the server core holds back. 64 KiB.
    pub ahead: usize,
    /// How long a head may take: for a client from the end of its request, for a server from the head's first
    /// byte. `None`, the default, waits for ever.
    pub head_timeout: Option<Duration>,
    /// How long a client that sent `Expect: 100-continue` keeps its body back (RFC 9110 §10.1.1). 1 second.
    pub continue_timeout: Duration,
    /// Deviations to overlook. None.
    pub tolerate: Tolerances,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: 64 << 10,
            fields: 100,
            chunk_line: 4 << 10,
            chunk_extensions: 16 << 10,
            trailers: 16 << 10,
            informational: 32,
            ahead: 64 << 10,
            head_timeout: None,
            continue_timeout: Duration::from_secs(1),
            tolerate: Tolerances::default(),
        }
    }
}

/// Deviations that RFC 9112 lets a recipient overlook. Each is off, because each has let one program on the path
/// read other messages in the same bytes than the next one (RFC 9112 §11.2, request smuggling).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tolerances {
    /// Take LF alone for the end of a line in a head (RFC 9112 §2.2 allows it). With it, `X: a\nContent-Length: 5` is two fields
    /// here and one to a neighbour that only knows CRLF: the two then disagree on where the body ends.
    pub bare_lf: bool,
    /// Join folded lines in requests too (RFC 9112 §5.2 allows it; in responses a client must join them, and this
    /// one does). With it, ` Transfer-Encoding: chunked` after a line is a part of that line's value here and a
    /// field to a neighbour that trims lines first.
    pub obs_fold: bool,
    /// Read a message with Content-Length and Transfer-Encoding by the latter (RFC 9112 §6.3 rule 3 allows it;
    /// the connection is then closed). With it, a neighbour in front that went by the Content-Length takes the
    /// rest of the chunks for the next request: the classic smuggling attack.
    pub length_beside_coding: bool,
}
