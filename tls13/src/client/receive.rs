//! Records in (RFC 8446 §5): opened in place, and told apart by their type; handshake messages are put together and
//! meet the table of states. Tested in `tests/hostile.rs`.

use barewire_dissect::Direction;

use super::record_buffer::Record;
use super::state::State;
use super::{Client, Event};
use crate::epoch::Epoch;
use crate::error::{DecryptError, Error};
use crate::handshake::Message;
use crate::key_schedule::Secret;
use crate::protect::Protection;
use crate::reason::bytes_in_words;
use crate::record::ContentType;
use crate::suite::Suite;

/// How many records without application data may come in a row, beside the handshake's own messages: empty records,
/// warnings, key updates, change_cipher_spec. The RFC sets no limit. Without one, a server could keep us busy for ever
/// and never send data. BoringSSL takes 32 as well.
const MAX_IDLE_RECORDS: usize = 32;

/// How many tickets may come in a row.
const MAX_IDLE_TICKETS: usize = 256;

const RULE: &str = "RFC 8446 §5";

impl Client {
    /// Takes every record that is whole with these bytes.
    pub(super) fn receive_records(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !self.closed_by_peer {
            let at = self.records.position();
            let Some(mut record) = self.records.next_record(&mut bytes)? else { return Ok(()) };
            let data = self.on_record(&mut record).map_err(|error| error.in_record_at(at))?;
            self.records.keep(record, data);
        }
        Ok(())
    }

    /// Opens a record and acts on it. Gives how many bytes of application data it holds: they stand first in it.
    fn on_record(&mut self, record: &mut Record) -> Result<usize, Error> {
        let outer = record.header.content_type;
        if outer == ContentType::CHANGE_CIPHER_SPEC {
            self.require_between_messages(outer)?;
            self.on_change_cipher_spec(record.fragment())?;
            return Ok(0);
        }
        if self.receive_keys.is_none() {
            return self.on_content(outer, record.fragment());
        }
        if outer != ContentType::APPLICATION_DATA {
            let says = format!("an unencrypted {outer} record, where everything has to be encrypted");
            return Err(Error::unexpected(RULE, says));
        }
        let (content_type, length) = self.open(record)?;
        self.on_content(content_type, &record.fragment()[..length])
    }

    /// Opens a record in place: its real type, and the length of its content.
    pub(super) fn open(&mut self, record: &mut Record) -> Result<(ContentType, usize), Error> {
        let Some(keys) = &mut self.receive_keys else { return Err(Error::unexpected(RULE, "no keys yet")) };
        let (sequence, suite, header) = (keys.sequence(), keys.suite(), record.header.to_bytes());
        let fragment = record.fragment_mut();
        // A record that does not open is not left as it came.
        let copy = self.config.ledger.as_ref().map(|_| [&header, &fragment[..]].concat());
        let inner = keys.open(header, fragment).map_err(|failure| {
            let length = fragment.len();
            if let Some(bytes) = copy {
                self.note(|ledger| ledger.fail_record(Direction::ToClient, sequence, bytes));
            }
            Error::Decrypt(DecryptError {
                failure,
                epoch: self.receive_epoch,
                sequence,
                suite,
                length,
                offset: 0,
            })
        })?;
        self.note(|ledger| ledger.count_record(Direction::ToClient));
        Ok((inner.content_type, inner.length))
    }

    /// RFC 8446 §D.4: a single 1. It is dropped, if it comes before the server's Finished.
    fn on_change_cipher_spec(&mut self, fragment: &[u8]) -> Result<(), Error> {
        if fragment != [1] || matches!(self.state, State::Connected) {
            let says = "a change_cipher_spec record that is not a single 1, or after the handshake";
            return Err(Error::unexpected("RFC 8446 §5", says));
        }
        self.count_idle_record()
    }

    /// Acts on the content of a record. Gives how many bytes of application data it is.
    fn on_content(&mut self, content_type: ContentType, content: &[u8]) -> Result<usize, Error> {
        self.require_between_messages(content_type)?;
        match content_type {
            ContentType::HANDSHAKE if content.is_empty() => {
                return Err(Error::unexpected("RFC 8446 §5.1", "an empty handshake record"));
            }
            ContentType::HANDSHAKE => {
                self.joiner.push(content);
                self.take_messages()?;
            }
            ContentType::ALERT => self.on_alert(content)?,
            ContentType::APPLICATION_DATA if matches!(self.state, State::Connected) => {
                self.on_data(content)?;
                return Ok(content.len());
            }
            other => {
                let says = format!("a record of type {other} while waiting for {}", self.state.waits_for());
                return Err(Error::unexpected(RULE, says));
            }
        }
        Ok(0)
    }

    /// RFC 8446 §5.1: no records of other types between the parts of a handshake message.
    fn require_between_messages(&self, content_type: ContentType) -> Result<(), Error> {
        if content_type == ContentType::HANDSHAKE || self.joiner.is_empty() {
            return Ok(());
        }
        let says = format!("a record of type {content_type} in the middle of a handshake message");
        Err(Error::unexpected("RFC 8446 §5.1", says))
    }

    fn on_data(&mut self, content: &[u8]) -> Result<(), Error> {
        if content.is_empty() {
            return self.count_idle_record();
        }
        (self.idle_records, self.idle_tickets) = (0, 0);
        if self.records.readable() == 0 {
            self.tell(Event::Data);
        }
        Ok(())
    }

    fn take_messages(&mut self) -> Result<(), Error> {
        while let Some(message) = self.joiner.next_message()? {
            self.on_message(&message)?;
        }
        self.joiner.shrink();
        Ok(())
    }

    /// The table of RFC 8446 §A.1: which message may come in which state, and which step takes it.
    pub(super) fn on_message(&mut self, bytes: &[u8]) -> Result<(), Error> {
        use Message as M;
        use State as S;
        let message = Message::parse(bytes)?;
        let state = std::mem::replace(&mut self.state, S::Failed);
        self.state = match (state, message) {
            (S::WaitServerHello(offer), M::ServerHello(hello)) if hello.is_retry() => {
                self.on_hello_retry_request(*offer, &hello, bytes)?
            }
            (S::WaitServerHello(offer), M::ServerHello(hello)) => {
                self.on_server_hello(*offer, &hello, bytes)?
            }
            (S::WaitEncryptedExtensions(handshake), M::EncryptedExtensions(message)) => {
                self.on_encrypted_extensions(handshake, &message, bytes)?
            }
            (S::WaitCertificateOrRequest(handshake), M::CertificateRequest(message)) => {
                self.on_certificate_request(handshake, &message, bytes)?
            }
            (
                S::WaitCertificateOrRequest(handshake) | S::WaitCertificate(handshake),
                M::Certificate(message),
            ) => self.on_certificate(handshake, &message, bytes)?,
            (S::WaitCertificateVerify(handshake, chain), M::CertificateVerify(message)) => {
                self.on_certificate_verify(handshake, chain, &message, bytes)?
            }
            (S::WaitFinished(handshake, server), M::Finished(message)) => {
                self.on_finished(handshake, server, &message, bytes)?
            }
            (S::Connected, M::NewSessionTicket(ticket)) => self.on_new_session_ticket(&ticket)?,
            (S::Connected, M::KeyUpdate(update)) => self.on_key_update(update)?,
            (state, message) => {
                let what = match message {
                    M::Other { kind, .. } if !kind.is_known() => format!("a message of type {}", kind.0),
                    known => known.name().to_owned(),
                };
                let says = format!("{what} while waiting for {}", state.waits_for());
                return Err(Error::unexpected("RFC 8446 §A.1", says));
            }
        };
        Ok(())
    }

    /// Reads with other keys from the next record on. So the message that changes them has to end its record (RFC 8446
    /// §5.1).
    pub(super) fn set_receive_keys(
        &mut self,
        suite: Suite,
        secret: &Secret,
        epoch: Epoch,
    ) -> Result<(), Error> {
        self.require_message_end()?;
        self.receive_keys = Some(Protection::new(suite, secret).ok_or(Error::Random)?);
        self.note(|ledger| ledger.use_keys(Direction::ToClient, suite, secret));
        self.receive_epoch = epoch;
        Ok(())
    }

    /// Fails if the record goes on after the message that was read last.
    pub(super) fn require_message_end(&self) -> Result<(), Error> {
        if self.joiner.is_empty() {
            return Ok(());
        }
        let left = bytes_in_words(self.joiner.waiting());
        let says = format!("the record goes on for {left} after a message that changes the keys");
        Err(Error::unexpected("RFC 8446 §5.1", says))
    }

    pub(super) fn count_idle_record(&mut self) -> Result<(), Error> {
        self.idle_records += 1;
        check_idle(self.idle_records, MAX_IDLE_RECORDS, "records")
    }

    pub(super) fn count_idle_ticket(&mut self) -> Result<(), Error> {
        self.idle_tickets += 1;
        check_idle(self.idle_tickets, MAX_IDLE_TICKETS, "tickets")
    }
}

fn check_idle(seen: usize, most: usize, what: &str) -> Result<(), Error> {
    if seen <= most {
        return Ok(());
    }
    let says = format!("more than {most} {what} in a row without data: this client's own limit");
    Err(Error::unexpected("RFC 8446 §5.1", says))
}
