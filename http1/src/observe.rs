//! A passive observer: reads both directions of a connection, as a capture holds them, as messages.
//!
//! It sends nothing and decides nothing. It pairs responses with requests (RFC 9112 §9.2), because only the request
//! says whether its response has a body. It works on anybody's capture: when it loses its place it says why
//! ([`Lost`]), and goes on at the next head. Ask [`looks_like_http1`] first whether bytes are HTTP/1.x at all.
//!
//! | file | what is in it |
//! |---|---|
//! | `observe/follow.rs` | one direction, step by step |
//! | `observe/search.rs` | how the place is lost and found again |
//! | `observe/requests.rs` | the requests that wait for their responses |
//! | `observe/seen.rs` | what is told, and its line of text |
//! | `observe/recognise.rs` | is this HTTP/1.x? |
//! | `observe/state.rs` | what each end is doing |
//!
//! **Memory.** An observer holds at most one incomplete head for each direction, and the first 100 characters of at
//! most 256 requests. The limit of a head is 64 KiB ([`Limits::head`]); its buffer takes up to twice that. Content is
//! never held: a [`What::Body`] says where it stands in the stream.
//!
//! [`Limits::head`]: crate::Limits::head
//!
//! **Where it looks for a head.** After it lost its place, the observer looks only at the start of each piece of bytes
//! that it is given. Give it the segments, or the TLS records, one by one: most programs begin a message in a new one.
//!
//! Left out: the content, its codings, and what the fields mean. Tested in `tests/observe.rs`, `tests/lost.rs`,
//! `tests/tshark.rs` and `tests/captures.rs`.

mod follow;
mod half;
mod recognise;
mod requests;
mod search;
mod seen;
mod state;

pub use barewire_dissect::Direction;
pub use recognise::{Recognised, looks_like_http1};
pub use seen::{Asked, Lost, Protocol, Seen, What};
pub use state::EndState;

use crate::config::{Config, Limits, Tolerances};
use crate::message::{Request, Role};
use crate::receiving::Receiver;
use follow::Follow;
use half::{Half, Search};
use requests::{Requests, Waiting};

/// Reads a connection from outside.
///
/// ```
/// use barewire_http1::observe::{Direction, Observer};
///
/// let mut observer = Observer::new();
/// let seen = observer.receive(Direction::ToServer, 0, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
/// assert_eq!(seen[0].what.to_string(), "HEAD / HTTP/1.1");
/// assert_eq!(observer.states()[0].to_string(), "waiting for the response to HEAD /");
/// let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n";
/// let seen = observer.receive(Direction::ToClient, 0, answer);
/// assert_eq!(seen[0].what.to_string(), "200 OK, no body");
/// ```
#[derive(Debug)]
pub struct Observer {
    config: Config,
    /// By [`Direction::index`].
    halves: [Half; 2],
    requests: Requests,
    /// What the connection carries when it is no longer HTTP/1.1.
    tunnel: Option<Protocol>,
}

impl Default for Observer {
    fn default() -> Observer {
        Observer::new()
    }
}

impl Observer {
    /// An observer that has seen nothing of its connection.
    pub fn new() -> Observer {
        // An observer is not attacked by such a message: it reads it as most programs do, and shows the rest.
        let (length_beside_coding, any_target_byte) = (true, true);
        let tolerate = Tolerances { length_beside_coding, any_target_byte, ..Tolerances::default() };
        let limits = Limits::default();
        // What is long for a server may have been taken by the one that is observed.
        let limits = Limits { method: limits.head, target: limits.head, ..limits };
        Observer {
            config: Config { tolerate, limits, ..Config::default() },
            halves: [Half::new(Direction::ToServer), Half::new(Direction::ToClient)],
            requests: Requests::default(),
            tunnel: None,
        }
    }

    /// Takes bytes that stand at `offset` of their direction's stream. The first bytes of a direction may have any
    /// offset. Bytes that came before are dropped. Bytes that are missing are told as [`Lost::Gap`], also where `bytes`
    /// is empty: so the caller tells of a gap that nothing follows.
    ///
    /// A request must be given before its response, as it comes in a capture.
    pub fn receive(&mut self, direction: Direction, offset: u64, bytes: &[u8]) -> Vec<Seen> {
        self.refuse_http2(direction, bytes);
        let next = self.halves[direction.index()].next.unwrap_or(offset);
        let known = usize::try_from(next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let new = bytes.get(known..).unwrap_or_default();
        let mut follow = self.follow(direction);
        if !new.is_empty() || offset > next {
            follow.receive(offset.max(next), new);
        }
        follow.seen
    }

    /// To a server that speaks HTTP/1.1 the preface of HTTP/2 is a request with a method that it does not know
    /// (RFC 9113 §3.4). After such an answer the two do not share a protocol, and what the client
    /// sends is not read.
    fn refuse_http2(&mut self, direction: Direction, bytes: &[u8]) {
        let speaks_first = direction == Direction::ToClient && self.halves[direction.index()].next.is_none();
        if speaks_first
            && self.tunnel == Some(Protocol::Http2)
            && looks_like_http1(bytes, direction) == Recognised::Yes
        {
            self.tunnel = None;
            self.requests.push(Waiting::of(&Request::new("PRI", "", "*")));
            let half = &mut self.halves[Direction::ToServer.index()];
            half.receiver = Receiver::lost(Role::Request);
            half.search = Search { told: true, ..Search::default() };
        }
    }

    /// The direction was closed (TCP: FIN).
    pub fn eof(&mut self, direction: Direction) -> Vec<Seen> {
        let mut follow = self.follow(direction);
        follow.close();
        follow.seen
    }

    /// How many bytes of memory the messages take that are not complete yet.
    pub fn memory(&self) -> usize {
        self.halves.iter().map(|half| half.received.memory()).sum()
    }

    /// What the client and the server are doing: by [`Direction::index`], so the client is first.
    pub fn states(&self) -> [EndState; 2] {
        if let Some(protocol) = &self.tunnel {
            return [EndState::Tunnel(protocol.clone()), EndState::Tunnel(protocol.clone())];
        }
        let [to_server, to_client] = &self.halves;
        [state::of_client(to_server, &self.requests), state::of_server(to_client, &self.requests)]
    }

    fn follow(&mut self, direction: Direction) -> Follow<'_> {
        Follow {
            direction,
            half: &mut self.halves[direction.index()],
            config: &self.config,
            requests: &mut self.requests,
            tunnel: &mut self.tunnel,
            piece: 0,
            seen: Vec::new(),
        }
    }
}
