//! Early data (0-RTT; RFC 8446 §2.3, §4.2.10): data that goes out with the ClientHello, a round trip before the server
//! has said anything.
//!
//! ```text
//!   NotOffered
//!   Offered ──EncryptedExtensions with early_data──▶ Accepted ──our EndOfEarlyData──▶ Ended
//!      │
//!      └──HelloRetryRequest; no key taken; EncryptedExtensions without it──▶ Refused
//! ```
//!
//! What was sent is kept until the server has said whether it takes it; refused data is handed back. Its keys come from
//! the ticket alone, so it has no forward secrecy, and a copy of it can be played to the server again (§8). Left out:
//! early data under an external key. Tested in `tests/early_data.rs`.

use super::state::{Early, Handshake, Offered};
use super::{Client, Event};
use crate::error::Error;
use crate::extensions::{EARLY_DATA, Extension};
use crate::handshake::{HandshakeType, write_message};
use crate::key_log::{CLIENT_EARLY, EARLY_EXPORTER};
use crate::ledger::Name;
use crate::pre_shared_key::PreSharedKey;
use crate::record::{ContentType, MAX_CONTENT};
use crate::transcript::Transcript;

impl Client {
    /// Offered: the ClientHello with the extension is sent, and data may follow under keys of the ticket. In between
    /// goes the change_cipher_spec record that middleboxes expect (RFC 8446 §D.4).
    pub(super) fn begin_early_data(&mut self, psk: &Offered, client_hello: &[u8]) -> Result<(), Error> {
        let (true, PreSharedKey::Session(session)) = (psk.early_data, &psk.key) else { return Ok(()) };
        let hash = Transcript::new(session.suite.hash(), client_hello).current();
        let secret = psk.early.client_traffic(hash.bytes());
        let exporter = psk.early.exporter(hash.bytes());
        self.note(|ledger| {
            ledger.secret(Name::ClientEarly, &secret);
            ledger.secret(Name::EarlyExporter, &exporter);
        });
        self.log(CLIENT_EARLY, &secret);
        self.log(EARLY_EXPORTER, &exporter);
        self.send_change_cipher_spec();
        self.set_send_keys(session.suite, &secret)?;
        self.early = Early::Offered { left: session.max_early_data as usize, sent: Vec::new() };
        Ok(())
    }

    /// Queues as much of `data` as the ticket allows.
    pub(super) fn send_early_data(&mut self, data: &[u8]) -> Result<usize, Error> {
        let left = match &mut self.early {
            Early::Offered { left, .. } | Early::Accepted { left } => left,
            Early::NotOffered => return Err(Error::NotWritable("no early data was offered")),
            Early::Ended | Early::Refused => {
                return Err(Error::NotWritable("the time for early data is over"));
            }
        };
        let taken = &data[..data.len().min(*left)];
        *left -= taken.len();
        if let Early::Offered { sent, .. } = &mut self.early {
            sent.extend_from_slice(taken);
        }
        taken
            .chunks(MAX_CONTENT)
            .try_for_each(|part| self.send_record(ContentType::APPLICATION_DATA, part))?;
        Ok(taken.len())
    }

    /// EncryptedExtensions says whether the server takes early data.
    pub(super) fn on_early_data_answer(
        &mut self,
        handshake: &Handshake,
        extensions: &[Extension<'_>],
    ) -> Result<(), Error> {
        let accepts = extensions.iter().any(|extension| extension.id() == EARLY_DATA);
        let Early::Offered { left, .. } = self.early else {
            let says = "the server takes early data without the pre-shared key that it goes with";
            return if accepts { Err(Error::illegal("RFC 8446 §4.2.10", says)) } else { Ok(()) };
        };
        if !accepts {
            self.refuse_early_data();
            return self.set_send_keys(handshake.suite, &handshake.secrets.client);
        }
        let Some(PreSharedKey::Session(session)) = &handshake.psk else { return Ok(()) };
        if (session.suite, &session.alpn) != (handshake.suite, &handshake.alpn) {
            let says = "the server takes early data, but with another suite or protocol than its ticket's";
            return Err(Error::illegal("RFC 8446 §4.2.10", says));
        }
        self.early = Early::Accepted { left };
        self.tell(Event::EarlyDataAccepted);
        Ok(())
    }

    /// Refused: the server passes over what was sent, and the caller gets it back.
    pub(super) fn refuse_early_data(&mut self) {
        if let Early::Offered { sent, .. } = &mut self.early {
            let sent = std::mem::take(sent);
            self.early = Early::Refused;
            self.tell(Event::EarlyDataRefused(sent));
        }
    }

    /// Ended: EndOfEarlyData (RFC 8446 §4.5) is the last record under the early keys. The handshake's keys follow.
    pub(super) fn end_early_data(&mut self, handshake: &mut Handshake) -> Result<(), Error> {
        if !matches!(self.early, Early::Accepted { .. }) {
            return Ok(());
        }
        let end = write_message(HandshakeType::END_OF_EARLY_DATA, |_| ());
        self.send_handshake(&end)?;
        handshake.transcript.add(&end);
        self.note(|ledger| ledger.message(&end, &handshake.transcript));
        self.early = Early::Ended;
        self.set_send_keys(handshake.suite, &handshake.secrets.client)
    }
}
