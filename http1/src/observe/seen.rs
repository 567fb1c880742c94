//! What an observer tells: messages, their parts, and where it lost its place. Each has one line of text. Tested in
//! `tests/observe.rs`.

use std::fmt;
use std::ops::Range;

use barewire_dissect::{Direction, Refused, count, several};

use crate::framing::Framing;
use crate::headers::Headers;
use crate::message::{Request, Response};
use crate::reason::Reason;
use crate::trailers::only_in_heads;

/// Something in one direction of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which way it went.
    pub direction: Direction,
    /// Its bytes, as offsets in the stream of its direction.
    pub range: Range<u64>,
    /// What these bytes are.
    pub what: What,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The head of a request.
    RequestHead(Request),
    /// The head of a response.
    ResponseHead {
        /// The status line and the fields.
        head: Response,
        /// Where its body ends, and why there. `None` when its fields contradict each other: then a
        /// [`Lost::Broken`] follows.
        framing: Option<Framing>,
        /// The request that it answers.
        to: Asked,
    },
    /// Some of a body's content. Its bytes are those of [`Seen::range`].
    Body {
        /// How many bytes these are.
        length: u64,
        /// How many bytes of content there were so far, with these.
        so_far: u64,
    },
    /// The fields after a chunked body.
    Trailers(Headers),
    /// A message is complete.
    End {
        /// How many bytes of content it had.
        content: u64,
        /// How many of these are missing in the capture.
        missing: u64,
    },
    /// The connection carries another protocol from here on, in both directions.
    Tunnel(Protocol),
    /// Some bytes of that other protocol.
    TunnelBytes {
        /// How many bytes these are.
        length: u64,
    },
    /// The observer lost its place. Each kind says what happens then.
    Lost(Lost),
    /// The observer had lost its place. Here the next message begins, or the stream ends.
    Skipped {
        /// How many bytes before this place were not read.
        bytes: u64,
    },
}

/// The request that a response answers (RFC 9112 §9.2: responses come in the order of their requests).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A request with this method. A method is cut after 32 characters.
    Method(String),
    /// A request whose method could not be read.
    Unreadable,
    /// A request that is not in the capture.
    Unseen,
    /// A request that was seen and forgotten, because too many others were waiting.
    Forgotten,
}

/// What a connection carries after it was HTTP/1.1, or instead of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protocol {
    /// WebSocket (RFC 6455), after 101.
    WebSocket,
    /// HTTP/2 (RFC 9113): by its preface, or after 101 with `h2c`.
    Http2,
    /// A tunnel to this authority, cut after 64 characters, after 2xx to CONNECT (RFC 9110 §9.3.6).
    Connect(String),
    /// What the Upgrade field of a 101 response says. Empty if there is none.
    Other(String),
}

/// Why the observer lost its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// The first bytes of this direction are not the start of a message: the capture begins in the middle of one, or
    /// somebody does not speak HTTP. The observer looks for the next head.
    Middle,
    /// Bytes are missing in the capture.
    Gap {
        /// The offset of the first missing byte.
        had: u64,
        /// The offset of the next byte that came.
        got: u64,
        /// All missing bytes are content of a body, or bytes of a tunnel: they are counted, and reading goes on after
        /// them. If not, the observer looks for the next head.
        inside: bool,
    },
    /// The message is broken, or was cut off. The observer looks for the next head. A broken request counts as a
    /// request, because the server answers it too.
    Broken(Refused<Reason>),
    /// So many requests wait for their responses that no more of them are remembered. Responses to the others are
    /// [`Asked::Forgotten`]. Said once, until all of them are answered.
    TooManyRequests,
}

/// One line: `GET / HTTP/1.1`; `200 OK, text/html, 512 bytes`.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::RequestHead(request) => write!(f, "{request}"),
            What::ResponseHead { head, framing, to } => response(f, head, *framing, to),
            What::Body { length, so_far } if length == so_far => write!(f, "{} of content", Bytes(*so_far)),
            What::Body { length, so_far } => {
                write!(f, "{}, {} so far", Bytes(*length), count(*so_far))
            }
            What::Trailers(fields) => trailers(f, fields),
            What::End { content, missing: 0 } => write!(f, "end after {} of content", Bytes(*content)),
            What::End { content, missing } => {
                write!(f, "end after {} of content, {} of them missing", Bytes(*content), count(*missing))
            }
            What::Tunnel(protocol) => write!(f, "the connection carries {protocol} from here on"),
            What::TunnelBytes { length } => write!(f, "{}", Bytes(*length)),
            What::Lost(lost) => write!(f, "{lost}"),
            What::Skipped { bytes } => write!(f, "{} not read", Bytes(*bytes)),
        }
    }
}

/// `2 trailer fields`, with the names of those that must not be used.
fn trailers(f: &mut fmt::Formatter<'_>, fields: &Headers) -> fmt::Result {
    write!(f, "{} trailer field{}", fields.len(), if fields.len() == 1 { "" } else { "s" })?;
    let misplaced = fields.iter().filter(|field| only_in_heads(&field.name).is_some());
    for (index, field) in misplaced.enumerate() {
        write!(f, "{}{}", if index == 0 { ", misplaced: " } else { ", " }, field.name)?;
    }
    Ok(())
}

fn response(
    f: &mut fmt::Formatter<'_>,
    head: &Response,
    framing: Option<Framing>,
    to: &Asked,
) -> fmt::Result {
    write!(f, "{}", head.status)?;
    if !head.reason.is_empty() {
        write!(f, " {}", head.reason)?;
    }
    if let Some(media_type) = head.headers.get("Content-Type") {
        write!(f, ", {}", media_type.split(';').next().unwrap_or_default())?;
    }
    match framing {
        _ if head.is_informational() => {}
        Some(framing) => write!(f, ", {}", framing.body)?,
        None => f.write_str(", its end is not known")?,
    }
    match to {
        Asked::Unseen => f.write_str(" (its request was not seen)"),
        Asked::Method(_) | Asked::Unreadable | Asked::Forgotten => Ok(()),
    }
}

impl Protocol {
    /// The protocol with this name in an Upgrade field (RFC 9110 §7.8).
    pub(super) fn named(name: &str) -> Protocol {
        match name.to_ascii_lowercase().as_str() {
            "websocket" => Protocol::WebSocket,
            "h2c" => Protocol::Http2,
            _ => Protocol::Other(name.to_owned()),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Protocol::WebSocket => f.write_str("WebSocket"),
            Protocol::Http2 => f.write_str("HTTP/2"),
            Protocol::Connect(to) => write!(f, "a tunnel to {to}"),
            Protocol::Other(name) if name.is_empty() => f.write_str("another protocol"),
            Protocol::Other(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::Middle => f.write_str("the first bytes are not the start of a message"),
            Lost::Gap { had, got, inside } => {
                let then =
                    if *inside { "reading goes on after them" } else { "looking for the next message" };
                write!(f, "{} missing, from byte {had} of the stream; {then}", Bytes(got - had))
            }
            Lost::Broken(refused) => write!(f, "broken: {refused}"),
            Lost::TooManyRequests => f.write_str("too many requests wait for a response"),
        }
    }
}

/// "1 byte", "2 bytes".
pub(super) struct Bytes(pub(super) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&several(self.0, "byte"))
    }
}
