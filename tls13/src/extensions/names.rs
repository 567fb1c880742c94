//! The numbers of extensions, their names in IANA's registry, and the messages that each may stand in. Tested in
//! `tests/names.rs`, against tshark and against the table of RFC 8446 §4.2.

use super::place::Place::{
    self, Certificate as CT, CertificateRequest as CR, ClientHello as CH, EncryptedExtensions as EE,
    HelloRetryRequest as HRR, NewSessionTicket as NST, ServerHello as SH,
};
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
/// certificate_authorities, RFC 8446 §4.2.4.
pub const CERTIFICATE_AUTHORITIES: u16 = 47;
/// signature_algorithms_cert, RFC 8446 §4.2.3.
pub const SIGNATURE_ALGORITHMS_CERT: u16 = 50;
/// key_share, RFC 8446 §4.2.8.
pub const KEY_SHARE: u16 = 51;

/// Number, name, and the messages that it may stand in. That column is the table of RFC 8446 §4.2; what that table does
/// not have is empty here.
const TABLE: &[(u16, &str, &[Place])] = &[
    (SERVER_NAME, "server_name", &[CH, EE]),
    (1, "max_fragment_length", &[CH, EE]),
    (5, "status_request", &[CH, CR, CT]),
    (SUPPORTED_GROUPS, "supported_groups", &[CH, EE]),
    (11, "ec_point_formats", &[]),
    (SIGNATURE_ALGORITHMS, "signature_algorithms", &[CH, CR]),
    (14, "use_srtp", &[CH, EE]),
    (15, "heartbeat", &[CH, EE]),
    (ALPN, "application_layer_protocol_negotiation", &[CH, EE]),
    (18, "signed_certificate_timestamp", &[CH, CR, CT]),
    (19, "client_certificate_type", &[CH, EE]),
    (20, "server_certificate_type", &[CH, EE]),
    (21, "padding", &[CH]),
    (22, "encrypt_then_mac", &[]),
    (23, "extended_master_secret", &[]),
    (27, "compress_certificate", &[]),
    (28, "record_size_limit", &[]),
    (35, "session_ticket", &[]),
    (PRE_SHARED_KEY, "pre_shared_key", &[CH, SH]),
    (EARLY_DATA, "early_data", &[CH, EE, NST]),
    (SUPPORTED_VERSIONS, "supported_versions", &[CH, SH, HRR]),
    (COOKIE, "cookie", &[CH, HRR]),
    (PSK_KEY_EXCHANGE_MODES, "psk_key_exchange_modes", &[CH]),
    (CERTIFICATE_AUTHORITIES, "certificate_authorities", &[CH, CR]),
    (48, "oid_filters", &[CR]),
    (49, "post_handshake_auth", &[CH]),
    (SIGNATURE_ALGORITHMS_CERT, "signature_algorithms_cert", &[CH, CR]),
    (KEY_SHARE, "key_share", &[CH, SH, HRR]),
    (0xfe0d, "encrypted_client_hello", &[]),
    (0xff01, "renegotiation_info", &[]),
];

/// The name of an extension number in IANA's registry.
pub fn extension_name(id: u16) -> String {
    match row(id) {
        Some((_, name, _)) => (*name).to_owned(),
        None if is_grease(id) => "GREASE".to_owned(),
        None => format!("unknown extension 0x{id:04x}"),
    }
}

/// The messages that RFC 8446 §4.2 allows the extension in. Empty, if its table does not have the extension.
pub fn extension_places(id: u16) -> &'static [Place] {
    row(id).map_or(&[], |(_, _, places)| places)
}

fn row(id: u16) -> Option<&'static (u16, &'static str, &'static [Place])> {
    TABLE.iter().find(|row| row.0 == id)
}
