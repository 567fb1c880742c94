//! What a client tells its caller. Tested in `tests/loopback.rs`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::alert::Alert;
use crate::certificate::CertificateFacts;
use crate::group::Group;
use crate::session::Session;
use crate::signature::SignatureScheme;
use crate::suite::Suite;
use crate::verify::Verified;

/// Something the caller should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server wants another key share (RFC 8446 §4.1.4). That takes one more round trip.
    HelloRetry {
        /// The group it wants. `None`: it only wants its cookie back.
        group: Option<Group>,
    },
    /// The server takes the early data.
    EarlyDataAccepted,
    /// The server does not take the early data, and passes over it. Here is what was sent: it can be written again once
    /// the handshake is done.
    EarlyDataRefused(Vec<u8>),
    /// The handshake is done: data can be written.
    HandshakeDone(Arc<Summary>),
    /// There is data to [`read`](super::Client::read). Told when the first byte comes, and again when more comes
    /// after all of it was read.
    Data,
    /// The server sent a ticket: a later connection can go on from this session. A
    /// [`SessionStore`](crate::SessionStore) keeps it.
    Ticket(Box<Session>),
    /// The server has taken its next key (RFC 8446 §4.6.3).
    KeyUpdated {
        /// Whether it asked us to take ours. That happens before our next data.
        requested: bool,
    },
    /// An alert that does not end the connection: user_canceled.
    Alert(Alert),
    /// The server sends no more data: its close_notify came.
    Closed,
}

/// How many events that a server can repeat wait at most until the caller asks for them.
const MAX_EVENTS: usize = 1024;

/// How many tickets wait among them: one can take 64 KiB.
const MAX_TICKETS: usize = 16;

/// Events that wait for the caller.
#[derive(Debug, Default)]
pub(super) struct EventQueue {
    events: VecDeque<Event>,
    dropped: usize,
}

impl EventQueue {
    /// Queues an event. A server can cause any number of those that repeat, so only some of them are kept. Data that is
    /// announced already needs no second event.
    pub(super) fn push(&mut self, event: Event) {
        if (self.events.len() >= MAX_EVENTS && event.repeats()) || self.is_full_of_tickets(&event) {
            self.dropped += 1;
        } else if event != Event::Data || self.events.back() != Some(&Event::Data) {
            self.events.push_back(event);
        }
    }

    fn is_full_of_tickets(&self, event: &Event) -> bool {
        let is_ticket = |event: &Event| matches!(event, Event::Ticket(_));
        is_ticket(event) && self.events.iter().filter(|waiting| is_ticket(waiting)).count() >= MAX_TICKETS
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How many events were dropped.
    pub(super) fn dropped(&self) -> usize {
        self.dropped
    }
}

impl Event {
    /// Whether the server can cause it as often as it likes, also when nothing is read.
    fn repeats(&self) -> bool {
        matches!(self, Event::Ticket(_) | Event::KeyUpdated { .. } | Event::Alert(_))
    }
}

/// What became of early data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyData {
    /// None was offered.
    NotOffered,
    /// The server took it.
    Accepted,
    /// The server did not take it, and passed over what was sent.
    Refused,
}

/// What the handshake agreed on, and what was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The cipher suite.
    pub suite: Suite,
    /// The group of the key exchange.
    pub group: Group,
    /// How the server signed the transcript. `None`: it showed no certificate in this connection.
    pub signature: Option<SignatureScheme>,
    /// The application protocol, if one was agreed on.
    pub alpn: Option<Vec<u8>>,
    /// Whether it took a HelloRetryRequest.
    pub hello_retry: bool,
    /// What became of early data.
    pub early_data: EarlyData,
    /// Whether the server asked for a client certificate (and got an empty answer).
    pub certificate_requested: bool,
    /// What the certificates say, the server's own first. Empty: it showed none in this connection.
    pub chain: Vec<CertificateFacts>,
    /// Whether it was verified who the server is, and where.
    pub verified: Verified,
}
