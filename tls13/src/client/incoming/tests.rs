use super::{COMPACT, Incoming};
use crate::record::{ContentType, HEADER, MAX_CONTENT, RecordHeader};

/// Takes a whole record, and keeps so many bytes from its start: as if the rest were padding.
fn take(incoming: &mut Incoming, content: &[u8], keep: usize) {
    let header = RecordHeader {
        content_type: ContentType::APPLICATION_DATA,
        legacy_version: 0x0303,
        length: content.len(),
    };
    incoming.push(&[&header.to_bytes(), content].concat());
    let record = incoming.next_record().unwrap().expect("the record is whole");
    assert_eq!(incoming.slice(record.fragment.clone()), content);
    if keep > 0 {
        incoming.keep(record.fragment.start..record.fragment.start + keep);
    }
}

#[test]
fn a_byte_of_data_takes_no_more_memory_than_a_byte() {
    let mut incoming = Incoming::default();
    let records = 500;
    for number in 0..records {
        let mut content = [0; MAX_CONTENT];
        content[0] = number as u8;
        take(&mut incoming, &content, usize::from(number % 2 == 0));
        let held = incoming.bytes.len();
        let most = 2 * (incoming.readable() + COMPACT + HEADER + MAX_CONTENT);
        assert!(held <= most, "record {number}: {held} bytes held for {} of data", incoming.readable());
        assert!(incoming.plain.len() <= 16, "record {number}: {} pieces", incoming.plain.len());
    }
    assert_eq!(incoming.received(), records * (HEADER + MAX_CONTENT));
    assert_eq!((incoming.position(), incoming.partial()), (incoming.received(), 0));
    let mut out = vec![0; records];
    let count = incoming.read(&mut out);
    let sent: Vec<u8> = (0..records).filter(|number| number % 2 == 0).map(|number| number as u8).collect();
    assert_eq!(out[..count], sent);
    assert_eq!((incoming.readable(), incoming.read(&mut out)), (0, 0));
}

#[test]
fn compacting_between_reads_loses_nothing() {
    let mut incoming = Incoming::default();
    let (mut sent, mut read) = (Vec::new(), Vec::new());
    for number in 0..400usize {
        let content: Vec<u8> = (0..1_000).map(|index| (number * 7 + index) as u8).collect();
        let keep = [1_000, 0, 3, 500][number % 4];
        sent.extend_from_slice(&content[..keep]);
        take(&mut incoming, &content, keep);
        let mut out = [0; 333];
        let count = incoming.read(&mut out[..number % 334]);
        read.extend_from_slice(&out[..count]);
    }
    let mut rest = vec![0; incoming.readable()];
    assert_eq!(incoming.read(&mut rest), rest.len());
    read.extend_from_slice(&rest);
    assert!(read == sent, "{} bytes read, {} sent", read.len(), sent.len());
}
