//! A passive observer: both directions of a connection, as a capture holds them, read as messages.
//!
//! It sends nothing and decides nothing; it pairs responses with requests (RFC 9112 §9.2), because only the request
//! says whether a response to HEAD has a body. It holds a bounded amount, and says when it can no longer follow: a
//! gap in the stream, a broken message, another protocol. Tested in `tests/observe.rs` and `tests/captures.rs`.

mod watch;

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;

use crate::body::Incoming;
use crate::error::{Error, Problem};
use crate::framing::Framing;
use crate::headers::Headers;
use crate::limits::Limits;
use crate::message::{Request, Response};
use crate::stream::{HeadFinder, Stream};
use watch::Watch;

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client.
    ToServer,
    /// From the server.
    ToClient,
}

/// Something in one direction of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which way it went.
    pub direction: Direction,
    /// Its bytes, as offsets in the stream of its direction.
    pub range: Range<u64>,
    /// What it is.
    pub what: What,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The head of a request.
    RequestHead(Request),
    /// The head of a response.
    ResponseHead {
        /// The head.
        head: Response,
        /// Where its body ends, and why there.
        framing: Framing,
    },
    /// Some of a body's content.
    Body {
        /// The content, without what frames it.
        chunk: Vec<u8>,
        /// Bytes of content so far, these among them.
        so_far: u64,
    },
    /// The fields behind a chunked body.
    Trailers(Headers),
    /// A message is complete.
    End {
        /// Bytes of content in all.
        content: u64,
    },
    /// From here on this direction is not followed.
    Lost(Lost),
}

/// Why a direction is not followed any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Bytes are missing: `had` is the offset up to which they came, `got` where they went on.
    Gap {
        /// The offset that should have come.
        had: u64,
        /// The offset that came.
        got: u64,
    },
    /// The message is broken, or was cut off.
    Broken(Error),
    /// The connection became a tunnel (101, or 2xx to CONNECT).
    Tunnel,
    /// A response to no request that was seen.
    NoRequest,
    /// More requests wait for their responses than the observer remembers.
    TooManyRequests,
}

/// One line: `GET / HTTP/1.1`; `200 OK, text/html, 512 bytes`.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::RequestHead(request) => write!(f, "{request}"),
            What::ResponseHead { head, framing } => {
                write!(f, "{} {}", head.status, head.reason)?;
                if let Some(media_type) = head.headers.get("Content-Type") {
                    write!(f, ", {}", media_type.split(';').next().unwrap_or_default())?;
                }
                if head.is_informational() { Ok(()) } else { write!(f, ", {}", framing.body) }
            }
            What::Body { chunk, so_far } if chunk.len() as u64 == *so_far => {
                write!(f, "{so_far} bytes of content")
            }
            What::Body { chunk, so_far } => write!(f, "{} bytes of content, {so_far} so far", chunk.len()),
            What::Trailers(trailers) if trailers.len() == 1 => f.write_str("1 trailer field"),
            What::Trailers(trailers) => write!(f, "{} trailer fields", trailers.len()),
            What::End { content } => write!(f, "end after {content} bytes of content"),
            What::Lost(lost) => write!(f, "{lost}"),
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::Gap { had, got } => {
                write!(f, "not followed: bytes {had} to {got} of the stream are missing")
            }
            Lost::Broken(error) => write!(f, "not followed: {error}"),
            Lost::Tunnel => write!(f, "not followed: the connection no longer speaks HTTP"),
            Lost::NoRequest => write!(f, "not followed: a response to no request that was seen"),
            Lost::TooManyRequests => write!(f, "not followed: too many requests without a response"),
        }
    }
}

/// How many requests may wait for their responses.
const REMEMBERED: usize = 256;

/// Reads a connection from outside.
///
/// ```
/// use barewire_http1::observe::{Direction, Observer};
///
/// let mut observer = Observer::new();
/// let seen = observer.receive(Direction::ToServer, 0, b"HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
/// assert_eq!(seen[0].what.to_string(), "HEAD / HTTP/1.1");
/// let seen = observer.receive(Direction::ToClient, 0, b"HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n");
/// assert_eq!(seen[0].what.to_string(), "200 OK, no body");
/// ```
#[derive(Debug)]
pub struct Observer {
    limits: Limits,
    to_server: Half,
    to_client: Half,
    /// The requests that were not answered yet.
    asked: VecDeque<Asked>,
    tunnel: bool,
}

#[derive(Debug)]
struct Asked {
    method: String,
    upgrade: bool,
}

/// One direction.
#[derive(Debug, Default)]
struct Half {
    stream: Stream,
    state: State,
    /// The offset of the next byte.
    next: u64,
}

#[derive(Debug)]
enum State {
    Head(HeadFinder),
    Body(Incoming),
    Lost,
}

impl Default for State {
    fn default() -> State {
        State::Head(HeadFinder::default())
    }
}

impl Default for Observer {
    fn default() -> Observer {
        Observer::new()
    }
}

impl Observer {
    /// An observer of a connection from its first byte on.
    pub fn new() -> Observer {
        Observer {
            limits: Limits::default(),
            to_server: Half::default(),
            to_client: Half::default(),
            asked: VecDeque::new(),
            tunnel: false,
        }
    }

    /// Takes bytes that stand at `offset` of their direction's stream. Bytes that came before are dropped again;
    /// bytes that are missing end the following of this direction.
    ///
    /// A request must be given before its response, as it comes in a capture.
    pub fn receive(&mut self, direction: Direction, offset: u64, bytes: &[u8]) -> Vec<Seen> {
        let mut watch = self.watch(direction);
        let known = watch.half.next.saturating_sub(offset);
        let Some(new) = usize::try_from(known).ok().and_then(|known| bytes.get(known..)) else {
            return Vec::new();
        };
        if matches!(watch.half.state, State::Lost) || new.is_empty() {
            return Vec::new();
        }
        if offset > watch.half.next {
            let gap = Lost::Gap { had: watch.half.next, got: offset };
            watch.lose(gap);
            return watch.seen;
        }
        watch.half.next += new.len() as u64;
        let mut stream = std::mem::take(&mut watch.half.stream);
        let mut at = stream.offset();
        let result = stream.feed(new, |input| {
            let taken = watch.step(input, at as u64)?;
            at += taken.unwrap_or(0);
            Ok(taken)
        });
        watch.half.stream = stream;
        if let Err(error) = result {
            watch.lose(Lost::Broken(error));
        }
        watch.seen
    }

    /// The direction was closed (FIN).
    pub fn eof(&mut self, direction: Direction) -> Vec<Seen> {
        let mut watch = self.watch(direction);
        let result = match &watch.half.state {
            State::Lost => return watch.seen,
            State::Head(_) if watch.half.stream.held() == 0 => return watch.seen,
            State::Head(_) => Err(Problem::EndsEarly),
            State::Body(incoming) => incoming.close(true).map(|()| incoming.got()),
        };
        let next = watch.half.next;
        match result {
            Ok(content) => watch.see(next..next, What::End { content }),
            Err(problem) => watch.lose(Lost::Broken(Error::new(watch.half.stream.end_offset(), problem))),
        }
        watch.half.state = State::Lost;
        watch.seen
    }

    fn watch(&mut self, direction: Direction) -> Watch<'_> {
        let half = match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        };
        let seen = Vec::new();
        Watch {
            direction,
            half,
            limits: &self.limits,
            asked: &mut self.asked,
            tunnel: &mut self.tunnel,
            seen,
        }
    }
}
