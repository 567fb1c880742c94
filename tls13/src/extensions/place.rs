//! The messages that hold extensions (RFC 8446 §4.2). Tested in `tests/messages.rs`.

use std::fmt;

/// The message that a block of extensions stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The client's offer.
    ClientHello,
    /// The server's choice.
    ServerHello,
    /// The server's request for another offer.
    HelloRetryRequest,
    /// The rest of the server's choice.
    EncryptedExtensions,
    /// One entry of Certificate.
    Certificate,
    /// The server's question who the client is.
    CertificateRequest,
    /// A ticket for a later connection.
    NewSessionTicket,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Place {
    /// Whether it answers an offer: then it may hold only what was offered. The others ask or offer something.
    pub(crate) fn answers(self) -> bool {
        use Place::*;
        matches!(self, ServerHello | HelloRetryRequest | EncryptedExtensions | Certificate)
    }
}
