//! Watching a connection of somebody else: records opened with a key log, messages put together.
//!
//! ```text
//!   ──▶ ClientHello        its random finds the secrets in the key log
//!   ◀── ServerHello        names the suite: handshake keys, both ways
//!   ◀── Finished           the server's application keys
//!   ──▶ Finished           the client's application keys
//!   ◀─▶ KeyUpdate          the sender's next keys
//! ```
//!
//! An observer has no opinion: it checks no certificate and no Finished. What it cannot open it says so about, and
//! it never holds more than one record and one message a direction. Left out: early data and pre-shared keys.
//! Tested in `tests/captures.rs` (curl and OpenSSL) and `tests/observer.rs`.

use std::ops::Range;

use crate::alert::{Alert, alert};
use crate::handshake::{HandshakeType, Joiner, Message as Handshake};
use crate::key_log::{CLIENT_HANDSHAKE, CLIENT_TRAFFIC, SERVER_HANDSHAKE, SERVER_TRAFFIC, Secrets};
use crate::key_schedule::{Secret, next_traffic_secret};
use crate::protect::{OpenFailure, Protection};
use crate::reason::parsed;
use crate::record::{ContentType, HEADER, RecordHeader, record_header};
use crate::suite::Suite;

/// Which way a record travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client.
    ToServer,
    /// From the server.
    ToClient,
}

/// One record, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which way it travels.
    pub direction: Direction,
    /// Where it stands in its direction's stream, in bytes, header included.
    pub range: Range<u64>,
    /// The type outside. `None` where the place in the stream was lost; then `bytes` holds what came.
    pub content_type: Option<ContentType>,
    /// The record, header included.
    pub bytes: Vec<u8>,
    /// What is inside.
    pub inner: Inner,
    /// The handshake messages that this record completes.
    pub messages: Vec<Message>,
    /// The alert it holds, if it does.
    pub alert: Option<Alert>,
}

/// What is inside a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inner {
    /// What stands behind the header: the record is not encrypted.
    Plain,
    /// Encrypted, and opened.
    Opened {
        /// The real type.
        content_type: ContentType,
        /// The content.
        plaintext: Vec<u8>,
        /// How many zero bytes followed it.
        padding: usize,
    },
    /// Not readable.
    Sealed {
        /// Why.
        why: String,
    },
}

/// A handshake message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its type.
    pub kind: HandshakeType,
    /// All of it, header included.
    pub bytes: Vec<u8>,
    /// Its name and what matters most: `ServerHello x25519, AES-128-GCM`.
    pub summary: String,
}

impl Seen {
    /// The content: decrypted if need be, `None` if it could not be.
    pub fn content(&self) -> Option<(ContentType, &[u8])> {
        match &self.inner {
            Inner::Plain => Some((self.content_type?, self.bytes.get(HEADER..)?)),
            Inner::Opened { content_type, plaintext, .. } => Some((*content_type, plaintext)),
            Inner::Sealed { .. } => None,
        }
    }

    /// Whether it was encrypted on the wire.
    pub fn is_encrypted(&self) -> bool {
        !matches!(self.inner, Inner::Plain)
    }
}

/// One direction of a connection.
#[derive(Debug, Default)]
struct Side {
    /// Bytes of a record that is not whole.
    buffer: Vec<u8>,
    /// Where `buffer` starts in the stream.
    offset: u64,
    keys: Option<Protection>,
    /// Why there are no keys, once there should be.
    no_keys: Option<String>,
    joiner: Joiner,
    /// The place in the stream was lost: nothing more can be read.
    lost: bool,
    /// TLS 1.2 keys are in use, which look like nothing from the outside.
    older_keys: bool,
}

/// Follows one connection.
#[derive(Debug, Default)]
pub struct Observer {
    secrets: Secrets,
    client: Side,
    server: Side,
    client_random: Option<[u8; 32]>,
    suite: Option<Suite>,
    /// The server chose TLS 1.2 or older.
    older_version: bool,
}

impl Observer {
    /// An observer that holds no keys yet.
    pub fn new() -> Observer {
        Observer::default()
    }

    /// Adds the lines of a key log. It has to come before the ServerHello to be of use.
    pub fn add_key_log(&mut self, text: &str) {
        self.secrets.add(text);
    }

    /// The cipher suite, from the ServerHello on.
    pub fn suite(&self) -> Option<Suite> {
        self.suite
    }

    /// Takes bytes of one direction, `stream_offset` bytes after its start, and returns the records that they
    /// complete. Bytes that came before are dropped; after a gap, the direction is given up.
    pub fn receive(&mut self, direction: Direction, stream_offset: u64, bytes: &[u8]) -> Vec<Seen> {
        let side = self.side(direction);
        let expected = side.offset + side.buffer.len() as u64;
        if side.lost || bytes.is_empty() {
            return Vec::new();
        }
        if stream_offset > expected {
            let why = format!("bytes {expected} to {stream_offset} of the stream were not captured");
            return vec![self.lose(direction, why)];
        }
        let known = usize::try_from(expected - stream_offset).unwrap_or(usize::MAX).min(bytes.len());
        side.buffer.extend_from_slice(&bytes[known..]);
        let mut seen = Vec::new();
        let mut start = 0;
        while !self.side(direction).lost && self.next_record(direction, &mut start, &mut seen) {}
        let side = self.side(direction);
        side.buffer.drain(..start.min(side.buffer.len()));
        side.offset += start as u64;
        seen
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::ToServer => &mut self.client,
            Direction::ToClient => &mut self.server,
        }
    }

    /// Takes the record at `start` of the buffer. `false`: it is not whole yet.
    fn next_record(&mut self, direction: Direction, start: &mut usize, seen: &mut Vec<Seen>) -> bool {
        let side = self.side(direction);
        let waiting = &side.buffer[*start..];
        let Some(&header_bytes) = waiting.first_chunk::<HEADER>() else { return false };
        let header = match parsed("record header", &header_bytes, record_header(&header_bytes)) {
            Ok((header, _)) => header,
            Err(error) => {
                side.offset += *start as u64;
                side.buffer.drain(..*start);
                *start = 0;
                seen.push(self.lose(direction, error.to_string()));
                return false;
            }
        };
        let Some(bytes) = waiting.get(..HEADER + header.length) else { return false };
        let bytes = bytes.to_vec();
        let at = side.offset + *start as u64;
        *start += bytes.len();
        let record = self.on_record(direction, header, header_bytes, at, bytes);
        seen.push(record);
        true
    }

    /// Gives a direction up: what is in its buffer is the last that is told of it.
    fn lose(&mut self, direction: Direction, why: String) -> Seen {
        let side = self.side(direction);
        side.lost = true;
        let bytes = std::mem::take(&mut side.buffer);
        let range = side.offset..side.offset + bytes.len() as u64;
        side.offset = range.end;
        let inner = Inner::Sealed { why };
        Seen { direction, range, content_type: None, bytes, inner, messages: Vec::new(), alert: None }
    }

    fn on_record(
        &mut self,
        direction: Direction,
        header: RecordHeader,
        header_bytes: [u8; HEADER],
        at: u64,
        bytes: Vec<u8>,
    ) -> Seen {
        let inner = if self.side(direction).older_keys {
            Inner::Sealed { why: "encrypted by TLS 1.2 or older, which this crate does not open".to_owned() }
        } else if header.content_type == ContentType::APPLICATION_DATA {
            self.side(direction).open(header_bytes, &bytes[HEADER..])
        } else {
            Inner::Plain
        };
        // In TLS 1.2, change_cipher_spec means what it says.
        if self.older_version && header.content_type == ContentType::CHANGE_CIPHER_SPEC {
            self.side(direction).older_keys = true;
        }
        let range = at..at + bytes.len() as u64;
        let content_type = Some(header.content_type);
        let mut seen =
            Seen { direction, range, content_type, bytes, inner, messages: Vec::new(), alert: None };
        let (messages, alert) = match seen.content() {
            Some((ContentType::HANDSHAKE, content)) => (self.on_handshake(direction, content), None),
            Some((ContentType::ALERT, content)) => (Vec::new(), alert(content).ok().map(|(_, alert)| alert)),
            _ => (Vec::new(), None),
        };
        (seen.messages, seen.alert) = (messages, alert);
        seen
    }

    fn on_handshake(&mut self, direction: Direction, content: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        self.side(direction).joiner.push(content);
        // A message that announces too much is never put together; its records are still told.
        while let Ok(Some(bytes)) = self.side(direction).joiner.next_message() {
            let kind = bytes.first().map_or(HandshakeType(0), |&kind| HandshakeType(kind));
            let parsed =
                if self.older_version { Handshake::parse_older(&bytes) } else { Handshake::parse(&bytes) };
            let summary = match parsed {
                Ok(message) => {
                    self.on_message(direction, &message);
                    message.summary()
                }
                Err(error) => format!("{} that cannot be read: {error}", kind.name()),
            };
            messages.push(Message { kind, bytes, summary });
        }
        if self.side(direction).joiner.is_too_long() {
            self.side(direction).joiner = Joiner::default();
        }
        messages
    }

    /// Changes keys where the two ends do.
    fn on_message(&mut self, direction: Direction, message: &Handshake<'_>) {
        match (direction, message) {
            (Direction::ToServer, Handshake::ClientHello(hello)) => self.client_random = Some(hello.random),
            (Direction::ToClient, Handshake::ServerHello(hello)) if !hello.is_retry() => {
                self.older_version = hello.version() < 0x0304;
                self.suite = Suite::from_id(hello.cipher_suite).filter(|_| !self.older_version);
                self.client.set_keys(self.suite, self.find(CLIENT_HANDSHAKE));
                self.server.set_keys(self.suite, self.find(SERVER_HANDSHAKE));
            }
            (Direction::ToClient, Handshake::Finished(_)) => {
                self.server.set_keys(self.suite, self.find(SERVER_TRAFFIC));
            }
            (Direction::ToServer, Handshake::Finished(_)) => {
                self.client.set_keys(self.suite, self.find(CLIENT_TRAFFIC));
            }
            (_, Handshake::KeyUpdate(_)) => {
                let side = self.side(direction);
                if let Some(keys) = &side.keys {
                    let (suite, secret) = (keys.suite(), next_traffic_secret(keys.suite(), keys.secret()));
                    side.set_keys(Some(suite), Ok(secret));
                }
            }
            _ => {}
        }
    }

    fn find(&self, label: &str) -> Result<Secret, String> {
        let Some(random) = &self.client_random else {
            return Err("the ClientHello was not seen, so its secrets cannot be found".to_owned());
        };
        let secret = self.secrets.find(random, label).cloned();
        secret.ok_or_else(|| format!("the key log has no {label} for this connection"))
    }
}

impl Side {
    fn set_keys(&mut self, suite: Option<Suite>, secret: Result<Secret, String>) {
        self.keys = None;
        self.no_keys = None;
        match (suite, secret) {
            (None, _) => {
                self.no_keys = Some("the suite or version is not one of TLS 1.3 known here".to_owned())
            }
            (Some(_), Err(why)) => self.no_keys = Some(why),
            (Some(suite), Ok(secret)) => self.keys = Protection::new(suite, &secret),
        }
    }

    fn open(&mut self, header: [u8; HEADER], fragment: &[u8]) -> Inner {
        let Some(keys) = &mut self.keys else {
            let why =
                self.no_keys.clone().unwrap_or_else(|| "encrypted before a ServerHello was seen".to_owned());
            return Inner::Sealed { why };
        };
        let mut plaintext = fragment.to_vec();
        match keys.open(header, &mut plaintext) {
            Ok(inner) => {
                plaintext.truncate(inner.length);
                Inner::Opened { content_type: inner.content_type, plaintext, padding: inner.padding }
            }
            Err(failure) => {
                let why = match failure {
                    OpenFailure::Tag => {
                        "the tag does not fit: another key, a record missing, or changed bytes"
                    }
                    OpenFailure::NoType => "only zeros inside",
                    OpenFailure::TooLong(_) => "more than 2^14 bytes inside",
                };
                Inner::Sealed { why: format!("record {} under these keys: {why}", keys.sequence()) }
            }
        }
    }
}
