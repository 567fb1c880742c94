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
//! A FIN-WAIT-1 whose FIN is acknowledged by the very segment that brings the peer's FIN goes straight to TIME-WAIT.

use std::fmt;

/// A state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// No connection at all.
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
    /// All is said; waiting out stray segments, and repeating the last ACK if it was lost.
    TimeWait,
}

impl State {
    /// Whether both SYNs have been exchanged and acknowledged.
    pub fn is_synchronized(self) -> bool {
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
