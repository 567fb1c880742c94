//! A peer that we did not write: a rustls server in memory, with certificates made on the spot.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

pub mod forger;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use barewire_tls13::key_schedule::Secret;
use barewire_tls13::{Client, Config, Error, Event, KeyLog, Origin, Session, Suite, Summary, Trust};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rcgen::{CertificateParams, DnType, IsCa, Issuer, KeyPair, SignatureAlgorithm};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ServerConnection;
use rustls::{CipherSuite, NamedGroup, ServerConfig};

pub const NAME: &str = "www.example.test";

/// 2026-06-01 00:00:00 UTC: the time in every test.
pub fn wall_clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_780_272_000)
}

/// A certificate authority and the certificate it gave a server.
pub struct Identity {
    pub ca_pem: String,
    pub chain: Vec<CertificateDer<'static>>,
    pub key: Vec<u8>,
    /// The same for servers that read files.
    pub certificate_pem: String,
    pub key_pem: String,
}

impl Identity {
    pub fn new(algorithm: &'static SignatureAlgorithm) -> Identity {
        Identity::of_key(KeyPair::generate_for(algorithm).unwrap(), |_| ())
    }

    pub fn rsa() -> Identity {
        Identity::of_key(KeyPair::from_pem(include_str!("../data/rsa2048.pem")).unwrap(), |_| ())
    }

    /// A certificate for [`NAME`], from 2026-01-01 to 2027-01-01, as `change` left it.
    pub fn of_key(key: KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        Identity::signed_by(KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap(), key, change)
    }

    /// An Ed25519 key, with a certificate that an RSA key signed.
    pub fn rsa_authority() -> Identity {
        let authority = KeyPair::from_pem(include_str!("../data/rsa2048.pem")).unwrap();
        Identity::signed_by(authority, KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap(), |_| ())
    }

    fn signed_by(ca_key: KeyPair, key: KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        ca.distinguished_name.push(DnType::CommonName, "Test Root CA");
        ca.not_before = rcgen::date_time_ymd(2020, 1, 1);
        ca.not_after = rcgen::date_time_ymd(2040, 1, 1);
        let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
        let mut leaf = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
        leaf.not_before = rcgen::date_time_ymd(2026, 1, 1);
        leaf.not_after = rcgen::date_time_ymd(2027, 1, 1);
        change(&mut leaf);
        let certificate = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
        Identity {
            ca_pem,
            chain: vec![certificate.der().clone()],
            key: key.serialize_der(),
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }
    }

    pub fn trust(&self) -> Trust {
        Trust::Pem(self.ca_pem.clone().into_bytes())
    }

    pub fn client(&self) -> Config {
        let mut config = Config::new(NAME, wall_clock());
        config.trust = self.trust();
        config
    }

    pub fn server(&self) -> ServerConfig {
        self.server_with(|_| ())
    }

    /// A server whose cryptography has been narrowed by `change`.
    pub fn server_with(&self, change: impl FnOnce(&mut rustls::crypto::CryptoProvider)) -> ServerConfig {
        let mut provider = rustls::crypto::ring::default_provider();
        change(&mut provider);
        ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.private_key())
            .unwrap()
    }

    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.clone()).unwrap()
    }
}

pub fn only_suite(provider: &mut rustls::crypto::CryptoProvider, suite: CipherSuite) {
    provider.cipher_suites.retain(|offered| offered.suite() == suite);
}

pub fn only_group(provider: &mut rustls::crypto::CryptoProvider, group: NamedGroup) {
    provider.kx_groups.retain(|offered| offered.name() == group);
}

/// Our client and a rustls server, with the wire between them in two vectors.
pub struct Pair {
    pub client: Client,
    pub server: ServerConnection,
    pub now: Instant,
    /// How many bytes a piece of the wire holds.
    pub piece: usize,
    /// Everything the client sent, and everything the server sent.
    pub to_server: Vec<u8>,
    pub to_client: Vec<u8>,
}

pub fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

impl Pair {
    pub fn new(client: Config, server: ServerConfig) -> Pair {
        let now = Instant::now();
        Pair {
            client: Client::new(now, client, &mut rng()).unwrap(),
            server: ServerConnection::new(Arc::new(server)).unwrap(),
            now,
            piece: usize::MAX,
            to_server: Vec::new(),
            to_client: Vec::new(),
        }
    }

    /// Moves bytes until neither side has any. The client's error ends it; the server's is left to the caller.
    pub fn run(&mut self) -> Result<(), Error> {
        loop {
            let mut moved = false;
            while let Some(bytes) = self.client.transmit(self.now) {
                moved = true;
                self.to_server.extend_from_slice(&bytes);
                for piece in bytes.chunks(self.piece) {
                    let mut rest = piece;
                    while !rest.is_empty() {
                        self.server.read_tls(&mut rest).unwrap();
                        let _ = self.server.process_new_packets();
                    }
                }
            }
            let bytes = self.written_by_server();
            self.to_client.extend_from_slice(&bytes);
            for piece in bytes.chunks(self.piece) {
                moved = true;
                self.client.receive(self.now, piece)?;
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// The server's answer to the ClientHello. The client does not get it.
    pub fn server_flight(&mut self) -> Vec<u8> {
        let hello = self.client.transmit(self.now).unwrap();
        self.to_server.extend_from_slice(&hello);
        self.server.read_tls(&mut &hello[..]).unwrap();
        self.server.process_new_packets().unwrap();
        self.written_by_server()
    }

    fn written_by_server(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    /// The handshake, which has to succeed on both sides.
    pub fn handshake(&mut self) -> Summary {
        self.run().unwrap();
        assert!(!self.server.is_handshaking(), "the server still waits");
        self.client.summary().expect("the client still waits").clone()
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.client.event()).collect()
    }

    pub fn read_all(&mut self) -> Vec<u8> {
        let mut out = vec![0; self.client.readable()];
        let count = self.client.read(&mut out);
        assert_eq!(count, out.len());
        out
    }
}

/// A key log in memory, for either side.
#[derive(Debug, Default, Clone)]
pub struct Log(pub Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl KeyLog for Log {
    fn log(&mut self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

impl rustls::KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}", hex(client_random), hex(secret));
        self.0.lock().unwrap().push(line);
    }
}

/// A session that fits these settings, made up: its key is 32 times 5, and its ticket allows early data.
pub fn session(config: &Config) -> Session {
    let (at, trust) = (wall_clock() - Duration::from_secs(60), config.wanted().trust);
    Session {
        server_name: config.server_name.clone(),
        alpn: config.alpn.first().cloned(),
        suite: Suite::Aes128GcmSha256,
        ticket: b"ticket".to_vec(),
        lifetime: 3_600,
        age_add: 9,
        nonce: vec![0],
        max_early_data: 1_000,
        received: at,
        psk: Secret::new(&[5; 32]),
        origin: Arc::new(Origin { at, certificate: Vec::new(), not_after: None, anchor: None, trust }),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
