//! HTTP/1.1 over a stream, in the clear or inside TLS.

use barewire_dissect::Direction;
use barewire_http1::Role;
use barewire_http1::observe::{self, Lost, Observer, Protocol, Recognised, Seen, What};

use super::coded::Coded;
use crate::story::message::{Layer, Says};
use crate::story::part::Part;
use crate::story::said::Said;
use crate::story::state::Ends;

/// HTTP over one stream.
#[derive(Default)]
pub(super) struct HttpStream {
    observer: Observer,
    /// In which directions the observer has lost its place.
    lost: [bool; 2],
    /// The offset after the last byte that was seen of each direction.
    end: [u64; 2],
    /// The start line of a head that has just begun, in each direction.
    begun: [Option<String>; 2],
    /// The bodies with codings.
    coded: Coded,
    /// The protocol after a switch (RFC 9110 §7.8). `None`: the stream is still HTTP/1.1.
    tunnel: Option<Protocol>,
}

impl HttpStream {
    /// A stream in which the client spoke HTTP/2, to a server that does not. Its preface is taken to begin at
    /// `start`, right before what comes next, and nothing of what the client sends is read.
    pub(super) fn after_preface(start: u64, preface: &[u8]) -> HttpStream {
        let mut stream = HttpStream::default();
        stream.see(Direction::ToServer, start, preface, false, &mut Said::default());
        (stream.tunnel, stream.lost[Direction::ToServer.index()]) = (None, true);
        stream
    }

    pub(super) fn see(
        &mut self,
        direction: Direction,
        offset: u64,
        bytes: &[u8],
        encrypted: bool,
        said: &mut Said,
    ) {
        said.hear(encrypted, direction, offset, bytes);
        let told = self.observer.receive(direction, offset, bytes);
        let length = bytes.len() as u64;
        self.end[direction.index()] = offset.saturating_add(length);
        let lost = &mut self.lost[direction.index()];
        let begins = told.is_empty() && looks_like(bytes, direction) == Some(true);
        self.begun[direction.index()] = begins.then(|| start_line(bytes)).flatten();
        if told.is_empty() && !bytes.is_empty() {
            said.say(
                encrypted,
                if *lost { Says::Bytes(Layer::Http, length) } else { Says::Part(Layer::Http) },
            );
        }
        for seen in told {
            said.hear_told(encrypted, &seen);
            *lost = match seen.what {
                What::Lost(Lost::Gap { inside, .. }) => !inside,
                What::Lost(Lost::TooManyRequests) => *lost,
                What::Lost(_) => true,
                _ => false,
            };
            match (&seen.what, &self.tunnel) {
                (What::TunnelBytes { .. }, Some(Protocol::Connect(_))) => {
                    let start = seen.range.start.saturating_sub(offset) as usize;
                    said.pass_on(seen.range.start, bytes.get(start..).unwrap_or_default());
                }
                (What::TunnelBytes { length }, Some(Protocol::Http2)) => {
                    said.say(encrypted, Says::Bytes(Layer::Http2, *length));
                }
                (What::TunnelBytes { length }, Some(protocol)) => {
                    said.say(encrypted, Says::Switched(protocol.clone(), *length));
                }
                (what, _) => {
                    if let What::Tunnel(protocol) = what {
                        self.tunnel = Some(protocol.clone());
                    }
                    self.coded.see(&seen, offset, bytes, encrypted, said);
                    say(said, encrypted, &seen, offset, bytes);
                }
            }
        }
    }

    /// Bytes up to the offset `end` are missing. Without this word, what ends there would be called cut off by its
    /// sender. What a short snap length has left of a head is its start line.
    pub(super) fn gap(&mut self, direction: Direction, end: u64, encrypted: bool, said: &mut Said) {
        if end > self.end[direction.index()] {
            if let Some(line) = self.begun[direction.index()].take() {
                said.say(encrypted, Says::Word(Layer::Http, format!("{line}, and then")));
            }
            self.see(direction, end, &[], encrypted, said);
        }
    }

    pub(super) fn ended(&mut self, direction: Direction, encrypted: bool, said: &mut Said) {
        for seen in self.observer.eof(direction) {
            self.coded.see(&seen, 0, &[], encrypted, said);
            said.hear_told(encrypted, &seen);
            say(said, encrypted, &seen, 0, &[]);
        }
    }

    /// What the connection has switched to.
    pub(super) fn switched(&self) -> Option<&Protocol> {
        self.tunnel.as_ref()
    }

    pub(super) fn ends(&self, ends: &mut Ends) {
        ends.http = Some(self.observer.states().map(|state| state.to_string()));
    }
}

/// The first line of a head, where it is there whole.
fn start_line(bytes: &[u8]) -> Option<String> {
    let end = bytes.windows(2).position(|two| two == b"\r\n")?;
    Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

/// `bytes` are what the observer was just given, from `offset` of its stream on.
fn say(said: &mut Said, encrypted: bool, seen: &Seen, offset: u64, bytes: &[u8]) {
    match &seen.what {
        What::RequestHead(_) => keep_head(said, Role::Request, seen, offset, bytes),
        What::ResponseHead { .. } => keep_head(said, Role::Response, seen, offset, bytes),
        _ => {}
    }
    let says = match &seen.what {
        What::Body { length, so_far } => Says::Content { length: *length, so_far: *so_far },
        What::End { .. } => Says::EndOfMessage { response: seen.direction == Direction::ToClient },
        What::TunnelBytes { length } => Says::Bytes(Layer::Http, *length),
        other => Says::Http(Box::new(other.clone())),
    };
    said.say(encrypted, says);
}

/// Keeps the bytes of a head. One that began in an earlier piece is not shown by its bytes.
fn keep_head(said: &mut Said, role: Role, seen: &Seen, offset: u64, bytes: &[u8]) {
    let start = seen.range.start.checked_sub(offset);
    let head = start.and_then(|start| bytes.get(start as usize..(seen.range.end - offset) as usize));
    if let Some(head) = head {
        said.keep(|| Part::HttpHead(role, head.to_vec()));
    }
}

/// What a stream begins like.
pub(super) fn recognised(first: &[u8], direction: Direction) -> Recognised {
    observe::looks_like_http1(first, direction)
}

/// Whether a stream begins like HTTP/1.1: `None` while its first bytes do not tell.
pub(super) fn looks_like(first: &[u8], direction: Direction) -> Option<bool> {
    match recognised(first, direction) {
        Recognised::Yes => Some(true),
        Recognised::NotYet => None,
        Recognised::Http2 | Recognised::No => Some(false),
    }
}

/// A request goes to the server, a response to the client.
pub(super) fn first_bytes_go(bytes: &[u8]) -> Option<Direction> {
    Direction::BOTH.into_iter().find(|direction| looks_like(bytes, *direction) == Some(true))
}
