//! Extensions (RFC 8446 §4.2): where TLS negotiates, and how it could change without breaking.
//!
//! The same number holds different things in different messages: `key_share` is a list in a ClientHello, one
//! entry in a ServerHello and only a group in a HelloRetryRequest. So a block of extensions is read for a
//! [`Place`]. Left out: the content of extensions that this client neither sends nor expects; they are kept as
//! bytes, under their names. Tested in `tests/messages.rs`, and on captures of other clients and servers.

use std::collections::BTreeSet;
use std::fmt;

use barewire_dissect::{describe, field, field_as, group, refuse};
use nom::Parser;
use nom::number::complete::{be_u16, be_u32, u8};

use crate::group::group_name;
use crate::reason::Reason;
use crate::record::version_name;
use crate::signature::scheme_name;
use crate::wire::{Read, Vector, everything, repeat};

mod names;
mod write;

pub use names::*;

/// The message that a block of extensions stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// ClientHello.
    ClientHello,
    /// ServerHello.
    ServerHello,
    /// HelloRetryRequest.
    HelloRetryRequest,
    /// EncryptedExtensions.
    EncryptedExtensions,
    /// One entry of Certificate.
    Certificate,
    /// CertificateRequest.
    CertificateRequest,
    /// NewSessionTicket.
    NewSessionTicket,
}

/// One offered public key, or the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyShareEntry<'a> {
    /// The group's number.
    pub group: u16,
    /// The public key.
    pub key_exchange: &'a [u8],
}

/// One extension. Numbers are kept as they are on the wire: an offer may hold values unknown here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension<'a> {
    /// The host name a client asks for. Empty in the server's answer.
    ServerName(Option<&'a [u8]>),
    /// Groups, the preferred one first.
    SupportedGroups(Vec<u16>),
    /// Signature schemes, the preferred one first.
    SignatureAlgorithms(Vec<u16>),
    /// The same for signatures inside certificates.
    SignatureAlgorithmsCert(Vec<u16>),
    /// Protocol names: the offer, or the server's choice of one.
    Alpn(Vec<&'a [u8]>),
    /// The versions a client offers.
    SupportedVersions(Vec<u16>),
    /// The version a server chose.
    SelectedVersion(u16),
    /// Something a server wants to see again after its HelloRetryRequest.
    Cookie(&'a [u8]),
    /// How a client would use a pre-shared key.
    PskKeyExchangeModes(Vec<u8>),
    /// The keys a client offers.
    KeyShares(Vec<KeyShareEntry<'a>>),
    /// The key a server answers with.
    KeyShare(KeyShareEntry<'a>),
    /// The group a HelloRetryRequest wants a key for.
    RetryGroup(u16),
    /// How many bytes of early data a ticket allows.
    MaxEarlyData(u32),
    /// An extension kept as bytes.
    Other {
        /// Its number.
        id: u16,
        /// Its content.
        data: &'a [u8],
    },
}

/// Reads `Extension extensions<..>`: the length and the extensions. None may come twice (RFC 8446 §4.2).
pub fn extensions(input: &[u8], place: Place) -> Read<'_, Vec<Extension<'_>>> {
    // A set: a block may hold 16,383 of them, too many to compare each with all before it.
    let mut seen = BTreeSet::new();
    Vector::new("extensions length", 2, 0).read(input, |content| {
        repeat(content, |input| {
            let start = input;
            let (rest, extension) =
                group("extension", "", |input| one_extension(input, place)).parse(input)?;
            let id = extension.id();
            if !seen.insert(id) {
                return refuse(start, Reason::DuplicateExtension(id));
            }
            Ok((rest, extension))
        })
    })
}

fn one_extension(input: &[u8], place: Place) -> Read<'_, Extension<'_>> {
    let (input, id) = field_as("extension_type", "", be_u16, |id| format!("{} ({id})", extension_name(*id)))
        .parse(input)?;
    describe(|| extension_name(id));
    Vector::new("extension_data length", 2, 0).read(input, |data| content(data, id, place))
}

/// Which form an extension has in which message: RFC 8446 §4.2's table, for those that this client deals with.
fn content(input: &[u8], id: u16, place: Place) -> Read<'_, Extension<'_>> {
    use Place::*;
    match (id, place) {
        (SERVER_NAME, ClientHello) => server_name(input),
        (SERVER_NAME, EncryptedExtensions) if input.is_empty() => Ok((input, Extension::ServerName(None))),
        (SUPPORTED_GROUPS, ClientHello | EncryptedExtensions) => {
            numbers("named_group_list length", "group", group_name)
                .map(Extension::SupportedGroups)
                .parse(input)
        }
        (SIGNATURE_ALGORITHMS, ClientHello | CertificateRequest) => {
            numbers(SCHEMES, "scheme", scheme_name).map(Extension::SignatureAlgorithms).parse(input)
        }
        (SIGNATURE_ALGORITHMS_CERT, ClientHello | CertificateRequest) => {
            numbers(SCHEMES, "scheme", scheme_name).map(Extension::SignatureAlgorithmsCert).parse(input)
        }
        (ALPN, ClientHello | EncryptedExtensions) => alpn(input),
        (SUPPORTED_VERSIONS, ClientHello) => supported_versions(input),
        (SUPPORTED_VERSIONS, ServerHello | HelloRetryRequest) => {
            field_as("selected_version", "", be_u16, version_name)
                .map(Extension::SelectedVersion)
                .parse(input)
        }
        (COOKIE, ClientHello | HelloRetryRequest) => cookie(input),
        (PSK_KEY_EXCHANGE_MODES, ClientHello) => psk_key_exchange_modes(input),
        (KEY_SHARE, ClientHello) => Vector::new("client_shares length", 2, 0)
            .read(input, |content| repeat(content, key_share_entry))
            .map(|(rest, entries)| (rest, Extension::KeyShares(entries))),
        (KEY_SHARE, ServerHello) => key_share_entry.map(Extension::KeyShare).parse(input),
        (KEY_SHARE, HelloRetryRequest) => {
            let group = field_as("selected_group", "send a key for this one", be_u16, |id| group_name(*id));
            group.map(Extension::RetryGroup).parse(input)
        }
        (EARLY_DATA, NewSessionTicket) => {
            field("max_early_data_size", "in bytes", be_u32).map(Extension::MaxEarlyData).parse(input)
        }
        _ if input.is_empty() => Ok((input, Extension::Other { id, data: input })),
        _ => field("extension_data", "", everything).map(|data| Extension::Other { id, data }).parse(input),
    }
}

/// RFC 8446 §4.2.1, the client's form.
fn supported_versions(input: &[u8]) -> Read<'_, Extension<'_>> {
    Vector::new("versions length", 1, 2).at_most(254).read(input, |content| {
        let version = |input| field_as("version", "", be_u16, version_name).parse(input);
        let (rest, list) = repeat(content, version)?;
        Ok((rest, Extension::SupportedVersions(list)))
    })
}

/// RFC 8446 §4.2.2.
fn cookie(input: &[u8]) -> Read<'_, Extension<'_>> {
    Vector::new("cookie length", 2, 1).read(input, |content| {
        let cookie = field("cookie", "the server's state, to be sent back", everything);
        cookie.map(Extension::Cookie).parse(content)
    })
}

/// RFC 6066 §3: a list that could hold several kinds of names, and holds one host name.
fn server_name(input: &[u8]) -> Read<'_, Extension<'_>> {
    Vector::new("server_name_list length", 2, 1).read(input, |input| {
        let start = input;
        let (input, kind) = field_as("name_type", "", u8, |kind| match kind {
            0 => "host_name (0)".to_owned(),
            other => format!("unknown ({other})"),
        })
        .parse(input)?;
        if kind != 0 {
            let (what, wants, rule) = ("name_type", "0 (host_name)", "RFC 6066 §3");
            return refuse(start, Reason::Value { what, seen: u32::from(kind), wants, rule });
        }
        let (input, name) = Vector::new("host_name length", 2, 1).read(input, |content| {
            field_as("host_name", "which of the server's sites is meant", everything, |name| {
                String::from_utf8_lossy(name).into_owned()
            })
            .parse(content)
        })?;
        Ok((input, Extension::ServerName(Some(name))))
    })
}

const SCHEMES: &str = "supported_signature_algorithms length";

/// A list of 16-bit numbers, named by `show`.
fn numbers<'a>(
    length: &'static str,
    name: &'static str,
    show: fn(u16) -> String,
) -> impl Fn(&'a [u8]) -> Read<'a, Vec<u16>> {
    move |input| {
        Vector::new(length, 2, 2).read(input, |content| {
            repeat(content, |input| field_as(name, "", be_u16, |id| show(*id)).parse(input))
        })
    }
}

/// RFC 7301 §3.1.
fn alpn(input: &[u8]) -> Read<'_, Extension<'_>> {
    Vector::new("protocol_name_list length", 2, 2).read(input, |content| {
        let (rest, names) = repeat(content, |input| {
            Vector::new("protocol_name length", 1, 1).read(input, |content| {
                field_as("protocol_name", "", everything, |name| String::from_utf8_lossy(name).into_owned())
                    .parse(content)
            })
        })?;
        Ok((rest, Extension::Alpn(names)))
    })
}

fn psk_key_exchange_modes(input: &[u8]) -> Read<'_, Extension<'_>> {
    Vector::new("ke_modes length", 1, 1).read(input, |content| {
        let name = |mode: &u8| match mode {
            0 => "psk_ke (0): without a new key exchange".to_owned(),
            1 => "psk_dhe_ke (1): with a new key exchange".to_owned(),
            other => format!("unknown ({other})"),
        };
        let (rest, modes) = repeat(content, |input| field_as("ke_mode", "", u8, name).parse(input))?;
        Ok((rest, Extension::PskKeyExchangeModes(modes)))
    })
}

fn key_share_entry(input: &[u8]) -> Read<'_, KeyShareEntry<'_>> {
    group("key_share_entry", "", |input| {
        let (input, id) = field_as("group", "", be_u16, |id| group_name(*id)).parse(input)?;
        describe(|| group_name(id));
        let (input, key_exchange) = Vector::new("key_exchange length", 2, 1)
            .read(input, |content| field("key_exchange", "the public key", everything).parse(content))?;
        Ok((input, KeyShareEntry { group: id, key_exchange }))
    })
    .parse(input)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
