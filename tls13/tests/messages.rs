//! Messages and records by themselves: what is written reads back the same, every byte has a name, and nothing
//! that is read can panic.

use barewire_dissect::{Lesson, record};
use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{
    Certificate, CertificateEntry, CertificateRequest, CertificateVerify, ClientHello, EncryptedExtensions,
    Finished, HELLO_RETRY_RANDOM, Joiner, KeyUpdate, Message, NewSessionTicket, ServerHello,
};
use barewire_tls13::record::{ContentType, InnerPlaintext};
use barewire_tls13::{AlertDescription, Error, Reason, dissect};
use proptest::collection::vec;
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

/// Parses, checks that every byte has a name, and hands the message to `same`.
#[track_caller]
fn reads_back(bytes: &[u8], same: impl FnOnce(&Message<'_>) -> bool) {
    let (message, tree) = record(bytes, || Message::parse(bytes));
    let message = message.unwrap_or_else(|error| panic!("{error}: {bytes:02x?}"));
    assert!(same(&message), "{message:?}");
    tree.check_coverage().unwrap_or_else(|error| panic!("{error}: {bytes:02x?}"));
}

fn bytes(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), length)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn client_hello(
        random in any::<[u8; 32]>(), session in bytes(0..33), suites in vec(any::<u16>(), 1..20),
        name in bytes(1..200), names in vec(bytes(1..20), 1..5), key in bytes(1..100),
        groups in vec(any::<u16>(), 1..9), versions in vec(any::<u16>(), 1..9), cookie in bytes(1..300),
        modes in bytes(1..4), other in bytes(0..50),
    ) {
        let hello = ClientHello {
            legacy_version: 0x0303,
            random,
            legacy_session_id: &session,
            cipher_suites: suites,
            legacy_compression_methods: &[0],
            extensions: vec![
                Extension::ServerName(Some(&name)),
                Extension::Alpn(names.iter().map(Vec::as_slice).collect()),
                Extension::KeyShares(vec![KeyShareEntry { group: 29, key_exchange: &key }; 2]),
                Extension::SupportedGroups(groups.clone()),
                Extension::SignatureAlgorithms(groups.clone()),
                Extension::SignatureAlgorithmsCert(groups),
                Extension::SupportedVersions(versions),
                Extension::Cookie(&cookie),
                Extension::PskKeyExchangeModes(modes),
                Extension::Other { id: 0x4a4a, data: &other },
            ],
        };
        reads_back(&hello.to_bytes(), |read| *read == Message::ClientHello(hello.clone()));
    }

    #[test]
    fn server_hello(
        random in any::<[u8; 32]>(), session in bytes(0..33), key in bytes(1..100), retry in any::<bool>(),
    ) {
        let (random, extension) = if retry {
            (HELLO_RETRY_RANDOM, Extension::RetryGroup(23))
        } else {
            (random, Extension::KeyShare(KeyShareEntry { group: 29, key_exchange: &key }))
        };
        let hello = ServerHello {
            legacy_version: 0x0303,
            random,
            legacy_session_id_echo: &session,
            cipher_suite: 0x1301,
            legacy_compression_method: 0,
            extensions: vec![Extension::SelectedVersion(0x0304), extension],
        };
        reads_back(&hello.to_bytes(), |read| *read == Message::ServerHello(hello.clone()));
    }

    #[test]
    fn the_others(data in bytes(1..400), context in bytes(0..20), number in any::<u32>(), flag in any::<bool>()) {
        let alpn = vec![Extension::Alpn(vec![&data[..1]]), Extension::ServerName(None)];
        let message = EncryptedExtensions { extensions: alpn };
        reads_back(&message.to_bytes(), |read| *read == Message::EncryptedExtensions(message.clone()));
        let entry = CertificateEntry { der: &data, extensions: vec![Extension::Other { id: 5, data: &context }] };
        let message = Certificate { request_context: &context, entries: vec![entry.clone(), entry] };
        reads_back(&message.to_bytes(), |read| *read == Message::Certificate(message.clone()));
        let schemes = vec![Extension::SignatureAlgorithms(vec![number as u16, 1])];
        let message = CertificateRequest { request_context: &context, extensions: schemes };
        reads_back(&message.to_bytes(), |read| *read == Message::CertificateRequest(message.clone()));
        let message = CertificateVerify { scheme: number as u16, signature: &data };
        reads_back(&message.to_bytes(), |read| *read == Message::CertificateVerify(message.clone()));
        let message = Finished { verify_data: &data };
        reads_back(&message.to_bytes(), |read| *read == Message::Finished(message.clone()));
        let early = vec![Extension::MaxEarlyData(number)];
        let message =
            NewSessionTicket { lifetime: number, age_add: !number, nonce: &context, ticket: &data, extensions: early };
        reads_back(&message.to_bytes(), |read| *read == Message::NewSessionTicket(message.clone()));
        let message = KeyUpdate { requested: flag };
        reads_back(&message.to_bytes(), |read| *read == Message::KeyUpdate(message));
    }

    #[test]
    fn nothing_that_is_read_panics(
        kind in prop::sample::select(vec![1u8, 2, 4, 8, 11, 13, 15, 20, 24, 99]),
        body in bytes(0..300),
    ) {
        let length = body.len() as u32;
        let message = [&[kind, 0, (length >> 8) as u8, length as u8], &body[..]].concat();
        let (parsed, tree) = record(&message, || Message::parse(&message));
        match parsed {
            Ok(_) => prop_assert_eq!(tree.check_coverage(), Ok(())),
            Err(error) => {
                prop_assert!(error.offset() <= message.len());
                prop_assert!(error.rule().starts_with("RFC "));
            }
        }
        let _ = dissect(&message);
        let _ = dissect(&body);
    }

    #[test]
    fn a_hello_with_one_byte_changed_still_ends_well(at in 0usize..200, with in any::<u8>()) {
        let mut message = hello();
        let at = at % message.len();
        message[at] = with;
        let (parsed, tree) = record(&message, || Message::parse(&message));
        if parsed.is_ok() {
            prop_assert_eq!(tree.check_coverage(), Ok(()));
        }
    }

    #[test]
    fn messages_are_joined_however_they_are_cut(cuts in vec(1usize..40, 1..30)) {
        let messages = [hello(), KeyUpdate { requested: true }.to_bytes(), hello()];
        let mut stream = &messages.concat()[..];
        let (mut joiner, mut got, mut cuts) = (Joiner::default(), Vec::new(), cuts.into_iter().cycle());
        while !stream.is_empty() {
            let (piece, rest) = stream.split_at(cuts.next().unwrap().min(stream.len()));
            joiner.push(piece);
            while let Some(message) = joiner.next_message().unwrap() {
                got.push(message);
            }
            stream = rest;
        }
        prop_assert!(joiner.is_empty());
        prop_assert_eq!(got, messages);
    }
}

fn hello() -> Vec<u8> {
    let extensions = vec![
        Extension::ServerName(Some(b"www.example.test")),
        Extension::SupportedVersions(vec![0x0304]),
        Extension::KeyShares(vec![KeyShareEntry { group: 29, key_exchange: &[9; 32] }]),
    ];
    let (legacy_version, random, legacy_session_id) = (0x0303, [1; 32], &[2; 32][..]);
    let (cipher_suites, legacy_compression_methods) = (vec![0x1301], &[0][..]);
    ClientHello {
        legacy_version,
        random,
        legacy_session_id,
        cipher_suites,
        legacy_compression_methods,
        extensions,
    }
    .to_bytes()
}

#[test]
fn errors_point_at_the_byte() {
    let mut message = hello();
    // The length of the suites: 44 bytes of header, version, random and session id stand before it.
    let at = 4 + 2 + 32 + 1 + 32;
    message[at] = 0xff;
    let error = Message::parse(&message).unwrap_err();
    assert_eq!(error.offset, at);
    assert!(
        matches!(
            error.reason,
            Reason::Length { what: "cipher_suites length", .. }
                | Reason::Overruns { what: "cipher_suites length", .. }
        ),
        "{error:?}"
    );
    assert_eq!((error.what, error.rule()), ("ClientHello", "RFC 8446 §3.4"));

    let error = Message::parse(&KeyUpdate { requested: true }.to_bytes()[..4]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "KeyUpdate, byte 1: length says 1 byte, but 0 bytes are left; RFC 8446 §3.4"
    );
    let error = Message::parse(&[24, 0, 0, 1, 7]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "KeyUpdate, byte 4: request_update is 0x7, it has to be 0 or 1; RFC 8446 §4.6.3"
    );
    assert_eq!(Error::from(error).alert(), Some(AlertDescription::ILLEGAL_PARAMETER));
}

#[test]
fn a_stream_is_named_also_where_messages_are_split() {
    let message = hello();
    let mut stream = Vec::new();
    for part in [&message[..1], &message[1..3], &message[3..50], &message[50..]] {
        stream.extend([22, 3, 1, 0, part.len() as u8]);
        stream.extend_from_slice(part);
    }
    stream.extend(b"\x14\x03\x03\x00\x01\x01\x15\x03\x03\x00\x02\x02\x28\x17\x03\x03\x00\x03abc");
    let (headers, tree) = dissect(&stream);
    assert_eq!(headers.unwrap().len(), 7);
    assert_eq!(tree.check_coverage(), Ok(()));
    let fragments = tree.walk().filter(|(_, node)| node.name == "fragment").count();
    assert_eq!(fragments, 4);
    let alert = tree.find("description").unwrap();
    assert_eq!(alert.value.as_deref(), Some("handshake_failure (40): no parameters that both sides accept"));
    assert!(tree.find("encrypted_record").is_some());
}

#[test]
fn a_message_may_end_and_another_start_in_one_record() {
    let (one, two) = (hello(), hello());
    let both = [&one[..], &two[..]].concat();
    // Cut in every place of the second message's header, and around it.
    for cut in one.len() - 1..one.len() + 6 {
        let mut stream = Vec::new();
        for part in [&both[..cut], &both[cut..]] {
            stream.extend([22, 3, 1, (part.len() >> 8) as u8, part.len() as u8]);
            stream.extend_from_slice(part);
        }
        let (headers, tree) = dissect(&stream);
        assert_eq!(headers.unwrap().len(), 2, "cut at {cut}");
        let whole = tree.walk().filter(|(_, node)| node.name == "handshake message").count();
        assert_eq!(
            whole,
            usize::from(cut >= one.len()) + usize::from(cut <= one.len()),
            "messages that are whole in a record, cut at {cut}"
        );
        assert_eq!(tree.check_coverage(), Ok(()), "cut at {cut}");
    }
}

#[test]
fn a_broken_stream_says_where() {
    let error = dissect(b"\x15\x03\x03\x00\x02\x01\x00\x16\x03\x03\x00\x05\x18").0.unwrap_err();
    assert_eq!(error.offset(), 10);
    assert_eq!(
        error.to_string(),
        "TLS record, byte 10: length says 5 bytes, but 1 byte is left; RFC 8446 §3.4"
    );
    let error = dissect(b"GET / HTTP/1.1\r\n").0.unwrap_err();
    assert_eq!((error.offset(), error.rule()), (0, "RFC 8446 §5.1"));
}

#[test]
fn the_type_is_the_last_byte_that_is_not_zero() {
    let inner = InnerPlaintext::split(&[1, 2, 0, 23, 0, 0]).unwrap();
    assert_eq!((inner.content_type, inner.length, inner.padding), (ContentType::APPLICATION_DATA, 3, 2));
    assert_eq!(InnerPlaintext::split(&[0, 0]), None);
    assert_eq!(InnerPlaintext::split(&[]), None);
}

/// The longest block of extensions there can be, each empty and all different.
#[test]
fn a_block_of_16383_extensions_is_read_and_a_duplicate_found() {
    let extensions: Vec<_> = (1000..).take(16_383).map(|id| Extension::Other { id, data: &[] }).collect();
    let mut message = EncryptedExtensions { extensions }.to_bytes();
    let Ok(Message::EncryptedExtensions(read)) = Message::parse(&message) else { panic!("refused") };
    assert_eq!(read.extensions.len(), 16_383);
    // The last one becomes the first one.
    let last = message.len() - 4;
    message[last..last + 2].copy_from_slice(&1000u16.to_be_bytes());
    assert_eq!(Message::parse(&message).unwrap_err().offset, last);
}

/// X25519MLKEM768 gives a secret of 64 bytes; no secret is cut.
#[test]
fn a_secret_keeps_all_of_its_bytes() {
    for length in [0, 32, 48, 64, 1000] {
        let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
        assert_eq!(barewire_tls13::key_schedule::Secret::new(&bytes).bytes(), bytes);
    }
}
