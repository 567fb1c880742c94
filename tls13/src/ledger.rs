//! The ledger: what a connection hashed, and every secret and key that it made, kept to be looked at.
//!
//! ```text
//!   messages   the transcript (RFC 8446 §4.4.1): each message, the hash of all up to it
//!   secrets    each secret of §7.1 by its name; Name::step: from what, by which label
//!   keys       each key and IV of §7.3, how many records have used them: each nonce (§5.3)
//! ```
//!
//! A connection wipes its secrets when it drops them. **The ledger keeps them, as long as it lives**: anybody with a
//! ledger can read the connection, and go on with it. So there is none unless [`Config::ledger`](crate::Config::ledger)
//! or [`Observer::keep_ledger`](crate::observe::Observer::keep_ledger) asks for it. Its own copies are wiped when it is
//! dropped.
//!
//! [`Ledger::arrows`] is the figure of §7.1 with this connection's values, each arrow with the [`Operation`] that makes
//! it, and its command for openssl. [`diagnose`] says why a record does not open, or a Finished does not match.
//!
//! Left out: binders and the secrets of tickets. Memory: the handshake's messages, and at most 64 key updates each way.
//! Tested in `tests/ledger.rs`: against the bytes of RFC 8448, rustls's key log, and openssl.

mod arrows;
pub mod diagnose;
mod operation;
mod schedule;

use std::sync::{Arc, Mutex};

use barewire_dissect::Direction;
use ring::digest;

pub use arrows::{Arrow, Made};
pub use operation::Operation;
pub use schedule::{Context, Mark, Name, Step};

use crate::epoch::Epoch;
use crate::handshake::{HELLO_RETRY_RANDOM, HandshakeType, MESSAGE_HEADER};
use crate::key_log::Secrets;
use crate::key_schedule::{
    ApplicationSecrets, EarlySecret, HandshakeSecrets, Secret, TrafficKeys, derived, next_traffic_secret,
};
use crate::suite::{Hash, Suite};
use crate::transcript::Transcript;

/// A ledger that the connection writes, and somebody else reads.
pub type SharedLedger = Arc<Mutex<Ledger>>;

/// How many key updates of a direction are kept.
const MOST_UPDATES: u64 = 64;

/// What a connection hashed, and the secrets and keys that it made.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    suite: Option<Suite>,
    messages: Vec<Entry>,
    /// The ClientHello that a HelloRetryRequest answered.
    first_client_hello: Option<Vec<u8>>,
    secrets: Vec<(Name, Secret)>,
    keys: Vec<KeysInUse>,
    failure: Option<Failure>,
}

/// A message of the transcript.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name. `message_hash` stands for a ClientHello that a HelloRetryRequest answered.
    pub name: &'static str,
    /// Who sent it.
    pub direction: Direction,
    /// What was hashed: the message with its header.
    pub bytes: Vec<u8>,
    /// The hash of all messages up to this one.
    pub hash: Secret,
}

/// What ended a connection and can be [diagnosed](diagnose::failure).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A record that does not open.
    Record {
        /// All of it, header included.
        bytes: Vec<u8>,
        /// The secret from which its key was made.
        secret: Name,
        /// The sequence number that was used.
        sequence: u64,
    },
    /// A Finished that does not match.
    Finished {
        /// The secret from which the key of the MAC was made.
        secret: Name,
        /// The verify_data that the peer sent.
        seen: Vec<u8>,
    },
}

/// The keys of one direction in one epoch.
#[derive(Debug, Clone)]
pub struct KeysInUse {
    /// The direction whose records they protect.
    pub direction: Direction,
    /// The secret that they are made from.
    pub secret: Name,
    /// Key and IV.
    pub keys: TrafficKeys,
    /// How many records they have protected so far.
    pub records: u64,
}

impl KeysInUse {
    /// The nonce of a record: the IV XOR the record's number (RFC 8446 §5.3).
    pub fn nonce(&self, sequence: u64) -> [u8; 12] {
        KeysInUse::nonce_of(self.keys.iv, sequence)
    }

    /// The same for any IV.
    pub fn nonce_of(iv: [u8; 12], sequence: u64) -> [u8; 12] {
        let mut nonce = iv;
        nonce[4..].iter_mut().zip(sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
        nonce
    }

    /// The epoch.
    pub fn epoch(&self) -> Epoch {
        match self.secret {
            Name::ClientEarly => Epoch::EarlyData,
            Name::ClientApplication(n) | Name::ServerApplication(n) => Epoch::Application(n),
            _ => Epoch::Handshake,
        }
    }
}

impl Ledger {
    /// The ledger of a peer of whom only a key log is known: its secrets, and nothing that they were made from.
    pub fn of_key_log(suite: Suite, log: &Secrets, client_random: &[u8; 32]) -> Ledger {
        let mut ledger = Ledger { suite: Some(suite), ..Ledger::default() };
        for name in Name::LOGGED {
            let secret = name.key_log_label().and_then(|label| log.find(client_random, label));
            secret.into_iter().for_each(|secret| ledger.secret(name, secret));
        }
        ledger
    }

    /// The suite, once the server has chosen it.
    pub fn suite(&self) -> Option<Suite> {
        self.suite
    }

    /// The hash of the suite.
    pub fn hash(&self) -> Option<Hash> {
        self.suite.map(Suite::hash)
    }

    /// The transcript, in order.
    pub fn messages(&self) -> &[Entry] {
        &self.messages
    }

    /// The ClientHello that a HelloRetryRequest answered. In the transcript `message_hash` stands in its place.
    pub fn first_client_hello(&self) -> Option<&[u8]> {
        self.first_client_hello.as_deref()
    }

    /// The secrets, in the order in which they were made.
    pub fn secrets(&self) -> &[(Name, Secret)] {
        &self.secrets
    }

    /// The keys, in the order in which they came into use.
    pub fn keys(&self) -> &[KeysInUse] {
        &self.keys
    }

    /// What ended the connection, if it can be diagnosed.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// A record of a direction does not open under its newest keys.
    pub(crate) fn fail_record(&mut self, direction: Direction, sequence: u64, bytes: Vec<u8>) {
        if let Some(keys) = self.keys.iter().rev().find(|keys| keys.direction == direction) {
            self.failure = Some(Failure::Record { bytes, secret: keys.secret, sequence });
        }
    }

    /// A Finished does not match.
    pub(crate) fn fail_finished(&mut self, secret: Name, seen: &[u8]) {
        self.failure = Some(Failure::Finished { secret, seen: seen.to_vec() });
    }

    /// The secret of that name.
    pub fn find(&self, name: Name) -> Option<&Secret> {
        self.secrets.iter().find(|(other, _)| *other == name).map(|(_, secret)| secret)
    }

    /// Where in [`Ledger::messages`] the transcript up to `mark` ends.
    pub fn position(&self, mark: Mark) -> Option<usize> {
        let (name, direction) = match mark {
            Mark::ClientHello => ("ClientHello", Direction::ToServer),
            Mark::ServerHello => ("ServerHello", Direction::ToClient),
            Mark::ServerFinished => ("Finished", Direction::ToClient),
            Mark::ClientFinished => ("Finished", Direction::ToServer),
        };
        self.messages.iter().rposition(|entry| entry.name == name && entry.direction == direction)
    }

    /// The hash of the transcript up to `mark`.
    pub fn hash_through(&self, mark: Mark) -> Option<&Secret> {
        self.position(mark).map(|at| &self.messages[at].hash)
    }

    /// A message joins the transcript, which has it already.
    pub fn message(&mut self, bytes: &[u8], transcript: &Transcript) {
        let hash = transcript.current();
        self.add(bytes, hash);
    }

    /// A HelloRetryRequest: `transcript` starts anew, with the hash of the ClientHello in its place (RFC 8446 §4.4.1).
    pub fn retry(&mut self, client_hello: &[u8], hello_retry_request: &[u8], transcript: &Transcript) {
        let hash = transcript.hash();
        let hashed = digest::digest(hash.digest(), client_hello);
        let synthetic = [&[HandshakeType::MESSAGE_HASH.0, 0, 0, hash.len() as u8], hashed.as_ref()].concat();
        self.messages.clear();
        self.first_client_hello = Some(client_hello.to_vec());
        self.add(&synthetic, Secret::new(digest::digest(hash.digest(), &synthetic).as_ref()));
        self.message(hello_retry_request, transcript);
    }

    fn add(&mut self, bytes: &[u8], hash: Secret) {
        let kind = bytes.first().map_or(HandshakeType(0), |&kind| HandshakeType(kind));
        let random = bytes.get(MESSAGE_HEADER + 2..MESSAGE_HEADER + 34);
        let is_retry = kind == HandshakeType::SERVER_HELLO && random == Some(&HELLO_RETRY_RANDOM[..]);
        let name = if is_retry { "HelloRetryRequest" } else { kind.name() };
        self.messages.push(Entry { name, direction: self.direction(kind), bytes: bytes.to_vec(), hash });
    }

    /// Who sends a message of this kind next: the server's flight ends with its Finished (RFC 8446 §2).
    fn direction(&self, kind: HandshakeType) -> Direction {
        match kind {
            HandshakeType::CLIENT_HELLO | HandshakeType::MESSAGE_HASH => Direction::ToServer,
            _ if self.position(Mark::ServerFinished).is_some() => Direction::ToServer,
            _ => Direction::ToClient,
        }
    }

    /// The first two rows of the figure, once the ServerHello is in the transcript.
    pub fn handshake(&mut self, early: &EarlySecret, shared: &Secret, secrets: &HandshakeSecrets) {
        let hash = secrets.suite.hash();
        self.early(early);
        self.secret(Name::Shared, shared);
        self.secret(Name::Handshake, &secrets.handshake);
        self.secret(Name::ClientHandshake, &secrets.client);
        self.secret(Name::ServerHandshake, &secrets.server);
        self.secret(Name::HandshakeDerived, &derived(hash, &secrets.handshake));
    }

    /// The first row, without a pre-shared key unless it is there already.
    pub(crate) fn early(&mut self, early: &EarlySecret) {
        let hash = early.suite.hash();
        let zeros = Secret::new(&[0; 48][..hash.len()]);
        self.suite = Some(early.suite);
        self.secret(Name::Zeros, &zeros);
        if self.find(Name::Psk).is_none() {
            self.secret(Name::Psk, &zeros);
        }
        self.secret(Name::Early, &early.early);
        self.secret(Name::EarlyDerived, &derived(hash, &early.early));
    }

    /// The third row, once the server's Finished is in the transcript.
    pub fn application(&mut self, secrets: &ApplicationSecrets) {
        self.secret(Name::Main, &secrets.main);
        self.secret(Name::ClientApplication(0), &secrets.client);
        self.secret(Name::ServerApplication(0), &secrets.server);
        self.secret(Name::Exporter, &secrets.exporter);
    }

    /// A secret is made, or taken in from outside.
    pub fn secret(&mut self, name: Name, secret: &Secret) {
        if self.find(name).is_none() {
            self.secrets.push((name, secret.clone()));
        }
    }

    /// Keys come into use, for the next record of a direction. A secret that has no name yet is that of a KeyUpdate.
    pub fn use_keys(&mut self, direction: Direction, suite: Suite, secret: &Secret) {
        let known = self.secrets.iter().find(|(_, known)| known == secret).map(|(name, _)| *name);
        let Some(name) = known.or_else(|| self.after_update(direction)) else { return };
        self.secret(name, secret);
        self.suite = Some(suite);
        self.keys.push(KeysInUse {
            direction,
            secret: name,
            keys: TrafficKeys::new(suite, secret),
            records: 0,
        });
    }

    /// Makes the secrets of KeyUpdates up to that of `name`, from the one before (RFC 8446 §7.2).
    pub(crate) fn update_to(&mut self, name: Name, suite: Suite) {
        let Step::Expand { from, label: "traffic upd", .. } = name.step() else { return };
        self.update_to(from, suite);
        if let Some(before) = self.find(from) {
            let secret = next_traffic_secret(suite, before);
            self.secret(name, &secret);
        }
    }

    fn after_update(&self, direction: Direction) -> Option<Name> {
        match self.keys.iter().rev().find(|keys| keys.direction == direction)?.secret {
            Name::ClientApplication(n) if n < MOST_UPDATES => Some(Name::ClientApplication(n + 1)),
            Name::ServerApplication(n) if n < MOST_UPDATES => Some(Name::ServerApplication(n + 1)),
            _ => None,
        }
    }

    /// A record of a direction was sealed or opened under its newest keys.
    pub fn count_record(&mut self, direction: Direction) {
        self.count_records(direction, 1);
    }

    pub(crate) fn count_records(&mut self, direction: Direction, records: u64) {
        if let Some(keys) = self.keys.iter_mut().rev().find(|keys| keys.direction == direction) {
            keys.records = keys.records.saturating_add(records);
        }
    }
}
