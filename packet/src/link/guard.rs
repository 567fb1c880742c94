//! Keeping the kernel quiet about one of our ports.
//!
//! The kernel answers a segment for a port that nobody listens on with a reset. So somebody listens: an ordinary
//! kernel socket, made deaf, that drops what arrives. This needs no firewall rule, nothing is left when the process
//! ends, and the kernel does not give the port to another program.
//!
//! A filter that lets nothing pass makes the socket deaf (A). Newer kernels allow that only with CAP_NET_ADMIN.
//! Otherwise a minimum time to live does it, which packets from other hosts do not have (B). That needs no privilege.
//! A socket of kind B still hears packets that were sent with a time to live of 255 and passed no router; few senders
//! do that.
//!
//! Tested in `tests/guard.rs`.

#[cfg(target_os = "linux")]
mod listener;

use std::fmt;

#[cfg(target_os = "linux")]
pub use listener::Guard;

/// What keeps the kernel from answering for a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardKind {
    /// A listening socket whose filter drops everything.
    Filter,
    /// A listening socket that takes only packets no router has passed on (time to live 255).
    MinimumTimeToLive,
}

impl fmt::Display for GuardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GuardKind::Filter => "guard A: a kernel socket on our port, deaf by a filter",
            GuardKind::MinimumTimeToLive => {
                "guard B: a kernel socket on our port, deaf by a minimum time to live of 255"
            }
        })
    }
}
