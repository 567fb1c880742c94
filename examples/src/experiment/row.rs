//! A row of the table that `ss -tan` prints: one socket of a host.

use std::fmt;
use std::net::SocketAddr;

/// A socket: its state, and its two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The state, under the name that `ss` gives it.
    pub state: &'static str,
    /// This end.
    pub local: SocketAddr,
    /// The other end; a socket that listens has none.
    pub remote: Option<SocketAddr>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.remote {
            Some(remote) => write!(f, "{:10} {} {remote}", self.state, self.local),
            None => write!(f, "{:10} port {}", self.state, self.local.port()),
        }
    }
}
