//! Why a sender sends something again: the reasons there are, each with its RFC. How they are told apart: `loss.rs`.

use std::fmt;
use std::time::Duration;

use crate::note::in_words;

/// Why numbers were sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retransmission {
    /// A SYN or SYN-ACK again: no answer came.
    Syn {
        /// How long after it was sent the last time.
        after: Duration,
    },
    /// The text of a SYN again: the SYN-ACK did not acknowledge it (RFC 7413 §4.2.2).
    SynText,
    /// The third duplicate ACK asked for this very number (RFC 5681 §3.2).
    Fast {
        /// How many duplicate ACKs had passed.
        duplicate_acks: u32,
    },
    /// In fast recovery: the ACK of a retransmission stopped short, at the next hole (RFC 6582 §3.2).
    PartialAck,
    /// SACK blocks reported later bytes, and this hole before them (RFC 6675 §5).
    Sack,
    /// The last segment in flight again, sooner than the timer: a probe, to have the tail of a flight reported
    /// (RFC 8985 §7.3).
    TailLossProbe {
        /// How long the timer of its sender had been running.
        after: Duration,
    },
    /// The retransmission timer ran out (RFC 6298 §5.4).
    Timer {
        /// How long the timer of its sender had been running, by the rules of RFC 6298 §5.
        after: Duration,
    },
    /// After the timer ran out: the segments that followed the lost one go out again, too (RFC 5681 §3.1).
    AfterTimer,
    /// The receiver had acknowledged all of it before.
    Spurious,
    /// Too soon for a timer, and without a sign of loss: perhaps a copy made by the network, or by the capture.
    Unexplained {
        /// How long the timer of its sender had been running.
        after: Duration,
    },
}

impl Retransmission {
    /// The RFC and its section that made the sender do it. None if nobody knows.
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Retransmission::Syn { .. } => Some("RFC 9293 §3.8.1"),
            Retransmission::SynText => Some("RFC 7413 §4.2.2"),
            Retransmission::Fast { .. } => Some("RFC 5681 §3.2"),
            Retransmission::PartialAck => Some("RFC 6582 §3.2"),
            Retransmission::Sack => Some("RFC 6675 §5"),
            Retransmission::TailLossProbe { .. } => Some("RFC 8985 §7.3"),
            Retransmission::Timer { .. } => Some("RFC 6298 §5.4"),
            Retransmission::AfterTimer => Some("RFC 5681 §3.1"),
            Retransmission::Spurious => Some("RFC 2883 §5"),
            Retransmission::Unexplained { .. } => None,
        }
    }
}

impl fmt::Display for Retransmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Retransmission::Syn { after } => write!(f, "SYN again after {}", in_words(*after)),
            Retransmission::SynText => {
                f.write_str("retransmission, the SYN-ACK did not take the text of the SYN")
            }
            Retransmission::Fast { duplicate_acks } => {
                write!(f, "fast retransmission, {duplicate_acks} duplicate ACKs")
            }
            Retransmission::PartialAck => f.write_str("retransmission, a partial ACK shows the next gap"),
            Retransmission::Sack => f.write_str("retransmission, SACK shows the gap"),
            Retransmission::TailLossProbe { after } => {
                write!(f, "tail loss probe after {}", in_words(*after))
            }
            Retransmission::Timer { after } => {
                write!(f, "retransmission, timer ran out after {}", in_words(*after))
            }
            Retransmission::AfterTimer => f.write_str("retransmission, after the timer"),
            Retransmission::Spurious => f.write_str("spurious retransmission, it was acknowledged before"),
            Retransmission::Unexplained { after } => {
                write!(f, "the same again after {}", in_words(*after))
            }
        }
    }
}
