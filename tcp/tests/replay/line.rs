//! A segment as a line: what is compared, and nothing else.
//!
//! ```text
//! A 5369:5857(488) ack 1 ts ecr 21          flags, numbers as in packetdrill, options
//! S 0:0(0) mss 1460 sackok ts ws
//! A 1:1(0) ack 489 win 0 sack 977-1465 ts ecr 21
//! ```
//!
//! Numbers are relative: a sender's own to its first SYN, and its ACKs to that of the other side. So is the timestamp
//! that is echoed: to the first one of the other side.

use std::fmt::{self, Write};
use std::time::Duration;

use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::replay::fields::option_places;
use barewire_tcp::{Segment, SeqNumber};

/// The flags that are compared, and their letters.
const FLAGS: [(u8, char); 7] =
    [(0x02, 'S'), (0x01, 'F'), (0x04, 'R'), (0x10, 'A'), (0x20, 'U'), (0x40, 'E'), (0x80, 'C')];

/// A segment that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The frame of the capture, where the kernel sent it.
    pub(crate) frame: Option<usize>,
    /// Since the first frame of the connection.
    pub(crate) time: Duration,
    pub(crate) line: String,
}

impl Sent {
    /// Whether the other one is the same at about the same time.
    pub(crate) fn is_same(&self, other: &Sent) -> bool {
        self.line == other.line && self.time.abs_diff(other.time) <= AT_ONCE
    }
}

/// What is later by more than this was sent for another reason: some milliseconds pass in a kernel between cause and
/// effect, and its timers tick every 4 ms.
const AT_ONCE: Duration = Duration::from_millis(8);

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.frame {
            Some(frame) => write!(f, "kernel {frame}")?,
            None => f.write_str("ours")?,
        }
        write!(f, " at {:.3}: {}", self.time.as_secs_f64(), self.line)
    }
}

/// Where the counting of a sender's numbers begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    /// The sender's initial sequence number, and its peer's.
    pub(crate) iss: SeqNumber,
    pub(crate) irs: SeqNumber,
    /// What the peer's clock said in its first segment.
    pub(crate) clock: u32,
}

/// Writes a segment of a sender whose numbers begin there.
pub(crate) fn line(packet: &Packet<'_>, origin: Origin, ecn: u8) -> Option<String> {
    let Payload::Tcp(segment) = &packet.payload else { return None };
    let flags: String =
        FLAGS.iter().filter(|(bit, _)| segment.flags.0 & bit != 0).map(|(_, letter)| *letter).collect();
    let first = segment.seq.since(origin.iss);
    let length = segment.payload.len() as u32;
    let mut line = format!("{flags} {first}:{}({length})", first.wrapping_add(length));
    if segment.flags.ack() {
        let _ = write!(line, " ack {}", segment.ack.since(origin.irs));
    }
    if segment.window == 0 && !segment.flags.rst() {
        line.push_str(" win 0");
    }
    options(segment, origin, &mut line);
    line.push_str(["", " ect(1)", " ect(0)", " ce"][usize::from(ecn & 3)]);
    Some(line)
}

fn options(segment: &Segment<'_>, origin: Origin, line: &mut String) {
    let bytes = segment.option_bytes;
    let word = |at: usize| {
        bytes.get(at..at + 4).map_or(0, |word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
    };
    let mut words: Vec<String> = Vec::new();
    for (kind, content) in option_places(bytes) {
        words.push(match kind {
            2 => format!("mss {}", word(content.start) >> 16),
            3 => "ws".to_owned(),
            4 => "sackok".to_owned(),
            5 => content.step_by(4).fold("sack".to_owned(), |mut text, at| {
                let mark = if text.ends_with('-') { "" } else { " " };
                let _ = write!(text, "{mark}{}", SeqNumber(word(at)).since(origin.irs));
                if mark == " " {
                    text.push('-');
                }
                text
            }),
            8 if segment.flags.ack() => {
                format!("ts ecr {}", word(content.start + 4).wrapping_sub(origin.clock))
            }
            8 => "ts".to_owned(),
            34 if content.is_empty() => "fastopen".to_owned(),
            34 => "fastopen cookie".to_owned(),
            other => format!("option {other}"),
        });
    }
    // The order is compared by `tests/captures.rs`.
    words.sort();
    words.iter().for_each(|word| {
        line.push(' ');
        line.push_str(word);
    });
}

/// The two ECN bits of an IP packet (RFC 3168 §5).
pub(crate) fn ecn(packet: &[u8]) -> u8 {
    match packet {
        [first, second, ..] if first >> 4 == 4 => second & 3,
        [_, second, ..] => second >> 4 & 3,
        _ => 0,
    }
}
