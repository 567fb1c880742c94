//! The TLS 1.3 client: ours against that of rustls, both over ring, both talking to a rustls server in memory; and
//! against ring alone.
//!
//! What is on the clock is the client alone. The server's records are made while the clock stands still, and what the
//! client read is compared with what was written while it stands still again. [`receive`] has what a client gets when
//! the handshake is done, [`handshake`] what comes before.

mod handshake;
mod receive;
mod ring_alone;
mod server;
mod unbuffered;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use barewire_tls13::{Client, Config, Suite, Trust};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rustls::client::{ClientConnection, Resumption};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::ServerName;

use crate::measure::{Comparison, Stopwatch};
use server::{Identity, NAME, Server};

const PEER: &str = "rustls";

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let contestants = Contestants::new();
    let mut lines = receive::compare(&contestants, rounds);
    lines.extend(handshake::compare(&contestants, rounds));
    lines
}

/// The server that both clients trust, and the clients.
struct Contestants {
    identity: Identity,
    trust: Trust,
}

impl Contestants {
    fn new() -> Contestants {
        let identity = Identity::new();
        let trust = Trust::Pem(identity.ca_pem.clone().into_bytes()).read().expect("a root");
        Contestants { identity, trust }
    }

    fn our_config(&self, suite: Suite) -> Config {
        Config { trust: self.trust.clone(), suites: vec![suite], ..Config::new(NAME, SystemTime::now()) }
    }

    /// A client that has shaken hands, and its server.
    fn our_connection(&self, suite: Suite) -> (Client, Server) {
        let begin = || our_client(self.our_config(suite));
        our_handshake(begin, self.identity.server(), &mut Stopwatch::default(), |_| ())
    }

    /// The settings of a client that offers what ours offers, and does not resume.
    fn their_config(&self, suite: Suite) -> rustls::ClientConfig {
        let mut provider = default_provider();
        provider.cipher_suites.retain(|offered| u16::from(offered.suite()) == suite.id());
        // The groups that ours offers, in its order.
        let wanted = [rustls::NamedGroup::X25519, rustls::NamedGroup::secp256r1];
        provider.kx_groups.retain(|group| wanted.contains(&group.name()));
        let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_root_certificates(self.identity.roots())
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config
    }

    /// A client that has shaken hands, and its server.
    fn their_connection(&self, config: &Arc<rustls::ClientConfig>) -> (ClientConnection, Server) {
        their_handshake(|| their_client(config), self.identity.server(), &mut Stopwatch::default())
    }
}

fn our_client(config: Config) -> Client {
    Client::new(Instant::now(), config, &mut ChaCha8Rng::seed_from_u64(1)).expect("a client")
}

fn their_client(config: &Arc<rustls::ClientConfig>) -> ClientConnection {
    let name = ServerName::try_from(NAME).expect("a name");
    ClientConnection::new(Arc::clone(config), name).expect("a client")
}

/// A handshake, of which the client's part is on the clock: from `begin`, which makes the client, to `take_events`,
/// which it calls after each flight of the server.
fn our_handshake(
    begin: impl FnOnce() -> Client,
    mut server: Server,
    watch: &mut Stopwatch,
    mut take_events: impl FnMut(&mut Client),
) -> (Client, Server) {
    let now = Instant::now();
    let (mut client, mut flight) = watch.run(|| {
        let mut client = begin();
        let flight = client.transmit(now);
        (client, flight)
    });
    while let Some(bytes) = flight {
        let reply = server.answer(&bytes);
        flight = watch.run(|| {
            client.receive(now, &reply).expect("a handshake that succeeds");
            take_events(&mut client);
            client.transmit(now)
        });
    }
    let summary = client.summary().expect("the handshake is done");
    assert!(summary.verified.is_by_certificate(), "{}", summary.verified);
    assert!(server.is_done());
    (client, server)
}

/// A handshake, of which the client's part is on the clock.
fn their_handshake(
    begin: impl FnOnce() -> ClientConnection,
    mut server: Server,
    watch: &mut Stopwatch,
) -> (ClientConnection, Server) {
    let (mut client, mut flight) = watch.run(|| {
        let mut client = begin();
        let flight = their_flight(&mut client);
        (client, flight)
    });
    while let Some(bytes) = flight {
        let reply = server.answer(&bytes);
        flight = watch.run(|| {
            let mut reply = &reply[..];
            while !reply.is_empty() {
                client.read_tls(&mut reply).expect("room");
                client.process_new_packets().expect("a handshake that succeeds");
            }
            their_flight(&mut client)
        });
    }
    assert!(!client.is_handshaking() && server.is_done());
    (client, server)
}

/// What it wants to send.
fn their_flight(client: &mut ClientConnection) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while client.wants_write() {
        client.write_tls(&mut bytes).expect("memory");
    }
    (!bytes.is_empty()).then_some(bytes)
}
