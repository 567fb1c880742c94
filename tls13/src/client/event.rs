//! What a client tells its caller.

use crate::alert::Alert;
use crate::certificate::CertificateFacts;
use crate::group::Group;
use crate::signature::SignatureScheme;
use crate::suite::Suite;
use crate::verify::Verified;

/// Something the caller should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server wants another key share (RFC 8446 §4.1.4): one more round trip.
    HelloRetry {
        /// The group it wants, if it named one; else it only wanted its cookie back.
        group: Option<Group>,
    },
    /// The handshake is done: data can be written, and read when it comes.
    HandshakeDone(Box<Summary>),
    /// The server sent a ticket for a later connection. It is not used.
    Ticket {
        /// How long it is good for, in seconds.
        lifetime: u32,
        /// Its length, in bytes.
        length: usize,
    },
    /// The server took its next key (RFC 8446 §4.6.3).
    KeyUpdated {
        /// Whether it asked us to take ours, which has been done.
        requested: bool,
    },
    /// An alert that does not end the connection: user_canceled.
    Alert(Alert),
    /// close_notify: the server will send no more data.
    Closed,
}

/// What the handshake agreed on, and what was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The cipher suite.
    pub suite: Suite,
    /// The group of the key exchange.
    pub group: Group,
    /// How the server signed the transcript.
    pub signature: SignatureScheme,
    /// The application protocol, if one was agreed on.
    pub alpn: Option<Vec<u8>>,
    /// Whether it took a HelloRetryRequest.
    pub hello_retry: bool,
    /// Whether the server asked for a client certificate (and got an empty answer).
    pub certificate_requested: bool,
    /// What the certificates say, the server's own first.
    pub chain: Vec<CertificateFacts>,
    /// Whether they were verified.
    pub verified: Verified,
}
