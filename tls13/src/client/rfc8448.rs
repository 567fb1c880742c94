//! Our client in the place of the client of RFC 8448, with its private keys and its randoms. What it sends is compared
//! with the RFC's records, and what it makes of the server's records with the RFC's secrets.
//!
//! Two things are not ours. The ClientHello: the RFC's client offers more than ours, in another order, so its message
//! is put in the place of ours; [`equal_extensions`] says which of ours are the same. And where the server's
//! certificate has an RSA key of 1024 bits (sections 3, 5 and 7), ring checks no signature of it: CertificateVerify is
//! taken unchecked. Section 6 is checked; its client shows a certificate, and ours an empty one.

#[path = "../../tests/data/rfc8448.rs"]
mod trace;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use trace::{Section, hex};

use super::state::{Authenticated, Early, Hello, Offer, Offered, State};
use super::{Client, Config, EarlyData, Event};
use crate::extensions::Extension;
use crate::group::Group;
use crate::handshake::{ClientHello, Finished, Message};
use crate::key_schedule::{Secret, verify_data};
use crate::key_share::KeyShares;
use crate::pre_shared_key::PreSharedKey;
use crate::protect::Protection;
use crate::record::{ContentType, HEADER, INITIAL_VERSION};
use crate::session::Session;
use crate::signature::SignatureScheme;
use crate::suite::{Hash, Suite};
use crate::transcript::Transcript;
use crate::verify::Trust;

/// A day on which the certificates of the RFC are valid.
fn wall_clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_500_000_000)
}

fn parse(hello: &[u8]) -> ClientHello<'_> {
    match Message::parse(hello) {
        Ok(Message::ClientHello(hello)) => hello,
        other => panic!("{other:?}"),
    }
}

/// What the RFC's client has, and ours can have.
fn config(hello: &ClientHello<'_>) -> Config {
    let mut config = Config::new("server", wall_clock());
    config.trust = Trust::Nothing;
    config.groups = Group::ALL.to_vec();
    config.compatibility_mode = !hello.legacy_session_id.is_empty();
    config.suites = hello.cipher_suites.iter().filter_map(|&id| Suite::from_id(id)).collect();
    config
}

/// A client that has sent the RFC's ClientHello. Its own has the extensions of these numbers like the RFC's.
fn client(rfc: &Section, session: Option<Session>, equal: &[u16]) -> Client {
    let message = &rfc.records[0][HEADER..];
    let hello = parse(message);
    let mut config = config(&hello);
    config.replayable_early_data = session.is_some();
    config.pre_shared_key = session.map(|session| PreSharedKey::Session(Box::new(session)));
    let now = Instant::now();
    let mut client = Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    let State::WaitServerHello(ours) = std::mem::replace(&mut client.state, State::Failed) else { panic!() };
    (client.random, client.session_id) = (hello.random, hello.legacy_session_id.to_vec());
    let shares = KeyShares::known(Group::X25519, rfc.get("d"));
    assert_eq!(equal_extensions(&client.client_hello(&shares, None, None, None).bytes, message), equal);
    (client.outgoing, client.early, client.send_keys) = (Vec::new(), Early::NotOffered, None);
    client.change_cipher_spec_sent = false;
    say(&mut client, shares, ours.psk, message, None);
    client
}

/// Says a ClientHello of the RFC, and early data may follow.
fn say(
    client: &mut Client,
    shares: KeyShares,
    psk: Option<Offered>,
    message: &[u8],
    retry: Option<(Suite, Transcript)>,
) {
    let offers = parse(message).extensions.iter().map(Extension::id).collect();
    let client_hello = client.send_client_hello(Hello { bytes: message.to_vec(), offers }, INITIAL_VERSION);
    if let Some(psk) = &psk {
        client.begin_early_data(psk, message).unwrap();
    }
    client.state = State::WaitServerHello(Box::new(Offer { shares, psk, client_hello, retry }));
}

/// The extensions of our own ClientHello that are equal to those of the RFC's. What stands before the extensions is
/// always equal.
fn equal_extensions(ours: &[u8], rfc: &[u8]) -> Vec<u16> {
    let (mut ours, rfc) = (parse(ours), parse(rfc));
    let equal = ours.extensions.iter().filter(|extension| rfc.extensions.contains(extension));
    let equal = equal.map(Extension::id).collect();
    ours.extensions.clone_from(&rfc.extensions);
    assert_eq!(ours, rfc);
    equal
}

fn sent(client: &mut Client) -> Vec<u8> {
    client.transmit(client.now).unwrap_or_default()
}

fn receive(client: &mut Client, record: &[u8]) {
    client.receive(client.now, record).unwrap();
}

/// Takes the server's flight. A signature that ring does not check is taken unchecked.
fn receive_flight(client: &mut Client, record: &[u8]) {
    let mut record = client.records.next_record(&mut &*record).unwrap().unwrap();
    let (content_type, length) = client.open(&mut record).unwrap();
    assert_eq!(content_type, ContentType::HANDSHAKE);
    client.joiner.push(&record.fragment()[..length]);
    while let Some(message) = client.joiner.next_message().unwrap() {
        match Message::parse(&message) {
            Ok(Message::CertificateVerify(_)) => take_unchecked(client, &message),
            _ => client.on_message(&message).unwrap(),
        }
    }
}

fn take_unchecked(client: &mut Client, message: &[u8]) {
    let State::WaitCertificateVerify(mut handshake, chain) =
        std::mem::replace(&mut client.state, State::Failed)
    else {
        panic!("a CertificateVerify too early")
    };
    handshake.transcript.add(message);
    let signature = SignatureScheme::RsaPssRsaeSha256;
    let (leaf, facts, verified) = (chain.leaf, chain.facts, chain.verified);
    let server = Authenticated::Certificate { leaf, facts, verified, signature };
    client.state = State::WaitFinished(handshake, server);
}

#[track_caller]
fn same(computed: &Secret, rfc: &Section, name: &str) {
    assert_eq!(hex(computed.bytes()), hex(rfc.get(name)), "{name}");
}

/// The secrets, by the names that sections 5, 6 and 7 give them.
fn same_secrets(client: &Client, rfc: &Section) {
    let handshake = client.handshake_secrets().unwrap();
    same(&handshake.handshake, rfc, "handshake");
    same(&handshake.client, rfc, "c hs traffic");
    same(&handshake.server, rfc, "s hs traffic");
    let application = client.application_secrets().unwrap();
    same(&application.main, rfc, "secret_application");
    same(&application.client, rfc, "c ap traffic");
    same(&application.server, rfc, "s ap traffic");
    same(&application.exporter, rfc, "exp master");
}

/// Both sides say goodbye.
fn close(client: &mut Client, ours: &[u8], servers: &[u8]) {
    client.close();
    assert_eq!(hex(&sent(client)), hex(ours));
    receive(client, servers);
    assert_eq!(std::iter::from_fn(|| client.event()).last(), Some(Event::Closed));
    assert!(client.is_closed_by_peer());
}

/// Data goes to both sides. It is the same in sections 3 and 4.
fn talk(client: &mut Client, ours: &[u8], servers: &[u8]) {
    let data: Vec<u8> = (0..50).collect();
    client.write(&data).unwrap();
    assert_eq!(hex(&sent(client)), hex(ours));
    receive(client, servers);
    let mut read = [0; 51];
    assert_eq!(client.read(&mut read), 50);
    assert_eq!(read[..50], data);
}

/// server_name, supported_versions, psk_key_exchange_modes, key_share. The RFC's client offers groups and schemes that
/// ours does not have.
const EQUAL: &[u16] = &[0, 43, 45, 51];

/// Plays section 3 up to the ticket.
fn section_3(rfc: &Section) -> (Client, Session) {
    let mut client = client(rfc, None, EQUAL);
    assert_eq!(hex(&sent(&mut client)), hex(&rfc.records[0]));
    receive(&mut client, &rfc.records[1]);
    receive_flight(&mut client, &rfc.records[2]);
    assert_eq!(hex(&sent(&mut client)), hex(&rfc.records[3]));
    same(client.resumption.as_ref().unwrap(), rfc, "secret_resumption_master");
    receive(&mut client, &rfc.records[4]);
    let Some(Event::Ticket(session)) = std::iter::from_fn(|| client.event()).last() else { panic!() };
    (client, *session)
}

#[test]
fn section_3_a_plain_handshake() {
    let rfc = Section::read("3");
    let (mut client, session) = section_3(&rfc);
    same(&session.psk, &rfc, "secret_resumption");
    assert_eq!((session.lifetime, session.max_early_data), (30, 1024));
    talk(&mut client, &rfc.records[5], &rfc.records[6]);
    close(&mut client, &rfc.records[7], &rfc.records[8]);
}

#[test]
fn section_4_resumed_with_early_data() {
    let rfc = Section::read("4");
    let (_, session) = section_3(&Section::read("3"));
    let mut client = client(&rfc, Some(session), EQUAL);
    let [hello, data, server_hello, flight, end, finished, rest @ ..] = &rfc.records[..] else { panic!() };
    assert_eq!(hex(&sent(&mut client)), hex(hello));
    client.write_early_replayable(b"ABCDEF").unwrap();
    assert_eq!(hex(&sent(&mut client)), hex(data));
    receive(&mut client, server_hello);
    receive(&mut client, flight);
    assert_eq!(hex(&sent(&mut client)), hex(&[&end[..], finished].concat()));
    assert_eq!(client.summary().unwrap().early_data, EarlyData::Accepted);
    same(client.resumption.as_ref().unwrap(), &rfc, "secret_res_master");
    talk(&mut client, &rest[0], &rest[1]);
    close(&mut client, &rest[2], &rest[3]);
}

/// The binder of section 4, filled in by ours.
#[test]
fn section_4_the_binder_of_our_client() {
    let rfc = Section::read("4");
    let (_, session) = section_3(&Section::read("3"));
    let key = PreSharedKey::Session(Box::new(session));
    let mut hello = rfc.records[0][HEADER..].to_vec();
    let Some(Extension::PreSharedKeys(offered)) = parse(&hello).extensions.pop() else { panic!() };
    assert_eq!(offered.identities[0].identity, key.identity(wall_clock()).identity);
    let binder = hello.len() - 32;
    hello[binder..].fill(0);
    key.bind(&key.early_secret(), None, &mut hello);
    assert_eq!(hex(&hello), hex(&rfc.records[0][HEADER..]));
}

#[test]
fn section_5_a_hello_retry_request() {
    let rfc = Section::read("5");
    // supported_groups is the same, too.
    let mut client = client(&rfc, None, &[0, 10, 43, 45, 51]);
    let [hello, retry, second_hello, server_hello, flight, finished, closes @ ..] = &rfc.records[..] else {
        panic!()
    };
    assert_eq!(hex(&sent(&mut client)), hex(hello));
    receive(&mut client, retry);
    assert_eq!(client.event(), Some(Event::HelloRetry { group: Some(Group::Secp256r1) }));
    // No change_cipher_spec comes before our second ClientHello, whose record says 0x0303.
    let ours = sent(&mut client);
    assert_eq!(hex(&ours[..3]), hex(&second_hello[..3]));
    // Its key is a fresh one. With the RFC's key, key_share is the same, and the cookie is.
    let State::WaitServerHello(offer) = std::mem::replace(&mut client.state, State::Failed) else { panic!() };
    let shares = KeyShares::known(Group::Secp256r1, rfc.get("priv"));
    let Ok(Message::ServerHello(asks)) = Message::parse(&retry[HEADER..]) else { panic!() };
    let known = client.client_hello(&shares, None, asks.cookie(), None);
    assert_eq!(equal_extensions(&known.bytes, &second_hello[HEADER..]), [0, 10, 43, 44, 45, 51]);
    let mut transcript = Transcript::after_retry(Hash::Sha256, &hello[HEADER..], &retry[HEADER..]);
    let (suite, of_our_client) = offer.retry.unwrap();
    let mut with_ours = transcript.clone();
    with_ours.add(&ours[HEADER..]);
    assert_eq!(with_ours.current(), of_our_client.current());
    transcript.add(&second_hello[HEADER..]);
    say(&mut client, shares, None, &second_hello[HEADER..], Some((suite, transcript)));
    let _ = sent(&mut client);
    receive(&mut client, server_hello);
    receive_flight(&mut client, flight);
    assert_eq!(hex(&sent(&mut client)), hex(finished));
    same_secrets(&client, &rfc);
    same(client.resumption.as_ref().unwrap(), &rfc, "res master");
    close(&mut client, &closes[0], &closes[1]);
}

/// The server's signature is ECDSA, and checked. Our client has no certificate: its Finished covers an empty one.
#[test]
fn section_6_the_server_asks_for_a_certificate() {
    let rfc = Section::read("6");
    let mut client = client(&rfc, None, EQUAL);
    assert_eq!(hex(&sent(&mut client)), hex(&rfc.records[0]));
    receive(&mut client, &rfc.records[1]);
    receive(&mut client, &rfc.records[2]);
    same_secrets(&client, &rfc);
    let mut transcript = Transcript::new(Hash::Sha256, &rfc.records[0][HEADER..]);
    transcript.add(&rfc.records[1][HEADER..]);
    rfc.handshakes[..5].iter().for_each(|message| transcript.add(message));
    let secret = &client.handshake_secrets().unwrap().client.clone();
    let mut keys = Protection::new(Suite::Aes128GcmSha256, secret).unwrap();
    let flight = sent(&mut client);
    let certificate = open_next(&mut keys, &flight);
    assert_eq!(certificate, [11, 0, 0, 4, 0, 0, 0, 0]);
    transcript.add(&certificate);
    let finished = open_next(&mut keys, &flight[HEADER + certificate.len() + 17..]);
    let expected = verify_data(Hash::Sha256, secret, transcript.current().bytes());
    assert_eq!(finished, Finished { verify_data: expected.bytes() }.to_bytes());
    let summary = client.summary().unwrap();
    assert_eq!(summary.signature, Some(SignatureScheme::EcdsaSecp256r1Sha256));
    assert!(summary.certificate_requested);
    close(&mut client, &rfc.records[4], &rfc.records[5]);
}

/// The content of the first record in `stream`, a handshake message. After it: its type, and a tag of 16 bytes.
fn open_next(keys: &mut Protection, stream: &[u8]) -> Vec<u8> {
    let header: [u8; HEADER] = stream[..HEADER].try_into().unwrap();
    let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
    let mut fragment = stream[HEADER..HEADER + length].to_vec();
    let inner = keys.open(header, &mut fragment).unwrap();
    assert_eq!(inner.content_type, ContentType::HANDSHAKE);
    fragment.truncate(inner.length);
    fragment
}

#[test]
fn section_7_compatibility_mode() {
    let rfc = Section::read("7");
    let mut client = client(&rfc, None, EQUAL);
    let [hello, server_hello, change, flight, client_change, finished, closes @ ..] = &rfc.records[..] else {
        panic!()
    };
    assert_eq!(hex(&sent(&mut client)), hex(hello));
    receive(&mut client, server_hello);
    receive(&mut client, change);
    receive_flight(&mut client, flight);
    assert_eq!(hex(&sent(&mut client)), hex(&[&client_change[..], finished].concat()));
    same_secrets(&client, &rfc);
    same(client.resumption.as_ref().unwrap(), &rfc, "res master");
    close(&mut client, &closes[0], &closes[1]);
}
