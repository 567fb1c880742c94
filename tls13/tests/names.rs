//! Names of numbers, against the tables of tshark and OpenSSL: two lists that nobody here wrote.

#[path = "../../examples/tests/live/need.rs"]
mod need;

use std::collections::HashMap;
use std::process::Command;

use barewire_tls13::extensions::extension_name;
use barewire_tls13::handshake::HandshakeType;
use barewire_tls13::{AlertDescription, group_name, scheme_name, short_suite_name, suite_name};

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// tshark's names of a field's values. A value may have several.
fn table(values: &str, field: &str) -> HashMap<u16, Vec<String>> {
    let mut table: HashMap<u16, Vec<String>> = HashMap::new();
    let start = format!("V\t{field}\t");
    for (value, text) in values.lines().filter_map(|line| line.strip_prefix(&start)?.split_once('\t')) {
        let number = match value.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).unwrap(),
            None => value.parse().unwrap(),
        };
        if let Ok(number) = u16::try_from(number) {
            table.entry(number).or_default().push(text.to_owned());
        }
    }
    assert!(table.len() > 10, "tshark has no table for {field}");
    table
}

/// Letters and digits alone, in lower case: `Close Notify` and `close_notify` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Compares the name of each number that tshark knows with ours, if we have one.
fn compare(values: &str, field: &str, least: usize, ours: impl Fn(u16) -> Option<String>) {
    let mut compared = 0;
    for (number, theirs) in table(values, field) {
        let Some(ours) = ours(number) else { continue };
        let same = theirs.iter().any(|name| plain(name) == plain(&ours));
        assert!(same, "{field} {number:#06x}: ours {ours:?}, tshark's {theirs:?}");
        compared += 1;
    }
    assert!(compared >= least, "{field}: only {compared} names were compared");
}

/// `None` for what a name function says of a number that it does not know.
fn known(name: String) -> Option<String> {
    let unknown = ["unknown ", "GREASE", "0x"].iter().any(|start| name.starts_with(start));
    (!unknown && name != "unknown").then(|| name.split(" (").next().unwrap_or_default().to_owned())
}

#[test]
fn tshark_has_the_same_names() {
    if !need::can_run("tshark_has_the_same_names", false, &["tshark"]) {
        return;
    }
    let values = output("tshark", &["-G", "values"]);
    compare(&values, "tls.alert_message.desc", 34, |id| known(AlertDescription(id as u8).name().to_owned()));
    compare(&values, "tls.handshake.type", 17, |id| {
        let ours = match id {
            // tshark's word for CertificateURL; and a draft's name for what became NextProtocol (67).
            21 => "Client Certificate URL",
            67 => return None,
            _ => HandshakeType(id as u8).name(),
        };
        known(ours.to_owned())
    });
    compare(&values, "tls.handshake.extension.type", 20, |id| known(extension_name(id)));
    compare(&values, "tls.handshake.extensions_supported_group", 9, |id| known(group_name(id)));
    compare(&values, "tls.handshake.sig_hash_alg", 14, |id| known(scheme_name(id)));
    compare(&values, "tls.handshake.ciphersuite", 40, |id| known(suite_name(id)));
}

#[test]
fn openssl_has_the_same_short_names() {
    if !need::can_run("openssl_has_the_same_short_names", false, &["openssl"]) {
        return;
    }
    let list = output("openssl", &["ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]);
    let mut compared = 0;
    for line in list.lines() {
        // "0xC0,0x2F - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 - ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ..."
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = words[0].replace("0x", "").replace(',', "");
        let id = u16::from_str_radix(&number, 16).unwrap();
        if id >> 8 == 0x13 || known(suite_name(id)).is_none() {
            continue;
        }
        assert_eq!(known(suite_name(id)).as_deref(), Some(words[2]), "{line}");
        assert_eq!(short_suite_name(id), words[4], "{line}");
        compared += 1;
    }
    assert!(compared >= 26, "only {compared} names were compared");
}

#[test]
fn grease_is_named_as_such() {
    // RFC 8701 §2 lists them all.
    for id in (0..16u16).map(|n| n << 12 | 0x0a00 | n << 4 | 0x0a) {
        assert_eq!(suite_name(id), format!("GREASE (0x{id:04x})"));
        assert_eq!(group_name(id), format!("GREASE (0x{id:04x})"));
        assert_eq!(extension_name(id), "GREASE");
    }
    assert_eq!(group_name(0x0a1a), "unknown (0x0a1a)");
}

/// `AlertDescription` of RFC 8446 §B.2, word for word.
const ALERTS: &[(u8, &str)] = &[
    (0, "close_notify"),
    (10, "unexpected_message"),
    (20, "bad_record_mac"),
    (21, "decryption_failed_RESERVED"),
    (22, "record_overflow"),
    (30, "decompression_failure_RESERVED"),
    (40, "handshake_failure"),
    (41, "no_certificate_RESERVED"),
    (42, "bad_certificate"),
    (43, "unsupported_certificate"),
    (44, "certificate_revoked"),
    (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"),
    (48, "unknown_ca"),
    (49, "access_denied"),
    (50, "decode_error"),
    (51, "decrypt_error"),
    (60, "export_restriction_RESERVED"),
    (70, "protocol_version"),
    (71, "insufficient_security"),
    (80, "internal_error"),
    (86, "inappropriate_fallback"),
    (90, "user_canceled"),
    (100, "no_renegotiation_RESERVED"),
    (109, "missing_extension"),
    (110, "unsupported_extension"),
    (111, "certificate_unobtainable_RESERVED"),
    (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"),
    (114, "bad_certificate_hash_value_RESERVED"),
    (115, "unknown_psk_identity"),
    (116, "certificate_required"),
    (120, "no_application_protocol"),
];

#[test]
fn alerts_have_the_names_of_the_rfc_and_the_reserved_ones_say_so() {
    for &(number, name) in ALERTS {
        let alert = AlertDescription(number);
        let reserved = name.strip_suffix("_RESERVED");
        assert_eq!(alert.name(), reserved.unwrap_or(name));
        assert_eq!(alert.meaning().contains("reserved in TLS 1.3"), reserved.is_some(), "{alert}");
    }
    // RFC 9846 adds one.
    let named = (0..=255).filter(|&number| AlertDescription(number).name() != "unknown");
    let listed = |number: &u8| ALERTS.iter().any(|alert| alert.0 == *number);
    assert_eq!(named.filter(|number| !listed(number)).collect::<Vec<_>>(), [117]);
    assert_eq!(ALERTS.iter().filter(|alert| alert.1.ends_with("_RESERVED")).count(), 7);
}
