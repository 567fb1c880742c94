//! Where a TCP connection stands, as seen by a box in its path: one table, Linux's own (nf_conntrack_proto_tcp.c).
//!
//! ```text
//!  SYN ─▶ SYN_SENT ─SYN-ACK─▶ SYN_RECV ─ACK─▶ ESTABLISHED ─FIN─▶ FIN_WAIT ─ACK─▶ CLOSE_WAIT
//!            │ SYN of both                        │                                   │ FIN
//!            ▼                                    └── RST, anywhere ──▶ CLOSE         ▼
//!         SYN_SENT2 ─SYN-ACK─▶ SYN_RECV                        TIME_WAIT ◀─ACK─ LAST_ACK
//! ```
//!
//! The states are not those of either end: the box names them after what it has seen. Left out: windows and sequence
//! numbers. A segment that lies outside the window counts here, and is invalid for Linux.

use std::fmt;

use barewire_packet::transit::TcpFlags;

/// What a box knows of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    None,
    SynSent,
    SynReceived,
    Established,
    FinWait,
    CloseWait,
    LastAck,
    TimeWait,
    Closed,
    SynSent2,
}

/// What a segment does to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It passes, and the connection stands there now.
    To(State),
    /// It passes, and changes nothing: the other end will say what it thinks of it.
    Ignore,
    /// It does not belong to the connection.
    Invalid,
    /// It opens the connection anew. Not in the table: see `history`.
    Reopens,
    /// The connection is over, and this segment is one of another. Not in the table.
    Over,
}

/// Who sends a segment: the side that opened the connection, or the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Opener,
    Answerer,
}

/// What counts of a segment's flags. A reset comes first, then SYN, FIN, ACK.
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
const SS: Step = Step::To(State::SynSent);
const SR: Step = Step::To(State::SynReceived);
const ES: Step = Step::To(State::Established);
const FW: Step = Step::To(State::FinWait);
const CW: Step = Step::To(State::CloseWait);
const LA: Step = Step::To(State::LastAck);
const TW: Step = Step::To(State::TimeWait);
const CL: Step = Step::To(State::Closed);
const S2: Step = Step::To(State::SynSent2);

/// By sender, kind of segment, and state: the order is that of the enums.
#[rustfmt::skip]
const STEPS: [[[Step; 10]; 5]; 2] = [
    // The opener sends, in state
    //None SS  SR  ES  FW  CW  LA  TW  CL  S2
    [[SS, SS, IG, IG, IG, IG, IG, SS, SS, S2],  // SYN
     [IV, IV, SR, IV, IV, IV, IV, IV, IV, SR],  // SYN-ACK
     [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],  // FIN
     [ES, IV, ES, ES, CW, CW, TW, TW, CL, IV],  // ACK
     [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL]], // RST
    // The answerer sends
    [[IV, S2, IV, IV, IV, IV, IV, SS, IV, S2],
     [IV, SR, IG, IG, IG, IG, IG, IG, IG, SR],
     [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],
     [IV, IG, SR, ES, CW, CW, TW, TW, CL, IG],
     [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL]],
];

/// What a segment with these flags does to a connection in `state`.
pub(super) fn step(state: State, sender: Sender, flags: TcpFlags) -> Step {
    kind(flags).map_or(Step::Invalid, |kind| STEPS[sender as usize][kind as usize][state as usize])
}

/// Whether the step leads from the end of a connection to the start of another.
pub(super) fn reopens(state: State, step: Step) -> bool {
    matches!(state, State::TimeWait | State::Closed) && step == Step::To(State::SynSent)
}

/// Whether the segment completes a connection that both sides have opened: the answerer's ACK does so, too. The table
/// is not made for it.
pub(super) fn completes_crossing(state: State, sender: Sender, flags: TcpFlags) -> bool {
    state == State::SynReceived && sender == Sender::Answerer && kind(flags) == Some(Kind::Ack)
}

/// Whether the segment may be the answerer's challenge ACK, where an ACK would end the connection.
pub(super) fn may_be_challenge(state: State, sender: Sender, flags: TcpFlags) -> bool {
    state == State::LastAck && sender == Sender::Answerer && kind(flags) == Some(Kind::Ack)
}

/// `None`: no TCP sends such flags together.
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

impl fmt::Display for State {
    /// As `conntrack -L` writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::None => "NONE",
            State::SynSent => "SYN_SENT",
            State::SynReceived => "SYN_RECV",
            State::Established => "ESTABLISHED",
            State::FinWait => "FIN_WAIT",
            State::CloseWait => "CLOSE_WAIT",
            State::LastAck => "LAST_ACK",
            State::TimeWait => "TIME_WAIT",
            State::Closed => "CLOSE",
            State::SynSent2 => "SYN_SENT2",
        })
    }
}
