//! Names in data that end in a pointer: they mean the same when the record is written into another message.

use barewire_dns::rdata::{Ranked, Srv};
use barewire_dns::{Message, RData, Record, RecordType};

use crate::judge;
use crate::wire::{data_of, hex, message, name, record, record_of_class};

/// An answer `a.test NS ns.a.test`, its names in full, and after it an SRV whose target is `h` and a pointer to
/// `a.test` within that answer's data. tshark reads `h.a.test`.
const SRV: &str = "0001840000000002000000000161047465737400000200010000003c000b026e730161047465737400
                   01730161047465737400002100010000003c000a0000000000500168c02b";

#[test]
fn an_srv_target() {
    let bytes = hex(SRV);
    let read = Message::parse_strictly(&bytes).unwrap();
    let srv = Srv { priority: 0, weight: 0, port: 80, target: name("h.a.test") };
    assert_eq!(read.answers[1].data, RData::Srv(Box::new(srv)));
    let written = read.encode().unwrap();
    judge::agree("the SRV record, written again", &written);
    // RFC 2782: the target is not compressed.
    assert!(written.ends_with(b"\0\0\0\0\0\x50\x01h\x01a\x04test\0"), "{written:02x?}");
    // In a message without the other record, too.
    let mut alone = Message::query(1, name("."), RecordType::SRV);
    alone.answers.push(read.answers[1].clone());
    let alone = alone.encode().unwrap();
    assert_eq!(Message::parse_strictly(&alone).unwrap().answers, read.answers[1..]);
    judge::agree("the SRV record alone", &alone);
}

/// The owner of the second answer is `a.test` at byte 12; `%` stands for a pointer to it.
const COMPRESSED: &[(RecordType, &str, &str)] = &[
    (RecordType::SRV, "0001 0002 0003 01 68 %", "1 2 3 h.a.test."),
    (RecordType::NSEC, "01 68 % 0001 40", "h.a.test. A"),
    (RecordType::RP, "01 68 % 01 74 %", "h.a.test. t.a.test."),
    (RecordType::AFSDB, "0001 01 68 %", "1 h.a.test."),
    (RecordType::RT, "0001 %", "1 a.test."),
    (RecordType::KX, "0001 01 68 %", "1 h.a.test."),
    (RecordType::PX, "0001 01 68 % %", "1 h.a.test. a.test."),
    (RecordType::NAPTR, "0001 0002 01 73 00 00 01 68 %", r#"1 2 "s" "" "" h.a.test."#),
    (RecordType::DNAME, "01 68 %", "h.a.test."),
    (RecordType::MB, "01 68 %", "h.a.test."),
    (RecordType::MD, "01 68 %", "h.a.test."),
    (RecordType::MF, "%", "a.test."),
    (RecordType::MG, "01 68 %", "h.a.test."),
    (RecordType::MR, "01 68 %", "h.a.test."),
    (RecordType::MINFO, "01 68 % %", "h.a.test. a.test."),
];

/// The types of RFC 3597 §4 and RFC 6762 §18.14, and those that may be written so (RFC 1035).
#[test]
fn every_type_that_old_software_compresses() {
    for (rtype, data, text) in COMPRESSED {
        let data = hex(&data.replace('%', "c00c"));
        let first = record(b"\x01a\x04test\0", RecordType::A, &[192, 0, 2, 1]);
        let bytes = message([0, 2, 0, 0], &[first, record(b"\xc0\x0c", *rtype, &data)].concat());
        let read = Message::parse_strictly(&bytes).unwrap_or_else(|error| panic!("{rtype}: {error}"));
        assert_eq!(read.answers[1].data.to_string(), *text, "{rtype}");
        let written = read.encode().unwrap();
        assert_eq!(Message::parse_strictly(&written).unwrap(), read, "{rtype}");
        let in_data = written.windows(2).rposition(|two| two == b"\xc0\x0c").unwrap();
        assert_eq!(in_data, 12 + 8 + 14, "{rtype}: the owner is the last pointer: {written:02x?}");
        assert_eq!(RData::parse_text(*rtype, text).as_ref(), Ok(&read.answers[1].data));
    }
}

/// An update takes one record away by class NONE and its data (RFC 2136 §2.5.4); a name in there may be compressed.
#[test]
fn in_an_update() {
    let zone = record(b"\x01a\x04test\0", RecordType::A, &[192, 0, 2, 1]);
    let gone = record_of_class(b"\xc0\x0c", RecordType::MX, 254, &hex("0001 01 68 c00c"));
    let read = Message::parse_strictly(&message([0, 1, 1, 0], &[zone, gone].concat())).unwrap();
    assert_eq!(read.authorities[0].to_string(), "a.test. 60 NONE MX 1 h.a.test.");
    // All records of a type, by class ANY and no data (RFC 2136 §2.5.2).
    let all =
        Message::parse_strictly(&message([0, 0, 1, 0], &record_of_class(b"\0", RecordType::MX, 255, b"")))
            .unwrap();
    assert_eq!(all.authorities[0].to_string(), r". 60 ANY MX \# 0");
    assert_eq!(Message::parse(&all.encode().unwrap()).unwrap(), all);
}

/// A type without a file: nobody can know where its names are.
#[test]
fn an_unknown_type_is_copied() {
    let names = hex("01 68 c00c 01 74 c00c");
    let bytes = message([0, 1, 0, 0], &record(b"\x01a\x04test\0", RecordType(65280), &names));
    assert_eq!(data_of(&bytes).to_string(), r"\# 8 0168C00C0174C00C");
    assert_eq!(Message::parse(&bytes).unwrap().encode().unwrap(), bytes);
}

/// What we write: pointers only in the types of RFC 1035.
#[test]
fn what_is_written() {
    let owner = name("a.test");
    let ranked = Ranked { number: 1, host: owner.clone() };
    for (data, compressed) in [
        (RData::Ns(owner.clone()), true),
        (RData::Cname(owner.clone()), true),
        (RData::Ptr(owner.clone()), true),
        (RData::Dname(owner.clone()), false),
        (RData::Kx(ranked.clone()), false),
        (RData::Rt(ranked), false),
    ] {
        let mut message = Message::query(1, owner.clone(), data.rtype());
        message.answers.push(Record::new(owner.clone(), 60, data.clone()));
        let bytes = message.encode().unwrap();
        assert_eq!(bytes.ends_with(b"\xc0\x0c"), compressed, "{data}: {bytes:02x?}");
    }
}
