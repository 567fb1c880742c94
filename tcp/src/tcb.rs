//! The transmission control block: everything that a connection remembers (RFC 9293 §3.3.1).
//!
//! A [`Sender`] and a [`Receiver`], each with its own variables, and between them the [`State`].
//! [`crate::arrives`] changes it when a segment arrives, [`crate::output`] when one leaves, [`crate::timeouts`] when a
//! timer runs out, and [`crate::calls`] when the user calls. [`crate::Connection`] is this block with its five verbs.
//!
//! Tested in `tests/clauses`, through the connection.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_packet::ip;

use crate::ack::AckLimits;
use crate::clock::TimestampClock;
use crate::config::Config;
use crate::connection::event::{ConnectionEvent, SoftError};
use crate::connection::open::Open;
use crate::ecn::Handshake;
use crate::fast_open::Opening;
use crate::keep_alive::Silence;
use crate::options::Timestamps;
use crate::output::reply::Reply;
use crate::receiver::Receiver;
use crate::segment::HEADER_LENGTH;
use crate::sender::Sender;
use crate::state::{Cause, State};

/// How many resets wait to be sent.
const MOST_REPLIES: usize = 16;

/// Everything that a connection remembers.
#[derive(Debug)]
pub struct Tcb {
    pub(crate) config: Config,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    state: State,
    /// Whether it began in LISTEN.
    pub(crate) passive: bool,
    /// Our half of the stream.
    pub(crate) sender: Sender,
    /// The peer's half.
    pub(crate) receiver: Receiver,
    /// The clock of our timestamps.
    pub(crate) clock: TimestampClock,
    /// What the SYNs say about marks.
    pub(crate) ecn: Handshake,
    /// Whether text travels with the SYNs.
    pub(crate) fast_open: Opening,
    /// Whether we offer to scale windows.
    pub(crate) window_scaling: bool,
    /// TIME-WAIT is over, or an abandoned FIN-WAIT-2.
    pub(crate) time_wait: Option<Instant>,
    /// How long the peer has been silent.
    pub(crate) silence: Silence,
    /// The user has gone and will not read.
    pub(crate) abandoned: bool,
    /// How many ACKs answer what should not have come.
    pub(crate) limits: AckLimits,
    /// Resets that are to leave.
    pub(crate) replies: VecDeque<Reply>,
    pub(crate) events: VecDeque<ConnectionEvent>,
}

impl Tcb {
    /// A block in CLOSED, before OPEN has decided which way.
    pub(crate) fn new(now: Instant, open: Open) -> Tcb {
        let Open { config, local, remote, iss, timestamp_offset } = open;
        let announced = announced_mss(&config, local);
        Tcb {
            config,
            local,
            remote,
            state: State::Closed,
            passive: false,
            sender: Sender::new(now, config, iss, default_mss(local), headers(local)),
            receiver: Receiver::new(&config, announced),
            clock: TimestampClock::new(now, timestamp_offset),
            ecn: Handshake::new(config.ecn),
            fast_open: Opening::default(),
            window_scaling: config.window_scaling,
            time_wait: None,
            silence: Silence::new(now),
            abandoned: false,
            limits: AckLimits::default(),
            replies: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The state.
    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// Moves on to the state that follows: the figure in [`State`]. The only place where the state changes.
    pub(crate) fn pass(&mut self, cause: Cause) {
        let next = self.state.after(cause);
        debug_assert!(next.is_some(), "{:?} in {}", cause, self.state);
        self.state = next.unwrap_or(self.state);
    }

    /// Both ends have closed: RFC 9293 §3.3.2. The 2MSL timer starts.
    pub(crate) fn wait_out(&mut self, now: Instant, cause: Cause) {
        self.pass(cause);
        self.sender.end();
        self.time_wait = Some(now + self.config.time_wait);
    }

    /// Ends the connection in CLOSED. What has arrived may still be read; what was to be sent is gone.
    pub(crate) fn end(&mut self, cause: Cause, event: ConnectionEvent) {
        if self.state == State::Closed {
            return;
        }
        self.pass(cause);
        self.sender.end();
        self.receiver.end();
        self.time_wait = None;
        self.tell(event);
    }

    /// Ends a connection that is not made. Where nobody above has heard of it, its listener goes on, and nobody is
    /// told.
    pub(crate) fn end_unmade(&mut self, event: ConnectionEvent) {
        let is_unknown = self.passive && !self.fast_open.is_open();
        self.end(Cause::End, if is_unknown { ConnectionEvent::BackToListen } else { event });
    }

    /// Tells of an error that does not end the connection, if anybody above has heard of it: a listener waits for the
    /// handshake.
    pub(crate) fn report(&mut self, error: SoftError) {
        if !self.passive || self.state.is_synchronized() {
            self.tell(ConnectionEvent::SoftError(error));
        }
    }

    /// A reset answers a segment. Where many wait to be sent, no further one is kept: in a flood nobody waits for an
    /// answer.
    pub(crate) fn answer_with_reset(&mut self, reply: Reply) {
        if self.replies.len() < MOST_REPLIES {
            self.replies.push_back(reply);
        }
    }

    pub(crate) fn tell(&mut self, event: ConnectionEvent) {
        if !self.events.contains(&event) {
            self.events.push_back(event);
        }
    }

    /// The MSS that we announce: what fits in a packet beside fixed headers (RFC 9293 §3.7.1).
    pub(crate) fn announced_mss(&self) -> u32 {
        announced_mss(&self.config, self.local)
    }

    /// The timestamps of a segment that leaves now, if both ends use them (RFC 7323 §3.2).
    pub(crate) fn timestamps(&self, now: Instant) -> Option<Timestamps> {
        let echo = self.receiver.timestamps().recent;
        self.uses_timestamps().then(|| Timestamps { value: self.clock.at(now), echo })
    }

    /// Whether both ends use timestamps (before the peer has spoken: whether we offer them).
    pub(crate) fn uses_timestamps(&self) -> bool {
        self.receiver.timestamps().on
    }
}

/// How many bytes the fixed headers of IP and TCP take.
fn headers(local: SocketAddr) -> u32 {
    (ip::header_length(local.ip()) + HEADER_LENGTH) as u32
}

fn announced_mss(config: &Config, local: SocketAddr) -> u32 {
    config.mtu.saturating_sub(headers(local) as usize).clamp(64, 65_495) as u32
}

/// The MSS of a peer that announces none: RFC 9293 §3.7.1.
fn default_mss(local: SocketAddr) -> u32 {
    if local.is_ipv4() { 536 } else { 1220 }
}
