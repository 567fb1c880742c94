//! Your tests of TLS 1.3. Each is a test of the crate `barewire-tls13`: read its documentation with `cargo doc`.
//! `cargo course mutants tls` runs them; `tls.md` beside this file has the task.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{Message, ServerHello};
use barewire_tls13::key_schedule::Secret;
use barewire_tls13::record::{ContentType, RecordHeader};
use barewire_tls13::{AlertDescription, Client, Config, Protection, Suite, Trust};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rustls::{ServerConfig, ServerConnection};

const NAME: &str = "www.example.test";

/// A client that takes any certificate, since the server below signs its own.
fn client() -> Client {
    let config = Config { trust: Trust::Nothing, ..Config::new(NAME, SystemTime::now()) };
    Client::new(Instant::now(), config, &mut ChaCha8Rng::seed_from_u64(1)).expect("a client")
}

/// A server that others wrote.
fn server() -> ServerConnection {
    let identity = rcgen::generate_simple_self_signed([NAME.to_owned()]).expect("a certificate");
    let key = identity.signing_key.serialize_der().try_into().expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![identity.cert.der().clone()], key)
        .expect("a certificate and its key");
    ServerConnection::new(Arc::new(config)).expect("a server")
}

/// Carries bytes between the two until both are silent. They are yours to look at, to change, or to cut.
fn carry(client: &mut Client, server: &mut ServerConnection) {
    let now = Instant::now();
    loop {
        let to_server = client.transmit(now).unwrap_or_default();
        let mut rest = &to_server[..];
        while !rest.is_empty() {
            server.read_tls(&mut rest).expect("bytes");
            server.process_new_packets().expect("the server takes them");
        }
        let mut to_client = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut to_client).expect("bytes");
        }
        client.receive(now, &to_client).expect("the client takes them");
        if to_server.is_empty() && to_client.is_empty() {
            return;
        }
    }
}

/// RFC 8446 §5.2: what one end seals, the other opens; both have the same secret.
#[test]
fn a_record_there_and_back() {
    let secret = Secret::new(&[7; 32]);
    let mut sender = Protection::new(Suite::Aes128GcmSha256, &secret).expect("keys");
    let mut receiver = Protection::new(Suite::Aes128GcmSha256, &secret).expect("keys");
    let mut record = Vec::new();
    sender.seal(ContentType::HANDSHAKE, b"hello", &mut record).expect("a record");
    let (header, sealed) = record.split_at_mut(5);
    let header = header.try_into().expect("five bytes");
    let inner = receiver.open(header, sealed).expect("it opens");
    assert_eq!((inner.content_type, &sealed[..inner.length]), (ContentType::HANDSHAKE, &b"hello"[..]));
}

/// RFC 8446 §2: a handshake, and a few bytes each way.
#[test]
fn a_connection_with_rustls() {
    let (mut client, mut server) = (client(), server());
    carry(&mut client, &mut server);
    client.write(b"ping").expect("the handshake is done");
    server.writer().write_all(b"pong").expect("room");
    carry(&mut client, &mut server);
    let (mut there, mut back) = ([0; 4], [0; 4]);
    server.reader().read_exact(&mut there).expect("four bytes");
    assert_eq!((&there, client.read(&mut back), &back), (b"ping", 4, b"pong"));
}

/// RFC 8446 §4.1.3: a server of your own, which says what no honest one says. Here it compresses.
#[test]
fn a_server_that_compresses() {
    let (mut client, now) = (client(), Instant::now());
    let sent = client.transmit(now).expect("a ClientHello");
    let Ok(Message::ClientHello(offer)) = Message::parse(&sent[5..]) else { panic!("no ClientHello") };
    let message = ServerHello {
        legacy_version: 0x0303,
        random: [7; 32],
        legacy_session_id_echo: offer.legacy_session_id,
        cipher_suite: offer.cipher_suites[0],
        legacy_compression_method: 1,
        extensions: vec![
            Extension::SelectedVersion(0x0304),
            Extension::KeyShare(KeyShareEntry { group: 0x001d, key_exchange: &[9; 32] }),
        ],
    }
    .to_bytes();
    let (content_type, length) = (ContentType::HANDSHAKE, message.len());
    let header = RecordHeader { content_type, legacy_version: 0x0303, length };
    let record = [&header.to_bytes()[..], &message].concat();
    let refused = client.receive(now, &record).expect_err("it is not an answer to the offer");
    assert_eq!(refused.alert(), Some(AlertDescription::ILLEGAL_PARAMETER));
}
