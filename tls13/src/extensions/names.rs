//! The numbers of extensions, and their names in IANA's registry. Tested in `tests/names.rs`, against tshark.

use crate::grease::is_grease;

/// server_name, RFC 6066 §3.
pub const SERVER_NAME: u16 = 0;
/// supported_groups, RFC 8446 §4.2.7.
pub const SUPPORTED_GROUPS: u16 = 10;
/// signature_algorithms, RFC 8446 §4.2.3.
pub const SIGNATURE_ALGORITHMS: u16 = 13;
/// application_layer_protocol_negotiation, RFC 7301.
pub const ALPN: u16 = 16;
/// pre_shared_key, RFC 8446 §4.2.11.
pub const PRE_SHARED_KEY: u16 = 41;
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
        PRE_SHARED_KEY => "pre_shared_key",
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
        grease if is_grease(grease) => "GREASE",
        _ => return format!("unknown extension 0x{id:04x}"),
    };
    name.to_owned()
}
