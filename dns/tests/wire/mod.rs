//! Messages as bytes, put together by hand: what the encoder of this crate would never write, too.
#![allow(dead_code)] // each test file uses its own part

use barewire_dissect::{Lesson, Refused};
use barewire_dns::{Message, Name, RData, Reason, RecordType, dissect};

/// Where the RDATA of [`one_answer`] begins: after the header, and eleven bytes of the record.
pub(crate) const RDATA: usize = 12 + 11;

/// Hexadecimal digits as bytes. White space, and what follows a `;` on its line, is left out, as in the RFCs.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: String = text
        .lines()
        .flat_map(|line| line.split(';').next().unwrap_or_default().chars())
        .filter(|digit| !digit.is_whitespace())
        .collect();
    assert!(digits.len().is_multiple_of(2), "{text}");
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_else(|_| panic!("{text}"));
    (0..digits.len()).step_by(2).map(pair).collect()
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A response with these counts, then `body`.
pub(crate) fn message(counts: [u16; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 1, 0x81, 0x80];
    bytes.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
    bytes.extend_from_slice(body);
    bytes
}

/// A record of class IN whose owner is given as bytes.
pub(crate) fn record(owner: &[u8], rtype: RecordType, data: &[u8]) -> Vec<u8> {
    record_of_class(owner, rtype, 1, data)
}

pub(crate) fn record_of_class(owner: &[u8], rtype: RecordType, class: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = owner.to_vec();
    bytes.extend(rtype.0.to_be_bytes());
    bytes.extend(class.to_be_bytes());
    bytes.extend(60u32.to_be_bytes());
    bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A response with one answer: a record of the root with this data.
pub(crate) fn one_answer(rtype: RecordType, data: &[u8]) -> Vec<u8> {
    message([0, 1, 0, 0], &record(b"\0", rtype, data))
}

/// The data of the only answer.
#[track_caller]
pub(crate) fn data_of(bytes: &[u8]) -> RData {
    let message = Message::parse_strictly(bytes).unwrap_or_else(|error| panic!("{error}\n{bytes:02x?}"));
    message.answers[0].data.clone()
}

/// Why a message is not read; the tree and the bare parser agree about that.
#[track_caller]
pub(crate) fn refused(bytes: &[u8]) -> Refused<Reason> {
    let Err(error) = Message::parse_strictly(bytes) else { panic!("this was read: {bytes:02x?}") };
    let (listened, _) = dissect(bytes);
    match listened {
        Ok(message) => assert_eq!(message.notes.first(), Some(&error)),
        Err(listened) => assert_eq!(listened, error),
    }
    assert!(error.offset <= bytes.len() && error.rule().starts_with("RFC "), "{error:?}");
    error
}
