//! What both ends of a conversation are in after a packet, as far as the capture tells. `--step` shows it.

use barewire_tcp::observe::EndState;
use barewire_tls13::observe::HandshakeState;

/// Client and server after a packet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// The TCP connection, at each end.
    pub tcp: Option<[EndState; 2]>,
    /// The TLS handshake, at each end.
    pub tls: Option<[HandshakeState; 2]>,
    /// What HTTP is about, in each direction.
    pub http: Option<[String; 2]>,
}
