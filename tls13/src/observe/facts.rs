//! What a handshake message says, as data. The `Display` forms are short enough for the row of a ladder.

use std::fmt;

use barewire_dissect::Refused;

use super::hellos::{ClientOffer, ServerChoice, first_alpn, has};
use crate::certificate::{CertificateError, CertificateFacts};
use crate::extensions::{EARLY_DATA, Extension};
use crate::handshake::{HandshakeType, Message, TooLong};
use crate::reason::{Reason, bytes_in_words};
use crate::signature::scheme_name;

/// What a handshake message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// The client's offer.
    ClientHello(ClientOffer),
    /// The server's choice. HelloRetryRequest is one too, see [`ServerChoice::is_retry`].
    ServerHello(ServerChoice),
    /// The rest of the server's choice.
    EncryptedExtensions {
        /// The application protocol, if one was chosen.
        alpn: Option<Vec<u8>>,
        /// Whether the server takes the client's early data.
        early_data: bool,
    },
    /// The server asks who the client is.
    CertificateRequest,
    /// The chain, the sender's own certificate first. Empty from a client that has none.
    Certificate {
        /// What each certificate says, or why it cannot be read.
        chain: Vec<Result<CertificateFacts, CertificateError>>,
    },
    /// The signature over the transcript.
    CertificateVerify {
        /// The number of its scheme.
        scheme: u16,
    },
    /// The end of one side's handshake.
    Finished,
    /// A ticket for a later connection.
    NewSessionTicket {
        /// How long it is good for, in seconds.
        lifetime: u32,
        /// How many bytes of early data it allows.
        max_early_data: Option<u32>,
    },
    /// The sender takes its next key.
    KeyUpdate {
        /// Whether the receiver is asked to do the same.
        requested: bool,
    },
    /// The client's early data ends here.
    EndOfEarlyData,
    /// A message of TLS 1.2 or older, known by its name and not read further.
    Older,
    /// A message of TLS 1.3 that is known by its name alone.
    Named,
    /// It cannot be read.
    Broken(Refused<Reason>),
    /// It is too long to be put together. Its bytes are not kept.
    TooLong(TooLong),
}

impl Facts {
    pub(super) fn of(message: &Message<'_>) -> Facts {
        match message {
            Message::ClientHello(hello) => Facts::ClientHello(ClientOffer::of(hello)),
            Message::ServerHello(hello) => Facts::ServerHello(ServerChoice::of(hello)),
            Message::EncryptedExtensions(message) => Facts::EncryptedExtensions {
                alpn: first_alpn(&message.extensions),
                early_data: has(&message.extensions, EARLY_DATA),
            },
            Message::CertificateRequest(_) => Facts::CertificateRequest,
            Message::Certificate(message) => Facts::Certificate {
                chain: message.entries.iter().map(|entry| CertificateFacts::read(entry.der)).collect(),
            },
            Message::CertificateVerify(message) => Facts::CertificateVerify { scheme: message.scheme },
            Message::Finished(_) => Facts::Finished,
            Message::NewSessionTicket(ticket) => {
                let max_early_data = ticket.extensions.iter().find_map(|extension| match extension {
                    Extension::MaxEarlyData(bytes) => Some(*bytes),
                    _ => None,
                });
                Facts::NewSessionTicket { lifetime: ticket.lifetime, max_early_data }
            }
            Message::KeyUpdate(update) => Facts::KeyUpdate { requested: update.requested },
            Message::Other { kind: HandshakeType::END_OF_EARLY_DATA, .. } => Facts::EndOfEarlyData,
            Message::Other { .. } => Facts::Named,
        }
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Facts::ClientHello(offer) => offer.fmt(f),
            Facts::ServerHello(choice) => choice.fmt(f),
            Facts::EncryptedExtensions { alpn: Some(name), .. } => {
                f.write_str(&String::from_utf8_lossy(name))
            }
            Facts::Certificate { chain } => match chain.as_slice() {
                [] => f.write_str("(none)"),
                [leaf, rest @ ..] => {
                    f.write_str(&leaf.as_ref().map_or("unreadable".to_owned(), CertificateFacts::name))?;
                    if rest.is_empty() { Ok(()) } else { write!(f, " + {}", rest.len()) }
                }
            },
            Facts::CertificateVerify { scheme } => f.write_str(&scheme_name(*scheme)),
            Facts::NewSessionTicket { lifetime, .. } => write!(f, "{lifetime} s"),
            Facts::KeyUpdate { requested: true } => f.write_str("and asks for the same"),
            Facts::Broken(refused) => write!(f, "that cannot be read: {refused}"),
            Facts::TooLong(TooLong { length, .. }) => {
                write!(f, "of {}, too long to be read", bytes_in_words(*length))
            }
            _ => Ok(()),
        }
    }
}
