//! After the handshake (RFC 8446 §4.6): tickets, key updates, and what may not come any more.

use barewire_tls13::AlertDescription as A;
use barewire_tls13::Error;
use barewire_tls13::handshake::KeyUpdate;
use barewire_tls13::record::ContentType;

use super::{Case, all_refused, forger};
use crate::common::forger::Forger;

/// A message after the handshake.
fn say(forger: &mut Forger, message: &[u8]) -> Result<(), Error> {
    forger.handshake()?;
    forger.sealed(ContentType::HANDSHAKE, message)
}

#[test]
fn rfc8446_s4_6_3_key_update() {
    const CASES: &[Case] = &[
        ("KeyUpdate", "request_update is 2", A::ILLEGAL_PARAMETER, |f| say(f, &[24, 0, 0, 1, 2])),
        ("KeyUpdate", "empty", A::DECODE_ERROR, |f| say(f, &[24, 0, 0, 0])),
        ("KeyUpdate", "two bytes", A::DECODE_ERROR, |f| say(f, &[24, 0, 0, 2, 0, 0])),
        ("a record under the old keys", "after KeyUpdate", A::BAD_RECORD_MAC, |f| {
            say(f, &KeyUpdate { requested: false }.to_bytes())?;
            f.sealed(ContentType::APPLICATION_DATA, b"data")
        }),
    ];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_6_2_no_certificate_request_after_the_handshake() {
    const CASES: &[Case] = &[(
        "CertificateRequest",
        "after the handshake; post_handshake_auth was not offered",
        A::UNEXPECTED_MESSAGE,
        |f| say(f, &[13, 0, 0, 12, 1, 9, 0, 8, 0, 13, 0, 4, 0, 2, 8, 7]),
    )];
    all_refused(CASES);
}

#[test]
fn rfc8446_s4_1_2_no_second_handshake() {
    const CASES: &[Case] = &[
        ("HelloRequest, of TLS 1.2", "after the handshake", A::UNEXPECTED_MESSAGE, |f| say(f, &[0, 0, 0, 0])),
        ("ClientHello", "after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            let hello = f.client_hello.clone();
            say(f, &hello)
        }),
        ("EncryptedExtensions", "after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            say(f, &[8, 0, 0, 2, 0, 0])
        }),
        ("Certificate", "after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            let certificate = f.certificate();
            say(f, &certificate)
        }),
        ("Finished", "after the handshake", A::UNEXPECTED_MESSAGE, |f| {
            f.flight(4)?;
            let finished = f.finished();
            f.say(&finished)?;
            f.application_keys();
            f.sealed(ContentType::HANDSHAKE, &finished)
        }),
    ];
    all_refused(CASES);
}

/// How many KeyUpdates the client has sent, and whether each asks for an answer.
fn updates(forger: &mut Forger) -> Vec<u8> {
    let is_update = |content: &[u8]| content.starts_with(&[24, 0, 0, 1]);
    let records = forger.sent().into_iter();
    records
        .filter(|record| record.encrypted && is_update(&record.content))
        .map(|record| record.content[4])
        .collect()
}

/// The server asks for a KeyUpdate, and goes over to its own next key.
fn ask(forger: &mut Forger) {
    forger.sealed(ContentType::HANDSHAKE, &KeyUpdate { requested: true }.to_bytes()).unwrap();
    forger.next_keys();
}

#[test]
fn rfc8446_s4_6_3_one_answer_while_silent() {
    let mut forger = forger();
    forger.handshake().unwrap();
    for _ in 0..5 {
        ask(&mut forger);
        assert_eq!(updates(&mut forger), [0u8; 0], "an answer before there is data to send");
    }
    forger.client.write(b"one").unwrap();
    let sent = forger.sent();
    // The answer, under the old key, and the data under the next one: `sent` opens both.
    assert_eq!(updates(&mut forger), [0]);
    assert_eq!(sent.last().unwrap().content, b"one");
    forger.client.write(b"two").unwrap();
    assert_eq!(updates(&mut forger), [0], "a second answer to the same requests");
    ask(&mut forger);
    forger.client.write(b"three").unwrap();
    assert_eq!(updates(&mut forger), [0, 0]);
    forger.sealed(ContentType::HANDSHAKE, &KeyUpdate { requested: false }.to_bytes()).unwrap();
    forger.next_keys();
    forger.client.write(b"four").unwrap();
    assert_eq!(updates(&mut forger), [0, 0], "an answer to an update that asked for none");
}

#[test]
fn rfc9846_s4_7_3_one_request_at_a_time() {
    let mut forger = forger();
    forger.handshake().unwrap();
    for _ in 0..3 {
        forger.client.update_keys(true).unwrap();
    }
    // Our own key changes each time, but only the first one asks.
    assert_eq!(updates(&mut forger), [1, 0, 0]);
    forger.sealed(ContentType::HANDSHAKE, &KeyUpdate { requested: false }.to_bytes()).unwrap();
    forger.next_keys();
    forger.client.update_keys(true).unwrap();
    assert_eq!(updates(&mut forger), [1, 0, 0, 1]);
    // An answer that is owed is the next key, too.
    ask(&mut forger);
    forger.client.update_keys(false).unwrap();
    assert_eq!(updates(&mut forger), [1, 0, 0, 1, 0]);
    forger.client.write(b"data").unwrap();
    assert_eq!(forger.sent().last().unwrap().content, b"data");
    assert_eq!(updates(&mut forger).len(), 5);
}
