//! The client against rustls, in memory: every suite, group and key type, and what comes after the handshake.

mod common;

use std::io::{Read, Write};
use std::sync::Arc;

use barewire_tls13::{Config, Error, Event, Group, SignatureScheme, Suite, Verified};
use common::{Identity, Log, Pair, only_group, only_suite};
use rustls::{CipherSuite, NamedGroup};

#[test]
fn every_suite() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for (ours, theirs) in [
        (Suite::Aes128GcmSha256, CipherSuite::TLS13_AES_128_GCM_SHA256),
        (Suite::Aes256GcmSha384, CipherSuite::TLS13_AES_256_GCM_SHA384),
        (Suite::Chacha20Poly1305Sha256, CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
    ] {
        let mut pair = Pair::new(identity.client(), identity.server_with(|p| only_suite(p, theirs)));
        let summary = pair.handshake();
        assert_eq!(summary.suite, ours);
        assert_eq!(summary.group, Group::X25519);
        assert_eq!(summary.verified, Verified::Yes { anchor: "CN=Test Root CA".to_owned() });
        assert_eq!(summary.chain[0].names, ["www.example.test"]);
        assert_eq!(summary.chain[0].key, "Ed25519");
        round_trip(&mut pair, b"ping", b"pong");
    }
}

fn round_trip(pair: &mut Pair, there: &[u8], back: &[u8]) {
    pair.client.write(there).unwrap();
    pair.run().unwrap();
    let mut got = vec![0; there.len()];
    pair.server.reader().read_exact(&mut got).unwrap();
    assert_eq!(got, there);
    for part in back.chunks(10_000) {
        pair.server.writer().write_all(part).unwrap();
        pair.run().unwrap();
    }
    assert_eq!(pair.read_all(), back);
}

#[test]
fn every_group_without_a_retry() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for group in Group::ALL {
        let mut config = identity.client();
        config.groups = vec![group];
        let summary = Pair::new(config, identity.server()).handshake();
        assert_eq!((summary.group, summary.hello_retry), (group, false));
    }
}

#[test]
fn a_hello_retry_request_is_answered() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for suite in [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_AES_256_GCM_SHA384] {
        let server = identity.server_with(|p| {
            only_group(p, NamedGroup::secp256r1);
            only_suite(p, suite);
        });
        let mut pair = Pair::new(identity.client(), server);
        let summary = pair.handshake();
        assert_eq!((summary.group, summary.hello_retry), (Group::Secp256r1, true));
        assert_eq!(pair.events()[0], Event::HelloRetry { group: Some(Group::Secp256r1) });
        round_trip(&mut pair, b"ping", b"pong");
    }
}

/// P-384: no share is sent for it before the server asks.
/// RFC 8446 §D.4: a session id and one change_cipher_spec, and the same handshake without both.
#[test]
fn compatibility_mode_can_be_left_out() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for (compatibility_mode, group, wanted) in [
        (true, NamedGroup::X25519, &[22, 20, 23][..]),
        (true, NamedGroup::secp256r1, &[22, 20, 22, 23]),
        (false, NamedGroup::X25519, &[22, 23]),
        (false, NamedGroup::secp256r1, &[22, 22, 23]),
    ] {
        let config = Config { compatibility_mode, ..identity.client() };
        let mut pair = Pair::new(config, identity.server_with(|p| only_group(p, group)));
        pair.handshake();
        // The session id begins after two headers, the version and the random.
        assert_eq!(pair.to_server[5 + 4 + 2 + 32], if compatibility_mode { 32 } else { 0 });
        let mut types = Vec::new();
        let mut rest = &pair.to_server[..];
        while let Some(&[content_type, _, _, high, low]) = rest.first_chunk() {
            types.push(content_type);
            rest = &rest[5 + usize::from(u16::from_be_bytes([high, low]))..];
        }
        assert_eq!(types, wanted);
    }
}

#[test]
fn a_server_with_p384_alone_is_reached_by_a_retry() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = {
        let mut provider = rustls::crypto::ring::default_provider();
        provider.kx_groups = vec![rustls::crypto::ring::kx_group::SECP384R1];
        identity.server_with(|p| *p = provider)
    };
    let mut config = identity.client();
    config.groups = Group::ALL.to_vec();
    let mut pair = Pair::new(config, server);
    let summary = pair.handshake();
    assert_eq!((summary.group, summary.hello_retry), (Group::Secp384r1, true));
    round_trip(&mut pair, b"ping", b"pong");
}

/// With a share for each group, no server of these needs a retry.
#[test]
fn several_key_shares_at_once() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for (group, ours) in [
        (NamedGroup::X25519, Group::X25519),
        (NamedGroup::secp256r1, Group::Secp256r1),
        (NamedGroup::secp384r1, Group::Secp384r1),
    ] {
        let mut config = identity.client();
        config.groups = Group::ALL.to_vec();
        config.key_shares = Group::ALL.to_vec();
        let mut pair = Pair::new(config, identity.server_with(|p| only_group(p, group)));
        let summary = pair.handshake();
        assert_eq!((summary.group, summary.hello_retry), (ours, false));
        round_trip(&mut pair, b"ping", b"pong");
    }
    // A share for the second group, and none for the first.
    let mut config = identity.client();
    config.key_shares = vec![Group::Secp256r1];
    let summary =
        Pair::new(config, identity.server_with(|p| only_group(p, NamedGroup::secp256r1))).handshake();
    assert_eq!((summary.group, summary.hello_retry), (Group::Secp256r1, false));
}

#[test]
fn a_server_signs_with_a_scheme_that_was_chosen() {
    let identity = Identity::rsa();
    for scheme in [SignatureScheme::RsaPssRsaeSha384, SignatureScheme::RsaPssRsaeSha512] {
        let mut config = identity.client();
        config.signature_schemes = vec![scheme];
        assert_eq!(Pair::new(config, identity.server()).handshake().signature, Some(scheme));
    }
    let mut config = identity.client();
    config.signature_schemes = vec![SignatureScheme::Ed25519];
    let error = Pair::new(config, identity.server()).run().unwrap_err();
    let Error::AlertReceived(alert) = &error else { panic!("{error:?}") };
    assert_eq!(alert.description.name(), "handshake_failure");
}

#[test]
fn every_key_type_signs() {
    for (identity, scheme, key) in [
        (Identity::new(&rcgen::PKCS_ECDSA_P256_SHA256), SignatureScheme::EcdsaSecp256r1Sha256, "ECDSA P-256"),
        (Identity::new(&rcgen::PKCS_ECDSA_P384_SHA384), SignatureScheme::EcdsaSecp384r1Sha384, "ECDSA P-384"),
        (Identity::new(&rcgen::PKCS_ED25519), SignatureScheme::Ed25519, "Ed25519"),
        (Identity::rsa(), SignatureScheme::RsaPssRsaeSha256, "RSA 2048 bits"),
    ] {
        let summary = Pair::new(identity.client(), identity.server()).handshake();
        if key == "RSA 2048 bits" {
            // The server takes its own favourite among the three hashes.
            assert!(
                summary.signature.unwrap().name().starts_with("rsa_pss_rsae_"),
                "{:?}",
                summary.signature
            );
        } else {
            assert_eq!(summary.signature, Some(scheme));
        }
        assert_eq!(summary.chain[0].key, key);
    }
}

#[test]
fn alpn() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = identity.server();
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut config = identity.client();
    config.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    assert_eq!(Pair::new(config, server.clone()).handshake().alpn.as_deref(), Some(&b"http/1.1"[..]));

    let mut config = identity.client();
    config.alpn = vec![b"spdy/3".to_vec()];
    let error = Pair::new(config, server.clone()).run().unwrap_err();
    assert!(error.to_string().contains("no_application_protocol (120)"), "{error}");
    assert!(matches!(error, Error::AlertReceived(_)));

    assert_eq!(Pair::new(identity.client(), server).handshake().alpn, None);
}

#[test]
fn both_sides_log_the_same_secrets() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let (ours, theirs) = (Log::default(), Log::default());
    let mut config = identity.client();
    config.key_log = Some(Box::new(ours.clone()));
    let mut server = identity.server();
    server.key_log = Arc::new(theirs.clone());
    Pair::new(config, server).handshake();
    let (mut ours, mut theirs) = (ours.lines(), theirs.lines());
    ours.sort();
    theirs.sort();
    assert_eq!(ours.len(), 5);
    assert_eq!(ours, theirs);
}

#[test]
fn tickets_are_told() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = identity.server();
    server.send_tls13_tickets = 4;
    let mut pair = Pair::new(identity.client(), server);
    pair.handshake();
    let tickets = pair.events().iter().filter(|event| matches!(event, Event::Ticket(_))).count();
    assert_eq!(tickets, 4);
}

#[test]
fn a_request_for_a_certificate_is_answered_with_none() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for (required, accepted) in [(false, true), (true, false)] {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(identity.chain[0].clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            rustls::server::WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let verifier = if required { verifier } else { verifier.allow_unauthenticated() };
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(identity.chain.clone(), identity.private_key())
            .unwrap();
        let mut pair = Pair::new(identity.client(), server);
        let result = pair.run();
        // The client is done before the server has judged its answer.
        assert!(pair.client.summary().unwrap().certificate_requested);
        match result {
            Ok(()) => assert!(accepted),
            Err(error) => {
                assert!(!accepted);
                assert!(error.to_string().contains("certificate_required (116)"), "{error}");
            }
        }
    }
}

#[test]
fn key_updates_both_ways() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut pair = Pair::new(identity.client(), identity.server());
    pair.handshake();
    pair.events();
    for round in 0..5u8 {
        pair.server.refresh_traffic_keys().unwrap();
        round_trip(&mut pair, &[round; 100], &[round; 200]);
        assert_eq!(pair.events(), [Event::KeyUpdated { requested: true }, Event::Data]);
        pair.client.update_keys(true).unwrap();
        round_trip(&mut pair, &[round; 100], &[round; 200]);
        assert_eq!(pair.events(), [Event::KeyUpdated { requested: false }, Event::Data]);
        pair.client.update_keys(false).unwrap();
        round_trip(&mut pair, &[round; 100], &[round; 200]);
        assert_eq!(pair.events(), [Event::Data]);
    }
}

#[test]
fn the_wire_may_be_cut_anywhere() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let data: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
    for piece in [1, 2, 3, 5, 100, 1460, 16_384] {
        let server = identity.server_with(|p| only_group(p, NamedGroup::secp256r1));
        let mut pair = Pair::new(identity.client(), server);
        pair.piece = piece;
        pair.handshake();
        round_trip(&mut pair, &data[..if piece < 10 { 2_000 } else { 20_000 }], &data);
    }
}

#[test]
fn large_data_stays_in_order_whatever_the_reader_does() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut pair = Pair::new(identity.client(), identity.server());
    pair.handshake();
    let data: Vec<u8> = (0..1_000_000u32).map(|n| (n % 249) as u8).collect();
    let (mut got, mut out, mut step) = (Vec::new(), vec![0; 70_000], 1);
    for part in data.chunks(30_011) {
        pair.server.writer().write_all(part).unwrap();
        pair.run().unwrap();
        let count = pair.client.read(&mut out[..step]);
        got.extend_from_slice(&out[..count]);
        step = (step * 3) % 65_521 + 1;
    }
    got.extend(pair.read_all());
    assert!(got == data, "{} bytes of {}", got.len(), data.len());
}

/// The contract on the front page of `dissect`: data is fetched by `read`, and an event says that there is some.
#[test]
fn data_is_announced_once_until_it_was_read() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut pair = Pair::new(identity.client(), identity.server());
    pair.handshake();
    pair.events();
    let say = |pair: &mut Pair, data: &[u8]| {
        pair.server.writer().write_all(data).unwrap();
        pair.run().unwrap();
    };
    say(&mut pair, b"one");
    say(&mut pair, b"two");
    assert_eq!(pair.events(), [Event::Data]);
    assert_eq!(pair.client.read(&mut [0; 4]), 4);
    say(&mut pair, b"three");
    assert_eq!(pair.events(), [], "two bytes of the announced data are still there");
    assert_eq!(pair.read_all(), b"wothree");
    say(&mut pair, b"four");
    assert_eq!(pair.events(), [Event::Data]);
    // A caller that never asks for events: they do not pile up.
    for _ in 0..2_000 {
        assert_eq!(pair.read_all(), b"four");
        say(&mut pair, b"four");
    }
    assert_eq!(pair.events(), [Event::Data]);
}

#[test]
fn close_notify_both_ways() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut pair = Pair::new(identity.client(), identity.server());
    assert!(matches!(pair.client.write(b"early"), Err(Error::NotWritable(_))));
    pair.handshake();
    pair.events();
    pair.client.close();
    pair.run().unwrap();
    assert!(pair.server.process_new_packets().unwrap().peer_has_closed());
    assert!(matches!(pair.client.write(b"late"), Err(Error::NotWritable(_))));
    // Half-closed: the server may go on (RFC 8446 §6.1).
    pair.server.writer().write_all(b"last words").unwrap();
    pair.server.send_close_notify();
    pair.run().unwrap();
    assert_eq!(pair.read_all(), b"last words");
    assert_eq!(pair.events(), [Event::Data, Event::Closed]);
    assert_eq!(pair.client.receive_eof(pair.now), Ok(()));
}

#[test]
fn an_end_without_close_notify_is_an_error() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut pair = Pair::new(identity.client(), identity.server());
    pair.handshake();
    pair.server.writer().write_all(b"half").unwrap();
    pair.run().unwrap();
    let error = pair.client.receive_eof(pair.now).unwrap_err();
    assert!(matches!(error, Error::Truncated { partial: 0, handshake_done: true, .. }), "{error:?}");
    assert!(error.to_string().ends_with("without close_notify: data may have been cut off; RFC 8446 §6.1"));
    // What came before it can still be read.
    assert_eq!(pair.read_all(), b"half");
}
