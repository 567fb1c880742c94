//! Early data (RFC 8446 §2.3, §4.2.10, §8) against rustls: taken, refused, limited, and played twice.

mod common;

use std::io::Read;
use std::sync::{Arc, Mutex};

use barewire_tls13::extensions::Extension;
use barewire_tls13::ledger::{Ledger, Made, Name};
use barewire_tls13::{
    Client, Config, EarlyData, Error, Event, PreSharedKey, Session, Suite, TlsStream, Verified, key_log,
};
use common::forger::Forger;
use common::{Identity, Log, Pair, only_group, only_suite, rng};
use rustls::server::{ServerConnection, ServerSessionMemoryCache, StoresServerSessions};
use rustls::{CipherSuite, NamedGroup, ServerConfig};

const LIMIT: u32 = 1_000;

/// A server that takes up to [`LIMIT`] bytes of early data.
fn eager(identity: &Identity, suite: CipherSuite) -> ServerConfig {
    let mut server = identity.server_with(|p| only_suite(p, suite));
    server.session_storage = ServerSessionMemoryCache::new(64);
    server.max_early_data_size = LIMIT;
    server
}

fn session(identity: &Identity, server: &ServerConfig) -> Session {
    let mut pair = Pair::new(identity.client(), server.clone());
    pair.handshake();
    let ticket = |event| match event {
        Event::Ticket(session) => Some(*session),
        _ => None,
    };
    pair.events().into_iter().find_map(ticket).expect("a ticket")
}

fn early(identity: &Identity, session: &Session) -> Config {
    let pre_shared_key = Some(PreSharedKey::Session(Box::new(session.clone())));
    Config { pre_shared_key, replayable_early_data: true, ..identity.client() }
}

fn read_early(server: &mut ServerConnection) -> Vec<u8> {
    let mut data = Vec::new();
    if let Some(mut early) = server.early_data() {
        early.read_to_end(&mut data).unwrap();
    }
    data
}

fn read_late(server: &mut ServerConnection) -> Vec<u8> {
    let mut data = Vec::new();
    let _ = server.reader().read_to_end(&mut data); // "would block" says that this is all for now
    data
}

/// The schedule of a resumed connection starts from the ticket's key, and has the secrets of early data. Where the
/// server takes neither, it starts from zeros.
#[test]
fn the_ledger_has_the_key_and_the_early_secrets() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let session = session(&identity, &server);
    let stranger = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    for (server, is_taken) in [(server, true), (stranger, false)] {
        let ledger = Arc::new(Mutex::new(Ledger::default()));
        let config = Config { ledger: Some(ledger.clone()), ..early(&identity, &session) };
        let mut pair = Pair::new(config, server);
        pair.client.write_early_replayable(b"early").unwrap();
        pair.handshake();
        let ledger = ledger.lock().unwrap();
        let from = if is_taken { Some(&session.psk) } else { ledger.find(Name::Zeros) };
        assert_eq!(ledger.find(Name::Psk), from);
        let hash = ledger.hash().unwrap();
        for arrow in ledger.arrows() {
            let early = matches!(arrow.made, Made::Secret(Name::ClientEarly | Name::EarlyExporter));
            // The key that was offered in vain is not part of the schedule.
            assert_eq!(arrow.operation.is_some(), is_taken || !early, "{}", arrow.made);
            if let Some(operation) = arrow.operation {
                assert_eq!(operation.run(hash), arrow.value, "{}", arrow.made);
            }
        }
    }
}

#[test]
fn early_data_is_taken_with_every_suite() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for suite in [
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        CipherSuite::TLS13_AES_256_GCM_SHA384,
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    ] {
        let mut server = eager(&identity, suite);
        let session = session(&identity, &server);
        assert_eq!(session.max_early_data, LIMIT);
        let (ours, theirs) = (Log::default(), Log::default());
        let mut config = early(&identity, &session);
        config.key_log = Some(Box::new(ours.clone()));
        server.key_log = Arc::new(theirs.clone());
        let mut pair = Pair::new(config, server);
        assert_eq!(pair.client.write_early_replayable(b"GET / early"), Ok(11));
        assert!(matches!(pair.client.write(b"x"), Err(Error::NotWritable("the handshake is not done"))));
        let summary = pair.handshake();
        assert_eq!(summary.early_data, EarlyData::Accepted);
        assert!(matches!(summary.verified, Verified::InSession(_)));
        assert_eq!(read_early(&mut pair.server), b"GET / early");
        let told = pair.events();
        assert!(matches!(told[..2], [Event::EarlyDataAccepted, Event::HandshakeDone(_)]), "{told:?}");
        // The handshake's and the application's keys follow in the right places.
        pair.client.write(b"late").unwrap();
        pair.run().unwrap();
        assert_eq!(read_late(&mut pair.server), b"late");
        let over = Err(Error::NotWritable("the time for early data is over"));
        assert_eq!(pair.client.write_early_replayable(b"x"), over);
        let (mut ours, mut theirs) = (ours.lines(), theirs.lines());
        assert!(ours.iter().any(|line| line.starts_with(key_log::CLIENT_EARLY)));
        // rustls has no line for the exporter of early data.
        ours.retain(|line| !line.starts_with(key_log::EARLY_EXPORTER));
        ours.sort();
        theirs.sort();
        assert_eq!((ours.len(), &ours), (6, &theirs));
    }
}

/// The whole first flight goes out before the server has said a byte.
#[test]
fn the_request_is_in_the_first_flight() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let session = session(&identity, &server);
    let mut pair = Pair::new(early(&identity, &session), server);
    pair.client.write_early_replayable(b"hello").unwrap();
    let flight = pair.client.transmit(pair.now).unwrap();
    let types: Vec<(u8, usize)> = records(&flight).map(|record| (record[0], record.len())).collect();
    // ClientHello in the clear, the record for middleboxes, and 5 bytes with type and tag.
    assert_eq!((types.len(), types[0].0, types[1], types[2]), (3, 22, (20, 6), (23, 5 + 5 + 1 + 16)));
    assert_eq!(pair.server.read_tls(&mut flight.as_slice()).unwrap(), flight.len());
    pair.server.process_new_packets().unwrap();
    assert_eq!(read_early(&mut pair.server), b"hello");
    pair.handshake();
}

fn records(mut stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let header: &[u8; 5] = stream.first_chunk()?;
        let (record, rest) = stream.split_at(5 + usize::from(u16::from_be_bytes([header[3], header[4]])));
        stream = rest;
        Some(record)
    })
}

#[test]
fn a_ticket_has_a_limit() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let session = session(&identity, &server);
    let mut pair = Pair::new(early(&identity, &session), server);
    assert_eq!(pair.client.write_early_replayable(&[1; 600]), Ok(600));
    assert_eq!(pair.client.write_early_replayable(&[2; 600]), Ok(400));
    assert_eq!(pair.client.write_early_replayable(&[3; 600]), Ok(0));
    assert_eq!(pair.handshake().early_data, EarlyData::Accepted);
    assert_eq!(read_early(&mut pair.server), [[1; 600].as_slice(), &[2; 400]].concat());
}

#[test]
fn refused_data_is_handed_back() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let aes128 = CipherSuite::TLS13_AES_128_GCM_SHA256;
    let server = eager(&identity, aes128);
    let session = || session(&identity, &server);
    // It takes the key, but no early data any more; it has forgotten the key; it wants another group first.
    let mut later = server.clone();
    later.max_early_data_size = 0;
    let mut retry = identity.server_with(|p| {
        only_group(p, NamedGroup::secp256r1);
        only_suite(p, aes128);
    });
    retry.session_storage = server.session_storage.clone();
    retry.max_early_data_size = LIMIT;
    for (case, server, resumed) in
        [("later", later, true), ("forgotten", eager(&identity, aes128), false), ("retry", retry, true)]
    {
        let mut pair = Pair::new(early(&identity, &session()), server);
        pair.client.write_early_replayable(b"GET / ").unwrap();
        pair.client.write_early_replayable(b"again").unwrap();
        let summary = pair.handshake();
        assert_eq!(summary.early_data, EarlyData::Refused, "{case}");
        assert_eq!(matches!(summary.verified, Verified::InSession(_)), resumed, "{case}");
        let events = pair.events();
        let done = events.iter().position(|event| matches!(event, Event::HandshakeDone(_))).unwrap();
        assert!(
            events[..done].contains(&Event::EarlyDataRefused(b"GET / again".to_vec())),
            "{case} {events:?}"
        );
        assert_eq!(read_early(&mut pair.server), b"", "{case}");
        pair.client.write(b"GET / again").unwrap();
        pair.run().unwrap();
        assert_eq!(read_late(&mut pair.server), b"GET / again", "{case}");
    }
}

#[test]
fn nothing_is_offered_without_being_asked_and_allowed() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let none = Err(Error::NotWritable("no early data was offered"));
    let fresh = || session(&identity, &server);
    let cases = [
        Config { replayable_early_data: true, ..identity.client() },
        Config { replayable_early_data: false, ..early(&identity, &fresh()) },
        early(&identity, &Session { max_early_data: 0, ..fresh() }),
        // A suite with the same hash resumes, but early data is sealed with the session's own.
        Config { suites: vec![Suite::Chacha20Poly1305Sha256], ..early(&identity, &fresh()) },
    ];
    for config in cases {
        let mut pair = Pair::new(config, identity.server());
        assert_eq!(pair.client.write_early_replayable(b"x"), none);
        assert_eq!(pair.handshake().early_data, EarlyData::NotOffered);
    }
}

/// RFC 8446 §4.2.10: what a server may not say about early data.
#[test]
fn answers_that_do_not_fit_are_refused() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let session = session(&identity, &server);
    let accepts = || vec![Extension::Other { id: 42, data: &[] }];
    let refusal = |config: Config, suite: Suite, extensions: Vec<Extension<'_>>| {
        let mut forger = Forger::new(&identity, config);
        forger.psk = Some(session.psk.clone());
        let hello = forger.hello(|h| {
            h.hello.cipher_suite = suite.id();
            h.hello.extensions.push(Extension::SelectedIdentity(0));
        });
        hello.unwrap();
        let message = forger.encrypted_extensions(extensions);
        let error = forger.say(&message).unwrap_err();
        (error.alert().unwrap().to_string(), error.to_string())
    };
    // Early data without its key: the server does not take the key, but the data.
    let mut forger = Forger::new(&identity, early(&identity, &session));
    forger.hello(|_| ()).unwrap();
    let error = forger.say(&forger.encrypted_extensions(accepts())).unwrap_err().to_string();
    assert!(error.starts_with("the server takes early data without the pre-shared key"), "{error}");
    let not_asked = Config { replayable_early_data: false, ..early(&identity, &session) };
    let (alert, says) = refusal(not_asked, Suite::Aes128GcmSha256, accepts());
    assert!(alert.starts_with("unsupported_extension"), "{alert}");
    assert!(says.contains("early_data, which was not asked for"), "{says}");
    let (alert, says) = refusal(early(&identity, &session), Suite::Chacha20Poly1305Sha256, accepts());
    assert!(alert.starts_with("illegal_parameter"), "{alert}");
    assert!(says.contains("with another suite or protocol than its ticket's"), "{says}");
}

/// A server that does not strike a ticket off when it is used: two machines that do not tell each other, for example.
#[derive(Debug)]
struct Forgetful(Arc<dyn StoresServerSessions>);

impl StoresServerSessions for Forgetful {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.0.put(key, value)
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn can_cache(&self) -> bool {
        true
    }
}

/// RFC 8446 §8: the warning in the name of `write_early_replayable`, seen. The replay needs no key, only a copy.
#[test]
fn a_copy_of_early_data_can_be_played_again() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let careful = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let mut forgetful = careful.clone();
    forgetful.session_storage = Arc::new(Forgetful(careful.session_storage.clone()));
    for (server, seen) in [(forgetful, 2), (careful, 1)] {
        let session = session(&identity, &server);
        let mut client =
            Client::new(std::time::Instant::now(), early(&identity, &session), &mut rng()).unwrap();
        client.write_early_replayable(b"POST /pay").unwrap();
        let flight = client.transmit(std::time::Instant::now()).unwrap();
        let mut acted = 0;
        for _ in 0..2 {
            let mut server = ServerConnection::new(Arc::new(server.clone())).unwrap();
            server.read_tls(&mut flight.as_slice()).unwrap();
            let _ = server.process_new_packets();
            acted += usize::from(read_early(&mut server) == b"POST /pay");
        }
        assert_eq!(acted, seen);
    }
}

#[test]
fn the_driver_sends_early_data_before_it_reads() {
    struct Wire(ServerConnection);

    impl Read for Wire {
        fn read(&mut self, mut out: &mut [u8]) -> std::io::Result<usize> {
            let length = out.len();
            while self.0.wants_write() && !out.is_empty() {
                self.0.write_tls(&mut out)?;
            }
            Ok(length - out.len())
        }
    }

    impl std::io::Write for Wire {
        fn write(&mut self, mut bytes: &[u8]) -> std::io::Result<usize> {
            let length = bytes.len();
            while !bytes.is_empty() {
                self.0.read_tls(&mut bytes)?;
                self.0.process_new_packets().map_err(std::io::Error::other)?;
            }
            Ok(length)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = eager(&identity, CipherSuite::TLS13_AES_128_GCM_SHA256);
    let session = session(&identity, &server);
    let mut client = Client::new(std::time::Instant::now(), early(&identity, &session), &mut rng()).unwrap();
    client.write_early_replayable(b"first").unwrap();
    let wire = Wire(ServerConnection::new(Arc::new(server)).unwrap());
    let stream = TlsStream::connect(wire, client).unwrap();
    assert_eq!(stream.summary().early_data, EarlyData::Accepted);
    assert_eq!(read_early(&mut stream.into_inner().0), b"first");
}
