//! ServerHello (RFC 8446 §4.1.3), and HelloRetryRequest (§4.1.4) in the same form.
//!
//! With it both sides have the same secret, and everything that follows is encrypted. A HelloRetryRequest says: offer
//! me a key in this group. It is a ServerHello with one fixed random, because middleboxes let a ServerHello pass.
//! Left out: pre-shared keys, kept as bytes. Tested in `tests/messages.rs` and `tests/captures.rs`.

use barewire_dissect::{Parsed, computed, field, field_as};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use super::client_hello::{legacy_session_id, random};
use super::header::{HandshakeType, write_message};
use crate::extensions::{Extension, KeyShareEntry, Place, extensions};
use crate::reason::Reason;
use crate::record::version_name;
use crate::suite::suite_name;
use crate::wire::{put_u16, put_vector};

/// The random of every HelloRetryRequest: SHA-256 of "HelloRetryRequest".
pub const HELLO_RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// How the random ends when a server that knows TLS 1.3 speaks TLS 1.2 (RFC 8446 §4.1.3).
pub const DOWNGRADE_TO_TLS12: [u8; 8] = *b"DOWNGRD\x01";
/// The same for TLS 1.1 and older.
pub const DOWNGRADE_TO_OLDER: [u8; 8] = *b"DOWNGRD\x00";

/// The server's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello<'a> {
    /// Always 0x0303 in TLS 1.3.
    pub legacy_version: u16,
    /// 32 random bytes, or [`HELLO_RETRY_RANDOM`].
    pub random: [u8; 32],
    /// What the client sent.
    pub legacy_session_id_echo: &'a [u8],
    /// The suite chosen.
    pub cipher_suite: u16,
    /// Always 0.
    pub legacy_compression_method: u8,
    /// Extensions, in order.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn server_hello(input: &[u8]) -> Parsed<'_, ServerHello<'_>, Reason> {
    let (input, legacy_version) =
        field_as("legacy_version", "frozen at TLS 1.2: see supported_versions", be_u16, version_name)
            .parse(input)?;
    let (input, random) =
        field("random", "makes every transcript, and so every key, new", random).parse(input)?;
    let retry = random == HELLO_RETRY_RANDOM;
    computed("kind", "", || if retry { "HelloRetryRequest" } else { "ServerHello" }.to_owned());
    let (input, legacy_session_id_echo) = legacy_session_id(input)?;
    let (input, cipher_suite) = field_as("cipher_suite", "", be_u16, |id| suite_name(*id)).parse(input)?;
    let (input, legacy_compression_method) =
        field("legacy_compression_method", "0: none", u8).parse(input)?;
    let place = if retry { Place::HelloRetryRequest } else { Place::ServerHello };
    // A TLS 1.2 ServerHello may end here.
    let (input, extensions) = if input.is_empty() { (input, Vec::new()) } else { extensions(input, place)? };
    let hello = ServerHello {
        legacy_version,
        random,
        legacy_session_id_echo,
        cipher_suite,
        legacy_compression_method,
        extensions,
    };
    Ok((input, hello))
}

impl<'a> ServerHello<'a> {
    /// Whether it is a HelloRetryRequest.
    pub fn is_retry(&self) -> bool {
        self.random == HELLO_RETRY_RANDOM
    }

    /// The version: from supported_versions if that is there.
    pub fn version(&self) -> u16 {
        self.extensions
            .iter()
            .find_map(|extension| match extension {
                Extension::SelectedVersion(version) => Some(*version),
                _ => None,
            })
            .unwrap_or(self.legacy_version)
    }

    /// The server's key, if there is one.
    pub fn key_share(&self) -> Option<KeyShareEntry<'a>> {
        self.extensions.iter().find_map(|extension| match extension {
            Extension::KeyShare(entry) => Some(*entry),
            _ => None,
        })
    }

    /// Which of the offered pre-shared keys it takes, counted from 0.
    pub fn selected_identity(&self) -> Option<u16> {
        self.extensions.iter().find_map(|extension| match extension {
            Extension::SelectedIdentity(number) => Some(*number),
            _ => None,
        })
    }

    /// The group a HelloRetryRequest wants a key for.
    pub fn retry_group(&self) -> Option<u16> {
        self.extensions.iter().find_map(|extension| match extension {
            Extension::RetryGroup(group) => Some(*group),
            _ => None,
        })
    }

    /// The cookie of a HelloRetryRequest.
    pub fn cookie(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|extension| match extension {
            Extension::Cookie(cookie) => Some(*cookie),
            _ => None,
        })
    }

    /// Whether the random ends in one of the two marks of RFC 8446 §4.1.3.
    pub fn has_downgrade_mark(&self) -> bool {
        self.random.ends_with(&DOWNGRADE_TO_TLS12) || self.random.ends_with(&DOWNGRADE_TO_OLDER)
    }

    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::SERVER_HELLO, |out| {
            put_u16(out, self.legacy_version);
            out.extend_from_slice(&self.random);
            put_vector(out, 1, |out| out.extend_from_slice(self.legacy_session_id_echo));
            put_u16(out, self.cipher_suite);
            out.push(self.legacy_compression_method);
            put_vector(out, 2, |out| self.extensions.iter().for_each(|extension| extension.write(out)));
        })
    }
}
