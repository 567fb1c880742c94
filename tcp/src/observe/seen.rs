//! What passed: one segment, its numbers counted from the start of the connection, and the stream bytes that it
//! completed.

use std::borrow::Cow;

use barewire_dissect::Direction;

use crate::observe::end_state::EndState;
use crate::observe::note::Note;
use crate::segment::Flags;

/// What one segment is, seen in its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<'a> {
    /// The connection: an index into [`Observer::connections`](super::Observer::connections), and tshark's
    /// `tcp.stream`.
    pub connection: usize,
    /// Which way it goes.
    pub direction: Direction,
    /// The control bits.
    pub flags: Flags,
    /// The sequence number, counted from the sender's initial one. Modulo 2^32.
    pub seq: u32,
    /// The acknowledgment number, counted from the initial sequence number of the other end; 0 without ACK.
    pub ack: u32,
    /// The window in bytes, scaled if the SYNs agreed on that.
    pub window: u32,
    /// The length of the payload on the wire, in bytes. More than the capture holds of it if the capture cut it.
    pub length: usize,
    /// What there is to say about it. Mostly empty.
    pub notes: Vec<Note>,
    /// The stream bytes that are in order now that it has come. Mostly its own payload, lent.
    pub chunks: Vec<Chunk<'a>>,
    /// Both ends after this segment, client first (by [`Direction::index`] of what they send).
    pub ends: [EndState; 2],
}

/// The numbers of a segment, counted as those of its connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// The connection, as in [`Seen`].
    pub connection: usize,
    /// Which way the segment goes.
    pub direction: Direction,
    /// The sequence number, relative.
    pub seq: u32,
    /// The acknowledgment number, relative; 0 without ACK.
    pub ack: u32,
    /// The window in bytes.
    pub window: u32,
}

/// A piece of a stream, in order.
///
/// Offsets count from the first byte after the SYN (or from the first byte seen). A chunk begins where the one before
/// it ended, except after a [`Note::Gap`]: then the offset jumps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Which way the bytes went.
    pub direction: Direction,
    /// Where in the stream they start.
    pub offset: u64,
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
    /// The number of the frame that carried them.
    pub frame: u64,
}
