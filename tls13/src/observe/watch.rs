//! The transcript of a connection that is watched, for a [`Ledger`].
//!
//! The first message can be hashed only when the server has chosen the suite, so it waits. Messages after the client's
//! Finished are not part of the transcript (RFC 8446 §4.4.1). Tested in `tests/ledger.rs`.

use std::collections::BTreeMap;

use barewire_dissect::Direction;

use super::facts::Facts;
use super::hellos::ServerChoice;
use crate::epoch::Epoch;
use crate::handshake::HandshakeType;
use crate::ledger::{Ledger, Mark, Name};
use crate::suite::{Hash, Suite};
use crate::transcript::Transcript;

/// The transcript, and how many records were opened under which keys.
#[derive(Debug, Default)]
pub(super) struct Watch {
    ledger: Ledger,
    client_hello: Vec<u8>,
    transcript: Option<Transcript>,
    records: BTreeMap<(usize, Epoch), u64>,
}

impl Watch {
    /// The transcript so far.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// A message, and what it says. `choice` is that of an earlier ServerHello.
    pub(super) fn on_message(&mut self, bytes: &[u8], choice: Option<&ServerChoice>, facts: &Facts) {
        let hash = |choice: &ServerChoice| Suite::from_id(choice.suite).map(Suite::hash);
        match facts {
            Facts::ClientHello(_) if self.transcript.is_none() => self.client_hello = bytes.to_vec(),
            Facts::ServerHello(choice) if choice.is_older() => *self = Watch::default(),
            Facts::ServerHello(choice) if choice.is_retry => hash(choice).into_iter().for_each(|hash| {
                let transcript = Transcript::after_retry(hash, &self.client_hello, bytes);
                self.ledger.retry(&self.client_hello, bytes, &transcript);
                self.transcript = Some(transcript);
            }),
            Facts::ServerHello(choice) => hash(choice).into_iter().for_each(|hash| self.start(hash, bytes)),
            _ if choice.is_some() || matches!(facts, Facts::ClientHello(_)) => self.add(bytes),
            _ => {}
        }
    }

    /// The ServerHello: now the ClientHello can be hashed too, unless a HelloRetryRequest did that.
    fn start(&mut self, hash: Hash, server_hello: &[u8]) {
        if self.transcript.is_none() {
            let transcript = Transcript::new(hash, &self.client_hello);
            self.ledger.message(&self.client_hello, &transcript);
            self.transcript = Some(transcript);
        }
        self.add(server_hello);
    }

    fn add(&mut self, bytes: &[u8]) {
        let outside = matches!(bytes.first(), Some(&kind) if OUTSIDE.contains(&HandshakeType(kind)));
        let done = self.ledger.position(Mark::ClientFinished).is_some();
        if let (Some(transcript), false) = (&mut self.transcript, outside || done) {
            transcript.add(bytes);
            self.ledger.message(bytes, transcript);
        }
    }

    /// A record was opened.
    pub(super) fn count_record(&mut self, direction: Direction, epoch: Epoch) {
        // A key update gives a direction another epoch. Beyond those that a ledger keeps, nothing is counted.
        if matches!(epoch, Epoch::Application(..=64) | Epoch::EarlyData | Epoch::Handshake) {
            *self.records.entry((direction.index(), epoch)).or_default() += 1;
        }
    }

    /// The keys that opened records, made again from the secrets of the key log.
    pub(super) fn use_keys(&self, ledger: &mut Ledger, suite: Suite) {
        for (&(index, epoch), &records) in &self.records {
            let direction = if index == 0 { Direction::ToServer } else { Direction::ToClient };
            let name = match (epoch, direction) {
                (Epoch::EarlyData, _) => Name::ClientEarly,
                (Epoch::Handshake, Direction::ToServer) => Name::ClientHandshake,
                (Epoch::Handshake, Direction::ToClient) => Name::ServerHandshake,
                (Epoch::Application(n), Direction::ToServer) => Name::ClientApplication(n),
                (Epoch::Application(n), Direction::ToClient) => Name::ServerApplication(n),
                (Epoch::Plaintext | Epoch::Older, _) => continue,
            };
            ledger.update_to(name, suite);
            let Some(secret) = ledger.find(name).cloned() else { continue };
            ledger.use_keys(direction, suite, &secret);
            ledger.count_records(direction, records);
        }
    }
}

/// The messages that are not part of the transcript, whenever they come (RFC 8446 §4.4.1).
const OUTSIDE: [HandshakeType; 2] = [HandshakeType::NEW_SESSION_TICKET, HandshakeType::KEY_UPDATE];
