//! Alerts (RFC 8446 §6): how one side says that it sends no more, or why it gives up.
//!
//! An alert is two bytes, a level and a description. TLS 1.3 ignores the level: every alert ends the connection but
//! `close_notify` and `user_canceled`. Left out: nothing. Tested in `tests/names.rs`, `tests/refusals` and
//! `tests/captures.rs`.

use std::fmt;

use barewire_dissect::{Parsed, Show, describe, field, field_as};
use nom::Parser;
use nom::number::complete::u8;

use crate::reason::Reason;

/// An alert, as it is on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    /// 1 is a warning, 2 is fatal. TLS 1.3 ignores it (RFC 8446 §6).
    pub level: u8,
    /// Why it was sent.
    pub description: AlertDescription,
}

/// Why an alert was sent: a number, to which RFC 8446 §6 gives a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlertDescription(pub u8);

/// Number, name, and what it means in a few words. RFC 8446 §B.2 reserves the names of older versions, which end in
/// `_RESERVED` there: nobody sends them in TLS 1.3, but older connections have them.
const TABLE: &[(u8, &str, &str)] = &[
    (0, "close_notify", "no more data will follow"),
    (10, "unexpected_message", "a message that is not allowed here"),
    (20, "bad_record_mac", "a record could not be decrypted"),
    (21, "decryption_failed", "of TLS 1.0, reserved in TLS 1.3: a record could not be decrypted"),
    (22, "record_overflow", "a record was too long"),
    (30, "decompression_failure", "of TLS 1.2, reserved in TLS 1.3: a record could not be unpacked"),
    (40, "handshake_failure", "no parameters that both sides accept"),
    (41, "no_certificate", "of SSL 3.0, reserved in TLS 1.3: the client has no certificate"),
    (42, "bad_certificate", "the certificate is broken"),
    (43, "unsupported_certificate", "a certificate of a type it cannot use"),
    (44, "certificate_revoked", "the signer took the certificate back"),
    (45, "certificate_expired", "the certificate is not valid at this time"),
    (46, "certificate_unknown", "the certificate is unacceptable for another reason"),
    (47, "illegal_parameter", "a field's value is not allowed"),
    (48, "unknown_ca", "no trusted authority signed the certificate"),
    (49, "access_denied", "the certificate is valid, but not allowed in"),
    (50, "decode_error", "a message does not follow its syntax"),
    (51, "decrypt_error", "a signature or a Finished value is wrong"),
    (60, "export_restriction", "of TLS 1.0, reserved in TLS 1.3: a key is too long for export"),
    (70, "protocol_version", "no version that both sides speak"),
    (71, "insufficient_security", "the offer is weaker than the peer accepts"),
    (80, "internal_error", "the peer failed for a reason of its own"),
    (86, "inappropriate_fallback", "a retry with a version below what both sides speak"),
    (90, "user_canceled", "the peer's user gave up"),
    (100, "no_renegotiation", "of TLS 1.2, reserved in TLS 1.3: no second handshake"),
    (109, "missing_extension", "an extension that must be there is not"),
    (110, "unsupported_extension", "an extension that was not asked for"),
    (111, "certificate_unobtainable", "of TLS 1.2, reserved in TLS 1.3: no certificate at that URL"),
    (112, "unrecognized_name", "no server of that name here"),
    (113, "bad_certificate_status_response", "a broken OCSP response"),
    (114, "bad_certificate_hash_value", "of TLS 1.2, reserved in TLS 1.3: not the certificate of that hash"),
    (115, "unknown_psk_identity", "no such pre-shared key"),
    (116, "certificate_required", "the server wants a client certificate"),
    (117, "general_error", "a failure that no other alert describes"),
    (120, "no_application_protocol", "none of the protocols offered by ALPN"),
];

impl AlertDescription {
    /// No more data will follow.
    pub const CLOSE_NOTIFY: AlertDescription = AlertDescription(0);
    /// A message that is not allowed here.
    pub const UNEXPECTED_MESSAGE: AlertDescription = AlertDescription(10);
    /// A record could not be decrypted.
    pub const BAD_RECORD_MAC: AlertDescription = AlertDescription(20);
    /// A record was too long.
    pub const RECORD_OVERFLOW: AlertDescription = AlertDescription(22);
    /// The certificate is broken.
    pub const BAD_CERTIFICATE: AlertDescription = AlertDescription(42);
    /// A certificate of a type that this side cannot use.
    pub const UNSUPPORTED_CERTIFICATE: AlertDescription = AlertDescription(43);
    /// The certificate is not valid at this time.
    pub const CERTIFICATE_EXPIRED: AlertDescription = AlertDescription(45);
    /// A field's value is not allowed.
    pub const ILLEGAL_PARAMETER: AlertDescription = AlertDescription(47);
    /// No trusted authority signed the certificate.
    pub const UNKNOWN_CA: AlertDescription = AlertDescription(48);
    /// A message does not follow its syntax.
    pub const DECODE_ERROR: AlertDescription = AlertDescription(50);
    /// A signature or a Finished value is wrong.
    pub const DECRYPT_ERROR: AlertDescription = AlertDescription(51);
    /// No version that both sides speak.
    pub const PROTOCOL_VERSION: AlertDescription = AlertDescription(70);
    /// A failure on this side.
    pub const INTERNAL_ERROR: AlertDescription = AlertDescription(80);
    /// The peer's user gave up; close_notify follows.
    pub const USER_CANCELED: AlertDescription = AlertDescription(90);
    /// An extension that must be there is not.
    pub const MISSING_EXTENSION: AlertDescription = AlertDescription(109);
    /// An extension that was not asked for.
    pub const UNSUPPORTED_EXTENSION: AlertDescription = AlertDescription(110);

    /// The name of RFC 8446 §6, or `unknown`.
    pub fn name(self) -> &'static str {
        self.row().map_or("unknown", |row| row.1)
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        self.row().map_or("not in the registry this crate knows", |row| row.2)
    }

    fn row(self) -> Option<&'static (u8, &'static str, &'static str)> {
        TABLE.iter().find(|row| row.0 == self.0)
    }
}

impl fmt::Display for AlertDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

impl Show for AlertDescription {
    fn show(&self) -> String {
        format!("{self}: {}", self.meaning())
    }
}

impl Alert {
    /// The alert this side sends: only `close_notify` and `user_canceled` are warnings.
    pub fn new(description: AlertDescription) -> Alert {
        let warning = matches!(description, AlertDescription::CLOSE_NOTIFY | AlertDescription::USER_CANCELED);
        Alert { level: if warning { 1 } else { 2 }, description }
    }

    /// The two bytes on the wire.
    pub fn to_bytes(self) -> [u8; 2] {
        [self.level, self.description.0]
    }
}

/// Reads one alert.
pub fn alert(input: &[u8]) -> Parsed<'_, Alert, Reason> {
    let level_name = |level: &u8| match level {
        1 => "warning (1)".to_owned(),
        2 => "fatal (2)".to_owned(),
        other => format!("unknown ({other})"),
    };
    let (input, level) =
        field_as("level", "ignored in TLS 1.3 (RFC 8446 §6)", u8, level_name).parse(input)?;
    let (input, description) = field("description", "", u8.map(AlertDescription)).parse(input)?;
    describe(|| description.name().to_owned());
    Ok((input, Alert { level, description }))
}
