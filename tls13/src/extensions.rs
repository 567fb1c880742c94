//! Extensions (RFC 8446 §4.2): what the two sides agree on, beyond the fields that hellos have always had.
//!
//! The same extension has another form in another message: `key_share` is a list in a ClientHello, one entry in a
//! ServerHello and only a group in a HelloRetryRequest. So a block of extensions is read for a [`Place`].
//!
//! | file | what is there |
//! |---|---|
//! | `extensions.rs` | reading |
//! | `extensions/pre_shared_key.rs` | the one that proves something, and has to be the last |
//! | `extensions/write.rs` | writing |
//! | `extensions/names.rs` | numbers and names |
//!
//! Left out: the content of extensions that this client neither sends nor expects. They are kept as bytes, under their
//! names. Tested in `tests/messages.rs`, and in `tests/captures.rs` on other clients and servers.

use std::collections::BTreeSet;

use barewire_dissect::{Parsed, describe, field, field_as, group, refuse};
use nom::Parser;
use nom::number::complete::{be_u16, be_u32, u8};

use crate::certificate::name_in_words;
use crate::group::group_name;
use crate::reason::Reason;
use crate::record::version_name;
use crate::signature::scheme_name;
use crate::wire::{Vector, everything, list, opaque, repeat, text};

pub(crate) mod names;
mod place;
mod pre_shared_key;
mod write;

pub use names::*;
pub use place::Place;
pub use pre_shared_key::{OfferedPsks, PskIdentity};

/// One offered public key, or the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyShareEntry<'a> {
    /// The group's number.
    pub group: u16,
    /// The public key.
    pub key_exchange: &'a [u8],
}

/// One extension. Numbers are kept as they are on the wire, because an offer may hold values that this crate does not
/// know.
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
    /// What a server wants to get back after its HelloRetryRequest.
    Cookie(&'a [u8]),
    /// The names of authorities whose certificates the sender accepts, in DER.
    CertificateAuthorities(Vec<&'a [u8]>),
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
    /// The pre-shared keys that a client offers, each with a proof that it has the key.
    PreSharedKeys(OfferedPsks<'a>),
    /// Which of them the server takes, counted from 0.
    SelectedIdentity(u16),
    /// An extension kept as bytes.
    Other {
        /// Its number.
        id: u16,
        /// Its content.
        data: &'a [u8],
    },
}

/// Reads `Extension extensions<..>`: the length and the extensions. None may come twice (RFC 8446 §4.2).
pub fn extensions(input: &[u8], place: Place) -> Parsed<'_, Vec<Extension<'_>>, Reason> {
    // A set, because a block may hold 16,383 extensions: too many to compare each with all before it.
    let mut seen = BTreeSet::new();
    Vector::new("extensions length", 0..=0xffff).read(input, |content| {
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

fn one_extension(input: &[u8], place: Place) -> Parsed<'_, Extension<'_>, Reason> {
    let (input, id) = field_as("extension_type", "", be_u16, |id| format!("{} ({id})", extension_name(*id)))
        .parse(input)?;
    describe(|| extension_name(id));
    Vector::new("extension_data length", 0..=0xffff).read(input, |data| content(data, id, place))
}

/// The form of an extension in a message: the table of RFC 8446 §4.2, for the extensions that this client needs.
fn content(input: &[u8], id: u16, place: Place) -> Parsed<'_, Extension<'_>, Reason> {
    use Place::*;
    match (id, place) {
        (SERVER_NAME, ClientHello) => server_name(input),
        // RFC 6066 §3: the answer is empty. Bytes that stand here are refused as left over.
        (SERVER_NAME, EncryptedExtensions) => Ok((input, Extension::ServerName(None))),
        (SUPPORTED_GROUPS, ClientHello | EncryptedExtensions) => {
            let group = |input| field_as("group", "", be_u16, |id| group_name(*id)).parse(input);
            list("named_group_list length", 2..=0xffff, group).map(Extension::SupportedGroups).parse(input)
        }
        (SIGNATURE_ALGORITHMS, ClientHello | CertificateRequest) => {
            schemes.map(Extension::SignatureAlgorithms).parse(input)
        }
        (SIGNATURE_ALGORITHMS_CERT, ClientHello | CertificateRequest) => {
            schemes.map(Extension::SignatureAlgorithmsCert).parse(input)
        }
        // In a ServerHello in TLS 1.2 and older (RFC 7301 §3.1).
        (ALPN, ClientHello | EncryptedExtensions | ServerHello) => alpn.map(Extension::Alpn).parse(input),
        (SUPPORTED_VERSIONS, ClientHello) => supported_versions(input),
        (SUPPORTED_VERSIONS, ServerHello | HelloRetryRequest) => {
            field_as("selected_version", "", be_u16, version_name)
                .map(Extension::SelectedVersion)
                .parse(input)
        }
        (COOKIE, ClientHello | HelloRetryRequest) => {
            opaque("cookie length", 1..=0xffff, "cookie", "the server's state, to be sent back")
                .map(Extension::Cookie)
                .parse(input)
        }
        (CERTIFICATE_AUTHORITIES, ClientHello | CertificateRequest) => {
            list("authorities length", 3..=0xffff, distinguished_name)
                .map(Extension::CertificateAuthorities)
                .parse(input)
        }
        (PSK_KEY_EXCHANGE_MODES, ClientHello) => psk_key_exchange_modes(input),
        (KEY_SHARE, ClientHello) => {
            list("client_shares length", 0..=0xffff, key_share_entry).map(Extension::KeyShares).parse(input)
        }
        (KEY_SHARE, ServerHello) => key_share_entry.map(Extension::KeyShare).parse(input),
        (KEY_SHARE, HelloRetryRequest) => {
            let group = field_as("selected_group", "send a key for this one", be_u16, |id| group_name(*id));
            group.map(Extension::RetryGroup).parse(input)
        }
        (PRE_SHARED_KEY, ClientHello) => {
            pre_shared_key::offered_psks.map(Extension::PreSharedKeys).parse(input)
        }
        (PRE_SHARED_KEY, ServerHello) => field("selected_identity", "which of the offered keys", be_u16)
            .map(Extension::SelectedIdentity)
            .parse(input),
        // RFC 8446 §4.2.10: empty, too.
        (EARLY_DATA, ClientHello | EncryptedExtensions) => Ok((input, Extension::Other { id, data: &[] })),
        (EARLY_DATA, NewSessionTicket) => {
            field("max_early_data_size", "in bytes", be_u32).map(Extension::MaxEarlyData).parse(input)
        }
        _ if input.is_empty() => Ok((input, Extension::Other { id, data: input })),
        _ => field("extension_data", "", everything).map(|data| Extension::Other { id, data }).parse(input),
    }
}

/// RFC 8446 §4.2.1, as a client sends it.
fn supported_versions(input: &[u8]) -> Parsed<'_, Extension<'_>, Reason> {
    let version = |input| field_as("version", "", be_u16, version_name).parse(input);
    list("versions length", 2..=254, version).map(Extension::SupportedVersions).parse(input)
}

/// RFC 6066 §3: a list that could hold names of several kinds. In practice it holds one host name.
fn server_name(input: &[u8]) -> Parsed<'_, Extension<'_>, Reason> {
    Vector::new("server_name_list length", 1..=0xffff).read(input, |input| {
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
        let what = "which of the server's sites the client wants";
        let (input, name) = text("host_name length", 1..=0xffff, "host_name", what)(input)?;
        Ok((input, Extension::ServerName(Some(name))))
    })
}

/// RFC 8446 §4.2.3.
fn schemes(input: &[u8]) -> Parsed<'_, Vec<u16>, Reason> {
    list("supported_signature_algorithms length", 2..=0xfffe, |input| {
        field_as("scheme", "", be_u16, |id| scheme_name(*id)).parse(input)
    })(input)
}

/// RFC 7301 §3.1.
fn alpn(input: &[u8]) -> Parsed<'_, Vec<&[u8]>, Reason> {
    let name = text("protocol_name length", 1..=0xff, "protocol_name", "");
    list("protocol_name_list length", 2..=0xffff, name)(input)
}

/// RFC 8446 §4.2.4: the name of an authority, in DER.
fn distinguished_name(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let name = |input| field_as("authority", "", everything, |der: &&[u8]| name_in_words(der)).parse(input);
    Vector::new("DistinguishedName length", 1..=0xffff).read(input, name)
}

/// RFC 8446 §4.2.9.
fn psk_key_exchange_modes(input: &[u8]) -> Parsed<'_, Extension<'_>, Reason> {
    let name = |mode: &u8| match mode {
        0 => "psk_ke (0): without a new key exchange".to_owned(),
        1 => "psk_dhe_ke (1): with a new key exchange".to_owned(),
        other => format!("unknown ({other})"),
    };
    let mode = |input| field_as("ke_mode", "", u8, name).parse(input);
    list("ke_modes length", 1..=0xff, mode).map(Extension::PskKeyExchangeModes).parse(input)
}

/// RFC 8446 §4.2.8.
fn key_share_entry(input: &[u8]) -> Parsed<'_, KeyShareEntry<'_>, Reason> {
    group("key_share_entry", "", |input| {
        let (input, id) = field_as("group", "", be_u16, |id| group_name(*id)).parse(input)?;
        describe(|| group_name(id));
        let (input, key_exchange) =
            opaque("key_exchange length", 1..=0xffff, "key_exchange", "the public key")(input)?;
        Ok((input, KeyShareEntry { group: id, key_exchange }))
    })
    .parse(input)
}
