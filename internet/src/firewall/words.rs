//! The words of a rule: tables for its reader, its writer and its errors.

use std::fmt;

use super::action::{Action, With};

/// The types of ICMP messages that have a name in a rule: in version 4, and in version 6.
pub(super) const ICMP: [(&str, Option<u8>, Option<u8>); 8] = [
    ("echo-request", Some(8), Some(128)),
    ("echo-reply", Some(0), Some(129)),
    ("unreachable", Some(3), Some(1)),
    ("too-big", None, Some(2)),
    ("time-exceeded", Some(11), Some(3)),
    ("parameter-problem", Some(12), Some(4)),
    ("redirect", Some(5), Some(137)),
    ("timestamp", Some(13), None),
];

/// The TCP flags (RFC 9293 §3.1), each with its bit.
pub(super) const FLAGS: [(&str, u8); 8] = [
    ("fin", 0x01),
    ("syn", 0x02),
    ("rst", 0x04),
    ("psh", 0x08),
    ("ack", 0x10),
    ("urg", 0x20),
    ("ece", 0x40),
    ("cwr", 0x80),
];

/// What can follow `reject`. The first one need not be said.
pub(super) const WITH: [(&str, With); 3] =
    [("no-port", With::NoPort), ("prohibited", With::Prohibited), ("reset", With::Reset)];

impl fmt::Display for Action {
    /// As it stands in a rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Accept => f.write_str("accept"),
            Action::Drop => f.write_str("drop"),
            Action::Reject(With::NoPort) => f.write_str("reject"),
            Action::Reject(with) => {
                let name = WITH.iter().find(|(_, other)| other == with).map_or("", |(name, _)| name);
                write!(f, "reject {name}")
            }
        }
    }
}
