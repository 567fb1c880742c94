//! Following the handshake: messages put together, what they agree on taken in, keys changed where the two ends do.

use barewire_dissect::Direction;

use super::Observer;
use super::facts::Facts;
use super::hellos::{ClientOffer, Resumption, ServerChoice};
use super::message::Message;
use super::sealed::Sealed;
use super::side::Keys;
use crate::epoch::Epoch;
use crate::handshake::{HandshakeType, Message as Handshake};
use crate::key_log::{CLIENT_EARLY, CLIENT_HANDSHAKE, CLIENT_TRAFFIC, SERVER_HANDSHAKE, SERVER_TRAFFIC};
use crate::protect::Protection;
use crate::suite::Suite;

impl Observer {
    /// Puts messages together. Also tells how many bytes at the start of `content` go on with an earlier one.
    pub(super) fn on_handshake(
        &mut self,
        direction: Direction,
        content: &[u8],
        opened: bool,
    ) -> (usize, Vec<Message>) {
        let continues = self.side(direction).joiner.push(content);
        let mut messages = Vec::new();
        loop {
            match self.side(direction).joiner.next_message() {
                Ok(Some(bytes)) => messages.push(self.on_message(direction, bytes, opened)),
                Ok(None) => return (continues, messages),
                Err(too_long) => {
                    self.side(direction).joiner.pass_over();
                    let facts = Facts::TooLong(too_long);
                    messages.push(Message { kind: too_long.kind, bytes: Vec::new(), facts });
                }
            }
        }
    }

    fn on_message(&mut self, direction: Direction, bytes: Vec<u8>, opened: bool) -> Message {
        let kind = bytes.first().map_or(HandshakeType(0), |&kind| HandshakeType(kind));
        let parsed = if opened { Handshake::parse(&bytes) } else { Handshake::parse_older(&bytes) };
        let mut facts = match &parsed {
            Ok(Handshake::Other { .. }) if !opened => Facts::Older,
            Ok(message) => Facts::of(message),
            Err(refused) => Facts::Broken(refused.clone()),
        };
        if let Facts::ServerHello(choice) = &mut facts {
            self.see_resumption(choice);
        }
        let hello = matches!(kind, HandshakeType::CLIENT_HELLO | HandshakeType::SERVER_HELLO);
        // A hello that comes encrypted, or after the ServerHello, changes nothing: both ends refuse it.
        if !hello || (!opened && self.choice.is_none()) {
            self.see_broken_hello(direction, &facts, &bytes);
            if let Some(watch) = &mut self.watch {
                watch.on_message(&bytes, self.choice.as_ref(), &facts);
            }
            self.follow(direction, &facts);
            self.states.on_message(direction, &facts);
        }
        Message { kind, bytes, facts }
    }

    /// The random of a ClientHello stands at a fixed place, and is enough to find the secrets.
    fn see_broken_hello(&mut self, direction: Direction, facts: &Facts, bytes: &[u8]) {
        let from_client =
            direction == Direction::ToServer && bytes.first() == Some(&HandshakeType::CLIENT_HELLO.0);
        if from_client && matches!(facts, Facts::Broken(_)) {
            self.offer = ClientOffer::of_broken(bytes).or(self.offer.take());
        }
    }

    /// In TLS 1.2 and older, a server goes on with an earlier session by sending its id back (RFC 5246 §7.4.1.3).
    fn see_resumption(&self, choice: &mut ServerChoice) {
        let offered = self.offer.as_ref().map(|offer| &offer.session_id);
        if choice.is_older() && !choice.session_id.is_empty() && offered == Some(&choice.session_id) {
            choice.resumed = Some(Resumption::SessionId);
        }
    }

    /// Takes in what was agreed on, and changes keys where the two ends do.
    fn follow(&mut self, direction: Direction, facts: &Facts) {
        use Direction::{ToClient, ToServer};
        match (direction, facts) {
            (ToServer, Facts::ClientHello(offer)) => self.on_client_hello(offer),
            (ToClient, Facts::ServerHello(choice)) if !choice.is_retry => self.on_server_hello(choice),
            (ToClient, Facts::EncryptedExtensions { alpn, .. }) => self.alpn.clone_from(alpn),
            (ToServer, Facts::EndOfEarlyData) => self.side(ToServer).end_early_data(),
            (ToClient, Facts::Finished) => self.on_finished(ToClient, SERVER_TRAFFIC),
            (ToServer, Facts::Finished) => self.on_finished(ToServer, CLIENT_TRAFFIC),
            (_, Facts::KeyUpdate { .. }) => self.side(direction).update_keys(),
            _ => {}
        }
    }

    /// Finished ends the handshake keys of its sender. After the handshake, a client that is asked for its
    /// certificate sends another one (RFC 8446 §4.6.2), which changes no keys.
    fn on_finished(&mut self, direction: Direction, label: &'static str) {
        if self.side(direction).epoch < Epoch::Application(0) {
            let keys = self.keys(label);
            self.side(direction).set_keys(Epoch::Application(0), keys);
        }
    }

    fn on_client_hello(&mut self, offer: &ClientOffer) {
        self.offer = Some(offer.clone());
        let (epoch, keys) = if offer.early_data {
            (Epoch::EarlyData, self.keys(CLIENT_EARLY))
        } else {
            (Epoch::Plaintext, Err(Sealed::NoServerHello))
        };
        self.side(Direction::ToServer).set_keys(epoch, keys);
    }

    fn on_server_hello(&mut self, choice: &ServerChoice) {
        self.choice = Some(choice.clone());
        if choice.is_older() {
            self.alpn.clone_from(&choice.alpn);
            return;
        }
        let (client, server) = (self.keys(CLIENT_HANDSHAKE), self.keys(SERVER_HANDSHAKE));
        self.side(Direction::ToServer).set_handshake_keys(client);
        self.side(Direction::ToClient).set_handshake_keys(server);
    }

    /// The keys that a secret of the key log stands for. Before the ServerHello, for every suite with a hash of its
    /// length.
    fn keys(&self, label: &'static str) -> Keys {
        let Some(secrets) = &self.secrets else { return Err(Sealed::NoKeyLog) };
        let Some(offer) = &self.offer else { return Err(Sealed::NoClientHello) };
        let suites = match self.suite() {
            Some(id) => vec![Suite::from_id(id).ok_or(Sealed::UnknownSuite(id))?],
            None => Suite::ALL.to_vec(),
        };
        let secret = secrets.find(&offer.random, label).ok_or(Sealed::NotInKeyLog { label })?;
        let fits = |suite: &Suite| suite.hash().len() == secret.bytes().len();
        Ok(suites
            .into_iter()
            .filter(|suite| self.choice.is_some() || fits(suite))
            .filter_map(|suite| Protection::new(suite, secret))
            .collect())
    }
}
