//! One stream and what is spoken over it: TLS with a plain stream inside, or a plain stream.

use barewire_dissect::Direction;

use super::plain::Plain;
use super::tls::{self, TlsStream};
use crate::story::conversation::Spoken;
use crate::story::key_log::KeyLog;
use crate::story::message::Layer;
use crate::story::said::Said;
use crate::story::state::Ends;

/// One stream and what is spoken over it.
pub(super) struct Stream {
    plain: Plain,
    /// Instead of it, once a record of TLS was seen at the beginning of a direction.
    tls: Option<Box<TlsStream>>,
    /// Whether a direction has spoken.
    heard: [bool; 2],
}

impl Stream {
    /// A stream over this layer.
    pub(super) fn over(below: Layer) -> Stream {
        Stream { plain: Plain::over(below), tls: None, heard: [false; 2] }
    }

    /// What a tunnel in it is made over: TLS, or what is below.
    pub(super) fn carries(&self) -> Layer {
        if self.tls.is_some() { Layer::Tls } else { self.plain.below() }
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

    /// Bytes of one direction are missing in the capture, up to the offset `end`. TLS finds out for itself.
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
            None => Spoken { tls: None, application: self.plain.application(), then: self.plain.switched() },
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
