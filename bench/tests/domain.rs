//! The `domain` crate reads the same as we do in records of every type by chance. It stands here because the peers are
//! compiled here anyway; the records are those of `dns/tests/generated.rs`. `PROPTEST_CASES` says how many.

#[path = "../../dns/tests/generate/mod.rs"]
mod generate;

use barewire_dns::{Message, Name, RData, Record, RecordType};
use domain::base::rdata::ComposeRecordData;
use domain::base::{Message as DomainMessage, ParsedName};
use domain::rdata::AllRecordData;
use generate::record;
use proptest::prelude::*;

/// What domain reads in the answers, each as its data would be written without compression.
fn theirs(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let message = DomainMessage::from_octets(bytes).map_err(|error| error.to_string())?;
    let answers = message.answer().map_err(|error| error.to_string())?;
    answers
        .map(|record| {
            let record = record
                .and_then(|record| record.to_any_record::<AllRecordData<&[u8], ParsedName<&[u8]>>>())
                .map_err(|error| error.to_string())?;
            let mut data = Vec::new();
            record.data().compose_rdata(&mut data).map_err(|error| error.to_string())?;
            Ok(data)
        })
        .collect()
}

fn response(answers: Vec<Record>) -> Message {
    let mut message = Message::query(7, Name::root(), RecordType::ANY);
    message.header.qr = true;
    message.answers = answers;
    message
}

/// The data alone in a message, so that its names have nothing to point to: what stands after the question's five bytes
/// and the record's eleven.
fn ours(data: &RData) -> Vec<u8> {
    if let RData::Soa(soa) = data {
        // Its second name may point to the first.
        let numbers = [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum].map(u32::to_be_bytes);
        return [soa.mname.as_wire(), soa.rname.as_wire(), numbers.as_flattened()].concat();
    }
    response(vec![Record::new(Name::root(), 0, data.clone())]).encode().unwrap().split_off(12 + 5 + 11)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_the_same(answers in prop::collection::vec(record(&[]), 1..4)) {
        let bytes = response(answers.clone()).encode().unwrap();
        let ours: Vec<Vec<u8>> = answers.iter().map(|record| ours(&record.data)).collect();
        prop_assert_eq!(theirs(&bytes), Ok(ours), "{:?}\n{:02x?}", answers, bytes);
    }
}
