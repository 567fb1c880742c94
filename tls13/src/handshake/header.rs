//! The four bytes in front of each handshake message (RFC 8446 §4): its type, and the length of its body.
//!
//! The names are those of TLS 1.3 and of older versions, so that a message of TLS 1.2 can be named as well.
//! Tested in `tests/messages.rs`.

use std::fmt;

use barewire_dissect::Show;

use crate::wire::put_vector;

/// The length of a message header, in bytes.
pub const MESSAGE_HEADER: usize = 4;

/// The type of a handshake message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandshakeType(pub u8);

/// Number and name: RFC 8446 §4, RFC 5246 §7.4 for those of TLS 1.2 alone, and IANA's registry for the rest.
const TABLE: &[(u8, &str)] = &[
    (0, "HelloRequest"),
    (1, "ClientHello"),
    (2, "ServerHello"),
    (4, "NewSessionTicket"),
    (5, "EndOfEarlyData"),
    (8, "EncryptedExtensions"),
    (11, "Certificate"),
    (12, "ServerKeyExchange"),
    (13, "CertificateRequest"),
    (14, "ServerHelloDone"),
    (15, "CertificateVerify"),
    (16, "ClientKeyExchange"),
    (20, "Finished"),
    (21, "CertificateURL"),
    (22, "CertificateStatus"),
    (23, "SupplementalData"),
    (24, "KeyUpdate"),
    (25, "CompressedCertificate"),
    (67, "NextProtocol"),
    (254, "message_hash"),
];

impl HandshakeType {
    /// HelloRequest, of TLS 1.2 and older.
    pub const HELLO_REQUEST: HandshakeType = HandshakeType(0);
    /// ClientHello: what the client offers.
    pub const CLIENT_HELLO: HandshakeType = HandshakeType(1);
    /// ServerHello, and HelloRetryRequest in its form.
    pub const SERVER_HELLO: HandshakeType = HandshakeType(2);
    /// NewSessionTicket: for a shorter handshake later.
    pub const NEW_SESSION_TICKET: HandshakeType = HandshakeType(4);
    /// EndOfEarlyData: the last message under the early keys.
    pub const END_OF_EARLY_DATA: HandshakeType = HandshakeType(5);
    /// EncryptedExtensions: the rest of what the server chose.
    pub const ENCRYPTED_EXTENSIONS: HandshakeType = HandshakeType(8);
    /// Certificate: the chain of the sender.
    pub const CERTIFICATE: HandshakeType = HandshakeType(11);
    /// CertificateRequest: the server asks who the client is.
    pub const CERTIFICATE_REQUEST: HandshakeType = HandshakeType(13);
    /// CertificateVerify: the proof that the sender holds the key.
    pub const CERTIFICATE_VERIFY: HandshakeType = HandshakeType(15);
    /// Finished: a MAC over the whole handshake.
    pub const FINISHED: HandshakeType = HandshakeType(20);
    /// KeyUpdate: the sender takes its next key.
    pub const KEY_UPDATE: HandshakeType = HandshakeType(24);
    /// Never sent: it stands in the transcript for a ClientHello that was asked for again.
    pub const MESSAGE_HASH: HandshakeType = HandshakeType(254);

    /// The message's name, or `unknown`.
    pub fn name(self) -> &'static str {
        self.row().map_or("unknown", |row| row.1)
    }

    /// Whether this crate knows a message of this type.
    pub fn is_known(self) -> bool {
        self.row().is_some()
    }

    fn row(self) -> Option<&'static (u8, &'static str)> {
        TABLE.iter().find(|row| row.0 == self.0)
    }
}

impl fmt::Display for HandshakeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

impl Show for HandshakeType {
    fn show(&self) -> String {
        self.to_string()
    }
}

/// What the header at the start of `bytes` says: the type, and the length of the body in bytes. `None`: it is not
/// whole.
pub(crate) fn announced(bytes: &[u8]) -> Option<(HandshakeType, usize)> {
    let &[kind, a, b, c] = bytes.first_chunk::<MESSAGE_HEADER>()?;
    Some((HandshakeType(kind), usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)))
}

/// Writes one message: type, length, and what `body` appends.
pub(crate) fn write_message(kind: HandshakeType, body: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    // Most messages fit.
    let mut out = Vec::with_capacity(512);
    out.push(kind.0);
    put_vector(&mut out, 3, body);
    out
}
