//! What can be wrong with a server, so that the next one is asked.

use std::fmt;
use std::time::Duration;

use super::ignored::Ignored;
use crate::rcode::Rcode;

/// What is wrong with a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// It did not answer.
    Silent {
        /// How long the last wait for it was.
        waited: Duration,
    },
    /// It answered with an error.
    Rcode(Rcode),
    /// It does not recurse: it only names other servers to ask.
    Referral,
    /// It cannot be reached.
    Unreachable(String),
    /// It sent something over TCP that is not a reply to the question.
    Unusable(Ignored),
    /// It says that its answer is too long even for TCP.
    TruncatedOverTcp,
}

/// What the server did: the text comes after its address.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Silent { waited } => write!(f, "gave no answer after {:.1} s", waited.as_secs_f64()),
            Trouble::Rcode(rcode) => write!(f, "answered {}", rcode.name()),
            Trouble::Referral => write!(f, "does not recurse: it only named other servers (RA is 0)"),
            Trouble::Unreachable(why) => write!(f, "cannot be reached: {why}"),
            Trouble::Unusable(why) => write!(f, "sent something else over TCP: {why}"),
            Trouble::TruncatedOverTcp => write!(f, "truncated its answer even over TCP"),
        }
    }
}
