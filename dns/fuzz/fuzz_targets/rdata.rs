//! Any bytes as the data of any type: two bytes choose the type, one the class.
#![no_main]

use barewire_dns::{Class, Message, RData, Record, RecordType};
use libfuzzer_sys::fuzz_target;

/// Classes that change how data is read.
const CLASSES: [u16; 5] = [1, 3, 254, 255, 0x8001];

/// A response with one record at the root.
fn message(rtype: u16, class: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
    bytes.extend(rtype.to_be_bytes());
    bytes.extend(class.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes
}

/// LOC has ten ways to write no length, and text has one.
fn without_lengths_of_nothing(mut record: Record) -> Record {
    if let RData::Loc(loc) = &mut record.data {
        for length in [&mut loc.size, &mut loc.horizontal, &mut loc.vertical] {
            length.power *= u8::from(length.digit > 0);
        }
    }
    record
}

fuzz_target!(|input: &[u8]| {
    let Some((&[high, low, class], data)) = input.split_first_chunk::<3>() else { return };
    if data.len() > 60_000 {
        return;
    }
    // Most numbers are types without a file, which are soon known.
    let known: Vec<RecordType> = RecordType::known().collect();
    let rtype =
        if high < 0xf0 { known[usize::from(low) % known.len()].0 } else { u16::from_be_bytes([high, low]) };
    let bytes = message(rtype, CLASSES[usize::from(class) % CLASSES.len()], data);
    let Ok(message) = Message::parse_strictly(&bytes) else { return };
    let record = &message.answers[0];
    assert_eq!(record.rtype(), RecordType(rtype));
    let text = record.to_string();
    let read = Record::parse_text(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read.to_string(), text);
    let wanted = without_lengths_of_nothing(record.clone());
    assert_eq!(format!("{read:?}"), format!("{wanted:?}"), "{text}");
    if record.class == Class::IN {
        let data = text.splitn(5, ' ').nth(4).unwrap_or_default();
        assert_eq!(RData::parse_text(record.rtype(), data).as_ref(), Ok(&read.data), "{text}");
    }
    let written = message.encode().unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(format!("{:?}", Message::parse_strictly(&written).unwrap()), format!("{message:?}"), "{text}");
});
