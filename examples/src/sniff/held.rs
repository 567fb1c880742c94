//! Frames that wait for the secrets that open them.
//!
//! A TLS client writes its secrets into the key log when it has read the ServerHello, and a sniffer sees that before
//! the client does. So from a ServerHello on frames wait, all of them, since their order must stay. After [`PATIENCE`]
//! the log has mostly grown. Where it has not, the connection stays closed.
//!
//! Bounded: beyond [`MOST`] bytes nothing waits. Tested in `tests/sniff/held.rs`.

use std::collections::VecDeque;
use std::time::Duration;

use barewire_packet::capture::Frame;
use barewire_packet::frame::{Network, open};
use barewire_packet::ip::IpPacket;
use barewire_tcp::segment::{self, Segment};

/// How long frames wait.
pub const PATIENCE: Duration = Duration::from_millis(250);
/// Bytes of frames that wait, at the most.
pub const MOST: usize = 16 << 20;

/// A queue of frames.
#[derive(Debug, Default)]
pub struct Held {
    /// Each with the time at which it may go, which is never before that of the frame before it.
    frames: VecDeque<(Duration, Frame)>,
    bytes: usize,
}

impl Held {
    /// A frame comes. It waits for secrets, or for the frames before it, or not at all.
    pub fn push(&mut self, link_type: u16, frame: Frame) {
        let before = self.frames.back().map_or(frame.time, |(due, _)| *due);
        let patience = if brings_server_hello(link_type, &frame) { PATIENCE } else { Duration::ZERO };
        self.bytes += frame.bytes.len();
        self.frames.push_back((before.max(frame.time + patience), frame));
    }

    /// The next frame that need not wait any longer. No time: it is the end, and nothing waits.
    pub fn pop(&mut self, now: Option<Duration>) -> Option<Frame> {
        let (due, _) = self.frames.front()?;
        if now.is_some_and(|now| now < *due) && self.bytes <= MOST {
            return None;
        }
        let (_, frame) = self.frames.pop_front()?;
        self.bytes -= frame.bytes.len();
        Some(frame)
    }

    /// Whether a frame waits.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

/// Whether the segment in a frame begins with a handshake record whose first message is a ServerHello (RFC 8446 §4,
/// §5.1).
fn brings_server_hello(link_type: u16, frame: &Frame) -> bool {
    let opened = open(link_type, &frame.bytes, frame.original_len);
    let Network::Ip(bytes) = opened.network else { return false };
    let Ok(packet) = IpPacket::parse_captured(bytes, opened.missing) else { return false };
    if packet.header.protocol() != segment::PROTOCOL {
        return false;
    }
    let segment = Segment::parse_captured(packet.payload, packet.missing);
    segment.is_ok_and(|(segment, _)| matches!(segment.payload, [22, 3, _, _, _, 2, ..]))
}
