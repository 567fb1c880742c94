//! What is spoken over a TCP stream.
//!
//! ```text
//!   stream ──▶ Upper ─┬▶ TLS ──▶ Plain, inside
//!                     └▶ Plain ─┬▶ HTTP/1.1 ─ ─ ▶ what goes through a tunnel is a stream again
//!                               ├▶ DNS, each message after its length
//!                               └▶ bytes: HTTP/2, and what is not known here
//! ```
//!
//! Each observer has one shape: `see(direction, offset, bytes, said)`; that of TLS is handed the keys too. None of them
//! calls something broken that it did not recognise first. Tested in `tests/story.rs` and `tests/proxies.rs`.

mod coded;
pub(super) mod dns;
mod http;
mod plain;
mod stream;
mod tls;

use barewire_dissect::Direction;

use super::conversation::Spoken;
use super::http::Carried;
use super::key_log::KeyLog;
use super::message::{Layer, Says};
use super::said::{PassedOn, Said};
use super::state::Ends;
use stream::Stream;

/// Tunnels that are opened, one inside the other: a way through two proxies. A capture may hold any number of them, and
/// each costs an observer.
const TUNNELS: usize = 2;

/// A stream and what is spoken over it, and the same for each tunnel in it.
pub(super) struct Upper {
    outer: Stream,
    /// The stream in its tunnel, the stream in a tunnel of that one, and so on.
    tunnels: Vec<Stream>,
}

impl Upper {
    /// A stream over TCP.
    pub(super) fn over_tcp() -> Upper {
        Upper { outer: Stream::over(Layer::Tcp), tunnels: Vec::new() }
    }

    /// Bytes of one direction, `offset` bytes after its start. If they are TLS, `keys` may open it.
    pub(super) fn see(
        &mut self,
        direction: Direction,
        offset: u64,
        bytes: &[u8],
        keys: &KeyLog,
        said: &mut Said,
    ) {
        self.outer.see(direction, offset, bytes, keys, said);
        for depth in 0..=TUNNELS {
            let passed_on = std::mem::take(&mut said.passed_on);
            if passed_on.is_empty() {
                return;
            }
            let around =
                depth.checked_sub(1).and_then(|depth| self.tunnels.get(depth)).unwrap_or(&self.outer);
            let below = around.carries();
            let before = said.messages.len();
            if depth == self.tunnels.len() && depth < TUNNELS {
                self.tunnels.push(Stream::over(below));
            }
            said.depth = depth + 1;
            said.carried = if below == Layer::Tls { Carried::Buried } else { Carried::Plain };
            for PassedOn { offset, bytes } in passed_on {
                match self.tunnels.get_mut(depth) {
                    Some(inside) => inside.see(direction, offset, &bytes, keys, said),
                    None => said.say(false, Says::Bytes(below, bytes.len() as u64)),
                }
            }
            (said.depth, said.carried) = (0, Carried::Plain);
            let encrypted = below == Layer::Tls;
            said.messages.iter_mut().skip(before).for_each(|message| message.encrypted |= encrypted);
        }
    }

    fn streams(&mut self) -> impl DoubleEndedIterator<Item = &mut Stream> {
        std::iter::once(&mut self.outer).chain(&mut self.tunnels)
    }

    /// Bytes of one direction are missing in the capture, up to the offset `end`.
    pub(super) fn gap(&mut self, direction: Direction, end: u64, said: &mut Said) {
        for (depth, stream) in self.streams().enumerate() {
            said.depth = depth;
            stream.gap(direction, end, said);
        }
        said.depth = 0;
    }

    /// The end of one direction.
    pub(super) fn ended(&mut self, direction: Direction, said: &mut Said) {
        for (depth, stream) in self.streams().enumerate() {
            said.depth = depth;
            stream.ended(direction, said);
        }
        said.depth = 0;
    }

    /// The layer of a message of which a segment carried a piece, and completed nothing.
    pub(super) fn part(&self) -> Option<Layer> {
        self.tunnels.iter().rev().chain([&self.outer]).find_map(Stream::part)
    }

    /// Whether it is known what is spoken.
    pub(super) fn is_recognised(&self) -> bool {
        self.outer.is_recognised()
    }

    /// What is spoken, as far as it is known, also in a tunnel.
    pub(super) fn spoken(&self) -> Spoken {
        let inside = self.tunnels.iter().rev().map(Stream::spoken).filter(Spoken::is_known);
        let inside = inside.reduce(|inside, around| around.then(inside));
        match inside {
            Some(inside) => self.outer.spoken().then(inside),
            None => self.outer.spoken(),
        }
    }

    /// What both ends are in, in the words of each protocol. The innermost has the last word.
    pub(super) fn ends(&self, ends: &mut Ends) {
        self.outer.ends(ends);
        self.tunnels.iter().for_each(|stream| stream.ends(ends));
    }
}

/// Which way the first bytes of a stream go, where they tell: a request comes from the client, a response from the
/// server. For a capture that begins in the middle of a connection.
pub(super) fn first_bytes_go(bytes: &[u8]) -> Option<Direction> {
    tls::first_bytes_go(bytes).or_else(|| http::first_bytes_go(bytes)).or_else(|| dns::first_bytes_go(bytes))
}
