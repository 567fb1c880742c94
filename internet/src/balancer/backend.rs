//! A backend.

use std::net::SocketAddr;
use std::sync::Arc;

/// A server that a balancer sends flows to.
pub(super) struct Backend {
    pub(super) name: Arc<str>,
    pub(super) address: SocketAddr,
    pub(super) weight: u32,
    /// How many flows it has that are not closing.
    pub(super) open: u64,
}
