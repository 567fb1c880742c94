//! The test vectors of RFC 9460 appendix D.

use barewire_dns::rdata::{SvcKey, SvcParam};
use barewire_dns::{RData, RecordType};

use crate::there_and_back;
use crate::wire::hex;

const FOO_COM: &str = "03 66 6f 6f 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00";
const FOO_ORG: &str = "03 66 6f 6f 07 65 78 61 6d 70 6c 65 03 6f 72 67 00";

/// D.1 and D.2: the priority, the target, the parameters.
#[test]
fn appendix_d() {
    let vectors = [
        // Figure 2: AliasMode
        (RecordType::HTTPS, "0 foo.example.com.", "00 00", FOO_COM, ""),
        // Figure 3: TargetName is "."
        (RecordType::SVCB, "1 .", "00 01", "00", ""),
        // Figure 4: a port
        (RecordType::SVCB, "16 foo.example.com. port=53", "00 10", FOO_COM, "00 03 00 02 00 35"),
        // Figure 5: a generic key and unquoted value
        (RecordType::SVCB, "1 foo.example.com. key667=hello", "00 01", FOO_COM, "02 9b 00 05 68 65 6c 6c 6f"),
        // Figure 6: a generic key and quoted value with a decimal escape
        (
            RecordType::SVCB,
            r#"1 foo.example.com. key667="hello\210qoo""#,
            "00 01",
            FOO_COM,
            "02 9b 00 09 68 65 6c 6c 6f d2 71 6f 6f",
        ),
        // Figure 7: two quoted IPv6 hints
        (
            RecordType::SVCB,
            "1 foo.example.com. (\n ipv6hint=\"2001:db8::1,2001:db8::53:1\"\n )",
            "00 01",
            FOO_COM,
            "00 06 00 20 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01
                         20 01 0d b8 00 00 00 00 00 00 00 00 00 53 00 01",
        ),
        // Figure 8: an IPv6 hint using the embedded IPv4 syntax
        (
            RecordType::SVCB,
            r#"1 example.com. ipv6hint="2001:db8:122:344::192.0.2.33""#,
            "00 01",
            "07 65 78 61 6d 70 6c 65 03 63 6f 6d 00",
            "00 06 00 10 20 01 0d b8 01 22 03 44 00 00 00 00 c0 00 02 21",
        ),
        // Figure 9: any order in text, ascending on the wire
        (
            RecordType::SVCB,
            "16 foo.example.org. (\n alpn=h2,h3-19 mandatory=ipv4hint,alpn\n ipv4hint=192.0.2.1 )",
            "00 10",
            FOO_ORG,
            "00 00 00 04 00 01 00 04 00 01 00 09 02 68 32 05 68 33 2d 31 39 00 04 00 04 c0 00 02 01",
        ),
        // Figure 10: an escaped comma and backslash, in two forms
        (RecordType::SVCB, r#"16 foo.example.org. alpn="f\\\\oo\\,bar,h2""#, "00 10", FOO_ORG, FIGURE_10),
        (RecordType::SVCB, r"16 foo.example.org. alpn=f\\\092oo\092,bar,h2", "00 10", FOO_ORG, FIGURE_10),
    ];
    for (rtype, text, priority, target, params) in vectors {
        there_and_back(rtype, text, &hex(&[priority, target, params].concat()));
    }
}

const FIGURE_10: &str = "00 01 00 0c 08 66 5c 6f 6f 2c 62 61 72 02 68 32";

/// The parameters by their keys.
#[test]
fn parameters() {
    let RData::Svcb(svcb) = RData::parse_text(RecordType::SVCB, r"1 . alpn=f\\\092oo\092,bar,h2").unwrap()
    else {
        panic!("not SVCB")
    };
    let alpn = SvcParam::Alpn(vec![br"f\oo,bar".to_vec(), b"h2".to_vec()]);
    assert_eq!(svcb.param(SvcKey::ALPN), Some(&alpn));
    assert_eq!(svcb.param(SvcKey::PORT), None);
}

/// RFC 9460 §2.1: "without leading zeros", and "the decoded value SHALL be used as its wire format encoding".
#[test]
fn keys_as_numbers() {
    let read = |text: &str| RData::parse_text(RecordType::SVCB, &format!("1 . {text}"));
    assert_eq!(read(r"key1=\002h2 key3=\0005"), read("alpn=h2 port=53"));
    assert_eq!(
        read(r"key4=\192\000\002\001 alpn=h3 key2"),
        read("ipv4hint=192.0.2.1 no-default-alpn alpn=h3")
    );
    for text in ["key1=h2", "key3=5", "key0667=hello", "key65536=x", "key+7=x", "key=x", "KEY667=x"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert_eq!(SvcKey::from_name("key0667"), None);
    assert_eq!(SvcKey::from_name("key667"), Some(SvcKey(667)));
    assert_eq!(SvcKey::from_name("key1"), Some(SvcKey::ALPN));
}

const MANDATORY: &str = "mandatory lists keys in ascending order, each once, and not itself";

/// D.3, with what the refusal says of the word, and where that stands in the text.
#[test]
fn failure_cases() {
    let cases = [
        ("key123=abc key123=def", "SvcParamKey", "keys stand in ascending order, each once", "§2.2"),
        ("mandatory", "SvcParamValue", MANDATORY, "§8"),
        ("alpn", "SvcParamValue", "alpn lists protocols of 1 to 255 bytes, one at least", "§7.1.1"),
        ("port", "SvcParamValue", "a port has two bytes", "§7.2"),
        ("ipv4hint", "SvcParamValue", "ipv4hint lists addresses of four bytes, one at least", "§7.3"),
        ("ipv6hint", "SvcParamValue", "ipv6hint lists addresses of sixteen bytes, one at least", "§7.3"),
        ("no-default-alpn=abc", "SvcParamValue", "no-default-alpn has no value", "§7.1.1"),
        ("mandatory=key123", "mandatory", "each key that is mandatory must be there", "§8"),
        ("mandatory=mandatory", "SvcParamValue", MANDATORY, "§8"),
        ("mandatory=key123,key123 key123=abc", "SvcParamValue", MANDATORY, "§8"),
    ];
    for (params, field, says, section) in cases {
        let error = RData::parse_text(RecordType::SVCB, &format!("1 foo.example.com. {params}")).unwrap_err();
        assert_eq!(error.to_string(), format!("{field} at byte 19: {says} (RFC 9460 {section})"), "{params}");
    }
    // A backslash in a value: its own place.
    let error = RData::parse_text(RecordType::SVCB, r#"1 . key667="ab\9""#).unwrap_err();
    assert_eq!(error.offset, 14, "{error}");
    let error = RData::parse_text(RecordType::SVCB, r"1 . key667=ab\9").unwrap_err();
    assert_eq!(error.offset, 13, "{error}");
}
