//! What the observer of HTTP hands over for exchanges: pieces of a stream, and what they told.

use barewire_dissect::Direction;
use barewire_http1::observe::Seen;

/// Something that the observer of a stream was given, or told.
#[derive(Debug)]
pub(in crate::story) struct Heard {
    /// 0: the connection itself. Above: the tunnel in it, and so on.
    pub(in crate::story) depth: usize,
    /// Whether it was encrypted on the wire.
    pub(in crate::story) encrypted: bool,
    pub(in crate::story) what: What,
}

#[derive(Debug)]
pub(in crate::story) enum What {
    /// Bytes that the observer was given. What it tells of them follows.
    Piece(Piece),
    /// What it told.
    Seen(Seen),
}

/// Bytes of a stream of HTTP.
#[derive(Debug)]
pub(in crate::story) struct Piece {
    pub(in crate::story) direction: Direction,
    /// Where they stand in the stream of HTTP.
    pub(in crate::story) offset: u64,
    pub(in crate::story) bytes: Vec<u8>,
    pub(in crate::story) carried: Carried,
}

/// What carried a piece.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::story) enum Carried {
    /// TCP alone: offsets in its stream are those of HTTP.
    #[default]
    Plain,
    /// A TLS record, whole.
    Record(Record),
    /// A tunnel inside TLS: where it stands on TCP is not followed.
    Buried,
}

/// A TLS record in the stream of TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::story) struct Record {
    /// Where its header begins.
    pub(in crate::story) start: u64,
    /// Its length, with the header.
    pub(in crate::story) length: u64,
    /// How many bytes stand before the first one of its content, when encrypted: header, and explicit nonce.
    pub(in crate::story) before: u64,
}
