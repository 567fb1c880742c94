//! Epochs: which keys protect a record. A direction goes through them in this order, and never back.
//!
//! Tested in `tests/hostile.rs` (the client's errors name the epoch) and `tests/observer.rs`.

use std::fmt;

/// Which keys protect a record: the epochs of a connection, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Epoch {
    /// None yet.
    Plaintext,
    /// Early traffic keys, from an earlier session.
    EarlyData,
    /// Handshake traffic keys, from ServerHello to Finished.
    Handshake,
    /// Application traffic keys; the number counts KeyUpdates.
    Application(u64),
    /// The keys of TLS 1.2 or older, from change_cipher_spec on.
    Older,
}

impl Epoch {
    /// The epoch after a KeyUpdate, which only comes once there are application keys.
    pub(crate) fn after_key_update(self) -> Epoch {
        match self {
            Epoch::Application(updates) => Epoch::Application(updates.saturating_add(1)),
            _ => Epoch::Application(1),
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Epoch::Plaintext => f.write_str("no keys"),
            Epoch::EarlyData => f.write_str("early traffic keys"),
            Epoch::Handshake => f.write_str("handshake traffic keys"),
            Epoch::Application(0) => f.write_str("application traffic keys"),
            Epoch::Application(1) => f.write_str("application traffic keys after 1 key update"),
            Epoch::Application(updates) => {
                write!(f, "application traffic keys after {updates} key updates")
            }
            Epoch::Older => f.write_str("keys of TLS 1.2 or older"),
        }
    }
}
