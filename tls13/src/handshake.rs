//! Handshake messages (RFC 8446 §4): a type, a 24-bit length, and a body. One file per message.
//!
//! ```text
//!   msg_type  length    body
//!     01      00 00 c0  ClientHello ...
//! ```
//!
//! Messages and records do not line up: one record may hold several messages, and one message may take several
//! records; [`Joiner`] sorts that out. Left out: the content of EndOfEarlyData (it is empty), of CompressedCertificate,
//! and of every message of TLS 1.2 but the two hellos. Tested in `tests/messages.rs`.

mod certificate;
mod certificate_request;
mod certificate_verify;
mod client_hello;
mod encrypted_extensions;
mod finished;
pub(crate) mod header;
mod joiner;
mod key_update;
mod new_session_ticket;
mod server_hello;

use barewire_dissect::{Parsed, Refused, describe, field, finish, group};
use nom::Parser;
use nom::number::complete::u8;

pub use certificate::{Certificate, CertificateEntry};
pub use certificate_request::CertificateRequest;
pub use certificate_verify::CertificateVerify;
pub use client_hello::ClientHello;
pub(crate) use client_hello::random;
pub use encrypted_extensions::EncryptedExtensions;
pub use finished::Finished;
pub(crate) use header::write_message;
pub use header::{HandshakeType, MESSAGE_HEADER};
pub use joiner::{Joiner, MAX_MESSAGE, TooLong};
pub use key_update::KeyUpdate;
pub use new_session_ticket::NewSessionTicket;
pub use server_hello::{DOWNGRADE_TO_OLDER, DOWNGRADE_TO_TLS12, HELLO_RETRY_RANDOM, ServerHello};

use crate::reason::Reason;
use crate::wire::{Vector, everything};

/// A handshake message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message<'a> {
    /// The client's offer.
    ClientHello(ClientHello<'a>),
    /// The server's choice, or its request for another offer.
    ServerHello(ServerHello<'a>),
    /// The rest of the server's choice, encrypted.
    EncryptedExtensions(EncryptedExtensions<'a>),
    /// The server asks who the client is.
    CertificateRequest(CertificateRequest<'a>),
    /// The certificates of the sender.
    Certificate(Certificate<'a>),
    /// The proof that the sender holds its certificate's key.
    CertificateVerify(CertificateVerify<'a>),
    /// The proof that both sides saw the same handshake.
    Finished(Finished<'a>),
    /// A ticket, for a shorter handshake later.
    NewSessionTicket(NewSessionTicket<'a>),
    /// The sender takes its next key.
    KeyUpdate(KeyUpdate),
    /// A message that is not read further.
    Other {
        /// Its type.
        kind: HandshakeType,
        /// Its body.
        body: &'a [u8],
    },
}

/// Reads one whole message, header included.
pub(crate) fn message(input: &[u8]) -> Parsed<'_, Message<'_>, Reason> {
    framed("", read_body, input)
}

/// Reads one whole message of a connection in TLS 1.2 or older: the hellos have the same form, the rest is kept
/// as bytes.
pub(crate) fn older_message(input: &[u8]) -> Parsed<'_, Message<'_>, Reason> {
    if matches!(input.first(), Some(1 | 2)) {
        return message(input);
    }
    framed("of TLS 1.2 or older, named and not read further", opaque_body, input)
}

/// Reads a header, and the body by `read`.
fn framed<'a>(
    comment: &'static str,
    read: fn(HandshakeType, &'a [u8]) -> Parsed<'a, Message<'a>, Reason>,
    input: &'a [u8],
) -> Parsed<'a, Message<'a>, Reason> {
    group("handshake message", comment, |input| {
        let (input, kind) = field("msg_type", "", u8.map(HandshakeType)).parse(input)?;
        describe(|| kind.name().to_owned());
        Vector::new("length", 0..=0xff_ffff).read(input, |body| read(kind, body))
    })
    .parse(input)
}

fn opaque_body(kind: HandshakeType, body: &[u8]) -> Parsed<'_, Message<'_>, Reason> {
    if body.is_empty() {
        return Ok((body, Message::Other { kind, body }));
    }
    field("body", "", everything).map(|body| Message::Other { kind, body }).parse(body)
}

fn read_body(kind: HandshakeType, body: &[u8]) -> Parsed<'_, Message<'_>, Reason> {
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
    /// Parses one whole message of TLS 1.3, header included. The error's offset counts from its first byte.
    pub fn parse(bytes: &'a [u8]) -> Result<Message<'a>, Refused<Reason>> {
        Message::whole(bytes, message(bytes))
    }

    /// The same for TLS 1.2 and older: the hellos are read, the rest is [`Message::Other`].
    pub fn parse_older(bytes: &'a [u8]) -> Result<Message<'a>, Refused<Reason>> {
        Message::whole(bytes, older_message(bytes))
    }

    fn whole(bytes: &'a [u8], read: Parsed<'a, Message<'a>, Reason>) -> Result<Message<'a>, Refused<Reason>> {
        let what = bytes.first().map_or("handshake message", |&kind| HandshakeType(kind).name());
        let (message, rest) = finish(what, bytes, read)?;
        if rest.is_empty() {
            return Ok(message);
        }
        let reason = Reason::LeftOver { what: "the message", bytes: rest.len() };
        Err(Refused { what, offset: bytes.len() - rest.len(), reason })
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
}
