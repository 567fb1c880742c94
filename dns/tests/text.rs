//! The text of one record: words, quotes, escapes, parentheses, comments (RFC 1035 §5.1), and what the fields make
//! of them.

mod wire;

use barewire_dns::{Class, RData, Reason, Record, RecordType, TextReason, rdata::Txt};
use wire::name;

/// The strings of a TXT record in this text.
#[track_caller]
fn strings(text: &str) -> Vec<Vec<u8>> {
    match RData::parse_text(RecordType::TXT, text) {
        Ok(RData::Txt(txt)) => txt.strings,
        other => panic!("{text}: {other:?}"),
    }
}

#[track_caller]
fn refused(text: &str) -> (usize, String) {
    let error = RData::parse_text(RecordType::TXT, text).expect_err(text);
    (error.offset, error.to_string())
}

#[test]
fn words() {
    for (text, wanted) in [
        ("a b", vec!["a", "b"]),
        ("  a\t\tb  ", vec!["a", "b"]),
        ("a;b", vec!["a"]),
        ("a ;b c", vec!["a"]),
        ("a\r\n", vec!["a"]),
        ("a b\r\n\r\n", vec!["a", "b"]),
        ("\n\n  ; only a comment\n a", vec!["a"]),
        // Quotes keep white space, comments and parentheses; between two strings no space is needed.
        (r#""a b""#, vec!["a b"]),
        (r#""a;b" "(c" ")""#, vec!["a;b", "(c", ")"]),
        (r#""a""b"c"#, vec!["a", "b", "c"]),
        (r#""" a"#, vec!["", "a"]),
        // A word goes on up to a quote, and `=` makes one word of both (RFC 9460 §2.1).
        (r#"a"b""#, vec!["a", "b"]),
        (r#"a="b""#, vec![r#"a="b""#]),
        // In parentheses the end of a line is white space.
        ("(a\nb)", vec!["a", "b"]),
        ("a ( b ; one\r\n c ; two ( \"\n ) d", vec!["a", "b", "c", "d"]),
        ("(a)(b)", vec!["a", "b"]),
        ("(\n\n)a", vec!["a"]),
    ] {
        let wanted: Vec<Vec<u8>> = wanted.iter().map(|word| word.as_bytes().to_vec()).collect();
        assert_eq!(strings(text), wanted, "{text:?}");
    }
}

#[test]
fn escapes() {
    for (text, wanted) in [
        (r"\a", &b"a"[..]),
        (r"\065\066", b"AB"),
        (r"\000\255", b"\0\xff"),
        (r"\ ", b" "),
        (r"a\;b", b"a;b"),
        (r"\(\)\.", b"()."),
        (r#"\""#, b"\""),
        (r#""\"\\""#, b"\"\\"),
        (r#""a\010b""#, b"a\nb"),
        (r"\\065", br"\065"),
    ] {
        assert_eq!(strings(text), [wanted], "{text}");
    }
    // Where the backslash stands, also inside quotes.
    for (text, at) in [(r"a\25", 1), (r"a\256", 1), (r"x a\2z5", 3), (r#""ab\1""#, 3), ("\\é", 0), ("a\\", 1)]
    {
        assert_eq!(refused(text).0, at, "{text}");
    }
    assert_eq!(
        refused(r"a\256").1,
        "the backslash at byte 1 must be followed by a character or by three digits up to 255 (RFC 1035 §5.1)"
    );
}

#[test]
fn what_has_no_partner() {
    let parenthesis = |at| {
        (
            at,
            format!(
                "a parenthesis at byte {at} without its partner; RFC 1035 §5.1 has them in pairs, not nested"
            ),
        )
    };
    assert_eq!(refused("a (b"), parenthesis(2));
    assert_eq!(refused("a b)"), parenthesis(3));
    assert_eq!(refused("( a ( b ) )"), parenthesis(4));
    assert_eq!(refused("(a)) b"), parenthesis(3));
    for (text, at) in [("\"a", 0), ("b \"a\nc\"", 2), ("a=\"b", 2), (r#"a "b\""#, 2), ("\"", 0)] {
        let wanted = format!("the string that begins at byte {at} has no quote at its end (RFC 1035 §5.1)");
        assert_eq!(refused(text), (at, wanted), "{text:?}");
    }
}

/// What is printed reads back, whatever the bytes are.
#[test]
fn every_byte() {
    for byte in 0..=255u8 {
        for string in [vec![byte], vec![b'a', byte, b'0'], vec![b'\\', byte, b'"']] {
            let data = RData::Txt(Txt { strings: vec![string.clone(), vec![]] });
            assert!(data.to_string().is_ascii(), "{data}");
            assert_eq!(strings(&data.to_string()), [string, vec![]], "{data}");
        }
        let owner = name(".").child(&[byte]).unwrap();
        let record = Record::new(owner.clone(), 1, RData::Ns(owner));
        let again = Record::parse_text(&record.to_string()).unwrap();
        assert!(again.name.same_case_as(&record.name), "{record}");
        assert_eq!(again, record, "{record}");
    }
}

/// RFC 1035 §5.1: TTL and class stand in any order, each or none.
#[test]
fn ttl_and_class() {
    let read = |middle: &str| {
        let record =
            Record::parse_text(&format!("a. {middle} 192.0.2.1")).unwrap_or_else(|error| panic!("{error}"));
        (record.ttl, record.class)
    };
    assert_eq!(read("300 IN A"), (300, Class::IN));
    assert_eq!(read("IN 300 A"), (300, Class::IN));
    assert_eq!(read("in 1h a"), (3600, Class::IN));
    assert_eq!(read("A"), (0, Class::IN));
    assert_eq!(read("300 A"), (300, Class::IN));
    assert_eq!(read("CLASS1 TYPE1"), (0, Class::IN));
    assert_eq!(read("1D2h3M4s A"), (93_784, Class::IN));
    assert_eq!(read("CLASS32769 A"), (0, Class(0x8001)));
    for (text, at) in [
        ("a. 300 300 A 192.0.2.1", 7),
        ("a. IN IN A 192.0.2.1", 6),
        ("a. IN 300 IN A 192.0.2.1", 10),
        ("a. 300x A 192.0.2.1", 3),
        ("a. 4294967296 A 192.0.2.1", 3),
        ("a. 300 IN", 9),
        ("a.", 2),
        ("", 0),
        // A string is never a TTL, a class or a type.
        (r#"a. "300" IN A 192.0.2.1"#, 3),
        (r#"a. 300 "IN" A 192.0.2.1"#, 7),
        (r#"a. 300 IN "A" 192.0.2.1"#, 10),
    ] {
        assert_eq!(Record::parse_text(text).expect_err(text).offset, at, "{text}");
    }
    let error = Record::parse_text("a. 300 IN MIXED 1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`MIXED` at byte 10 cannot be type: it is not a type of record (RFC 1035 §5.1)"
    );
    let error = Record::parse_text("a. 300 IN").unwrap_err();
    assert_eq!(error.to_string(), "the text ends at byte 9, before type (RFC 1035 §5.1)");
}

/// Text is bytes: what is outside ASCII is kept in a string, and refused in a name.
#[test]
fn outside_ascii() {
    assert_eq!(strings("é"), ["é".as_bytes()]);
    assert_eq!(RData::Txt(Txt { strings: strings("é") }).to_string(), r#""\195\169""#);
    let error = RData::parse_text(RecordType::NS, "bücher.").unwrap_err();
    assert_eq!((error.offset, error.reason), (1, TextReason::Wire(Reason::NotAscii)));
}
