//! The diagnosis names the input that differs: each is broken in turn, with the messages and secrets of RFC 8448.

#[path = "common/blocks.rs"]
mod blocks;

use barewire_dissect::Direction;
use barewire_tls13::key_log::{Secrets, key_log_line};
use barewire_tls13::key_schedule::{EarlySecret, Secret, derive_secret, verify_data};
use barewire_tls13::ledger::diagnose::{
    FailedMac, FailedRecord, Finding, NonceSlip, Slip, compare, mac, messages_before_finished, record,
};
use barewire_tls13::ledger::{KeysInUse, Ledger, Mark, Name};
use barewire_tls13::record::{ContentType, HEADER};
use barewire_tls13::{Protection, Suite, Transcript};
use blocks::{HASH, SUITE};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

const RANDOM: [u8; 32] = [7; 32];
const SERVER: Name = Name::ServerHandshake;

/// A peer that hashed other bytes than we did.
fn peer(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Ledger {
    let mut messages = blocks::messages();
    change(&mut messages);
    blocks::ledger(SUITE, &messages, &blocks::block("3", "shared_secret"))
}

/// What the key log of that peer says, and no more.
fn key_log(peer: &Ledger) -> Ledger {
    let mut log = Secrets::default();
    for name in Name::LOGGED {
        let line = |secret| key_log_line(name.key_log_label().unwrap(), &RANDOM, secret);
        peer.find(name).map(line).iter().for_each(|line| log.add(line));
    }
    Ledger::of_key_log(peer.suite().unwrap(), &log, &RANDOM)
}

#[test]
fn nothing_differs_between_equals() {
    let ours = blocks::section_3();
    assert_eq!(compare(&ours, &blocks::section_3()), None);
    assert_eq!(compare(&ours, &key_log(&blocks::section_3())), None);
}

#[test]
fn the_suite() {
    let (ours, messages) = (blocks::section_3(), blocks::messages());
    let theirs = Suite::Chacha20Poly1305Sha256;
    let peer = blocks::ledger(theirs, &messages, &blocks::block("3", "shared_secret"));
    let finding = Finding::Suite { ours: SUITE, theirs };
    assert_eq!(compare(&ours, &peer), Some(finding.clone()));
    // Without the peer's ledger: the same secret opens the record with the other suite.
    let sealed = sealed(theirs, ours.find(SERVER).unwrap(), 0);
    assert_eq!(record(&ours, None, FailedRecord { bytes: &sealed, secret: SERVER, sequence: 0 }), finding);
}

#[test]
fn a_message_of_the_transcript() {
    let ours = blocks::section_3();
    let peer_changed = peer(|messages| messages[3][40] ^= 1);
    let finding = Finding::Message { number: 4, ours: "Certificate", theirs: "Certificate", offset: 40 };
    assert_eq!(compare(&ours, &peer_changed), Some(finding));
    let peer_lacks = peer(|messages| drop(messages.remove(2)));
    let finding = compare(&ours, &peer_lacks).unwrap();
    let says = "message 3 of the transcript differs: we hashed EncryptedExtensions, the peer Certificate";
    assert_eq!(finding.to_string(), says);
}

/// A key log has no transcript: the usual slips are tried, and the one that fits is named.
#[test]
fn the_slips_with_the_transcript_by_a_key_log_alone() {
    let name =
        |number: usize| ["ClientHello", "ServerHello", "EncryptedExtensions", "Certificate"][number - 1];
    let with_header = |message: &Vec<u8>, first: bool| {
        let [.., high, low] = message.len().to_be_bytes();
        [&[22, 3, if first { 1 } else { 3 }, high, low], &message[..]].concat()
    };
    type Change<'a> = Box<dyn FnOnce(&mut Vec<Vec<u8>>) + 'a>;
    let application = Name::ClientApplication(0);
    let cases: Vec<(Change<'_>, Name, Slip)> = vec![
        (Box::new(|all| drop(all.remove(3))), application, Slip::Without { number: 4, name: name(4) }),
        (Box::new(|all| all.swap(3, 4)), application, Slip::Swapped { number: 4 }),
        (Box::new(|all| all[2].push(1)), application, Slip::ChangeCipherSpec { after: 3 }),
        (
            Box::new(|all| all[1].extend([20, 3, 3, 0, 1, 1])),
            Name::ClientHandshake,
            Slip::ChangeCipherSpec { after: 2 },
        ),
        (
            Box::new(|all| {
                *all = all.iter().enumerate().map(|(at, one)| with_header(one, at == 0)).collect();
            }),
            Name::ClientHandshake,
            Slip::RecordHeaders,
        ),
        (
            Box::new(|all| all.iter_mut().for_each(|one| drop(one.drain(..4)))),
            Name::ClientHandshake,
            Slip::Bodies,
        ),
    ];
    for (change, made, slip) in cases {
        let finding = compare(&blocks::section_3(), &key_log(&peer(change)));
        assert_eq!(finding, Some(Finding::Transcript { made, slip: Some(slip) }));
    }
}

#[test]
fn a_transcript_up_to_another_message() {
    let ours = blocks::section_3();
    // A peer that took the hash up to ServerHello for its application secrets.
    let hash = ours.hash_through(Mark::ServerHello).unwrap();
    let wrong = derive_secret(HASH, ours.find(Name::Main).unwrap(), "c ap traffic", hash.bytes());
    let mut log = Secrets::default();
    for (name, secret) in [
        (Name::ClientHandshake, ours.find(Name::ClientHandshake).unwrap()),
        (Name::ClientApplication(0), &wrong),
    ] {
        log.add(&key_log_line(name.key_log_label().unwrap(), &RANDOM, secret));
    }
    let finding = compare(&ours, &Ledger::of_key_log(SUITE, &log, &RANDOM)).unwrap();
    let slip = Some(Slip::Through { messages: 2, name: "ServerHello" });
    assert_eq!(finding, Finding::Transcript { made: Name::ClientApplication(0), slip });
}

/// Where no usual slip explains a secret, the secrets that are the same tell which input it was.
#[test]
fn a_transcript_that_no_slip_explains() {
    let ours = blocks::section_3();
    let changed = |messages: &mut Vec<Vec<u8>>| messages[2][9] ^= 1;
    let finding = compare(&ours, &key_log(&peer(changed)));
    let made = Name::ClientApplication(0);
    assert_eq!(finding, Some(Finding::Transcript { made, slip: None }), "the handshake secrets are the same");
}

#[test]
fn the_label() {
    let ours = blocks::section_3();
    let hash = ours.hash_through(Mark::ServerFinished).unwrap();
    let name = Name::ServerApplication(0);
    // A peer that took the client's label for the server's secret too.
    let wrong = derive_secret(HASH, ours.find(Name::Main).unwrap(), "c ap traffic", hash.bytes());
    let mut log = Secrets::default();
    for (name, secret) in
        [(Name::ClientApplication(0), ours.find(Name::ClientApplication(0)).unwrap()), (name, &wrong)]
    {
        log.add(&key_log_line(name.key_log_label().unwrap(), &RANDOM, secret));
    }
    let theirs = Ledger::of_key_log(SUITE, &log, &RANDOM);
    assert_eq!(compare(&ours, &theirs), Some(Finding::Label { name }));
}

#[test]
fn the_key_exchange() {
    let ours = blocks::section_3();
    let theirs = blocks::ledger(SUITE, &blocks::messages(), &[9; 32]);
    assert_eq!(compare(&ours, &theirs), Some(Finding::Secret { name: Name::Shared, or_transcript: None }));
    // A key log does not tell the key exchange from a changed ServerHello, and says so.
    let finding = compare(&ours, &key_log(&theirs)).unwrap();
    let or_transcript = Some(Mark::ServerHello);
    assert_eq!(finding, Finding::Secret { name: Name::Handshake, or_transcript });
    assert!(finding.to_string().contains("does not tell"), "{finding}");
}

/// Section 5 of the RFC: our ledger, and the peer's with another beginning of the transcript.
#[test]
fn what_a_naive_peer_hashes_after_a_hello_retry_request() {
    let records = blocks::records("5");
    let messages: Vec<&[u8]> = records.iter().take(4).map(|record| &record[HEADER..]).collect();
    let shared = Secret::new(&blocks::block("5", "ikm"));
    let ledger = |mut transcript: Transcript, rest: &[&[u8]]| {
        let mut ledger = Ledger::default();
        ledger.retry(messages[0], messages[1], &transcript);
        for message in rest {
            transcript.add(message);
            ledger.message(message, &transcript);
        }
        let early = EarlySecret::without_psk(SUITE);
        let secrets = early.handshake(shared.bytes(), transcript.current().bytes());
        ledger.handshake(&early, &shared, &secrets);
        ledger
    };
    let ours = ledger(Transcript::after_retry(HASH, messages[0], messages[1]), &messages[2..]);
    assert_eq!(
        blocks::secret(&ours, Name::ClientHandshake),
        blocks::hex(&blocks::block("5", "c hs traffic"))
    );
    let mut naive = Transcript::new(HASH, messages[0]);
    naive.add(messages[1]);
    for (theirs, slip) in [
        (ledger(naive, &messages[2..]), Slip::NoMessageHash),
        (ledger(Transcript::new(HASH, messages[2]), &messages[3..]), Slip::ForgotRetry),
    ] {
        let finding = compare(&ours, &key_log(&theirs));
        let made = Name::ClientHandshake;
        assert_eq!(finding, Some(Finding::Transcript { made, slip: Some(slip) }));
    }
}

/// Record number `sequence` under that secret.
fn sealed(suite: Suite, secret: &Secret, sequence: u64) -> Vec<u8> {
    let mut keys = Protection::new(suite, secret).unwrap();
    let mut record = Vec::new();
    for _ in 0..=sequence {
        record.clear();
        keys.seal(ContentType::APPLICATION_DATA, b"a record", &mut record).unwrap();
    }
    record
}

#[test]
fn the_sequence_number() {
    let ours = blocks::section_3();
    let secret = ours.find(SERVER).unwrap();
    for (number, used) in [(1, 0), (0, 1), (7, 300), (300, 200)] {
        let bytes = sealed(SUITE, secret, number);
        let finding = record(&ours, None, FailedRecord { bytes: &bytes, secret: SERVER, sequence: used });
        assert_eq!(finding, Finding::Sequence { ours: used, theirs: number });
    }
}

#[test]
fn the_nonce() {
    let ours = blocks::section_3();
    let keys = ours.keys().iter().find(|keys| keys.secret == SERVER).unwrap();
    let (iv, sequence) = (keys.keys.iv, 0x0102_u64);
    let mut left = iv;
    left.iter_mut().zip(sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
    let little = KeysInUse::nonce_of(iv, sequence.swap_bytes());
    let mut plain = iv;
    plain[4..].copy_from_slice(&sequence.to_be_bytes());
    for (nonce, slip) in
        [(left, NonceSlip::LeftAligned), (little, NonceSlip::LittleEndian), (plain, NonceSlip::NotXored)]
    {
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, keys.keys.key()).unwrap());
        let (header, mut fragment) = ([23, 3, 3, 0, 19], b"hi\x17".to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::from(header), &mut fragment).unwrap();
        let bytes = [&header[..], &fragment].concat();
        let finding = record(&ours, None, FailedRecord { bytes: &bytes, secret: SERVER, sequence });
        assert_eq!(finding, Finding::Nonce(slip));
    }
}

#[test]
fn another_secret_than_the_one_that_is_in_use() {
    let ours = blocks::section_3();
    for theirs in [Name::ClientHandshake, Name::ServerApplication(0)] {
        let bytes = sealed(SUITE, ours.find(theirs).unwrap(), 2);
        let finding = record(&ours, None, FailedRecord { bytes: &bytes, secret: SERVER, sequence: 0 });
        assert_eq!(finding, Finding::OtherSecret { ours: SERVER, theirs });
    }
}

#[test]
fn the_record_itself() {
    let ours = blocks::section_3();
    let good = sealed(SUITE, ours.find(SERVER).unwrap(), 0);
    let with = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let theirs = key_log(&blocks::section_3());
    for (at, alone) in [(1, true), (HEADER + 1, false), (good.len() - 1, false)] {
        let bytes = with(at);
        let failed = FailedRecord { bytes: &bytes, secret: SERVER, sequence: 0 };
        let (known, unknown) = (record(&ours, Some(&theirs), failed), record(&ours, None, failed));
        if alone {
            assert_eq!((known, unknown), (Finding::Header, Finding::Header));
            continue;
        }
        assert_eq!(known, Finding::Bytes);
        let Finding::Unknown { could_be } = &unknown else { panic!("{unknown}") };
        assert_eq!(could_be.len(), 4);
        assert!(unknown.to_string().contains("cannot be known"), "{unknown}");
    }
}

/// A key that has opened a record is the peer's, also where nobody has the peer's key log.
#[test]
fn a_changed_record_after_one_that_opened() {
    let mut ours = blocks::section_3();
    let secret = Name::ServerApplication(0);
    ours.count_record(Direction::ToClient);
    let mut bytes = sealed(SUITE, ours.find(secret).unwrap(), 1);
    bytes[HEADER] ^= 1;
    assert_eq!(record(&ours, None, FailedRecord { bytes: &bytes, secret, sequence: 1 }), Finding::Bytes);
}

#[test]
fn a_record_of_a_peer_whose_secrets_differ() {
    let ours = blocks::section_3();
    let theirs = peer(|messages| drop(messages.remove(3)));
    let secret = Name::ServerApplication(0);
    let bytes = sealed(SUITE, theirs.find(secret).unwrap(), 0);
    let failed = FailedRecord { bytes: &bytes, secret, sequence: 0 };
    let slip = Some(Slip::Without { number: 4, name: "Certificate" });
    let finding = Finding::Transcript { made: Name::ClientApplication(0), slip };
    assert_eq!(record(&ours, Some(&key_log(&theirs)), failed), finding);
    assert!(matches!(record(&ours, None, failed), Finding::Unknown { .. }));
}

/// The server's Finished, by a server that hashed these messages.
fn finished(messages: &[Vec<u8>], ours: &Ledger) -> Secret {
    let mut transcript = Transcript::new(HASH, &messages[0]);
    messages[1..].iter().for_each(|message| transcript.add(message));
    verify_data(HASH, ours.find(SERVER).unwrap(), transcript.current().bytes())
}

#[test]
fn a_finished_that_does_not_match() {
    let ours = blocks::section_3();
    let end = messages_before_finished(&ours, Direction::ToClient);
    assert_eq!(end, 5);
    let hash = &ours.messages()[end - 1].hash;
    fn failed<'a>(end: usize, hash: &'a Secret, seen: &'a Secret) -> FailedMac<'a> {
        FailedMac { secret: SERVER, messages: Some(end), hash, seen: seen.bytes() }
    }
    // A peer that did not hash a message: found without its secrets, since the MAC itself tells.
    let mut without = blocks::messages();
    without.remove(3);
    for (hashed, slip) in [
        (&without[..4], Slip::Without { number: 4, name: "Certificate" }),
        (&blocks::messages()[..4], Slip::Through { messages: 4, name: "Certificate" }),
    ] {
        let seen = finished(hashed, &ours);
        let finding = Finding::Transcript { made: SERVER, slip: Some(slip) };
        assert_eq!(mac(&ours, None, failed(end, hash, &seen)), finding);
    }
    // A peer with another (EC)DHE secret: only its ledger tells.
    let other = blocks::ledger(SUITE, &blocks::messages(), &[9; 32]);
    let seen = finished(&blocks::messages()[..5], &other);
    let finding = Finding::Secret { name: Name::Shared, or_transcript: None };
    assert_eq!(mac(&ours, Some(&other), failed(end, hash, &seen)), finding);
    let unknown = mac(&ours, None, failed(end, hash, &seen));
    assert!(unknown.to_string().contains("cannot be known"), "{unknown}");
    // The secret of the other direction.
    let seen = verify_data(HASH, ours.find(Name::ClientHandshake).unwrap(), hash.bytes());
    let finding = Finding::OtherSecret { ours: SERVER, theirs: Name::ClientHandshake };
    assert_eq!(mac(&ours, None, failed(end, hash, &seen)), finding);
    // The same secret, and another message: a key log proves the secret, and no more.
    let mut messages = blocks::messages();
    messages[2][9] ^= 1;
    let seen = finished(&messages[..5], &ours);
    let mut log = Secrets::default();
    let label = SERVER.key_log_label().unwrap();
    log.add(&key_log_line(label, &RANDOM, ours.find(SERVER).unwrap()));
    let theirs = Ledger::of_key_log(SUITE, &log, &RANDOM);
    let finding = Finding::Transcript { made: SERVER, slip: None };
    assert_eq!(mac(&ours, Some(&theirs), failed(end, hash, &seen)), finding);
}

#[test]
fn a_binder_that_does_not_match() {
    let mut ours = blocks::section_3();
    let hash = Secret::new(&[3; 32]);
    for (name, bytes) in [(Name::ResumptionBinder, [1; 32]), (Name::ExternalBinder, [2; 32])] {
        ours.secret(name, &Secret::new(&bytes));
    }
    let failed = |seen| FailedMac { secret: Name::ResumptionBinder, messages: None, hash: &hash, seen };
    // The peer took the pre-shared key for an external one.
    let seen = verify_data(HASH, ours.find(Name::ExternalBinder).unwrap(), hash.bytes());
    let finding = Finding::OtherSecret { ours: Name::ResumptionBinder, theirs: Name::ExternalBinder };
    assert_eq!(mac(&ours, None, failed(seen.bytes())), finding);
    let unknown = mac(&ours, None, failed(&[0; 32])).to_string();
    assert!(unknown.contains("another pre-shared key"), "{unknown}");
    let unknown = mac(&ours, None, failed(&[0; 48])).to_string();
    assert!(unknown.contains("another hash: it has 48 bytes, ours 32"), "{unknown}");
}
