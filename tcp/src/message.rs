//! The two messages that every segment carries: one from its sender to the peer's receiver, and one from its receiver
//! to the peer's sender.
//!
//! ```text
//!      this end                                         the other end
//!    ┌──────────┐   SEQ, SYN, text, FIN                 ┌──────────┐
//!    │  Sender  │ ─────────────────────────────────────▶│ Receiver │
//!    │          │                                       │          │
//!    │          │   ACK, WND, SACK, echoed timestamp    │          │
//!    │          │◀───────────────────────────────────── │          │
//!    └──────────┘                                       └──────────┘
//! ```
//!
//! The same pair stands the other way round for the other direction, and one segment has room for both messages. A
//! [`crate::Segment`] is how they look on the wire: [`crate::output`] puts it together, [`crate::arrives`] takes it
//! apart.
//!
//! Tested in `tests/clauses`, through the connection.

use crate::note::SentNote;
use crate::options::SackBlocks;
use crate::seq::SeqNumber;

/// From a sender to the peer's receiver: a piece of the stream. The text itself stays in the send buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderMessage {
    /// SEG.SEQ: the number of the SYN, or of the first byte of the text.
    pub seq: SeqNumber,
    /// Whether it begins the stream.
    pub syn: bool,
    /// How many bytes of text.
    pub length: usize,
    /// Whether it ends the stream.
    pub fin: bool,
    /// Whether it is new text, text that was lost, or a probe.
    pub kind: Kind,
    /// Why it is sent, where that is not plain from the segment.
    pub why: Option<SentNote>,
}

/// What a sender's message is to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It goes out for the first time.
    New,
    /// It was lost, and goes out again.
    Again,
    /// It asks whether the tail of what was sent has arrived (RFC 8985 §7).
    TailProbe,
    /// It asks whether the window is still closed (RFC 9293 §3.8.6.1).
    WindowProbe,
}

impl SenderMessage {
    /// The number after its last one.
    pub fn end(&self) -> SeqNumber {
        self.seq + u32::from(self.syn) + self.length as u32 + u32::from(self.fin)
    }
}

/// From a receiver to the peer's sender: what has arrived, and how much more may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiverMessage {
    /// SEG.ACK: the next number that the receiver expects.
    pub ack: SeqNumber,
    /// How many bytes from `ack` on it takes, scaling done.
    pub window: u32,
    /// What it has received out of order or twice (RFC 2018, RFC 2883).
    pub sack: SackBlocks,
    /// TSecr: the timestamp that it echoes (RFC 7323 §3), where both ends use them.
    pub echo: Option<u32>,
    /// ECE: a router has marked something on its way to the receiver (RFC 3168 §6.1.3), where both ends use marks.
    pub echoes_mark: bool,
    /// Whether the segment carried nothing else: an ACK beside text is never a duplicate (RFC 5681 §2).
    pub alone: bool,
}
