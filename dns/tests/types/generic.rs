//! Text of any type: `TYPEn`, `CLASSn` and `\# n hex` (RFC 3597 §5).

use barewire_dns::rdata::Unknown;
use barewire_dns::{Class, RData, Record, RecordType, TextReason};

use crate::wire::name;

/// The examples of RFC 3597 §5.
#[test]
fn examples() {
    let unknown = |rtype: u16, bytes: &[u8]| {
        RData::Unknown(Unknown { rtype: RecordType(rtype), bytes: bytes.to_vec() })
    };
    let read = |text: &str| Record::parse_text(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let first = read("a.example.   CLASS32     TYPE731         \\# 6 abcd (\n ef 01 23 45 )");
    assert_eq!((first.class, &first.name), (Class(32), &name("a.example")));
    assert_eq!(first.data, unknown(731, b"\xab\xcd\xef\x01\x23\x45"));
    assert_eq!(first.to_string(), r"a.example. 0 CLASS32 TYPE731 \# 6 ABCDEF012345");
    let second = read(r"b.example.   HS          TYPE62347       \# 0");
    assert_eq!((second.class, second.data), (Class(4), unknown(62347, b"")));
    let address = read("e.example. IN A 10.0.0.1");
    assert_eq!(read(r"e.example.   IN          A               \# 4 0A000001"), address);
    assert_eq!(read("e.example.   CLASS1      TYPE1           10.0.0.1"), address);
    assert_eq!(read(r"e.example.   class1      type1           \# 4 0a 00 00 01"), address);
}

/// What does not fit: the length, the digits, the layout of a known type.
#[test]
fn refused() {
    let refused = |text: &str| {
        let error = Record::parse_text(text).unwrap_err();
        (error.offset, error.to_string())
    };
    let (at, text) = refused(r"a. TYPE731 \# 5 abcd");
    assert_eq!(
        (at, text.as_str()),
        (
            14,
            "`5` at byte 14 cannot be length of type TYPE731: it is not the number of bytes that follow (RFC 3597 §3)"
        )
    );
    assert_eq!(
        refused(r"a. TYPE731 \# 0 ab").1,
        "`ab` at byte 16 follows the last field of type TYPE731 (RFC 3597 §3)"
    );
    assert_eq!(
        refused(r"a. TYPE731 \# 1 a").1,
        "`a` at byte 16 cannot be data of type TYPE731: it is not pairs of hexadecimal digits (RFC 3597 §3)"
    );
    assert_eq!(
        refused(r"a. TYPE731 \# 1").1,
        "the text ends at byte 15, before data of type TYPE731 (RFC 3597 §3)"
    );
    assert_eq!(refused("a. TYPE731 abcd").0, 11);
    let (at, text) = refused(r"a. A \# 3 0A0000");
    assert_eq!(
        (at, text.as_str()),
        (
            5,
            r"`\\#` at byte 5 cannot be data of type A: it is not bytes that the type lays out so (RFC 1035 §3.4.1)"
        )
    );
    assert_eq!(refused(r"a. A \# 5 0A00000101").0, 5);
    // A pointer to byte 0 of the data itself: RFC 3597 §5 wants the uncompressed form.
    for text in [r"a. MX \# 4 0000 C000", r"a. NS \# 3 00 C000", r"a. SRV \# 8 0000 0000 0000 C000"] {
        assert!(Record::parse_text(text).is_err(), "{text}");
    }
    // In quotes it is a string.
    assert!(Record::parse_text(r#"a. TYPE731 "\#" 1 ab"#).is_err());
}

/// Data that is kept as bytes though its type has a file: its text reads back as what it was.
#[test]
fn known_types_as_bytes() {
    for text in [
        r"a. 0 CH A \# 3 000102",
        r"a. 0 NONE A \# 0",
        r"a. 0 ANY MX \# 0",
        r"a. 0 IN LOC \# 2 01FF",
        r"a. 0 NONE MX 10 b.",
        r"a. 0 NONE A 192.0.2.1",
    ] {
        let record = Record::parse_text(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(record.to_string(), text);
        let as_bytes = text.contains(r"\#");
        assert_eq!(matches!(record.data, RData::Unknown(_)), as_bytes, "{text}");
    }
    // In Chaosnet an address is a name and a number (RFC 1034 §3.6): not four bytes.
    let error = Record::parse_text("a. CH A 192.0.2.1").unwrap_err();
    assert!(
        matches!(
            error.reason,
            TextReason::NotInText { wanted: r"\#, a length, and bytes in hexadecimal", .. }
        ),
        "{error}"
    );
}

/// A text has one entry. A second one is not left out silently.
#[test]
fn one_entry() {
    let error = Record::parse_text("a. A 192.0.2.1\nb. A 192.0.2.2\n").unwrap_err();
    assert_eq!(
        (error.offset, error.to_string().as_str()),
        (15, "`b.` at byte 15 follows the last field (RFC 1035 §5.1)")
    );
    let error = RData::parse_text(RecordType::A, "192.0.2.1\n192.0.2.2").unwrap_err();
    assert_eq!(error.offset, 10);
    assert!(RData::parse_text(RecordType::A, "\n192.0.2.1 ; the only one\n\n").is_ok());
    assert_eq!(
        RData::parse_text(RecordType::A, "").unwrap_err().to_string(),
        "the text ends at byte 0, before ADDRESS of type A (RFC 1035 §3.4.1)"
    );
}
