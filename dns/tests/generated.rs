//! Records by chance, of every type: as bytes and as text they come back as they were, and others read the same in the
//! bytes. `PROPTEST_CASES=1000000` runs so many cases of each; 256 without it.

mod generate;
mod judge;

use barewire_dns::rdata::SvcParam;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Edns, Message, Name, RData, Rcode, Record, RecordType, dissect};
use generate::options::edns;
use generate::{data_of, name, record};
use proptest::prelude::*;

/// hickory-proto reads TSIG only as the last record.
const NOT_JUDGED: &[RecordType] = &[RecordType::TSIG];

/// The record without what hickory-proto refuses: flags of NAPTR other than letters and digits, flags of CSYNC that are
/// reserved, protocols outside UTF-8, and no data at all.
fn tamed(mut record: Record) -> Record {
    match &mut record.data {
        RData::Naptr(naptr) => naptr.flags.retain(u8::is_ascii_alphanumeric),
        RData::Csync(csync) => csync.flags &= 3,
        RData::Svcb(svcb) | RData::Https(svcb) => {
            for param in &mut svcb.params {
                let SvcParam::Alpn(ids) = param else { continue };
                ids.iter_mut().filter(|id| !id.is_ascii()).for_each(|id| *id = b"h2".to_vec());
            }
        }
        RData::Unknown(unknown) if unknown.bytes.is_empty() => unknown.bytes.push(0),
        _ => {}
    }
    record
}

/// A response with these answers.
fn response(question: Name, answers: Vec<Record>) -> Message {
    let mut message = Message::query(7, question, RecordType::ANY);
    message.header.qr = true;
    message.answers = answers;
    message
}

/// With the case of each letter, which equality leaves out.
fn exactly(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// parse(write(x)) = x, for records that share the ends of their names, and for EDNS with a code of twelve bits.
    #[test]
    fn bytes(
        question in name(),
        answers in prop::collection::vec(record(&[]), 1..4),
        opt in prop::option::of((edns(), 0..4096u16)),
        after in 0..2usize,
    ) {
        let mut message = response(question, answers);
        if let Some((edns, rcode)) = opt {
            message.additionals = message.answers.clone();
            message.edns = Some(Edns { followed_by: after, ..edns });
            message.header.rcode = Rcode(rcode);
        }
        let bytes = message.encode().unwrap();
        let read = Message::parse_strictly(&bytes);
        prop_assert_eq!(exactly(&read), exactly(&Ok::<_, ()>(&message)), "{:02x?}", bytes);
        prop_assert_eq!(read.unwrap().encode().unwrap(), bytes);
    }

    /// What is printed reads as the same, alone and in a master file.
    #[test]
    fn text(record in record(&[])) {
        let text = record.to_string();
        let read = Record::parse_text(&text);
        prop_assert_eq!(exactly(&read), exactly(&Ok::<_, ()>(&record)), "{}", text);
        prop_assert_eq!(read.unwrap().to_string(), text.clone());
        let data = record.data.to_string();
        prop_assert_eq!(exactly(&RData::parse_text(record.rtype(), &data)), exactly(&Ok::<_, ()>(&record.data)));
        if !record.rtype().is_meta() {
            let zone = ZoneFile::parse(format!("{text}\n").as_bytes(), &Name::root());
            prop_assert_eq!(exactly(&zone.records), exactly(&[&record]), "{}: {:?}", text, zone.faults);
        }
    }

    /// hickory-proto reads the same in the bytes.
    #[test]
    fn judged(question in name(), answers in prop::collection::vec(record(NOT_JUDGED), 1..3)) {
        let answers = answers.into_iter().map(tamed).collect();
        judge::agree("a record by chance", &response(question, answers).encode().unwrap());
    }

    /// Bytes that were damaged are refused or read; what is read is written and read again, as bytes and as text.
    #[test]
    fn damaged(answer in record(&[]), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = response(Name::root(), vec![answer]).encode().unwrap();
        let at = 12 + at.index(bytes.len() - 12);
        bytes[at] = byte;
        let (read, tree) = dissect(&bytes);
        prop_assert_eq!(&read, &Message::parse(&bytes));
        let Ok(read) = read else { return Ok(()) };
        prop_assert_eq!(tree.check_coverage(), Ok(()));
        let written = read.encode().unwrap();
        let again = Message::parse(&written).unwrap();
        prop_assert_eq!(exactly(&again.answers), exactly(&read.answers));
        for record in &read.answers {
            let text = record.to_string();
            let again = Record::parse_text(&text);
            prop_assert_eq!(again.map(|again| again.to_string()), Ok(text));
        }
    }
}

/// No type with a file is left out above.
#[test]
fn every_type_is_generated() {
    for rtype in RecordType::known() {
        let as_bytes = matches!(RData::parse_text(rtype, r"\# 1 00"), Ok(RData::Unknown(_)));
        assert_eq!(data_of(rtype).is_none(), as_bytes, "{rtype}");
    }
}
