//! What both ends of a conversation are in after a packet, as far as the capture tells. `--step` and the page show it.

use barewire_tcp::observe::EndState;
use barewire_tls13::key_schedule::Secret;
use barewire_tls13::observe::HandshakeState;

/// Client and server after a packet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// The TCP connection, at each end.
    pub tcp: Option<[EndState; 2]>,
    /// The TLS handshake, at each end.
    pub tls: Option<[HandshakeState; 2]>,
    /// The traffic secrets that have come into use so far, with their labels in a key log; those that the capture or
    /// the key log has.
    pub secrets: Vec<(&'static str, Secret)>,
    /// What HTTP is about, in each direction.
    pub http: Option<[String; 2]>,
}
