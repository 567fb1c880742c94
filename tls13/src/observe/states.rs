//! The states of both ends (RFC 8446 §A), as far as a capture tells them.
//!
//! ```text
//!   after this message       the client is in     the server is in
//!   ──▶ ClientHello          WAIT_SH              RECVD_CH
//!   ◀── HelloRetryRequest    WAIT_SH              START
//!   ◀── ServerHello          WAIT_EE              NEGOTIATED
//!   ◀── EncryptedExtensions  WAIT_CERT_CR         with a PSK: WAIT_FINISHED
//!   ◀── CertificateRequest   WAIT_CERT
//!   ◀── Certificate          WAIT_CV
//!   ◀── CertificateVerify    WAIT_FINISHED
//!   ◀── Finished                                  WAIT_FLIGHT2, or WAIT_EOED
//!   ──▶ EndOfEarlyData                            WAIT_FLIGHT2
//!   ──▶ Certificate                               WAIT_CV, if empty WAIT_FINISHED
//!   ──▶ CertificateVerify                         WAIT_FINISHED
//!   ──▶ Finished             CONNECTED            CONNECTED
//! ```
//!
//! A message moves both ends at once: the one that sent it, and the one that will have read it a moment later.
//! TLS 1.2 names no states; there it is told only whether the handshake is done. Tested in `tests/states.rs`.

use std::fmt;

use barewire_dissect::Direction;

use super::facts::Facts;
use super::hellos::{Resumption, ServerChoice};
use super::sealed::Sealed;
use crate::alert::{Alert, AlertDescription};

/// What an end of a connection waits for. The `Display` form is the name in RFC 8446 §A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HandshakeState {
    /// Nothing was sent yet; or the server asked for another ClientHello.
    #[default]
    Start,
    /// The client waits for the ServerHello.
    WaitServerHello,
    /// The client waits for EncryptedExtensions.
    WaitEncryptedExtensions,
    /// The client waits for Certificate or CertificateRequest.
    WaitCertificateOrRequest,
    /// The client waits for the Certificate.
    WaitCertificate,
    /// One end waits for the other's CertificateVerify.
    WaitCertificateVerify,
    /// One end waits for the other's Finished.
    WaitFinished,
    /// The server has the ClientHello.
    ReceivedClientHello,
    /// The server has chosen, and sends its flight.
    Negotiated,
    /// The server waits for the end of the early data.
    WaitEndOfEarlyData,
    /// The server waits for the client's second flight.
    WaitFlight2,
    /// The handshake is done.
    Connected,
    /// It has said that it sends no more, or the connection was given up.
    Closed,
    /// A handshake of TLS 1.2 or older goes on.
    Older,
    /// Somewhere after the hellos: what would tell is encrypted, or was not captured.
    Hidden,
}

impl fmt::Display for HandshakeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use HandshakeState::*;
        f.write_str(match self {
            Start => "START",
            WaitServerHello => "WAIT_SH",
            WaitEncryptedExtensions => "WAIT_EE",
            WaitCertificateOrRequest => "WAIT_CERT_CR",
            WaitCertificate => "WAIT_CERT",
            WaitCertificateVerify => "WAIT_CV",
            WaitFinished => "WAIT_FINISHED",
            ReceivedClientHello => "RECVD_CH",
            Negotiated => "NEGOTIATED",
            WaitEndOfEarlyData => "WAIT_EOED",
            WaitFlight2 => "WAIT_FLIGHT2",
            Connected => "CONNECTED",
            Closed => "CLOSED",
            Older => "handshake of TLS 1.2 or older",
            Hidden => "not visible",
        })
    }
}

/// The states of both ends.
#[derive(Debug, Default)]
pub(super) struct States {
    client: HandshakeState,
    server: HandshakeState,
    /// The server took a pre-shared key: no certificate comes.
    resumed: bool,
    /// The server takes early data.
    early_data: bool,
    /// In TLS 1.2: which ends have sent their Finished.
    finished: [bool; 2],
}

impl States {
    /// The client's state, and the server's.
    pub(super) fn both(&self) -> [HandshakeState; 2] {
        [self.client, self.server]
    }

    /// The figure, row by row.
    pub(super) fn on_message(&mut self, direction: Direction, facts: &Facts) {
        use Direction::{ToClient, ToServer};
        use HandshakeState::*;
        (self.client, self.server) = match (direction, facts) {
            (ToServer, Facts::ClientHello(_)) => (WaitServerHello, ReceivedClientHello),
            (ToClient, Facts::ServerHello(ServerChoice { is_retry: true, .. })) => (WaitServerHello, Start),
            (ToClient, Facts::ServerHello(choice)) if choice.is_older() => (Older, Older),
            (ToClient, Facts::ServerHello(choice)) => {
                self.resumed = choice.resumed == Some(Resumption::Psk);
                (WaitEncryptedExtensions, Negotiated)
            }
            (ToClient, Facts::EncryptedExtensions { early_data, .. }) => {
                self.early_data = *early_data;
                (if self.resumed { WaitFinished } else { WaitCertificateOrRequest }, Negotiated)
            }
            (ToClient, Facts::CertificateRequest) if self.client == WaitCertificateOrRequest => {
                (WaitCertificate, Negotiated)
            }
            (ToClient, Facts::Certificate { .. }) => (WaitCertificateVerify, Negotiated),
            (ToClient, Facts::CertificateVerify { .. }) => (WaitFinished, Negotiated),
            (ToClient, Facts::Finished) if self.early_data => (self.client, WaitEndOfEarlyData),
            (ToClient, Facts::Finished) => (self.client, WaitFlight2),
            (ToServer, Facts::EndOfEarlyData) => (self.client, WaitFlight2),
            (ToServer, Facts::Certificate { chain }) if chain.is_empty() => (self.client, WaitFinished),
            (ToServer, Facts::Certificate { .. }) => (self.client, WaitCertificateVerify),
            (ToServer, Facts::CertificateVerify { .. }) => (self.client, WaitFinished),
            (ToServer, Facts::Finished) => (Connected, Connected),
            _ => return,
        };
    }

    /// A record whose content cannot be read.
    pub(super) fn on_sealed(&mut self, direction: Direction, why: &Sealed) {
        use HandshakeState::*;
        match why {
            Sealed::Ssl2Hello => (self.client, self.server) = (WaitServerHello, ReceivedClientHello),
            Sealed::OlderVersion(_) => self.on_older_keys(direction),
            // Early data: the handshake goes on in the clear.
            _ if self.client == WaitServerHello && !why.is_end() => {}
            _ if matches!(self.client, Connected | Closed) || matches!(self.server, Connected | Closed) => {}
            _ => (self.client, self.server) = (Hidden, Hidden),
        }
    }

    /// In TLS 1.2, the first record of each direction under the new keys is Finished (RFC 5246 §7.4.9).
    fn on_older_keys(&mut self, direction: Direction) {
        self.finished[direction.index()] = true;
        if self.client == HandshakeState::Older && self.finished == [true, true] {
            (self.client, self.server) = (HandshakeState::Connected, HandshakeState::Connected);
        }
    }

    pub(super) fn on_alert(&mut self, direction: Direction, alert: Alert) {
        match alert.description {
            AlertDescription::CLOSE_NOTIFY if direction == Direction::ToServer => {
                self.client = HandshakeState::Closed;
            }
            AlertDescription::CLOSE_NOTIFY => self.server = HandshakeState::Closed,
            AlertDescription::USER_CANCELED => {}
            // In TLS 1.2 and older, other alerts may be warnings; the level says so (RFC 5246 §7.2).
            _ if alert.level == 1 && self.client == HandshakeState::Older => {}
            _ => (self.client, self.server) = (HandshakeState::Closed, HandshakeState::Closed),
        }
    }
}
