//! Any bytes as a master file.
#![no_main]

use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, Reason, Record, RecordType};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let origin = Name::parse_text("example.test").unwrap();
    let zone = ZoneFile::read(text, &origin, &mut |file| match file {
        "sub" => Ok(b"@ NS a\n$INCLUDE sub\n".to_vec()),
        _ => Err("there is none".into()),
    });
    for record in &zone.records {
        let line = record.to_string();
        let read = Record::parse_text(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        // A time to live with its top bit set is 0 (RFC 2181 §8).
        let wanted = Record { ttl: record.ttl_seconds(), ..record.clone() };
        assert_eq!(format!("{read:?}"), format!("{wanted:?}"), "{line}");
        let mut message = Message::query(1, Name::root(), RecordType::ANY);
        message.answers.push(record.clone());
        match message.encode() {
            Ok(bytes) => assert_eq!(Message::parse_strictly(&bytes).as_ref(), Ok(&message), "{line}"),
            Err(error) => assert_eq!(error.reason, Reason::MessageTooLong, "{line}"),
        }
    }
    let lines = 1 + text.iter().filter(|byte| **byte == b'\n').count();
    for fault in &zone.faults {
        assert!(fault.file.is_some() || (fault.line <= lines && fault.refused.offset <= text.len()));
        let _ = fault.to_string();
    }
});
