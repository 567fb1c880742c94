//! What becomes of a packet that a rule matches.

use crate::router::{Answer, IcmpError};

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It goes on.
    Accept,
    /// It ends here, and its sender hears nothing.
    Drop,
    /// It ends here, and its sender is told.
    Reject(With),
}

/// How the sender of a rejected packet is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// "Port unreachable": ICMP 3/3, ICMPv6 1/4. Linux does so if nothing else is said.
    NoPort,
    /// "Administratively prohibited": ICMP 3/13, ICMPv6 1/1 (RFC 1812 §5.2.7.1).
    Prohibited,
    /// A TCP reset, as if nobody listened. A packet that is not TCP gets "port unreachable".
    Reset,
}

impl From<With> for Answer {
    fn from(with: With) -> Answer {
        match with {
            With::NoPort => Answer::Icmp(IcmpError::NoPort),
            With::Prohibited => Answer::Icmp(IcmpError::Prohibited),
            With::Reset => Answer::Reset,
        }
    }
}
