//! A TCP connection as a box in the middle follows it: by the flags of both directions.
//!
//! ```text
//!            SYN             SYN+ACK              ACK                FIN
//!   nothing ─────▶ SYN sent ─────────▶ SYN received ─────▶ established ─────▶ FIN wait
//!                                                                               │ ACK
//!            any RST ──▶ closed        time wait ◀───── last ACK ◀───── close wait ◀┘
//!                                                  ACK            FIN
//! ```
//!
//! Names and steps are those of Linux's conntrack, which has them from RFC 9293 §3.3.2.

use std::fmt;

use barewire_dissect::Direction;
use barewire_packet::transit::TcpFlags;

/// Where a TCP connection stands, as seen from the middle. The client is the end that opened it; closing is told with
/// the direction in which the first FIN went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpPhase {
    /// The SYN has passed.
    SynSent,
    /// Both ends have sent a SYN: they open at once (RFC 9293 §3.5).
    BothSent,
    /// It was answered.
    SynReceived,
    /// Both ends know of each other.
    Established,
    /// One end has said all.
    FinWait(Direction),
    /// The other end knows it.
    CloseWait(Direction),
    /// Both ends have said all.
    LastAck,
    /// Both know it.
    TimeWait,
    /// It was reset.
    Closed,
}

/// The kinds of segment that there can be. Other combinations of flags are invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment {
    Syn,
    SynAck,
    Fin,
    Ack,
    Reset,
}

impl Segment {
    /// A SYN alone, or any other segment with ACK; a RST may lack it (RFC 9293 §3.10.7).
    fn of(flags: TcpFlags) -> Option<Segment> {
        match (flags.syn(), flags.fin(), flags.rst(), flags.ack()) {
            (true, false, false, false) => Some(Segment::Syn),
            (true, false, false, true) => Some(Segment::SynAck),
            (false, true, false, true) => Some(Segment::Fin),
            (false, false, false, true) => Some(Segment::Ack),
            (false, false, true, _) => Some(Segment::Reset),
            _ => None,
        }
    }
}

impl TcpPhase {
    /// Where a connection stands after the first segment that is seen of it. `None`: it cannot be the first.
    pub fn first(flags: TcpFlags, loose: bool) -> Option<TcpPhase> {
        match Segment::of(flags)? {
            Segment::Syn => Some(TcpPhase::SynSent),
            Segment::Ack if loose => Some(TcpPhase::Established),
            _ => None,
        }
    }

    /// Where it stands after another segment. `None`: the segment does not fit.
    pub fn next(self, direction: Direction, flags: TcpFlags) -> Option<TcpPhase> {
        use Direction::{ToClient, ToServer};
        use Segment::{Ack, Fin, Reset, Syn, SynAck};
        use TcpPhase::{
            BothSent, CloseWait, Closed, Established, FinWait, LastAck, SynReceived, SynSent, TimeWait,
        };
        Some(match (Segment::of(flags)?, direction, self) {
            (Reset, ..) => Closed,
            (Syn, ToServer, phase) => phase,
            (Syn, ToClient, SynSent | BothSent) => BothSent,
            (Syn, ToClient, _) => return None,
            (SynAck, ToClient, SynSent) | (SynAck, _, BothSent) => SynReceived,
            (SynAck, ToClient, phase) => phase,
            (SynAck, ToServer, SynReceived) => SynReceived,
            (SynAck, ToServer, _) => return None,
            (Fin, _, SynSent | BothSent) => return None,
            (Fin, first, SynReceived | Established) => FinWait(first),
            (Fin, second, FinWait(first) | CloseWait(first)) if second != first => LastAck,
            (Fin, _, phase) => phase,
            (Ack, ToServer, SynSent | BothSent) => return None,
            (Ack, ToServer, SynReceived) => Established,
            (Ack, other, FinWait(first)) if other != first => CloseWait(first),
            // Of either end, as on Linux.
            (Ack, _, LastAck) => TimeWait,
            (Ack, _, phase) => phase,
        })
    }
}

impl fmt::Display for TcpPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TcpPhase::SynSent => "SYN sent",
            TcpPhase::BothSent => "both SYNs sent",
            TcpPhase::SynReceived => "SYN received",
            TcpPhase::Established => "established",
            TcpPhase::FinWait(_) => "FIN wait",
            TcpPhase::CloseWait(_) => "close wait",
            TcpPhase::LastAck => "last ACK",
            TcpPhase::TimeWait => "time wait",
            TcpPhase::Closed => "closed",
        })
    }
}
