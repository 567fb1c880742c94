//! ClientHello (RFC 8446 §4.1.2): everything the client offers, in one message.
//!
//! It has the form of a TLS 1.2 ClientHello, because old servers and middleboxes refuse what they do not know. The real
//! version stands in the extension `supported_versions`. Left out: nothing in reading; [`crate::Client`] says what is
//! offered. Tested in `tests/messages.rs` and `tests/captures.rs`.

use barewire_dissect::{Parsed, field, field_as};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, u8};

use super::header::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::reason::Reason;
use crate::record::version_name;
use crate::suite::suite_name;
use crate::wire::{Vector, list, opaque, put_u16, put_vector, repeat};

/// The client's offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello<'a> {
    /// Always 0x0303 in TLS 1.3.
    pub legacy_version: u16,
    /// 32 random bytes. A key log names the connection by them.
    pub random: [u8; 32],
    /// Up to 32 bytes, which the server echoes. In TLS 1.3 they are only there for middleboxes.
    pub legacy_session_id: &'a [u8],
    /// Suites, the preferred one first.
    pub cipher_suites: Vec<u16>,
    /// A single 0 in TLS 1.3.
    pub legacy_compression_methods: &'a [u8],
    /// Extensions, in order.
    pub extensions: Vec<Extension<'a>>,
}

pub(crate) fn random(input: &[u8]) -> Parsed<'_, [u8; 32], Reason> {
    let (rest, bytes) = take(32usize).parse(input)?;
    let mut random = [0; 32];
    random.copy_from_slice(bytes);
    Ok((rest, random))
}

pub(super) fn legacy_session_id(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let what = "unused since TLS 1.3; kept so that middleboxes let it pass (RFC 8446 §D.4)";
    opaque("legacy_session_id length", 0..=32, "legacy_session_id", what)(input)
}

pub(super) fn client_hello(input: &[u8]) -> Parsed<'_, ClientHello<'_>, Reason> {
    let (input, legacy_version) =
        field_as("legacy_version", "frozen at TLS 1.2: see supported_versions", be_u16, version_name)
            .parse(input)?;
    let (input, random) =
        field("random", "makes every transcript, and so every key, new", random).parse(input)?;
    let (input, legacy_session_id) = legacy_session_id(input)?;
    let (input, cipher_suites) = list("cipher_suites length", 2..=0xfffe, |input| {
        field_as("cipher_suite", "", be_u16, |id| suite_name(*id)).parse(input)
    })(input)?;
    let (input, legacy_compression_methods) = Vector::new("legacy_compression_methods length", 1..=0xff)
        .read(input, |content| {
            let (rest, _) = repeat(content, |input| field("compression_method", "0: none", u8).parse(input))?;
            Ok((rest, content))
        })?;
    // A TLS 1.2 ClientHello may end here.
    let (input, extensions) =
        if input.is_empty() { (input, Vec::new()) } else { extensions(input, Place::ClientHello)? };
    let hello = ClientHello {
        legacy_version,
        random,
        legacy_session_id,
        cipher_suites,
        legacy_compression_methods,
        extensions,
    };
    Ok((input, hello))
}

impl ClientHello<'_> {
    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::CLIENT_HELLO, |out| {
            put_u16(out, self.legacy_version);
            out.extend_from_slice(&self.random);
            put_vector(out, 1, |out| out.extend_from_slice(self.legacy_session_id));
            put_vector(out, 2, |out| self.cipher_suites.iter().for_each(|&id| put_u16(out, id)));
            put_vector(out, 1, |out| out.extend_from_slice(self.legacy_compression_methods));
            put_vector(out, 2, |out| self.extensions.iter().for_each(|extension| extension.write(out)));
        })
    }
}
