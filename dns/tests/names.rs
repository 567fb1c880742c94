//! Names as text, their limits by the clauses of RFC 1035, and their order by RFC 4034.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use barewire_dissect::Lesson;
use barewire_dns::{Message, Name, Reason, RecordType};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn refused(text: &str) -> (usize, Reason, String) {
    let error = Name::parse_text(text).unwrap_err();
    assert!(error.rule().starts_with("RFC "), "{error:?}");
    (error.offset, error.reason, error.to_string())
}

#[test]
fn a_dot_at_the_end_changes_nothing() {
    assert!(name("www.example.test.").same_case_as(&name("www.example.test")));
    assert!(name(".").is_root() && !name("test").is_root());
    assert_eq!(name(".").to_string(), ".");
}

/// The examples of RFC 1035 §3.5 and RFC 3596 §2.5.
#[test]
fn the_name_of_an_address() {
    for (address, wanted) in [
        ("10.2.0.52", "52.0.2.10.in-addr.arpa"),
        (
            "4321:0:1:2:3:4:567:89ab",
            "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
        ),
    ] {
        assert_eq!(Name::reverse(address.parse().unwrap()).to_string(), wanted);
    }
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

/// The names of RFC 4034 §6.1 in their order, from any order; letters count as lower case.
#[test]
fn canonical_order() {
    let ordered = [
        "example",
        "a.example",
        "yljkjljk.a.example",
        "Z.a.example",
        "zABC.a.EXAMPLE",
        "z.example",
        r"\001.z.example",
        "*.z.example",
        r"\200.z.example",
    ];
    let ordered: Vec<Name> = ordered.iter().map(|text| name(text)).collect();
    for (a, first) in ordered.iter().enumerate() {
        for (b, second) in ordered.iter().enumerate() {
            assert_eq!(first.cmp(second), a.cmp(&b), "{first}, {second}");
        }
    }
    assert_eq!(name("A.example").cmp(&name("a.EXAMPLE")), Ordering::Equal, "as equality has it");
    // A label that begins another stands before it; a byte is not a sign, and not a digit.
    for pair in [["a", "ab"], ["ab", "b"], [".", r"\000"], [r"\127", r"\128"], ["a.b", "b.b"], ["z.a", "a.b"]]
    {
        assert!(name(pair[0]) < name(pair[1]), "{pair:?}");
    }
}

/// Names of every length that there is, so that they are kept in both ways: where the bytes are, and what is made of
/// the name.
#[test]
fn every_length() {
    // One label as long as it can be, then the next one; no name has two bytes.
    for length in (1..=255usize).filter(|length| *length != 2) {
        let (mut labels, mut left) = (Vec::new(), length - 1);
        while left > 0 {
            // A label has two bytes or more, with its length. So what is left must not be one byte.
            let taken = if left == 65 { 63 } else { left.min(64) };
            labels.push(vec![b'a' + (labels.len() as u8); taken - 1]);
            left -= taken;
        }
        let wire: Vec<u8> = labels
            .iter()
            .flat_map(|label| [vec![label.len() as u8], label.clone()].concat())
            .chain(std::iter::once(0))
            .collect();
        assert_eq!(wire.len(), length);
        let text = labels.iter().map(|label| format!("{}.", String::from_utf8(label.clone()).unwrap()));
        let text = if length == 1 { ".".to_owned() } else { text.collect() };
        let long = name(&text);
        assert_eq!(long.as_wire(), wire, "{length}");
        assert_eq!(long.with_dot().to_string(), text);
        assert_eq!(long.labels().map(<[u8]>::to_vec).collect::<Vec<_>>(), labels);
        assert_eq!(long, name(&text.to_uppercase()));
        assert_eq!(long.clone().cmp(&long), Ordering::Equal);
        let above = labels.first().map(|label| &wire[1 + label.len()..]);
        assert_eq!(long.parent().as_ref().map(Name::as_wire), above, "{length}");
        assert_eq!(long.ancestors().count(), labels.len() + 1);
        // Built from the other end, and completed by an origin.
        let built = labels.iter().rev().try_fold(Name::root(), |name, label| name.child(label)).unwrap();
        assert!(built.same_case_as(&long), "{length}");
        let child = [b"\x01x", &wire[..]].concat();
        let wanted = Some(&child[..]).filter(|_| child.len() <= 255);
        assert_eq!(long.child(b"x").as_ref().map(Name::as_wire), wanted, "{length}");
        assert_eq!(Name::parse_relative(b"x", &long).ok().as_ref().map(Name::as_wire), wanted, "{length}");
        // On the wire.
        let bytes = Message::query(1, long.clone(), RecordType::A).encode().unwrap();
        assert_eq!(&bytes[12..12 + length], wire);
        assert!(Message::parse(&bytes).unwrap().questions[0].name.same_case_as(&long));
    }
}

/// RFC 1035 §5.1: without a dot at its end a name lies below the origin.
#[test]
fn relative() {
    let origin = name("example.test");
    let read =
        |text: &str| Name::parse_relative(text.as_bytes(), &origin).map(|name| name.with_dot().to_string());
    for (text, wanted) in [
        ("www", "www.example.test."),
        ("a.www", "a.www.example.test."),
        ("www.", "www."),
        ("@", "example.test."),
        (".", "."),
        (r"\@", r"\@.example.test."),
        (r"a\.", r"a\..example.test."),
        (r"a\..", r"a\.."),
        ("*", "*.example.test."),
        ("@.a", r"\@.a.example.test."),
    ] {
        assert_eq!(read(text).as_deref(), Ok(wanted), "{text}");
    }
    assert!(Name::parse_relative(b"www", &Name::root()).unwrap().same_case_as(&name("www")));
    for text in ["", "..", ".a", "a..b"] {
        assert_eq!(read(text).unwrap_err().reason, Reason::EmptyLabel, "{text}");
    }
    // Too long together with the origin: the fault is the whole word.
    let long = name(&["x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(50)].join("."));
    let error = Name::parse_relative(b"twelve-bytes", &long).unwrap_err();
    assert_eq!((error.offset, error.reason), (0, Reason::NameTooLong));
}

#[test]
fn children_and_ancestors() {
    let zone = name("example.test");
    assert_eq!(zone.child(b"").as_ref().map(Name::to_string), None);
    assert_eq!(zone.child(b"a.b").unwrap().to_string(), r"a\.b.example.test");
    assert_eq!(zone.child(&[b'x'; 63]).unwrap().labels().count(), 3);
    assert_eq!(zone.child(&[b'x'; 64]), None);
    let above: Vec<String> = name("a.B.c").ancestors().map(|name| name.to_string()).collect();
    assert_eq!(above, ["a.B.c", "B.c", "c", "."]);
    assert_eq!(Name::root().ancestors().count(), 1);
}
