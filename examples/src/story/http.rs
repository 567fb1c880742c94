//! The exchanges of HTTP in a capture: each request with its answer, their content, and where the borders of chunks,
//! TLS records and TCP segments fall in it.
//!
//! ```text
//!   stream ──▶ observer of HTTP ──▶ Heard ──▶ Collector ──▶ HttpExchange
//!                                               ▲
//!   segments, TLS records ──────────────────────┘
//! ```
//!
//! They are kept where somebody asks for them ([`Config::keep_http`](super::Config::keep_http)): rows hold what was
//! said in each packet, and an exchange holds what was said in all of them together.
//!
//! | what | kept at the most |
//! |---|---|
//! | exchanges | 10,000, with 16 MiB of heads and trailers |
//! | content | 1 MiB of a message, and 64 MiB of all |
//! | stretches of a ruler | 4,096, and 500,000 of all rulers |
//!
//! Reading order: the types here; `heard.rs` (what an observer hands over), `collect.rs` (which answer belongs to which
//! request), `body.rs` (where content stands in a stream), `borders.rs` (rulers), `kept.rs` (the bounds).
//!
//! Left out: HTTP inside a tunnel that is itself inside TLS has no rulers. Tested in `tests/borders.rs` and
//! `tests/har.rs`.

mod body;
mod borders;
mod collect;
mod heard;
mod kept;

use std::time::Duration;

use barewire_http1::observe::Protocol;
use barewire_http1::{Framing, Headers, Request, Response};

use super::row::ConversationId;

pub(super) use collect::Connection;
pub(super) use heard::{Carried, Heard, Piece, Record, What as HeardWhat};
pub(super) use kept::Collectors;

/// A request and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpExchange {
    /// The conversation that carried it.
    pub conversation: ConversationId,
    /// Whether it was encrypted on the wire.
    pub encrypted: bool,
    /// The request. `None` where it could not be read, or is not in the capture.
    pub request: Option<HttpMessage<Request>>,
    /// Interim responses (RFC 9110 §15.2), and when they were there.
    pub interim: Vec<(Response, Place)>,
    /// The final response. `None` where there was none.
    pub response: Option<HttpMessage<Response>>,
    /// What the connection carries after this exchange, where it switched.
    pub tunnel: Option<Protocol>,
}

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpMessage<Head> {
    /// Start line and fields.
    pub head: Head,
    /// Bytes of the head, with the empty line.
    pub head_bytes: u64,
    /// Where its first bytes came.
    pub first: Place,
    /// Where its head was whole.
    pub head_done: Place,
    /// Where the latest bytes of it came.
    pub latest: Place,
    /// Where its last byte came. `None`: it was cut off, or the capture ends in it.
    pub last: Option<Place>,
    /// Where its body ends, and by which rule.
    pub framing: Option<Framing>,
    /// What it holds.
    pub content: Content,
}

/// The content of a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// Bytes of content, those that are missing in the capture too.
    pub length: u64,
    /// Bytes between the head and the end of the message: content, and the framing of chunks and trailers.
    pub on_the_wire: u64,
    /// Bytes that are missing in the capture.
    pub missing: u64,
    /// The beginning of the content.
    pub kept: Vec<u8>,
    /// The fields after the last chunk.
    pub trailers: Headers,
    /// Where the borders of what carried it fall.
    pub borders: Borders,
}

/// A packet: its number, and its time since the first frame of the capture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The number of its frame.
    pub frame: u64,
    /// When it was seen.
    pub time: Duration,
}

/// What carried a content, each as a ruler along its bytes. `None` where there is no such layer, or where it cannot be
/// told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Borders {
    /// Chunks (RFC 9112 §7.1).
    pub chunks: Option<Ruler>,
    /// TLS records (RFC 8446 §5.1).
    pub records: Option<Ruler>,
    /// TCP segments.
    pub segments: Option<Ruler>,
}

/// Stretches along the bytes of a content, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ruler {
    /// The stretches.
    pub stretches: Vec<Stretch>,
    /// Whether there were more than are kept.
    pub more: bool,
}

/// The part of a content that one chunk, record or segment carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first byte of content in it.
    pub from: u64,
    /// The byte after the last one.
    pub until: u64,
    /// Whether it begins here. `false`: it began in the head.
    pub begins: bool,
    /// Whether it ends here. `false`: it goes on after the message.
    pub ends: bool,
    /// Of a segment the number of its frame; of chunks and records the bytes of content in them.
    pub name: u64,
}
