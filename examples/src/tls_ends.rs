//! The two ends of a TLS connection, driven record by record: for lessons that look at each record, or change it.
//!
//! ```text
//!   transmit ──▶ a record in your hand ──▶ receive: the other end takes it, or says why not
//!      ▲         (change it, or not)              │
//!      └──────────────────────────────────────────┘
//! ```
//!
//! The client is ours, and rustls plays the server. Records go from one to the other without TCP, and the clock stands
//! still. Tested in `tests/tampered.rs`, and with the lessons in `tests/lessons.rs`.

pub mod flip;

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use barewire_dissect::Direction;
use barewire_tls13::handshake::Message;
use barewire_tls13::key_schedule::Secret;
use barewire_tls13::ledger::{Entry, Name};
use barewire_tls13::record::HEADER;
use barewire_tls13::{AlertDescription, Client, Config, Error as TlsError, SharedLedger, Suite};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rustls::{ServerConfig, ServerConnection};

/// A client, a server, and the records on their way.
pub struct Ends {
    /// The client: ours.
    pub client: Client,
    /// The server: that of rustls.
    pub server: ServerConnection,
    now: Instant,
    waiting: VecDeque<Record>,
    /// How many records went each way.
    sent: [usize; 2],
    ledger: SharedLedger,
    log: Log,
}

/// A record on its way.
#[derive(Debug, Clone)]
pub struct Record {
    /// Who gets it.
    pub direction: Direction,
    /// How many records its sender sent before it.
    pub number: usize,
    /// All of it, with its header.
    pub bytes: Vec<u8>,
}

/// An end does not take a record.
#[derive(Debug)]
pub struct Refused {
    /// Which end: "client" or "server".
    pub end: &'static str,
    /// The message that it was reading.
    pub reading: &'static str,
    /// The alert with which it answers. rustls keeps that to itself: then it is what the client hears.
    pub alert: Option<AlertDescription>,
    /// The alert that it got from the other end, and could open.
    pub heard: Option<AlertDescription>,
    /// Why, in the words of the end.
    pub says: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} refuses {}: {}", self.end, self.reading, self.says)
    }
}

impl Error for Refused {}

impl Ends {
    /// A client whose ClientHello is ready to be sent, and a server.
    ///
    /// # Errors
    /// One of the configurations cannot work.
    pub fn new(mut client: Config, mut server: ServerConfig) -> Result<Ends, Box<dyn Error>> {
        let (now, log, ledger) = (Instant::now(), Log::default(), SharedLedger::default());
        client.ledger = Some(ledger.clone());
        server.key_log = Arc::new(log.clone());
        let client = Client::new(now, client, &mut ChaCha8Rng::seed_from_u64(1))?;
        let server = ServerConnection::new(Arc::new(server))?;
        Ok(Ends { client, server, now, waiting: VecDeque::new(), sent: [0, 0], ledger, log })
    }

    /// The next record on its way. `None`: both ends wait.
    pub fn transmit(&mut self) -> Option<Record> {
        if self.waiting.is_empty() {
            let flight = self.client.transmit(self.now).unwrap_or_default();
            self.send(Direction::ToServer, &flight);
        }
        if self.waiting.is_empty() {
            let mut flight = Vec::new();
            // Writing into memory does not fail.
            while self.server.wants_write() && self.server.write_tls(&mut flight).is_ok_and(|given| given > 0)
            {
            }
            self.send(Direction::ToClient, &flight);
        }
        self.waiting.pop_front()
    }

    /// Cuts a flight into its records: five bytes of header, the last two of which give the length (RFC 8446 §5.1).
    fn send(&mut self, direction: Direction, flight: &[u8]) {
        let mut rest = flight;
        while let [_, _, _, high, low, ..] = rest {
            let length = HEADER + usize::from(u16::from_be_bytes([*high, *low]));
            let (bytes, after) = rest.split_at(length.min(rest.len()));
            let number = &mut self.sent[direction.index()];
            self.waiting.push_back(Record { direction, number: *number, bytes: bytes.to_vec() });
            *number += 1;
            rest = after;
        }
    }

    /// The record arrives.
    ///
    /// # Errors
    /// What the end that gets it has against it. Its alert is the next record.
    pub fn receive(&mut self, record: &Record) -> Result<(), Refused> {
        match record.direction {
            Direction::ToClient => {
                self.client.receive(self.now, &record.bytes).map_err(|error| self.by_client(record, &error))
            }
            Direction::ToServer => {
                let mut rest = &record.bytes[..];
                while !rest.is_empty() && self.server.read_tls(&mut rest).is_ok_and(|taken| taken > 0) {}
                self.server.process_new_packets().map(drop).map_err(|error| by_server(record, &error))
            }
        }
    }

    fn by_client(&self, record: &Record, error: &TlsError) -> Refused {
        let heard = match error {
            TlsError::AlertReceived(alert) => Some(alert.description),
            TlsError::ProtocolVersion(version) if version.offered.is_none() => {
                Some(AlertDescription::PROTOCOL_VERSION)
            }
            _ => None,
        };
        // The client reads the message after those that it has taken. Some of a ServerHello is looked at after it was.
        let is_of_flight =
            |it: &&Entry| it.direction == Direction::ToClient && it.name != "HelloRetryRequest";
        let taken = if record.number == 0 { 0 } else { self.messages().iter().filter(is_of_flight).count() };
        let reading = SERVER_FLIGHT.get(taken).unwrap_or(&"data");
        Refused { end: "client", reading, alert: error.alert(), heard, says: error.to_string() }
    }

    /// The messages of the handshake that the client has taken or sent so far.
    pub fn messages(&self) -> Vec<Entry> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).messages().to_vec()
    }

    /// The server's own certificate in DER, as the client got it.
    pub fn certificate(&self) -> Option<Vec<u8>> {
        let messages = self.messages();
        messages.iter().find_map(|entry| match Message::parse(&entry.bytes) {
            Ok(Message::Certificate(message)) => Some(message.entries.first()?.der.to_vec()),
            _ => None,
        })
    }

    /// Carries records until both ends wait.
    ///
    /// # Errors
    /// The first that an end does not take.
    pub fn carry(&mut self) -> Result<(), Refused> {
        while let Some(record) = self.transmit() {
            self.receive(&record)?;
        }
        Ok(())
    }

    /// The data that the server can read by now.
    pub fn read_by_server(&mut self) -> Vec<u8> {
        let mut data = vec![0; 1024];
        // An error says that nothing has come.
        let length = self.server.reader().read(&mut data).unwrap_or(0);
        data.truncate(length);
        data
    }

    /// A secret of the client, and the suite that it is for. A client that fails forgets them; its ledger does not.
    pub fn client_secret(&self, name: Name) -> Option<(Suite, Secret)> {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        Some((ledger.suite()?, ledger.find(name)?.clone()))
    }

    /// A secret of the server, by its label in the key log (RFC 8446 §7.1). It differs from the client's when the two
    /// have not seen the same hellos.
    pub fn server_secret(&self, label: &str) -> Option<Secret> {
        let secrets = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().find(|(other, _)| other == label).map(|(_, secret)| secret.clone())
    }
}

/// What a client reads, in this order.
const SERVER_FLIGHT: [&str; 5] =
    ["ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"];

fn by_server(record: &Record, error: &rustls::Error) -> Refused {
    let heard = match error {
        rustls::Error::AlertReceived(alert) => Some(AlertDescription(u8::from(*alert))),
        _ => None,
    };
    // A client that says hello twice does so before its change_cipher_spec, or after it in a record in the clear.
    let reading = match (record.number, record.bytes.first()) {
        (0, _) | (_, Some(22)) => "ClientHello",
        (2, _) => "client's Finished",
        _ => "data",
    };
    Refused { end: "server", reading, alert: None, heard, says: error.to_string() }
}

/// The server's key log, in memory: each label with its secret.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<(String, Secret)>>>);

impl rustls::KeyLog for Log {
    fn log(&self, label: &str, _client_random: &[u8], secret: &[u8]) {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.push((label.to_owned(), Secret::new(secret)));
    }
}
