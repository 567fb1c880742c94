//! What OPEN is called with: RFC 9293 §3.9.1.1, and the two numbers that nobody may guess.
//!
//! Tested with every connection that a test opens, in `tests/clauses`.

use std::net::SocketAddr;

use crate::config::Config;
use crate::seq::SeqNumber;

/// What a connection begins with.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    /// How it behaves.
    pub config: Config,
    /// This end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// ISS: our initial sequence number. It comes from [`crate::IsnGenerator`].
    pub iss: SeqNumber,
    /// What the clock of our timestamps shows at the beginning (RFC 7323 §5.4).
    pub timestamp_offset: u32,
}
