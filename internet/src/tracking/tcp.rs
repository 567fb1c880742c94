//! Where a TCP connection stands, as seen by a box in its path: one table, Linux's own (nf_conntrack_proto_tcp.c).
//!
//! ```text
//!   SYN ─▶ SYN_SENT ─SYN-ACK─▶ SYN_RECV ─ACK─▶ ESTABLISHED ─FIN─▶ FIN_WAIT ─ACK─▶ CLOSE_WAIT
//!             │ SYN of both                        │                                 │ FIN
//!             ▼                                    └─ RST, anywhere ─▶ CLOSE         ▼
//!          SYN_SENT2 ─SYN-ACK─▶ SYN_RECV                     TIME_WAIT ◀─ACK─ LAST_ACK
//! ```
//!
//! The states are not those of either end: the box names them after what it has seen. Left out: windows and sequence
//! numbers. A segment that lies outside the window counts here, and is invalid for Linux. What Linux remembers beside
//! the state is in `history`.

use std::fmt;

use barewire_dissect::Direction;
use barewire_packet::transit::TcpFlags;

/// Where a TCP connection stands. It is shown by the name that `conntrack -L` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TcpState {
    /// No segment of it was seen.
    None,
    /// The SYN has passed.
    SynSent,
    /// The SYN was answered.
    SynReceived,
    /// Both ends know of each other.
    Established,
    /// A FIN has passed.
    FinWait,
    /// The FIN is acknowledged.
    CloseWait,
    /// Another FIN has passed.
    LastAck,
    /// That one is acknowledged, too.
    TimeWait,
    /// It was reset.
    Closed,
    /// Both ends have sent a SYN: they open at once (RFC 9293 §3.5).
    SynSent2,
}

/// What a segment does to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It passes, and the connection stands there now.
    To(TcpState),
    /// It passes, and changes nothing: the other end will say what it thinks of it.
    Ignore,
    /// It does not belong to the connection.
    Invalid,
    /// It opens the connection anew. Not in the table: see `history`.
    Reopens,
    /// The connection is over, and this segment is one of another. Not in the table.
    Over,
}

/// What counts of a segment's flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Syn,
    SynAck,
    Fin,
    Ack,
    Reset,
}

const IG: Step = Step::Ignore;
const IV: Step = Step::Invalid;
const SS: Step = Step::To(TcpState::SynSent);
const SR: Step = Step::To(TcpState::SynReceived);
const ES: Step = Step::To(TcpState::Established);
const FW: Step = Step::To(TcpState::FinWait);
const CW: Step = Step::To(TcpState::CloseWait);
const LA: Step = Step::To(TcpState::LastAck);
const TW: Step = Step::To(TcpState::TimeWait);
const CL: Step = Step::To(TcpState::Closed);
const S2: Step = Step::To(TcpState::SynSent2);

/// By direction, kind of segment, and state: the order is that of the enums. The server is the end that did not open.
#[rustfmt::skip]
const STEPS: [[[Step; 10]; 5]; 2] = [
    // To the server, in state
    //None SS  SR  ES  FW  CW  LA  TW  CL  S2
    [[SS, SS, IG, IG, IG, IG, IG, SS, SS, S2],  // SYN
     [IV, IV, SR, IV, IV, IV, IV, IV, IV, SR],  // SYN-ACK
     [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],  // FIN
     [ES, IV, ES, ES, CW, CW, TW, TW, CL, IV],  // ACK
     [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL]], // RST
    // To the client
    [[IV, S2, IV, IV, IV, IV, IV, SS, IV, S2],
     [IV, SR, IG, IG, IG, IG, IG, IG, IG, SR],
     [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],
     [IV, IG, SR, ES, CW, CW, TW, TW, CL, IG],
     [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL]],
];

/// Where a connection stands after the first segment that is seen of it: a SYN, or an ACK in its middle where the box
/// is `loose` (Linux: `tcp_loose`). `None`: the segment cannot be the first.
pub(crate) fn first(flags: TcpFlags, loose: bool) -> Option<TcpState> {
    match step(TcpState::None, Direction::ToServer, flags) {
        Step::To(TcpState::Established) => loose.then_some(TcpState::Established),
        Step::To(state) => Some(state),
        _ => None,
    }
}

/// What a segment with these flags does to a connection in `state`.
pub(super) fn step(state: TcpState, direction: Direction, flags: TcpFlags) -> Step {
    kind(flags).map_or(Step::Invalid, |kind| STEPS[direction.index()][kind as usize][state as usize])
}

/// Whether the step leads from the end of a connection to the start of another.
pub(super) fn reopens(state: TcpState, step: Step) -> bool {
    matches!(state, TcpState::TimeWait | TcpState::Closed) && step == Step::To(TcpState::SynSent)
}

/// Whether the segment completes a connection that both sides have opened: the server's ACK does so, too. The table is
/// not made for it.
pub(super) fn completes_crossing(state: TcpState, direction: Direction, flags: TcpFlags) -> bool {
    state == TcpState::SynReceived && direction == Direction::ToClient && kind(flags) == Some(Kind::Ack)
}

/// Whether the segment may be the server's challenge ACK, where an ACK would end the connection.
pub(super) fn may_be_challenge(state: TcpState, direction: Direction, flags: TcpFlags) -> bool {
    state == TcpState::LastAck && direction == Direction::ToClient && kind(flags) == Some(Kind::Ack)
}

/// A SYN alone, or any other segment with ACK; a RST may lack it (RFC 9293 §3.10.7). `None`: no TCP sends such flags
/// together.
fn kind(flags: TcpFlags) -> Option<Kind> {
    match (flags.rst(), flags.syn(), flags.fin(), flags.ack()) {
        (true, false, false, _) => Some(Kind::Reset),
        (false, true, false, false) => Some(Kind::Syn),
        (false, true, false, true) => Some(Kind::SynAck),
        (false, false, true, true) => Some(Kind::Fin),
        (false, false, false, true) => Some(Kind::Ack),
        _ => None,
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TcpState::None => "NONE",
            TcpState::SynSent => "SYN_SENT",
            TcpState::SynReceived => "SYN_RECV",
            TcpState::Established => "ESTABLISHED",
            TcpState::FinWait => "FIN_WAIT",
            TcpState::CloseWait => "CLOSE_WAIT",
            TcpState::LastAck => "LAST_ACK",
            TcpState::TimeWait => "TIME_WAIT",
            TcpState::Closed => "CLOSE",
            TcpState::SynSent2 => "SYN_SENT2",
        })
    }
}
