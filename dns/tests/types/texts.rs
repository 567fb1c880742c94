//! Text that no type allows: refused with the place, the sentence and the rule.

use barewire_dns::{RData, RecordType};

/// The type, its text, what the refusal says.
const TEXTS: &[(RecordType, &str, &str)] = &[
    (RecordType::TXT, "", "the text ends at byte 0, before TXT-DATA of type TXT (RFC 1035 §3.3.14)"),
    (
        RecordType::A,
        "192.0.2",
        "`192.0.2` at byte 0 cannot be ADDRESS of type A: it is not an IPv4 address (RFC 1035 §3.4.1)",
    ),
    (
        RecordType::A,
        "192.0.2.1 192.0.2.2",
        "`192.0.2.2` at byte 10 follows the last field of type A (RFC 1035 §3.4.1)",
    ),
    (
        RecordType::MX,
        "+1 a.",
        "`+1` at byte 0 cannot be PREFERENCE of type MX: it is not a number from 0 to 65535 (RFC 1035 §3.3.9)",
    ),
    (
        RecordType::MX,
        r#""1" a."#,
        "`1` at byte 0 cannot be PREFERENCE of type MX: it is not a word without quotes (RFC 1035 §3.3.9)",
    ),
    (
        RecordType::MX,
        "1 a..b.",
        "an empty label at byte 4; only the root, at the end, is empty (RFC 1035 §3.1)",
    ),
    (
        RecordType::LOC,
        "91 N 0 E 0",
        "`91` at byte 0 cannot be LATITUDE of type LOC: it is not degrees, perhaps minutes and seconds, then the side of the Earth (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "90 0 0.001 N 0 E 0",
        "`90` at byte 0 cannot be LATITUDE of type LOC: it is not degrees, perhaps minutes and seconds, then the side of the Earth (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "+9 N 0 E 0",
        "`+9` at byte 0 cannot be LATITUDE of type LOC: it is not degrees, perhaps minutes and seconds, then the side of the Earth (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "9 N 180 0 0.001 E 0",
        "`180` at byte 4 cannot be LONGITUDE of type LOC: it is not degrees, perhaps minutes and seconds, then the side of the Earth (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "9 60 N 0 E 0",
        "`9` at byte 0 cannot be LATITUDE of type LOC: it is not degrees, perhaps minutes and seconds, then the side of the Earth (RFC 1876 §2)",
    ),
    // Minutes that do not fit 64 bits in thousandths of a second.
    (
        RecordType::LOC,
        "9 400000000000000 N 0 E 0",
        "`9` at byte 0 cannot be LATITUDE of type LOC: it is not degrees, perhaps minutes and seconds, then the side of the Earth (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "9 N 0 E 0 90000000.01m",
        "`90000000.01m` at byte 10 cannot be SIZE of type LOC: it is not metres from 0.00 to 90000000.00 (RFC 1876 §2)",
    ),
    (
        RecordType::LOC,
        "9 N 0 E -100000.01m",
        "`-100000.01m` at byte 8 cannot be ALTITUDE of type LOC: it is not metres from -100000.00 to 42849672.95 (RFC 1876 §2)",
    ),
    (
        RecordType::CAA,
        r#"0 "" "x""#,
        "`` at byte 2 cannot be Tag of type CAA: it is not 1 to 255 letters and digits (RFC 8659 §4.1)",
    ),
    (
        RecordType::CAA,
        r#"0 a-b "x""#,
        "`a-b` at byte 2 cannot be Tag of type CAA: it is not 1 to 255 letters and digits (RFC 8659 §4.1)",
    ),
    (
        RecordType::URI,
        r#"0 0 """#,
        "`` at byte 4 cannot be Target of type URI: it is not a URI in quotes (RFC 7553 §4.5)",
    ),
    (
        RecordType::ZONEMD,
        "1 1 1 0102",
        "`0102` at byte 6 cannot be Digest of type ZONEMD: it is not 12 bytes or more (RFC 8976 §2.2)",
    ),
    (
        RecordType::DS,
        "1 1 1 0",
        "`0` at byte 6 cannot be Digest of type DS: it is not pairs of hexadecimal digits (RFC 4034 §5.1)",
    ),
    (RecordType::DS, "1 1 1", "the text ends at byte 5, before Digest of type DS (RFC 4034 §5.1)"),
    (
        RecordType::DNSKEY,
        "257 3 13 AA=",
        "`AA=` at byte 9 cannot be Public Key of type DNSKEY: it is not base64 (RFC 4034 §2.1)",
    ),
    (
        RecordType::NSEC,
        "a. A MIXED",
        "`MIXED` at byte 5 cannot be Type Bit Maps of type NSEC: it is not a type of record (RFC 4034 §4.1)",
    ),
    (
        RecordType::NSEC3,
        "1 0 0 - w A",
        "`w` at byte 8 cannot be Next Hashed Owner Name of type NSEC3: it is not 1 to 255 bytes in base32, with the digits 0 to 9 and A to V (RFC 5155 §3.2)",
    ),
    (
        RecordType::RRSIG,
        "A 5 3 1 20260229000000 20260101000000 1 a. AA==",
        "`20260229000000` at byte 8 cannot be Signature Expiration of type RRSIG: it is not a time YYYYMMDDHHmmSS, or seconds since 1970 (RFC 4034 §3.1)",
    ),
    (
        RecordType::SOA,
        "a. b. 1 0h30 1 1 1",
        "`0h30` at byte 8 cannot be REFRESH of type SOA: it is not a number of seconds, or a time like 1h30m (RFC 1035 §3.3.13)",
    ),
    (
        RecordType::TSIG,
        "a. 281474976710656 1 0 1 NOERROR 0",
        "`281474976710656` at byte 3 cannot be Time Signed of type TSIG: it is not seconds since 1970, of 48 bits (RFC 8945 §4.2)",
    ),
    (
        RecordType::TSIG,
        "a. 1 1 2 AA== 1 NOERROR 0",
        "`AA==` at byte 9 cannot be MAC of type TSIG: it is not base64 of as many bytes as were announced (RFC 8945 §4.2)",
    ),
    (
        RecordType::AXFR,
        "x",
        r"`x` at byte 0 cannot be data of type AXFR: it is not \#, a length, and bytes in hexadecimal (RFC 5936 §2.1)",
    ),
];

#[test]
fn each_text() {
    for (rtype, text, says) in TEXTS {
        let error = RData::parse_text(*rtype, text).expect_err(text);
        assert_eq!(error.to_string(), *says, "{rtype} {text}");
    }
    let long = format!("\"{}\"", "x".repeat(256));
    assert_eq!(
        RData::parse_text(RecordType::TXT, &long).unwrap_err().to_string(),
        "a character-string of 256 bytes at byte 0; its length is one byte, so RFC 1035 §3.3 allows 255"
    );
    let long = format!("1 0 0 {}", "ab".repeat(256));
    assert!(RData::parse_text(RecordType::NSEC3PARAM, &long).is_err(), "a salt of 256 bytes");
}
