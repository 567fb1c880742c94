//! A server that lies, a wire that changes bytes, and floods: always an error that says so, never a finished
//! handshake, never a panic, never memory without bound.

mod common;

use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{
    CertificateVerify, HELLO_RETRY_RANDOM, KeyUpdate, Message, NewSessionTicket,
};
use barewire_tls13::record::{ContentType, MAX_CONTENT, MAX_ENCRYPTED};
use barewire_tls13::{AlertDescription, Client, Error, Event, Hash, Transcript};
use common::forger::Forger;
use common::{Identity, Pair};

fn identity() -> Identity {
    Identity::new(&rcgen::PKCS_ED25519)
}

fn forger() -> Forger {
    let identity = identity();
    let config = identity.client();
    Forger::new(&identity, config)
}

/// The last record the client sent: in the clear before there are keys, it shows the alert.
fn last_alert(forger: &mut Forger) -> Option<u8> {
    let sent = forger.client.transmit(forger.now)?;
    (sent.len() == 7 && sent[0] == 21).then(|| sent[6])
}

#[track_caller]
fn refused(forger: &Forger, result: Result<(), Error>, says: &str, alert: AlertDescription) {
    let error = result.expect_err("it was taken");
    assert!(error.to_string().contains(says), "wanted {says:?}, got: {error}");
    assert_eq!(error.alert(), Some(alert), "{error}");
    assert!(forger.client.summary().is_none(), "the handshake is called done");
    assert_eq!(forger.client.failure(), Some(&error));
}

#[test]
fn the_forger_can_be_honest() {
    let mut forger = forger();
    forger.handshake().unwrap();
    forger.sealed(ContentType::APPLICATION_DATA, b"hello").unwrap();
    let mut out = [0; 10];
    assert_eq!(forger.client.read(&mut out), 5);
    assert!(forger.client.summary().is_some());
}

#[test]
fn every_byte_of_the_server_flight_counts() {
    let identity = identity();
    let server = identity.server();
    let length = Pair::new(identity.client(), server.clone()).server_flight().len();
    // The ServerHello's record, then change_cipher_spec's: the second half of a version in the clear is ignored.
    let ignored = [2, 127 + 2];
    for at in 0..length {
        for mask in [0x01, 0x80] {
            let mut pair = Pair::new(identity.client(), server.clone());
            let mut bytes = pair.server_flight();
            assert_eq!(bytes.len(), length, "the flight's length hangs on key material");
            bytes[at] ^= mask;
            let result =
                pair.client.receive(pair.now, &bytes).and_then(|()| pair.client.receive_eof(pair.now));
            if ignored.contains(&at) {
                assert!(pair.client.summary().is_some(), "byte {at} is to be ignored: {result:?}");
            } else {
                assert!(result.is_err(), "byte {at} ^ {mask:#x} went unnoticed");
                assert!(
                    pair.client.summary().is_none(),
                    "byte {at} ^ {mask:#x}: {result:?}, but called done"
                );
            }
        }
    }
}

#[test]
fn a_flight_cut_short_is_truncated() {
    let identity = identity();
    let server = identity.server();
    let whole = {
        let mut pair = Pair::new(identity.client(), server.clone());
        pair.handshake();
        pair.to_client.len()
    };
    for cut in (0..whole.min(900)).step_by(37) {
        let mut pair = Pair::new(identity.client(), server.clone());
        let flight = pair.server_flight();
        let cut = cut.min(flight.len() - 1);
        pair.client.receive(pair.now, &flight[..cut]).unwrap();
        let error = pair.client.receive_eof(pair.now).unwrap_err();
        assert!(
            matches!(error, Error::Truncated { offset, handshake_done: false, .. } if offset == cut),
            "{error:?}"
        );
    }
}

#[test]
fn no_step_can_be_skipped() {
    for skipped in 0..4 {
        let mut forger = forger();
        forger.hello(|_| ()).unwrap();
        let mut result = Ok(());
        for step in (0..4).filter(|step| *step != skipped) {
            let message = match step {
                0 => forger.encrypted_extensions(Vec::new()),
                1 => forger.certificate(),
                2 => forger.certificate_verify(),
                _ => forger.finished(),
            };
            result = result.and_then(|()| forger.say(&message));
        }
        if skipped == 3 {
            assert!(result.is_ok() && forger.client.summary().is_none());
            assert!(matches!(forger.client.write(b"x"), Err(Error::NotWritable(_))));
            assert!(forger.sealed(ContentType::APPLICATION_DATA, b"too early").is_err());
        } else {
            refused(&forger, result, "while waiting for", AlertDescription::UNEXPECTED_MESSAGE);
        }
    }
}

#[test]
fn a_message_without_a_name_is_refused_by_its_number() {
    let mut forger = forger();
    forger.flight(1).unwrap();
    let result = forger.say(&[99, 0, 0, 0]);
    let says = "a message of type 99 while waiting for EncryptedExtensions";
    refused(&forger, result, says, AlertDescription::UNEXPECTED_MESSAGE);
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let (real, mut other) = (identity(), identity());
    other.chain = real.chain.clone();
    for trust in [real.trust(), barewire_tls13::Trust::Nothing] {
        let mut config = real.client();
        config.trust = trust;
        let mut forger = Forger::new(&other, config);
        let result = forger.handshake();
        refused(&forger, result, "does not fit the certificate's key", AlertDescription::DECRYPT_ERROR);
    }
}

#[test]
fn a_signature_over_another_transcript_is_refused() {
    let mut forger = forger();
    forger.hello(|_| ()).unwrap();
    let too_early = forger.certificate_verify();
    forger.say(&forger.encrypted_extensions(Vec::new())).unwrap();
    forger.say(&forger.certificate()).unwrap();
    let result = forger.say(&too_early);
    refused(&forger, result, "does not fit", AlertDescription::DECRYPT_ERROR);
}

#[test]
fn a_scheme_that_was_not_offered_for_it_is_refused() {
    for scheme in [0x0401, 0x0201, 0x0808, 0x0403] {
        let mut forger = forger();
        forger.hello(|_| ()).unwrap();
        forger.say(&forger.encrypted_extensions(Vec::new())).unwrap();
        forger.say(&forger.certificate()).unwrap();
        let result = forger.say(&CertificateVerify { scheme, signature: &[1; 64] }.to_bytes());
        // 0x0403 was offered, but is not what an Ed25519 key signs with.
        let (says, alert) = match scheme {
            0x0403 => ("which does not sign so", AlertDescription::ILLEGAL_PARAMETER),
            _ => ("which was not offered", AlertDescription::ILLEGAL_PARAMETER),
        };
        refused(&forger, result, says, alert);
    }
}

#[test]
fn a_wrong_finished_is_refused() {
    let mut forger = forger();
    forger.hello(|_| ()).unwrap();
    forger.say(&forger.encrypted_extensions(Vec::new())).unwrap();
    forger.say(&forger.certificate()).unwrap();
    forger.say(&forger.certificate_verify()).unwrap();
    let mut finished = forger.finished();
    *finished.last_mut().unwrap() ^= 1;
    let result = forger.say(&finished);
    refused(&forger, result, "Finished does not fit", AlertDescription::DECRYPT_ERROR);
}

/// One change to an honest ServerHello, and what it has to be refused with.
type HelloCase = (fn(&mut common::forger::Hello<'_>), &'static str, AlertDescription);

#[test]
fn every_lie_in_a_server_hello_is_refused() {
    let cases: [HelloCase; 10] = [
        (|h| h.hello.legacy_version = 0x0302, "legacy_version", AlertDescription::ILLEGAL_PARAMETER),
        (
            |h| h.hello.legacy_session_id_echo = &[1; 32],
            "session_id_echo",
            AlertDescription::ILLEGAL_PARAMETER,
        ),
        (|h| h.hello.cipher_suite = 0x1304, "TLS_AES_128_CCM_SHA256", AlertDescription::ILLEGAL_PARAMETER),
        (|h| h.hello.legacy_compression_method = 1, "compression", AlertDescription::ILLEGAL_PARAMETER),
        (
            |h| h.hello.extensions[0] = Extension::SelectedVersion(0x0303),
            "only 0x0304 was offered",
            AlertDescription::ILLEGAL_PARAMETER,
        ),
        (|h| drop(h.hello.extensions.pop()), "no key_share", AlertDescription::MISSING_EXTENSION),
        (
            |h| {
                h.hello.extensions[1] =
                    Extension::KeyShare(KeyShareEntry { group: 0x17, key_exchange: &[4; 65] })
            },
            "the group of the server's key is secp256r1, and we offered x25519",
            AlertDescription::ILLEGAL_PARAMETER,
        ),
        (
            // The all-zero point leads to an all-zero secret (RFC 7748 §6.1).
            |h| {
                h.hello.extensions[1] =
                    Extension::KeyShare(KeyShareEntry { group: 0x1d, key_exchange: &[0; 32] })
            },
            "not a valid x25519 key",
            AlertDescription::ILLEGAL_PARAMETER,
        ),
        (
            |h| h.hello.extensions.push(Extension::Other { id: 41, data: &[0, 0] }),
            "pre_shared_key, which was not asked for",
            AlertDescription::UNSUPPORTED_EXTENSION,
        ),
        (
            |h| h.hello.extensions.push(Extension::SelectedVersion(0x0304)),
            "supported_versions appears twice",
            AlertDescription::ILLEGAL_PARAMETER,
        ),
    ];
    for (lie, says, alert) in cases {
        let mut forger = forger();
        let result = forger.hello(lie);
        refused(&forger, result, says, alert);
        assert_eq!(last_alert(&mut forger), Some(alert.0), "{says}");
    }
}

#[test]
fn a_server_hello_of_tls12_is_named() {
    let mut forger = forger();
    let result = forger.hello(|h| {
        h.hello.extensions.clear();
        h.hello.random[24..].copy_from_slice(b"DOWNGRD\x01");
    });
    refused(&forger, result, "with TLS 1.2 (0x0303)", AlertDescription::ILLEGAL_PARAMETER);
    let says = forger.client.failure().unwrap().to_string();
    assert!(says.contains("DOWNGRD"), "{says}");
}

#[test]
fn lies_in_a_hello_retry_request_are_refused() {
    let retry = |extensions: Vec<Extension<'static>>| {
        move |h: &mut common::forger::Hello<'_>| {
            h.hello.random = HELLO_RETRY_RANDOM;
            h.hello.extensions = extensions;
        }
    };
    let version = Extension::SelectedVersion(0x0304);
    for (extensions, says) in [
        (vec![version.clone()], "asks for no change"),
        (vec![version.clone(), Extension::RetryGroup(0x1d)], "whose key it already has"),
        (vec![version.clone(), Extension::RetryGroup(0x18)], "secp384r1, which was not offered"),
        (
            vec![version.clone(), Extension::RetryGroup(0x17), Extension::Other { id: 99, data: &[1] }],
            "not asked for",
        ),
    ] {
        let mut forger = forger();
        let result = forger.hello(retry(extensions));
        assert!(result.is_err(), "{says}");
        assert!(result.unwrap_err().to_string().contains(says), "{says}");
    }
    let mut forger = forger();
    forger.hello(retry(vec![version.clone(), Extension::Cookie(b"crumbs")])).unwrap();
    let sent = forger.client.transmit(forger.now).unwrap();
    assert!(sent.windows(6).any(|window| window == b"crumbs"), "the cookie did not come back");
    assert_eq!(forger.client.event(), Some(Event::HelloRetry { group: None }));
    let result = forger.hello(retry(vec![version, Extension::RetryGroup(0x17)]));
    refused(&forger, result, "a second HelloRetryRequest", AlertDescription::UNEXPECTED_MESSAGE);
}

#[test]
fn a_handshake_after_a_cookie_goes_to_its_end() {
    let mut forger = forger();
    let first_hello = forger.client_hello.clone();
    let mut retry = Vec::new();
    forger
        .hello(|h| {
            h.hello.random = HELLO_RETRY_RANDOM;
            h.hello.extensions = vec![Extension::SelectedVersion(0x0304), Extension::Cookie(b"crumbs")];
            retry = h.hello.to_bytes();
        })
        .unwrap();
    // change_cipher_spec takes 6 bytes, the header of the record after it 5.
    forger.client_hello = forger.client.transmit(forger.now).unwrap()[11..].to_vec();
    forger.transcript = Transcript::after_retry(Hash::Sha256, &first_hello, &retry);
    forger.transcript.add(&forger.client_hello);
    forger.handshake().unwrap();
    let summary = forger.client.summary().unwrap();
    assert!(summary.hello_retry);
    // All that the second ClientHello adds is the cookie: type, length, its own length, six bytes.
    assert_eq!(forger.client_hello.len(), first_hello.len() + 12);
}

#[test]
fn a_cookie_too_long_to_send_back_is_refused() {
    // What is left of 65,535 bytes of extensions beside supported_versions and the cookie's own headers.
    for (length, fits) in [(65_523, false), (65_000, true)] {
        let cookie: &'static [u8] = vec![b'c'; length].leak();
        let mut retry = Vec::new();
        let _ = forger().hello(|h| {
            h.hello.random = HELLO_RETRY_RANDOM;
            h.hello.extensions = vec![Extension::SelectedVersion(0x0304), Extension::Cookie(cookie)];
            retry = h.hello.to_bytes();
        });
        let mut forger = self::forger();
        let result =
            retry.chunks(MAX_CONTENT).try_for_each(|part| forger.plain(ContentType::HANDSHAKE, part));
        if !fits {
            refused(&forger, result, "too long to be sent back", AlertDescription::ILLEGAL_PARAMETER);
            continue;
        }
        result.unwrap();
        let sent = forger.client.transmit(forger.now).unwrap();
        // Behind change_cipher_spec, without the headers of its records, it reads as a ClientHello.
        let hello: Vec<u8> =
            sent[6..].chunks(5 + MAX_CONTENT).flat_map(|record| &record[5..]).copied().collect();
        let Ok(Message::ClientHello(hello)) = Message::parse(&hello) else { panic!("no ClientHello") };
        assert!(hello.extensions.contains(&Extension::Cookie(cookie)), "the cookie did not come back");
    }
}

#[test]
fn answers_that_nobody_asked_for_are_refused() {
    for (extension, alert) in [
        (Extension::Other { id: 1, data: &[1] }, AlertDescription::UNSUPPORTED_EXTENSION),
        (Extension::Alpn(vec![b"h2"]), AlertDescription::UNSUPPORTED_EXTENSION),
        (Extension::Other { id: 51, data: &[0] }, AlertDescription::ILLEGAL_PARAMETER),
    ] {
        let mut forger = forger();
        forger.hello(|_| ()).unwrap();
        let result = forger.say(&forger.encrypted_extensions(vec![extension]));
        refused(&forger, result, "EncryptedExtensions", alert);
    }
    let identity = identity();
    for names in [vec![&b"h3"[..]], vec![b"h2", b"http/1.1"]] {
        let mut config = identity.client();
        config.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut forger = Forger::new(&identity, config);
        forger.hello(|_| ()).unwrap();
        let result = forger.say(&forger.encrypted_extensions(vec![Extension::Alpn(names)]));
        refused(&forger, result, "the server chose", AlertDescription::ILLEGAL_PARAMETER);
    }
}

#[test]
fn keys_change_only_between_records() {
    // A ServerHello that fits any client here: their session ids come from one seed.
    let mut content = Vec::new();
    forger().hello(|h| content = h.hello.to_bytes()).unwrap();
    // The start of another message after it, in the same record.
    content.extend([8, 0, 0]);
    let mut forger = forger();
    let result = forger.plain(ContentType::HANDSHAKE, &content);
    refused(&forger, result, "the record goes on for 3 bytes", AlertDescription::UNEXPECTED_MESSAGE);
}

#[test]
fn nothing_unencrypted_is_taken_once_there_are_keys() {
    for content_type in [ContentType::HANDSHAKE, ContentType::ALERT] {
        let mut forger = forger();
        forger.hello(|_| ()).unwrap();
        let result = forger.plain(content_type, &[1, 0]);
        refused(&forger, result, "an unencrypted", AlertDescription::UNEXPECTED_MESSAGE);
    }
}

#[test]
fn a_message_is_not_interrupted_by_other_records() {
    let mut forger = forger();
    forger.hello(|_| ()).unwrap();
    let message = forger.encrypted_extensions(Vec::new());
    forger.sealed(ContentType::HANDSHAKE, &message[..3]).unwrap();
    let result = forger.sealed(ContentType::ALERT, &[1, 90]);
    refused(&forger, result, "in the middle of a handshake message", AlertDescription::UNEXPECTED_MESSAGE);

    // Not even by the record that means nothing (RFC 8446 §5.1: no other records between the parts).
    let mut forger = self::forger();
    forger.plain(ContentType::HANDSHAKE, &[2, 0]).unwrap();
    let result = forger.plain(ContentType::CHANGE_CIPHER_SPEC, &[1]);
    refused(&forger, result, "in the middle of a handshake message", AlertDescription::UNEXPECTED_MESSAGE);
}

#[test]
fn lengths_that_lie_are_refused_at_once() {
    let mut forger = forger();
    let result = forger.raw(&[22, 3, 3, 0x40, 0x01]);
    refused(&forger, result, "the most is 16384", AlertDescription::RECORD_OVERFLOW);

    let mut forger = self::forger();
    forger.hello(|_| ()).unwrap();
    let length = ((MAX_ENCRYPTED + 1) as u16).to_be_bytes();
    let result = forger.raw(&[23, 3, 3, length[0], length[1]]);
    refused(&forger, result, "the most is 16640", AlertDescription::RECORD_OVERFLOW);

    let mut forger = self::forger();
    let result = forger.plain(ContentType::HANDSHAKE, &[2, 0xff, 0xff, 0xff]);
    refused(&forger, result, "announces 16,777,215 bytes", AlertDescription::ILLEGAL_PARAMETER);

    let mut forger = self::forger();
    let result = forger.plain(ContentType::HANDSHAKE, &[2, 0, 0, 1, 3]);
    refused(&forger, result, "ServerHello, byte 4", AlertDescription::DECODE_ERROR);
}

#[test]
fn what_is_not_tls_is_named() {
    let mut forger = forger();
    let result = forger.raw(b"HTTP/1.1 400 Bad Request\r\n");
    refused(
        &forger,
        result,
        "record type 72 does not exist: this is not TLS",
        AlertDescription::UNEXPECTED_MESSAGE,
    );
    assert_eq!(barewire_dissect::Lesson::offset(forger.client.failure().unwrap()), 0);
}

#[test]
fn floods_end() {
    // Each: one record over and over, after the handshake or before.
    let mut forger = forger();
    forger.handshake().unwrap();
    let mut count = 0;
    while forger.sealed(ContentType::APPLICATION_DATA, &[]).is_ok() {
        count += 1;
        assert!(count < 1_000, "empty records without end");
    }
    let mut forger = self::forger();
    let mut count = 0;
    while forger.plain(ContentType::CHANGE_CIPHER_SPEC, &[1]).is_ok() {
        count += 1;
        assert!(count < 1_000, "change_cipher_spec without end");
    }
    let mut forger = self::forger();
    let mut count = 0;
    while forger.plain(ContentType::ALERT, &[1, 90]).is_ok() {
        count += 1;
        assert!(count < 1_000, "user_canceled without end");
    }
    let mut forger = self::forger();
    assert!(forger.plain(ContentType::HANDSHAKE, &[]).is_err(), "an empty handshake record");
}

#[test]
fn key_updates_and_tickets_without_end_stay_bounded() {
    let mut forger = forger();
    forger.handshake().unwrap();
    assert!(forger.client.transmit(forger.now).is_some());
    let ticket =
        NewSessionTicket { lifetime: 1, age_add: 2, nonce: &[3], ticket: &[4; 100], extensions: Vec::new() };
    let ticket = ticket.to_bytes();
    for round in 0..5_000 {
        // Data in between, so that the limit on idle records does not end it.
        forger.sealed(ContentType::APPLICATION_DATA, &[0]).unwrap();
        forger.sealed(ContentType::HANDSHAKE, &ticket).unwrap();
        if round < 2_000 {
            forger.sealed(ContentType::HANDSHAKE, &KeyUpdate { requested: true }.to_bytes()).unwrap();
            forger.next_keys();
        }
    }
    assert_eq!(
        forger.client.transmit(forger.now),
        None,
        "an answer to a key update, before there is data to send"
    );
    let events: Vec<Event> = std::iter::from_fn(|| forger.client.event()).collect();
    assert_eq!(events.len(), 1024);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Ticket(_))).count(), 16);
    assert_eq!(forger.client.events_dropped(), 5_000 + 2_000 + 2 - 1024);
}

#[test]
fn user_canceled_is_tolerated_before_close_notify() {
    let mut forger = forger();
    forger.handshake().unwrap();
    forger.sealed(ContentType::ALERT, &[1, 90]).unwrap();
    forger.sealed(ContentType::ALERT, &[1, 0]).unwrap();
    assert_eq!(forger.client.receive_eof(forger.now), Ok(()));
    let events: Vec<Event> = std::iter::from_fn(|| forger.client.event()).collect();
    assert!(matches!(events[..], [Event::HandshakeDone(_), Event::Alert(_), Event::Closed]), "{events:?}");
    // RFC 8446 §6.1: what follows is ignored.
    forger.sealed(ContentType::APPLICATION_DATA, b"late").unwrap();
    assert_eq!(forger.client.readable(), 0);
}

#[test]
fn after_the_handshake_only_tickets_and_key_updates() {
    for message in [
        forger().certificate(),
        forger().encrypted_extensions(Vec::new()),
        vec![0, 0, 0, 0],
        vec![24, 0, 0, 1, 2],
        // CertificateRequest: post_handshake_auth was not offered (RFC 8446 §4.6.2).
        vec![13, 0, 0, 11, 0, 0, 8, 0, 13, 0, 4, 0, 2, 8, 7],
    ] {
        let mut forger = forger();
        forger.handshake().unwrap();
        let error = forger.sealed(ContentType::HANDSHAKE, &message).unwrap_err();
        assert!(error.alert().is_some(), "{error}");
        assert!(forger.client.write(b"x").is_err());
    }
}

#[test]
fn a_record_that_does_not_open_is_diagnosed() {
    let identity = identity();
    let mut pair = Pair::new(identity.client(), identity.server());
    pair.handshake();
    std::io::Write::write_all(&mut pair.server.writer(), b"data").unwrap();
    let mut bytes = Vec::new();
    pair.server.write_tls(&mut bytes).unwrap();
    bytes[7] ^= 1;
    let error = pair.client.receive(pair.now, &bytes).unwrap_err();
    let says = error.to_string();
    assert!(says.contains("under the application traffic keys"), "{says}");
    assert!(says.contains("The record before it opened, so the keys are right"), "{says}");
    assert_eq!(error.alert(), Some(AlertDescription::BAD_RECORD_MAC));
}

#[test]
fn random_bytes_never_panic() {
    use rand_chacha::rand_core::Rng;
    let identity = identity();
    let mut random = common::rng();
    let mut bytes = [0; 300];
    for round in 0..300 {
        random.fill_bytes(&mut bytes);
        // Make most of them look like records.
        bytes[..5].copy_from_slice(&[20 + (round % 4) as u8, 3, 3, 0, 100]);
        let mut client = Client::new(std::time::Instant::now(), identity.client(), &mut random).unwrap();
        for piece in bytes.chunks(7) {
            let _ = client.receive(std::time::Instant::now(), piece);
        }
        assert!(client.summary().is_none());
    }
}

/// Nothing is said of keys where there was no tag to try them on.
#[test]
fn a_record_that_is_shorter_than_a_tag_is_said_to_be_short() {
    for length in [0, 1, 15, 16] {
        let mut forger = forger();
        forger.handshake().unwrap();
        let record = [&[23, 3, 3, 0, length][..], &vec![7; length.into()]].concat();
        let error = forger.raw(&record).unwrap_err();
        assert_eq!(error.alert(), Some(AlertDescription::BAD_RECORD_MAC));
        let text = error.to_string();
        assert_eq!(
            text.contains("does not open: its tag alone would take 16; RFC 8446 §5.2"),
            length < 16,
            "{text}"
        );
        assert_eq!(text.contains("points at the keys"), length == 16, "{text}");
    }
}
