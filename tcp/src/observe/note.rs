//! What there is to say about a segment: a kind with its numbers, and one sentence for it.
//!
//! A program reads the kind. The sentence is for people, and is made in `Display` only.

use std::fmt;

use barewire_dissect::{Direction, several};
use barewire_packet::checksum::Verdict;

use crate::observe::retransmission::Retransmission;

/// What there is to say about a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// It carries numbers that its sender had sent before.
    Retransmission(Retransmission),
    /// It was overtaken: it fills a hole so soon after the hole was seen that it cannot be an answer to it.
    OutOfOrder,
    /// Bytes before it were not seen yet. They may still come.
    NotSeenYet {
        /// How many.
        bytes: u32,
    },
    /// Bytes that the capture does not show. The stream goes on after them.
    Gap {
        /// Which stream.
        direction: Direction,
        /// Where in the stream the gap begins.
        offset: u64,
        /// How many bytes are missing.
        bytes: u64,
        /// Why nobody waits for them any longer.
        reason: GapReason,
    },
    /// The capture keeps only the beginning of each frame: the payload was cut.
    CutByCapture {
        /// How many bytes of the payload are missing.
        missing: usize,
    },
    /// It acknowledges nothing new, and says nothing else: something arrived out of order.
    DuplicateAck {
        /// Which one in a row it is.
        count: u32,
    },
    /// The receiver reports bytes that came to it twice (D-SACK).
    DuplicateSack {
        /// The first number of the block, counted from the initial sequence number.
        first: u32,
        /// The number after its last one.
        end: u32,
    },
    /// It acknowledges bytes that were not seen: they passed the capture by.
    AckedUnseen {
        /// How many.
        bytes: u32,
    },
    /// The SYN brings text (Fast Open, RFC 7413).
    TextInSyn {
        /// How many bytes.
        bytes: usize,
    },
    /// It answers such a SYN, and acknowledges the SYN but not its text.
    SynTextRefused,
    /// It opens or narrows the window, and says nothing else.
    WindowUpdate,
    /// It fills the receiver's window to the last byte.
    WindowFull,
    /// The receiver has no room.
    ZeroWindow,
    /// It asks a receiver without room whether there is some now.
    ZeroWindowProbe,
    /// It answers such a question: still no room.
    ZeroWindowProbeAnswer,
    /// It asks whether the other end is still there.
    KeepAlive,
    /// It answers such a question.
    KeepAliveAnswer,
    /// The checksum is not the right one. The segment is followed all the same: many captures hold segments whose
    /// checksum was computed later, or made zero.
    Checksum(Verdict),
    /// The same two ends began a new connection.
    PortsReused,
}

/// Why a gap is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapReason {
    /// The receiver has acknowledged the missing bytes: it has them, so they will not be sent again.
    Acknowledged,
    /// The capture cut them off their frame.
    CutByCapture,
    /// More bytes wait after the gap than the observer keeps.
    TooMuchWaits,
    /// To keep the memory of the observer bounded, the bytes that waited after the gap were thrown away. They are
    /// part of it now.
    Forgotten,
    /// The connection was reset, or the capture has ended.
    NothingFollows,
}

/// The kinds of notes: to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoteKind {
    /// [`Note::Retransmission`].
    Retransmission,
    /// [`Note::OutOfOrder`].
    OutOfOrder,
    /// [`Note::NotSeenYet`].
    NotSeenYet,
    /// [`Note::Gap`].
    Gap,
    /// [`Note::CutByCapture`].
    CutByCapture,
    /// [`Note::DuplicateAck`].
    DuplicateAck,
    /// [`Note::DuplicateSack`].
    DuplicateSack,
    /// [`Note::AckedUnseen`].
    AckedUnseen,
    /// [`Note::TextInSyn`].
    TextInSyn,
    /// [`Note::SynTextRefused`].
    SynTextRefused,
    /// [`Note::WindowUpdate`].
    WindowUpdate,
    /// [`Note::WindowFull`].
    WindowFull,
    /// [`Note::ZeroWindow`].
    ZeroWindow,
    /// [`Note::ZeroWindowProbe`].
    ZeroWindowProbe,
    /// [`Note::ZeroWindowProbeAnswer`].
    ZeroWindowProbeAnswer,
    /// [`Note::KeepAlive`].
    KeepAlive,
    /// [`Note::KeepAliveAnswer`].
    KeepAliveAnswer,
    /// [`Note::Checksum`].
    Checksum,
    /// [`Note::PortsReused`].
    PortsReused,
}

impl NoteKind {
    /// How many kinds there are.
    pub const COUNT: usize = NoteKind::PortsReused as usize + 1;

    /// Whether it tells of a loss, or of something that cost time.
    pub fn is_trouble(self) -> bool {
        use NoteKind as K;
        match self {
            K::Retransmission | K::OutOfOrder | K::NotSeenYet | K::Gap | K::DuplicateAck => true,
            K::DuplicateSack | K::AckedUnseen | K::ZeroWindow | K::ZeroWindowProbe => true,
            K::CutByCapture | K::WindowUpdate | K::WindowFull | K::ZeroWindowProbeAnswer => false,
            K::TextInSyn | K::SynTextRefused => false,
            K::KeepAlive | K::KeepAliveAnswer | K::Checksum | K::PortsReused => false,
        }
    }
}

impl Note {
    /// Its kind.
    pub fn kind(&self) -> NoteKind {
        match self {
            Note::Retransmission(_) => NoteKind::Retransmission,
            Note::OutOfOrder => NoteKind::OutOfOrder,
            Note::NotSeenYet { .. } => NoteKind::NotSeenYet,
            Note::Gap { .. } => NoteKind::Gap,
            Note::CutByCapture { .. } => NoteKind::CutByCapture,
            Note::DuplicateAck { .. } => NoteKind::DuplicateAck,
            Note::DuplicateSack { .. } => NoteKind::DuplicateSack,
            Note::AckedUnseen { .. } => NoteKind::AckedUnseen,
            Note::TextInSyn { .. } => NoteKind::TextInSyn,
            Note::SynTextRefused => NoteKind::SynTextRefused,
            Note::WindowUpdate => NoteKind::WindowUpdate,
            Note::WindowFull => NoteKind::WindowFull,
            Note::ZeroWindow => NoteKind::ZeroWindow,
            Note::ZeroWindowProbe => NoteKind::ZeroWindowProbe,
            Note::ZeroWindowProbeAnswer => NoteKind::ZeroWindowProbeAnswer,
            Note::KeepAlive => NoteKind::KeepAlive,
            Note::KeepAliveAnswer => NoteKind::KeepAliveAnswer,
            Note::Checksum(_) => NoteKind::Checksum,
            Note::PortsReused => NoteKind::PortsReused,
        }
    }

    /// The RFC and its section that says what happened here. None where it is about the capture.
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Note::Retransmission(retransmission) => retransmission.rule(),
            Note::OutOfOrder => Some("RFC 9293 §3.10.7.4"),
            Note::DuplicateAck { .. } => Some("RFC 5681 §2"),
            Note::DuplicateSack { .. } => Some("RFC 2883 §4"),
            Note::TextInSyn { .. } | Note::SynTextRefused => Some("RFC 7413 §4.2.2"),
            Note::WindowUpdate | Note::WindowFull | Note::ZeroWindow => Some("RFC 9293 §3.8.6"),
            Note::ZeroWindowProbe | Note::ZeroWindowProbeAnswer => Some("RFC 9293 §3.8.6.1"),
            Note::KeepAlive | Note::KeepAliveAnswer => Some("RFC 9293 §3.8.4"),
            Note::Checksum(_) => Some("RFC 9293 §3.1"),
            Note::PortsReused => Some("RFC 9293 §3.4.1"),
            Note::NotSeenYet { .. } | Note::Gap { .. } => None,
            Note::CutByCapture { .. } | Note::AckedUnseen { .. } => None,
        }
    }
}

/// A number of bytes in words: "1 byte", "2 bytes".
fn bytes_in_words(count: impl Into<u64>) -> String {
    several(count.into(), "byte")
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Retransmission(retransmission) => retransmission.fmt(f),
            Note::OutOfOrder => f.write_str("out of order"),
            Note::NotSeenYet { bytes } => {
                write!(f, "{} before this not seen yet", bytes_in_words(*bytes))
            }
            Note::Gap { direction, bytes, reason, .. } => {
                write!(f, "a gap of {} {direction}: {reason}", bytes_in_words(*bytes))
            }
            Note::CutByCapture { missing } => {
                write!(f, "the capture has cut off {}", bytes_in_words(*missing as u64))
            }
            Note::DuplicateAck { count } => write!(f, "duplicate ACK {count}"),
            Note::DuplicateSack { first, end } => write!(f, "{first}..{end} came twice (D-SACK)"),
            Note::AckedUnseen { bytes } => {
                write!(f, "acknowledges {} that the capture does not show", bytes_in_words(*bytes))
            }
            Note::TextInSyn { bytes } => write!(f, "{} with the SYN", bytes_in_words(*bytes as u64)),
            Note::SynTextRefused => f.write_str("acknowledges the SYN, but not its text"),
            Note::WindowUpdate => f.write_str("window update"),
            Note::WindowFull => f.write_str("fills the window"),
            Note::ZeroWindow => f.write_str("zero window"),
            Note::ZeroWindowProbe => f.write_str("zero-window probe"),
            Note::ZeroWindowProbeAnswer => f.write_str("answer to the probe: still no room"),
            Note::KeepAlive => f.write_str("keep-alive"),
            Note::KeepAliveAnswer => f.write_str("answer to the keep-alive"),
            Note::Checksum(verdict) => write!(f, "checksum {verdict}"),
            Note::PortsReused => f.write_str("a new connection between the same ports"),
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GapReason::Acknowledged => "the receiver has them, the capture has not",
            GapReason::CutByCapture => "the capture has cut them off",
            GapReason::TooMuchWaits => "not seen, and too much waits after them",
            GapReason::Forgotten => "not seen in time, and what waited after them was thrown away",
            GapReason::NothingFollows => "not seen, and nothing follows",
        })
    }
}
