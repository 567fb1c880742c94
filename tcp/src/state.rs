//! The eleven states of a connection (RFC 9293 §3.3.2).
//!
//! ```text
//!                     CLOSED
//!              listen │    │ connect: send SYN
//!                     ▼    └─────────────▶ SYN-SENT
//!                   LISTEN                  │    │
//!                     │      SYN: send      │    │
//!   SYN: send SYN-ACK │       SYN-ACK       │    │ SYN-ACK: send ACK
//!                     ▼   (both at once)    │    │
//!                SYN-RECEIVED ◀─────────────┘    │
//!                     │ ACK of SYN               │
//!                     └──────▶ ESTABLISHED ◀─────┘
//!                               │       │
//!              close: send FIN  │       │  FIN: send ACK
//!                               ▼       ▼
//!                      FIN-WAIT-1       CLOSE-WAIT
//!                       │      │            │ close: send FIN
//!            ACK of FIN │      │ FIN:       ▼
//!                       ▼      │ send ACK  LAST-ACK
//!              FIN-WAIT-2      ▼            │ ACK of FIN
//!                       │    CLOSING        ▼
//!         FIN: send ACK │      │           CLOSED
//!                       ▼      ▼ ACK of FIN
//!                       TIME-WAIT
//!                           │ twice the longest life of a segment
//!                           ▼
//!                         CLOSED
//! ```
//!
//! The figure is [`State::after`], line by line, and every change of state in this crate goes through it. Three
//! arrows of RFC 9293 figure 5 are left out. A FIN does not leave in SYN-RECEIVED: it waits for ESTABLISHED, as
//! §3.10.4 allows where data is queued. A connection that is not made does not go back to LISTEN: it is dropped, and
//! its listener goes on. Data written in LISTEN does not open the connection actively.
//!
//! Tested in `tests/states.rs`: each arrow of the RFC's figure, and that there are no others.

use std::fmt;

/// A state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// There is not a connection.
    Closed,
    /// Waiting for anyone's SYN.
    Listen,
    /// Our SYN is out; waiting for the peer's.
    SynSent,
    /// Both SYNs are out; waiting for the ACK of ours.
    SynReceived,
    /// Open: data flows both ways.
    Established,
    /// We have closed; waiting for the ACK of our FIN, or the peer's FIN.
    FinWait1,
    /// Our FIN is acknowledged; waiting for the peer's.
    FinWait2,
    /// The peer has closed; waiting for our own side to.
    CloseWait,
    /// Both have closed at once; waiting for the ACK of our FIN.
    Closing,
    /// The peer closed first, then we; waiting for the ACK of our FIN.
    LastAck,
    /// Both have closed; waiting for stray segments to die, and repeating the last ACK if it was lost.
    TimeWait,
}

/// What changes a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The user opens actively: our SYN goes out.
    Connect,
    /// The user opens passively.
    Listen,
    /// The peer's SYN arrived, without an ACK of ours.
    Syn,
    /// The peer's SYN arrived, with the ACK of ours.
    SynAck,
    /// The ACK of our SYN arrived.
    AckOfSyn,
    /// Our FIN has left.
    FinSent,
    /// The peer's FIN arrived, and everything before it.
    Fin,
    /// The ACK of our FIN arrived.
    AckOfFin,
    /// The 2MSL timer ran out.
    TwoMsl,
    /// A reset, the user's abort, or a peer that does not answer.
    End,
}

impl State {
    // book: after
    /// The state after `cause`: the figure above. None where the figure has no such arrow.
    pub fn after(self, cause: Cause) -> Option<State> {
        Some(match (self, cause) {
            (State::Closed, Cause::Connect) => State::SynSent,
            (State::Closed, Cause::Listen) => State::Listen,
            (State::Listen, Cause::Syn) => State::SynReceived,
            (State::SynSent, Cause::Syn) => State::SynReceived,
            (State::SynSent, Cause::SynAck) => State::Established,
            (State::SynReceived, Cause::AckOfSyn) => State::Established,
            (State::Established, Cause::FinSent) => State::FinWait1,
            (State::Established, Cause::Fin) => State::CloseWait,
            (State::FinWait1, Cause::AckOfFin) => State::FinWait2,
            (State::FinWait1, Cause::Fin) => State::Closing,
            (State::FinWait2, Cause::Fin) => State::TimeWait,
            (State::CloseWait, Cause::FinSent) => State::LastAck,
            (State::Closing, Cause::AckOfFin) => State::TimeWait,
            (State::LastAck, Cause::AckOfFin) => State::Closed,
            (State::TimeWait, Cause::TwoMsl) => State::Closed,
            (_, Cause::End) => State::Closed,
            _ => return None,
        })
    }
    // book: end

    /// Whether both SYNs have been exchanged and acknowledged.
    pub fn is_synchronized(self) -> bool {
        // The states before are declared before it.
        self >= State::Established
    }

    /// Whether bytes may still arrive: the peer's FIN has not been seen.
    pub fn may_receive(self) -> bool {
        matches!(self, State::Established | State::FinWait1 | State::FinWait2)
    }

    /// Whether text that was accepted for sending may still go out, or go out again.
    pub fn may_transmit(self) -> bool {
        matches!(
            self,
            State::Established | State::CloseWait | State::FinWait1 | State::Closing | State::LastAck
        )
    }

    /// The state's name in the RFC.
    pub fn name(self) -> &'static str {
        match self {
            State::Closed => "CLOSED",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
