//! Watching a connection of somebody else: records opened with a key log, messages put together.
//!
//! ```text
//!   ──▶ ClientHello        its random finds the secrets in the key log
//!   ──▶ early data         under an early secret, if the client sends some
//!   ◀── ServerHello        names version and suite: handshake keys, both ways
//!   ◀── Finished           the server's application keys
//!   ──▶ Finished           the client's application keys
//!   ◀─▶ KeyUpdate          the sender's next keys
//! ```
//!
//! An observer judges nothing: it checks no certificate and no Finished. It reports every record that it cannot read,
//! with the reason: a [`Sealed`]. When bytes of a direction are missing, that is reported once, and the
//! direction is given up.
//!
//! TLS 1.2 and older are recognised by their ServerHello. Their records and messages are named, and not read further.
//! In TLS 1.3 only hellos are in the clear. So every other message in the clear belongs to an older version, even where
//! the ServerHello was not captured.
//!
//! Memory: for each direction at most one record (18 KiB) and one handshake message (128 KiB) that are not whole, and
//! the facts of the two hellos; see [`Observer::MAX_HELD`]. Of a direction that was given up nothing is kept. Beside
//! that there is the key log, which connections can share ([`Observer::sharing`]).
//!
//! Left out: decrypting TLS 1.2, and finding the next record after a gap. In a capture that starts in the middle of a
//! connection, a direction is followed from the first piece on that begins with a record.
//!
//! Tested in `tests/captures.rs` (curl, OpenSSL, nginx, gnutls), `tests/observer.rs`, `tests/older.rs`,
//! `tests/states.rs` and, message by message against tshark, in `tests/tshark.rs`.

mod facts;
mod follow;
mod hellos;
mod message;
mod recognise;
mod sealed;
mod seen;
mod side;
mod states;
mod watch;

use std::sync::Arc;

use barewire_dissect::Direction;

pub use facts::Facts;
pub use hellos::{ClientOffer, Resumption, ServerChoice};
pub use message::Message;
pub use recognise::looks_like_tls;
pub use sealed::Sealed;
pub use seen::{Inner, Seen};
pub use states::HandshakeState;

use crate::alert::alert;
use crate::clear::{Clues, is_clear};
use crate::epoch::Epoch;
use crate::handshake::{Joiner, MAX_MESSAGE, MESSAGE_HEADER};
use crate::key_log::{
    CLIENT_EARLY, CLIENT_HANDSHAKE, CLIENT_TRAFFIC, SERVER_HANDSHAKE, SERVER_TRAFFIC, Secrets,
};
use crate::key_schedule::{EarlySecret, Secret};
use crate::ledger::{Ledger, Name};
use crate::record::{ContentType, HEADER, MAX_OLDER, RecordHeader, TLS13};
use crate::suite::Suite;
use side::{Piece, Side};
use states::States;
use watch::Watch;

/// Follows one connection.
#[derive(Debug, Default)]
pub struct Observer {
    /// The key log, if there is one.
    secrets: Option<Arc<Secrets>>,
    /// To the server, and to the client.
    sides: [Side; 2],
    offer: Option<ClientOffer>,
    choice: Option<ServerChoice>,
    alpn: Option<Vec<u8>>,
    states: States,
    /// The transcript, if a ledger was asked for.
    watch: Option<Box<Watch>>,
}

impl Observer {
    /// The most that [`Observer::held`] can be, in bytes: for each direction a record and a handshake message.
    pub const MAX_HELD: usize = 2 * (HEADER + MAX_OLDER + MESSAGE_HEADER + MAX_MESSAGE);

    /// An observer without a key log.
    pub fn new() -> Observer {
        Observer::default()
    }

    /// An observer with a key log that other observers use too.
    pub fn sharing(secrets: Arc<Secrets>) -> Observer {
        Observer { secrets: Some(secrets), ..Observer::default() }
    }

    /// Adds the lines of a key log. A secret has to come before the message that changes to its keys.
    pub fn add_key_log(&mut self, text: &str) {
        Arc::make_mut(self.secrets.get_or_insert_default()).add(text);
    }

    /// Keeps the messages of the handshake for a [`Ledger`], from now on.
    pub fn keep_ledger(&mut self) {
        self.watch.get_or_insert_default();
    }

    /// The ledger, as far as the capture and the key log tell it: the transcript and the traffic secrets, their keys
    /// and nonces. The secrets between them are not in a key log, but for those that are made from zeros alone.
    /// `None` without [`Observer::keep_ledger`], and before the ServerHello of TLS 1.3.
    pub fn ledger(&self) -> Option<Ledger> {
        let suite = Suite::from_id(self.suite()?)?;
        let psk = self.choice.as_ref()?.resumed.is_some();
        let mut ledger = self.watch.as_ref()?.ledger().clone();
        if !psk {
            ledger.early(&EarlySecret::without_psk(suite));
        }
        for name in Name::LOGGED {
            let secrets = self.secrets.as_ref().zip(self.offer.as_ref());
            let secret = secrets.and_then(|(log, offer)| log.find(&offer.random, name.key_log_label()?));
            secret.into_iter().for_each(|secret| ledger.secret(name, secret));
        }
        self.watch.as_ref()?.use_keys(&mut ledger, suite);
        Some(ledger)
    }

    /// The version, from the ServerHello on: 0x0304 is TLS 1.3.
    pub fn version(&self) -> Option<u16> {
        self.choice.as_ref().map(|choice| choice.version)
    }

    /// The number of the cipher suite, from the ServerHello on; see [`suite_name`](crate::suite_name).
    pub fn suite(&self) -> Option<u16> {
        self.choice.as_ref().map(|choice| choice.suite)
    }

    /// What the last ClientHello offered.
    pub fn offer(&self) -> Option<&ClientOffer> {
        self.offer.as_ref()
    }

    /// What the ServerHello chose. A HelloRetryRequest chooses nothing yet.
    pub fn choice(&self) -> Option<&ServerChoice> {
        self.choice.as_ref()
    }

    /// The application protocol, if one was chosen where it could be seen.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.alpn.as_deref()
    }

    /// The state of the client, and that of the server.
    pub fn states(&self) -> [HandshakeState; 2] {
        self.states.both()
    }

    /// Which keys protect the next record of each direction; by `Direction::index`.
    pub fn epochs(&self) -> [Epoch; 2] {
        [self.sides[0].epoch, self.sides[1].epoch]
    }

    /// The traffic secrets that have come into use so far, as far as the key log has them, each with its label there.
    /// After a key update the newest is not among them: the key log has only the first ones.
    pub fn secrets(&self) -> Vec<(&'static str, &Secret)> {
        let (Some(secrets), Some(offer)) = (&self.secrets, &self.offer) else { return Vec::new() };
        let [client, server] = self.epochs();
        let uses = |epoch: Epoch, first| epoch != Epoch::Older && epoch >= first;
        let labels = [
            (offer.early_data, CLIENT_EARLY),
            (uses(client, Epoch::Handshake), CLIENT_HANDSHAKE),
            (uses(server, Epoch::Handshake), SERVER_HANDSHAKE),
            (uses(client, Epoch::Application(0)), CLIENT_TRAFFIC),
            (uses(server, Epoch::Application(0)), SERVER_TRAFFIC),
        ];
        let used = labels.into_iter().filter_map(|(used, label)| used.then_some(label));
        used.filter_map(|label| Some((label, secrets.find(&offer.random, label)?))).collect()
    }

    /// How many bytes it holds of records and messages that are not whole.
    pub fn held(&self) -> usize {
        self.sides.iter().map(Side::held).sum()
    }

    /// Takes bytes of one direction, `stream_offset` bytes after its start, and returns the records that they
    /// complete. Bytes that came before are dropped; after a gap, the direction is given up.
    pub fn receive(&mut self, direction: Direction, stream_offset: u64, bytes: &[u8]) -> Vec<Seen> {
        let side = self.side(direction);
        if side.lost || bytes.is_empty() {
            return Vec::new();
        }
        if let Err(gap) = side.push(stream_offset, bytes) {
            let piece = side.lose(gap);
            return vec![self.on_piece(direction, piece)];
        }
        let mut seen = Vec::new();
        while let Some(piece) = self.next_piece(direction) {
            seen.push(self.on_piece(direction, piece));
        }
        self.side(direction).tidy();
        seen
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        &mut self.sides[direction.index()]
    }

    fn next_piece(&mut self, direction: Direction) -> Option<Piece> {
        let (version, hello) = (self.version(), self.offer.is_some() || self.choice.is_some());
        let side = self.side(direction);
        if side.lost { None } else { side.next_piece(version, hello) }
    }

    fn on_piece(&mut self, direction: Direction, piece: Piece) -> Seen {
        let inner = match &piece.header {
            Ok(header) => self.open(direction, *header, &piece.bytes),
            Err(why) => Inner::Sealed { why: why.clone() },
        };
        let mut seen = Seen {
            direction,
            range: piece.at..piece.at + piece.bytes.len() as u64,
            content_type: piece.header.ok().map(|header| header.content_type),
            bytes: piece.bytes,
            version: None,
            inner,
            repeats: false,
            continues: 0,
            messages: Vec::new(),
            alert: None,
        };
        self.on_content(&mut seen);
        seen.version = self.version();
        let side = self.side(direction);
        let kind = seen.sealed().map(std::mem::discriminant);
        seen.repeats = kind.is_some() && kind == side.last_sealed;
        side.last_sealed = kind;
        seen
    }

    /// What is inside a record.
    fn open(&mut self, direction: Direction, header: RecordHeader, bytes: &[u8]) -> Inner {
        let Some((&header_bytes, content)) = bytes.split_first_chunk::<HEADER>() else { return Inner::Plain };
        let (version, no_offer) = (self.version(), self.offer.is_none());
        let side = self.side(direction);
        let (changed, inside_message) = (side.changed, !side.joiner.is_empty());
        if is_clear(header.content_type, content, Clues { version, changed, inside_message }) {
            return Inner::Plain;
        }
        match version {
            Some(version @ ..TLS13) => Inner::Sealed { why: Sealed::OlderVersion(version) },
            Some(_) => self.open_sealed(direction, header_bytes, content),
            None if side.epoch == Epoch::EarlyData => self.open_sealed(direction, header_bytes, content),
            None if no_offer => Inner::Sealed { why: Sealed::MidConnection },
            None => Inner::Sealed { why: Sealed::NoServerHello },
        }
    }

    fn open_sealed(&mut self, direction: Direction, header: [u8; HEADER], fragment: &[u8]) -> Inner {
        let inner = self.side(direction).open(header, fragment);
        let epoch = self.side(direction).epoch;
        if let (Inner::Opened { .. }, Some(watch)) = (&inner, &mut self.watch) {
            watch.count_record(direction, epoch);
        }
        inner
    }

    /// Follows what a record holds, as far as it can be read.
    fn on_content(&mut self, seen: &mut Seen) {
        let direction = seen.direction;
        if let Some(why) = seen.sealed() {
            self.states.on_sealed(direction, why);
            // A message that went on in it is lost.
            self.side(direction).joiner = Joiner::default();
        }
        let Some((content_type, content)) = seen.content() else { return };
        match content_type {
            ContentType::HANDSHAKE => {
                let opened = seen.is_encrypted();
                (seen.continues, seen.messages) = self.on_handshake(direction, content, opened);
            }
            ContentType::ALERT => {
                seen.alert = alert(content).ok().map(|(_, alert)| alert);
                seen.alert.into_iter().for_each(|alert| self.states.on_alert(direction, alert));
            }
            ContentType::CHANGE_CIPHER_SPEC => self.on_change_cipher_spec(direction),
            _ => {}
        }
    }

    /// In TLS 1.2 and older, the next record of the direction is encrypted; in TLS 1.3, nothing changes.
    fn on_change_cipher_spec(&mut self, direction: Direction) {
        let older = self.choice.as_ref().is_some_and(ServerChoice::is_older);
        let side = self.side(direction);
        side.changed = true;
        if older {
            side.epoch = Epoch::Older;
        }
    }
}
