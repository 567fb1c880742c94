//! Extensions (RFC 8446 §4.2): where TLS negotiates, and how it could change without breaking.
//!
//! The same number holds different things in different messages: `key_share` is a list in a ClientHello, one
//! entry in a ServerHello and only a group in a HelloRetryRequest. So a block of extensions is read for a
//! [`Place`]. Left out: the content of extensions that this client neither sends nor expects; they are kept as
//! bytes, under their names. Tested in `tests/messages.rs`, and on captures of other clients and servers.

use std::fmt;

use barewire_dissect::{describe, field, field_as, group, refuse};
use nom::Parser;
use nom::number::complete::{be_u16, be_u32, u8};

use crate::error::Reason;
use crate::group::group_name;
use crate::record::version_name;
use crate::signature::scheme_name;
use crate::wire::{Read, Vector, everything, put_u16, put_u32, put_vector, repeat};

/// server_name, RFC 6066 §3.
pub const SERVER_NAME: u16 = 0;
/// supported_groups, RFC 8446 §4.2.7.
pub const SUPPORTED_GROUPS: u16 = 10;
/// signature_algorithms, RFC 8446 §4.2.3.
pub const SIGNATURE_ALGORITHMS: u16 = 13;
/// application_layer_protocol_negotiation, RFC 7301.
pub const ALPN: u16 = 16;
/// early_data, RFC 8446 §4.2.10.
pub const EARLY_DATA: u16 = 42;
/// supported_versions, RFC 8446 §4.2.1.
pub const SUPPORTED_VERSIONS: u16 = 43;
/// cookie, RFC 8446 §4.2.2.
pub const COOKIE: u16 = 44;
/// psk_key_exchange_modes, RFC 8446 §4.2.9.
pub const PSK_KEY_EXCHANGE_MODES: u16 = 45;
/// signature_algorithms_cert, RFC 8446 §4.2.3.
pub const SIGNATURE_ALGORITHMS_CERT: u16 = 50;
/// key_share, RFC 8446 §4.2.8.
pub const KEY_SHARE: u16 = 51;

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
    let mut seen: Vec<u16> = Vec::new();
    Vector::new("extensions length", 2, 0).read(input, |content| {
        repeat(content, |input| {
            let start = input;
            let (rest, extension) =
                group("extension", "", |input| one_extension(input, place)).parse(input)?;
            let id = extension.id();
            if seen.contains(&id) {
                return refuse(start, Reason::DuplicateExtension(id));
            }
            seen.push(id);
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

fn content(input: &[u8], id: u16, place: Place) -> Read<'_, Extension<'_>> {
    use Place::*;
    match (id, place) {
        (SERVER_NAME, ClientHello) => server_name(input),
        (SERVER_NAME, EncryptedExtensions) if input.is_empty() => Ok((input, Extension::ServerName(None))),
        (SUPPORTED_GROUPS, ClientHello | EncryptedExtensions) => {
            numbers(input, "named_group_list length", "group", group_name)
                .map(|(rest, list)| (rest, Extension::SupportedGroups(list)))
        }
        (SIGNATURE_ALGORITHMS, ClientHello | CertificateRequest) => {
            numbers(input, "supported_signature_algorithms length", "scheme", scheme_name)
                .map(|(rest, list)| (rest, Extension::SignatureAlgorithms(list)))
        }
        (SIGNATURE_ALGORITHMS_CERT, ClientHello | CertificateRequest) => {
            numbers(input, "supported_signature_algorithms length", "scheme", scheme_name)
                .map(|(rest, list)| (rest, Extension::SignatureAlgorithmsCert(list)))
        }
        (ALPN, ClientHello | EncryptedExtensions) => alpn(input),
        (SUPPORTED_VERSIONS, ClientHello) => {
            Vector::new("versions length", 1, 2).at_most(254).read(input, |content| {
                let version = |input| field_as("version", "", be_u16, version_name).parse(input);
                let (rest, list) = repeat(content, version)?;
                Ok((rest, Extension::SupportedVersions(list)))
            })
        }
        (SUPPORTED_VERSIONS, ServerHello | HelloRetryRequest) => {
            let (rest, version) = field_as("selected_version", "", be_u16, version_name).parse(input)?;
            Ok((rest, Extension::SelectedVersion(version)))
        }
        (COOKIE, ClientHello | HelloRetryRequest) => {
            Vector::new("cookie length", 2, 1).read(input, |content| {
                let (rest, cookie) =
                    field("cookie", "the server's state, to be sent back", everything).parse(content)?;
                Ok((rest, Extension::Cookie(cookie)))
            })
        }
        (PSK_KEY_EXCHANGE_MODES, ClientHello) => psk_key_exchange_modes(input),
        (KEY_SHARE, ClientHello) => Vector::new("client_shares length", 2, 0).read(input, |content| {
            let (rest, entries) = repeat(content, key_share_entry)?;
            Ok((rest, Extension::KeyShares(entries)))
        }),
        (KEY_SHARE, ServerHello) => {
            key_share_entry(input).map(|(rest, entry)| (rest, Extension::KeyShare(entry)))
        }
        (KEY_SHARE, HelloRetryRequest) => {
            let (rest, group) =
                field_as("selected_group", "send a key for this one", be_u16, |id| group_name(*id))
                    .parse(input)?;
            Ok((rest, Extension::RetryGroup(group)))
        }
        (EARLY_DATA, NewSessionTicket) => {
            let (rest, size) = field("max_early_data_size", "in bytes", be_u32).parse(input)?;
            Ok((rest, Extension::MaxEarlyData(size)))
        }
        _ if input.is_empty() => Ok((input, Extension::Other { id, data: input })),
        _ => {
            let (rest, data) = field("extension_data", "", everything).parse(input)?;
            Ok((rest, Extension::Other { id, data }))
        }
    }
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

fn numbers<'a>(
    input: &'a [u8],
    length: &'static str,
    name: &'static str,
    show: fn(u16) -> String,
) -> Read<'a, Vec<u16>> {
    Vector::new(length, 2, 2).read(input, |content| {
        repeat(content, |input| field_as(name, "", be_u16, |id| show(*id)).parse(input))
    })
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

impl Extension<'_> {
    /// The extension's number.
    pub fn id(&self) -> u16 {
        match self {
            Extension::ServerName(_) => SERVER_NAME,
            Extension::SupportedGroups(_) => SUPPORTED_GROUPS,
            Extension::SignatureAlgorithms(_) => SIGNATURE_ALGORITHMS,
            Extension::SignatureAlgorithmsCert(_) => SIGNATURE_ALGORITHMS_CERT,
            Extension::Alpn(_) => ALPN,
            Extension::SupportedVersions(_) | Extension::SelectedVersion(_) => SUPPORTED_VERSIONS,
            Extension::Cookie(_) => COOKIE,
            Extension::PskKeyExchangeModes(_) => PSK_KEY_EXCHANGE_MODES,
            Extension::KeyShares(_) | Extension::KeyShare(_) | Extension::RetryGroup(_) => KEY_SHARE,
            Extension::MaxEarlyData(_) => EARLY_DATA,
            Extension::Other { id, .. } => *id,
        }
    }

    /// Appends the extension as it stands on the wire.
    pub fn write(&self, out: &mut Vec<u8>) {
        put_u16(out, self.id());
        put_vector(out, 2, |out| self.write_content(out));
    }

    fn write_content(&self, out: &mut Vec<u8>) {
        match self {
            Extension::ServerName(None) => {}
            Extension::ServerName(Some(name)) => put_vector(out, 2, |out| {
                out.push(0);
                put_vector(out, 2, |out| out.extend_from_slice(name));
            }),
            Extension::SupportedGroups(list)
            | Extension::SignatureAlgorithms(list)
            | Extension::SignatureAlgorithmsCert(list) => {
                put_vector(out, 2, |out| list.iter().for_each(|&id| put_u16(out, id)));
            }
            Extension::Alpn(names) => put_vector(out, 2, |out| {
                names.iter().for_each(|name| put_vector(out, 1, |out| out.extend_from_slice(name)));
            }),
            Extension::SupportedVersions(list) => {
                put_vector(out, 1, |out| list.iter().for_each(|&version| put_u16(out, version)));
            }
            Extension::SelectedVersion(number) | Extension::RetryGroup(number) => put_u16(out, *number),
            Extension::Cookie(cookie) => put_vector(out, 2, |out| out.extend_from_slice(cookie)),
            Extension::PskKeyExchangeModes(modes) => put_vector(out, 1, |out| out.extend_from_slice(modes)),
            Extension::KeyShares(entries) => {
                put_vector(out, 2, |out| entries.iter().for_each(|entry| write_key_share(entry, out)));
            }
            Extension::KeyShare(entry) => write_key_share(entry, out),
            Extension::MaxEarlyData(size) => put_u32(out, *size),
            Extension::Other { data, .. } => out.extend_from_slice(data),
        }
    }
}

fn write_key_share(entry: &KeyShareEntry<'_>, out: &mut Vec<u8>) {
    put_u16(out, entry.group);
    put_vector(out, 2, |out| out.extend_from_slice(entry.key_exchange));
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The name of an extension number in IANA's registry.
pub fn extension_name(id: u16) -> String {
    let name = match id {
        SERVER_NAME => "server_name",
        1 => "max_fragment_length",
        5 => "status_request",
        SUPPORTED_GROUPS => "supported_groups",
        11 => "ec_point_formats",
        SIGNATURE_ALGORITHMS => "signature_algorithms",
        ALPN => "application_layer_protocol_negotiation",
        18 => "signed_certificate_timestamp",
        21 => "padding",
        22 => "encrypt_then_mac",
        23 => "extended_master_secret",
        27 => "compress_certificate",
        28 => "record_size_limit",
        35 => "session_ticket",
        41 => "pre_shared_key",
        EARLY_DATA => "early_data",
        SUPPORTED_VERSIONS => "supported_versions",
        COOKIE => "cookie",
        PSK_KEY_EXCHANGE_MODES => "psk_key_exchange_modes",
        47 => "certificate_authorities",
        49 => "post_handshake_auth",
        SIGNATURE_ALGORITHMS_CERT => "signature_algorithms_cert",
        KEY_SHARE => "key_share",
        0xfe0d => "encrypted_client_hello",
        0xff01 => "renegotiation_info",
        grease if grease & 0x0f0f == 0x0a0a && grease >> 8 == grease & 0xff => "GREASE",
        _ => return format!("unknown extension 0x{id:04x}"),
    };
    name.to_owned()
}
