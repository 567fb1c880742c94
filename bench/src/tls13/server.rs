//! The server of both clients: rustls, in memory, with a certificate made on the spot.

use std::io::Write;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::crypto::ring::Ticketer;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection};

pub(super) const NAME: &str = "www.example.test";

/// A root, and the server's certificate below it: ECDSA on P-256, as most servers have.
pub(super) struct Identity {
    pub(super) ca_pem: String,
    ca: CertificateDer<'static>,
    config: Arc<ServerConfig>,
    config_with_tickets: Arc<ServerConfig>,
}

impl Identity {
    pub(super) fn new() -> Identity {
        let mut ca = CertificateParams::new(Vec::new()).expect("no names");
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        ca.distinguished_name.push(DnType::CommonName, "Bench Root CA");
        let ca_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
        let root = ca.self_signed(&ca_key).expect("a root");
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
        let leaf = CertificateParams::new(vec![NAME.to_owned()]).expect("a name");
        let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate");
        let private = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .expect("a key for this certificate");
        config.send_tls13_tickets = 0;
        let mut with_tickets = config.clone();
        with_tickets.send_tls13_tickets = 1;
        with_tickets.ticketer = Ticketer::new().expect("random numbers");
        Identity {
            ca_pem: root.pem(),
            ca: root.der().clone(),
            config: Arc::new(config),
            config_with_tickets: Arc::new(with_tickets),
        }
    }

    pub(super) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.ca.clone()).expect("a root");
        roots
    }

    /// A server that sends no tickets.
    pub(super) fn server(&self) -> Server {
        Server::new(&self.config)
    }

    /// A server that sends one ticket in each connection. The ticket holds all that the server wants to know later.
    pub(super) fn server_with_tickets(&self) -> Server {
        Server::new(&self.config_with_tickets)
    }
}

pub(super) struct Server {
    connection: ServerConnection,
    sealed: Vec<u8>,
}

impl Server {
    fn new(config: &Arc<ServerConfig>) -> Server {
        let mut connection = ServerConnection::new(Arc::clone(config)).expect("a server");
        connection.set_buffer_limit(None);
        Server { connection, sealed: Vec::new() }
    }

    /// Takes a flight of the client's, and gives the server's.
    pub(super) fn answer(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        while !bytes.is_empty() {
            self.connection.read_tls(&mut bytes).expect("room");
            self.connection.process_new_packets().expect("a client that keeps the rules");
        }
        let mut reply = Vec::new();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut reply).expect("memory");
        }
        reply
    }

    pub(super) fn is_done(&self) -> bool {
        !self.connection.is_handshaking()
    }

    /// The records that carry `content`, each as large as can be.
    pub(super) fn seal(&mut self, content: &[u8]) -> &mut [u8] {
        self.connection.writer().write_all(content).expect("memory");
        self.sealed.clear();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.sealed).expect("memory");
        }
        &mut self.sealed
    }
}
