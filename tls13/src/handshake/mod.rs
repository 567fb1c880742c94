//! Handshake messages (RFC 8446 §4): a type, a 24-bit length, and a body. One file per message.
//!
//! ```text
//!   msg_type  length    body
//!     01      00 00 c0  ClientHello ...
//! ```
//!
//! Messages and records do not line up: one record may hold several messages, and one message may take several
//! records; [`Joiner`] sorts that out. Left out: EndOfEarlyData (read by name only). Tested in `tests/messages.rs`.

mod certificate;
mod certificate_request;
mod certificate_verify;
mod client_hello;
mod encrypted_extensions;
mod finished;
mod joiner;
mod key_update;
mod new_session_ticket;
mod server_hello;

use std::fmt;

use barewire_dissect::{Show, describe, field, group};
use nom::Parser;
use nom::number::complete::u8;

pub use certificate::{Certificate, CertificateEntry};
pub use certificate_request::CertificateRequest;
pub use certificate_verify::CertificateVerify;
pub use client_hello::ClientHello;
pub use encrypted_extensions::EncryptedExtensions;
pub use finished::Finished;
pub use joiner::{Joiner, MAX_MESSAGE};
pub use key_update::KeyUpdate;
pub use new_session_ticket::NewSessionTicket;
pub use server_hello::{DOWNGRADE_TO_OLDER, DOWNGRADE_TO_TLS12, HELLO_RETRY_RANDOM, ServerHello};

use crate::group::group_name;
use crate::reason::{DecodeError, parsed};
use crate::suite::Suite;
use crate::wire::{Read, Vector, everything, put_vector};

/// The length of a message header, in bytes.
pub const MESSAGE_HEADER: usize = 4;

/// What a handshake message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HandshakeType(pub u8);

impl HandshakeType {
    /// ClientHello.
    pub const CLIENT_HELLO: HandshakeType = HandshakeType(1);
    /// ServerHello, and HelloRetryRequest in its form.
    pub const SERVER_HELLO: HandshakeType = HandshakeType(2);
    /// NewSessionTicket.
    pub const NEW_SESSION_TICKET: HandshakeType = HandshakeType(4);
    /// EncryptedExtensions.
    pub const ENCRYPTED_EXTENSIONS: HandshakeType = HandshakeType(8);
    /// Certificate.
    pub const CERTIFICATE: HandshakeType = HandshakeType(11);
    /// CertificateRequest.
    pub const CERTIFICATE_REQUEST: HandshakeType = HandshakeType(13);
    /// CertificateVerify.
    pub const CERTIFICATE_VERIFY: HandshakeType = HandshakeType(15);
    /// Finished.
    pub const FINISHED: HandshakeType = HandshakeType(20);
    /// KeyUpdate.
    pub const KEY_UPDATE: HandshakeType = HandshakeType(24);
    /// Never sent: it stands in the transcript for a ClientHello that was asked for again.
    pub const MESSAGE_HASH: HandshakeType = HandshakeType(254);

    /// The name of RFC 8446 §4.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "HelloRequest",
            1 => "ClientHello",
            2 => "ServerHello",
            4 => "NewSessionTicket",
            5 => "EndOfEarlyData",
            8 => "EncryptedExtensions",
            11 => "Certificate",
            12 => "ServerKeyExchange",
            13 => "CertificateRequest",
            14 => "ServerHelloDone",
            15 => "CertificateVerify",
            16 => "ClientKeyExchange",
            20 => "Finished",
            22 => "CertificateStatus",
            24 => "KeyUpdate",
            25 => "CompressedCertificate",
            254 => "message_hash",
            _ => "unknown",
        }
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

/// A handshake message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message<'a> {
    /// The client's offer.
    ClientHello(ClientHello<'a>),
    /// The server's choice, or its request for another offer.
    ServerHello(ServerHello<'a>),
    /// The rest of the server's choice, encrypted.
    EncryptedExtensions(EncryptedExtensions<'a>),
    /// The server would like to know who the client is.
    CertificateRequest(CertificateRequest<'a>),
    /// Who somebody claims to be.
    Certificate(Certificate<'a>),
    /// The proof.
    CertificateVerify(CertificateVerify<'a>),
    /// All of the handshake arrived as it was sent.
    Finished(Finished<'a>),
    /// A key for a shorter handshake later.
    NewSessionTicket(NewSessionTicket<'a>),
    /// The sender takes its next key.
    KeyUpdate(KeyUpdate),
    /// A message that this crate knows at most by name.
    Other {
        /// Its type.
        kind: HandshakeType,
        /// Its body.
        body: &'a [u8],
    },
}

/// Reads one whole message, header included.
pub fn message(input: &[u8]) -> Read<'_, Message<'_>> {
    group("handshake message", "", |input| {
        let (input, kind) = field("msg_type", "", u8.map(HandshakeType)).parse(input)?;
        describe(|| kind.name().to_owned());
        Vector::new("length", 3, 0).read(input, |body| read_body(kind, body))
    })
    .parse(input)
}

/// Reads one whole message of a connection in TLS 1.2 or older: the hellos have the same form, the rest is kept
/// as bytes.
pub fn older_message(input: &[u8]) -> Read<'_, Message<'_>> {
    if matches!(input.first(), Some(1 | 2)) {
        return message(input);
    }
    group("handshake message", "of TLS 1.2 or older", |input| {
        let (input, kind) = field("msg_type", "", u8.map(HandshakeType)).parse(input)?;
        describe(|| kind.name().to_owned());
        Vector::new("length", 3, 0).read(input, |body| opaque_body(kind, body))
    })
    .parse(input)
}

fn opaque_body(kind: HandshakeType, body: &[u8]) -> Read<'_, Message<'_>> {
    let (rest, body) = field("body", "", everything).parse(body)?;
    Ok((rest, Message::Other { kind, body }))
}

fn read_body(kind: HandshakeType, body: &[u8]) -> Read<'_, Message<'_>> {
    match kind {
        HandshakeType::CLIENT_HELLO => client_hello::client_hello.map(Message::ClientHello).parse(body),
        HandshakeType::SERVER_HELLO => server_hello::server_hello.map(Message::ServerHello).parse(body),
        HandshakeType::ENCRYPTED_EXTENSIONS => {
            encrypted_extensions::encrypted_extensions.map(Message::EncryptedExtensions).parse(body)
        }
        HandshakeType::CERTIFICATE_REQUEST => {
            certificate_request::certificate_request.map(Message::CertificateRequest).parse(body)
        }
        HandshakeType::CERTIFICATE => certificate::certificate.map(Message::Certificate).parse(body),
        HandshakeType::CERTIFICATE_VERIFY => {
            certificate_verify::certificate_verify.map(Message::CertificateVerify).parse(body)
        }
        HandshakeType::FINISHED => finished::finished.map(Message::Finished).parse(body),
        HandshakeType::NEW_SESSION_TICKET => {
            new_session_ticket::new_session_ticket.map(Message::NewSessionTicket).parse(body)
        }
        HandshakeType::KEY_UPDATE => key_update::key_update.map(Message::KeyUpdate).parse(body),
        _ => opaque_body(kind, body),
    }
}

impl<'a> Message<'a> {
    /// Parses one whole message, header included. The error's offset counts from its first byte.
    pub fn parse(bytes: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        Message::whole(bytes, message(bytes))
    }

    /// The same for TLS 1.2 and older: see [`older_message`].
    pub fn parse_older(bytes: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        Message::whole(bytes, older_message(bytes))
    }

    fn whole(bytes: &'a [u8], read: Read<'a, Message<'a>>) -> Result<Message<'a>, DecodeError> {
        let what = bytes.first().map_or("handshake message", |&kind| HandshakeType(kind).name());
        let (message, rest) = parsed(what, bytes, read)?;
        if rest.is_empty() {
            return Ok(message);
        }
        let reason = crate::reason::Reason::LeftOver { what: "the message", bytes: rest.len() };
        Err(DecodeError { what, offset: bytes.len() - rest.len(), reason })
    }

    /// The type.
    pub fn kind(&self) -> HandshakeType {
        match self {
            Message::ClientHello(_) => HandshakeType::CLIENT_HELLO,
            Message::ServerHello(_) => HandshakeType::SERVER_HELLO,
            Message::EncryptedExtensions(_) => HandshakeType::ENCRYPTED_EXTENSIONS,
            Message::CertificateRequest(_) => HandshakeType::CERTIFICATE_REQUEST,
            Message::Certificate(_) => HandshakeType::CERTIFICATE,
            Message::CertificateVerify(_) => HandshakeType::CERTIFICATE_VERIFY,
            Message::Finished(_) => HandshakeType::FINISHED,
            Message::NewSessionTicket(_) => HandshakeType::NEW_SESSION_TICKET,
            Message::KeyUpdate(_) => HandshakeType::KEY_UPDATE,
            Message::Other { kind, .. } => *kind,
        }
    }

    /// The name, with HelloRetryRequest told apart from ServerHello.
    pub fn name(&self) -> &'static str {
        match self {
            Message::ServerHello(hello) if hello.is_retry() => "HelloRetryRequest",
            other => other.kind().name(),
        }
    }

    /// The name and what matters most, for one row of a ladder: `ServerHello x25519, AES-128-GCM`.
    pub fn summary(&self) -> String {
        let details = match self {
            Message::ClientHello(hello) => hello.summary(),
            Message::ServerHello(hello) => hello.summary(),
            Message::EncryptedExtensions(message) => message.summary(),
            Message::Certificate(message) => message.summary(),
            Message::CertificateVerify(message) => crate::signature::scheme_name(message.scheme),
            Message::KeyUpdate(message) if message.requested => "and asks for the same".to_owned(),
            Message::NewSessionTicket(ticket) => format!("{} s", ticket.lifetime),
            _ => String::new(),
        };
        if details.is_empty() { self.name().to_owned() } else { format!("{} {details}", self.name()) }
    }
}

/// Writes one message: type, length, and what `body` appends.
pub(crate) fn write_message(kind: HandshakeType, body: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![kind.0];
    put_vector(&mut out, 3, body);
    out
}

/// The suite's cipher in short if it is ours, else its registered name.
fn cipher_name(id: u16) -> String {
    Suite::from_id(id).map_or_else(|| crate::suite::suite_name(id), |suite| suite.cipher().to_owned())
}

fn short_group(id: u16) -> String {
    group_name(id)
}
