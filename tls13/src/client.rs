//! The client (RFC 8446 §A.1), without a socket: bytes of the stream go in, bytes of the stream come out.
//!
//! ```text
//!  new ──▶ WAIT_SH ──HelloRetryRequest──▶ WAIT_SH   another ClientHello
//!             │ ServerHello                         handshake keys
//!          WAIT_EE
//!             │ EncryptedExtensions ──with a pre-shared key──▶ WAIT_FINISHED
//!          WAIT_CERT_CR ──CertificateRequest──▶ WAIT_CERT
//!             │ Certificate                        │
//!             │ ◀──────────────────────────────────┘ is the chain trusted?
//!          WAIT_CV                                   is it for this name?
//!             │ CertificateVerify                    does the server hold the key?
//!          WAIT_FINISHED
//!             │ Finished                             application keys
//!          CONNECTED ──NewSessionTicket, KeyUpdate──▶ CONNECTED
//! ```
//!
//! Any other message in a state is refused with the alert `unexpected_message`. Where to find what:
//!
//! | file | what it does |
//! |---|---|
//! | `client.rs` | the type, its five verbs, reading and writing |
//! | `client/state.rs` | the states, each with what is known in it |
//! | `client/receive.rs` | records in; the table of the figure above |
//! | `client/hello.rs` | ClientHello, HelloRetryRequest, ServerHello |
//! | `client/extensions.rs` | which extensions may stand where |
//! | `client/offered.rs` | the pre-shared key that a ServerHello takes |
//! | `client/early_data.rs` | data before the server has answered |
//! | `client/server_flight.rs` | EncryptedExtensions to CertificateVerify |
//! | `client/finished.rs` | both Finished |
//! | `client/connected.rs` | tickets, key updates, alerts |
//! | `client/secrets.rs` | secrets for others: exporters, and when all are forgotten |
//! | `client/send.rs` | records out |
//! | `client/record_buffer.rs` | the buffers that records are opened in |
//!
//! Left out: client certificates, post-handshake authentication. Tested in `tests/loopback.rs`,
//! `tests/resumption.rs`, `tests/certificates.rs` and `tests/hostile.rs`, against rustls, and with the RFC's traces in
//! `client/rfc8448.rs`.

mod config;
mod connected;
mod early_data;
mod event;
mod extensions;
mod finished;
mod hello;
mod offered;
mod receive;
mod record_buffer;
#[cfg(test)]
mod rfc8448;
mod secrets;
mod send;
mod server_flight;
mod state;

use std::sync::{Arc, PoisonError};
use std::time::{Instant, SystemTime};

use rand_core::Rng;
use rustls_pki_types::ServerName;

pub use config::Config;
pub use event::{EarlyData, Event, Summary};

use crate::epoch::Epoch;
use crate::error::Error;
use crate::handshake::Joiner;
use crate::key_schedule::{ApplicationSecrets, HandshakeSecrets, Secret};
use crate::key_share::KeyShares;
use crate::ledger::Ledger;
use crate::origin::Origin;
use crate::protect::Protection;
use crate::record::INITIAL_VERSION;
use crate::verify::Verifier;
use event::EventQueue;
use record_buffer::RecordBuffer;
use state::{Early, Offer, Offered, State};

/// The client's side of one connection.
///
/// It keeps the contract of the five verbs that stands on the [front page of
/// dissect](../../barewire_dissect/index.html). Bytes from the server go in by [`receive`](Client::receive), and
/// bytes for it come out of [`transmit`](Client::transmit). What happened comes out of [`event`](Client::event). Data
/// is fetched by [`read`](Client::read), which [`Event::Data`] announces, and sent by [`write`](Client::write).
pub struct Client {
    config: Config,
    name: ServerName<'static>,
    verifier: Verifier,
    random: [u8; 32],
    /// Empty, if not in compatibility mode.
    session_id: Vec<u8>,
    /// The numbers of the extensions in the ClientHello that was sent last.
    offered: Vec<u16>,
    /// When the connection began, and when it was called last.
    started: Instant,
    now: Instant,
    state: State,
    failure: Option<Error>,
    records: RecordBuffer,
    joiner: Joiner,
    receive_keys: Option<Protection>,
    receive_epoch: Epoch,
    send_keys: Option<Protection>,
    outgoing: Vec<u8>,
    /// The server asked for a KeyUpdate. The answer goes out before our next data: one, however often it asks.
    key_update_owed: bool,
    /// We asked for a KeyUpdate, and none has come since.
    key_update_asked: bool,
    early: Early,
    change_cipher_spec_sent: bool,
    closed_by_peer: bool,
    closed_by_us: bool,
    /// How many records without data came in a row: `receive` has a limit for them.
    idle_records: usize,
    /// The same for tickets, of which a server may have good reason to send many.
    idle_tickets: usize,
    events: EventQueue,
    summary: Option<Arc<Summary>>,
    handshake_secrets: Option<HandshakeSecrets>,
    application_secrets: Option<ApplicationSecrets>,
    /// The resumption secret, from our Finished on. Each ticket gets its key from it.
    resumption: Option<Secret>,
    /// Where the server showed its certificate: what a ticket's session says about it.
    origin: Option<Arc<Origin>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({:?}, waits for {})", self.config.server_name, self.state.waits_for())
    }
}

impl Client {
    /// A client whose ClientHello is ready to be sent. `rng` draws what is public in it, random and session id. The
    /// private key comes from the system's generator, through ring.
    ///
    /// # Errors
    /// [`Error::Config`] for an offer or trust anchors that cannot work; [`Error::Random`].
    pub fn new(now: Instant, mut config: Config, rng: &mut dyn Rng) -> Result<Client, Error> {
        let shares = KeyShares::generate(&config.check()?)?;
        let name = config.name()?;
        let verifier = Verifier::new(&config.trust, name.clone(), config.wall_clock, config.check_key_usage)?;
        let psk = config.pre_shared_key.take().map(|key| Offered::new(key, &config));
        let (mut random, mut session_id) = ([0; 32], vec![0; if config.compatibility_mode { 32 } else { 0 }]);
        rng.fill_bytes(&mut random);
        rng.fill_bytes(&mut session_id);
        let mut client = Client {
            config,
            name,
            verifier,
            random,
            session_id,
            offered: Vec::new(),
            started: now,
            now,
            state: State::Failed,
            failure: None,
            records: RecordBuffer::default(),
            joiner: Joiner::default(),
            receive_keys: None,
            receive_epoch: Epoch::Plaintext,
            send_keys: None,
            outgoing: Vec::new(),
            key_update_owed: false,
            key_update_asked: false,
            early: Early::NotOffered,
            change_cipher_spec_sent: false,
            closed_by_peer: false,
            closed_by_us: false,
            idle_records: 0,
            idle_tickets: 0,
            events: EventQueue::default(),
            summary: None,
            handshake_secrets: None,
            application_secrets: None,
            resumption: None,
            origin: None,
        };
        client.start(shares, psk)?;
        Ok(client)
    }

    /// START (RFC 8446 §A.1): send the ClientHello.
    fn start(&mut self, shares: KeyShares, psk: Option<Offered>) -> Result<(), Error> {
        let hello = self.client_hello(&shares, psk.as_ref(), None, None);
        let client_hello = self.send_client_hello(hello, INITIAL_VERSION);
        if let Some(psk) = &psk {
            self.begin_early_data(psk, &client_hello)?;
        }
        self.state = State::WaitServerHello(Box::new(Offer { shares, psk, client_hello, retry: None }));
        Ok(())
    }

    /// What a clock on the wall shows now.
    fn wall_clock(&self) -> SystemTime {
        self.config.wall_clock + self.now.saturating_duration_since(self.started)
    }

    /// Takes bytes of the server's stream, cut anywhere.
    ///
    /// Decrypted data stays in memory until it is [`read`](Client::read). A caller that wants a bound for it does not
    /// call this while [`readable`](Client::readable) is high.
    ///
    /// # Errors
    /// On an error the connection is over. The alert that says so to the server waits in
    /// [`transmit`](Client::transmit), and every later call returns the same error.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<(), Error> {
        self.now = now;
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.closed_by_peer || self.gave_up() {
            // RFC 8446 §6.1: bytes after close_notify are ignored.
            return Ok(());
        }
        self.receive_records(bytes).map_err(|error| self.fail(error))
    }

    /// The server's stream has ended.
    ///
    /// # Errors
    /// [`Error::Truncated`] unless close_notify came before (RFC 8446 §6.1): without it, somebody on the way may have
    /// cut the stream off.
    pub fn receive_eof(&mut self, _now: Instant) -> Result<(), Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.closed_by_peer || self.gave_up() {
            return Ok(());
        }
        let (offset, partial) = (self.records.received(), self.records.partial());
        let handshake_done = self.summary.is_some();
        Err(self.fail(Error::Truncated { offset, partial, handshake_done }))
    }

    /// Bytes to send: all records that wait.
    pub fn transmit(&mut self, _now: Instant) -> Option<Vec<u8>> {
        (!self.outgoing.is_empty()).then(|| std::mem::take(&mut self.outgoing))
    }

    /// Always `None`: TLS has no timers of its own. It is here because every core of Barewire has the same verbs.
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Does nothing; see [`deadline`](Client::deadline).
    pub fn on_deadline(&mut self, _now: Instant) {}

    /// What happened next, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// Moves decrypted data into `out`, and returns how many bytes. 0 means that there is none yet.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        self.records.read(out)
    }

    /// How many bytes [`read`](Client::read) could give.
    pub fn readable(&self) -> usize {
        self.records.readable()
    }

    /// Queues data for the server, in records of at most 2^14 bytes.
    ///
    /// # Errors
    /// [`Error::NotWritable`] before the handshake is done and after [`close`](Client::close). The error that ended the
    /// connection, after that.
    pub fn write(&mut self, data: &[u8]) -> Result<(), Error> {
        self.check_writable()?;
        self.send_data(data)
    }

    // book: early
    /// Queues early data (0-RTT): it goes out with the ClientHello, before the server has said anything. Gives how many
    /// bytes were taken: a ticket has a limit, and what goes beyond it waits for [`write`](Client::write).
    ///
    /// **Anybody on the way can copy it and send it to the server again**, and the server may act on it each time (RFC
    /// 8446 §8). TLS does not prevent that. So only write what does no harm when it is done twice: a GET without side
    /// effects, never a payment. It is also protected by the ticket's key alone: who steals that can read it later.
    ///
    /// The server may refuse it: [`Event::EarlyDataRefused`] hands it back. [`Event::EarlyDataAccepted`] says that it
    /// was taken.
    ///
    /// # Errors
    /// [`Error::NotWritable`] if [`Config::replayable_early_data`] and the session did not lead to an offer, and once
    /// the server's Finished or its refusal came. The error that ended the connection, after that.
    pub fn write_early_replayable(&mut self, data: &[u8]) -> Result<usize, Error> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None if self.closed_by_us => Err(Error::NotWritable("close_notify has been sent")),
            None => self.send_early_data(data),
        }
    }
    // book: end

    /// Queues close_notify: this side sends nothing more. The server may still send, if the handshake is done; if it is
    /// not, the connection is over.
    pub fn close(&mut self) {
        if self.failure.is_none() && !self.closed_by_us {
            self.send_alert(crate::alert::AlertDescription::CLOSE_NOTIFY);
            self.closed_by_us = true;
        }
    }

    /// Whether this side has closed the connection before the handshake was done: nothing that comes is of use.
    fn gave_up(&self) -> bool {
        self.closed_by_us && self.summary.is_none()
    }

    /// Takes the next sending key (RFC 8446 §4.6.3). With `request_peer` the server is asked to do the same, once:
    /// while its answer is awaited, only our own key changes (RFC 9846 §4.7.3).
    ///
    /// # Errors
    /// Those of [`write`](Client::write).
    pub fn update_keys(&mut self, request_peer: bool) -> Result<(), Error> {
        self.check_writable()?;
        self.update_send_keys(request_peer)
    }

    /// What the handshake agreed on, once it is done.
    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_deref()
    }

    /// Whether the server has sent close_notify.
    pub fn is_closed_by_peer(&self) -> bool {
        self.closed_by_peer
    }

    /// The error that ended the connection, if one did.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// How many events about tickets, key updates and alerts were dropped because nobody asked for them: of more than
    /// 1024 events, or 16 tickets, only the first are kept.
    pub fn events_dropped(&self) -> usize {
        self.events.dropped()
    }

    fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Writes into the ledger, if one was asked for.
    fn note(&self, write: impl FnOnce(&mut Ledger)) {
        if let Some(ledger) = &self.config.ledger {
            // A reader that panicked has changed nothing.
            write(&mut ledger.lock().unwrap_or_else(PoisonError::into_inner));
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

    /// Ends the connection with an error, and queues the alert that says so to the server. The secrets are forgotten.
    fn fail(&mut self, error: Error) -> Error {
        if let Some(alert) = error.alert() {
            self.send_alert(alert);
        }
        self.state = State::Failed;
        self.forget_secrets();
        self.failure = Some(error.clone());
        error
    }
}
