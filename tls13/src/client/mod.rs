//! The client (RFC 8446 §A.1), without a socket: bytes of the stream in, bytes of the stream out.
//!
//! ```text
//!   new ──▶ WAIT_SH ──HelloRetryRequest──▶ WAIT_SH           a second ClientHello goes out
//!              │ ServerHello                                 handshake keys
//!           WAIT_EE
//!              │ EncryptedExtensions
//!           WAIT_CERT_CR ──CertificateRequest──▶ WAIT_CERT
//!              │ Certificate                        │        is the chain trusted, and for this name?
//!           WAIT_CV ◀───────────────────────────────┘
//!              │ CertificateVerify                           does the server hold its key?
//!           WAIT_FINISHED
//!              │ Finished                                    application keys; our Finished goes out
//!           CONNECTED ──NewSessionTicket, KeyUpdate──▶ CONNECTED
//! ```
//!
//! Anything else in a state is refused with `unexpected_message`. The files: `hello` (the offer, ServerHello,
//! HelloRetryRequest), `server_flight` (EncryptedExtensions to CertificateVerify), `finished`, `connected`;
//! below them `receive` and `send` (records), and `incoming` (the buffer). Left out: pre-shared keys and so
//! resumption and 0-RTT, client certificates, post-handshake authentication.
//! Tested in `tests/loopback.rs`, `tests/certificates.rs` and `tests/hostile.rs`, against rustls.

mod config;
mod connected;
mod event;
mod finished;
mod hello;
mod incoming;
mod receive;
mod send;
mod server_flight;
mod state;

use std::collections::VecDeque;
use std::time::Instant;

use rand_core::Rng;
use rustls_pki_types::ServerName;

pub use config::ClientConfig;
pub use event::{Event, Summary};

use crate::error::{Epoch, Error};
use crate::handshake::Joiner;
use crate::key_schedule::{ApplicationSecrets, HandshakeSecrets, Secret};
use crate::key_share::PrivateShare;
use crate::protect::Protection;
use crate::verify::Verifier;
use incoming::Incoming;
use state::{Offer, State};

/// How many events wait at most for somebody to ask.
const MAX_EVENTS: usize = 1024;

/// One connection's client side.
///
/// Bytes from the server go in by [`receive`](Client::receive), bytes for it come out of
/// [`transmit`](Client::transmit), news out of [`event`](Client::event), data through [`read`](Client::read) and
/// [`write`](Client::write). After each `receive`, ask `transmit` and `event` until they have nothing.
pub struct Client {
    config: ClientConfig,
    name: ServerName<'static>,
    verifier: Verifier,
    random: [u8; 32],
    session_id: [u8; 32],
    state: State,
    failure: Option<Error>,
    incoming: Incoming,
    joiner: Joiner,
    receive_keys: Option<Protection>,
    receive_epoch: Epoch,
    send_keys: Option<Protection>,
    outgoing: Vec<u8>,
    /// A KeyUpdate that was asked for waits in `outgoing`: another request needs no second one.
    key_update_waits: bool,
    change_cipher_spec_sent: bool,
    closed_by_peer: bool,
    closed_by_us: bool,
    /// Records without data since the last one with some: see `receive`.
    idle_records: usize,
    events: VecDeque<Event>,
    events_dropped: usize,
    summary: Option<Summary>,
    handshake_secrets: Option<HandshakeSecrets>,
    application_secrets: Option<ApplicationSecrets>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({:?}, waits for {})", self.config.server_name, self.state.waits_for())
    }
}

impl Client {
    /// A client with its ClientHello ready to be sent. `rng` draws what is public in it, random and session id; the
    /// key comes from the system's generator, through ring.
    ///
    /// Errors: [`Error::Config`] for an offer or trust anchors that cannot work, [`Error::Random`].
    pub fn new(now: Instant, config: ClientConfig, rng: &mut dyn Rng) -> Result<Client, Error> {
        let share = PrivateShare::generate(config.check()?)?;
        let name = config.name()?;
        let verifier = Verifier::new(&config.trust, name.clone(), config.wall_clock)?;
        let (mut random, mut session_id) = ([0; 32], [0; 32]);
        rng.fill_bytes(&mut random);
        rng.fill_bytes(&mut session_id);
        let mut client = Client {
            config,
            name,
            verifier,
            random,
            session_id,
            state: State::Failed,
            failure: None,
            incoming: Incoming::default(),
            joiner: Joiner::default(),
            receive_keys: None,
            receive_epoch: Epoch::Plaintext,
            send_keys: None,
            outgoing: Vec::new(),
            key_update_waits: false,
            change_cipher_spec_sent: false,
            closed_by_peer: false,
            closed_by_us: false,
            idle_records: 0,
            events: VecDeque::new(),
            events_dropped: 0,
            summary: None,
            handshake_secrets: None,
            application_secrets: None,
        };
        client.start(now, share)?;
        Ok(client)
    }

    /// START (RFC 8446 §A.1): send the ClientHello.
    fn start(&mut self, _now: Instant, share: PrivateShare) -> Result<(), Error> {
        let client_hello = self.client_hello(&share, None);
        self.send_handshake(&client_hello)?;
        self.state = State::WaitServerHello(Box::new(Offer { share, client_hello, retry: None }));
        Ok(())
    }

    /// Takes bytes of the server's stream, cut anywhere.
    ///
    /// On an error the connection is over: the alert that tells the server so waits in
    /// [`transmit`](Client::transmit), and every later call returns the same error.
    ///
    /// Decrypted data stays in memory until it is [`read`](Client::read): a caller that wants a bound stops calling
    /// this while [`readable`](Client::readable) is high.
    pub fn receive(&mut self, _now: Instant, bytes: &[u8]) -> Result<(), Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.closed_by_peer {
            // RFC 8446 §6.1: what follows close_notify is ignored.
            return Ok(());
        }
        self.incoming.push(bytes);
        self.receive_records().map_err(|error| self.fail(error))
    }

    /// The server's stream has ended. Fails with [`Error::Truncated`] unless close_notify came before
    /// (RFC 8446 §6.1): without it, nobody knows whether something was cut off.
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.closed_by_peer {
            return Ok(());
        }
        let (offset, partial) = (self.incoming.received(), self.incoming.partial());
        let handshake_done = self.summary.is_some();
        Err(self.fail(Error::Truncated { offset, partial, handshake_done }))
    }

    /// Bytes to send: whole records, all that wait.
    pub fn transmit(&mut self, _now: Instant) -> Option<Vec<u8>> {
        self.key_update_waits = false;
        (!self.outgoing.is_empty()).then(|| std::mem::take(&mut self.outgoing))
    }

    /// Always `None`: TLS has no timers of its own. It is here because every core of Barewire has the same verbs.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Does nothing; see [`deadline`](Client::deadline).
    pub fn on_deadline(&mut self, _now: Instant) {}

    /// The next piece of news.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Moves decrypted data into `out`; returns how many bytes. 0: there is none (yet).
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        self.incoming.read(out)
    }

    /// How many bytes [`read`](Client::read) could give.
    pub fn readable(&self) -> usize {
        self.incoming.readable()
    }

    /// Queues data for the server, in records of at most 2^14 bytes.
    ///
    /// Errors: [`Error::NotWritable`] before the handshake is done and after [`close`](Client::close).
    pub fn write(&mut self, data: &[u8]) -> Result<(), Error> {
        self.check_writable()?;
        self.send_data(data)
    }

    /// Queues close_notify: no more data will follow. The server may still send.
    pub fn close(&mut self) {
        if self.failure.is_none() && !self.closed_by_us {
            self.closed_by_us = true;
            self.send_alert(crate::alert::AlertDescription::CLOSE_NOTIFY);
        }
    }

    /// Takes the next sending key (RFC 8446 §4.6.3), and asks the server to do the same if `request_peer`.
    pub fn update_keys(&mut self, request_peer: bool) -> Result<(), Error> {
        self.check_writable()?;
        self.send_key_update(request_peer)
    }

    /// What the handshake agreed on, once it is done.
    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref()
    }

    /// Whether the server has sent close_notify.
    pub fn is_closed_by_peer(&self) -> bool {
        self.closed_by_peer
    }

    /// The error that ended the connection, if one did.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// The secrets of the handshake, from the ServerHello on.
    pub fn handshake_secrets(&self) -> Option<&HandshakeSecrets> {
        self.handshake_secrets.as_ref()
    }

    /// The secrets of the connection, from the server's Finished on.
    pub fn application_secrets(&self) -> Option<&ApplicationSecrets> {
        self.application_secrets.as_ref()
    }

    /// How many events were dropped because nobody asked for them: only the first 1024 are kept.
    pub fn events_dropped(&self) -> usize {
        self.events_dropped
    }

    /// Queues an event. A server can cause any number of them, so there is a bound.
    fn tell(&mut self, event: Event) {
        if self.events.len() < MAX_EVENTS {
            self.events.push_back(event);
        } else {
            self.events_dropped += 1;
        }
    }

    fn check_writable(&self) -> Result<(), Error> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None if self.closed_by_us => Err(Error::NotWritable("close_notify has been sent")),
            None if self.summary.is_none() => Err(Error::NotWritable("the handshake is not done")),
            None => Ok(()),
        }
    }

    /// Ends the connection with an error, and tells the server by the alert for it.
    fn fail(&mut self, error: Error) -> Error {
        if let Some(alert) = error.alert() {
            self.send_alert(alert);
        }
        self.state = State::Failed;
        self.failure = Some(error.clone());
        error
    }

    fn log(&mut self, label: &str, secret: &Secret) {
        if let Some(log) = &mut self.config.key_log {
            log.log(&crate::key_log::key_log_line(label, &self.random, secret));
        }
    }
}
