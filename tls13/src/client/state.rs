//! The states of a client, each with what is known in it. A state has fields for what it needs, so no step can be
//! skipped: a CertificateVerify can be checked only with a [`Chain`], and a Finished only with [`Authenticated`].

use super::config::Config;
use super::event::EarlyData;
use crate::certificate::CertificateFacts;
use crate::group::Group;
use crate::key_schedule::{EarlySecret, HandshakeSecrets};
use crate::key_share::KeyShares;
use crate::pre_shared_key::PreSharedKey;
use crate::signature::SignatureScheme;
use crate::suite::Suite;
use crate::transcript::Transcript;
use crate::verify::Verified;

/// The states of RFC 8446 §A.1. START is left out: `Client::new` does its work.
#[derive(Debug)]
pub(super) enum State {
    /// WAIT_SH: the ClientHello is sent.
    WaitServerHello(Box<Offer>),
    /// WAIT_EE: the ServerHello came, so records are encrypted from here on.
    WaitEncryptedExtensions(Box<Handshake>),
    /// WAIT_CERT_CR: the server has chosen everything.
    WaitCertificateOrRequest(Box<Handshake>),
    /// WAIT_CERT: the server asked who we are.
    WaitCertificate(Box<Handshake>),
    /// WAIT_CV: the chain was checked.
    WaitCertificateVerify(Box<Handshake>, Chain),
    /// WAIT_FINISHED: the server proved that it holds its certificate's key, or its Finished will prove that it has the
    /// pre-shared key.
    WaitFinished(Box<Handshake>, Authenticated),
    /// CONNECTED: both Finished are done.
    Connected,
    /// An error ended the connection.
    Failed,
}

impl State {
    /// The messages that may come in this state, in words.
    pub(super) fn waits_for(&self) -> &'static str {
        match self {
            State::WaitServerHello(_) => "ServerHello",
            State::WaitEncryptedExtensions(_) => "EncryptedExtensions",
            State::WaitCertificateOrRequest(_) => "Certificate or CertificateRequest",
            State::WaitCertificate(_) => "Certificate",
            State::WaitCertificateVerify(..) => "CertificateVerify",
            State::WaitFinished(..) => "Finished",
            State::Connected => "application data, NewSessionTicket or KeyUpdate",
            State::Failed => "nothing",
        }
    }
}

/// A ClientHello of ours.
#[derive(Debug)]
pub(super) struct Hello {
    /// The message, header included.
    pub(super) bytes: Vec<u8>,
    /// The numbers of its extensions.
    pub(super) offers: Vec<u16>,
}

/// What the client has offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) shares: KeyShares,
    /// The pre-shared key in it, if there is one.
    pub(super) psk: Option<Offered>,
    /// The ClientHello that has been sent last.
    pub(super) client_hello: Vec<u8>,
    /// After a HelloRetryRequest: the suite it chose, which the ServerHello has to choose too, and the transcript up
    /// to the second ClientHello.
    pub(super) retry: Option<(Suite, Transcript)>,
}

/// A pre-shared key that is offered, and the secret made from it.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) key: PreSharedKey,
    pub(super) early: EarlySecret,
    /// Early data is offered with it.
    pub(super) early_data: bool,
}

impl Offered {
    pub(super) fn new(key: PreSharedKey, config: &Config) -> Offered {
        let early_data = match &key {
            PreSharedKey::Session(session) => {
                config.replayable_early_data
                    && session.max_early_data > 0
                    && config.suites.contains(&session.suite)
            }
            PreSharedKey::External(_) => false,
        };
        let early = key.early_secret();
        Offered { key, early, early_data }
    }

    /// What the binder of a second ClientHello covers before it, in the hash of the key. The server may have chosen a
    /// suite with another hash. RFC 8446 §4.1.4 lets a client leave such a key out of the second ClientHello, but some
    /// servers refuse that, and all pass over the key.
    pub(super) fn after_retry(&self, client_hello: &[u8], retry: &[u8]) -> Transcript {
        Transcript::after_retry(self.early.suite.hash(), client_hello, retry)
    }
}

/// How far the early data of this connection is.
#[derive(Debug)]
pub(super) enum Early {
    NotOffered,
    /// The server has not said whether it takes it.
    Offered {
        left: usize,
        /// What was sent, to be handed back.
        sent: Vec<u8>,
    },
    /// The server takes it, and waits for its end.
    Accepted {
        left: usize,
    },
    Ended,
    Refused,
}

impl Early {
    pub(super) fn outcome(&self) -> EarlyData {
        match self {
            Early::NotOffered => EarlyData::NotOffered,
            Early::Accepted { .. } | Early::Ended => EarlyData::Accepted,
            Early::Offered { .. } | Early::Refused => EarlyData::Refused,
        }
    }
}

/// What is known from the ServerHello on.
#[derive(Debug)]
pub(super) struct Handshake {
    pub(super) suite: Suite,
    pub(super) group: Group,
    pub(super) hello_retry: bool,
    pub(super) secrets: HandshakeSecrets,
    pub(super) transcript: Transcript,
    /// The pre-shared key that the server took, if it took one.
    pub(super) psk: Option<PreSharedKey>,
    pub(super) alpn: Option<Vec<u8>>,
    /// The context of the CertificateRequest, if there was one. It is sent back.
    pub(super) certificate_request: Option<Vec<u8>>,
}

/// The server's certificates, which are trusted, or not checked by request.
#[derive(Debug)]
pub(super) struct Chain {
    /// The server's own certificate.
    pub(super) leaf: Vec<u8>,
    /// The public key in it (SubjectPublicKeyInfo, in DER).
    pub(super) key: Vec<u8>,
    pub(super) facts: Vec<CertificateFacts>,
    pub(super) verified: Verified,
}

/// What tells who the server is, once its Finished is right.
#[derive(Debug)]
pub(super) enum Authenticated {
    /// The server has proved that it holds its certificate's key.
    Certificate {
        /// The server's own certificate.
        leaf: Vec<u8>,
        facts: Vec<CertificateFacts>,
        verified: Verified,
        signature: SignatureScheme,
    },
    /// The keys of the handshake are made from this key, so nobody else can make a Finished.
    PreSharedKey(PreSharedKey),
}
