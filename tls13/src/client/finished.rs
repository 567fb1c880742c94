//! The end of the handshake (RFC 8446 §4.4.4): the server's Finished is checked, ours is sent, and both directions
//! change to application keys. Tested in `tests/hostile.rs`.

use std::sync::Arc;

use super::state::{Authenticated, Handshake, State};
use super::{Client, Event, Summary};
use crate::alert::AlertDescription;
use crate::certificate::CertificateFacts;
use crate::epoch::Epoch;
use crate::error::Error;
use crate::handshake::{Certificate, Finished};
use crate::key_log::{CLIENT_TRAFFIC, EXPORTER, SERVER_TRAFFIC};
use crate::key_schedule::{check_verify_data, verify_data};
use crate::ledger::Name;
use crate::origin::Origin;
use crate::pre_shared_key::PreSharedKey;
use crate::reason::bytes_in_words;
use crate::signature::SignatureScheme;
use crate::verify::Verified;

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
        // exercise: tls08
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
        // exercise: end
        handshake.transcript.add(bytes);
        self.note(|ledger| ledger.message(bytes, &handshake.transcript));
        let secrets = handshake.secrets.application(handshake.transcript.current().bytes());
        self.note(|ledger| ledger.application(&secrets));
        self.log(CLIENT_TRAFFIC, &secrets.client);
        self.log(SERVER_TRAFFIC, &secrets.server);
        self.log(EXPORTER, &secrets.exporter);
        self.set_receive_keys(suite, &secrets.server, Epoch::Application(0))?;
        self.end_early_data(&mut handshake)?;
        self.send_second_flight(&mut handshake)?;
        let through_finished = handshake.transcript.current();
        self.note(|ledger| ledger.secret(Name::Resumption, &secrets.resumption(through_finished.bytes())));
        self.set_send_keys(suite, &secrets.client)?;
        self.resumption = Some(secrets.resumption(handshake.transcript.current().bytes()));
        self.application_secrets = Some(secrets);
        self.origin = self.origin_of(&server);
        let (signature, chain, verified) = shown(server);
        let summary = Arc::new(Summary {
            suite,
            group: handshake.group,
            signature,
            alpn: handshake.alpn,
            hello_retry: handshake.hello_retry,
            early_data: self.early.outcome(),
            certificate_requested: handshake.certificate_request.is_some(),
            chain,
            verified,
        });
        self.summary = Some(summary.clone());
        self.tell(Event::HandshakeDone(summary));
        Ok(State::Connected)
    }

    /// Where the server showed its certificate: here, or where the session comes from. `None` for an external key.
    fn origin_of(&self, server: &Authenticated) -> Option<Arc<Origin>> {
        match server {
            Authenticated::Certificate { leaf, facts, verified, .. } => {
                let anchor = match verified {
                    Verified::Yes { anchor } => Some(anchor.clone()),
                    Verified::Pinned { subject } => Some(subject.clone()),
                    _ => None,
                };
                let (at, trust) = (self.wall_clock(), self.config.trust.fingerprint());
                let not_after = facts.first().map(|facts| facts.not_after);
                Some(Arc::new(Origin { at, certificate: leaf.clone(), not_after, anchor, trust }))
            }
            Authenticated::PreSharedKey(PreSharedKey::Session(session)) => Some(session.origin.clone()),
            Authenticated::PreSharedKey(PreSharedKey::External(_)) => None,
        }
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

/// What the server has shown in this connection, for its summary.
fn shown(server: Authenticated) -> (Option<SignatureScheme>, Vec<CertificateFacts>, Verified) {
    match server {
        Authenticated::Certificate { facts, verified, signature, .. } => (Some(signature), facts, verified),
        Authenticated::PreSharedKey(PreSharedKey::Session(session)) => {
            (None, Vec::new(), Verified::InSession(session.origin))
        }
        Authenticated::PreSharedKey(PreSharedKey::External(external)) => {
            (None, Vec::new(), Verified::PreSharedKey { identity: external.identity })
        }
    }
}
