//! What is spoken over a plain stream, of TCP or inside TLS: found out by its first bytes, then followed by an observer
//! of that protocol.

use barewire_dissect::Direction;
use barewire_http1::observe::{Protocol, Recognised};

use super::dns::{self, DnsStream};
use super::http::{self, HttpStream};
use crate::story::conversation::{Application, Then};
use crate::story::message::{Layer, Says};
use crate::story::said::Said;
use crate::story::state::Ends;

/// The bytes of one direction that are held and looked at before a decision: the first line of a request to a proxy
/// names the whole URI.
const ENOUGH: usize = 8 << 10;

/// The preface that every client of HTTP/2 sends first: RFC 9113 §3.4.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// One plain stream.
pub(super) struct Plain {
    kind: Kind,
    /// The first bytes of each direction, while nothing is known.
    first: [First; 2],
    /// Whether a direction has spoken.
    heard: [bool; 2],
    /// The offset after the client's last byte.
    client_sent: u64,
    /// The layer below: TCP, or TLS.
    below: Layer,
}

/// The first bytes of a direction, which are held until they tell what is spoken.
#[derive(Default)]
struct First {
    /// The offset of the first of them.
    start: u64,
    bytes: Vec<u8>,
}

enum Kind {
    Unknown,
    Dns(DnsStream),
    Http(Box<HttpStream>),
    Http2,
    Bytes,
}

/// What first bytes look like.
enum Guess {
    Http,
    Http2,
    Dns,
    Unsure,
    Other,
}

impl Plain {
    /// A stream over this layer.
    pub(super) fn over(below: Layer) -> Plain {
        Plain { kind: Kind::Unknown, first: Default::default(), heard: [false; 2], client_sent: 0, below }
    }

    /// The layer below.
    pub(super) fn below(&self) -> Layer {
        self.below
    }

    fn is_encrypted(&self) -> bool {
        self.below == Layer::Tls
    }

    /// Bytes of one direction, `offset` bytes after its start.
    pub(super) fn see(&mut self, direction: Direction, offset: u64, bytes: &[u8], said: &mut Said) {
        let speaks_first = !std::mem::replace(&mut self.heard[direction.index()], true);
        said.keep_plain(direction, bytes);
        match direction {
            Direction::ToServer => self.client_sent = offset.saturating_add(bytes.len() as u64),
            Direction::ToClient if speaks_first => self.refuse_http2(bytes),
            Direction::ToClient => {}
        }
        // A capture that begins in the middle of a message tells nothing by the first bytes of one direction. Those of
        // the other one may tell.
        if self.is_open() || matches!(self.kind, Kind::Bytes) && speaks_first {
            self.first[direction.index()].add(offset, bytes);
            self.recognise(direction);
            match self.kind {
                Kind::Unknown => {}
                Kind::Http(_) | Kind::Dns(_) => return self.begin(direction, said),
                // What is only counted was counted when it came.
                Kind::Http2 | Kind::Bytes => self.first = Default::default(),
            }
        }
        self.follow(direction, offset, bytes, said);
    }

    /// A server that speaks HTTP/1.1 takes the preface of HTTP/2 for a request, and answers that. What begins neither
    /// so nor with a SETTINGS frame (RFC 9113 §3.4) is something else.
    fn refuse_http2(&mut self, bytes: &[u8]) {
        if !matches!(self.kind, Kind::Http2) {
            return;
        }
        let first = http::recognised(bytes, Direction::ToClient);
        if first == Recognised::No {
            self.kind = Kind::Bytes;
        }
        if first == Recognised::Yes {
            let start = self.client_sent.saturating_sub(HTTP2_PREFACE.len() as u64);
            self.kind = Kind::Http(Box::new(HttpStream::after_preface(start, HTTP2_PREFACE)));
        }
    }

    /// It is known what is spoken. What was held until now is read first; a row of its own told of it already.
    fn begin(&mut self, direction: Direction, said: &mut Said) {
        let mut first = std::mem::take(&mut self.first);
        let [held, other] = match direction {
            Direction::ToServer => [0, 1],
            Direction::ToClient => [1, 0],
        }
        .map(|way| std::mem::take(&mut first[way]));
        if !other.bytes.is_empty() {
            self.follow(direction.reversed(), other.start, &other.bytes, &mut Said::default());
        }
        self.follow(direction, held.start, &held.bytes, said);
    }

    /// Bytes of a direction, for the observer of what is spoken.
    fn follow(&mut self, direction: Direction, offset: u64, bytes: &[u8], said: &mut Said) {
        let encrypted = self.is_encrypted();
        match &mut self.kind {
            Kind::Unknown | Kind::Bytes => said.say(encrypted, Says::Bytes(self.below, bytes.len() as u64)),
            Kind::Http2 => said.say(encrypted, Says::Bytes(Layer::Http2, bytes.len() as u64)),
            Kind::Dns(stream) => stream.see(direction, offset, bytes, said),
            Kind::Http(stream) => stream.see(direction, offset, bytes, encrypted, said),
        }
    }

    /// Bytes of one direction are missing in the capture, up to the offset `end`.
    pub(super) fn gap(&mut self, direction: Direction, end: u64, said: &mut Said) {
        let encrypted = self.is_encrypted();
        if let Kind::Http(stream) = &mut self.kind {
            stream.gap(direction, end, encrypted, said);
        }
    }

    /// The end of one direction.
    pub(super) fn ended(&mut self, direction: Direction, said: &mut Said) {
        let encrypted = self.is_encrypted();
        if let Kind::Http(stream) = &mut self.kind {
            stream.ended(direction, encrypted, said);
        }
    }

    /// The layer of a message of which a segment carried a piece, and completed nothing.
    pub(super) fn part(&self) -> Option<Layer> {
        match &self.kind {
            Kind::Dns(_) => Some(Layer::Dns),
            Kind::Unknown | Kind::Http(_) | Kind::Http2 | Kind::Bytes => None,
        }
    }

    /// Whether nobody knows yet what is spoken.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Unknown)
    }

    /// What is spoken, as far as it is known.
    pub(super) fn application(&self) -> Option<Application> {
        match &self.kind {
            Kind::Unknown => None,
            Kind::Dns(_) => Some(Application::Dns),
            Kind::Http(_) => Some(Application::Http1),
            Kind::Http2 => Some(Application::Http2),
            Kind::Bytes => Some(Application::Unknown),
        }
    }

    /// What the connection has switched to. A tunnel is a stream of its own.
    pub(super) fn switched(&self) -> Option<Box<Then>> {
        let Kind::Http(stream) = &self.kind else { return None };
        let protocol = stream.switched().filter(|protocol| !matches!(protocol, Protocol::Connect(_)))?;
        Some(Box::new(Then::Protocol(protocol.clone())))
    }

    /// What both ends are in.
    pub(super) fn ends(&self, ends: &mut Ends) {
        if let Kind::Http(stream) = &self.kind {
            stream.ends(ends);
        }
    }

    /// What both ends agreed on (ALPN) is spoken from here on.
    pub(super) fn agreed(&mut self, protocol: &[u8]) {
        if self.is_open() && protocol == b"h2" {
            self.kind = Kind::Http2;
        }
    }

    /// Looks at the first bytes of a direction.
    fn recognise(&mut self, direction: Direction) {
        let first = &self.first[direction.index()].bytes;
        self.kind = match guess(first, direction) {
            Guess::Http => Kind::Http(Box::default()),
            Guess::Http2 => Kind::Http2,
            Guess::Dns if self.below == Layer::Tcp => Kind::Dns(DnsStream::default()),
            Guess::Unsure if first.len() < ENOUGH => Kind::Unknown,
            _ => Kind::Bytes,
        };
    }
}

impl First {
    /// More bytes. Where some are missing before them, they are the first that can tell.
    fn add(&mut self, offset: u64, bytes: &[u8]) {
        if self.start + self.bytes.len() as u64 != offset {
            *self = First { start: offset, bytes: Vec::new() };
        }
        self.bytes.extend(bytes);
    }
}

fn guess(first: &[u8], direction: Direction) -> Guess {
    if HTTP2_PREFACE.starts_with(first) || first.starts_with(HTTP2_PREFACE) {
        return if first.len() >= 6 { Guess::Http2 } else { Guess::Unsure };
    }
    match http::looks_like(first, direction) {
        Some(true) => Guess::Http,
        None => Guess::Unsure,
        Some(false) => match dns::looks_like(first) {
            Some(true) => Guess::Dns,
            Some(false) => Guess::Other,
            None => Guess::Unsure,
        },
    }
}
