//! What a client hands in beside its question, and what it gets back to know the answer by.

use std::fmt;

/// What a client wants beside the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// CD: give the answer also if its signatures are wrong (RFC 4035 §3.2.2).
    pub checking_disabled: bool,
}

/// A question of a client. No two questions of one resolver have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(super) u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "question {}", self.0)
    }
}
