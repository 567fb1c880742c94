//! The states of a client, each with what is known by then. What a later state needs is a field of it, so a step
//! cannot be skipped: without a [`Chain`] there is nothing to check a CertificateVerify with, and without
//! [`Authenticated`] no Finished.

use crate::certificate::CertificateFacts;
use crate::group::Group;
use crate::key_schedule::HandshakeSecrets;
use crate::key_share::PrivateShare;
use crate::signature::SignatureScheme;
use crate::suite::Suite;
use crate::transcript::Transcript;
use crate::verify::Verified;

/// RFC 8446 §A.1, without START (its work is done in `Client::new`).
#[derive(Debug)]
pub(super) enum State {
    /// WAIT_SH.
    WaitServerHello(Box<Offer>),
    /// WAIT_EE.
    WaitEncryptedExtensions(Box<Handshake>),
    /// WAIT_CERT_CR.
    WaitCertificateOrRequest(Box<Handshake>),
    /// WAIT_CERT.
    WaitCertificate(Box<Handshake>),
    /// WAIT_CV.
    WaitCertificateVerify(Box<Handshake>, Chain),
    /// WAIT_FINISHED.
    WaitFinished(Box<Handshake>, Authenticated),
    /// CONNECTED.
    Connected,
    /// An error ended it.
    Failed,
}

impl State {
    /// What the state is waiting for.
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

/// What has been offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) share: PrivateShare,
    /// The ClientHello that has been sent last.
    pub(super) client_hello: Vec<u8>,
    /// After a HelloRetryRequest: its suite, which binds the ServerHello, and the transcript through the
    /// second ClientHello.
    pub(super) retry: Option<(Suite, Transcript)>,
}

/// What is known from the ServerHello on.
#[derive(Debug)]
pub(super) struct Handshake {
    pub(super) suite: Suite,
    pub(super) group: Group,
    pub(super) hello_retry: bool,
    pub(super) secrets: HandshakeSecrets,
    pub(super) transcript: Transcript,
    pub(super) alpn: Option<Vec<u8>>,
    /// The context of a CertificateRequest, to be sent back.
    pub(super) certificate_request: Option<Vec<u8>>,
}

/// The server's certificates, after the verdict on them.
#[derive(Debug)]
pub(super) struct Chain {
    /// The server's own certificate.
    pub(super) leaf: Vec<u8>,
    pub(super) facts: Vec<CertificateFacts>,
    pub(super) verified: Verified,
}

/// The server has proved that it holds its certificate's key.
#[derive(Debug)]
pub(super) struct Authenticated {
    pub(super) facts: Vec<CertificateFacts>,
    pub(super) verified: Verified,
    pub(super) signature: SignatureScheme,
}
