//! The server's flight: EncryptedExtensions (RFC 8446 §4.3.1), CertificateRequest (§4.3.2), Certificate (§4.4.2),
//! CertificateVerify (§4.4.3). Tested in `tests/certificates.rs` and `tests/hostile.rs`.

use super::Client;
use super::state::{Authenticated, Chain, Handshake, State};
use crate::alert::AlertDescription;
use crate::certificate::{self, CertificateFacts};
use crate::error::Error;
use crate::extensions::{Extension, Place};
use crate::handshake::{Certificate, CertificateRequest, CertificateVerify, EncryptedExtensions};
use crate::signature::{
    ECDSA_SECP521R1_SHA512, SignatureFailure, SignatureScheme, scheme_name, signed_content,
};

impl Client {
    /// WAIT_EE: what else the server chose, and whether we asked for it.
    pub(super) fn on_encrypted_extensions(
        &mut self,
        mut handshake: Box<Handshake>,
        message: &EncryptedExtensions<'_>,
        bytes: &[u8],
    ) -> Result<State, Error> {
        self.check_extensions(&message.extensions, Place::EncryptedExtensions)?;
        for extension in &message.extensions {
            if let Extension::Alpn(names) = extension {
                handshake.alpn = Some(self.chosen_protocol(names)?);
            }
        }
        self.on_early_data_answer(&handshake, &message.extensions)?;
        handshake.transcript.add(bytes);
        self.note(|ledger| ledger.message(bytes, &handshake.transcript));
        Ok(match handshake.psk.take() {
            Some(psk) => State::WaitFinished(handshake, Authenticated::PreSharedKey(psk)),
            None => State::WaitCertificateOrRequest(handshake),
        })
    }

    /// RFC 7301 §3.1: exactly one protocol, and one of those offered.
    fn chosen_protocol(&self, names: &[&[u8]]) -> Result<Vec<u8>, Error> {
        const RULE: &str = "RFC 7301 §3.1";
        let [name] = names else {
            return Err(Error::illegal(RULE, format!("the server chose {} protocols at once", names.len())));
        };
        if !self.config.alpn.iter().any(|offered| offered == name) {
            let name = String::from_utf8_lossy(name);
            return Err(Error::illegal(
                RULE,
                format!("the server chose the protocol {name:?}, which was not offered"),
            ));
        }
        Ok(name.to_vec())
    }

    /// WAIT_CERT_CR: the server asks who we are. The answer goes out with our Finished.
    pub(super) fn on_certificate_request(
        &mut self,
        mut handshake: Box<Handshake>,
        message: &CertificateRequest<'_>,
        bytes: &[u8],
    ) -> Result<State, Error> {
        const RULE: &str = "RFC 8446 §4.3.2";
        if !message.request_context.is_empty() {
            return Err(Error::illegal(
                RULE,
                "certificate_request_context is not empty during the handshake",
            ));
        }
        self.check_extensions(&message.extensions, Place::CertificateRequest)?;
        let has_schemes =
            message.extensions.iter().any(|extension| matches!(extension, Extension::SignatureAlgorithms(_)));
        if !has_schemes {
            let says = "the CertificateRequest has no signature_algorithms";
            return Err(Error::violation(AlertDescription::MISSING_EXTENSION, RULE, says));
        }
        handshake.certificate_request = Some(message.request_context.to_vec());
        handshake.transcript.add(bytes);
        self.note(|ledger| ledger.message(bytes, &handshake.transcript));
        Ok(State::WaitCertificate(handshake))
    }

    /// WAIT_CERT: is the chain trusted, and for this name?
    pub(super) fn on_certificate(
        &mut self,
        mut handshake: Box<Handshake>,
        message: &Certificate<'_>,
        bytes: &[u8],
    ) -> Result<State, Error> {
        const RULE: &str = "RFC 8446 §4.4.2";
        if !message.request_context.is_empty() {
            return Err(Error::illegal(RULE, "a server's certificate_request_context has to be empty"));
        }
        let [first, others @ ..] = &message.entries[..] else {
            let says = "the server sent an empty certificate chain";
            return Err(Error::violation(AlertDescription::DECODE_ERROR, RULE, says));
        };
        for entry in &message.entries {
            self.check_extensions(&entry.extensions, Place::Certificate)?;
        }
        let leaf = certificate::parse(first.der)?;
        let mut facts = vec![CertificateFacts::of(&leaf, first.der.len())];
        let others: Vec<&[u8]> = others.iter().map(|entry| entry.der).collect();
        let verified = self.verifier.verify(&leaf, &facts[0], &others)?;
        for der in others {
            facts.push(CertificateFacts::read(der)?);
        }
        handshake.transcript.add(bytes);
        self.note(|ledger| ledger.message(bytes, &handshake.transcript));
        let (leaf, key) = (first.der.to_vec(), leaf.public_key().raw.to_vec());
        Ok(State::WaitCertificateVerify(handshake, Chain { leaf, key, facts, verified }))
    }

    /// WAIT_CV: does the server hold the certificate's key? This is checked even when nobody checked the chain.
    pub(super) fn on_certificate_verify(
        &mut self,
        mut handshake: Box<Handshake>,
        chain: Chain,
        message: &CertificateVerify<'_>,
        bytes: &[u8],
    ) -> Result<State, Error> {
        const RULE: &str = "RFC 8446 §4.4.3";
        let offered = |scheme: &SignatureScheme| self.config.signature_schemes.contains(scheme);
        let Some(signature) = SignatureScheme::from_id(message.scheme).filter(offered) else {
            return Err(Error::illegal(RULE, scheme_not_offered(message.scheme)));
        };
        let content = signed_content(handshake.transcript.current().bytes());
        let key = certificate::parse_key(&chain.key)?;
        signature
            .verify(&key, &content, message.signature)
            .map_err(|failure| refused_signature(failure, signature, &certificate::key_kind(&key)))?;
        handshake.transcript.add(bytes);
        self.note(|ledger| ledger.message(bytes, &handshake.transcript));
        let Chain { leaf, facts, verified, .. } = chain;
        Ok(State::WaitFinished(handshake, Authenticated::Certificate { leaf, facts, verified, signature }))
    }
}

fn scheme_not_offered(scheme: u16) -> String {
    let says = format!("signed with {}, which was not offered for it", scheme_name(scheme));
    if scheme == ECDSA_SECP521R1_SHA512 {
        says + ": ring, which checks our signatures, lacks P-521"
    } else {
        says
    }
}

/// What is wrong with the signature in CertificateVerify. `key` is the kind of the certificate's key.
fn refused_signature(failure: SignatureFailure, scheme: SignatureScheme, key: &str) -> Error {
    let scheme = scheme.name();
    match failure {
        SignatureFailure::OtherKey => Error::illegal(
            "RFC 8446 §4.4.3",
            format!("signed with {scheme}, but the certificate's key is {key}, which does not sign so"),
        ),
        SignatureFailure::RsaLength(_) => Error::violation(
            AlertDescription::UNSUPPORTED_CERTIFICATE,
            "RFC 8446 §4.4.2.2",
            format!(
                "the certificate's key is {key}: this client checks signatures of RSA keys of 2048 to 8192 bits, so \
                 nobody knows whether this one is right"
            ),
        ),
        SignatureFailure::Signature => Error::violation(
            AlertDescription::DECRYPT_ERROR,
            "RFC 8446 §4.4.3",
            format!(
                "the {scheme} signature over the transcript does not fit the certificate's key: the server does not \
                 hold it, or a message was changed on the way"
            ),
        ),
    }
}
