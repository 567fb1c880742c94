//! What is spoken over a TCP stream.
//!
//! ```text
//!   stream ──▶ Upper ─┬▶ TLS ──▶ Plain, inside
//!                     └▶ Plain ─┬▶ HTTP/1.1
//!                               ├▶ DNS, each message after its length
//!                               └▶ bytes: HTTP/2, and what is not known here
//! ```
//!
//! Each observer has one shape: `see(direction, offset, bytes, said)`; that of TLS is handed the keys too. None of them
//! calls something broken that it did not recognise first. Tested in `tests/story.rs`.

pub(super) mod dns;
mod http;
mod plain;
mod tls;

use barewire_dissect::Direction;

use super::conversation::Spoken;
use super::key_log::KeyLog;
use super::message::Layer;
use super::said::Said;
use super::state::Ends;
use plain::Plain;
use tls::TlsStream;

/// One stream and what is spoken over it.
pub(super) struct Upper {
    plain: Plain,
    /// Instead of it, once a record of TLS was seen at the beginning of a direction.
    tls: Option<Box<TlsStream>>,
    /// Whether a direction has spoken.
    heard: [bool; 2],
}

impl Upper {
    /// A stream over TCP.
    pub(super) fn over_tcp() -> Upper {
        Upper { plain: Plain::over(Layer::Tcp), tls: None, heard: [false; 2] }
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
        let speaks_first = !std::mem::replace(&mut self.heard[direction.index()], true);
        if self.tls.is_none() && speaks_first && tls::looks_like(bytes) {
            self.tls = Some(Box::new(TlsStream::new()));
        }
        match &mut self.tls {
            Some(tls) => tls.see(direction, offset, bytes, keys, said),
            None => self.plain.see(direction, offset, bytes, said),
        }
    }

    /// Bytes of one direction are missing in the capture, up to the offset `end`.
    pub(super) fn gap(&mut self, direction: Direction, end: u64, said: &mut Said) {
        if self.tls.is_none() {
            self.plain.gap(direction, end, said);
        }
    }

    /// The end of one direction.
    pub(super) fn ended(&mut self, direction: Direction, said: &mut Said) {
        match &mut self.tls {
            Some(tls) => tls.ended(direction, said),
            None => self.plain.ended(direction, said),
        }
    }

    /// The layer of a message of which a segment carried a piece, and completed nothing.
    pub(super) fn part(&self) -> Option<Layer> {
        if self.tls.is_some() { Some(Layer::Tls) } else { self.plain.part() }
    }

    /// Whether it is known what is spoken.
    pub(super) fn is_recognised(&self) -> bool {
        self.tls.is_some() || !self.plain.is_open()
    }

    /// What is spoken, as far as it is known.
    pub(super) fn spoken(&self) -> Spoken {
        match &self.tls {
            Some(tls) => tls.spoken(),
            None => Spoken { tls: None, application: self.plain.application() },
        }
    }

    /// What both ends are in, in the words of each protocol.
    pub(super) fn ends(&self, ends: &mut Ends) {
        match &self.tls {
            Some(tls) => tls.ends(ends),
            None => self.plain.ends(ends),
        }
    }
}

/// Which way the first bytes of a stream go, where they tell: a request comes from the client, a response from the
/// server. For a capture that begins in the middle of a connection.
pub(super) fn first_bytes_go(bytes: &[u8]) -> Option<Direction> {
    tls::first_bytes_go(bytes).or_else(|| http::first_bytes_go(bytes)).or_else(|| dns::first_bytes_go(bytes))
}
