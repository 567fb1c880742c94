//! Records out (RFC 8446 §5): cut to size, and sealed as soon as there are keys.

use super::Client;
use crate::alert::{Alert, AlertDescription};
use crate::error::Error;
use crate::handshake::KeyUpdate;
use crate::key_schedule::{Secret, next_traffic_secret};
use crate::protect::Protection;
use crate::record::{ContentType, MAX_CONTENT, RecordHeader};
use crate::suite::Suite;

impl Client {
    /// Queues one record: plain before there are keys, sealed afterwards. `content` is at most 2^14 bytes.
    fn send_record(&mut self, content_type: ContentType, content: &[u8]) -> Result<(), Error> {
        if let Some(keys) = &mut self.send_keys {
            return keys
                .seal(content_type, content, &mut self.outgoing)
                .map_err(|_| Error::NotWritable("the record cannot be sealed"));
        }
        // RFC 8446 §5.1: the first ClientHello may say TLS 1.0 outside, for the oldest of middleboxes.
        let legacy_version = if self.change_cipher_spec_sent { 0x0303 } else { 0x0301 };
        let header = RecordHeader { content_type, legacy_version, length: content.len() };
        self.outgoing.extend_from_slice(&header.to_bytes());
        self.outgoing.extend_from_slice(content);
        Ok(())
    }

    pub(super) fn send_handshake(&mut self, message: &[u8]) -> Result<(), Error> {
        message.chunks(MAX_CONTENT).try_for_each(|part| self.send_record(ContentType::HANDSHAKE, part))
    }

    pub(super) fn send_data(&mut self, data: &[u8]) -> Result<(), Error> {
        for part in data.chunks(MAX_CONTENT) {
            // RFC 8446 §5.5: no key may protect more records than its cipher bears.
            if self.send_keys.as_ref().is_some_and(|keys| keys.sequence() >= keys.suite().records_per_key()) {
                self.send_key_update(false)?;
            }
            self.send_record(ContentType::APPLICATION_DATA, part)?;
        }
        Ok(())
    }

    /// An alert is the last thing sent: if even that fails, nobody is left to tell.
    pub(super) fn send_alert(&mut self, description: AlertDescription) {
        let _ = self.send_record(ContentType::ALERT, &Alert::new(description).to_bytes());
    }

    /// RFC 8446 §D.4: a record without meaning before our second flight, once, never encrypted.
    pub(super) fn send_change_cipher_spec(&mut self) {
        if self.change_cipher_spec_sent {
            return;
        }
        self.change_cipher_spec_sent = true;
        let header =
            RecordHeader { content_type: ContentType::CHANGE_CIPHER_SPEC, legacy_version: 0x0303, length: 1 };
        self.outgoing.extend_from_slice(&header.to_bytes());
        self.outgoing.push(1);
    }

    /// KeyUpdate goes out under the old key; the next record is under the new one.
    pub(super) fn send_key_update(&mut self, requested: bool) -> Result<(), Error> {
        self.send_record(ContentType::HANDSHAKE, &KeyUpdate { requested }.to_bytes())?;
        let Some(keys) = &self.send_keys else { return Ok(()) };
        let (suite, secret) = (keys.suite(), next_traffic_secret(keys.suite(), keys.secret()));
        self.set_send_keys(suite, &secret)
    }

    pub(super) fn set_send_keys(&mut self, suite: Suite, secret: &Secret) -> Result<(), Error> {
        self.send_keys = Some(Protection::new(suite, secret).ok_or(Error::Random)?);
        Ok(())
    }
}
