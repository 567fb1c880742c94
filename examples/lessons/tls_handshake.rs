//! TLS 1.3: a handshake in one round trip, flight by flight, with the secrets it makes.
//!
//! The client is ours, the server is rustls, and the wire between them is this function: so each
//! flight can be looked at before it is handed over. An observer with the key log reads along, as
//! Wireshark would. What is marked `▒` was encrypted: after ServerHello both sides have keys.
//!
//! Try: connect to retry.example.test, whose server does not take the client's first key share.
//!
//! ```text
//! ──▶ 202 bytes
//!      ClientHello x25519, 3 suites, 197 bytes
//!      a secret: CLIENT_HANDSHAKE_TRAFFIC_SECRET
//!      a secret: SERVER_HANDSHAKE_TRAFFIC_SECRET
//!      a secret: CLIENT_TRAFFIC_SECRET_0
//!      a secret: SERVER_TRAFFIC_SECRET_0
//!      a secret: EXPORTER_SECRET
//! ◀── 577 bytes
//!      ServerHello x25519, AES-128-GCM, 122 bytes
//!    ▒ EncryptedExtensions, 10 bytes
//!    ▒ Certificate www.example.test, 304 bytes
//!    ▒ CertificateVerify ed25519, 72 bytes
//!    ▒ Finished, 36 bytes
//! ──▶ 64 bytes
//!    ▒ Finished, 36 bytes
//! TLS_AES_128_GCM_SHA256 with x25519; verified: the chain leads to CN=Toy Root CA
//! ```

use std::error::Error;
use std::sync::mpsc;
use std::time::Instant;

use barewire::network::{toy_clock, toy_root_pem, toy_server};
use barewire_tls13::observe::{Direction, Observer};
use barewire_tls13::{Client, ClientConfig, KeyLog, Trust};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// Takes each secret as the client makes it.
struct Secrets(mpsc::Sender<String>);

impl KeyLog for Secrets {
    fn log(&mut self, line: &str) {
        // Nobody listens any more when the lesson is over.
        let _ = self.0.send(line.to_owned());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let name = "www.example.test";
    let now = Instant::now();
    let (sender, secrets) = mpsc::channel();
    let config = ClientConfig {
        trust: Trust::Pem(toy_root_pem()?.into_bytes()),
        key_log: Some(Box::new(Secrets(sender))),
        ..ClientConfig::new(name, toy_clock())
    };
    let mut client = Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(1))?;
    let mut server = toy_server(name)?;
    let mut observer = Observer::new();
    let mut offsets = [0, 0];

    while client.summary().is_none() {
        if let Some(flight) = client.transmit(now) {
            show(&mut observer, Direction::ToServer, &mut offsets[0], &flight);
            server.read_tls(&mut &flight[..])?;
            server.process_new_packets()?;
        }
        let mut flight = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut flight)?;
        }
        client.receive(now, &flight)?;
        for line in secrets.try_iter() {
            println!("     a secret: {}", line.split(' ').next().unwrap_or_default());
            observer.add_key_log(&line);
        }
        show(&mut observer, Direction::ToClient, &mut offsets[1], &flight);
    }
    if let Some(flight) = client.transmit(now) {
        show(&mut observer, Direction::ToServer, &mut offsets[0], &flight);
    }
    if let Some(summary) = client.summary() {
        println!("{} with {}; {}", summary.suite.name(), summary.group.name(), summary.verified);
    }
    Ok(())
}

fn show(observer: &mut Observer, direction: Direction, offset: &mut u64, flight: &[u8]) {
    let arrow = if direction == Direction::ToServer { "──▶" } else { "◀──" };
    println!("{arrow} {} bytes", flight.len());
    for record in observer.receive(direction, *offset, flight) {
        let mark = if record.is_encrypted() { "▒" } else { " " };
        for message in &record.messages {
            println!("   {mark} {}, {} bytes", message.summary, message.bytes.len());
        }
    }
    *offset += flight.len() as u64;
}
