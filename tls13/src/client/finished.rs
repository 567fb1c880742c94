//! The end of the handshake (RFC 8446 §4.4.4): the server's Finished is checked, ours is sent, and both directions
//! change to application keys. Tested in `tests/hostile.rs`.

use super::state::{Authenticated, Handshake, State};
use super::{Client, Event, Summary};
use crate::alert::AlertDescription;
use crate::epoch::Epoch;
use crate::error::Error;
use crate::handshake::{Certificate, Finished};
use crate::key_log::{CLIENT_TRAFFIC, EXPORTER, SERVER_TRAFFIC};
use crate::key_schedule::{check_verify_data, verify_data};
use crate::ledger::Name;
use crate::reason::bytes_in_words;

impl Client {
    /// WAIT_FINISHED: did both sides see the same handshake?
    pub(super) fn on_finished(
        &mut self,
        mut handshake: Box<Handshake>,
        server: Authenticated,
        message: &Finished<'_>,
        bytes: &[u8],
    ) -> Result<State, Error> {
        let (suite, hash) = (handshake.suite, handshake.suite.hash());
        if message.verify_data.len() != hash.len() {
            let says = format!(
                "the server's Finished holds {}, the hash of {} has {}",
                bytes_in_words(message.verify_data.len()),
                suite.name(),
                hash.len()
            );
            return Err(Error::violation(AlertDescription::DECODE_ERROR, "RFC 8446 §4.4.4", says));
        }
        let expected = handshake.transcript.current();
        if !check_verify_data(hash, &handshake.secrets.server, expected.bytes(), message.verify_data) {
            self.note(|ledger| ledger.fail_finished(Name::ServerHandshake, message.verify_data));
            let says = "the server's Finished does not fit the transcript: the two sides saw different handshakes, or \
                 made different secrets; from this side it cannot be known which";
            return Err(Error::violation(AlertDescription::DECRYPT_ERROR, "RFC 8446 §4.4.4", says));
        }
        handshake.transcript.add(bytes);
        self.note(|ledger| ledger.message(bytes, &handshake.transcript));
        let secrets = handshake.secrets.application(handshake.transcript.current().bytes());
        self.note(|ledger| ledger.application(&secrets));
        self.log(CLIENT_TRAFFIC, &secrets.client);
        self.log(SERVER_TRAFFIC, &secrets.server);
        self.log(EXPORTER, &secrets.exporter);
        self.set_receive_keys(suite, &secrets.server, Epoch::Application(0))?;
        self.send_second_flight(&mut handshake)?;
        let through_finished = handshake.transcript.current();
        self.note(|ledger| ledger.secret(Name::Resumption, &secrets.resumption(through_finished.bytes())));
        self.set_send_keys(suite, &secrets.client)?;
        self.application_secrets = Some(secrets);
        let summary = Summary {
            suite,
            group: handshake.group,
            signature: server.signature,
            alpn: handshake.alpn,
            hello_retry: handshake.hello_retry,
            certificate_requested: handshake.certificate_request.is_some(),
            chain: server.facts,
            verified: server.verified,
        };
        self.summary = Some(summary.clone());
        self.tell(Event::HandshakeDone(Box::new(summary)));
        Ok(State::Connected)
    }

    /// Our change_cipher_spec (RFC 8446 §D.4), an empty Certificate if one was asked for, and our Finished.
    fn send_second_flight(&mut self, handshake: &mut Handshake) -> Result<(), Error> {
        self.send_change_cipher_spec();
        if let Some(context) = &handshake.certificate_request {
            let certificate = Certificate { request_context: context, entries: Vec::new() }.to_bytes();
            self.send_handshake(&certificate)?;
            handshake.transcript.add(&certificate);
            self.note(|ledger| ledger.message(&certificate, &handshake.transcript));
        }
        let transcript_hash = handshake.transcript.current();
        let verify_data =
            verify_data(handshake.suite.hash(), &handshake.secrets.client, transcript_hash.bytes());
        let finished = Finished { verify_data: verify_data.bytes() }.to_bytes();
        self.send_handshake(&finished)?;
        handshake.transcript.add(&finished);
        self.note(|ledger| ledger.message(&finished, &handshake.transcript));
        Ok(())
    }
}
