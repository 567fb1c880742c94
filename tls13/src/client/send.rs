//! Records out (RFC 8446 §5): cut to size, and sealed once there are keys. Tested in `tests/loopback.rs`.

use barewire_dissect::Direction;

use super::Client;
use crate::alert::{Alert, AlertDescription};
use crate::error::Error;
use crate::handshake::KeyUpdate;
use crate::key_schedule::{Secret, next_traffic_secret};
use crate::protect::Protection;
use crate::record::{ContentType, LEGACY_VERSION, MAX_CONTENT, RecordHeader};
use crate::suite::Suite;

impl Client {
    /// Queues one record. Before there are keys, it is not encrypted. `content` is at most 2^14 bytes.
    pub(super) fn send_record(&mut self, content_type: ContentType, content: &[u8]) -> Result<(), Error> {
        if self.closed_by_us {
            // RFC 8446 §6.1: close_notify was the last. A fault that was found since is not told.
            return Ok(());
        }
        if let Some(keys) = &mut self.send_keys {
            keys.seal(content_type, content, &mut self.outgoing)
                .map_err(|_| Error::NotWritable("the record cannot be sealed"))?;
            self.note(|ledger| ledger.count_record(Direction::ToServer));
            return Ok(());
        }
        self.send_plaintext(content_type, LEGACY_VERSION, content);
        Ok(())
    }

    /// Queues one record that is not encrypted.
    pub(super) fn send_plaintext(&mut self, content_type: ContentType, legacy_version: u16, content: &[u8]) {
        let header = RecordHeader { content_type, legacy_version, length: content.len() };
        self.outgoing.extend_from_slice(&header.to_bytes());
        self.outgoing.extend_from_slice(content);
    }

    pub(super) fn send_handshake(&mut self, message: &[u8]) -> Result<(), Error> {
        message.chunks(MAX_CONTENT).try_for_each(|part| self.send_record(ContentType::HANDSHAKE, part))
    }

    pub(super) fn send_data(&mut self, data: &[u8]) -> Result<(), Error> {
        self.answer_key_update()?;
        for part in data.chunks(MAX_CONTENT) {
            // RFC 8446 §5.5: after so many records a cipher gets weaker, so the next key is taken.
            if self.send_keys.as_ref().is_some_and(|keys| keys.sequence() >= keys.suite().records_per_key()) {
                self.send_key_update(false)?;
            }
            self.send_record(ContentType::APPLICATION_DATA, part)?;
        }
        Ok(())
    }

    /// An alert is the last thing sent. If it cannot be sealed, nobody is left to be told. It may be the first record
    /// that we encrypt: then it takes the place of our second flight, and middleboxes expect change_cipher_spec before
    /// it, too (RFC 8446 §D.4).
    pub(super) fn send_alert(&mut self, description: AlertDescription) {
        if self.send_keys.is_some() {
            self.send_change_cipher_spec();
        }
        let _ = self.send_record(ContentType::ALERT, &Alert::new(description).to_bytes());
    }

    /// RFC 8446 §D.4: one record without meaning, sent in the clear before our second flight. Middleboxes expect it.
    pub(super) fn send_change_cipher_spec(&mut self) {
        if self.config.compatibility_mode && !self.change_cipher_spec_sent {
            self.change_cipher_spec_sent = true;
            self.send_plaintext(ContentType::CHANGE_CIPHER_SPEC, LEGACY_VERSION, &[1]);
        }
    }

    /// KeyUpdate goes out under the old key. The record after it is under the new one.
    pub(super) fn send_key_update(&mut self, requested: bool) -> Result<(), Error> {
        self.send_record(ContentType::HANDSHAKE, &KeyUpdate { requested }.to_bytes())?;
        let Some(keys) = &self.send_keys else { return Ok(()) };
        let (suite, secret) = (keys.suite(), next_traffic_secret(keys.suite(), keys.secret()));
        self.set_send_keys(suite, &secret)
    }

    /// Sends the one answer to all KeyUpdates that asked for one while we were silent (RFC 8446 §4.6.3).
    fn answer_key_update(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.key_update_owed) { self.send_key_update(false) } else { Ok(()) }
    }

    /// Takes our next sending key, because the caller wants it. An answer that we owe comes first. Until the server has
    /// answered, it is not asked again (RFC 9846 §4.7.3).
    pub(super) fn update_send_keys(&mut self, request_peer: bool) -> Result<(), Error> {
        let (owed, ask) = (self.key_update_owed, request_peer && !self.key_update_asked);
        self.answer_key_update()?;
        if owed && !ask {
            // The answer was our next key.
            return Ok(());
        }
        self.key_update_asked |= ask;
        self.send_key_update(ask)
    }

    pub(super) fn set_send_keys(&mut self, suite: Suite, secret: &Secret) -> Result<(), Error> {
        self.send_keys = Some(Protection::new(suite, secret).ok_or(Error::Random)?);
        self.note(|ledger| ledger.use_keys(Direction::ToServer, suite, secret));
        Ok(())
    }
}
