//! The ledger: against the bytes of RFC 8448, the key logs of rustls and of captured peers, and openssl.

#[path = "common/blocks.rs"]
mod blocks;
mod common;
#[path = "common/streams.rs"]
mod streams;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use barewire_dissect::Direction;
use barewire_tls13::key_log::Secrets;
use barewire_tls13::ledger::diagnose::{self, Finding, Slip};
use barewire_tls13::ledger::{Failure, Ledger, Made, Mark, Name, Operation};
use barewire_tls13::observe::Observer;
use barewire_tls13::record::HEADER;
use barewire_tls13::{Config, Hash, SharedLedger};
use common::forger::Forger;
use common::{Identity, Log, Pair, hex, only_group, only_suite};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::{CipherSuite, NamedGroup};

/// Every arrow, done again from its inputs, leads to the value that the connection had. Gives how many have inputs.
#[track_caller]
fn every_arrow_leads_there(ledger: &Ledger) -> usize {
    let hash = ledger.hash().expect("a suite");
    let arrows = ledger.arrows();
    let known = arrows.iter().filter_map(|arrow| Some((arrow, arrow.operation.as_ref()?)));
    known.map(|(arrow, operation)| assert_eq!(operation.run(hash), arrow.value, "{}", arrow.made)).count()
}

#[test]
fn section_3_of_rfc_8448_value_by_value() {
    let ledger = blocks::section_3();
    for (name, block) in [
        (Name::Early, "early_secret"),
        (Name::EarlyDerived, "secret_handshake_derived"),
        (Name::Shared, "shared_secret"),
        (Name::Handshake, "secret_handshake"),
        (Name::ClientHandshake, "secret_handshake_client"),
        (Name::ServerHandshake, "secret_handshake_server"),
        (Name::HandshakeDerived, "secret_application_derived"),
        (Name::Main, "secret_application"),
        (Name::ClientApplication(0), "secret_application_client"),
        (Name::ServerApplication(0), "secret_application_server"),
        (Name::Exporter, "secret_exporter_master"),
    ] {
        assert_eq!(blocks::secret(&ledger, name), hex(&blocks::block("3", block)), "{name}");
    }
    for (secret, block) in [
        (Name::ClientHandshake, "secret_handshake_client"),
        (Name::ServerHandshake, "secret_handshake_server"),
        (Name::ClientApplication(0), "secret_application_client"),
        (Name::ServerApplication(0), "secret_application_server"),
    ] {
        let used = ledger.keys().iter().find(|keys| keys.secret == secret).unwrap();
        assert_eq!(hex(used.keys.key()), hex(&blocks::block("3", &format!("{block}_key"))), "{secret}");
        assert_eq!(hex(&used.keys.iv), hex(&blocks::block("3", &format!("{block}_iv"))), "{secret}");
    }
    let hellos = ledger.hash_through(Mark::ServerHello).unwrap();
    assert_eq!(hex(hellos.bytes()), hex(&blocks::block("3", "hello_hash")));
    // 9 secrets that are made, 8 keys and IVs, the server's finished_key and verify_data.
    assert_eq!(every_arrow_leads_there(&ledger), 10 + 8 + 2);
}

#[test]
fn a_nonce_of_the_ledger_opens_the_record_of_that_number() {
    let mut record = blocks::records("3")[6].clone();
    let ledger = blocks::section_3();
    let keys = ledger.keys().iter().find(|keys| keys.secret == Name::ServerApplication(0)).unwrap();
    // The ticket was record 0, so the data is record 1.
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, keys.keys.key()).unwrap());
    let (header, fragment) = record.split_at_mut(HEADER);
    let nonce = Nonce::assume_unique_for_key(keys.nonce(1));
    let plaintext = key.open_in_place(nonce, Aad::from(header), fragment).unwrap();
    assert_eq!(plaintext[..50], (0..50).collect::<Vec<u8>>());
}

/// A client with a ledger, and what it wrote.
fn with_ledger(config: Config) -> (Config, SharedLedger) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    (Config { ledger: Some(ledger.clone()), ..config }, ledger)
}

/// A handshake of ours with rustls, and what both wrote.
fn handshake(change: impl FnOnce(&mut rustls::crypto::CryptoProvider)) -> (Ledger, Vec<String>) {
    let (ledger, log, _) = watched_handshake(change);
    (ledger, log)
}

/// The same, with how many encrypted records went to the server and to the client.
fn watched_handshake(
    change: impl FnOnce(&mut rustls::crypto::CryptoProvider),
) -> (Ledger, Vec<String>, [u64; 2]) {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = identity.server_with(change);
    let log = Log::default();
    server.key_log = Arc::new(log.clone());
    let (config, ledger) = with_ledger(identity.client());
    let mut pair = Pair::new(config, server);
    pair.handshake();
    let ledger = ledger.lock().unwrap().clone();
    (ledger, log.lines(), [encrypted(&pair.to_server), encrypted(&pair.to_client)])
}

/// How many records of a stream have the outer type of encrypted ones.
fn encrypted(mut stream: &[u8]) -> u64 {
    let mut count = 0;
    while let [kind, _, _, high, low, ..] = *stream {
        count += u64::from(kind == 23);
        stream = &stream[HEADER + usize::from(u16::from_be_bytes([high, low]))..];
    }
    count
}

/// The lines of a key log that a ledger stands for.
fn logged(ledger: &Ledger) -> Vec<[String; 2]> {
    let known = Name::LOGGED.into_iter().filter_map(|name| Some((name.key_log_label()?, ledger.find(name)?)));
    let mut lines: Vec<_> = known.map(|(label, secret)| [label.to_owned(), hex(secret.bytes())]).collect();
    lines.sort();
    lines
}

/// Labels and secrets of a key log, without the random.
fn lines(log: &[String]) -> Vec<[String; 2]> {
    let words = log.iter().map(|line| line.split(' ').collect::<Vec<_>>());
    let mut lines: Vec<_> = words.map(|words| [words[0].to_owned(), words[2].to_owned()]).collect();
    lines.sort();
    lines
}

#[test]
fn a_client_s_ledger_equals_the_key_log_of_rustls() {
    for suite in [
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        CipherSuite::TLS13_AES_256_GCM_SHA384,
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    ] {
        let (ledger, log, records) = watched_handshake(|provider| only_suite(provider, suite));
        assert_eq!(logged(&ledger), lines(&log));
        assert_eq!(log.len(), 5);
        let names: Vec<&str> = ledger.messages().iter().map(|entry| entry.name).collect();
        let flight = ["EncryptedExtensions", "Certificate", "CertificateVerify", "Finished", "Finished"];
        assert_eq!(names, [&["ClientHello", "ServerHello"][..], &flight].concat());
        // 11 secrets that are made, 8 keys and IVs, and two arrows to each Finished.
        assert_eq!(every_arrow_leads_there(&ledger), 11 + 8 + 4);
        let used = |way| {
            let keys = ledger.keys().iter().filter(move |keys| keys.direction == way);
            keys.map(|keys| keys.records).sum::<u64>()
        };
        assert_eq!([Direction::ToServer, Direction::ToClient].map(used), records);
        assert_eq!(records[0], 1);
    }
}

#[test]
fn after_a_hello_retry_request_the_transcript_starts_with_message_hash() {
    let (ledger, log) = handshake(|provider| only_group(provider, NamedGroup::secp256r1));
    assert_eq!(logged(&ledger), lines(&log));
    let names: Vec<&str> = ledger.messages().iter().map(|entry| entry.name).collect();
    assert_eq!(names[..4], ["message_hash", "HelloRetryRequest", "ClientHello", "ServerHello"]);
    assert_eq!(ledger.messages()[0].bytes[..4], [254, 0, 0, 32]);
    assert_eq!(every_arrow_leads_there(&ledger), 11 + 8 + 4);
}

#[test]
fn key_updates_have_their_secrets_keys_and_counts() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let (config, ledger) = with_ledger(identity.client());
    let mut pair = Pair::new(config, identity.server());
    pair.handshake();
    pair.client.update_keys(true).unwrap();
    pair.run().unwrap();
    pair.client.write(b"ping").unwrap();
    pair.server.writer().write_all(b"pong").unwrap();
    pair.run().unwrap();
    assert_eq!(pair.read_all(), b"pong");
    let ledger = ledger.lock().unwrap().clone();
    let uses: Vec<(Name, u64)> = ledger.keys()[4..].iter().map(|keys| (keys.secret, keys.records)).collect();
    assert_eq!(uses, [(Name::ClientApplication(1), 1), (Name::ServerApplication(1), 1)]);
    assert_eq!(every_arrow_leads_there(&ledger), 13 + 12 + 4);
}

#[test]
fn a_ledger_is_not_made_unless_asked_for() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    assert!(identity.client().ledger.is_none());
    let observer = Observer::new();
    assert!(observer.ledger().is_none());
}

/// A handshake of which the server's bytes come changed: the client's ledger, and that of the server's key log.
fn broken_handshake(change: impl Fn(&mut Vec<u8>)) -> (Ledger, Ledger) {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = identity.server();
    let log = Log::default();
    server.key_log = Arc::new(log.clone());
    let (config, ledger) = with_ledger(identity.client());
    let mut pair = Pair::new(config, server);
    let mut flight = pair.server_flight();
    change(&mut flight);
    pair.client.receive(pair.now, &flight).unwrap_err();
    let ours = ledger.lock().unwrap().clone();
    let mut secrets = Secrets::default();
    secrets.add(&log.lines().join("\n"));
    let random = pair.to_server[HEADER + 6..HEADER + 38].try_into().unwrap();
    let theirs = Ledger::of_key_log(ours.suite().unwrap(), &secrets, &random);
    (ours, theirs)
}

/// The client's ledger holds what ended the connection, and the diagnosis needs nothing else.
#[test]
fn a_failure_is_kept_for_the_diagnosis() {
    let (ours, theirs) = broken_handshake(|flight| *flight.last_mut().unwrap() ^= 1);
    assert!(matches!(
        ours.failure(),
        Some(Failure::Record { secret: Name::ServerHandshake, sequence: 0, .. })
    ));
    assert_eq!(diagnose::failure(&ours, Some(&theirs)), Some(Finding::Bytes));
    assert!(matches!(diagnose::failure(&ours, None), Some(Finding::Unknown { .. })));
    // The server's random came changed: the key exchange is the same, and the hash of the hellos is not. A key log does
    // not tell that from another key exchange.
    let (ours, theirs) = broken_handshake(|flight| flight[HEADER + 6] ^= 1);
    let or_transcript = Some(Mark::ServerHello);
    let finding = Finding::Secret { name: Name::Handshake, or_transcript };
    assert_eq!(diagnose::failure(&ours, Some(&theirs)), Some(finding));
    let (whole, _) = handshake(|_| ());
    assert_eq!((whole.failure(), diagnose::failure(&whole, None)), (None, None));
}

/// A server that computes its Finished before its CertificateVerify: the MAC is over one message less.
#[test]
fn a_finished_over_a_message_less_is_diagnosed() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let (config, ledger) = with_ledger(identity.client());
    let mut forger = Forger::new(&identity, config);
    forger.hello(|_| ()).unwrap();
    forger.say(&forger.encrypted_extensions(Vec::new())).unwrap();
    forger.say(&forger.certificate()).unwrap();
    let early = forger.finished();
    forger.say(&forger.certificate_verify()).unwrap();
    forger.say(&early).unwrap_err();
    let ours = ledger.lock().unwrap().clone();
    let slip = Some(Slip::Through { messages: 4, name: "Certificate" });
    let finding = Finding::Transcript { made: Name::ServerHandshake, slip };
    assert_eq!(diagnose::failure(&ours, None), Some(finding));
}

/// The ledgers of all connections of all captures that were opened, with the text of their key logs.
fn captured() -> Vec<(String, Ledger, String)> {
    let mut ledgers = Vec::new();
    for (file, capture) in streams::captures() {
        let log = capture.secrets.concat();
        for connection in streams::connections(&capture) {
            let mut observer = Observer::new();
            observer.add_key_log(&log);
            observer.keep_ledger();
            for (way, offset, bytes) in &connection.pieces {
                observer.receive(*way, *offset, bytes);
            }
            ledgers.extend(observer.ledger().map(|ledger| (file.clone(), ledger, log.clone())));
        }
    }
    ledgers
}

/// Curl, OpenSSL, GnuTLS, nginx: their Finished are the HMAC of our transcript, and their key logs have our secrets.
#[test]
fn the_ledgers_of_captures_fit_what_their_peers_sent_and_logged() {
    let ledgers = captured();
    let mut finished = 0;
    for (file, ledger, log) in &ledgers {
        for [label, secret] in logged(ledger) {
            let line = |line: &str| line.starts_with(&label) && line.ends_with(&secret);
            assert!(log.lines().any(line), "{file}: {label}");
        }
        every_arrow_leads_there(ledger);
        let made: Vec<Made> = ledger.arrows().iter().map(|arrow| arrow.made).collect();
        let both = [Name::ClientHandshake, Name::ServerHandshake].map(Made::VerifyData);
        finished += both.iter().filter(|verify_data| made.contains(verify_data)).count();
        assert!(ledger.keys().iter().all(|keys| keys.records > 0), "{file}");
    }
    for file in ["resumption", "early_data", "hello_retry", "client_certificate", "key_update"] {
        assert!(ledgers.iter().any(|(other, ..)| other == file), "{file}");
    }
    let updated = |ledger: &Ledger| ledger.find(Name::ServerApplication(1)).is_some();
    assert!(ledgers.iter().any(|(file, ledger, _)| file == "key_update" && updated(ledger)));
    assert!(finished > 30, "{finished} Finished");
}

/// openssl, fed with each arrow's command, prints the arrow's value.
#[test]
fn openssl_does_every_arrow_again() {
    for tool in ["openssl", "xxd"] {
        let found = Command::new(tool).arg("-help").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if found.is_err() {
            let missing =
                format!("SKIPPED openssl_does_every_arrow_again: there is no {tool} on this system");
            assert!(std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_none(), "{missing}");
            eprintln!("{missing}");
            return;
        }
    }
    let (sha384, _) = handshake(|provider| only_suite(provider, CipherSuite::TLS13_AES_256_GCM_SHA384));
    for (ledger, wanted) in [(blocks::section_3(), 20), (sha384, 23)] {
        let hash = ledger.hash().unwrap();
        let arrows = ledger.arrows();
        assert_eq!(arrows.len(), wanted);
        for arrow in arrows {
            let command = arrow.operation.unwrap().openssl(hash);
            assert!(command.lines().all(|line| line.chars().count() <= 78), "{command}");
            let output = Command::new("sh").args(["-c", &command]).output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            let text = String::from_utf8_lossy(&output.stdout).trim().replace(':', "").to_lowercase();
            assert_eq!(text, hex(arrow.value.bytes()), "{}:\n{command}\n{error}", arrow.made);
        }
    }
}

/// What the labels and lengths are, as RFC 8446 §7.1 spells them.
#[test]
fn an_arrow_says_its_label_and_context() {
    let ledger = blocks::section_3();
    let arrows = ledger.arrows();
    let made = Made::Secret(Name::ClientHandshake);
    let arrow = arrows.iter().find(|arrow| arrow.made == made).unwrap();
    let Some(Operation::Expand { secret, label, context, length }) = &arrow.operation else {
        panic!("{arrow:?}")
    };
    assert_eq!(hex(secret.bytes()), hex(&blocks::block("3", "secret_handshake")));
    assert_eq!((*label, *length), ("c hs traffic", 32));
    assert_eq!(hex(context), hex(&blocks::block("3", "hello_hash")));
    assert_eq!((ledger.hash(), blocks::HASH), (Some(Hash::Sha256), Hash::Sha256));
    assert_eq!(ledger.messages()[0].direction, Direction::ToServer);
}
