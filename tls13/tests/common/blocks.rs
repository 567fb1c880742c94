//! The named blocks of `data/rfc8448.md`, and a ledger of section 3 made from them.
#![allow(dead_code, unreachable_pub)]

use barewire_dissect::Direction;
use barewire_tls13::key_schedule::EarlySecret;
use barewire_tls13::key_schedule::Secret;
use barewire_tls13::ledger::{Ledger, Name};
use barewire_tls13::record::HEADER;
use barewire_tls13::{Hash, Suite, Transcript};

pub const SUITE: Suite = Suite::Aes128GcmSha256;

/// All blocks of a section, in order.
pub fn blocks(section: &str) -> Vec<(String, Vec<u8>)> {
    let text = include_str!("../data/rfc8448.md");
    let (_, text) = text.split_once(&format!("## RFC 8448 section {section} ")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    let mut blocks: Vec<(String, Vec<u8>)> = Vec::new();
    for line in text.lines() {
        if let Some((name, _)) = line.strip_suffix(" octets)").and_then(|line| line.split_once(" (")) {
            blocks.push((name.to_owned(), Vec::new()));
        } else if let (Some(hex), Some((_, bytes))) = (line.strip_prefix("    "), blocks.last_mut()) {
            bytes.extend(hex.split_whitespace().map(|hex| u8::from_str_radix(hex, 16).unwrap()));
        }
    }
    blocks
}

/// The first block of that name.
pub fn block(section: &str, name: &str) -> Vec<u8> {
    let found = blocks(section).into_iter().find(|(other, _)| other == name);
    found.unwrap_or_else(|| panic!("section {section} has no block {name}")).1
}

/// The records of a section.
pub fn records(section: &str) -> Vec<Vec<u8>> {
    blocks(section).into_iter().filter(|(name, _)| name == "record").map(|(_, bytes)| bytes).collect()
}

/// The messages of section 3 up to the server's Finished.
pub fn messages() -> Vec<Vec<u8>> {
    let flight = blocks("3").into_iter().filter(|(name, _)| name == "handshake").map(|(_, bytes)| bytes);
    let hellos = records("3").into_iter().take(2).map(|record| record[HEADER..].to_vec());
    hellos.chain(flight).collect()
}

/// The ledger of a connection with these messages and this (EC)DHE secret, up to the server's Finished.
pub fn ledger(suite: Suite, messages: &[Vec<u8>], shared: &[u8]) -> Ledger {
    let mut ledger = Ledger::default();
    let mut transcript = Transcript::new(suite.hash(), &messages[0]);
    ledger.message(&messages[0], &transcript);
    transcript.add(&messages[1]);
    ledger.message(&messages[1], &transcript);
    let early = EarlySecret::without_psk(suite);
    let secrets = early.handshake(shared, transcript.current().bytes());
    ledger.handshake(&early, &Secret::new(shared), &secrets);
    ledger.use_keys(Direction::ToClient, suite, &secrets.server);
    ledger.use_keys(Direction::ToServer, suite, &secrets.client);
    for message in &messages[2..] {
        transcript.add(message);
        ledger.message(message, &transcript);
    }
    let secrets = secrets.application(transcript.current().bytes());
    ledger.application(&secrets);
    ledger.use_keys(Direction::ToClient, suite, &secrets.server);
    ledger.use_keys(Direction::ToServer, suite, &secrets.client);
    ledger
}

/// That of section 3 of the RFC.
pub fn section_3() -> Ledger {
    ledger(SUITE, &messages(), &block("3", "shared_secret"))
}

/// The secret of that name, in hex.
pub fn secret(ledger: &Ledger, name: Name) -> String {
    hex(ledger.find(name).unwrap_or_else(|| panic!("no {name}")).bytes())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 is the hash of every suite in the RFC's sections.
pub const HASH: Hash = Hash::Sha256;
