//! Messages that lie. Each is refused with the byte and the rule, in bounded time, and what was read
//! before the fault is in the tree.

use std::time::{Duration, Instant};

use barewire_dissect::{Lesson, Refused};
use barewire_dns::{
    Message, Name, RData, Reason, Record, RecordType, dissect,
    rdata::{Txt, Unknown},
};
use proptest::prelude::*;

/// A header with these counts, then `body`.
fn message(counts: [u16; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 1, 0x81, 0x80];
    bytes.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
    bytes.extend_from_slice(body);
    bytes
}

/// One record whose owner is `name` and whose RDATA is `data`.
fn record(name: &[u8], rtype: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend(rtype.to_be_bytes());
    bytes.extend(*b"\0\x01\0\0\0\x3c");
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend_from_slice(data);
    bytes
}

#[track_caller]
fn refused(bytes: &[u8]) -> Refused<Reason> {
    let (parsed, tree) = dissect(bytes);
    let error = Message::parse_strictly(bytes).expect_err("broken");
    match parsed {
        // Read as far as it is right: all bytes have a name, and what is wrong is noted.
        Ok(message) => {
            assert_eq!(tree.check_coverage(), Ok(()));
            assert_eq!(message.notes.first(), Some(&error));
        }
        Err(refused) => assert_eq!(refused, error),
    }
    assert!(error.offset() <= bytes.len(), "{error}");
    assert!(error.rule().starts_with("RFC "), "{error}");
    // What was read before the fault stands in the tree, without gaps.
    let mut covered = 0;
    for (_, node) in tree.walk().filter(|(_, node)| node.is_leaf()) {
        assert_eq!(node.range.start, covered, "{:?} in {tree:?}", node.name);
        covered = node.range.end;
    }
    error
}

#[track_caller]
fn refused_as(bytes: &[u8], offset: usize, reason: Reason, text: &str) {
    let error = refused(bytes);
    assert_eq!((error.offset, &error.reason), (offset, &reason));
    assert_eq!(error.to_string(), text);
}

/// Work that grows with the square of its input would take longer than this. It does not measure speed: on a busy
/// machine right code may take seconds.
const NO_END: Duration = Duration::from_secs(60);

/// RFC 1035 §4.1.4: "a prior occurrence".
#[test]
fn pointers_that_do_not_lead_back() {
    let with_name = |name: &[u8]| message([0, 1, 0, 0], &record(name, 1, &[192, 0, 2, 1]));
    refused_as(
        &with_name(b"\x01a\xc0\x28"),
        14,
        Reason::PointerNotBackward { to: 40 },
        "label pointer at byte 14 points forward to 40; RFC 1035 §4.1.4 allows only an earlier name",
    );
    refused_as(
        &with_name(b"\xc0\x0c"),
        12,
        Reason::PointerNotBackward { to: 12 },
        "label pointer at byte 12 points to 12, into its own name; RFC 1035 §4.1.4 allows only an earlier name",
    );
    // A label that its own name's pointer leads to: a loop in other readers.
    assert_eq!(refused(&with_name(b"\x01a\xc0\x0c")).reason, Reason::PointerNotBackward { to: 12 });
    // Two pointers at each other: the first one points forward.
    let two = [record(b"\xc0\x1c", 1, &[0; 4]), record(b"\xc0\x0c", 1, &[0; 4])].concat();
    assert_eq!(refused(&message([0, 2, 0, 0], &two)).reason, Reason::PointerNotBackward { to: 28 });
    // Back into the header is an earlier place; its bytes (0, 1, 0x81, ...) begin with the root.
    let into_header = Message::parse(&with_name(b"\xc0\x00")).unwrap();
    assert!(into_header.answers[0].name.is_root());
}

/// A pointer leads back to bytes that, read as a name, run on into the pointer itself.
#[test]
fn a_name_that_runs_into_its_own_pointer() {
    // Label at byte 4 spans 7 bytes up to byte 12, where the pointer stands that leads to byte 4 again.
    let mut bytes = message([0, 1, 0, 0], &record(b"\xc0\x04", 1, &[192, 0, 2, 1]));
    bytes[4] = 7;
    let error = refused(&bytes);
    // QDCOUNT is 0x0700 now, so the questions are read first, and the first of them is this name.
    assert_eq!(error.reason, Reason::PointerNotBackward { to: 4 });
    assert_eq!(error.offset, 12);
}

#[test]
fn label_types_01_and_10() {
    for byte in [0x40u8, 0x7f, 0x80, 0xbf] {
        let error = refused(&message([1, 0, 0, 0], &[1, b'a', byte, 0, 0, 1, 0, 1]));
        assert_eq!((error.offset, error.reason), (14, Reason::LabelType { byte }));
    }
    assert_eq!(
        refused(&message([1, 0, 0, 0], &[0x41, 0, 0, 1, 0, 1])).to_string(),
        "label at byte 12 starts with 0x41; its first bits must be 00 (a length) or 11 (a pointer), RFC 1035 §4.1.4 \
         reserves the others"
    );
}

/// RFC 1035 §2.3.4: a name of 255 bytes may be put together from pieces, one of 256 may not.
#[test]
fn label_bombs() {
    let label = |length: u8| {
        std::iter::once(length).chain(std::iter::repeat_n(b'x', length.into())).collect::<Vec<u8>>()
    };
    let long = [label(63), label(63), label(63), vec![0]].concat(); // 193 bytes at byte 12
    let question = [&long[..], b"\0\x01\0\x01"].concat();
    let good = [question.clone(), record(&[&label(61)[..], b"\xc0\x0c"].concat(), 1, &[0; 4])].concat();
    let parsed = Message::parse(&message([1, 1, 0, 0], &good)).unwrap();
    assert_eq!(parsed.answers[0].name.as_wire().len(), 255);
    let bad = [question, record(&[&label(62)[..], b"\xc0\x0c"].concat(), 1, &[0; 4])].concat();
    let error = refused(&message([1, 1, 0, 0], &bad));
    assert_eq!(error.reason, Reason::NameTooLong);
    assert_eq!(error.offset, 12 + 128, "the label that is too much, where it stands");
    // A piece that repeats itself by pointing back grows without end in readers without the limit.
    let endless = message([1, 0, 0, 0], &vec![1; 60_000]);
    assert_eq!(refused(&endless).reason, Reason::NameTooLong);
}

/// A chain of pointers is followed for 127 steps, no further.
#[test]
fn chains_of_pointers() {
    let chain = |pointers: usize| {
        // In the data of a record of an unknown type: the root, then pointers each to the one before.
        let mut data = vec![0u8];
        let start = 12 + 11;
        for number in 0..pointers {
            let target = if number == 0 { start } else { start + 1 + 2 * (number - 1) };
            data.extend((0xc000 | target as u16).to_be_bytes());
        }
        let last = start + 1 + 2 * (pointers - 1);
        let name = (0xc000 | last as u16).to_be_bytes();
        message([0, 2, 0, 0], &[record(b"\0", 65280, &data), record(&name, 1, &[0; 4])].concat())
    };
    // The record's own pointer is one more.
    assert!(Message::parse(&chain(126)).unwrap().answers[1].name.is_root());
    let error = refused(&chain(127));
    assert_eq!(error.reason, Reason::PointerChain);
    assert_eq!(
        error.to_string(),
        "the name reaches its pointer number 128 at byte 24; RFC 1035 §4.1.4 has pointers stand for labels, and a \
         name has at most 127"
    );
}

/// A message of 64 KiB, each of its names being a chain of pointers as long as is allowed.
#[test]
fn sixty_four_kilobytes_of_pointers() {
    let mut data = vec![0u8];
    for number in 0..126usize {
        let target = if number == 0 { 23 } else { 24 + 2 * (number - 1) };
        data.extend((0xc000 | target as u16).to_be_bytes());
    }
    let name = (0xc000u16 | (24 + 2 * 125)).to_be_bytes();
    let mut body = record(b"\0", 65280, &data);
    let mut records = 1u16;
    while body.len() < 65_500 {
        body.extend(record(&name, 65280, &[]));
        records += 1;
    }
    let bytes = message([0, records, 0, 0], &body);
    let start = Instant::now();
    let parsed = Message::parse(&bytes).unwrap();
    // 5,400 names of 127 pointers: 0.7 million steps. Without the bound on pointers the same size of
    // message takes 30 times that.
    assert!(start.elapsed() < NO_END, "{:?}", start.elapsed());
    assert_eq!(parsed.answers.len(), usize::from(records));
}

/// CVE-2024-8508 and RUSTSEC-2026-0119: a writer that compares each name with all before it.
#[test]
fn writing_thousands_of_names_is_no_square() {
    let mut message = Message::query(1, Name::root(), RecordType::NS);
    let text = |number: usize| format!("n{number}.{}", vec!["a"; 60].join("."));
    message.answers = (0..3000)
        .map(|number| {
            let data = RData::Unknown(Unknown { rtype: RecordType(65280), bytes: vec![] });
            Record::new(Name::parse_text(&text(number)).unwrap(), 0, data)
        })
        .collect();
    let start = Instant::now();
    let bytes = message.encode().unwrap();
    assert!(start.elapsed() < NO_END, "{:?}", start.elapsed());
    assert!(bytes.len() < 60_000, "names still point back: {}", bytes.len());
    assert_eq!(Message::parse(&bytes).unwrap(), message);
}

#[test]
fn rdlength_lies() {
    let beyond = |length: u8| {
        let mut bytes = message([0, 1, 0, 0], &record(b"\0", 1, &[192, 0, 2, 1]));
        bytes[22] = length;
        bytes
    };
    refused_as(
        &beyond(5),
        23,
        Reason::RdataBeyondEnd { length: 5, left: 4 },
        "RDLENGTH says 5 bytes, but 4 are left at byte 23; RFC 1035 §4.1.3 has it count the RDATA",
    );
    refused_as(
        &beyond(3),
        23,
        Reason::RdataTooShort { rtype: RecordType::A, length: 3 },
        "the 3 bytes of RDATA end inside the field at byte 23, which a record of type A has by RFC 1035 §3.4.1",
    );
    refused_as(
        &message([0, 1, 0, 0], &record(b"\0", 1, &[192, 0, 2, 1, 9])),
        27,
        Reason::RdataTooLong { rtype: RecordType::A, length: 5, unread: 1 },
        "1 of the 5 bytes of RDATA is left over at byte 27; RFC 1035 §3.4.1 gives type A no more fields",
    );
    refused_as(
        &message([0, 1, 0, 0], b"\0\0\x01\0\x01\0\0\0\x3c\0\x04\xc0"),
        23,
        Reason::RdataBeyondEnd { length: 4, left: 1 },
        "RDLENGTH says 4 bytes, but 1 is left at byte 23; RFC 1035 §4.1.3 has it count the RDATA",
    );
    refused_as(
        &message([0, 1, 0, 0], &record(b"\0", 1, &[192])),
        23,
        Reason::RdataTooShort { rtype: RecordType::A, length: 1 },
        "the 1 byte of RDATA ends inside the field at byte 23, which a record of type A has by RFC 1035 §3.4.1",
    );
    refused_as(
        &message([0, 1, 0, 0], &record(b"\0", 28, &[0; 18])),
        39,
        Reason::RdataTooLong { rtype: RecordType::AAAA, length: 18, unread: 2 },
        "2 of the 18 bytes of RDATA are left over at byte 39; RFC 3596 §2.2 gives type AAAA no more fields",
    );
    // A name in RDATA that would end outside it, though the message goes on.
    let two = [record(b"\0", 2, b"\x04test"), record(b"\0", 1, &[0; 4])].concat();
    assert_eq!(
        refused(&message([0, 2, 0, 0], &two)).reason,
        Reason::RdataTooShort { rtype: RecordType::NS, length: 5 }
    );
    // TXT has one string at least (RFC 1035 §3.3.14), and strings end with RDATA.
    for data in [&b""[..], b"\x02a", b"\x01a\x01"] {
        let error = refused(&message([0, 1, 0, 0], &record(b"\0", 16, data)));
        assert!(matches!(error.reason, Reason::RdataTooShort { rtype: RecordType::TXT, .. }), "{error}");
    }
}

#[test]
fn counts_that_lie() {
    refused_as(
        &message([1, 0, 0, 0], b""),
        12,
        Reason::CountNotMet { number: 1, count: 1, counter: "QDCOUNT" },
        "the DNS message ends inside the field at byte 12, in number 1 of the 1 that QDCOUNT announces (RFC 1035 §4.1.1)",
    );
    let one = record(b"\0", 1, &[0; 4]);
    for (counts, counter) in [([0, 9, 0, 0], "ANCOUNT"), ([0, 0, 9, 0], "NSCOUNT"), ([0, 0, 0, 9], "ARCOUNT")]
    {
        let error = refused(&message(counts, &one));
        assert_eq!(error.reason, Reason::CountNotMet { number: 2, count: 9, counter });
    }
    let error = refused(&message([0xffff; 4], b""));
    assert!(matches!(error.reason, Reason::CountNotMet { count: 0xffff, .. }));
    refused_as(
        &message([0, 1, 0, 0], &[&one[..], b"xyz"].concat()),
        27,
        Reason::TrailingBytes { count: 3 },
        "3 bytes follow at byte 27, after the last record; RFC 1035 §4.1 has nothing there",
    );
    refused_as(
        &message([0, 1, 0, 0], &[&one[..], b"x"].concat()),
        27,
        Reason::TrailingBytes { count: 1 },
        "1 byte follows at byte 27, after the last record; RFC 1035 §4.1 has nothing there",
    );
    refused_as(
        b"\x00",
        0,
        Reason::EndsEarly,
        "the DNS message ends inside the field at byte 0; RFC 1035 §4.1 gives the layout",
    );
}

#[test]
fn opt_records_that_break_rfc_6891() {
    let opt = |name: &[u8]| record(name, 41, b"");
    let error = refused(&message([0, 0, 0, 1], &opt(b"\x01a\0")));
    assert_eq!((error.offset, error.reason), (12, Reason::OptNotAtRoot));
    let error = refused(&message([0, 0, 0, 2], &[opt(b"\0"), opt(b"\0")].concat()));
    assert_eq!((error.offset, error.reason), (23, Reason::OptTwice));
    for data in [&b"\0"[..], b"\0\x0a\0", b"\0\x0a\0\x01"] {
        let error = refused(&message([0, 0, 0, 1], &record(b"\0", 41, data)));
        assert!(matches!(error.reason, Reason::RdataTooShort { .. }), "{error}");
    }
}

#[test]
fn what_cannot_be_written() {
    let with = |data: RData, count: usize| {
        let mut message = Message::query(1, Name::root(), RecordType::TXT);
        message.answers = vec![Record::new(Name::root(), 0, data); count];
        message.encode().map(|bytes| bytes.len()).map_err(|error| error.reason)
    };
    let string = |length| RData::Txt(Txt { strings: vec![vec![0; length]] });
    assert_eq!(with(string(256), 1), Err(Reason::StringTooLong { length: 256 }));
    let bytes = |length| RData::Unknown(Unknown { rtype: RecordType(65280), bytes: vec![0; length] });
    // 12 bytes of header, 5 of question, 11 before the RDATA.
    assert_eq!(with(bytes(65_535 - 28), 1), Ok(65_535));
    assert_eq!(with(bytes(65_535 - 27), 1), Err(Reason::MessageTooLong));
    assert_eq!(with(bytes(70_000), 1), Err(Reason::MessageTooLong));
    assert_eq!(with(bytes(0), 70_000), Err(Reason::MessageTooLong));
}

/// A good message with all kinds of fields, for the tests that spoil it.
fn whole() -> Vec<u8> {
    let question = b"\x03www\x07example\x04test\0\0\x01\0\x01";
    let records = [
        record(b"\xc0\x0c", 5, b"\x03web\xc0\x10"),
        record(b"\x03web\xc0\x10", 1, &[192, 0, 2, 1]),
        record(b"\xc0\x10", 2, b"\x02ns\xc0\x10"),
        record(b"\xc0\x10", 6, &[&b"\xc0\x0c\xc0\x10"[..], &[0; 20]].concat()),
        record(b"\0", 16, b"\x05hello\0"),
        record(b"\0", 28, &[0; 16]),
        record(b"\0", 41, b"\xfd\xe9\0\x02ab"),
    ];
    message([1, 2, 2, 3], &[question.to_vec(), records.concat()].concat())
}

#[test]
fn truncation_at_every_byte() {
    let whole = whole();
    let (parsed, tree) = dissect(&whole);
    parsed.unwrap();
    assert_eq!(tree.check_coverage(), Ok(()));
    for length in 0..whole.len() {
        refused(&whole[..length]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some bytes of a good message changed: it reads or is refused, and what reads is written back to
    /// the same.
    #[test]
    fn spoiled_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = whole();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        let (parsed, tree) = dissect(&bytes);
        prop_assert_eq!(&parsed, &Message::parse(&bytes), "listening changes nothing");
        if let Ok(parsed) = parsed {
            prop_assert_eq!(tree.check_coverage(), Ok(()));
            // What was noted is not written again.
            let (parsed, again) = (parsed.clone(), Message::parse(&parsed.encode().unwrap()).unwrap());
            let [parsed, again] = [parsed, again].map(|message| Message { notes: vec![], ..message });
            prop_assert_eq!(format!("{again:?}"), format!("{parsed:?}"));
        } else {
            refused(&bytes);
        }
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if Message::parse_strictly(&bytes).is_err() {
            refused(&bytes);
        }
    }
}
