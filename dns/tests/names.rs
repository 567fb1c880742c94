//! Names as text, and their limits, by the clauses of RFC 1035.

use std::hash::{DefaultHasher, Hash, Hasher};

use barewire_dissect::Lesson;
use barewire_dns::{Name, Reason};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn refused(text: &str) -> (usize, Reason, String) {
    let error = Name::parse_text(text).unwrap_err();
    assert!(error.rule().starts_with("RFC "), "{error:?}");
    (error.offset, error.reason.clone(), error.to_string())
}

#[test]
fn a_dot_at_the_end_changes_nothing() {
    assert!(name("www.example.test.").same_case_as(&name("www.example.test")));
    assert!(name(".").is_root() && !name("test").is_root());
    assert_eq!(name(".").to_string(), ".");
}

/// RFC 4343 §3: ASCII letters compare without case, all other bytes as they are.
#[test]
fn case() {
    let hash = |name: &Name| {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        hasher.finish()
    };
    let (lower, upper) = (name("www.example.test"), name("WWW.EXAMPLE.TEST"));
    assert_eq!(lower, upper);
    assert_eq!(hash(&lower), hash(&upper));
    assert!(!lower.same_case_as(&upper));
    assert_eq!(upper.to_string(), "WWW.EXAMPLE.TEST", "the case is kept");
    // 0xe4 and 0xc4 are one letter in Latin-1, and `[` is `{` with one bit changed.
    assert_ne!(name(r"\228"), name(r"\196"));
    assert_ne!(name("["), name("{"));
}

/// RFC 1035 §5.1: `\X` and `\DDD`.
#[test]
fn escapes() {
    assert_eq!(name(r"a\.b.test").as_wire(), b"\x03a.b\x04test\0");
    assert_eq!(name(r"\000\255\\").as_wire(), b"\x03\x00\xff\\\0");
    assert_eq!(name(r"a\.b.test").to_string(), r"a\.b.test");
    assert_eq!(name(r"\000\255\\").to_string(), r"\000\255\\");
    for (text, at) in [(r"a\", 1), (r"a\1", 1), (r"a\12", 1), (r"a\256", 1), (r"a.b\12x", 3), ("\\ä", 0)] {
        let (offset, reason, _) = refused(text);
        assert_eq!((offset, reason), (at, Reason::BadEscape), "{text}");
    }
    assert_eq!(
        refused(r"a\256").2,
        "the backslash at byte 1 must be followed by a character or by three digits up to 255 (RFC 1035 §5.1)"
    );
}

#[test]
fn empty_labels() {
    for (text, at) in [("", 0), ("..", 0), (".a", 0), ("a..b", 2), ("a..", 2)] {
        let (offset, reason, _) = refused(text);
        assert_eq!((offset, reason), (at, Reason::EmptyLabel), "{text:?}");
    }
}

#[test]
fn not_ascii() {
    let (offset, reason, text) = refused("www.bücher.test");
    assert_eq!((offset, reason), (5, Reason::NotAscii));
    assert_eq!(
        text,
        "a character outside ASCII at byte 5; the DNS holds such names as A-labels, xn--... (RFC 5890 §2.3.2.1)"
    );
}

/// RFC 1035 §2.3.4: 63 bytes a label.
#[test]
fn longest_label() {
    let label = "x".repeat(63);
    assert_eq!(name(&label).labels().map(<[u8]>::len).collect::<Vec<_>>(), [63]);
    let (offset, reason, text) = refused(&format!("a.{label}x"));
    assert_eq!((offset, reason), (2, Reason::LabelTooLong { length: 64 }));
    assert_eq!(text, "the label at byte 2 has 64 bytes; RFC 1035 §2.3.4 allows 63");
    refused(&"x".repeat(1_000_000));
}

/// RFC 1035 §2.3.4: 255 bytes a name, each label's length byte and the root's counted.
#[test]
fn longest_name() {
    let long = ["x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(61)].join(".");
    assert_eq!(name(&long).as_wire().len(), 255);
    let (offset, reason, _) = refused(&format!("{long}x"));
    assert_eq!((offset, reason), (192, Reason::NameTooLong));
    assert_eq!(name(&vec!["a"; 127].join(".")).as_wire().len(), 255);
    assert_eq!(refused(&vec!["a"; 128].join(".")).1, Reason::NameTooLong);
}

#[test]
fn parents() {
    let www = name("www.example.test");
    assert_eq!(www.parent(), Some(name("example.test")));
    assert_eq!(name(".").parent(), None);
    assert!(www.is_within(&name(".")) && www.is_within(&www));
    // The bytes of `test` end `a.test` as one label; the label before it must end there too.
    assert!(!name(r"a\004test").is_within(&name("test")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever bytes the labels hold, the text form reads back as the same name.
    #[test]
    fn text_round_trip(labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..8), 0..12)) {
        let escaped: Vec<String> =
            labels.iter().map(|label| label.iter().map(|byte| format!("\\{byte:03}")).collect()).collect();
        let text = if escaped.is_empty() { ".".to_owned() } else { escaped.join(".") };
        let first = name(&text);
        prop_assert_eq!(first.labels().map(<[u8]>::to_vec).collect::<Vec<_>>(), labels);
        let second = name(&first.to_string());
        prop_assert!(first.same_case_as(&second), "{} {}", first, second);
        prop_assert!(first.to_string().is_ascii());
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text(text in ".{0,300}") {
        let _ = Name::parse_text(&text);
    }
}
