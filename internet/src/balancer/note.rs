//! What a balancer says beside a packet.

use std::fmt;
use std::sync::Arc;

use super::choice::Algorithm;
use super::config::WhenDown;

/// What a balancer did with a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BalancerNote {
    /// It begins a flow.
    New {
        /// The backend that the flow got,
        backend: Arc<str>,
        /// and why that one.
        algorithm: Algorithm,
    },
    /// It belongs to a flow.
    Known {
        /// The backend of the flow.
        backend: Arc<str>,
    },
    /// It belongs to a flow whose backend is down.
    Down {
        /// The backend of the flow,
        backend: Arc<str>,
        /// and what follows from that.
        when_down: WhenDown,
    },
    /// It is an ICMP error about a flow.
    Related {
        /// The backend of the flow.
        backend: Arc<str>,
    },
    /// No backend may get a flow.
    NoBackend,
    /// It belongs to no flow, and cannot begin one.
    NoFlow,
    /// It is a fragment after the first, which does not say which flow it belongs to.
    NoPorts,
    /// It would begin a flow, and the table is full.
    TableFull,
    /// It answers a check.
    Checked {
        /// The backend that answers.
        backend: Arc<str>,
        /// Whether that made it come up.
        comes_up: bool,
    },
}

impl fmt::Display for BalancerNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BalancerNote::New { backend, algorithm } => {
                write!(f, "new flow to backend {backend} ({algorithm})")
            }
            BalancerNote::Known { backend } => write!(f, "flow of backend {backend}"),
            BalancerNote::Down { backend, when_down } => {
                write!(f, "backend {backend} is down: ")?;
                f.write_str(match when_down {
                    WhenDown::Keep => "passed on all the same",
                    WhenDown::Drop => "dropped",
                    WhenDown::Reset => "reset",
                })
            }
            BalancerNote::Related { backend } => write!(f, "about a flow of backend {backend}"),
            BalancerNote::NoBackend => f.write_str("rejected: no backend is up"),
            BalancerNote::NoFlow => f.write_str("reset: no such flow is known"),
            BalancerNote::NoPorts => f.write_str("dropped: a fragment after the first has no ports"),
            BalancerNote::TableFull => f.write_str("dropped: the table of flows is full"),
            BalancerNote::Checked { backend, comes_up: true } => {
                write!(f, "backend {backend} answers: it is up again")
            }
            BalancerNote::Checked { backend, comes_up: false } => write!(f, "backend {backend} answers"),
        }
    }
}
