//! What a host says beside a packet: why it sent it, or what it made of one that it received.
//!
//! A program reads the kind. The sentence is for people, and is made in `Display` only.
//!
//! Tested in `tests/clauses`, `tests/recovery.rs` and `tests/host.rs`.

use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::icmp::IcmpOutcome;

/// Why a packet was sent, where that is not plain from the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SentNote {
    /// The retransmission timer ran out (RFC 6298 §5.4): what is overdue goes out again.
    TimerRanOut {
        /// How often in a row.
        times: u32,
        /// How long it had been running.
        after: Duration,
    },
    /// The third duplicate ACK arrived (RFC 5681 §3.2).
    FastRetransmission,
    /// In fast recovery an ACK stopped short, at the next segment that is lost (RFC 6582 §3.2).
    PartialAck,
    /// SACK reports so much that was sent after it that it must be lost (RFC 6675 §4).
    SackShowsLoss,
    /// What was sent well after it has arrived, so it must be lost (RFC 8985 §6).
    RackShowsLoss,
    /// Nothing has come back for two round trips: the probe asks whether the tail has arrived (RFC 8985 §7).
    TailProbe,
    /// A router has marked a packet, so the window was reduced: CWR tells the peer (RFC 3168 §6.1.2).
    MarkAnswered,
    /// It was too large for the path, and goes out again in smaller pieces (RFC 1191 §6.4).
    PathIsNarrower,
    /// The backlog is full: all that there is to know of the SYN stands in the numbers of this answer (RFC 4987 §3.6).
    SynCookie,
    /// The SYN asks for a Fast Open cookie (RFC 7413 §4.2.1).
    AsksForCookie,
    /// The SYN-ACK gives a Fast Open cookie (RFC 7413 §4.2.1).
    GivesCookie,
    /// The SYN brings the cookie back, and text (RFC 7413 §4.2.2).
    TextWithSyn,
    /// The SYN-ACK did not acknowledge the text of the SYN, or the text went after a SYN that was lost: it goes out
    /// again at once (RFC 7413 §4.2.2).
    TextOfSyn,
    /// The peer sends its SYN again: it has not heard our SYN-ACK.
    PeerRepeatsSyn,
    /// Both ends opened at once: our SYN goes out again, with an ACK (RFC 9293 §3.5).
    BothOpen,
    /// The peer had no room for the byte of a probe, and has some now.
    WindowOpened,
    /// The window is closed: the probe asks whether it still is (RFC 9293 §3.8.6.1).
    WindowProbe,
    /// The peer has been silent: the segment asks whether it is still there (RFC 9293 §3.8.4).
    KeepAlive,
    /// The window stays so small that a small segment is better than to wait on.
    SmallSegment,
    /// An acknowledgment, and what it answers.
    Ack(AckReason),
    /// A reset, and what it answers.
    Reset(ResetReason),
}

/// What an ACK without data answers, where that is not plain from the segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckReason {
    /// The reader has made room.
    WindowUpdate,
    /// A segment arrived, and one before it is missing (RFC 5681 §4.2).
    Gap,
    /// A segment arrived that was there before.
    Duplicate,
    /// A segment arrived that does not lie in the window.
    OutsideWindow,
    /// Bytes arrived, and there is no room for them.
    WindowClosed,
    /// A segment arrived whose timestamp is older than what was seen (RFC 7323 §5.3).
    OldTimestamp,
    /// A segment acknowledged what was never sent.
    NeverSent,
    /// A segment may be a guess by somebody on the side: its sender is asked (RFC 5961).
    Challenge,
}

/// What a reset answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetReason {
    /// A segment that belongs to no connection (RFC 9293 §3.10.7.1).
    NoConnection,
    /// An ACK where nothing has been sent yet (RFC 9293 §3.10.7.2).
    NothingSent,
    /// An ACK of what was never sent (RFC 9293 §3.10.7.3).
    NeverSent,
    /// The user's abort.
    Aborted,
    /// The user has gone, and there are bytes that nobody will read (RFC 9293 §3.6.1).
    Unread,
}

/// What a host made of a packet that it received, where there is something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceivedNote {
    /// It was taken, though only the pseudo-header of its checksum was summed: the rest was left to a network card.
    UnfinishedChecksum,
    /// It was a SYN, and the backlog of its listener is full. It was dropped.
    BacklogFull,
    /// It was a SYN, and the backlog of its listener is full. A cookie answers it.
    SynCookie,
    /// It was a SYN that asks for a Fast Open cookie. The answer brings one.
    CookieAsked,
    /// It was a SYN whose Fast Open cookie is right: its text is read before the handshake is over (RFC 7413 §4.2.2).
    CookieRight,
    /// It was a SYN whose Fast Open cookie is not right: its text is not taken, and the answer brings another cookie.
    CookieWrong,
    /// It was a SYN with the Fast Open option, and too many such connections are pending (RFC 7413 §5.1): the handshake
    /// is a plain one.
    FastOpenRests,
    /// It was an ICMP error about a segment of ours.
    Icmp(IcmpOutcome),
    /// It belongs to no connection here. A reset answers it, unless it is one.
    NoConnection,
    /// It was dropped. The error says why.
    Dropped(Error),
}

impl fmt::Display for SentNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SentNote::TimerRanOut { times, after } => {
                write!(f, "retransmission {times}, timer ran out after {}", in_words(*after))
            }
            SentNote::FastRetransmission => f.write_str("fast retransmission, 3 duplicate ACKs"),
            SentNote::PartialAck => f.write_str("retransmission, a partial ACK shows the next gap"),
            SentNote::SackShowsLoss => f.write_str("retransmission, SACK shows the loss"),
            SentNote::RackShowsLoss => f.write_str("retransmission, what was sent after it has arrived"),
            SentNote::TailProbe => f.write_str("tail loss probe"),
            SentNote::MarkAnswered => f.write_str("window reduced, a router has marked a packet"),
            SentNote::PathIsNarrower => f.write_str("retransmission in smaller pieces, the path is narrower"),
            SentNote::SynCookie => f.write_str("SYN cookie, the backlog is full"),
            SentNote::AsksForCookie => f.write_str("asks for a Fast Open cookie"),
            SentNote::GivesCookie => f.write_str("gives a Fast Open cookie"),
            SentNote::TextWithSyn => f.write_str("Fast Open: text with the SYN"),
            SentNote::TextOfSyn => f.write_str("retransmission, the text did not arrive with the SYN"),
            SentNote::PeerRepeatsSyn => f.write_str("retransmission, the peer repeats its SYN"),
            SentNote::BothOpen => f.write_str("both ends open at once"),
            SentNote::WindowOpened => f.write_str("retransmission, the window has opened"),
            SentNote::WindowProbe => f.write_str("zero-window probe"),
            SentNote::KeepAlive => f.write_str("keep-alive"),
            SentNote::SmallSegment => f.write_str("small segment, the window stays small"),
            SentNote::Ack(reason) => reason.fmt(f),
            SentNote::Reset(reason) => write!(f, "reset: {reason}"),
        }
    }
}

impl fmt::Display for AckReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AckReason::WindowUpdate => "window update",
            AckReason::Gap => "duplicate ACK, there is a gap",
            AckReason::Duplicate => "ACK for a duplicate",
            AckReason::OutsideWindow => "ACK for a segment outside the window",
            AckReason::WindowClosed => "ACK, the window is closed",
            AckReason::OldTimestamp => "ACK for a segment with an old timestamp",
            AckReason::NeverSent => "ACK for an ACK of what was never sent",
            AckReason::Challenge => "challenge ACK",
        })
    }
}

impl fmt::Display for ResetReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResetReason::NoConnection => "no such connection",
            ResetReason::NothingSent => "nothing was sent that this could acknowledge",
            ResetReason::NeverSent => "acknowledges what was never sent",
            ResetReason::Aborted => "the connection was aborted here",
            ResetReason::Unread => "bytes have come that nobody will read",
        })
    }
}

impl fmt::Display for ReceivedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReceivedNote::UnfinishedChecksum => f.write_str("checksum offloaded, not yet computed"),
            ReceivedNote::SynCookie => f.write_str("the backlog is full, a cookie answers it"),
            ReceivedNote::BacklogFull => f.write_str("dropped: the backlog is full"),
            ReceivedNote::CookieAsked => f.write_str("asks for a Fast Open cookie"),
            ReceivedNote::CookieRight => {
                f.write_str("the Fast Open cookie is right, and the text is read at once")
            }
            ReceivedNote::CookieWrong => {
                f.write_str("the Fast Open cookie is not right, and the text is not taken")
            }
            ReceivedNote::FastOpenRests => {
                f.write_str("too many Fast Open connections are pending, so the handshake is a plain one")
            }
            ReceivedNote::Icmp(outcome) => outcome.fmt(f),
            ReceivedNote::NoConnection => f.write_str("belongs to no connection"),
            ReceivedNote::Dropped(error) => write!(f, "dropped: {error}"),
        }
    }
}

/// A time in words: "213 ms", "1.0 s".
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") }
}
