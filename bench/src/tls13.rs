//! The TLS 1.3 client: ours against that of rustls, both over ring, both talking to a rustls server in memory.
//!
//! What is on the clock is the client alone. The server's records are made while the clock stands still, a quarter
//! of a mebibyte at a time, and what the client read is compared with what was written while it stands still again.

mod server;
mod unbuffered;

use std::io::Read;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use barewire_tls13::{Client, Config, Suite, Trust};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rustls::client::{ClientConnection, Resumption};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::ServerName;

use crate::measure::{Comparison, Stopwatch, Unit};
use server::{Identity, NAME, Server};
use unbuffered::Unbuffered;

/// How much a client receives in a round, in bytes.
const TOTAL: usize = 256 << 20;
/// How much the server writes at once: it stays in the second-level cache, as what a network card delivers would.
const WRITTEN: usize = 256 << 10;
/// How much a client is given at once, and reads at once: a record with its header and its tag fits.
const PIECE: usize = 17 << 10;
/// Handshakes in a round.
const HANDSHAKES: u64 = 100;

const PEER: &str = "rustls";
const SUITES: [Suite; 2] = [Suite::Aes128GcmSha256, Suite::Chacha20Poly1305Sha256];

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let bench = Bench::new(TOTAL);
    let mut results = Vec::new();
    for suite in SUITES {
        let what = format!("TLS 1.3 receive, {} MiB, {}", TOTAL >> 20, short(suite));
        let config = Arc::new(bench.rustls_client(suite));
        let mut run = |peer, theirs: &dyn Fn() -> f64| {
            let ours = || bench.we_receive(suite);
            results.push(Comparison::run(&what, peer, Unit::MegabytesPerSecond, rounds, ours, theirs));
        };
        run(PEER, &|| bench.they_receive(&config, suite));
        run("rustls, unbuffered API", &|| bench.they_receive_unbuffered(&config));
    }
    let suite = Suite::Aes128GcmSha256;
    let config = Arc::new(bench.rustls_client(suite));
    results.push(Comparison::run(
        "TLS 1.3 handshake, client",
        PEER,
        Unit::Microseconds,
        rounds,
        || bench.we_shake_hands(suite),
        || bench.they_shake_hands(&config, suite),
    ));
    results
}

fn short(suite: Suite) -> &'static str {
    match suite {
        Suite::Aes128GcmSha256 => "AES-128-GCM",
        Suite::Aes256GcmSha384 => "AES-256-GCM",
        Suite::Chacha20Poly1305Sha256 => "ChaCha20-Poly1305",
    }
}

/// What the server writes, again and again: bytes that are not the same everywhere.
fn content() -> Vec<u8> {
    (0..WRITTEN as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

struct Bench {
    identity: Identity,
    content: Vec<u8>,
    /// How much to receive, in bytes.
    total: usize,
}

impl Bench {
    fn new(total: usize) -> Bench {
        Bench { identity: Identity::new(), content: content(), total }
    }

    fn our_client(&self, suite: Suite) -> Client {
        let config = Config {
            trust: Trust::Pem(self.identity.ca_pem.clone().into_bytes()),
            suites: vec![suite],
            ..Config::new(NAME, SystemTime::now())
        };
        Client::new(Instant::now(), config, &mut ChaCha8Rng::seed_from_u64(1)).expect("a client")
    }

    fn rustls_client(&self, suite: Suite) -> rustls::ClientConfig {
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
        // Ours does not resume; here nobody does.
        config.resumption = Resumption::disabled();
        config
    }

    /// Nanoseconds a byte.
    fn we_receive(&self, suite: Suite) -> f64 {
        let now = Instant::now();
        let (mut client, mut server) = (self.our_client(suite), self.identity.server());
        our_handshake(&mut client, &mut server, &mut Stopwatch::default());
        self.receive(&mut server, |bytes, out| {
            let mut filled = 0;
            for piece in bytes.chunks(PIECE) {
                client.receive(now, piece).expect("good records");
                filled += client.read(&mut out[filled..]);
            }
            filled
        })
    }

    /// Nanoseconds a byte.
    fn they_receive(&self, config: &Arc<rustls::ClientConfig>, suite: Suite) -> f64 {
        let (mut client, mut server) = (rustls_connection(config), self.identity.server());
        their_handshake(&mut client, &mut server, &mut Stopwatch::default());
        let agreed = client.negotiated_cipher_suite().map(|agreed| u16::from(agreed.suite()));
        assert_eq!(agreed, Some(suite.id()));
        self.receive(&mut server, |mut bytes, out| {
            let mut filled = 0;
            while !bytes.is_empty() {
                // It decides itself how much it takes at once.
                client.read_tls(&mut bytes).expect("room");
                client.process_new_packets().expect("good records");
                while let Ok(count @ 1..) = client.reader().read(&mut out[filled..]) {
                    filled += count;
                }
            }
            filled
        })
    }

    /// Nanoseconds a byte.
    fn they_receive_unbuffered(&self, config: &Arc<rustls::ClientConfig>) -> f64 {
        let mut server = self.identity.server();
        let mut client = Unbuffered::connect(config, &mut server);
        self.receive(&mut server, |bytes, out| {
            bytes.chunks(PIECE).fold(0, |filled, piece| filled + client.receive(piece, &mut out[filled..]))
        })
    }

    /// Has the server write and the client receive until all is there. `receive` takes records, puts what they hold
    /// into a buffer, and says how much that was; it alone is on the clock.
    fn receive(&self, server: &mut Server, mut receive: impl FnMut(&[u8], &mut [u8]) -> usize) -> f64 {
        let mut watch = Stopwatch::default();
        // One byte more than is coming, so that a read can find that there is no more.
        let mut out = vec![0; WRITTEN + 1];
        for _ in 0..self.total / WRITTEN {
            let records = server.seal(&self.content);
            let filled = watch.run(|| receive(records, &mut out));
            assert!(out[..filled] == self.content[..], "the client reads what the server wrote");
        }
        watch.per(self.total as u64)
    }

    /// Nanoseconds a handshake.
    fn we_shake_hands(&self, suite: Suite) -> f64 {
        let mut watch = Stopwatch::default();
        for _ in 0..HANDSHAKES {
            let mut client = watch.run(|| self.our_client(suite));
            our_handshake(&mut client, &mut self.identity.server(), &mut watch);
        }
        watch.per(HANDSHAKES)
    }

    /// Nanoseconds a handshake.
    fn they_shake_hands(&self, config: &Arc<rustls::ClientConfig>, suite: Suite) -> f64 {
        let mut watch = Stopwatch::default();
        for _ in 0..HANDSHAKES {
            let mut client = watch.run(|| rustls_connection(config));
            their_handshake(&mut client, &mut self.identity.server(), &mut watch);
            let agreed = client.negotiated_cipher_suite().map(|agreed| u16::from(agreed.suite()));
            assert_eq!(agreed, Some(suite.id()));
        }
        watch.per(HANDSHAKES)
    }
}

fn rustls_connection(config: &Arc<rustls::ClientConfig>) -> ClientConnection {
    let name = ServerName::try_from(NAME).expect("a name");
    ClientConnection::new(Arc::clone(config), name).expect("a client")
}

/// A handshake, of which the client's part is on the clock.
fn our_handshake(client: &mut Client, server: &mut Server, watch: &mut Stopwatch) {
    let now = Instant::now();
    while let Some(bytes) = watch.run(|| client.transmit(now)) {
        let reply = server.answer(&bytes);
        watch.run(|| client.receive(now, &reply)).expect("a handshake that succeeds");
    }
    let summary = client.summary().expect("the handshake is done");
    assert!(matches!(summary.verified, barewire_tls13::Verified::Yes { .. }), "{}", summary.verified);
    assert!(server.is_done());
}

/// A handshake, of which the client's part is on the clock.
fn their_handshake(client: &mut ClientConnection, server: &mut Server, watch: &mut Stopwatch) {
    while client.wants_write() {
        let mut bytes = Vec::new();
        watch.run(|| {
            while client.wants_write() {
                client.write_tls(&mut bytes).expect("memory");
            }
        });
        let reply = server.answer(&bytes);
        watch.run(|| {
            let mut reply = &reply[..];
            while !reply.is_empty() {
                client.read_tls(&mut reply).expect("room");
                client.process_new_packets().expect("a handshake that succeeds");
            }
        });
    }
    assert!(!client.is_handshaking() && server.is_done());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What arrives is compared on the way.
    #[test]
    fn all_three_clients_receive_what_was_sent() {
        let bench = Bench::new(1 << 20);
        for suite in SUITES {
            let config = Arc::new(bench.rustls_client(suite));
            bench.we_receive(suite);
            bench.they_receive(&config, suite);
            bench.they_receive_unbuffered(&config);
        }
    }
}
