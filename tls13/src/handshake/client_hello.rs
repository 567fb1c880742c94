//! ClientHello (RFC 8446 §4.1.2): everything the client offers, in one message.
//!
//! It is dressed as a TLS 1.2 ClientHello, so that old servers and middleboxes read it without choking: the real
//! version stands in `supported_versions`. Left out: nothing in reading; see [`crate::Client`] for what is offered.

use barewire_dissect::{field, field_as};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, u8};

use super::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::group::group_name;
use crate::record::version_name;
use crate::suite::suite_name;
use crate::wire::{Read, Vector, everything, put_u16, put_vector, repeat};

/// The client's offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello<'a> {
    /// Always 0x0303 in TLS 1.3.
    pub legacy_version: u16,
    /// 32 random bytes; a key log names the connection by them.
    pub random: [u8; 32],
    /// 32 bytes for middleboxes, echoed by the server; or none.
    pub legacy_session_id: &'a [u8],
    /// Suites, the preferred one first.
    pub cipher_suites: Vec<u16>,
    /// A single 0 in TLS 1.3.
    pub legacy_compression_methods: &'a [u8],
    /// Extensions, in order.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn random(input: &[u8]) -> Read<'_, [u8; 32]> {
    let (rest, bytes) = take(32usize).parse(input)?;
    let mut random = [0; 32];
    random.copy_from_slice(bytes);
    Ok((rest, random))
}

pub(super) fn legacy_session_id(input: &[u8]) -> Read<'_, &[u8]> {
    Vector::new("legacy_session_id length", 1, 0).at_most(32).read(input, |content| {
        field("legacy_session_id", "a leftover that keeps middleboxes calm (RFC 8446 §D.4)", everything)
            .parse(content)
    })
}

pub(super) fn client_hello(input: &[u8]) -> Read<'_, ClientHello<'_>> {
    let (input, legacy_version) =
        field_as("legacy_version", "frozen at TLS 1.2: see supported_versions", be_u16, version_name)
            .parse(input)?;
    let (input, random) =
        field("random", "makes every transcript, and so every key, new", random).parse(input)?;
    let (input, legacy_session_id) = legacy_session_id(input)?;
    let (input, cipher_suites) =
        Vector::new("cipher_suites length", 2, 2).at_most(0xfffe).read(input, |content| {
            repeat(content, |input| field_as("cipher_suite", "", be_u16, |id| suite_name(*id)).parse(input))
        })?;
    let (input, legacy_compression_methods) =
        Vector::new("legacy_compression_methods length", 1, 1).read(input, |content| {
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

    pub(super) fn summary(&self) -> String {
        let groups: Vec<String> = self
            .extensions
            .iter()
            .filter_map(|extension| match extension {
                Extension::KeyShares(entries) => Some(entries),
                _ => None,
            })
            .flatten()
            .map(|entry| group_name(entry.group))
            .collect();
        let plural = if self.cipher_suites.len() == 1 { "" } else { "s" };
        format!("{}, {} suite{plural}", groups.join("+"), self.cipher_suites.len())
            .trim_start_matches(", ")
            .to_owned()
    }
}
