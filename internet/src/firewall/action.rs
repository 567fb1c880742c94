//! What becomes of a packet that a rule matches.

use std::fmt;

use super::words;
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

impl fmt::Display for Action {
    /// As it stands in a rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Accept => f.write_str("accept"),
            Action::Drop => f.write_str("drop"),
            Action::Reject(With::NoPort) => f.write_str("reject"),
            Action::Reject(with) => {
                let name = words::WITH.iter().find(|(_, other)| other == with).map_or("", |(name, _)| name);
                write!(f, "reject {name}")
            }
        }
    }
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
