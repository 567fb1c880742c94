//! The transmission control block: everything that a connection remembers (RFC 9293 §3.3.1).
//!
//! [`crate::arrives`] changes it when a segment arrives, [`crate::output`] when one leaves, [`crate::timeouts`] when a
//! timer runs out, and [`crate::calls`] when the user calls. [`crate::Connection`] is this block with its five verbs.
//!
//! Tested in `tests/clauses.rs`, through the connection.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_packet::ip;

use crate::ack::Ack;
use crate::config::Config;
use crate::congestion::Congestion;
use crate::connection::event::ConnectionEvent;
use crate::output::reply::Reply;
use crate::reassembly::Reassembly;
use crate::recovery::variables::{Recovery, Resend};
use crate::rtt::RttEstimator;
use crate::segment::HEADER_LENGTH;
use crate::send_buffer::SendBuffer;
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::timers::Timers;
use crate::variables::{ReceiveVariables, SendVariables, TimestampVariables};

/// Everything that a connection remembers.
#[derive(Debug)]
pub struct Tcb {
    pub(crate) config: Config,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    state: State,
    /// Whether it began in LISTEN.
    pub(crate) passive: bool,
    pub(crate) snd: SendVariables,
    pub(crate) rcv: ReceiveVariables,
    pub(crate) timestamps: TimestampVariables,
    /// When the timestamp clock stood at its offset: the moment of creation.
    epoch: Instant,
    pub(crate) sack_permitted: bool,
    pub(crate) window_scaling: bool,
    pub(crate) outgoing: SendBuffer,
    pub(crate) incoming: Reassembly,
    /// The number of the peer's FIN, once it has been seen.
    pub(crate) peer_fin: Option<SeqNumber>,
    pub(crate) congestion: Congestion,
    pub(crate) recovery: Recovery,
    pub(crate) rtt: RttEstimator,
    pub(crate) timers: Timers,
    /// The user has closed: a FIN follows what was written.
    pub(crate) closing: bool,
    /// The user has gone and will not read.
    pub(crate) abandoned: bool,
    pub(crate) write_was_cut: bool,
    /// Whether an ACK is to leave at once.
    pub(crate) ack: Ack,
    /// Bytes received since the last ACK left.
    pub(crate) unacknowledged: u32,
    pub(crate) probe_now: bool,
    pub(crate) probes: u32,
    pub(crate) replies: VecDeque<Reply>,
    pub(crate) events: VecDeque<ConnectionEvent>,
    /// When the last challenge ACK left, for their rate (RFC 5961 §7).
    pub(crate) last_challenge: Option<Instant>,
}

impl Tcb {
    /// A block in CLOSED, before OPEN has decided which way.
    pub(crate) fn new(
        now: Instant,
        config: Config,
        local: SocketAddr,
        remote: SocketAddr,
        iss: SeqNumber,
        timestamp_offset: u32,
    ) -> Tcb {
        let mss = default_mss(local);
        Tcb {
            config,
            local,
            remote,
            state: State::Closed,
            passive: false,
            snd: SendVariables::new(iss, mss),
            rcv: ReceiveVariables::default(),
            timestamps: TimestampVariables::offered(config.timestamps, timestamp_offset),
            epoch: now,
            sack_permitted: config.sack,
            window_scaling: config.window_scaling,
            outgoing: SendBuffer::new(iss + 1, config.send_buffer),
            incoming: Reassembly::default(),
            peer_fin: None,
            congestion: Congestion::new(mss, config.initial_window),
            recovery: Recovery::new(iss),
            rtt: RttEstimator::new(&config),
            timers: Timers::default(),
            closing: false,
            abandoned: false,
            write_was_cut: false,
            ack: Ack::NotOwed,
            unacknowledged: 0,
            probe_now: false,
            probes: 0,
            replies: VecDeque::new(),
            events: VecDeque::new(),
            last_challenge: None,
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

    /// Both ends have closed: RFC 9293 §3.3.2. The other timers stop, the 2MSL timer starts.
    pub(crate) fn wait_out(&mut self, now: Instant, cause: Cause) {
        self.pass(cause);
        self.timers.stop();
        self.timers.time_wait = Some(now + self.config.time_wait);
    }

    /// Ends the connection in CLOSED. What has arrived may still be read; what was to be sent is gone.
    pub(crate) fn end(&mut self, cause: Cause, event: ConnectionEvent) {
        if self.state == State::Closed {
            return;
        }
        self.pass(cause);
        self.timers.stop();
        self.recovery.resend = Resend::Nothing;
        self.ack = Ack::NotOwed;
        self.probe_now = false;
        self.outgoing = SendBuffer::new(self.snd.nxt, 0);
        self.tell(event);
    }

    pub(crate) fn tell(&mut self, event: ConnectionEvent) {
        if !self.events.contains(&event) {
            self.events.push_back(event);
        }
    }

    /// Whether our FIN has left: its number is the one after the last byte.
    pub(crate) fn fin_was_sent(&self) -> bool {
        self.closing && self.snd.nxt.after(self.outgoing.end())
    }

    /// The MSS that we announce: what fits in a packet beside fixed headers (RFC 9293 §3.7.1).
    pub(crate) fn announced_mss(&self) -> u32 {
        let headers = ip::header_length(self.local.ip()) + HEADER_LENGTH;
        self.config.mtu.saturating_sub(headers).clamp(64, 65_495) as u32
    }

    /// Our timestamp clock, in milliseconds (RFC 7323 §5.4: between 1 ms and 1 s a tick).
    pub(crate) fn timestamp_clock(&self, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(self.epoch).as_millis() as u32;
        self.timestamps.offset.wrapping_add(elapsed)
    }
}

/// The MSS of a peer that announces none: RFC 9293 §3.7.1.
fn default_mss(local: SocketAddr) -> u32 {
    if local.is_ipv4() { 536 } else { 1220 }
}
