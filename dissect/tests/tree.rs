//! The recorder, the tree and its two views, on a small made-up protocol.

use barewire_dissect::{
    Bits, Kind, Parsed, Refused, TextStyle, Tree, Word, bits, computed, count, describe, field, field_as,
    finish, group, listening, offset_of, printable, record, refuse, several, unrecorded,
};
use nom::Parser;
use nom::bytes::complete::take;
use nom::error::ErrorKind;
use nom::number::complete::{be_u16, u8};

#[derive(Debug, PartialEq, Clone)]
enum Reason {
    Short,
    Odd,
}

impl From<ErrorKind> for Reason {
    fn from(_: ErrorKind) -> Self {
        Reason::Short
    }
}

/// flags (2 bytes, top bit "urgent"), then a length and that many bytes.
fn message(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let flags = |input| {
        let (rest, value) = be_u16(input)?;
        bits("urgent", "jump the queue", 0, 1, value >> 15 == 1);
        Ok((rest, value))
    };
    let (input, _) = field_as("flags", "", flags, |v| format!("{v:#06x}")).parse(input)?;
    group("body", "what it carries", |input| {
        let (input, length) = field("length", "in bytes", u8).parse(input)?;
        if length % 2 == 1 {
            return refuse(input, Reason::Odd);
        }
        let (input, content) = field("content", "", take(length)).parse(input)?;
        computed("half", "", || (length / 2).to_string());
        describe(|| format!("{length} bytes"));
        Ok((input, content))
    })
    .parse(input)
}

const GOOD: [u8; 7] = [0x80, 0x01, 4, b'a', b'b', b'c', b'\n'];

fn tree_of(bytes: &[u8]) -> Tree {
    record(bytes, || message(bytes).is_ok()).1
}

#[test]
fn nothing_is_recorded_when_nobody_listens() {
    assert!(!listening());
    assert_eq!(message(&GOOD).unwrap().1, b"abc\n");
    let ((), tree) = record(&GOOD, || ());
    assert_eq!(tree.nodes, []);
}

#[test]
fn ranges_values_and_nesting() {
    let tree = tree_of(&GOOD);
    let seen: Vec<_> = tree.walk().map(|(d, n)| (d, n.name, n.range.clone(), n.value.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (0, "flags", 0..2, Some("0x8001")),
            (1, "urgent", 0..0, Some("true")),
            (0, "body", 2..7, Some("4 bytes")),
            (1, "length", 2..3, Some("4")),
            (1, "content", 3..7, Some("6162630a")),
            (1, "half", 2..2, Some("2")),
        ]
    );
    assert_eq!(tree.find("urgent").unwrap().kind, Kind::Bits { first: 0, width: 1 });
    assert_eq!(tree.check_coverage(), Ok(()));
}

#[test]
fn an_error_keeps_the_fields_read_before_it() {
    let bytes = [0, 1, 3, 0, 0, 0];
    let (result, tree) = record(&bytes, || finish("message", &bytes, message(&bytes)));
    assert_eq!(result, Err(Refused { what: "message", offset: 3, reason: Reason::Odd }));
    let body = tree.find("body").unwrap();
    assert!(!body.complete);
    assert_eq!(body.range, 2..3);
    assert_eq!(tree.check_coverage().unwrap_err(), "bytes 3..6 after \"length\" belong to no field");
    // The field that failed read nothing and is not there.
    assert_eq!(tree.find("content"), None);
}

#[test]
fn too_short_is_located_at_the_field_that_ran_out() {
    let bytes = [0, 1, 4, 9];
    assert_eq!(
        finish("message", &bytes, message(&bytes)),
        Err(Refused { what: "message", offset: 3, reason: Reason::Short })
    );
    assert_eq!(offset_of(&bytes, &bytes[2..]), 2);
}

#[test]
fn coverage_sees_gaps_and_overlaps() {
    type Plain<'a> = nom::IResult<&'a [u8], u8>;
    let bytes = [1, 2, 3];
    let first = |input| -> Plain { field("first", "", u8).parse(input) };
    let (_, gap) = record(&bytes, || (first(&bytes), first(&bytes[2..])).0.is_ok());
    assert_eq!(
        gap.check_coverage().unwrap_err(),
        "bytes 1..2 between \"first\" and \"first\" belong to no field"
    );
    let (_, twice) = record(&bytes, || (first(&bytes), first(&bytes)).0.is_ok());
    assert_eq!(
        twice.check_coverage().unwrap_err(),
        "\"first\" starts at byte 0, but \"first\" had read up to 1"
    );
    let (_, hidden) = record(&bytes, || (first(&bytes), unrecorded(|| first(&bytes[1..]))).0.is_ok());
    assert_eq!(hidden.nodes.len(), 1);
}

#[test]
fn other_buffers_and_nested_recordings_keep_apart() {
    let outer = [0, 0, 0];
    let inner = GOOD;
    let (inner_tree, outer_tree) = record(&outer, || {
        // Not in the recorded buffer: transparent.
        assert!(message(&inner).is_ok());
        record(&inner, || message(&inner).is_ok()).1
    });
    assert_eq!(outer_tree.nodes, []);
    assert_eq!(inner_tree, tree_of(&GOOD));
}

#[test]
fn a_panic_inside_a_recording_leaves_the_thread_usable() {
    let panicked = std::panic::catch_unwind(|| record(&GOOD, || panic!("inside")));
    assert!(panicked.is_err());
    assert!(!listening());
    assert_eq!(tree_of(&GOOD).check_coverage(), Ok(()));
}

#[test]
fn the_text_view_puts_fields_under_their_bytes() {
    let text = tree_of(&GOOD).to_text(&GOOD, TextStyle::default());
    let wanted = "\
0000  80 01                     ..
      ^^^^^                     flags 0x8001
      1... .... .... ....         urgent true · jump the queue
                                ▾ body 4 bytes · what it carries
0002  04 61 62 63 0a            .abc.
      ^^                          length 4 · in bytes
         ^^^^^^^^^^^              content 6162630a
                                  [half] 2
";
    assert_eq!(text, wanted, "\n{text}");
    let bare = TextStyle { comments: false, ..TextStyle::default() };
    assert!(!tree_of(&GOOD).to_text(&GOOD, bare).contains('·'));
    let painted = TextStyle { color: true, ..TextStyle::default() };
    let colored = tree_of(&GOOD).to_text(&GOOD, painted);
    assert!(colored.contains("\x1b[1mflags\x1b[0m"), "{colored}");
}

/// A field of one value, as long as it is asked to be.
fn one_field(bytes: &[u8], value: impl Fn() -> String) -> Tree {
    let parse = || -> nom::IResult<&[u8], &[u8]> {
        field_as("random", "makes two connections differ", take(bytes.len()), |_| value()).parse(bytes)
    };
    record(bytes, || parse().is_ok()).1
}

#[test]
fn what_does_not_fit_goes_on_in_the_next_lines() {
    let bytes: Vec<u8> = (1..=16).collect();
    let hex = || (1..=32).map(|byte| format!("{byte:02x}")).collect::<String>();
    let narrow = TextStyle { width: 60, ..TextStyle::default() };
    let text = one_field(&bytes, hex).to_text(&bytes, narrow);
    let wanted = "\
0000  01 02 03 04 05 06 07 08   ........
      ^^^^^^^^^^^^^^^^^^^^^^^…  random 0102030405060708090a
                                    0b0c0d0e0f10111213141516
                                    1718191a1b1c1d1e1f20
                                    · makes two connections
                                      differ
0008  09 0a 0b 0c 0d 0e 0f 10   ........
";
    assert_eq!(text, wanted, "\n{text}");
    let narrower = TextStyle { width: 3, ..TextStyle::default() };
    assert_eq!(one_field(&bytes, hex).to_text(&bytes, narrower), wanted, "60 columns are the least");
}

#[test]
fn numbers_read_well() {
    let written = [0, 999, 1000, 1_234_567, u64::MAX].map(count);
    assert_eq!(written, ["0", "999", "1,000", "1,234,567", "18,446,744,073,709,551,615"]);
    assert_eq!(
        [0, 1, 4, 1000].map(|n| several(n, "round trip")),
        ["0 round trips", "1 round trip", "4 round trips", "1,000 round trips"]
    );
}

/// What is left out is counted, and the JSON view has it.
#[test]
fn a_very_long_value_is_shortened_but_not_silently() {
    let tree = one_field(&[0; 4], || "ab ".repeat(1000));
    let text = tree.to_text(&[0; 4], TextStyle::default());
    assert!(text.contains(" a… 2,000 more characters\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(tree.to_json().contains(&"ab ".repeat(1000)));
}

#[test]
fn long_fields_are_folded_and_unread_bytes_are_shown() {
    let mut bytes = vec![0, 1, 100];
    bytes.extend([7; 100]);
    let text = tree_of(&bytes).to_text(&bytes, TextStyle::default());
    assert!(text.contains("… 69 more bytes"), "{text}");
    let text = tree_of(&bytes[..50]).to_text(&bytes[..50], TextStyle::default());
    assert!(text.contains("body (reading stopped inside)"), "{text}");
    assert!(text.contains("47 bytes not read"), "{text}");
}

#[test]
fn the_terminal_is_safe_from_control_characters() {
    let bytes = *b"\x1b[31m";
    let parse = || -> nom::IResult<&[u8], &[u8]> {
        field_as("text", "", take(5usize), |b: &&[u8]| String::from_utf8_lossy(b).into_owned()).parse(&bytes)
    };
    let (_, tree) = record(&bytes, || parse().is_ok());
    let text = tree.to_text(&bytes, TextStyle::default());
    assert!(!text.contains('\x1b'), "{text:?}");
    // Who reads the JSON shows its values, too; the bytes themselves are in the buffer.
    assert!(tree.to_json().contains(r#""value":"\\u{1b}[31m""#), "{}", tree.to_json());
}

#[test]
fn text_is_shown_in_the_order_that_it_has() {
    for (text, wanted) in [
        ("abc\u{202e}fed", r"abc\u{202e}fed"),
        ("a\u{2066}b\u{2069}\u{200f}\u{61c}", r"a\u{2066}b\u{2069}\u{200f}\u{61c}"),
        ("a line\u{2028}another", r"a line\u{2028}another"),
        ("الشبكة, 网络, réseau", "الشبكة, 网络, réseau"),
    ] {
        assert_eq!(printable(text), wanted);
    }
}

#[test]
fn the_json_view() {
    assert_eq!(
        tree_of(&GOOD).to_json(),
        concat!(
            r#"[{"name":"flags","value":"0x8001","offset":0,"length":2,"children":["#,
            r#"{"name":"urgent","value":"true","comment":"jump the queue","bits":[0,1]}]},"#,
            r#"{"name":"body","value":"4 bytes","comment":"what it carries","offset":2,"length":5,"children":["#,
            r#"{"name":"length","value":"4","comment":"in bytes","offset":2,"length":1},"#,
            r#"{"name":"content","value":"6162630a","offset":3,"length":4},"#,
            r#"{"name":"half","value":"2","computed":true}]}]"#,
        )
    );
}

/// RFC 1035 §4.1.1 draws these sixteen bits; the values are those of the reply in RFC 1034 §6.2.1.
#[test]
fn the_bits_of_a_word_are_one_table() {
    static FLAGS: Word<5> = Word::new([
        Bits::new("QR", 1, "query (0) or response (1)"),
        Bits::new("Opcode", 4, "").shown(|value| format!("opcode {value}")),
        Bits::new("AA TC RD RA", 4, ""),
        Bits::new("Z", 3, "reserved, zero"),
        Bits::new("RCODE", 4, ""),
    ]);
    type Plain<'a> = nom::IResult<&'a [u8], [u32; 5]>;
    fn flags(input: &[u8]) -> Plain<'_> {
        field_as("flags", "", be_u16.map(|word| FLAGS.split(word.into())), |_| String::new()).parse(input)
    }
    let bytes = [0x84, 0x03];
    let (result, tree) = record(&bytes, || flags(&bytes));
    assert_eq!(result, Ok((&[][..], [1, 0, 8, 0, 3])));
    assert_eq!(FLAGS.join([1, 0, 8, 0, 3]), 0x8403);
    assert_eq!(
        FLAGS.join([3, 0, 0, 0, 0]),
        0x8000,
        "a value too large for its field does not reach the next one"
    );
    let seen: Vec<_> =
        tree.nodes[0].children.iter().map(|bit| (bit.name, bit.value.clone().unwrap(), bit.kind)).collect();
    assert_eq!(seen[1], ("Opcode", "opcode 0".into(), Kind::Bits { first: 1, width: 4 }));
    assert_eq!(seen[4], ("RCODE", "3".into(), Kind::Bits { first: 12, width: 4 }));
    static WIDE: Word<1> = Word::new([Bits::new("all", 32, "")]);
    assert_eq!((WIDE.split(u32::MAX), WIDE.join([u32::MAX])), ([u32::MAX], u32::MAX));
}
