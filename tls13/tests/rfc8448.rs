//! RFC 8448: every secret, key, Finished value, binder, message and record of its five traces: section 3 (a plain
//! handshake), 4 (resumed, with early data), 5 (HelloRetryRequest), 6 (client authentication) and 7 (compatibility
//! mode). They are computed here from the messages and the private keys, and compared with the RFC's bytes.
//!
//! Our client itself plays the client of these traces in `src/client/rfc8448.rs`.

#[path = "rfc8448/full.rs"]
mod full;
#[path = "data/rfc8448.rs"]
mod trace;

use barewire_dissect::Direction;
use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::{Finished, Message, NewSessionTicket};
use barewire_tls13::key_schedule::{
    ApplicationSecrets, EarlySecret, HandshakeSecrets, Secret, TrafficKeys, derived, finished_key,
    ticket_psk, verify_data,
};
use barewire_tls13::observe::{Inner, Observer};
use barewire_tls13::record::{ContentType, HEADER};
use barewire_tls13::{Hash, Protection, Suite, Transcript, key_log, signed_content};
use trace::{Section, hex};

const SUITE: Suite = Suite::Aes128GcmSha256;

fn section(number: &str) -> Section {
    Section::read(number)
}

impl Section {
    #[track_caller]
    fn same(&self, name: &str, computed: &Secret) {
        assert_eq!(hex(computed.bytes()), hex(self.get(name)), "{name}");
    }

    #[track_caller]
    fn same_keys(&self, key: &str, iv: &str, secret: &Secret) {
        let keys = TrafficKeys::new(SUITE, secret);
        assert_eq!(hex(keys.key()), hex(self.get(key)), "{key}");
        assert_eq!(hex(&keys.iv), hex(self.get(iv)), "{iv}");
    }
}

/// Opens a record: its type and content.
fn open(keys: &mut Protection, record: &[u8]) -> (ContentType, Vec<u8>) {
    let (header, fragment) = record.split_at(HEADER);
    let mut fragment = fragment.to_vec();
    let inner = keys.open(header.try_into().unwrap(), &mut fragment).expect("the record opens");
    fragment.truncate(inner.length);
    (inner.content_type, fragment)
}

/// Opens a record, seals its content again, and wants the same bytes.
fn open_and_reseal(secret: &Secret, skip: &[&[u8]], record: &[u8]) -> (ContentType, Vec<u8>) {
    let mut keys = Protection::new(SUITE, secret).unwrap();
    skip.iter().for_each(|record| drop(open(&mut keys, record)));
    let opened = open(&mut keys, record);
    let mut keys = Protection::new(SUITE, secret).unwrap();
    let mut sealed = Vec::new();
    skip.iter().for_each(|_| keys.seal(ContentType::ALERT, &[], &mut sealed).unwrap());
    sealed.clear();
    keys.seal(opened.0, &opened.1, &mut sealed).unwrap();
    assert_eq!(hex(&sealed), hex(record));
    opened
}

/// The messages that a decrypted flight holds, cut apart.
fn messages(mut flight: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    while let Some(&[_, a, b, c]) = flight.first_chunk::<4>() {
        let (message, rest) =
            flight.split_at(4 + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)));
        messages.push(message);
        flight = rest;
    }
    messages
}

/// The shared secret. ring draws the private key that its generator is given here.
#[allow(deprecated)] // the only way to give ring a private key
fn agree(group: &'static ring::agreement::Algorithm, private: &[u8], public: &[u8], peer: &[u8]) -> Vec<u8> {
    use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
    let random = ring::test::rand::FixedSliceRandom { bytes: private };
    let private = EphemeralPrivateKey::generate(group, &random).unwrap();
    assert_eq!(hex(private.compute_public_key().unwrap().as_ref()), hex(public));
    agree_ephemeral(private, &UnparsedPublicKey::new(group, peer), <[u8]>::to_vec).unwrap()
}

/// The key in a ClientHello.
fn offered_key(hello: &[u8]) -> Vec<u8> {
    let Ok(Message::ClientHello(offer)) = Message::parse(hello) else { panic!("no ClientHello") };
    let key = offer.extensions.iter().find_map(|extension| match extension {
        Extension::KeyShares(entries) => entries.first().map(|entry| entry.key_exchange.to_vec()),
        _ => None,
    });
    key.unwrap()
}

/// The key in the record of a ServerHello.
fn server_key(record: &[u8]) -> Vec<u8> {
    let Ok(Message::ServerHello(hello)) = Message::parse(&record[HEADER..]) else { panic!("no ServerHello") };
    hello.key_share().unwrap().key_exchange.to_vec()
}

/// The numbers of the extensions that differ between two ClientHellos, sorted. All the rest has to be the same.
fn changed_extensions(first: &[u8], second: &[u8]) -> Vec<u16> {
    let parse = |bytes| match Message::parse(bytes) {
        Ok(Message::ClientHello(hello)) => hello,
        other => panic!("{other:?}"),
    };
    let (first, mut second) = (parse(first), parse(second));
    let mut changed: Vec<u16> = [(&first, &second), (&second, &first)]
        .into_iter()
        .flat_map(|(one, other)| {
            one.extensions.iter().filter(|extension| !other.extensions.contains(extension))
        })
        .map(Extension::id)
        .collect();
    changed.sort();
    changed.dedup();
    second.extensions.clone_from(&first.extensions);
    assert_eq!(first, second);
    changed
}

#[test]
fn section_3_the_handshake_keys() {
    let rfc = section("3");
    let mut transcript = Transcript::new(Hash::Sha256, &rfc.records[0][HEADER..]);
    transcript.add(&rfc.records[1][HEADER..]);
    rfc.same("hello_hash", &transcript.current());
    let early = EarlySecret::without_psk(SUITE);
    rfc.same("early_secret", &early.early);
    rfc.same("secret_handshake_derived", &derived(Hash::Sha256, &early.early));
    let x25519 = &ring::agreement::X25519;
    let shared = agree(x25519, rfc.get("d"), rfc.get("x"), &server_key(&rfc.records[1]));
    assert_eq!(hex(&shared), hex(rfc.get("shared_secret")));
    let secrets = early.handshake(rfc.get("shared_secret"), transcript.current().bytes());
    rfc.same("secret_handshake", &secrets.handshake);
    rfc.same("secret_handshake_client", &secrets.client);
    rfc.same("secret_handshake_server", &secrets.server);
    rfc.same_keys("secret_handshake_server_key", "secret_handshake_server_iv", &secrets.server);
    rfc.same_keys("secret_handshake_client_key", "secret_handshake_client_iv", &secrets.client);
}

/// Section 3 up to the server's Finished.
fn section_3(rfc: &Section) -> (Transcript, HandshakeSecrets, ApplicationSecrets) {
    let mut transcript = Transcript::new(Hash::Sha256, &rfc.records[0][HEADER..]);
    transcript.add(&rfc.records[1][HEADER..]);
    let secrets =
        EarlySecret::without_psk(SUITE).handshake(rfc.get("shared_secret"), transcript.current().bytes());
    rfc.handshakes.iter().for_each(|message| transcript.add(message));
    let application = secrets.application(transcript.current().bytes());
    (transcript, secrets, application)
}

#[test]
fn section_3_the_server_flight() {
    let rfc = section("3");
    let (_, secrets, _) = section_3(&rfc);
    let (content_type, flight) = open_and_reseal(&secrets.server, &[], &rfc.records[2]);
    assert_eq!(content_type, ContentType::HANDSHAKE);
    assert_eq!(hex(&flight), hex(&rfc.handshakes.concat()));
    // The Finished value, from the transcript before it.
    let mut transcript = Transcript::new(Hash::Sha256, &rfc.records[0][HEADER..]);
    transcript.add(&rfc.records[1][HEADER..]);
    rfc.handshakes[..3].iter().for_each(|message| transcript.add(message));
    let expected = verify_data(Hash::Sha256, &secrets.server, transcript.current().bytes());
    let finished = Finished { verify_data: expected.bytes() }.to_bytes();
    assert_eq!(hex(&finished), hex(&rfc.handshakes[3]));
}

#[test]
fn section_3_the_application_keys() {
    let rfc = section("3");
    let (_, secrets, application) = section_3(&rfc);
    rfc.same("secret_application_derived", &derived(Hash::Sha256, &secrets.handshake));
    rfc.same("secret_application", &application.main);
    rfc.same("secret_application_client", &application.client);
    rfc.same("secret_application_server", &application.server);
    rfc.same("secret_exporter_master", &application.exporter);
    rfc.same_keys("secret_application_client_key", "secret_application_client_iv", &application.client);
    rfc.same_keys("secret_application_server_key", "secret_application_server_iv", &application.server);
}

#[test]
fn section_3_the_client_finished_and_the_resumption_secret() {
    let rfc = section("3");
    let (mut transcript, secrets, application) = section_3(&rfc);
    let (_, finished) = open_and_reseal(&secrets.client, &[], &rfc.records[3]);
    let expected = verify_data(Hash::Sha256, &secrets.client, transcript.current().bytes());
    assert_eq!(hex(&finished), hex(&Finished { verify_data: expected.bytes() }.to_bytes()));
    transcript.add(&finished);
    let resumption = application.resumption(transcript.current().bytes());
    rfc.same("secret_resumption_master", &resumption);
    let (_, ticket) = open_and_reseal(&application.server, &[], &rfc.records[4]);
    let Ok(Message::NewSessionTicket(ticket)) = Message::parse(&ticket) else { panic!("{ticket:?}") };
    let NewSessionTicket { lifetime, nonce, .. } = ticket;
    assert_eq!((lifetime, nonce), (30, &[0, 0][..]));
    rfc.same("secret_resumption", &ticket_psk(Hash::Sha256, &resumption, nonce));
}

#[test]
fn section_3_data_and_goodbye() {
    let rfc = section("3");
    let (_, _, application) = section_3(&rfc);
    let data: Vec<u8> = (0..50).collect();
    let [ticket, client_data, server_data, client_close, server_close] = &rfc.records[4..] else {
        panic!("{} records", rfc.records.len())
    };
    let data_of = |opened: (ContentType, Vec<u8>)| {
        assert_eq!(opened.0, ContentType::APPLICATION_DATA);
        opened.1
    };
    assert_eq!(data_of(open_and_reseal(&application.client, &[], client_data)), data);
    assert_eq!(data_of(open_and_reseal(&application.server, &[ticket], server_data)), data);
    let close_notify = (ContentType::ALERT, vec![1, 0]);
    assert_eq!(open_and_reseal(&application.client, &[client_data], client_close), close_notify);
    assert_eq!(open_and_reseal(&application.server, &[ticket, server_data], server_close), close_notify);
}

/// Section 4's ClientHello, without its record header.
fn section_4_hello(rfc: &Section) -> &[u8] {
    &rfc.records[0][HEADER..]
}

/// The early secret of section 4: its key is that of section 3's ticket.
fn section_4_early(rfc: &Section) -> EarlySecret {
    let psk = ticket_psk(Hash::Sha256, &Secret::new(rfc.get("secret_resumption_master")), &[0, 0]);
    rfc.same("secret_resumption", &psk);
    assert_eq!(psk.bytes(), section("3").get("secret_resumption"));
    EarlySecret::with_psk(SUITE, psk.bytes())
}

#[test]
fn section_4_the_binder() {
    let rfc = section("4");
    let (hello, early) = (section_4_hello(&rfc), section_4_early(&rfc));
    rfc.same("secret_resumption_early", &early.early);
    let Ok(Message::ClientHello(offer)) = Message::parse(hello) else { panic!("no ClientHello") };
    let Some(Extension::PreSharedKeys(offered)) = offer.extensions.last() else { panic!("{offer:?}") };
    let (before, _) = hello.split_at(hello.len() - offered.binders_length());
    let hash = Transcript::new(Hash::Sha256, before).current();
    rfc.same("binder_hash", &hash);
    let key = early.binder_key(true);
    rfc.same("binder key (PRK)", &key);
    rfc.same("finished key (expanded)", &finished_key(Hash::Sha256, &key));
    let binder = verify_data(Hash::Sha256, &key, hash.bytes());
    rfc.same("finished (PSK binder)", &binder);
    assert_eq!(offered.binders, [binder.bytes()]);
    assert_eq!(hex(&offer.to_bytes()), hex(hello));
}

#[test]
fn section_4_early_data() {
    let rfc = section("4");
    let (early, mut transcript) =
        (section_4_early(&rfc), Transcript::new(Hash::Sha256, section_4_hello(&rfc)));
    let hash = transcript.current();
    let client = early.client_traffic(hash.bytes());
    rfc.same("c e traffic", &client);
    rfc.same("e exp master", &early.exporter(hash.bytes()));
    rfc.same_keys("secret_c_e_traffic_key", "secret_c_e_traffic_iv", &client);
    let [_, data, server_hello, flight, end, finished, ..] = &rfc.records[..] else { panic!() };
    assert_eq!(open_and_reseal(&client, &[], data), (ContentType::APPLICATION_DATA, b"ABCDEF".to_vec()));
    let end_of_early_data = (ContentType::HANDSHAKE, vec![5, 0, 0, 0]);
    assert_eq!(open_and_reseal(&client, &[data], end), end_of_early_data);

    transcript.add(&server_hello[HEADER..]);
    rfc.same("derived", &derived(Hash::Sha256, &early.early));
    let secrets = early.handshake(&section_4_shared(&rfc, server_hello), transcript.current().bytes());
    rfc.same("secret", &secrets.handshake);
    rfc.same("c hs traffic", &secrets.client);
    rfc.same("s hs traffic", &secrets.server);
    rfc.same_keys("secret_handshake_server_key", "secret_handshake_server_iv", &secrets.server);
    rfc.same_keys("secret_handshake_client_key", "secret_handshake_client_iv", &secrets.client);
    let (_, flight) = open_and_reseal(&secrets.server, &[], flight);
    let [extensions, server_finished] = messages(&flight)[..] else { panic!("{flight:?}") };
    transcript.add(extensions);
    let expected = verify_data(Hash::Sha256, &secrets.server, transcript.current().bytes());
    assert_eq!(hex(server_finished), hex(&Finished { verify_data: expected.bytes() }.to_bytes()));
    transcript.add(server_finished);
    section_4_the_end(&rfc, &secrets, transcript, finished);
}

/// The (EC)DHE secret of section 4, which the RFC's text does not print.
fn section_4_shared(rfc: &Section, server_hello: &[u8]) -> Vec<u8> {
    assert_eq!(hex(&offered_key(section_4_hello(rfc))), hex(rfc.get("x")));
    agree(&ring::agreement::X25519, rfc.get("d"), rfc.get("x"), &server_key(server_hello))
}

/// Section 4 from the server's Finished on. EndOfEarlyData is part of the transcript that our Finished covers.
fn section_4_the_end(rfc: &Section, secrets: &HandshakeSecrets, mut transcript: Transcript, record: &[u8]) {
    let application = secrets.application(transcript.current().bytes());
    rfc.same("secret_application_client", &application.client);
    rfc.same("secret_application_server", &application.server);
    rfc.same("secret_exporter_master", &application.exporter);
    rfc.same_keys("secret_application_server_key", "secret_application_server_iv", &application.server);
    rfc.same_keys("secret_application_client_key", "secret_application_client_iv", &application.client);
    transcript.add(&[5, 0, 0, 0]);
    let expected = verify_data(Hash::Sha256, &secrets.client, transcript.current().bytes());
    let (_, finished) = open_and_reseal(&secrets.client, &[], record);
    assert_eq!(hex(&finished), hex(&Finished { verify_data: expected.bytes() }.to_bytes()));
    transcript.add(&finished);
    rfc.same("secret_res_master", &application.resumption(transcript.current().bytes()));
    let [client_data, server_data, client_close, server_close] = &rfc.records[6..] else { panic!() };
    let data: Vec<u8> = (0..50).collect();
    assert_eq!(open_and_reseal(&application.client, &[], client_data).1, data);
    assert_eq!(open_and_reseal(&application.server, &[], server_data).1, data);
    assert_eq!(open_and_reseal(&application.client, &[client_data], client_close).1, [1, 0]);
    assert_eq!(open_and_reseal(&application.server, &[server_data], server_close).1, [1, 0]);
}

#[test]
fn section_5_a_hello_retry_request() {
    let rfc = section("5");
    let [hello, retry, second_hello, server_hello, rest @ ..] = &rfc.records[..] else { panic!() };
    let Ok(Message::ServerHello(asks)) = Message::parse(&retry[HEADER..]) else { panic!("{retry:?}") };
    assert_eq!((asks.is_retry(), asks.retry_group()), (true, Some(0x0017)));
    // The answer: the same offer, but for the key share, and with the cookie.
    let changed = changed_extensions(&hello[HEADER..], &second_hello[HEADER..]);
    assert_eq!(changed, [21, 44, 51], "padding, cookie, key_share");
    let Ok(Message::ClientHello(again)) = Message::parse(&second_hello[HEADER..]) else { panic!() };
    assert!(again.extensions.contains(&Extension::Cookie(asks.cookie().unwrap())));
    let p256 = &ring::agreement::ECDH_P256;
    let shared = agree(p256, rfc.get("priv"), rfc.get("pub"), &server_key(server_hello));
    assert_eq!(hex(&shared), hex(rfc.get("ikm")));
    let mut transcript = Transcript::after_retry(Hash::Sha256, &hello[HEADER..], &retry[HEADER..]);
    transcript.add(&second_hello[HEADER..]);
    transcript.add(&server_hello[HEADER..]);
    full::replay(&rfc, transcript, rest);
}

/// The server's messages end with its Finished. The client answers the CertificateRequest with three of its own.
#[test]
fn section_6_client_authentication() {
    let rfc = section("6");
    let [hello, server_hello, rest @ ..] = &rfc.records[..] else { panic!() };
    full::replay(&rfc, full::hellos(&rfc, hello, server_hello), rest);
    let names = |message: &Vec<u8>| Message::parse(message).unwrap().name();
    let names: Vec<&str> = rfc.handshakes.iter().map(names).collect();
    let server =
        ["EncryptedExtensions", "CertificateRequest", "Certificate", "CertificateVerify", "Finished"];
    assert_eq!(names, [&server[..], &server[2..]].concat());
    let Ok(Message::CertificateRequest(request)) = Message::parse(&rfc.handshakes[1]) else { panic!() };
    let Ok(Message::Certificate(answer)) = Message::parse(&rfc.handshakes[5]) else { panic!() };
    assert_eq!((request.request_context, answer.request_context), (&b""[..], &b""[..]));
    let Ok(Message::CertificateVerify(proof)) = Message::parse(&rfc.handshakes[6]) else { panic!() };
    let [Extension::SignatureAlgorithms(schemes)] = &request.extensions[..] else { panic!("{request:?}") };
    assert!(proof.scheme == 0x0804 && schemes.contains(&0x0804), "rsa_pss_rsae_sha256 was asked for");
}

/// With a session id, which the server echoes, and a change_cipher_spec from each side: neither is in the transcript.
#[test]
fn section_7_compatibility_mode() {
    let rfc = section("7");
    let [hello, server_hello, change, flight, client_change, rest @ ..] = &rfc.records[..] else { panic!() };
    assert_eq!((&change[..], change), (&[20, 3, 3, 0, 1, 1][..], client_change));
    let Ok(Message::ClientHello(offer)) = Message::parse(&hello[HEADER..]) else { panic!() };
    let Ok(Message::ServerHello(answer)) = Message::parse(&server_hello[HEADER..]) else { panic!() };
    assert_eq!(offer.legacy_session_id.len(), 32);
    assert_eq!(offer.legacy_session_id, answer.legacy_session_id_echo);
    let records = [std::slice::from_ref(flight), rest].concat();
    full::replay(&rfc, full::hellos(&rfc, hello, server_hello), &records);
}

/// What the lesson `tls_hello_retry` shows: only the transcript of RFC 8446 §4.4.1 leads to the key of the next record.
#[test]
fn section_5_does_not_open_with_another_transcript() {
    let rfc = section("5");
    let [first, retry, second, hello] = [0, 1, 2, 3].map(|at| &rfc.records[at][HEADER..]);
    let hashed = Transcript::new(Hash::Sha256, first).current();
    let message_hash = [&[0xfe, 0, 0, 0x20], hashed.bytes()].concat();
    let opens = |messages: &[&[u8]]| {
        let mut transcript = Transcript::new(Hash::Sha256, messages[0]);
        messages[1..].iter().for_each(|message| transcript.add(message));
        let early = EarlySecret::without_psk(SUITE);
        let secrets = early.handshake(rfc.get("ikm"), transcript.current().bytes());
        let mut keys = Protection::new(SUITE, &secrets.server).unwrap();
        let (header, fragment) = rfc.records[4].split_at(HEADER);
        keys.open(header.try_into().unwrap(), &mut fragment.to_vec()).is_ok()
    };
    assert!(opens(&[&message_hash, retry, second, hello]));
    for (slip, messages) in [
        ("the first ClientHello itself", &[first, retry, second, hello][..]),
        ("the first ClientHello's hash without a header", &[hashed.bytes(), retry, second, hello]),
        ("nothing of before", &[second, hello]),
        ("no HelloRetryRequest", &[&message_hash, second, hello]),
        ("the change_cipher_spec", &[&message_hash, retry, &[1], second, hello]),
        ("only one ClientHello", &[&message_hash, retry, hello]),
    ] {
        assert!(!opens(messages), "{slip}");
    }
}

#[test]
fn what_the_server_signs() {
    let rfc = section("3");
    let mut transcript = Transcript::new(Hash::Sha256, &rfc.records[0][HEADER..]);
    transcript.add(&rfc.records[1][HEADER..]);
    let content = signed_content(transcript.current().bytes());
    // RFC 8446 §4.4.3: 64 spaces, the context string, a zero, the hash.
    assert_eq!(content.len(), 64 + 33 + 1 + 32);
    assert_eq!(&content[64..98], b"TLS 1.3, server CertificateVerify\0");
}

/// A trace, its blocks with the four secrets, who sends each record (`>` is the client), and the messages in it.
type Trace = (&'static str, [&'static str; 4], &'static str, &'static [&'static str]);

const NAMED_ALIKE: [&str; 4] = ["c hs traffic", "s hs traffic", "c ap traffic", "s ap traffic"];

const TRACES: &[Trace] = &[
    (
        "3",
        [
            "secret_handshake_client",
            "secret_handshake_server",
            "secret_application_client",
            "secret_application_server",
        ],
        "><<><><><",
        &[
            "ClientHello x25519, 3 suites",
            "ServerHello x25519, AES-128-GCM",
            "EncryptedExtensions",
            "Certificate CN=rsa",
            "CertificateVerify rsa_pss_rsae_sha256",
            "Finished",
            "Finished",
            "NewSessionTicket 30 s",
        ],
    ),
    (
        "4",
        ["c hs traffic", "s hs traffic", "secret_application_client", "secret_application_server"],
        ">><<>>><><",
        &[
            "ClientHello x25519, 3 suites, early data",
            "ServerHello x25519, AES-128-GCM, resumed (PSK)",
            "EncryptedExtensions",
            "Finished",
            "EndOfEarlyData",
            "Finished",
        ],
    ),
    (
        "5",
        NAMED_ALIKE,
        "><><<>><",
        &[
            "ClientHello x25519, 3 suites",
            "HelloRetryRequest secp256r1, AES-128-GCM",
            "ClientHello secp256r1, 3 suites",
            "ServerHello secp256r1, AES-128-GCM",
            "EncryptedExtensions",
            "Certificate CN=rsa",
            "CertificateVerify rsa_pss_rsae_sha256",
            "Finished",
            "Finished",
        ],
    ),
    (
        "6",
        NAMED_ALIKE,
        "><<>><",
        &[
            "ClientHello x25519, 3 suites",
            "ServerHello x25519, AES-128-GCM",
            "EncryptedExtensions",
            "CertificateRequest",
            "Certificate CN=ecdsa256",
            "CertificateVerify ecdsa_secp256r1_sha256",
            "Finished",
            "Certificate CN=client",
            "CertificateVerify rsa_pss_rsae_sha256",
            "Finished",
        ],
    ),
    (
        "7",
        NAMED_ALIKE,
        "><<<>>><",
        &[
            "ClientHello x25519, 3 suites",
            "ServerHello x25519, AES-128-GCM",
            "EncryptedExtensions",
            "Certificate CN=rsa",
            "CertificateVerify rsa_pss_rsae_sha256",
            "Finished",
            "Finished",
        ],
    ),
];

#[test]
fn an_observer_with_the_rfcs_secrets_reads_every_trace() {
    for (number, blocks, ways, expected) in TRACES {
        let rfc = section(number);
        let random: [u8; 32] = rfc.records[0][HEADER + 6..HEADER + 38].try_into().unwrap();
        let mut observer = Observer::new();
        let labels = [
            key_log::CLIENT_HANDSHAKE,
            key_log::SERVER_HANDSHAKE,
            key_log::CLIENT_TRAFFIC,
            key_log::SERVER_TRAFFIC,
        ];
        let mut secrets: Vec<(&str, &str)> = labels.into_iter().zip(*blocks).collect();
        secrets.extend((*number == "4").then_some((key_log::CLIENT_EARLY, "c e traffic")));
        for (label, name) in secrets {
            observer.add_key_log(&key_log::key_log_line(label, &random, &Secret::new(rfc.get(name))));
        }
        let (mut offsets, mut names) = ([0u64; 2], Vec::new());
        assert_eq!(ways.len(), rfc.records.len(), "section {number}");
        for (way, record) in ways.chars().zip(&rfc.records) {
            let way = if way == '>' { Direction::ToServer } else { Direction::ToClient };
            for seen in observer.receive(way, offsets[way.index()], record) {
                assert!(!matches!(seen.inner, Inner::Sealed { .. }), "section {number}: {seen:?}");
                names.extend(seen.messages.iter().map(|message| message.to_string()));
            }
            offsets[way.index()] += record.len() as u64;
        }
        assert_eq!(names, *expected, "section {number}");
    }
}
