//! Records (RFC 8446 §5), and what stands in them for alerts and syntax (§6).

use barewire_tls13::AlertDescription as A;
use barewire_tls13::Error;
use barewire_tls13::handshake::KeyUpdate;
use barewire_tls13::record::{ContentType, MAX_CONTENT, MAX_ENCRYPTED};

use super::{Case, all_refused, forger};
use crate::common::forger::Forger;

const CCS: ContentType = ContentType::CHANGE_CIPHER_SPEC;
const HANDSHAKE: ContentType = ContentType::HANDSHAKE;
const ALERT: ContentType = ContentType::ALERT;
const DATA: ContentType = ContentType::APPLICATION_DATA;

/// The start of the flight, then a record under the keys of the moment.
fn sealed(forger: &mut Forger, messages: usize, kind: ContentType, content: &[u8]) -> Result<(), Error> {
    forger.flight(messages)?;
    forger.sealed(kind, content)
}

/// The start of the flight, then a record in the clear.
fn plain(forger: &mut Forger, messages: usize, kind: ContentType, content: &[u8]) -> Result<(), Error> {
    forger.flight(messages)?;
    forger.plain(kind, content)
}

#[test]
fn rfc8446_s5_change_cipher_spec() {
    const CASES: &[Case] = &[
        ("change_cipher_spec", "holds 2", A::UNEXPECTED_MESSAGE, |f| plain(f, 1, CCS, &[2])),
        ("change_cipher_spec", "two bytes", A::UNEXPECTED_MESSAGE, |f| plain(f, 1, CCS, &[1, 1])),
        ("change_cipher_spec", "empty", A::UNEXPECTED_MESSAGE, |f| plain(f, 0, CCS, &[])),
        ("change_cipher_spec", "encrypted", A::UNEXPECTED_MESSAGE, |f| sealed(f, 1, CCS, &[1])),
        ("change_cipher_spec", "encrypted, after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            sealed(f, 5, CCS, &[1])
        }),
        ("change_cipher_spec", "after Finished", A::UNEXPECTED_MESSAGE, |f| plain(f, 5, CCS, &[1])),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s5_record_types() {
    const CASES: &[Case] = &[
        ("a record of type 24", "first", A::UNEXPECTED_MESSAGE, |f| plain(f, 0, ContentType(24), &[1])),
        ("a record of type 0", "first", A::UNEXPECTED_MESSAGE, |f| plain(f, 0, ContentType(0), &[1])),
        ("a record of type 255", "after ServerHello", A::UNEXPECTED_MESSAGE, |f| {
            plain(f, 1, ContentType(255), &[1])
        }),
        ("a record of type 24", "encrypted", A::UNEXPECTED_MESSAGE, |f| sealed(f, 1, ContentType(24), &[1])),
        ("a record of type 24", "encrypted, after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            sealed(f, 5, ContentType(24), &[1])
        }),
        ("application data", "in the clear, first", A::UNEXPECTED_MESSAGE, |f| plain(f, 0, DATA, &[1])),
        ("application data", "before Finished", A::UNEXPECTED_MESSAGE, |f| sealed(f, 4, DATA, b"early")),
        ("a handshake record", "in the clear, after ServerHello", A::UNEXPECTED_MESSAGE, |f| {
            plain(f, 1, HANDSHAKE, &[8, 0, 0, 2, 0, 0])
        }),
        ("an alert", "in the clear, after ServerHello", A::UNEXPECTED_MESSAGE, |f| {
            plain(f, 1, ALERT, &[2, 40])
        }),
        ("an alert", "in the clear, after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            plain(f, 5, ALERT, &[1, 0])
        }),
    ];
    all_refused(CASES);
}

/// A ServerHello that fits any client here, because their session ids come from one seed.
fn server_hello() -> Vec<u8> {
    let mut message = Vec::new();
    forger().hello(|h| message = h.hello.to_bytes()).unwrap();
    message
}

#[test]
fn rfc8446_s5_1_keys_change_between_records() {
    const CASES: &[Case] = &[
        ("ServerHello", "with EncryptedExtensions in its record", A::UNEXPECTED_MESSAGE, |f| {
            f.plain(HANDSHAKE, &[&server_hello()[..], &[8, 0, 0, 2, 0, 0]].concat())
        }),
        ("ServerHello", "with a byte of a message after it", A::UNEXPECTED_MESSAGE, |f| {
            f.plain(HANDSHAKE, &[&server_hello()[..], &[8]].concat())
        }),
        ("Finished", "with a ticket in its record", A::UNEXPECTED_MESSAGE, |f| {
            f.flight(4)?;
            let finished = f.finished();
            f.sealed(HANDSHAKE, &[&finished[..], &[4, 0, 0]].concat())
        }),
        ("KeyUpdate", "with another in its record", A::UNEXPECTED_MESSAGE, |f| {
            let update = KeyUpdate { requested: false }.to_bytes();
            sealed(f, 5, HANDSHAKE, &[&update[..], &update].concat())
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s5_1_messages_are_not_interrupted() {
    const CASES: &[Case] = &[
        ("an alert", "inside EncryptedExtensions", A::UNEXPECTED_MESSAGE, |f| {
            sealed(f, 1, HANDSHAKE, &[8, 0, 0])?;
            f.sealed(ALERT, &[1, 90])
        }),
        ("change_cipher_spec", "inside ServerHello", A::UNEXPECTED_MESSAGE, |f| {
            f.plain(HANDSHAKE, &[2, 0])?;
            f.plain(CCS, &[1])
        }),
        ("application data", "inside NewSessionTicket", A::UNEXPECTED_MESSAGE, |f| {
            sealed(f, 5, HANDSHAKE, &[4, 0, 0])?;
            f.sealed(DATA, b"data")
        }),
        ("a handshake record", "empty, in the clear", A::UNEXPECTED_MESSAGE, |f| f.plain(HANDSHAKE, &[])),
        ("an alert record", "empty, in the clear", A::UNEXPECTED_MESSAGE, |f| f.plain(ALERT, &[])),
        ("an alert record", "two alerts", A::DECODE_ERROR, |f| f.plain(ALERT, &[1, 90, 1, 0])),
        ("an alert record", "half an alert", A::DECODE_ERROR, |f| f.plain(ALERT, &[1])),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s5_1_records_that_are_too_long() {
    const CASES: &[Case] = &[
        ("a record in the clear", "2^14 + 1 bytes", A::RECORD_OVERFLOW, |f| f.raw(&[22, 3, 3, 0x40, 0x01])),
        ("a record in the clear", "2^16 - 1 bytes", A::RECORD_OVERFLOW, |f| f.raw(&[22, 3, 3, 0xff, 0xff])),
        ("an alert in the clear", "2^14 + 1 bytes", A::RECORD_OVERFLOW, |f| f.raw(&[21, 3, 3, 0x40, 0x01])),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s5_2_sealed_records_that_are_too_long() {
    const CASES: &[Case] = &[
        ("an encrypted record", "2^14 + 257 bytes", A::RECORD_OVERFLOW, |f| {
            f.flight(1)?;
            f.raw(&[23, 3, 3, (MAX_ENCRYPTED >> 8) as u8, 1])
        }),
        ("an encrypted record", "2^14 + 257 bytes, after the handshake", A::RECORD_OVERFLOW, |f| {
            f.flight(5)?;
            f.raw(&[23, 3, 3, (MAX_ENCRYPTED >> 8) as u8, 1])
        }),
        ("an encrypted record", "2^14 + 2 bytes inside", A::RECORD_OVERFLOW, |f| {
            f.flight(5)?;
            f.sealed_inner(&[&vec![0; MAX_CONTENT + 1][..], &[23]].concat())
        }),
        ("an encrypted record", "2^14 + 2 bytes inside, most of it padding", A::RECORD_OVERFLOW, |f| {
            f.flight(5)?;
            f.sealed_inner(&[&[1, 23][..], &vec![0; MAX_CONTENT]].concat())
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s5_2_records_that_do_not_open() {
    const CASES: &[Case] = &[
        ("an encrypted record", "a bit of it flipped", A::BAD_RECORD_MAC, |f| {
            f.flight(5)?;
            f.tampered(|record| record[9] ^= 1)
        }),
        ("an encrypted record", "its tag cut by a byte", A::BAD_RECORD_MAC, |f| {
            f.flight(5)?;
            f.tampered(|record| {
                record.pop();
                record[4] -= 1;
            })
        }),
        ("an encrypted record", "its header's version changed", A::BAD_RECORD_MAC, |f| {
            f.flight(1)?;
            f.tampered(|record| record[2] = 1)
        }),
        ("an encrypted record", "shorter than a tag", A::BAD_RECORD_MAC, |f| {
            f.flight(1)?;
            f.raw(&[23, 3, 3, 0, 3, 1, 2, 3])
        }),
        ("an encrypted record", "empty", A::BAD_RECORD_MAC, |f| {
            f.flight(1)?;
            f.raw(&[23, 3, 3, 0, 0])
        }),
        ("an encrypted record", "said twice", A::BAD_RECORD_MAC, |f| {
            f.flight(5)?;
            let mut copy = Vec::new();
            f.tampered(|record| copy = record.clone())?;
            f.raw(&copy)
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s5_4_records_without_content() {
    const CASES: &[Case] = &[
        ("an encrypted record", "only zeros inside", A::UNEXPECTED_MESSAGE, |f| {
            f.flight(5)?;
            f.sealed_inner(&[0; 40])
        }),
        ("an encrypted record", "nothing inside", A::UNEXPECTED_MESSAGE, |f| {
            f.flight(1)?;
            f.sealed_inner(&[])
        }),
        ("an encrypted handshake record", "empty", A::UNEXPECTED_MESSAGE, |f| sealed(f, 1, HANDSHAKE, &[])),
        ("an encrypted alert record", "empty", A::UNEXPECTED_MESSAGE, |f| sealed(f, 1, ALERT, &[])),
        ("an encrypted alert record", "empty, after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            sealed(f, 5, ALERT, &[])
        }),
        ("an encrypted handshake record", "only padding", A::UNEXPECTED_MESSAGE, |f| {
            f.flight(5)?;
            f.sealed_inner(&[22, 0, 0, 0])
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s6_messages_that_break_their_syntax() {
    const CASES: &[Case] = &[
        ("ServerHello", "one byte long", A::DECODE_ERROR, |f| f.plain(HANDSHAKE, &[2, 0, 0, 1, 3])),
        ("EncryptedExtensions", "empty", A::DECODE_ERROR, |f| sealed(f, 1, HANDSHAKE, &[8, 0, 0, 0])),
        ("EncryptedExtensions", "an extension longer than its block", A::DECODE_ERROR, |f| {
            sealed(f, 1, HANDSHAKE, &[8, 0, 0, 6, 0, 4, 0, 16, 0, 9])
        }),
        ("CertificateVerify", "a signature longer than the message", A::DECODE_ERROR, |f| {
            sealed(f, 3, HANDSHAKE, &[15, 0, 0, 5, 8, 7, 0, 64, 1])
        }),
        ("NewSessionTicket", "an empty ticket", A::DECODE_ERROR, |f| {
            sealed(f, 5, HANDSHAKE, &[4, 0, 0, 13, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0])
        }),
        ("NewSessionTicket", "max_early_data_size of three bytes", A::DECODE_ERROR, |f| {
            sealed(
                f,
                5,
                HANDSHAKE,
                &[4, 0, 0, 21, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 7, 0, 7, 0, 42, 0, 3, 1, 2, 3],
            )
        }),
        ("a message", "of 16 MiB", A::ILLEGAL_PARAMETER, |f| f.plain(HANDSHAKE, &[2, 0xff, 0xff, 0xff])),
    ];
    all_refused(CASES);
}

/// RFC 8446 §6.2: who receives a fatal alert closes the connection, and answers nothing.
#[test]
fn rfc8446_s6_2_a_fatal_alert_is_not_answered() {
    for messages in [0, 1, 5] {
        // An unknown alert is fatal, too (§6), and so is one that calls itself a warning, and one that only older
        // versions have (§B.2): no_renegotiation is a warning there.
        for alert in [[2, 40], [1, 47], [2, 199], [1, 100], [1, 41]] {
            let mut forger = forger();
            forger.flight(messages).unwrap();
            let before = forger.sent().len();
            let result =
                if messages == 0 { forger.plain(ALERT, &alert) } else { forger.sealed(ALERT, &alert) };
            assert!(
                matches!(&result, Err(Error::AlertReceived(got)) if got.description.0 == alert[1]),
                "{result:?}"
            );
            assert_eq!(forger.sent().len(), before, "an alert was answered");
        }
    }
}

/// No record type may come without end while no data comes: 32 in a row, as BoringSSL has it.
#[test]
fn floods_end_after_32_records_in_a_row() {
    type Flood = (&'static str, usize, fn(&mut Forger) -> Result<(), Error>);
    const FLOODS: &[Flood] = &[
        ("empty data", 5, |f| f.sealed(DATA, &[])),
        ("warnings", 5, |f| f.sealed(ALERT, &[1, 90])),
        ("warnings before the handshake", 0, |f| f.plain(ALERT, &[1, 90])),
        ("change_cipher_spec", 0, |f| f.plain(CCS, &[1])),
        ("change_cipher_spec after ServerHello", 1, |f| f.plain(CCS, &[1])),
        ("key updates", 5, |f| {
            f.sealed(HANDSHAKE, &KeyUpdate { requested: false }.to_bytes())?;
            f.next_keys();
            Ok(())
        }),
    ];
    for (what, messages, play) in FLOODS {
        let mut forger = forger();
        forger.flight(*messages).unwrap();
        for number in 0..32 {
            assert_eq!(play(&mut forger), Ok(()), "{what}, number {number}");
        }
        let result = play(&mut forger);
        assert_eq!(super::fault(&mut forger, result, A::UNEXPECTED_MESSAGE), None, "{what}");
    }
    // One byte of data, and the count begins anew.
    let mut forger = forger();
    forger.flight(5).unwrap();
    for _ in 0..10 {
        for _ in 0..30 {
            forger.sealed(DATA, &[]).unwrap();
        }
        forger.sealed(DATA, &[1]).unwrap();
    }
}

/// A syntax error says where: the byte of the message, and the record in the stream.
#[test]
fn a_broken_message_is_found_in_its_stream() {
    let mut forger = forger();
    let hello = server_hello();
    forger.plain(HANDSHAKE, &hello).unwrap();
    let record = hello.len() + 5;
    let mut forger = self::forger();
    forger.hello(|_| ()).unwrap();
    // The list of extensions says 4 bytes, and 0 are left.
    let error = forger.sealed(HANDSHAKE, &[8, 0, 0, 2, 0, 4]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "in the record at byte {record} of the server's stream: EncryptedExtensions, byte 4: extensions length says 4 \
             bytes, but 0 bytes are left; RFC 8446 §3.4"
        )
    );
    assert_eq!(barewire_dissect::Lesson::offset(&error), record);
    let Error::Decode { refused, record: Some(at) } = error else { panic!("{error:?}") };
    assert_eq!((refused.offset, at), (4, record));
    // The header of a record stands in the stream itself.
    let mut forger = self::forger();
    forger.hello(|_| ()).unwrap();
    let error = forger.raw(&[99, 3, 3, 0, 1]).unwrap_err();
    assert_eq!(barewire_dissect::Lesson::offset(&error), record);
    assert!(error.to_string().starts_with(&format!("record header, byte {record}: ")), "{error}");
}
