//! A flow in the table, and where it stands.
//!
//! ```text
//!   SYN ──▶ opening ──ACK of the client──▶ open ──any FIN──▶ closing     any RST ──▶ closed
//! ```
//!
//! These are the states of a balancer (IPVS), not those of [`tracking`](crate::tracking): a firewall judges each
//! segment by both directions, and a balancer asks only whether the flow is work for its backend, and whether a SYN
//! begins another one.
//!
//! With direct return only the client's half is seen: a FIN of the backend is not, and the client's must do.

use std::fmt;

use barewire_dissect::Direction;
use barewire_packet::transit::TcpFlags;

/// Which backend a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenFlow {
    pub(super) backend: usize,
    pub(super) phase: Phase,
    /// The port of the balancer towards the backend, with `FullNat`.
    pub(super) port: Option<u16>,
}

/// Where a flow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Opening,
    Open,
    Closing,
    Closed,
    /// UDP has no states.
    Datagrams,
}

impl Phase {
    pub(super) fn next(self, flags: TcpFlags, direction: Direction) -> Phase {
        match self {
            _ if flags.rst() => Phase::Closed,
            Phase::Closed => Phase::Closed,
            _ if flags.fin() => Phase::Closing,
            Phase::Opening if direction == Direction::ToServer && flags.ack() => Phase::Open,
            phase => phase,
        }
    }

    /// Whether the flow is work for its backend.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Phase::Opening | Phase::Open | Phase::Datagrams)
    }

    /// Whether a SYN begins another flow.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Phase::Closing | Phase::Closed)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Opening => "opening",
            Phase::Open => "open",
            Phase::Closing => "closing",
            Phase::Closed => "closed",
            Phase::Datagrams => "datagrams",
        })
    }
}
