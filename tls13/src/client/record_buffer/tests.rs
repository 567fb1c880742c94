use super::{ROOM, RecordBuffer, SPARE};
use crate::record::{ContentType, HEADER, MAX_CONTENT, RecordHeader};

/// Takes a whole record in two pieces, and keeps so many bytes from its start: as if the rest were padding.
fn take(buffer: &mut RecordBuffer, content: &[u8], keep: usize) {
    let header = RecordHeader {
        content_type: ContentType::APPLICATION_DATA,
        legacy_version: 0x0303,
        length: content.len(),
    };
    let bytes = [&header.to_bytes(), content].concat();
    let (mut first, mut second) = bytes.split_at(content.len());
    assert!(buffer.next_record(&mut first).unwrap().is_none());
    assert_eq!((first.len(), buffer.partial()), (0, content.len()));
    let record = buffer.next_record(&mut second).unwrap().expect("the record is whole");
    assert_eq!((record.fragment(), second), (content, &[][..]));
    buffer.keep(record, keep);
}

#[test]
fn a_byte_of_data_takes_no_more_memory_than_a_byte() {
    let mut buffer = RecordBuffer::default();
    let records = 500;
    for number in 0..records {
        let mut content = [0; MAX_CONTENT];
        content[0] = number as u8;
        take(&mut buffer, &content, usize::from(number % 2 == 0));
        let held: usize = buffer.waiting.iter().map(|waiting| waiting.bytes.capacity()).sum();
        let most = 2 * (buffer.readable() + ROOM);
        assert!(held <= most, "record {number}: {held} bytes held for {} of data", buffer.readable());
        assert!(buffer.spare.len() <= SPARE);
    }
    assert_eq!(buffer.received(), records * (HEADER + MAX_CONTENT));
    assert_eq!((buffer.position(), buffer.partial()), (buffer.received(), 0));
    let mut out = vec![0; records];
    let count = buffer.read(&mut out);
    let sent: Vec<u8> = (0..records).filter(|number| number % 2 == 0).map(|number| number as u8).collect();
    assert_eq!(out[..count], sent);
    assert_eq!((buffer.readable(), buffer.read(&mut out)), (0, 0));
}

#[test]
fn moving_content_between_reads_loses_nothing() {
    let mut buffer = RecordBuffer::default();
    let (mut sent, mut read) = (Vec::new(), Vec::new());
    for number in 0..400usize {
        let content: Vec<u8> = (0..1_000).map(|index| (number * 7 + index) as u8).collect();
        let keep = [1_000, 0, 3, 500][number % 4];
        sent.extend_from_slice(&content[..keep]);
        take(&mut buffer, &content, keep);
        let mut out = [0; 333];
        let count = buffer.read(&mut out[..number % 334]);
        read.extend_from_slice(&out[..count]);
    }
    let mut rest = vec![0; buffer.readable()];
    assert_eq!(buffer.read(&mut rest), rest.len());
    read.extend_from_slice(&rest);
    assert!(read == sent, "{} bytes read, {} sent", read.len(), sent.len());
}
