//! Which records of a watched connection are in the clear.
//!
//! In TLS 1.3 the header tells: an encrypted record says "application data". In TLS 1.2 and older it does not; the
//! records after a change_cipher_spec are encrypted, whatever they say. Where no ServerHello has told the version,
//! the bytes are looked at. Tested in `tests/older.rs`.

use crate::handshake::HandshakeType;
use crate::handshake::header::{MESSAGE_HEADER, announced};
use crate::record::{ContentType, TLS13};

/// What is known of a direction when its next record comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clues {
    /// The version that the ServerHello chose, if one was seen.
    pub(crate) version: Option<u16>,
    /// Whether a change_cipher_spec has passed.
    pub(crate) changed: bool,
    /// Whether a handshake message in the clear has begun and is not whole.
    pub(crate) inside_message: bool,
}

/// Whether a record with this content is in the clear.
pub(crate) fn is_clear(content_type: ContentType, content: &[u8], clues: Clues) -> bool {
    match (content_type, clues.version) {
        (ContentType::APPLICATION_DATA, _) => false,
        (_, Some(TLS13..)) => true,
        (_, Some(_)) => !clues.changed,
        (ContentType::HANDSHAKE, None) if clues.inside_message => true,
        // In TLS 1.3, the ClientHello that answers a HelloRetryRequest comes after a change_cipher_spec.
        (ContentType::HANDSHAKE, None) if clues.changed => starts_with_hello(content),
        (ContentType::HANDSHAKE, None) => looks_clear(content),
        (ContentType::ALERT, None) => content.len() == 2,
        _ => true,
    }
}

/// Whether the content of a handshake record holds nothing but messages of known types, the last of which may go on
/// in the next record. A HelloRequest is alone, because ciphertext often begins with zeros.
fn looks_clear(content: &[u8]) -> bool {
    let mut rest = content;
    while let Some((kind, length)) = announced(rest) {
        let alone = content.len() == MESSAGE_HEADER;
        if !kind.is_known() || (kind == HandshakeType::HELLO_REQUEST && !alone) {
            return false;
        }
        rest = rest.get(MESSAGE_HEADER + length..).unwrap_or_default();
    }
    rest.first().is_none_or(|&kind| HandshakeType(kind).is_known())
}

fn starts_with_hello(content: &[u8]) -> bool {
    let kind = content.first().map(|&kind| HandshakeType(kind));
    matches!(kind, Some(HandshakeType::CLIENT_HELLO | HandshakeType::SERVER_HELLO))
}
