//! The key log that Wireshark reads. Browsers and curl write it to the file that the variable SSLKEYLOGFILE names.
//!
//! ```text
//!   CLIENT_TRAFFIC_SECRET_0  <ClientHello.random, in hex>  <secret, in hex>
//! ```
//!
//! One line for each secret; the random tells connections apart. Anybody who has the file can read the connection.
//! Left out: the labels of TLS 1.2. Tested in `tests/loopback.rs` against rustls's own log of the same connection.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::key_schedule::Secret;

/// Takes the lines of a key log, each as soon as there is its secret.
pub trait KeyLog: Send {
    /// One line, without a line end.
    fn log(&mut self, line: &str);
}

/// The client's early traffic secret, for data that comes before the ServerHello.
pub const CLIENT_EARLY: &str = "CLIENT_EARLY_TRAFFIC_SECRET";
/// The exporter secret of early data.
pub const EARLY_EXPORTER: &str = "EARLY_EXPORTER_SECRET";
/// The client's handshake traffic secret.
pub const CLIENT_HANDSHAKE: &str = "CLIENT_HANDSHAKE_TRAFFIC_SECRET";
/// The server's handshake traffic secret.
pub const SERVER_HANDSHAKE: &str = "SERVER_HANDSHAKE_TRAFFIC_SECRET";
/// The client's first application traffic secret.
pub const CLIENT_TRAFFIC: &str = "CLIENT_TRAFFIC_SECRET_0";
/// The server's first application traffic secret.
pub const SERVER_TRAFFIC: &str = "SERVER_TRAFFIC_SECRET_0";
/// The exporter secret.
pub const EXPORTER: &str = "EXPORTER_SECRET";

/// One line of a key log.
pub fn key_log_line(label: &str, client_random: &[u8; 32], secret: &Secret) -> String {
    let mut line = format!("{label} ");
    hex(&mut line, client_random);
    line.push(' ');
    hex(&mut line, secret.bytes());
    line
}

fn hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

/// The secrets of a key log, found by connection and label.
#[derive(Debug, Default, Clone)]
pub struct Secrets {
    by_random: HashMap<[u8; 32], Vec<(String, Secret)>>,
}

impl Secrets {
    /// Adds the lines of a key log. Comments and broken lines are passed over; labels that nobody asks for do no harm.
    pub fn add(&mut self, text: &str) {
        for line in text.lines() {
            let mut words = line.split_ascii_whitespace();
            let (Some(label), Some(random), Some(secret)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let random = unhex(random).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            if let (Some(random), Some(secret)) = (random, unhex(secret)) {
                self.by_random.entry(random).or_default().push((label.to_owned(), Secret::new(&secret)));
            }
        }
    }

    /// The secret of that label for the connection with that ClientHello random.
    pub fn find(&self, client_random: &[u8; 32], label: &str) -> Option<&Secret> {
        self.by_random.get(client_random)?.iter().find(|(name, _)| name == label).map(|(_, secret)| secret)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
