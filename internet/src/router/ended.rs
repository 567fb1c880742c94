//! Why a packet ends in a router, in words.

use std::fmt;

use barewire_dissect::Refused;
use barewire_packet::{Reason, checksum};

use super::IcmpError;
use super::valid::Invalid;

/// Why a packet ends in a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// It cannot be read.
    Refused(Refused<Reason>),
    /// One of its addresses may not be there.
    Invalid(Invalid),
    /// It is for the router, and its checksum is wrong.
    Checksum(checksum::Verdict),
    /// It is for the router, and only a piece.
    Piece,
    /// What ICMP says of it.
    Error(IcmpError),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dropped: ")?;
        match self {
            Ended::Refused(refused) => write!(f, "{refused}"),
            Ended::Invalid(invalid) => write!(f, "{invalid}"),
            Ended::Checksum(verdict) => write!(f, "its checksum is {verdict}"),
            Ended::Piece => f.write_str("the router does not put fragments together"),
            Ended::Error(error) => write!(f, "{error}"),
        }
    }
}

impl fmt::Display for IcmpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IcmpError::TimeExceeded => "it may pass no further router",
            IcmpError::NoRoute => "no route leads there",
            IcmpError::NoHost => "no such host on the network at hand",
            IcmpError::NoPort => "nobody listens on this port of the router",
            IcmpError::NoProtocol => "the router does not speak this protocol",
            IcmpError::Prohibited => "a rule forbids it",
            IcmpError::TooBig(mtu) => {
                return write!(f, "larger than the next wire's MTU of {mtu} bytes, and not to be cut");
            }
        })
    }
}
