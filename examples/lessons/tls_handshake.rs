//! TLS 1.3: a handshake in one round trip, flight by flight, with the secrets it makes.
//!
//! The client is ours, the server is rustls, and the wire between them is this function: so each
//! flight can be looked at before it is handed over. An observer with the key log reads along, as
//! Wireshark would. What is marked `▒` was encrypted: after ServerHello both sides have keys, and
//! after the server's Finished the next ones.
//!
//! Try: `cargo run --example tls_handshake -- retry.example.test`, whose server does not take the client's key share.
//! How many round trips does that take, and after which message are there secrets?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#frame=6`: the ClientHello
//! * `barewire.html#fetch=https://retry.example.test/&frame=6`: a group that the server lacks
//!
//! ```text
//! ──▶ 202 bytes
//!      ClientHello x25519, 3 suites, 197 bytes
//! ◀── 577 bytes
//!      ServerHello x25519, AES-128-GCM, 122 bytes
//!      → a secret: CLIENT_HANDSHAKE_TRAFFIC_SECRET
//!      → a secret: SERVER_HANDSHAKE_TRAFFIC_SECRET
//!    ▒ EncryptedExtensions, 10 bytes
//!    ▒ Certificate www.example.test, 304 bytes
//!    ▒ CertificateVerify ed25519, 72 bytes
//!    ▒ Finished, 36 bytes
//!      → a secret: CLIENT_TRAFFIC_SECRET_0
//!      → a secret: SERVER_TRAFFIC_SECRET_0
//!      → a secret: EXPORTER_SECRET
//! ──▶ 64 bytes
//!    ▒ Finished, 36 bytes
//! TLS_AES_128_GCM_SHA256 with x25519; verified: the chain leads to CN=Toy Root CA
//! ```

use std::error::Error;
use std::sync::mpsc;
use std::time::Instant;

use barewire::network::toy;
use barewire_dissect::{Direction, lines};
use barewire_tls13::observe::Observer;
use barewire_tls13::{Client, Config, KeyLog, Trust};
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
    let words: Vec<String> = std::env::args().skip(1).collect();
    let name = match words.join(" ").as_str() {
        "" => "www.example.test",
        "retry.example.test" => "retry.example.test",
        other => return Err(format!("{other} is not known here; try retry.example.test").into()),
    };
    let now = Instant::now();
    let (sender, secrets) = mpsc::channel();
    let config = Config {
        trust: Trust::Pem(toy::root_pem()?.into_bytes()),
        key_log: Some(Box::new(Secrets(sender))),
        ..Config::new(name, toy::clock())
    };
    let mut client = Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(1))?;
    let mut server = toy::server(name)?;
    let (mut observer, mut offsets) = (Observer::new(), [0, 0]);

    loop {
        if let Some(flight) = client.transmit(now) {
            println!("──▶ {} bytes", flight.len());
            show(&mut observer, Direction::ToServer, &mut offsets[0], &flight);
            server.read_tls(&mut &flight[..])?;
            server.process_new_packets()?;
        }
        if let Some(summary) = client.summary() {
            let done =
                format!("{} with {}; {}", summary.suite.name(), summary.group.name(), summary.verified);
            println!("{}", lines(&done, 80, 78).join("\n  "));
            return Ok(());
        }
        let mut flight = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut flight)?;
        }
        println!("◀── {} bytes", flight.len());
        for record in records(&flight) {
            client.receive(now, record)?;
            let made: Vec<String> = secrets.try_iter().inspect(|line| observer.add_key_log(line)).collect();
            show(&mut observer, Direction::ToClient, &mut offsets[1], record);
            for line in made {
                println!("     → a secret: {}", line.split(' ').next().unwrap_or_default());
            }
        }
    }
}

/// The records of a flight: five bytes of header, the last two of which give the length (RFC 8446 §5.1).
fn records(flight: &[u8]) -> Vec<&[u8]> {
    let (mut records, mut rest) = (Vec::new(), flight);
    while let [_, _, _, high, low, ..] = rest {
        let length = 5 + usize::from(u16::from_be_bytes([*high, *low]));
        let (record, after) = rest.split_at(length.min(rest.len()));
        records.push(record);
        rest = after;
    }
    records
}

fn show(observer: &mut Observer, direction: Direction, offset: &mut u64, flight: &[u8]) {
    for record in observer.receive(direction, *offset, flight) {
        let mark = if record.is_encrypted() { "▒" } else { " " };
        for message in &record.messages {
            println!("   {mark} {message}, {} bytes", message.bytes.len());
        }
    }
    *offset += flight.len() as u64;
}
